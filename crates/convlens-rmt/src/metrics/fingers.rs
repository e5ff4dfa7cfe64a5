//! The search for fingers.

use super::options::{FingerRule, MetricOptions};
use super::tail::{FingerCut, Fitter, TailFit};
use crate::error::RmtError;
use crate::power_law::PowerLawOutcome;

/// The fit that was chosen.
pub(super) struct Clipped {
    pub(super) fit: TailFit,
    /// Largest values left out of it.
    pub(super) cut: usize,
    pub(super) fingers: Option<FingerCut>,
}

/// The fit of ascending `values` by the rule of the options. `theirs`: as WeightWatcher counts, where `total` is the
/// number of all eigenvalues.
pub(super) fn fit(
    values: &[f64],
    options: &MetricOptions,
    theirs: bool,
    total: usize,
    fit: Fitter,
) -> Result<Result<Clipped, Box<PowerLawOutcome>>, RmtError> {
    let first = match fit(values, &options.power_law)? {
        Ok(first) => first,
        Err(outcome) => return Ok(Err(outcome)),
    };
    let FingerRule::Clip {
        max,
        drop,
        min_alpha,
    } = options.fingers
    else {
        return Ok(Ok(Clipped {
            fit: first,
            cut: 0,
            fingers: None,
        }));
    };
    // WeightWatcher takes 10 for any number under half the spectrum, starts at 2 and leaves the last out.
    let tried = if theirs {
        let max = if 2 * max < total { 10 } else { max };
        2..max
    } else {
        1..max.saturating_add(1)
    };
    let mut chosen = (first, 0);
    for cut in tried {
        let Some(kept) = values.len().checked_sub(cut) else {
            break;
        };
        let Ok(next) = fit(&values[..kept], &options.power_law)? else {
            break;
        };
        if next.alpha + drop < first.alpha {
            chosen = (next, cut);
            break;
        }
        if next.alpha <= min_alpha {
            break;
        }
    }
    let (fit, cut) = chosen;
    Ok(Ok(Clipped {
        fit,
        cut,
        fingers: Some(FingerCut {
            num_fingers: if theirs { cut.saturating_sub(1) } else { cut },
            removed: values[values.len() - cut..].to_vec(),
            raw_alpha: first.alpha,
        }),
    }))
}
