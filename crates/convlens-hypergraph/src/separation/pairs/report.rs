//! The report over all pairs of classes.

use super::counts::Place;
use super::options::PairOptions;
use super::pair::{Draw, Pair};
use crate::separation::permutation::shuffle;
use crate::separation::{Alternative, Labels, Measure};
use crate::{Hypergraph, HypergraphError};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A feature that more inputs of one class hold than of the other.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SeparatingFeature {
    /// The feature (hyperedge).
    pub feature: u32,
    /// Share of the inputs of the first and of the second class that hold it.
    pub shares: [f64; 2],
    /// The first share minus the second.
    pub difference: f64,
    /// Two-sided: (1 + number of draws with a difference at least as large in magnitude) / (B + 1).
    pub p_value: f64,
    /// p corrected over the features of the pair.
    pub p_adjusted: f64,
}

/// Two classes against each other.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ClassPair {
    /// The two classes, ascending.
    pub classes: [i64; 2],
    /// Inputs of each.
    pub counts: [usize; 2],
    /// Weighted Jaccard similarity of the two profiles ([`ClassProfiles`](crate::ClassProfiles)); under what chance
    /// gives if the classes are separated. Corrected over pairs.
    pub similarity: Measure,
    /// Held-out area under the curve: how often a held-out input of the first class looks more like it
    /// than one of the second does, ties (within 1e-9) counting half. 1/2 by chance, whatever the sizes. `None` if a class has one input
    /// only. Corrected over pairs.
    pub auc: Option<Measure>,
    /// The features that separate them, surest first: by corrected p, then by difference, then by index.
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

/// Sets every two classes against each other, given the hypergraph of inputs (nodes) and features
/// (hyperedges), such as [`feature_hypergraph`](crate::feature_hypergraph) makes.
///
/// **The null.** Within a pair, labels are permuted over the inputs of the two classes, label and side
/// of the split together; under "both classes show the features alike" each p-value is exact. The
/// hypergraph stays: its rule has never seen a label.
///
/// The AUC is that of the log-odds of the two class profiles, fitted on one part of each class, on
/// the inputs of the other ([`classify_held_out`](crate::classify_held_out) gives the formula): the split is that of
/// a [`Separation`](crate::Separation) of the same labels, seed and fraction.
///
/// # Errors
///
/// [`NoPermutations`](HypergraphError::NoPermutations), [`Fraction`](HypergraphError::Fraction), and
/// [`LabelCount`](HypergraphError::LabelCount) unless there is one label per node.
///
/// # Complexity
///
/// Per pair and permutation O(its incidences + features + its inputs × log inputs); some 24 bytes × B
/// × (features + pairs) of memory.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, Labels, PairOptions, class_pairs};
///
/// // 30 inputs of three classes. Feature 0 is that of class 5; 6 and 7 hold the same.
/// let all = |keep: fn(u32) -> bool| (0..30).filter(|&i| keep(i)).collect::<Vec<u32>>();
/// let h = Hypergraph::from_edges(30, &[all(|i| i % 3 == 0), all(|i| i % 3 != 0), all(|i| i < 9)])?;
/// let labels = Labels::new(&(0..30).map(|i| 5 + i % 3).collect::<Vec<i64>>())?;
///
/// let report = class_pairs(&h, &labels, &PairOptions::default().permutations(199))?;
/// let entangled = &report.pairs[0];
/// assert_eq!(entangled.classes, [6, 7]);
/// assert_eq!(entangled.similarity.observed, 1.0);
/// let apart = &report.pairs[2];
/// assert_eq!((apart.classes[0], apart.auc.map(|auc| auc.observed)), (5, Some(1.0)));
/// assert_eq!((apart.features[0].feature, apart.features[0].difference), (0, 1.0));
/// assert_eq!(apart.features[0].p_adjusted, 1.0 / 200.0);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn class_pairs(
    h: &Hypergraph,
    labels: &Labels,
    options: &PairOptions,
) -> Result<PairReport, HypergraphError> {
    options.check()?;
    labels.check_len(h.n_nodes())?;
    let places = Places::draw(labels, options);
    let (mut pairs, mut similarities, mut aucs) = (Vec::new(), Vec::new(), Vec::new());
    for a in 0..labels.n_classes() {
        for b in a + 1..labels.n_classes() {
            let pair = places.pair(h, a, b);
            let (observed, draws) = pair.see(options);
            let list = |value: fn(&Draw) -> f64| draws.iter().map(value).collect::<Vec<f64>>();
            let (similarity, auc) = (list(|s| s.similarity), list(|s| s.auc));
            pairs.push(ClassPair {
                classes: [a, b].map(|c| labels.classes()[c]),
                counts: [a, b].map(|c| labels.counts()[c]),
                similarity: Measure::new(observed.similarity, &similarity, Alternative::Less),
                auc: pair
                    .is_split
                    .then(|| Measure::new(observed.auc, &auc, Alternative::Greater)),
                features: pair.separating(&observed, &draws, options)?,
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

/// The inputs of each class, ascending, and which of them fit.
struct Places {
    inputs: Vec<Vec<u32>>,
    fits: Vec<bool>,
}

impl Places {
    /// The split of [`SplitOptions`](crate::SplitOptions), but that a class of one input fits.
    fn draw(labels: &Labels, options: &PairOptions) -> Self {
        let held_out = |&count: &usize| match count {
            0 | 1 => 0,
            _ => ((options.test_fraction * count as f64).round() as usize).clamp(1, count - 1),
        };
        let mut wanted: Vec<usize> = labels.counts().iter().map(held_out).collect();
        let mut order: Vec<u32> = (0..labels.len() as u32).collect();
        shuffle(&mut order, &mut ChaCha8Rng::seed_from_u64(options.seed));
        let mut fits = vec![true; labels.len()];
        for input in order {
            let left = &mut wanted[labels.class_of()[input as usize] as usize];
            if *left > 0 {
                *left -= 1;
                fits[input as usize] = false;
            }
        }
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
