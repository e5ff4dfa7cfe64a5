//! A vector that the layer stretches almost as far as it can.

use super::LanczosOptions;
use crate::triplets::{Copies, Oriented, Plan, leading};
use crate::vector::norm;
use crate::{ConvLayer, SvdError};

/// Vectors to a basis before a restart: two bases of so many are the memory.
const BASIS: usize = 20;

/// `|A v| / |v|` of a vector `v` of the side of the layer that has fewer unknowns (`A` the layer or its adjoint), and the
/// number of steps taken.
///
/// The quotient is formed afresh from that vector, so it is a lower bound of the norm however far the iteration got.
pub(super) fn largest_quotient(
    layer: &ConvLayer,
    options: &LanczosOptions,
) -> Result<(f64, usize), SvdError> {
    let plan = Plan {
        count: 1,
        basis: BASIS,
        max_steps: options.max_iterations,
        tolerance: options.tolerance,
        seed: options.seed,
        copies: Copies::Ignore,
    };
    let operator = Oriented::new(layer);
    let found = leading(operator, &plan)?;
    let mut quotient = 0.0;
    if let Some((_, vector)) = found.vectors.first() {
        let mut image = vec![0.0; operator.wide()];
        operator.forward(vector, &mut image)?;
        let size = norm(vector);
        if size > 0.0 {
            quotient = norm(&image) / size;
        }
    }
    Ok((quotient, found.steps))
}
