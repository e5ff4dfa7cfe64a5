//! Norm brackets: each holds the dense norm, and no two of one quantity contradict each other.

use super::scene::{Scene, Verdict, ensure};
use convlens_svd::NormBracket;
use convlens_svd::norm::DavidsonOptions;
use convlens_svd::norm::bounds::{self, GramOptions};

/// What a bracket bounds.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Quantity {
    /// The norm with zero padding on the grid.
    Zeros,
    /// The norm with periodic padding on the periodic grid.
    Circular,
    /// The supremum of both over all grids: its upper end bounds the other two.
    Supremum,
}

/// One line for each bracket.
fn all(scene: &Scene<'_>) -> Vec<(&'static str, Quantity, NormBracket)> {
    use Quantity::{Circular, Supremum, Zeros};
    let (kernel, grid, periodic) = (&scene.case.kernel, &scene.case.grid, &scene.case.periodic);
    let gram = GramOptions::default();
    let mut found = vec![
        (
            "circular",
            Circular,
            NormBracket::circular(kernel, periodic),
        ),
        (
            "gram_circular",
            Circular,
            bounds::gram_circular(kernel, periodic, &gram),
        ),
        ("grid_free", Supremum, NormBracket::grid_free(kernel)),
        (
            "gram_grid_free",
            Supremum,
            bounds::gram_grid_free(kernel, &gram.samples_per_degree(5)),
        ),
        (
            "gram_in_space",
            Supremum,
            bounds::gram_in_space(kernel, &gram.spatial_iterations(2)),
        ),
        ("reshaped", Supremum, bounds::reshaped(kernel)),
    ];
    if scene.zeros.is_some() {
        let options = DavidsonOptions::default();
        found.push((
            "zero_padded",
            Zeros,
            NormBracket::zero_padded(kernel, grid, &options),
        ));
    }
    found
        .into_iter()
        .map(|(name, quantity, bracket)| (name, quantity, bracket.unwrap()))
        .collect()
}

/// Jacobi on sides of at most 128 has rounding of its own: 1e-13 of the norm.
const ORACLE: f64 = 1e-13;

pub(super) fn hold(scene: &Scene<'_>) -> Verdict {
    let zeros = scene.zeros.as_ref().map(|(_, norm)| *norm);
    let circular = scene.values[0];
    let (all, bounded_zeros) = (all(scene), zeros.unwrap_or(0.0));
    for (name, quantity, bracket) in &all {
        let (exact, bounded) = match quantity {
            Quantity::Zeros => (zeros, bounded_zeros),
            Quantity::Circular => (Some(circular), circular),
            Quantity::Supremum => (None, circular.max(bounded_zeros)),
        };
        ensure(bracket.upper.is_finite() && 0.0 <= bracket.lower, || {
            format!("{name}: {bracket:?}")
        })?;
        ensure(bounded * (1.0 - ORACLE) <= bracket.upper, || {
            format!("{name}: {bounded} over {bracket:?}")
        })?;
        if let Some(norm) = exact {
            ensure(bracket.lower <= norm * (1.0 + ORACLE), || {
                format!("{name}: {norm} under {bracket:?}")
            })?;
        }
    }
    Ok(())
}

/// `lower <= upper` of every pair that bounds one quantity; and the lower end of a norm on a grid
/// is at most the upper end of the supremum over grids.
pub(super) fn interlace(scene: &Scene<'_>) -> Verdict {
    let all = all(scene);
    for (a, below, first) in &all {
        for (b, above, second) in &all {
            if below == above || *above == Quantity::Supremum {
                ensure(first.lower <= second.upper, || {
                    format!("{a} {first:?} over {b} {second:?}")
                })?;
            }
        }
    }
    Ok(())
}
