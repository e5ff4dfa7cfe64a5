//! The metrics of a model: means over its layers, with what was left out.

use std::fmt;

use crate::compat::Compat;
use crate::metrics::bulk::BulkOutcome;
use crate::metrics::layer::LayerMetrics;
use crate::metrics::options::EigenvalueScale;
use crate::metrics::tail::{TailMetrics, TailOutcome};
use crate::tail;

/// Means over the layers of a model, under the names of WeightWatcher's `get_summary`.
///
/// Each counts the layers that have the metric and names the others. WeightWatcher 0.7.7 puts -1
/// for a fit that failed and averages that in, which is not reproduced.
///
/// # Example
///
/// ```
/// use convlens_rmt::{metrics, Esd, LayerMetrics, ModelMetrics, PowerLaw};
///
/// let metrics = |values: &[f64]| {
///     let esd = Esd::from_eigenvalues(values, 400, values.len())?;
///     LayerMetrics::new(&esd, &metrics::Options::default())
/// };
/// let first = metrics(&PowerLaw::new(3.0, 1.0)?.sample(300, 1))?;
/// let second = metrics(&[1.0, 2.0])?;
/// let summary = ModelMetrics::new([("first", &first), ("second", &second)]);
/// assert_eq!(summary.alpha.mean, first.alpha());
/// assert_eq!(summary.alpha.excluded[0].layer, "second");
/// assert_eq!(summary.stable_rank.layers, 2);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[doc(alias = "summary")]
#[doc(alias = "alpha_hat")]
#[doc(alias = "get_summary")]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ModelMetrics {
    /// Number of layers given.
    pub layers: usize,
    /// The conventions of the layers, each once. With more than one, means of norms and of
    /// `alpha_weighted` mix units, as WeightWatcher's do over dense layers and convolutions.
    pub conventions: Vec<(Option<Compat>, EigenvalueScale)>,
    /// Mean of `log_norm`.
    pub log_norm: Average,
    /// Mean of `alpha`.
    pub alpha: Average,
    /// Mean of `alpha_weighted`: the universal metric, see [`universal`](ModelMetrics::universal).
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

impl ModelMetrics {
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
                |layer| layer.tail.value().map(metric),
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
                |layer| layer.bulk.value().map(|bulk| bulk.mp_softrank),
                |layer| Exclusion::NoBulk(layer.bulk.clone()),
            ),
        }
    }

    /// The universal metric, alpha-hat: the mean over layers of `alpha log10 lambda_max` (Martin,
    /// Peng and Mahoney, Nature Communications 12 (2021)), natural logarithm under
    /// [`Compat::DeepDataProfiler`]. Smaller is better among models of one architecture.
    #[must_use]
    pub fn universal(&self) -> Option<f64> {
        self.alpha_weighted.mean
    }
}

/// Why a layer is not in an average.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Exclusion {
    /// No tail was fitted.
    NoTail(tail::Outcome),
    /// No bulk was fitted.
    NoBulk(BulkOutcome),
    /// All weights are zero.
    AllZero,
}

impl fmt::Display for Exclusion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoTail(outcome) => write!(f, "no tail: {outcome}"),
            Self::NoBulk(outcome) => write!(f, "{outcome}"),
            Self::AllZero => f.write_str("all weights are zero"),
        }
    }
}

/// A layer that is not in an average.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Excluded {
    /// Its name.
    pub layer: String,
    /// Why.
    pub reason: Exclusion,
}

/// The mean of a metric over the layers that have it.
#[derive(Debug, Clone, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Average {
    /// The mean; `None` where no layer has the metric.
    pub mean: Option<f64>,
    /// Number of layers in it.
    pub layers: usize,
    /// The layers that are not.
    pub excluded: Vec<Excluded>,
}

/// The mean of what `metric` gives, in the order of the layers; `reason` says why it gives none.
pub(super) fn average<T>(
    layers: &[(&str, T)],
    metric: impl Fn(&T) -> Option<f64>,
    reason: impl Fn(&T) -> Exclusion,
) -> Average {
    let mut sum = 0.0;
    let mut average = Average::default();
    for (name, layer) in layers {
        match metric(layer) {
            Some(value) => {
                sum += value;
                average.layers += 1;
            }
            None => average.excluded.push(Excluded {
                layer: (*name).to_owned(),
                reason: reason(layer),
            }),
        }
    }
    average.mean = (average.layers > 0).then(|| sum / average.layers as f64);
    average
}
