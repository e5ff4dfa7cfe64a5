//! One p-value per layer, corrected for having looked at all of them.

use crate::HypergraphError;

/// Draws within this many standard deviations of the observed statistic count as reaching it.
const TIE: f64 = 1e-9;

/// Single-step max-T p-values (Westfall and Young 1993, "Resampling-based multiple testing",
/// algorithm 2.8 with the maximum of standardised statistics).
///
/// `observed[l]` is the statistic of layer l, larger meaning more extreme, and `draws[l][b]` its
/// value under permutation b, *the same permutation for all layers*. Each layer is standardised by
/// mean and standard deviation of its B + 1 values, the observed one among them; then
///
/// p_l = (1 + #{ b : max_k T_kb >= T_l }) / (B + 1).
///
/// Since the standardisation treats the observed labelling and the permuted ones alike, the chance
/// that *any* p_l is at most a is at most a if no layer has an effect, whatever the dependence
/// between layers; and p_l is never below the layer's own p-value. Standardising lets layers with a
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
/// use convlens_hypergraph::max_t_adjusted;
///
/// // Four draws. Layer 0 beats all of its own and of layer 1's; layer 1 is in the crowd.
/// let draws = [vec![0.0, 1.0, 0.0, -1.0], vec![3.0, 9.0, 1.0, 5.0]];
/// let p = max_t_adjusted(&[50.0, 4.0], &draws)?;
/// assert_eq!(p[0], 0.2);
/// assert!(p[1] > 0.5);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
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
                let least = standard.of_value(o) - TIE;
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
    use super::*;

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
