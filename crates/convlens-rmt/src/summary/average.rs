//! A mean over layers, with what was left out.

use crate::metrics::BulkOutcome;
use crate::power_law::PowerLawOutcome;

/// Why a layer is not in an average.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Exclusion {
    /// No tail was fitted.
    NoTail(PowerLawOutcome),
    /// No bulk was fitted.
    NoBulk(BulkOutcome),
    /// All weights are zero.
    AllZero,
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
