//! The metrics of a model: means over its layers.

use super::average::{Average, Exclusion, average};
use crate::compat::Compat;
use crate::metrics::{EigenvalueScale, LayerMetrics, TailMetrics, TailOutcome};

/// Means over the layers of a model, under the names of WeightWatcher's `get_summary`.
///
/// Each counts the layers that have the metric and names the others. WeightWatcher 0.7.7 puts -1 for a fit that failed
/// and averages that in, which is not reproduced.
///
/// # Example
///
/// ```
/// use convlens_rmt::{Esd, LayerMetrics, MetricOptions, ModelSummary, PowerLaw};
///
/// let metrics = |values: &[f64]| {
///     let esd = Esd::from_eigenvalues(values, 400, values.len())?;
///     LayerMetrics::new(&esd, &MetricOptions::default())
/// };
/// let first = metrics(&PowerLaw::new(3.0, 1.0)?.sample(300, 1))?;
/// let second = metrics(&[1.0, 2.0])?;
/// let summary = ModelSummary::new([("first", &first), ("second", &second)]);
/// assert_eq!(summary.alpha.mean, first.alpha());
/// assert_eq!(summary.alpha.excluded[0].layer, "second");
/// assert_eq!(summary.stable_rank.layers, 2);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ModelSummary {
    /// Number of layers given.
    pub layers: usize,
    /// The conventions of the layers, each once. With more than one, means of norms and of `alpha_weighted` mix
    /// units, as WeightWatcher's do over dense layers and convolutions.
    pub conventions: Vec<(Option<Compat>, EigenvalueScale)>,
    /// Mean of `log_norm`.
    pub log_norm: Average,
    /// Mean of `alpha`.
    pub alpha: Average,
    /// Mean of `alpha_weighted`: the universal metric, see [`universal`](ModelSummary::universal).
    pub alpha_weighted: Average,
    /// Mean of `log_alpha_norm`.
    pub log_alpha_norm: Average,
    /// Mean of `log_spectral_norm`.
    pub log_spectral_norm: Average,
    /// Mean of `stable_rank`.
    pub stable_rank: Average,
    /// Mean of `mp_softrank`.
    pub mp_softrank: Average,
}

impl ModelSummary {
    /// The means over `(name, metrics)`.
    ///
    /// # Complexity
    ///
    /// Linear in the number of layers.
    #[must_use]
    pub fn new<'a>(layers: impl IntoIterator<Item = (&'a str, &'a LayerMetrics)>) -> Self {
        let layers: Vec<(&str, &LayerMetrics)> = layers.into_iter().collect();
        let mut conventions = Vec::new();
        for (_, metrics) in &layers {
            let convention = (metrics.compat, metrics.scale);
            if !conventions.contains(&convention) {
                conventions.push(convention);
            }
        }
        let tail = |metric: fn(&TailMetrics) -> f64| {
            average(
                &layers,
                |layer| layer.tail.fit().map(metric),
                |layer| match &layer.tail {
                    TailOutcome::NoFit(outcome) => Exclusion::NoTail(outcome.clone()),
                    TailOutcome::Fit(_) => Exclusion::AllZero,
                },
            )
        };
        let norm = |metric: fn(&LayerMetrics) -> Option<f64>| {
            average(&layers, |layer| metric(layer), |_| Exclusion::AllZero)
        };
        Self {
            layers: layers.len(),
            conventions,
            log_norm: norm(|layer| layer.log_norm),
            alpha: tail(|tail| tail.alpha),
            alpha_weighted: tail(|tail| tail.alpha_weighted),
            log_alpha_norm: tail(|tail| tail.log_alpha_norm),
            log_spectral_norm: norm(|layer| layer.log_spectral_norm),
            stable_rank: norm(|layer| layer.stable_rank),
            mp_softrank: average(
                &layers,
                |layer| layer.bulk.fit().map(|bulk| bulk.mp_softrank),
                |layer| Exclusion::NoBulk(layer.bulk.clone()),
            ),
        }
    }

    /// The universal metric, alpha-hat: the mean over layers of `alpha log10 lambda_max` (Martin, Peng and Mahoney, Nature
    /// Communications 12 (2021)), natural logarithm under [`Compat::DeepDataProfiler`]. Smaller is better among models of one architecture.
    #[must_use]
    pub fn universal(&self) -> Option<f64> {
        self.alpha_weighted.mean
    }
}
