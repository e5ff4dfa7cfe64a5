//! The search for fingers.

use super::options::{FingerRule, MetricOptions};
use super::tail::FingerCut;
use crate::compat::Compat;
use crate::error::RmtError;
use crate::power_law::{PowerLaw, PowerLawFit};

/// The fit that was chosen.
pub(super) struct Clipped {
    pub(super) fit: PowerLawFit,
    /// Largest values left out of it.
    pub(super) cut: usize,
    pub(super) fingers: Option<FingerCut>,
}

/// The fit of ascending `values` by the rule of the options, from `first`, that of all of them. `total` is the number of all
/// eigenvalues, by which WeightWatcher counts.
pub(super) fn clip(
    values: &[f64],
    options: &MetricOptions,
    total: usize,
    first: &PowerLawFit,
) -> Result<Clipped, RmtError> {
    let FingerRule::Clip {
        max,
        drop,
        min_alpha,
    } = options.fingers
    else {
        return Ok(Clipped {
            fit: first.clone(),
            cut: 0,
            fingers: None,
        });
    };
    let theirs = options.compat == Some(Compat::WeightWatcher);
    // WeightWatcher takes 10 for any number under half the spectrum, starts at 2 and leaves the last out.
    let tried = if theirs {
        let max = if max < total.div_ceil(2) { 10 } else { max };
        2..max
    } else {
        1..max.saturating_add(1)
    };
    let by = options.tail_fit();
    let mut chosen = (first.clone(), 0);
    for cut in tried {
        let Some(kept) = values.len().checked_sub(cut) else {
            break;
        };
        let outcome = PowerLaw::fit(&values[..kept], &by)?;
        let Some(next) = outcome.fit() else {
            break;
        };
        if next.alpha + drop < first.alpha {
            chosen = (next.clone(), cut);
            break;
        }
        if next.alpha <= min_alpha {
            break;
        }
    }
    let (fit, cut) = chosen;
    Ok(Clipped {
        fit,
        cut,
        fingers: Some(FingerCut {
            num_fingers: if theirs { cut.saturating_sub(1) } else { cut },
            removed: values[values.len() - cut..].to_vec(),
            raw_alpha: first.alpha,
        }),
    })
}
