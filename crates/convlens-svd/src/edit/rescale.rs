//! Scaling a kernel until a measured norm is certified.

use super::with_weights;
use crate::{ConvKernel, NormBracket, SvdError};

/// Scalings to try: the first misses by rounding at most, the second by nothing.
const ATTEMPTS: usize = 8;

/// Multiplies a kernel by about `target / before.upper`, measures again, and repeats with a shade less while the upper
/// end is over the target. Gives the kernel, the factor and the last bracket.
pub(super) fn to_norm(
    kernel: &ConvKernel,
    before: &NormBracket,
    target: f64,
    measure: impl Fn(&ConvKernel) -> Result<NormBracket, SvdError>,
) -> Result<(ConvKernel, f64, NormBracket), SvdError> {
    let mut aim = target;
    let mut attempt = 0;
    loop {
        attempt += 1;
        aim *= 1.0 - 8.0 * f64::EPSILON;
        // Divided first: the factor itself may leave the range where the weights do not.
        let weights = kernel.weights().iter().map(|w| w / before.upper * aim);
        let scaled = with_weights(kernel, weights.collect())?;
        let after = measure(&scaled)?;
        if after.upper <= target || attempt == ATTEMPTS {
            let factor = aim / before.upper;
            if !factor.is_finite() {
                return Err(SvdError::Overflow { what: "the factor" });
            }
            return Ok((scaled, factor, after));
        }
        aim *= target / after.upper;
    }
}
