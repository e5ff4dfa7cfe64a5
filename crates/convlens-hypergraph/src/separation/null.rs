//! A measure against its permutation null, and p-values corrected for having looked at many.

use std::fmt;

use crate::error::HypergraphError;

/// The measures of a [`Separation`](crate::Separation).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MeasureKind {
    /// [`purity`](crate::separation::purity) of the hyperedges.
    Purity,
    /// [`entropy`](crate::separation::entropy) of the hyperedges: smaller is better.
    Entropy,
    /// [`modularity()`](crate::modularity::modularity()) of the class partition.
    Modularity,
    /// [`ClassProfiles::separation`](crate::separation::ClassProfiles::separation).
    JaccardSeparation,
    /// Held-out accuracy of the nearest class profile
    /// ([`classify_held_out`](crate::separation::classify_held_out)).
    Accuracy,
    /// Adjusted mutual information of the classes and the spectral clusters of the inputs
    /// ([`adjusted_mutual_information`](crate::partition::adjusted_mutual_information)).
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

impl fmt::Display for MeasureKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Purity => "purity",
            Self::Entropy => "entropy",
            Self::Modularity => "modularity",
            Self::JaccardSeparation => "Jaccard separation",
            Self::Accuracy => "held-out accuracy",
            Self::Agreement => "agreement with clusters",
        })
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

impl fmt::Display for Alternative {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Greater => "larger values are evidence of separation",
            Self::Less => "smaller values are evidence of separation",
        })
    }
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
    /// p corrected over layers by [`separate_layers`](crate::separate_layers), or over pairs of
    /// classes by [`class_pairs`](crate::separation::class_pairs); `None` if only one table was
    /// tested.
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

impl fmt::Display for Measure {
    /// For example `0.8200; by chance 0.6100 with standard deviation 0.0200; one-sided p = 0.0010`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let p = p_text(self.p_value);
        write!(
            f,
            "{:.4}; by chance {:.4} with standard deviation {:.4}; one-sided p = {p}",
            self.observed, self.null_mean, self.null_sd
        )?;
        match self.p_adjusted {
            Some(p) => write!(f, ", {} after correction", p_text(p)),
            None => Ok(()),
        }
    }
}

/// Four decimals, or two digits where these would be none.
pub(super) fn p_text(p: f64) -> String {
    if p < 0.001 {
        format!("{p:.1e}")
    } else {
        format!("{p:.4}")
    }
}

/// The permutation draws behind a [`Separation`](crate::Separation), one list of B per measure.
///
/// Draw b of every table comes from the same permutation (for the same labels and options), which
/// is what [`max_t_adjusted`](crate::separation::max_t_adjusted) needs.
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

/// Draws within this many standard deviations of the observed statistic count as reaching it.
const STANDARD_TIE: f64 = 1e-9;

/// Single-step max-T p-values (Westfall and Young 1993, "Resampling-based multiple testing",
/// algorithm 2.8 with the maximum of standardized statistics).
///
/// `observed[l]` is the statistic of layer l, larger meaning more extreme, and `draws[l][b]` its
/// value under permutation b, *the same permutation for all layers*. Each layer is standardized by
/// mean and standard deviation of its B + 1 values, the observed one among them; then
///
/// p_l = (1 + #{ b : max_k T_kb >= T_l }) / (B + 1).
///
/// Since the standardization treats the observed labeling and the permuted ones alike, the chance
/// that *any* p_l is at most a is at most a if no layer has an effect, whatever the dependence
/// between layers; and p_l is never below the layer's own p-value. Standardizing lets layers with a
/// wide null and layers with a narrow one compete on equal terms. A layer without spread (all
/// values equal) has p = 1 and does not compete.
///
/// # Errors
///
/// [`NoPermutations`](HypergraphError::NoPermutations) for lists of no draws,
/// [`LengthMismatch`](HypergraphError::LengthMismatch) if the numbers of layers or of draws differ,
/// [`NonFiniteStatistic`](HypergraphError::NonFiniteStatistic) for NaN and infinity.
///
/// # Complexity
///
/// O(layers × B).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::separation::max_t_adjusted;
///
/// // Four draws. Layer 0 beats all of its own and of layer 1's; layer 1 is in the crowd.
/// let draws = [vec![0.0, 1.0, 0.0, -1.0], vec![3.0, 9.0, 1.0, 5.0]];
/// let p = max_t_adjusted(&[50.0, 4.0], &draws)?;
/// assert_eq!(p[0], 0.2);
/// assert!(p[1] > 0.5);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[doc(alias = "westfall young")]
#[doc(alias = "family-wise error")]
pub fn max_t_adjusted(observed: &[f64], draws: &[Vec<f64>]) -> Result<Vec<f64>, HypergraphError> {
    let b = check(observed, draws)?;
    let standards: Vec<Option<Standard>> = observed
        .iter()
        .zip(draws)
        .map(|(&o, d)| Standard::of(o, d))
        .collect();
    let mut highest = vec![f64::NEG_INFINITY; b];
    for (standard, layer) in standards.iter().zip(draws) {
        if let Some(standard) = standard {
            for (highest, &draw) in highest.iter_mut().zip(layer) {
                *highest = highest.max(standard.of_value(draw));
            }
        }
    }
    Ok(observed
        .iter()
        .zip(&standards)
        .map(|(&o, standard)| match standard {
            None => 1.0,
            Some(standard) => {
                let least = standard.of_value(o) - STANDARD_TIE;
                let reached = highest.iter().filter(|&&t| t >= least).count();
                (1 + reached) as f64 / (b + 1) as f64
            }
        })
        .collect())
}

/// Returns B.
fn check(observed: &[f64], draws: &[Vec<f64>]) -> Result<usize, HypergraphError> {
    let mismatch = |what, left, right| HypergraphError::LengthMismatch { what, left, right };
    if observed.len() != draws.len() {
        return Err(mismatch(
            "observed statistics and lists of draws",
            observed.len(),
            draws.len(),
        ));
    }
    let b = draws.first().map_or(0, Vec::len);
    for (layer, (&o, d)) in observed.iter().zip(draws).enumerate() {
        if d.is_empty() {
            return Err(HypergraphError::NoPermutations);
        }
        if d.len() != b {
            return Err(mismatch("draws of two layers", b, d.len()));
        }
        if let Some(&value) = std::iter::once(&o).chain(d).find(|v| !v.is_finite()) {
            return Err(HypergraphError::NonFiniteStatistic { layer, value });
        }
    }
    Ok(b)
}

/// Mean and standard deviation of one layer's B + 1 values, in units of their largest magnitude.
struct Standard {
    scale: f64,
    mean: f64,
    sd: f64,
}

impl Standard {
    /// `None` if the values agree to 1e-12 of their largest magnitude.
    fn of(observed: f64, draws: &[f64]) -> Option<Self> {
        let values = || std::iter::once(&observed).chain(draws);
        let scale = values().fold(0.0_f64, |m, v| m.max(v.abs()));
        if scale == 0.0 {
            return None;
        }
        let n = (draws.len() + 1) as f64;
        let mean = values().map(|v| v / scale).sum::<f64>() / n;
        let variance = values().map(|v| (v / scale - mean).powi(2)).sum::<f64>() / n;
        let sd = variance.sqrt();
        (sd > 1e-12).then_some(Self { scale, mean, sd })
    }

    fn of_value(&self, value: f64) -> f64 {
        (value / self.scale - self.mean) / self.sd
    }
}

#[cfg(test)]
mod tests {
    mod measure {
        use super::super::*;

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

    mod max_t {
        use super::super::*;

        #[test]
        fn one_layer_keeps_its_own_p() {
            let draws = vec![vec![0.3, 0.1, 0.2, 0.9, 0.3]];
            // 0.3 is reached by 0.3, 0.9 and 0.3: (1 + 3) / 6.
            assert_eq!(max_t_adjusted(&[0.3], &draws), Ok(vec![4.0 / 6.0]));
        }

        #[test]
        fn a_layer_without_spread_does_not_compete() {
            let draws = vec![vec![0.0, 1.0, 2.0], vec![7.0; 3]];
            let p = max_t_adjusted(&[9.0, 7.0], &draws).unwrap();
            assert_eq!(p, [0.25, 1.0]);
        }

        #[test]
        fn bad_lists_are_refused() {
            assert!(matches!(
                max_t_adjusted(&[1.0], &[]),
                Err(HypergraphError::LengthMismatch {
                    left: 1,
                    right: 0,
                    ..
                })
            ));
            assert!(matches!(
                max_t_adjusted(&[1.0, 1.0], &[vec![1.0], vec![1.0, 2.0]]),
                Err(HypergraphError::LengthMismatch {
                    left: 1,
                    right: 2,
                    ..
                })
            ));
            assert_eq!(
                max_t_adjusted(&[1.0], &[vec![]]),
                Err(HypergraphError::NoPermutations)
            );
            assert!(matches!(
                max_t_adjusted(&[1.0], &[vec![f64::NAN]]),
                Err(HypergraphError::NonFiniteStatistic { layer: 0, .. })
            ));
            assert_eq!(max_t_adjusted(&[], &[]), Ok(vec![]));
        }
    }
}
