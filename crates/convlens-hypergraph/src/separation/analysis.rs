//! Class separation of one table, every measure against its permutation null.

use super::agreement::Agreement;
use super::arrangement::{Code, fits_u8};
use super::held_out::judge;
use super::observation::{Given, Observer, Values};
use super::parallel::map_indexed;
use super::ranking::RankedTable;
use super::split::Split;
use super::{
    ClassProfiles, HeldOut, Labels, Measure, MeasureKind, NullDraws, SeparationOptions, SignalTable,
};
use crate::HypergraphError;

/// How well the features of one table separate the classes, against chance.
///
/// **The null.** Labels are permuted against the inputs B times; draw b of a given seed is the same
/// permutation for every table with that number of inputs. Under "the labels have nothing to do
/// with the signals" all arrangements are equally likely, so each p-value, (1 + number of draws at
/// least as extreme) / (B + 1), is exact: P(p <= a) <= a for every a and B (Phipson and Smyth 2010).
/// Clusters do not know the labels, and are found once. For the classifier the label of an input and its side of the split travel together, and
/// thresholds and profiles are fitted anew for each permutation.
///
/// **An empty hypergraph** (every feature constant) says nothing of the classes: purity and entropy
/// then stand at their baselines, modularity, Jaccard separation and agreement at 0, with p = 1 and
/// no effect. [`incidences`](Self::incidences) tells.
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
    /// Purity of the hyperedges ([`purity`](crate::purity)).
    pub purity: Measure,
    /// Entropy of the hyperedges in nats ([`entropy`](crate::entropy)); smaller is better.
    pub entropy: Measure,
    /// Modularity of the class partition ([`modularity()`](crate::modularity())).
    pub modularity: Measure,
    /// 1 - mean weighted Jaccard similarity of different classes' profiles
    /// ([`ClassProfiles::separation`]).
    pub jaccard_separation: Measure,
    /// Held-out accuracy of the nearest class profile
    /// ([`classify_held_out`](crate::classify_held_out)).
    pub accuracy: Measure,
    /// Adjusted mutual information of the classes and the spectral clusters of the inputs
    /// ([`spectral_clustering`](crate::spectral_clustering),
    /// [`adjusted_mutual_information`](crate::adjusted_mutual_information)): whether one would have
    /// found the classes without their labels. Inputs without a feature are one more cluster.
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
    /// One sort per feature, then per permutation O(inputs + incidences + classes × (incidences held
    /// out + classes × features)): thresholds are refitted by a short walk from those of all
    /// inputs. Z-scores add the sums of O(inputs × features) values.
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
        let agreement = Agreement::new(&hypergraph, labels, options)?;
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
        let [
            purity,
            entropy,
            modularity,
            jaccard_separation,
            accuracy,
            agreement,
        ] = std::array::from_fn(|m| {
            let kind = MeasureKind::ALL[m];
            Measure::new(observed[m], draws.get(kind), kind.alternative())
        });
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
            purity,
            entropy,
            modularity,
            jaccard_separation,
            accuracy,
            agreement,
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
        let [
            purity,
            entropy,
            modularity,
            jaccard_separation,
            accuracy,
            agreement,
        ] = std::array::from_fn(|m| values.iter().map(|v| v[m]).collect());
        Self {
            purity,
            entropy,
            modularity,
            jaccard_separation,
            accuracy,
            agreement,
        }
    }
}
