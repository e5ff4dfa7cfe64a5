//! WeightWatcher's tail fit.

use super::super::tail::{Fitted, TailFit};
use crate::error::RmtError;
use crate::power_law::{KsConvention, PowerLaw, PowerLawOptions};

/// Eigenvalues at or under this are left out of its fits.
const THRESHOLD: f64 = 1e-5;
/// Fewer values than this are fitted by another rule.
const SMALL: usize = 20;
/// The fewest values of a tail under that rule.
const SMALL_TAIL: usize = 8;

/// The ascending eigenvalues that it fits.
pub(in crate::metrics) fn kept(values: &[f64]) -> &[f64] {
    &values[values.partition_point(|&v| v <= THRESHOLD)..]
}

/// Its fit of ascending values, which takes no options: that of Clauset et al. with the one-step distance, under 20 values [`small`].
pub(in crate::metrics) fn fit(values: &[f64], _: &PowerLawOptions) -> Result<Fitted, RmtError> {
    let options = PowerLawOptions::default()
        .ks(KsConvention::OneStep)
        .min_tail(2);
    let outcome = PowerLaw::fit(values, &options)?;
    let Some(fit) = outcome.fit() else {
        return Ok(Err(Box::new(outcome)));
    };
    Ok(Ok(if values.len() < SMALL {
        small(values)
    } else {
        TailFit {
            alpha: fit.alpha,
            sigma: fit.alpha_std_err,
            d: fit.ks_distance,
            xmin: fit.xmin,
        }
    }))
}

/// The fit of fewer than 20 values, not all equal: `alpha = 1 + (n - 1) / sum ln(x / xmin)`, without the bias of the maximum
/// likelihood, and the `xmin` with the least distance among tails of 8 or more; all values where they are fewer. (Its
/// `fit_powerlaw_smallN` chooses by `D - 0.868 / sqrt(n)`, which its constructor then overrules.)
fn small(values: &[f64]) -> TailFit {
    // Relative to the largest: neighbours of the same logarithm stay apart.
    let largest = values[values.len() - 1];
    let logs: Vec<f64> = values.iter().map(|v| (v / largest).ln()).collect();
    let candidates = 0..values.len().saturating_sub(SMALL_TAIL - 1).max(1);
    let mut best: Option<TailFit> = None;
    for start in candidates {
        let fit = corrected(&values[start..], &logs[start..]);
        if fit.alpha.is_finite() && best.is_none_or(|best| fit.d < best.d) {
            best = Some(fit);
        }
    }
    best.unwrap_or_else(|| corrected(values, &logs))
}

fn corrected(tail: &[f64], logs: &[f64]) -> TailFit {
    let n = tail.len() as f64;
    let excess: f64 = logs.iter().map(|l| l - logs[0]).sum();
    let alpha = 1.0 + (n - 1.0) / excess;
    let d = tail
        .iter()
        .enumerate()
        .map(|(i, x)| (1.0 - (x / tail[0]).powf(1.0 - alpha) - i as f64 / n).abs())
        .fold(0.0, f64::max);
    TailFit {
        alpha,
        sigma: (alpha - 1.0) / n.sqrt(),
        d,
        xmin: tail[0],
    }
}
