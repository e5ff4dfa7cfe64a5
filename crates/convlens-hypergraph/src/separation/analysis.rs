//! Class separation of one table or of several, every measure against its permutation null.

use super::classifier::{Code, fits_u8};
use super::held_out::{HeldOut, judge};
use super::labels::{Labels, Split, SplitOptions};
use super::measures::ClassProfiles;
use super::null::{Measure, MeasureKind, NullDraws, TIE, max_t_adjusted};
use super::observation::{Agreement, Given, Observer, Values};
use super::rule::{IncidenceRule, RankedTable};
use super::table::SignalTable;
use crate::checks::{check_at_least, check_fraction, check_permutations};
use crate::error::HypergraphError;
use crate::modularity::score::Weight;
use crate::parallel::{map_indexed, map_long};
use crate::spectral;

/// Settings of [`Separation`](crate::Separation), checked once before any work.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{IncidenceRule, SeparationOptions};
///
/// let options = SeparationOptions::default()
///     .incidence_rule(IncidenceRule::ZScore { threshold: 1.5 })
///     .seed(7);
/// assert_eq!((options.permutations, options.seed), (999, 7));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SeparationOptions {
    /// Which inputs are members of a feature's hyperedge. Default: the top 10%.
    pub incidence_rule: IncidenceRule,
    /// B, the number of label permutations. Default 999: the least p-value is then 1/1000. At
    /// least 1.
    pub permutations: usize,
    /// Seed of the split and of the permutations. Default 0.
    pub seed: u64,
    /// Share of each class held out for the classifier, strictly between 0 and 1. Default 0.5.
    pub test_fraction: f64,
    /// Weight of the modularity. Default [`Weight::Pairwise`]: the
    /// others are 0 on every hyperedge in which no class has a majority.
    pub modularity: Weight,
    /// Spectral clusters of the inputs, for their agreement with the classes. Default `None`: as
    /// many as classes.
    pub clusters: Option<usize>,
    /// Runs of k-means for these clusters, of which the best is taken. At least 1. Default 3: on
    /// features that say little, where runs differ, more take longer than all permutations.
    pub cluster_restarts: usize,
}

impl Default for SeparationOptions {
    fn default() -> Self {
        Self {
            incidence_rule: IncidenceRule::default(),
            permutations: 999,
            seed: 0,
            test_fraction: SplitOptions::default().test_fraction,
            modularity: Weight::default(),
            clusters: None,
            cluster_restarts: 3,
        }
    }
}

impl SeparationOptions {
    /// Sets the incidence rule.
    #[must_use]
    pub fn incidence_rule(mut self, rule: IncidenceRule) -> Self {
        self.incidence_rule = rule;
        self
    }

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

    /// Sets the weight of the modularity.
    #[must_use]
    pub fn modularity(mut self, modularity: Weight) -> Self {
        self.modularity = modularity;
        self
    }

    /// Sets the number of spectral clusters; `None` for that of the classes.
    #[must_use]
    pub fn clusters(mut self, clusters: Option<usize>) -> Self {
        self.clusters = clusters;
        self
    }

    /// Sets the number of k-means runs.
    #[must_use]
    pub fn cluster_restarts(mut self, restarts: usize) -> Self {
        self.cluster_restarts = restarts;
        self
    }

    /// The split these settings make: with it,
    /// [`classify_held_out`](crate::separation::classify_held_out) repeats the classifier of a
    /// [`Separation`](crate::Separation).
    pub fn split(&self) -> SplitOptions {
        SplitOptions {
            test_fraction: self.test_fraction,
            seed: self.seed,
        }
    }

    /// The clustering that these settings ask for.
    fn clustering(&self, n_classes: usize) -> spectral::Options {
        spectral::Options::default()
            .clusters(self.clusters.unwrap_or(n_classes))
            .restarts(self.cluster_restarts)
            .seed(self.seed)
    }

    /// Checks the options, as every function that takes them does before any work.
    ///
    /// # Errors
    ///
    /// [`HypergraphError`], naming the option, its value and its bound.
    pub fn check(&self) -> Result<(), HypergraphError> {
        self.incidence_rule.check()?;
        check_permutations(self.permutations)?;
        let counts = [
            ("clusters", self.clusters.unwrap_or(1)),
            ("cluster_restarts", self.cluster_restarts),
        ];
        for (what, count) in counts {
            check_at_least(what, count, 1)?;
        }
        check_fraction("test_fraction", self.test_fraction)
    }
}

/// How well the features of one table separate the classes, against chance.
///
/// **The null.** Labels are permuted against the inputs B times; draw b of a given seed is the same
/// permutation for every table with that number of inputs. Under "the labels have nothing to do
/// with the signals" all arrangements are equally likely, so each p-value, (1 + number of draws at
/// least as extreme) / (B + 1), is exact: P(p <= a) <= a for every a and B (Phipson and Smyth
/// 2010). Clusters do not depend on the labels and are computed once. For the classifier the label
/// of an input and its side of the split travel together, and thresholds and profiles are fitted
/// anew for each permutation.
///
/// **An empty hypergraph** (every feature constant) says nothing about the classes: purity and
/// entropy are at their baselines, modularity, Jaccard separation and agreement are 0, with p = 1
/// and no effect. Check [`incidences`](Self::incidences).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{IncidenceRule, Labels, Separation, SeparationOptions, SignalTable};
///
/// // 40 inputs in two classes; each feature is high on one of them.
/// let labels: Vec<i64> = (0..40).map(|i| i % 2).collect();
/// let values = (0..40).flat_map(|i| {
///     let bump = if i % 2 == 0 { [1.0, 0.0] } else { [0.0, 1.0] };
///     bump.map(|b| b + i as f64 / 1000.0)
/// });
/// let table = SignalTable::new(values.collect(), 40, 2)?;
/// let options = SeparationOptions::default()
///     .incidence_rule(IncidenceRule::TopQuantile { fraction: 0.5 })
///     .permutations(199)
///     .seed(1);
/// let separation = Separation::new(&table, &Labels::new(&labels)?, &options)?;
/// assert_eq!(separation.purity.observed, 1.0);
/// assert_eq!(separation.purity.p_value, 1.0 / 200.0);
/// assert_eq!(separation.jaccard_separation.observed, 1.0); // no class shares a feature
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
#[doc(alias = "permutation test")]
#[doc(alias = "class separation")]
pub struct Separation {
    /// The settings, seed included.
    pub options: SeparationOptions,
    /// The classes, ascending; everything per class is in this order.
    pub classes: Vec<i64>,
    /// Inputs per class.
    pub class_counts: Vec<usize>,
    /// Number of inputs (nodes).
    pub inputs: usize,
    /// Number of features (hyperedges).
    pub features: usize,
    /// Number of incidences of the input-feature hypergraph.
    pub incidences: usize,
    /// Features without a member, constant ones for instance.
    pub empty_edges: usize,
    /// Share of the largest class: what purity tends to when features say nothing.
    pub majority_share: f64,
    /// Entropy of the labels in nats: what entropy tends to when features say nothing.
    pub label_entropy: f64,
    /// Purity of the hyperedges ([`purity`](crate::separation::purity)).
    pub purity: Measure,
    /// Entropy of the hyperedges in nats ([`entropy`](crate::separation::entropy)); smaller is
    /// better.
    pub entropy: Measure,
    /// Modularity of the class partition ([`modularity()`](crate::modularity::modularity())).
    pub modularity: Measure,
    /// 1 - mean weighted Jaccard similarity of different classes' profiles
    /// ([`ClassProfiles::separation`]).
    pub jaccard_separation: Measure,
    /// Held-out accuracy of the nearest class profile
    /// ([`classify_held_out`](crate::separation::classify_held_out)).
    pub accuracy: Measure,
    /// Adjusted mutual information of the classes and the spectral clusters of the inputs
    /// ([`spectral::cluster`](crate::spectral::cluster),
    /// [`adjusted_mutual_information`](crate::partition::adjusted_mutual_information)): would the
    /// classes be found without their labels? Inputs without a feature are one more cluster.
    pub agreement: Measure,
    /// Number of those clusters.
    pub clusters: usize,
    /// What the classifier did, input by input.
    pub held_out: HeldOut,
    /// Share of each class's inputs that hold each feature.
    pub profiles: ClassProfiles,
    /// Weighted Jaccard similarity of the class profiles, class x class.
    pub profile_similarity: Vec<Vec<f64>>,
}

impl Separation {
    /// Measures one table. Same bits at any number of threads.
    ///
    /// # Errors
    ///
    /// [`LabelCount`](HypergraphError::LabelCount) unless there is one label per input,
    /// [`SmallClass`](HypergraphError::SmallClass) for a class with one input, and the options' own
    /// ([`NoPermutations`](HypergraphError::NoPermutations),
    /// [`Fraction`](HypergraphError::Fraction), [`Threshold`](HypergraphError::Threshold)).
    ///
    /// # Complexity
    ///
    /// One sort per feature, one [`spectral::cluster`](crate::spectral::cluster), then per
    /// permutation O(inputs + incidences + classes × (incidences held out + classes × features)):
    /// thresholds are refitted by a short walk from those of all inputs. Z-scores add the sums of
    /// O(inputs × features) values.
    pub fn new(
        table: &SignalTable,
        labels: &Labels,
        options: &SeparationOptions,
    ) -> Result<Self, HypergraphError> {
        Ok(Self::new_with_draws(table, labels, options)?.0)
    }

    /// As [`new`](Self::new), with the permutation draws.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn new_with_draws(
        table: &SignalTable,
        labels: &Labels,
        options: &SeparationOptions,
    ) -> Result<(Self, NullDraws), HypergraphError> {
        options.check()?;
        labels.check_len(table.inputs())?;
        let split = Split::draw(labels, options.split())?;
        let ranked = RankedTable::new(table, options.incidence_rule);
        let hypergraph = ranked.hypergraph()?;
        let observe = match fits_u8(labels.n_classes()) {
            true => observe::<u8>,
            false => observe::<u32>,
        };
        let clustering = options.clustering(labels.n_classes());
        let agreement = Agreement::new(&hypergraph, labels, &clustering)?;
        let clusters = agreement.n_clusters();
        let given = Given {
            table: &ranked,
            hypergraph: &hypergraph,
            labels,
            split: &split,
            agreement: &agreement,
        };
        let (observed, values) = observe(given, options);
        let draws = NullDraws::from_values(&values);
        let measure = |kind: MeasureKind| {
            Measure::new(observed.get(kind), draws.get(kind), kind.alternative())
        };
        let profiles = ClassProfiles::new(&hypergraph, labels)?;
        let separation = Self {
            options: *options,
            classes: labels.classes().to_vec(),
            class_counts: labels.counts().to_vec(),
            inputs: table.inputs(),
            features: table.features(),
            incidences: hypergraph.n_incidences(),
            empty_edges: (0..hypergraph.n_edges())
                .filter(|&e| hypergraph.size(e) == 0)
                .count(),
            majority_share: labels.majority_share(),
            label_entropy: labels.entropy(),
            purity: measure(MeasureKind::Purity),
            entropy: measure(MeasureKind::Entropy),
            modularity: measure(MeasureKind::Modularity),
            jaccard_separation: measure(MeasureKind::JaccardSeparation),
            accuracy: measure(MeasureKind::Accuracy),
            agreement: measure(MeasureKind::Agreement),
            clusters,
            held_out: judge(&ranked, labels, &split),
            profile_similarity: profiles.similarity(),
            profiles,
        };
        Ok((separation, draws))
    }

    /// One of the measures.
    pub fn measure(&self, kind: MeasureKind) -> &Measure {
        match kind {
            MeasureKind::Purity => &self.purity,
            MeasureKind::Entropy => &self.entropy,
            MeasureKind::Modularity => &self.modularity,
            MeasureKind::JaccardSeparation => &self.jaccard_separation,
            MeasureKind::Accuracy => &self.accuracy,
            MeasureKind::Agreement => &self.agreement,
        }
    }

    pub(crate) fn measure_mut(&mut self, kind: MeasureKind) -> &mut Measure {
        match kind {
            MeasureKind::Purity => &mut self.purity,
            MeasureKind::Entropy => &mut self.entropy,
            MeasureKind::Modularity => &mut self.modularity,
            MeasureKind::JaccardSeparation => &mut self.jaccard_separation,
            MeasureKind::Accuracy => &mut self.accuracy,
            MeasureKind::Agreement => &mut self.agreement,
        }
    }
}

/// The measures of the labels as given, and of every permutation of them.
fn observe<C: Code>(given: Given<'_>, options: &SeparationOptions) -> (Values, Vec<Values>) {
    let observer = Observer::<C>::new(given, options.modularity);
    let observed = observer.measure(&mut observer.scratch());
    let values = map_indexed(
        options.permutations,
        || observer.scratch(),
        |scratch, b| observer.permuted(scratch, options.seed, b as u64),
    );
    (observed, values)
}

impl NullDraws {
    fn from_values(values: &[Values]) -> Self {
        let list = |of: fn(&Values) -> f64| values.iter().map(of).collect();
        Self {
            purity: list(|v| v.purity),
            entropy: list(|v| v.entropy),
            modularity: list(|v| v.modularity),
            jaccard_separation: list(|v| v.jaccard_separation),
            accuracy: list(|v| v.accuracy),
            agreement: list(|v| v.agreement),
        }
    }
}

/// Measures several tables of the same inputs (the layers of a network, say), and fills
/// [`Measure::p_adjusted`](crate::Measure::p_adjusted) of every measure: corrected over the tables,
/// each measure by itself, by [`max_t_adjusted`]. All tables see the same permutations and the same
/// split.
///
/// To compare bases, call it once per basis: then each basis is corrected over its layers, and
/// [`mcnemar`](crate::separation::mcnemar) compares two bases on one layer.
///
/// # Errors
///
/// As [`Separation::new`], for the first table that has one.
///
/// # Complexity
///
/// The sum over tables of [`Separation::new`].
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Labels, SeparationOptions, SignalTable, separate_layers};
///
/// let labels = Labels::new(&(0..20).map(|i| i % 2).collect::<Vec<i64>>())?;
/// let blind = SignalTable::new((0..20).map(|i| f64::from(i * 7 % 20)).collect(), 20, 1)?;
/// let sharp = SignalTable::new((0..20).map(|i| f64::from(i % 2 * 20 + i)).collect(), 20, 1)?;
/// let options = SeparationOptions::default().permutations(99);
/// let layers = separate_layers(&[&blind, &sharp], &labels, &options)?;
/// for layer in &layers {
///     assert!(layer.accuracy.p_adjusted.unwrap() >= layer.accuracy.p_value);
/// }
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[doc(alias = "multiple testing")]
pub fn separate_layers(
    tables: &[&SignalTable],
    labels: &Labels,
    options: &SeparationOptions,
) -> Result<Vec<Separation>, HypergraphError> {
    let mut layers = Vec::with_capacity(tables.len());
    let mut nulls = Vec::with_capacity(tables.len());
    // Clustering is on one thread for each table; the permutations of another fill the time.
    let measured = map_long(tables.len(), |i| {
        Separation::new_with_draws(tables[i], labels, options)
    });
    for found in measured {
        let (layer, draws) = found?;
        layers.push(layer);
        nulls.push(draws);
    }
    for kind in MeasureKind::ALL {
        adjust(&mut layers, &nulls, kind)?;
    }
    Ok(layers)
}

fn adjust(
    layers: &mut [Separation],
    nulls: &[NullDraws],
    kind: MeasureKind,
) -> Result<(), HypergraphError> {
    let sign = kind.alternative().sign();
    let observed: Vec<f64> = layers
        .iter()
        .map(|layer| sign * layer.measure(kind).observed)
        .collect();
    let draws: Vec<Vec<f64>> = layers
        .iter()
        .zip(nulls)
        .map(|(layer, null)| {
            let observed = layer.measure(kind).observed;
            // Ties are made exact, so that rounding is never blown up to unit variance.
            let snap = |&d: &f64| {
                if (d - observed).abs() <= TIE {
                    observed
                } else {
                    d
                }
            };
            null.get(kind).iter().map(|d| sign * snap(d)).collect()
        })
        .collect();
    let adjusted = max_t_adjusted(&observed, &draws)?;
    for (layer, p) in layers.iter_mut().zip(adjusted) {
        let measure = layer.measure_mut(kind);
        measure.p_adjusted = Some(p.max(measure.p_value));
    }
    Ok(())
}
