//! Every two classes against each other: how entangled they are, and which features separate them.

use super::labels::Labels;
use super::null::{Alternative, Measure, TIE, max_t_adjusted};
use super::pair::{Draw, Pair, Place, Seen};
use crate::checks::{check_fraction, check_permutations};
use crate::error::HypergraphError;
use crate::structure::hypergraph::Hypergraph;

/// How p-values are corrected for having looked at many pairs, or at many features of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PairCorrection {
    /// Single-step max-T ([`max_t_adjusted`](crate::separation::max_t_adjusted)). Over the features
    /// of a pair it is exact: they share the permutations. Over pairs each pair has its own
    /// permutations (of the same positions for pairs of the same sizes), which follow the
    /// dependence between pairs with a class in common closely but not exactly: the family-wise
    /// error is then controlled by simulation, not by theorem.
    #[default]
    MaxT,
    /// Holm's step-down (Holm 1979): valid whatever the dependence, and stricter: with m tests, no
    /// corrected p is under m / (B + 1).
    Holm,
}

/// Settings of [`class_pairs`](crate::separation::class_pairs), checked once before any work.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::separation::{PairCorrection, PairOptions};
///
/// let options = PairOptions::default().permutations(199).correction(PairCorrection::Holm);
/// assert_eq!((options.permutations, options.top_features), (199, 10));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PairOptions {
    /// B, the permutations of each pair's labels. Default 999: the least p-value is then 1/1000.
    pub permutations: usize,
    /// Seed of the split and of the permutations. Default 0.
    pub seed: u64,
    /// Share of each class held out for the AUC, strictly between 0 and 1. Default 0.5.
    pub test_fraction: f64,
    /// How many features are listed for a pair; all are tested. Default 10.
    pub top_features: usize,
    /// How p-values are corrected. Default [`PairCorrection::MaxT`].
    pub correction: PairCorrection,
}

impl Default for PairOptions {
    fn default() -> Self {
        Self {
            permutations: 999,
            seed: 0,
            test_fraction: 0.5,
            top_features: 10,
            correction: PairCorrection::default(),
        }
    }
}

impl PairOptions {
    /// Sets the number of permutations.
    #[must_use]
    pub fn permutations(mut self, permutations: usize) -> Self {
        self.permutations = permutations;
        self
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the held-out share of each class.
    #[must_use]
    pub fn test_fraction(mut self, test_fraction: f64) -> Self {
        self.test_fraction = test_fraction;
        self
    }

    /// Sets how many features are listed for a pair.
    #[must_use]
    pub fn top_features(mut self, top_features: usize) -> Self {
        self.top_features = top_features;
        self
    }

    /// Sets how p-values are corrected.
    #[must_use]
    pub fn correction(mut self, correction: PairCorrection) -> Self {
        self.correction = correction;
        self
    }

    pub(super) fn check(&self) -> Result<(), HypergraphError> {
        check_permutations(self.permutations)?;
        check_fraction("test_fraction", self.test_fraction)
    }
}

/// A feature that more inputs of one class hold than of the other.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SeparatingFeature {
    /// The feature (hyperedge).
    pub feature: u32,
    /// Share of the first class's inputs that hold it.
    pub first_share: f64,
    /// Share of the second class's inputs that hold it.
    pub second_share: f64,
    /// The first share minus the second: positive for a feature of the first class.
    pub difference: f64,
    /// Two-sided: (1 + number of draws with a difference at least as large in magnitude) / (B + 1).
    pub p_value: f64,
    /// p corrected over the features of the pair.
    pub p_adjusted: f64,
}

/// One class of a [`ClassPair`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PairClass {
    /// The class, by its label.
    pub class: i64,
    /// How many inputs it has.
    pub inputs: usize,
}

/// Two classes against each other.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClassPair {
    /// The class with the lower label.
    pub first: PairClass,
    /// The class with the higher label.
    pub second: PairClass,
    /// Weighted Jaccard similarity of the two profiles
    /// ([`ClassProfiles`](crate::separation::ClassProfiles)); smaller than by chance if the classes
    /// are separated. Corrected over pairs.
    pub similarity: Measure,
    /// Held-out area under the curve: how often a held-out input of the first class looks more like
    /// it than one of the second does, ties (within 1e-9) counting half. 1/2 by chance, whatever
    /// the sizes. `None` if a class has one input only. Corrected over pairs.
    pub auc: Option<Measure>,
    /// The features that separate them, surest first: by corrected p, then by difference, then by
    /// index.
    pub features: Vec<SeparatingFeature>,
}

/// Every two classes against each other: which are entangled, and which features separate them.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PairReport {
    /// The settings, seed included.
    pub options: PairOptions,
    /// Number of inputs (nodes).
    pub inputs: usize,
    /// Number of features (hyperedges).
    pub features: usize,
    /// The pairs, most similar profiles first; equal ones in the order of their classes.
    pub pairs: Vec<ClassPair>,
}

/// Compares every two classes, from the hypergraph of inputs (nodes) and features (hyperedges) that
/// [`feature_hypergraph`](crate::feature_hypergraph) makes.
///
/// **The null.** Within a pair, labels are permuted over the inputs of the two classes, label and
/// side of the split together; under "both classes show the features alike" each p-value is exact.
/// The hypergraph stays: its rule has never seen a label.
///
/// The AUC is that of the log-odds of the two class profiles, fitted on one part of each class, on
/// the inputs of the other ([`classify_held_out`](crate::separation::classify_held_out) gives the
/// formula): the split is that of a [`Separation`](crate::Separation) of the same labels, seed and
/// fraction.
///
/// # Errors
///
/// [`NoPermutations`](HypergraphError::NoPermutations), [`Fraction`](HypergraphError::Fraction),
/// and [`LabelCount`](HypergraphError::LabelCount) unless there is one label per node.
///
/// # Complexity
///
/// Per pair and permutation O(its incidences + features + its inputs × log inputs); some 24 bytes ×
/// B × (features + pairs) of memory.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, Labels, separation::{PairOptions, class_pairs}};
///
/// // 30 inputs of three classes. Feature 0 is that of class 5; 6 and 7 hold the same.
/// let all = |keep: fn(u32) -> bool| (0..30).filter(|&i| keep(i)).collect::<Vec<u32>>();
/// let edges = [all(|i| i % 3 == 0), all(|i| i % 3 != 0), all(|i| i < 9)];
/// let h = Hypergraph::from_edges(30, &edges)?;
/// let labels = Labels::new(&(0..30).map(|i| 5 + i % 3).collect::<Vec<i64>>())?;
///
/// let report = class_pairs(&h, &labels, &PairOptions::default().permutations(199))?;
/// let entangled = &report.pairs[0];
/// assert_eq!((entangled.first.class, entangled.second.class), (6, 7));
/// assert_eq!(entangled.similarity.observed, 1.0);
/// let apart = &report.pairs[2];
/// assert_eq!((apart.first.class, apart.auc.map(|auc| auc.observed)), (5, Some(1.0)));
/// assert_eq!((apart.features[0].feature, apart.features[0].difference), (0, 1.0));
/// assert_eq!(apart.features[0].p_adjusted, 1.0 / 200.0);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[doc(alias = "confusion")]
#[doc(alias = "auc")]
pub fn class_pairs(
    h: &Hypergraph,
    labels: &Labels,
    options: &PairOptions,
) -> Result<PairReport, HypergraphError> {
    options.check()?;
    labels.check_len(h.n_nodes())?;
    let places = Places::draw(labels, options);
    let class = |c: usize| PairClass {
        class: labels.classes()[c],
        inputs: labels.counts()[c],
    };
    let (mut pairs, mut similarities, mut aucs) = (Vec::new(), Vec::new(), Vec::new());
    for a in 0..labels.n_classes() {
        for b in a + 1..labels.n_classes() {
            let pair = places.pair(h, a, b);
            let (observed, draws) = pair.see(options.permutations, options.seed);
            let list = |value: fn(&Draw) -> f64| draws.iter().map(value).collect::<Vec<f64>>();
            let (similarity, auc) = (list(|s| s.similarity), list(|s| s.auc));
            pairs.push(ClassPair {
                first: class(a),
                second: class(b),
                similarity: Measure::new(observed.similarity, &similarity, Alternative::Less),
                auc: pair
                    .is_split
                    .then(|| Measure::new(observed.auc, &auc, Alternative::Greater)),
                features: separating(&observed, &draws, options)?,
            });
            similarities.push(similarity);
            aucs.extend(pair.is_split.then_some(auc));
        }
    }
    let mut measures: Vec<&mut Measure> = pairs.iter_mut().map(|p| &mut p.similarity).collect();
    options
        .correction
        .adjust_measures(&mut measures, &similarities)?;
    let mut measures: Vec<&mut Measure> = pairs.iter_mut().filter_map(|p| p.auc.as_mut()).collect();
    options.correction.adjust_measures(&mut measures, &aucs)?;
    pairs.sort_by(|x, y| y.similarity.observed.total_cmp(&x.similarity.observed));
    Ok(PairReport {
        options: *options,
        inputs: h.n_nodes(),
        features: h.n_edges(),
        pairs,
    })
}

/// The features by how surely they separate the pair, the first `top_features` of them.
fn separating(
    observed: &Seen,
    draws: &[Draw],
    options: &PairOptions,
) -> Result<Vec<SeparatingFeature>, HypergraphError> {
    let n_features = observed.shares[0].len();
    let sizes: Vec<f64> = (0..n_features)
        .map(|f| observed.difference(f).abs())
        .collect();
    let mut null: Vec<Vec<f64>> = (0..n_features)
        .map(|f| draws.iter().map(|draw| draw.sizes[f]).collect())
        .collect();
    let p_values: Vec<f64> = sizes
        .iter()
        .zip(&null)
        .map(|(&size, list)| {
            let reached = list.iter().filter(|&&d| d >= size - TIE).count();
            (1 + reached) as f64 / (list.len() + 1) as f64
        })
        .collect();
    let adjusted = options.correction.adjust(&p_values, &sizes, &mut null)?;
    let mut features: Vec<SeparatingFeature> = (0..n_features)
        .map(|f| SeparatingFeature {
            feature: f as u32,
            first_share: observed.shares[0][f],
            second_share: observed.shares[1][f],
            difference: observed.difference(f),
            p_value: p_values[f],
            p_adjusted: adjusted[f],
        })
        .collect();
    features.sort_by(|a, b| {
        let by_size = b.difference.abs().total_cmp(&a.difference.abs());
        a.p_adjusted.total_cmp(&b.p_adjusted).then(by_size)
    });
    features.truncate(options.top_features);
    Ok(features)
}

/// The inputs of each class, ascending, and which of them fit.
struct Places {
    inputs: Vec<Vec<u32>>,
    fits: Vec<bool>,
}

impl Places {
    /// The split of [`SplitOptions`](crate::separation::SplitOptions), but that a class of one
    /// input fits.
    fn draw(labels: &Labels, options: &PairOptions) -> Self {
        let held_out = |&count: &usize| match count {
            0 | 1 => 0,
            _ => ((options.test_fraction * count as f64).round() as usize).clamp(1, count - 1),
        };
        let wanted = labels.counts().iter().map(held_out).collect();
        let fits = labels.hold_out(wanted, options.seed);
        let mut inputs = vec![Vec::new(); labels.n_classes()];
        for (input, &class) in (0..).zip(labels.class_of()) {
            inputs[class as usize].push(input);
        }
        Self { inputs, fits }
    }

    fn pair<'a>(&self, h: &'a Hypergraph, a: usize, b: usize) -> Pair<'a> {
        let (mut inputs, mut places) = (Vec::new(), Vec::new());
        for (class, index) in [(0, a), (1, b)] {
            for &input in &self.inputs[index] {
                inputs.push(input);
                places.push(Place {
                    class,
                    fits: self.fits[input as usize],
                });
            }
        }
        Pair {
            h,
            is_split: [a, b].iter().all(|&c| self.inputs[c].len() > 1),
            inputs,
            places,
        }
    }
}

impl PairCorrection {
    /// Corrects p-values over tests; `observed` and `draws` are signed so that larger is more
    /// extreme.
    pub(super) fn adjust(
        self,
        p_values: &[f64],
        observed: &[f64],
        draws: &mut [Vec<f64>],
    ) -> Result<Vec<f64>, HypergraphError> {
        match self {
            Self::Holm => Ok(holm(p_values)),
            Self::MaxT => {
                for (&o, list) in observed.iter().zip(draws.iter_mut()) {
                    // Ties are made exact, so that rounding is never blown up to unit variance.
                    list.iter_mut()
                        .filter(|d| (**d - o).abs() <= TIE)
                        .for_each(|d| *d = o);
                }
                let adjusted = max_t_adjusted(observed, draws)?;
                Ok(adjusted
                    .iter()
                    .zip(p_values)
                    .map(|(a, p)| a.max(*p))
                    .collect())
            }
        }
    }

    /// Fills `p_adjusted` of the measures from their draws.
    pub(super) fn adjust_measures(
        self,
        measures: &mut [&mut Measure],
        draws: &[Vec<f64>],
    ) -> Result<(), HypergraphError> {
        let sign = |m: &Measure| m.alternative.sign();
        let p_values: Vec<f64> = measures.iter().map(|m| m.p_value).collect();
        let observed: Vec<f64> = measures.iter().map(|m| sign(m) * m.observed).collect();
        let mut signed: Vec<Vec<f64>> = measures
            .iter()
            .zip(draws)
            .map(|(m, list)| list.iter().map(|d| sign(m) * d).collect())
            .collect();
        let adjusted = self.adjust(&p_values, &observed, &mut signed)?;
        for (measure, p) in measures.iter_mut().zip(adjusted) {
            measure.p_adjusted = Some(p);
        }
        Ok(())
    }
}

/// Holm (1979): the i-th smallest of m p-values times m - i + 1, made ascending, at most 1.
fn holm(p_values: &[f64]) -> Vec<f64> {
    let m = p_values.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; m];
    let mut least = 0.0_f64;
    for (rank, &i) in order.iter().enumerate() {
        least = least.max(p_values[i] * (m - rank) as f64).min(1.0);
        adjusted[i] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_by_hand() {
        // Sorted 0.01, 0.02, 0.03, 0.5: times 4, 3, 2, 1 is 0.04, 0.06, 0.06, 0.5.
        let adjusted = holm(&[0.5, 0.01, 0.03, 0.02]);
        for (ours, theirs) in adjusted.iter().zip([0.5, 0.04, 0.06, 0.06]) {
            assert!((ours - theirs).abs() < 1e-15, "{adjusted:?}");
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
        assert!(holm(&[]).is_empty());
    }
}
