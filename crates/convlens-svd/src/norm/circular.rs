//! The norm under circular padding, and the norm that other methods take from it.

use super::{NormBracket, NormMethod, NormPadding, margin};
use crate::operator::{Polyphase, largest, periodic_grids};
use crate::{ConvKernel, SpectrumOptions, SvdError, scale};

/// A computed norm and a bound on its error.
#[derive(Debug, Clone, Copy)]
pub(super) struct Norm {
    pub(super) value: f64,
    pub(super) margin: f64,
}

/// The norm over the symbols of `taps` on a frequency grid.
pub(super) fn sampled(taps: &Polyphase, frequency_grid: &[usize]) -> Result<Norm, SvdError> {
    let (value, _) = largest(taps, frequency_grid, &SpectrumOptions::default())?;
    Ok(Norm {
        value,
        margin: margin::of_symbols(taps, frequency_grid, value),
    })
}

/// Both ends, back in the kernel's scale and rounded outward.
pub(super) fn ends(lower: f64, upper: f64, exponent: i32) -> Result<(f64, f64), SvdError> {
    let upper = scale::restored(upper, exponent, "the norm")?;
    let lower = scale::restored(lower.max(0.0), exponent, "the norm")?;
    // Exact unless the result is subnormal.
    if upper.is_normal() || upper == 0.0 {
        Ok((lower, upper))
    } else {
        Ok((lower.next_down().max(0.0), upper.next_up()))
    }
}

impl NormBracket {
    /// The norm under circular padding that keeps the grid, to rounding.
    ///
    /// Theorem: the periodic operator is unitarily equivalent to the block-diagonal matrix of its symbols (Sedghi, Gupta,
    /// Long, ICLR 2019, theorem 6; stride: Senderovich et al., NeurIPS 2022), so its norm is the largest of theirs. The
    /// bracket is that value with the rounding margin on both sides. The conventions, and what counts as the
    /// operator, are those of [`OperatorSpectrum`](crate::OperatorSpectrum); the padding of the geometry does not matter.
    ///
    /// # Errors
    /// As [`OperatorSpectrum::new`](crate::OperatorSpectrum::new).
    pub fn circular(kernel: &ConvKernel, grid: &[usize]) -> Result<Self, SvdError> {
        let (fine, coarse) = periodic_grids(kernel, grid)?;
        let exponent = scale::exponent(kernel.weights());
        let weights = scale::normalized(kernel.weights(), exponent);
        let taps = Polyphase::wrapped(kernel, &weights, &fine)?;
        let Norm { value, margin } = sampled(&taps, &coarse)?;
        let (lower, upper) = ends(value - margin, value + margin, exponent)?;
        Ok(Self {
            lower,
            upper,
            method: NormMethod::CircularSpectrum,
            padding: NormPadding::Circular,
            grid: Some(grid.to_vec()),
        })
    }
}
