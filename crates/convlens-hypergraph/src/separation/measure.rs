//! One measure against its null, and the draws behind it.

/// The measures of a [`Separation`](crate::Separation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MeasureKind {
    /// [`purity`](crate::purity) of the hyperedges.
    Purity,
    /// [`entropy`](crate::entropy) of the hyperedges: smaller is better.
    Entropy,
    /// [`modularity()`](crate::modularity()) of the class partition.
    Modularity,
    /// [`ClassProfiles::separation`](crate::ClassProfiles::separation).
    JaccardSeparation,
    /// Held-out accuracy of the nearest class profile ([`classify_held_out`](crate::classify_held_out)).
    Accuracy,
    /// Adjusted mutual information of the classes and the spectral clusters of the inputs
    /// ([`adjusted_mutual_information`](crate::adjusted_mutual_information)).
    Agreement,
}

impl MeasureKind {
    /// All measures, in the order of the fields of [`Separation`](crate::Separation).
    pub const ALL: [Self; 6] = [
        Self::Purity,
        Self::Entropy,
        Self::Modularity,
        Self::JaccardSeparation,
        Self::Accuracy,
        Self::Agreement,
    ];

    /// On which side separated classes lie.
    pub fn alternative(self) -> Alternative {
        match self {
            Self::Entropy => Alternative::Less,
            _ => Alternative::Greater,
        }
    }
}

/// The side of the null on which separated classes lie: tests are one-sided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Alternative {
    /// Larger values are evidence of separation.
    Greater,
    /// Smaller values are.
    Less,
}

impl Alternative {
    /// 1 or -1: times a value, so that larger is evidence.
    pub(crate) fn sign(self) -> f64 {
        match self {
            Self::Greater => 1.0,
            Self::Less => -1.0,
        }
    }
}

/// A draw within this distance of the observed value counts as reaching it. Every measure is of
/// order 1 and a sum of at most some 10^4 such terms: rounding makes equal values differ by under
/// 1e-12.
pub(crate) const TIE: f64 = 1e-12;

/// A null no wider than this has no spread: every measure is of order 1, so an effect in such units
/// would be a large number that means nothing.
const SPREAD: f64 = 1e-9;

/// An observed value set against its permutation null.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Measure {
    /// The value for the labels as given.
    pub observed: f64,
    /// Mean of the permutation draws.
    pub null_mean: f64,
    /// Standard deviation of the draws (divisor B - 1; 0 for a single draw).
    pub null_sd: f64,
    /// (observed - null mean) / null sd; `None` if the null has no spread (null sd <= 1e-9).
    /// Negative effects are the good ones where `alternative` is [`Alternative::Less`].
    pub effect: Option<f64>,
    /// The side on which separated classes lie.
    pub alternative: Alternative,
    /// (1 + number of draws at least as extreme) / (B + 1): one-sided, never 0 (Phipson and Smyth
    /// 2010).
    pub p_value: f64,
    /// p corrected over layers by [`separate_layers`](crate::separate_layers), or over pairs of classes by
    /// [`class_pairs`](crate::class_pairs); `None` if only one table was tested.
    pub p_adjusted: Option<f64>,
}

impl Measure {
    pub(crate) fn new(observed: f64, draws: &[f64], alternative: Alternative) -> Self {
        let b = draws.len() as f64;
        let null_mean = draws.iter().sum::<f64>() / b;
        let squares: f64 = draws.iter().map(|d| (d - null_mean).powi(2)).sum();
        let null_sd = if draws.len() < 2 {
            0.0
        } else {
            (squares / (b - 1.0)).sqrt()
        };
        let sign = alternative.sign();
        let reached = draws
            .iter()
            .filter(|&&d| sign * (d - observed) >= -TIE)
            .count();
        Self {
            observed,
            null_mean,
            null_sd,
            effect: (null_sd > SPREAD).then(|| (observed - null_mean) / null_sd),
            alternative,
            p_value: (1 + reached) as f64 / (b + 1.0),
            p_adjusted: None,
        }
    }
}

/// The permutation draws behind a [`Separation`](crate::Separation), one list of B per measure.
///
/// Draw b of every table comes from the same permutation (for the same labels and options), which is
/// what [`max_t_adjusted`](crate::max_t_adjusted) needs.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct NullDraws {
    /// Purity.
    pub purity: Vec<f64>,
    /// Entropy, in nats.
    pub entropy: Vec<f64>,
    /// Modularity.
    pub modularity: Vec<f64>,
    /// Jaccard separation.
    pub jaccard_separation: Vec<f64>,
    /// Accuracy.
    pub accuracy: Vec<f64>,
    /// Adjusted mutual information.
    pub agreement: Vec<f64>,
}

impl NullDraws {
    /// The draws of one measure.
    pub fn get(&self, kind: MeasureKind) -> &[f64] {
        match kind {
            MeasureKind::Purity => &self.purity,
            MeasureKind::Entropy => &self.entropy,
            MeasureKind::Modularity => &self.modularity,
            MeasureKind::JaccardSeparation => &self.jaccard_separation,
            MeasureKind::Accuracy => &self.accuracy,
            MeasureKind::Agreement => &self.agreement,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_count_ties_and_the_observed() {
        let draws = [1.0, 2.0, 3.0];
        assert_eq!(
            Measure::new(2.0, &draws, Alternative::Greater).p_value,
            0.75
        );
        assert_eq!(
            Measure::new(4.0, &draws, Alternative::Greater).p_value,
            0.25
        );
        assert_eq!(Measure::new(1.0, &draws, Alternative::Less).p_value, 0.5);
        assert_eq!(
            Measure::new(3.0, &draws, Alternative::Greater).effect,
            Some(1.0)
        );
    }

    #[test]
    fn a_null_without_spread_has_no_effect() {
        let measure = Measure::new(0.5, &[0.5; 9], Alternative::Greater);
        assert_eq!((measure.effect, measure.p_value), (None, 1.0));
        assert_eq!(Measure::new(0.5, &[0.1], Alternative::Greater).effect, None);
    }
}
