//! A layer on the whole lattice as one matrix polynomial.

use crate::operator::Polyphase;
use crate::{ConvKernel, PaddingMode, SvdError};

/// The taps of the matrix polynomial `P(theta) = sum_q P_q exp(-i <q, theta>)` whose supremum over the torus is the
/// supremum of the layer's norm over all grids, with zero padding of any amount or circular padding that keeps the grid:
/// theorem 1 to 3 of [`NormBracket::grid_free`](super::NormBracket::grid_free). Stride, dilation, groups and direction are
/// in it, so what bounds `sup |P(theta)|` holds for all of them.
///
/// Refused for reflect and replicate padding, for which the theorem does not hold.
pub(super) fn lattice_taps(
    kernel: &ConvKernel,
    weights: &[f64],
    operation: &'static str,
) -> Result<Polyphase, SvdError> {
    use PaddingMode::{Reflect, Replicate};
    let geometry = kernel.geometry();
    if !kernel.is_dense() && matches!(geometry.padding_mode(), Reflect | Replicate) {
        let what = "reflect and replicate padding";
        return Err(SvdError::Unsupported { operation, what });
    }
    let steps = geometry.stride().iter().zip(geometry.dilation());
    let stride: Vec<usize> = steps.map(|(&s, &delta)| s / gcd(s, delta)).collect();
    Polyphase::unbounded(kernel, weights, &stride)
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
