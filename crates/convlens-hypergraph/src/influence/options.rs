//! Settings of an influence profile.

use super::rule::Cut;
use super::{InfluenceRule, InfluenceSize, ShareBorder};

/// What a held feature's influence is divided by, to be its weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum InfluenceWeights {
    /// The sum over the held features: an input's weights in a layer sum to 1. DeepDataProfiler's
    /// channel and element profiles.
    #[default]
    Held,
    /// The sum over the held features but the last, or over *all* features where one is held alone:
    /// weights sum to over 1, or to under 1 there. DeepDataProfiler's SVD profile: its index is one
    /// too low, and wraps around for a single feature.
    BelowLast,
}

impl InfluenceWeights {
    pub(crate) fn divisor(self, cut: Cut) -> f64 {
        match self {
            Self::Held => cut.upto,
            Self::BelowLast if cut.held > 1 => cut.below,
            Self::BelowLast => cut.total,
        }
    }
}

/// Settings of an [`InfluenceProfile`](crate::InfluenceProfile).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{InfluenceOptions, InfluenceSize, InfluenceWeights};
///
/// let theirs = InfluenceOptions::svd_profiler(0.1);
/// assert_eq!(theirs.rule.size, InfluenceSize::Magnitude);
/// assert_eq!(theirs.weights, InfluenceWeights::BelowLast);
/// assert_eq!(InfluenceOptions::default().weights, InfluenceWeights::Held);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct InfluenceOptions {
    /// Which features an input holds.
    pub rule: InfluenceRule,
    /// What weights are divided by. Default [`InfluenceWeights::Held`].
    pub weights: InfluenceWeights,
}

impl InfluenceOptions {
    /// DeepDataProfiler's `SVDProfiler` with its `threshold` (0.1 there by default): give it the mean
    /// of each singular direction's signal over positions, one column per direction.
    #[must_use]
    pub fn svd_profiler(threshold: f64) -> Self {
        Self {
            rule: InfluenceRule {
                share: threshold,
                size: InfluenceSize::Magnitude,
                border: ShareBorder::Exceed,
            },
            weights: InfluenceWeights::BelowLast,
        }
    }

    /// The influential neurons of DeepDataProfiler's `ChannelProfiler` with its `threshold` (0.1 there
    /// by default): give it each channel's maximum over positions. (It goes on to trace which neurons
    /// of the layer before contribute to them; that needs the network and is not here.)
    #[must_use]
    pub fn channel_profiler(threshold: f64) -> Self {
        Self {
            rule: InfluenceRule {
                share: threshold,
                size: InfluenceSize::PositivePart,
                border: ShareBorder::Exceed,
            },
            weights: InfluenceWeights::Held,
        }
    }

    /// Sets the rule.
    #[must_use]
    pub fn rule(mut self, rule: InfluenceRule) -> Self {
        self.rule = rule;
        self
    }

    /// Sets what weights are divided by.
    #[must_use]
    pub fn weights(mut self, weights: InfluenceWeights) -> Self {
        self.weights = weights;
        self
    }
}
