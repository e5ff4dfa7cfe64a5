//! What the class counts of the hyperedges say: purity, entropy, class profiles, class features.

use super::classifier::Tally;
use super::labels::Labels;
use crate::error::HypergraphError;
use crate::structure::hypergraph::Hypergraph;

/// Size-weighted mean purity of the hyperedges.
///
/// With n_ec members of class c in hyperedge e,
///
/// purity = (sum_e max_c n_ec) / (sum_e |e|)
///
/// over nonempty hyperedges (Zhao and Karypis 2001, "Criterion functions for document clustering",
/// with hyperedges for clusters). 1 if every hyperedge holds one class only. `None` if no
/// hyperedge has a member.
///
/// The number alone means little: small hyperedges are pure by chance.
/// [`Labels::majority_share`] is its baseline for large hyperedges, and
/// [`Separation`](crate::Separation) gives the null.
///
/// # Errors
///
/// [`LabelCount`](HypergraphError::LabelCount) unless there is one label per node.
///
/// # Complexity
///
/// O(incidences + hyperedges × classes).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, Labels, separation::purity};
///
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![1, 2, 3]])?;
/// let labels = Labels::new(&[0_i64, 0, 1, 1])?;
/// assert_eq!(purity(&h, &labels)?, Some(4.0 / 5.0));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn purity(h: &Hypergraph, labels: &Labels) -> Result<Option<f64>, HypergraphError> {
    labels.check_len(h.n_nodes())?;
    let counts = ClassCounts::new(h, labels.class_of(), labels.n_classes());
    Ok(purity_of(&counts))
}

/// Size-weighted mean Shannon entropy of the classes in the hyperedges, in nats.
///
/// entropy = (sum_e |e| H_e) / (sum_e |e|),  H_e = - sum_c (n_ec / |e|) ln(n_ec / |e|)
///
/// over nonempty hyperedges. 0 if every hyperedge holds one class only; smaller is better.
/// `None` if no hyperedge has a member. [`Labels::entropy`] is its baseline for large hyperedges.
///
/// # Errors
///
/// [`LabelCount`](HypergraphError::LabelCount) unless there is one label per node.
///
/// # Complexity
///
/// O(incidences + hyperedges × classes).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, Labels, separation::entropy};
///
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![1, 2]])?;
/// let labels = Labels::new(&[0_i64, 0, 1, 1])?;
/// let half_of_ln_2 = std::f64::consts::LN_2 / 2.0; // one pure hyperedge, one even
/// assert!((entropy(&h, &labels)?.unwrap() - half_of_ln_2).abs() < 1e-15);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn entropy(h: &Hypergraph, labels: &Labels) -> Result<Option<f64>, HypergraphError> {
    labels.check_len(h.n_nodes())?;
    let counts = ClassCounts::new(h, labels.class_of(), labels.n_classes());
    let largest = (0..h.n_edges()).map(|e| h.size(e)).max().unwrap_or(0);
    Ok(entropy_of(&counts, &x_ln_x(largest)))
}

pub(crate) fn purity_of(counts: &ClassCounts) -> Option<f64> {
    let largest: u64 = counts
        .rows()
        .map(|row| u64::from(row.iter().copied().max().unwrap_or(0)))
        .sum();
    (counts.total() > 0).then(|| largest as f64 / counts.total() as f64)
}

/// `x_ln_x` holds x ln x for all counts up to the largest hyperedge. Uses
/// |e| H_e = |e| ln |e| - sum_c n_ec ln n_ec.
pub(crate) fn entropy_of(counts: &ClassCounts, x_ln_x: &[f64]) -> Option<f64> {
    let weighted: f64 = counts
        .rows()
        .map(|row| {
            let size: u32 = row.iter().sum();
            let within: f64 = row.iter().map(|&c| x_ln_x[c as usize]).sum();
            // Rounding can leave a pure hyperedge of one class just below 0, never by more.
            (x_ln_x[size as usize] - within).max(0.0)
        })
        .sum();
    (counts.total() > 0).then(|| weighted / counts.total() as f64)
}

/// x ln x for x = 0..=largest, with 0 ln 0 = 0.
pub(crate) fn x_ln_x(largest: usize) -> Vec<f64> {
    let mut table: Vec<f64> = (0..=largest).map(|x| x as f64 * (x as f64).ln()).collect();
    table[0] = 0.0;
    table
}

/// What share of each class's inputs holds each feature.
///
/// # Conventions
///
/// `shares[class * features + feature]` lies in [0, 1]; classes in the order of
/// [`Labels::classes`].
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, Labels, separation::ClassProfiles};
///
/// let h = Hypergraph::from_edges(4, &[vec![0, 1, 2], vec![2, 3]])?;
/// let profiles = ClassProfiles::new(&h, &Labels::new(&[0_i64, 0, 1, 1])?)?;
/// assert_eq!(profiles.profile(0), &[1.0, 0.0]);
/// assert_eq!(profiles.profile(1), &[0.5, 1.0]);
/// // min: 0.5 + 0, max: 1 + 1
/// assert_eq!(profiles.similarity()[0][1], 0.25);
/// assert_eq!(profiles.separation(), 0.75);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ClassProfiles {
    /// Number of features (hyperedges).
    pub features: usize,
    /// The shares, class by class.
    pub shares: Vec<f64>,
}

impl ClassProfiles {
    /// The profiles of the classes in a hypergraph with inputs as nodes and features as
    /// hyperedges.
    ///
    /// # Errors
    ///
    /// [`LabelCount`](HypergraphError::LabelCount) unless there is one label per node.
    ///
    /// # Complexity
    ///
    /// O(incidences + hyperedges × classes).
    pub fn new(h: &Hypergraph, labels: &Labels) -> Result<Self, HypergraphError> {
        labels.check_len(h.n_nodes())?;
        let counts = ClassCounts::new(h, labels.class_of(), labels.n_classes());
        Ok(Self::from_counts(&counts, labels.counts()))
    }

    pub(crate) fn from_counts(counts: &ClassCounts, class_sizes: &[usize]) -> Self {
        let mut profiles = Self {
            features: counts.rows().len(),
            shares: vec![0.0; counts.rows().len() * class_sizes.len()],
        };
        profiles.fill(counts, class_sizes);
        profiles
    }

    /// The shares again, from other counts of the same shape.
    pub(crate) fn fill(&mut self, counts: &ClassCounts, class_sizes: &[usize]) {
        for (f, row) in counts.rows().enumerate() {
            for (c, (&count, &size)) in row.iter().zip(class_sizes).enumerate() {
                self.shares[c * self.features + f] = f64::from(count) / size as f64;
            }
        }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        self.shares.len().checked_div(self.features).unwrap_or(0)
    }

    /// The share of each feature in one class.
    ///
    /// # Panics
    ///
    /// Unless `class < classes()`.
    pub fn profile(&self, class: usize) -> &[f64] {
        &self.shares[class * self.features..(class + 1) * self.features]
    }

    /// Weighted Jaccard similarity (Ruzicka) of every two class profiles,
    ///
    /// J(a, b) = sum_f min(a_f, b_f) / sum_f max(a_f, b_f),
    ///
    /// as a symmetric class x class matrix with ones on the diagonal. Two classes that hold no
    /// feature at all have the same profile: J = 1.
    ///
    /// # Complexity
    ///
    /// O(classes² × features).
    pub fn similarity(&self) -> Vec<Vec<f64>> {
        let k = self.classes();
        let entry = |a, b| match a == b {
            true => 1.0,
            false => weighted_jaccard(self.profile(a), self.profile(b)),
        };
        (0..k)
            .map(|a| (0..k).map(|b| entry(a, b)).collect())
            .collect()
    }

    /// Separation of the profiles: 1 - mean of the similarity over pairs of different classes.
    /// 0 if all classes have the same profile, 1 if no two classes share a feature.
    pub fn separation(&self) -> f64 {
        let k = self.classes();
        let mut sum = 0.0;
        for a in 0..k {
            for b in a + 1..k {
                sum += weighted_jaccard(self.profile(a), self.profile(b));
            }
        }
        let pairs = k * k.saturating_sub(1) / 2;
        if pairs == 0 {
            return 0.0;
        }
        1.0 - sum / pairs as f64
    }
}

pub(super) fn weighted_jaccard(a: &[f64], b: &[f64]) -> f64 {
    let (mut low, mut high) = (0.0, 0.0);
    for (&x, &y) in a.iter().zip(b) {
        low += if x < y { x } else { y };
        high += if x < y { y } else { x };
    }
    if high > 0.0 { low / high } else { 1.0 }
}

/// The class-level hypergraph: a class holds the features that at least a share p of its inputs
/// hold. Features are its nodes, classes its hyperedges (after Praggastis et al. 2022, who model
/// class separation by hypergraphs).
///
/// # Conventions
///
/// Classes in the order of [`Labels::classes`]; each class's features ascending. A class may hold
/// none.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, Labels, separation::ClassFeatures};
///
/// // Four inputs (nodes), three features (hyperedges).
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![0, 2, 3], vec![3]])?;
/// let labels = Labels::new(&[7_i64, 7, 9, 9])?;
/// let classes = ClassFeatures::new(&h, &labels, 0.5)?;
/// assert_eq!(classes.held, [vec![0, 1], vec![1, 2]]);
/// assert_eq!(classes.shared(), [[2, 1], [1, 2]]);
///
/// let class_level = classes.hypergraph()?;
/// assert_eq!(class_level.s_line_graph(1)?.edges.len(), 1); // the two classes share a feature
/// assert_eq!(class_level.dual().edge(1), &[0, 1]); // feature 1 is held by both
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClassFeatures {
    /// p.
    pub share: f64,
    /// The classes, ascending.
    pub classes: Vec<i64>,
    /// Number of features.
    pub features: usize,
    /// The features that each class holds.
    pub held: Vec<Vec<u32>>,
}

impl ClassFeatures {
    /// From the hypergraph of inputs (nodes) and features (hyperedges).
    ///
    /// # Errors
    ///
    /// [`Share`](HypergraphError::Share) unless 0 < p <= 1,
    /// [`LabelCount`](HypergraphError::LabelCount) unless there is one label per node.
    ///
    /// # Complexity
    ///
    /// O(incidences + features × classes).
    pub fn new(h: &Hypergraph, labels: &Labels, share: f64) -> Result<Self, HypergraphError> {
        if !(share > 0.0 && share <= 1.0) {
            return Err(HypergraphError::Share {
                what: "share of a class's inputs",
                value: share,
            });
        }
        let profiles = ClassProfiles::new(h, labels)?;
        let held = |class| {
            let shares = profiles.profile(class).iter();
            // A count over a size is the double nearest to their quotient, as is a p such as 0.3.
            (0..)
                .zip(shares)
                .filter(|&(_, &s)| s >= share)
                .map(|(f, _)| f)
                .collect()
        };
        Ok(Self {
            share,
            classes: labels.classes().to_vec(),
            features: h.n_edges(),
            held: (0..labels.n_classes()).map(held).collect(),
        })
    }

    /// Features as nodes, classes as hyperedges. Its [`dual`](Hypergraph::dual) has classes as
    /// nodes and features as hyperedges.
    ///
    /// # Errors
    ///
    /// [`NodeOutOfRange`](HypergraphError::NodeOutOfRange) if `held` was changed to name a feature
    /// that is not there.
    pub fn hypergraph(&self) -> Result<Hypergraph, HypergraphError> {
        Hypergraph::from_edges(self.features, &self.held)
    }

    /// How many features every two classes share, class x class; on the diagonal what each holds.
    ///
    /// # Complexity
    ///
    /// O(classes² × features held).
    pub fn shared(&self) -> Vec<Vec<usize>> {
        let shared = |a: &Vec<u32>, b: &Vec<u32>| {
            let common = a.iter().filter(|f| b.binary_search(f).is_ok());
            common.count()
        };
        let row = |a| self.held.iter().map(|b| shared(a, b)).collect();
        self.held.iter().map(row).collect()
    }

    /// Jaccard similarity of the features that every two classes hold, class x class; `None` where
    /// neither holds any. [`ClassProfiles::similarity`] is the weighted form, without a p.
    ///
    /// # Complexity
    ///
    /// As [`shared`](Self::shared).
    pub fn jaccard(&self) -> Vec<Vec<Option<f64>>> {
        let shared = self.shared();
        let entry = |a: usize, b: usize| {
            let either = self.held[a].len() + self.held[b].len() - shared[a][b];
            (either > 0).then(|| shared[a][b] as f64 / either as f64)
        };
        let classes = self.held.len();
        (0..classes)
            .map(|a| (0..classes).map(|b| entry(a, b)).collect())
            .collect()
    }
}

/// Hyperedge x class counts: all that the whole-table measures need to know.
#[derive(Debug)]
pub(crate) struct ClassCounts {
    n_classes: usize,
    /// `counts[edge * n_classes + class]`.
    counts: Vec<u32>,
    total: usize,
}

impl ClassCounts {
    pub(crate) fn new(h: &Hypergraph, class_of: &[u32], n_classes: usize) -> Self {
        let mut counts = vec![0; h.n_edges() * n_classes];
        for (e, row) in counts.chunks_exact_mut(n_classes).enumerate() {
            for &v in h.edge(e) {
                row[class_of[v as usize] as usize] += 1;
            }
        }
        Self {
            n_classes,
            counts,
            total: h.n_incidences(),
        }
    }

    /// Counts again, from those of fitting and held-out members of the same hyperedges.
    pub(crate) fn sum_of(&mut self, tally: &Tally) {
        let rows = self.counts.chunks_exact_mut(self.n_classes);
        for (row, (fitting, held_out)) in rows.zip(tally.rows()) {
            for ((count, fitting), held_out) in row.iter_mut().zip(fitting).zip(held_out) {
                *count = fitting + held_out;
            }
        }
    }

    /// One row of class counts per hyperedge.
    pub(crate) fn rows(&self) -> std::slice::ChunksExact<'_, u32> {
        self.counts.chunks_exact(self.n_classes)
    }

    /// Number of incidences.
    pub(crate) fn total(&self) -> usize {
        self.total
    }

    /// Incidences per class: the sum of its nodes' degrees, its *volume*.
    pub(crate) fn volumes(&self) -> Vec<u64> {
        let mut volumes = vec![0u64; self.n_classes];
        for row in self.rows() {
            for (volume, &count) in volumes.iter_mut().zip(row) {
                *volume += u64::from(count);
            }
        }
        volumes
    }
}
