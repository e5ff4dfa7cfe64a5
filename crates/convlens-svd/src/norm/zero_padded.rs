//! The bracket under zero padding.

use super::circular::{Norm, ends, sampled};
use super::embedding::least_periodic_grid;
use super::lanczos::largest_quotient;
use super::{LanczosOptions, NormBracket, NormMethod, NormPadding, margin};
use crate::operator::Polyphase;
use crate::{ConvKernel, ConvLayer, PaddingMode, SvdError, scale};

/// Periodic grids to try, each one stride longer on every axis. The norm is not monotone in the grid: of three, one
/// tends to miss the peak of the symbol.
const CANDIDATES: usize = 3;

impl NormBracket {
    /// The norm of the layer with zero padding on a grid (the geometry's padding mode is taken as zeros).
    ///
    /// *Lower end*: `|A v| / |v|` for a vector `v` from the search of [`LayerTriplets`](crate::LayerTriplets) on the matrix-free layer. A Rayleigh quotient
    /// is a lower bound whatever the vector.
    ///
    /// *Upper end*: the least of the norms on three periodic grids `N` that the layer is a submatrix of. Per axis, with
    /// `b` the padding at the beginning, `D = dilation (k - 1)`, stride `s` and outputs `j_0 ..= j_1` that read any input:
    /// `N` is a multiple of `s`, at least `n`, `b + n - s j_0` and `s j_1 + D - b + 1`. Under these the
    /// input fits on the cycle, no read of padding falls on the input after wrapping, and outputs are different rows; so
    /// the layer's matrix is a submatrix of the periodic one up to rows of zeros, and its norm at most as large. For a "same"
    /// 3 x 3 kernel that is `N >= n + 1`. The grid `n` itself does **not** bound the layer: `[-1, 2, -1] x [-1, 2, -1]` on
    /// 3 x 3 samples has norm 11.657 with zero padding and 9 with periodic. (The full proof stands in
    /// `src/norm/embedding.rs`.)
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`], and those of [`ConvLayer::new`] and
    /// [`OperatorSpectrum::new`](crate::OperatorSpectrum::new), but any stride will do for any grid.
    ///
    /// # Complexity
    /// Three times the largest values of all symbols on about the grid; two applications of the layer per Lanczos step;
    /// 20 inputs and 20 outputs of memory.
    pub fn zero_padded(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &LanczosOptions,
    ) -> Result<Self, SvdError> {
        options.check()?;
        ZeroPadded::new(kernel, grid, options)?.bracket()
    }
}

/// The bracket before it goes back to the kernel's scale.
#[derive(Debug)]
pub(super) struct ZeroPadded {
    /// The kernel with weights of ordinary size, zero-padded.
    pub(super) kernel: ConvKernel,
    pub(super) exponent: i32,
    pub(super) lower: f64,
    pub(super) upper: f64,
    pub(super) iterations: usize,
    periodic_grid: Vec<usize>,
    seed: u64,
    grid: Vec<usize>,
}

impl ZeroPadded {
    /// For options that were checked.
    pub(super) fn new(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &LanczosOptions,
    ) -> Result<Self, SvdError> {
        let exponent = scale::exponent(kernel.weights());
        let weights = scale::normalized(kernel.weights(), exponent);
        let geometry = kernel
            .geometry()
            .clone()
            .with_padding_mode(PaddingMode::Zeros);
        let scaled = ConvKernel::new(weights, kernel.shape(), geometry)?;
        let layer = ConvLayer::new(&scaled, grid)?;
        let (fine, coarse) = if scaled.geometry().is_transposed() {
            (layer.output_size(), layer.input_size())
        } else {
            (layer.input_size(), layer.output_size())
        };
        let (mut lower, mut upper, mut iterations) = (0.0, 0.0, 0);
        let mut periodic_grid = fine.to_vec();
        check_sizes(&scaled, fine)?;
        if let Some(least) = least_periodic_grid(&scaled, fine, coarse) {
            let quotient;
            (quotient, iterations) = largest_quotient(&layer, options)?;
            let lengths = (layer.input_len(), layer.output_len());
            let margin = margin::of_quotient(&scaled, scaled.weights(), quotient, lengths);
            lower = (quotient - margin).max(0.0);
            (upper, periodic_grid) = least_upper_end(&scaled, &least)?;
        }
        Ok(Self {
            kernel: scaled,
            exponent,
            lower,
            upper,
            iterations,
            periodic_grid,
            seed: options.seed,
            grid: grid.to_vec(),
        })
    }

    pub(super) fn bracket(self) -> Result<NormBracket, SvdError> {
        let (lower, upper) = ends(self.lower, self.upper, self.exponent)?;
        Ok(NormBracket {
            lower,
            upper,
            method: NormMethod::LanczosAndEmbedding {
                periodic_grid: self.periodic_grid,
                seed: self.seed,
                iterations: self.iterations,
            },
            padding: NormPadding::Zeros,
            grid: Some(self.grid),
        })
    }
}

/// Refuses sizes for which a candidate overflows: it is at most `n + begin + dilation (k - 1)`, rounded up to a
/// multiple of the stride, and `CANDIDATES - 1` strides more.
fn check_sizes(kernel: &ConvKernel, fine: &[usize]) -> Result<(), SvdError> {
    let geometry = kernel.geometry();
    fine.iter().enumerate().try_for_each(|(axis, &n)| {
        let (stride, dilation) = (geometry.stride()[axis], geometry.dilation()[axis]);
        let (begin, k) = (geometry.padding()[axis].0, kernel.kernel_size()[axis]);
        let reach = dilation.checked_mul(k - 1);
        let strides = stride.checked_mul(CANDIDATES);
        let largest = reach
            .zip(strides)
            .and_then(|(reach, strides)| reach.checked_add(strides));
        let largest = largest.and_then(|v| v.checked_add(n)?.checked_add(begin));
        largest.map(|_| ()).ok_or_else(|| SvdError::SizeOverflow {
            sizes: vec![n, begin, stride, dilation, k],
        })
    })
}

/// The least upper end over the candidates, and its grid (the first among equals).
fn least_upper_end(kernel: &ConvKernel, least: &[usize]) -> Result<(f64, Vec<usize>), SvdError> {
    let stride = kernel.geometry().stride();
    // A pointwise kernel has the same symbol everywhere.
    let candidates = if kernel.taps() == 1 { 1 } else { CANDIDATES };
    let mut best: Option<(f64, Vec<usize>)> = None;
    for t in 0..candidates {
        let fine: Vec<usize> = least.iter().zip(stride).map(|(n, s)| n + t * s).collect();
        let coarse: Vec<usize> = fine.iter().zip(stride).map(|(n, s)| n / s).collect();
        let taps = Polyphase::wrapped(kernel, kernel.weights(), &fine)?;
        let Norm { value, margin } = sampled(&taps, &coarse)?;
        let end = value + margin;
        if best.as_ref().is_none_or(|(upper, _)| end < *upper) {
            best = Some((end, fine));
        }
    }
    Ok(best.unwrap_or((f64::INFINITY, least.to_vec())))
}
