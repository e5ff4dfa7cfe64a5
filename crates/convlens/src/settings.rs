//! The settings of an analysis, with defaults that say where they come from.

use convlens_activations::Aggregation;
use convlens_hypergraph::IncidenceRule;
use serde::{Deserialize, Serialize};

/// The settings of an analysis, which its result repeats.
///
/// ```
/// use convlens::Settings;
///
/// let settings = Settings::default().seed(7).permutations(1999);
/// assert_eq!(settings.directions, 32);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Settings {
    /// The seed of every random draw: permutations, the split, rotations, bootstraps and start
    /// vectors. 0 by default.
    pub seed: u64,
    /// The number of leading singular directions of a layer that become features,
    /// `min(rank, directions)`, each with both signs. 32 by default: enough for the 10 to 100
    /// classes of the usual benchmarks, and the same number for all layers that have as many.
    pub directions: usize,
    /// How a signal over the positions of a feature map becomes one number. The maximum by
    /// default.
    pub aggregation: Aggregation,
    /// When an input belongs to the hyperedge of a feature. The top 10% by default.
    pub incidence_rule: IncidenceRule,
    /// The number of inputs listed for each signed singular direction: those with its largest
    /// signal. 5 by default; 0 for none.
    pub exemplars: usize,
    /// The number of random rotations that the singular basis is compared with at every layer: the
    /// first with all measures, the others with their held-out accuracy. 5 by default: one more
    /// rotation would be above all of them one time in six.
    pub rotations: usize,
    /// The number of label permutations of the null. 999 by default: p-values down to 0.001.
    pub permutations: usize,
    /// The probability that a layer of pure noise shows a spike. 1% by default.
    pub false_alarm_rate: f64,
    /// The number of bootstrap replicates for the interval of the tail exponent. 200 by default;
    /// 0 for no interval.
    pub bootstrap_replicates: usize,
    /// The most multiplications that the spectrum or the norm of one layer may take. 1e12 by
    /// default: under a minute on one core with AVX-512. A layer whose norm on its grid is beyond
    /// it gets the norm that holds for every grid, and says so. 0 for neither spectrum nor norm of
    /// convolutions.
    pub operator_budget: f64,
    /// The most memory that one layer of a file may take, in bytes. 4 GiB by default, half of a
    /// machine with 8 GiB. A layer that would take more is skipped before its weights are read, and
    /// says so; one whose singular vectors would take more is analyzed without separation.
    pub memory_budget: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            seed: 0,
            directions: 32,
            aggregation: Aggregation::Max,
            incidence_rule: IncidenceRule::TopQuantile { fraction: 0.10 },
            exemplars: 5,
            rotations: 5,
            permutations: 999,
            false_alarm_rate: 0.01,
            bootstrap_replicates: 200,
            operator_budget: 1e12,
            memory_budget: 4 << 30,
        }
    }
}

impl Settings {
    /// Sets the seed of every random draw.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Settings { seed, ..self }
    }

    /// Sets how many leading directions become features.
    #[must_use]
    pub fn directions(self, directions: usize) -> Self {
        Settings { directions, ..self }
    }

    /// Sets how signals over positions become one number.
    #[must_use]
    pub fn aggregation(self, aggregation: Aggregation) -> Self {
        Settings {
            aggregation,
            ..self
        }
    }

    /// Sets when an input belongs to a feature.
    #[must_use]
    pub fn incidence_rule(self, incidence_rule: IncidenceRule) -> Self {
        Settings {
            incidence_rule,
            ..self
        }
    }

    /// Sets how many inputs are listed for each signed direction; 0 for none.
    #[must_use]
    pub fn exemplars(self, exemplars: usize) -> Self {
        Settings { exemplars, ..self }
    }

    /// Sets the number of random rotations.
    #[must_use]
    pub fn rotations(self, rotations: usize) -> Self {
        Settings { rotations, ..self }
    }

    /// Sets the number of label permutations.
    #[must_use]
    pub fn permutations(self, permutations: usize) -> Self {
        Settings {
            permutations,
            ..self
        }
    }

    /// Sets the false-alarm rate of spikes.
    #[must_use]
    pub fn false_alarm_rate(self, false_alarm_rate: f64) -> Self {
        Settings {
            false_alarm_rate,
            ..self
        }
    }

    /// Sets the bootstrap replicates of the tail exponent; 0 for none.
    #[must_use]
    pub fn bootstrap_replicates(self, bootstrap_replicates: usize) -> Self {
        Settings {
            bootstrap_replicates,
            ..self
        }
    }

    /// Sets the most multiplications that the spectrum or the norm of one layer may take.
    #[must_use]
    pub fn operator_budget(self, operator_budget: f64) -> Self {
        Settings {
            operator_budget,
            ..self
        }
    }

    /// Sets the most memory that one layer may take, in bytes.
    #[must_use]
    pub fn memory_budget(self, memory_budget: u64) -> Self {
        Settings {
            memory_budget,
            ..self
        }
    }
}
