//! Jaccard similarities of influence profiles.

use super::{InfluenceProfile, LayerInfluence};
use crate::HypergraphError;

impl InfluenceProfile {
    /// Jaccard similarity of the held features of all layers, |A and B| / |A or B|: DeepDataProfiler's
    /// `jaccard`, counts and weights not regarded. `None` if neither holds a feature.
    ///
    /// # Errors
    ///
    /// [`ProfileMismatch`](HypergraphError::ProfileMismatch) unless both have the same options and
    /// layers; so for all similarities here.
    ///
    /// # Complexity
    ///
    /// O(features held by either); so for all similarities here.
    pub fn jaccard(&self, other: &Self) -> Result<Option<f64>, HypergraphError> {
        let overlaps = self.overlaps(other, LayerInfluence::overlap)?;
        let both: usize = overlaps.iter().map(|o| o.0).sum();
        let either: usize = overlaps.iter().map(|o| o.1).sum();
        Ok((either > 0).then(|| both as f64 / either as f64))
    }

    /// Mean over layers of the Jaccard similarity of the layer's held features: DeepDataProfiler's
    /// `avg_jaccard`. Layers where neither holds a feature are left out (it divides by zero
    /// there); `None` if that is all of them.
    ///
    /// # Errors
    ///
    /// As [`jaccard`](Self::jaccard).
    pub fn mean_layer_jaccard(&self, other: &Self) -> Result<Option<f64>, HypergraphError> {
        let overlaps = self.overlaps(other, LayerInfluence::overlap)?;
        let mut layers = 0;
        let mut sum = 0.0;
        for (both, either) in overlaps {
            if either > 0 {
                layers += 1;
                sum += both as f64 / either as f64;
            }
        }
        Ok((layers > 0).then(|| sum / f64::from(layers)))
    }

    /// Share of this profile's held features that the other holds too, |A and B| / |A|, all layers
    /// together: DeepDataProfiler's `instance_jaccard`, of an input in its class for instance. `None` if
    /// this profile holds none.
    ///
    /// # Errors
    ///
    /// As [`jaccard`](Self::jaccard).
    pub fn contained_in(&self, other: &Self) -> Result<Option<f64>, HypergraphError> {
        let overlaps = self.overlaps(other, LayerInfluence::overlap)?;
        let both: usize = overlaps.iter().map(|o| o.0).sum();
        let held = self.n_held();
        Ok((held > 0).then(|| both as f64 / held as f64))
    }

    /// Weighted Jaccard similarity (Ruzicka) of the shares of inputs that hold each feature,
    ///
    /// sum_f min(a_f, b_f) / sum_f max(a_f, b_f),
    ///
    /// all layers together; for two single inputs it is [`jaccard`](Self::jaccard). DeepDataProfiler has
    /// none: in a class of many inputs any of them may bring a feature in, and the plain form then
    /// counts it like one that all hold. `None` if neither holds a feature.
    ///
    /// # Errors
    ///
    /// As [`jaccard`](Self::jaccard).
    pub fn weighted_jaccard(&self, other: &Self) -> Result<Option<f64>, HypergraphError> {
        let overlaps = self.overlaps(other, |a, b| {
            a.weighted_overlap(self.inputs, b, other.inputs)
        })?;
        let low: f64 = overlaps.iter().map(|o| o.0).sum();
        let high: f64 = overlaps.iter().map(|o| o.1).sum();
        Ok((high > 0.0).then(|| low / high))
    }

    fn overlaps<T>(
        &self,
        other: &Self,
        of: impl Fn(&LayerInfluence, &LayerInfluence) -> T,
    ) -> Result<Vec<T>, HypergraphError> {
        self.check_alike(other)?;
        let layers = self.layers.iter().zip(&other.layers);
        Ok(layers.map(|(a, b)| of(a, b)).collect())
    }
}
