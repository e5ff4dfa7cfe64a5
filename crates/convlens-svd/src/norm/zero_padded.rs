//! The bracket under zero padding: from below by a vector that the layer stretches almost as far as
//! it can, from above by a periodic grid that the layer embeds into.

use super::bracket::{Method, NormBracket, Padding};
use super::margin;
use super::symbols::{Norm, ends, sampled};
use crate::error::SvdError;
use crate::geometry::PaddingMode;
use crate::kernel::ConvKernel;
use crate::layer::{Copies, LayerOperator, Oriented, Plan, leading};
use crate::numeric;
use crate::numeric::norm;
use crate::periodic::Polyphase;

/// Periodic grids to try, each one stride longer on every axis. The norm is not monotone in the
/// grid: of three, one tends to miss the peak of the symbol.
const CANDIDATES: usize = 3;

impl NormBracket {
    /// The norm of the layer with zero padding on a grid (the geometry's padding mode is taken as
    /// zeros).
    ///
    /// *Lower end*: `|A v| / |v|` for a vector `v` from the search of
    /// [`LayerTriplets`](crate::LayerTriplets) on the matrix-free layer. A Rayleigh quotient is a
    /// lower bound whatever the vector.
    ///
    /// *Upper end*: the least of the norms on three periodic grids `N` that the layer is a
    /// submatrix of. Per axis, with `b` the padding at the beginning, `D = dilation (k - 1)`,
    /// stride `s` and outputs `j_0 ..= j_1` that read any input: `N` is a multiple of `s`, at least
    /// `n`, `b + n - s j_0` and `s j_1 + D - b + 1`. Under these the input fits on the cycle, no
    /// read of padding falls on the input after wrapping, and outputs are different rows; so the
    /// layer's matrix is a submatrix of the periodic one up to rows of zeros, and its norm at most
    /// as large. For a "same" 3 x 3 kernel that is `N >= n + 1`. The grid `n` itself does **not**
    /// bound the layer: `[-1, 2, -1] x [-1, 2, -1]` on 3 x 3 samples has norm 11.657 with zero
    /// padding and 9 with periodic. Taps that no output reads on this grid do not count. (The full
    /// proof stands in `src/norm/zero_padded.rs`.)
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`], and those of [`LayerOperator::new`] and
    /// [`OperatorSpectrum::new`](crate::OperatorSpectrum::new), but any stride will do for any
    /// grid.
    ///
    /// # Complexity
    /// Three times the largest values of all symbols on about the grid; two applications of the
    /// layer per step of the search; 20 inputs and 20 outputs of memory.
    pub fn zero_padded(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &DavidsonOptions,
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
        options: &DavidsonOptions,
    ) -> Result<Self, SvdError> {
        let geometry = kernel.geometry();
        let output = geometry.output_size(kernel.kernel_size(), grid)?;
        let (fine, coarse) = if geometry.is_transposed() {
            (&output[..], grid)
        } else {
            (grid, &output[..])
        };
        let lines = Line::all(kernel, fine, coarse);
        let read = only_read(kernel, &lines);
        let exponent = numeric::exponent(&read);
        let weights = numeric::normalized(&read, exponent);
        let geometry = geometry.clone().with_padding_mode(PaddingMode::Zeros);
        let scaled = ConvKernel::new(weights, kernel.shape(), geometry)?;
        let layer = LayerOperator::new(&scaled, grid)?;
        check_sizes(kernel, fine)?;
        let (mut lower, mut upper, mut iterations) = (0.0, 0.0, 0);
        let mut periodic_grid = fine.to_vec();
        if let Some(least) = least_periodic_grid(&lines) {
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
            method: Method::DavidsonAndEmbedding {
                periodic_grid: self.periodic_grid,
                seed: self.seed,
                iterations: self.iterations,
            },
            padding: Padding::Zeros,
            grid: Some(self.grid),
        })
    }
}

/// Refuses sizes for which a candidate overflows: it is at most `n + begin + dilation (k - 1)`,
/// rounded up to a multiple of the stride, and `CANDIDATES - 1` strides more.
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

/// One axis of a zero-padded layer: `x = stride j + dilation p - begin`, where that lies in
/// `0..fine`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    pub(super) fine: usize,
    pub(super) coarse: usize,
    pub(super) taps: usize,
    stride: usize,
    dilation: usize,
    begin: usize,
}

impl Line {
    pub(super) fn all(kernel: &ConvKernel, fine: &[usize], coarse: &[usize]) -> Vec<Self> {
        let geometry = kernel.geometry();
        let line = |axis: usize| Self {
            fine: fine[axis],
            coarse: coarse[axis],
            taps: kernel.kernel_size()[axis],
            stride: geometry.stride()[axis],
            dilation: geometry.dilation()[axis],
            begin: geometry.padding()[axis].0,
        };
        (0..fine.len()).map(line).collect()
    }

    /// The coarse positions that read through a tap, with what they read.
    pub(super) fn reads(&self, tap: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let offset = self.dilation as i128 * tap as i128 - self.begin as i128;
        let stride = self.stride as i128;
        let first = ((-offset).max(0) + stride - 1) / stride;
        let end = (self.fine as i128 - offset + stride - 1).div_euclid(stride);
        (first..end.min(self.coarse as i128))
            .map(move |j| (j as usize, (stride * j + offset) as usize))
    }

    /// Whether any output reads through a tap.
    fn is_read(&self, tap: usize) -> bool {
        self.reads(tap).next().is_some()
    }
}

/// The weights with zeros for taps that no output reads: the same layer on this grid.
fn only_read(kernel: &ConvKernel, lines: &[Line]) -> Vec<f64> {
    let size = kernel.kernel_size();
    let is_read: Vec<bool> = (0..kernel.taps())
        .map(|mut tap| {
            (0..size.len()).rev().all(|axis| {
                let along = tap % size[axis];
                tap /= size[axis];
                lines[axis].is_read(along)
            })
        })
        .collect();
    let weights = kernel.weights().iter().enumerate();
    let weights = weights.map(|(at, &w)| if is_read[at % is_read.len()] { w } else { 0.0 });
    weights.collect()
}

/// How hard to work on the lower end of a bracket: Golub-Kahan-Davidson on the matrix-free layer,
/// from a seeded start.
///
/// Whatever the options, the end is a Rayleigh quotient of a definite vector, hence a true lower
/// bound; they decide how close it comes.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DavidsonOptions {
    /// Most steps, one application of the layer and one of its adjoint each. Default 200: a random
    /// 64 x 64 x 3 x 3 layer took 51 on 8 x 8 samples, 71 on 32 x 32, and 16, the least, on 56 x 56
    /// and 128 x 128, where waves precondition it.
    pub max_iterations: usize,
    /// Stops at a residual `|A^T u - sigma v|` of `tolerance * sigma`: then a singular value lies
    /// within that of sigma, and the error of sigma is second order in it, unless the value it sits
    /// on is not quite the largest. Default 1e-4.
    pub tolerance: f64,
    /// Seed of the start vector. Default 0.
    pub seed: u64,
}

impl Default for DavidsonOptions {
    fn default() -> Self {
        Self {
            max_iterations: 200,
            tolerance: 1e-4,
            seed: 0,
        }
    }
}

impl DavidsonOptions {
    /// Sets the number of steps at most.
    #[must_use]
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.max_iterations = max_iterations;
        self
    }

    /// Sets the relative residual at which to stop.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the seed of the start vector.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    pub(super) fn check(&self) -> Result<(), SvdError> {
        if self.max_iterations == 0 {
            return Err(SvdError::InvalidOption {
                option: "max_iterations",
                value: 0.0,
                bound: "at least 1",
            });
        }
        if !(self.tolerance >= 0.0 && self.tolerance < 1.0) {
            return Err(SvdError::InvalidOption {
                option: "tolerance",
                value: self.tolerance,
                bound: "in [0, 1)",
            });
        }
        Ok(())
    }
}

/// The least valid periodic grid of a zero-padded layer, or none where every output reads padding
/// only.
///
/// # Theorem
/// Take one axis, and of its taps only those from `p_0` to `p_1`, the first and the last one
/// through which any output reads input. With the padding `begin` put the input at the positions
/// `b .. b + n - 1`, `b = begin - delta p_0` (negative where `p_0` lies behind the padding). Output
/// `j` reads the positions `s j + delta p`, `0 <= p <= p_1 - p_0`; let `D = delta (p_1 - p_0)`.
/// Outputs with `s j + D < b` or `s j > b + n - 1` read zeros only; let `j_0 ..= j_1` be the
/// others. For a multiple `N` of `s` with
///
/// 1. `N >= n`: the input fits on the cycle,
/// 2. `N >= b + n - s j_0`: positions `s j_0 .. b - 1` before the input do not come back to it
///    modulo `N`,
/// 3. `N >= s j_1 + D - b + 1`: positions `b + n .. s j_1 + D` after it do not either,
///
/// the layer is, up to rows of zeros, a submatrix of the periodic operator on `N`: columns are the
/// positions of the input modulo `N`, row `j` is row `j mod N / s`. Different outputs are different
/// rows: 2 with `s j_1 <= b + n - 1` gives `N > s (j_1 - j_0)`, and `N` is a multiple of `s`. And
/// every read position `q` lies in `s j_0 ..= s j_1 + D`; if it holds input, so does `q mod N`,
/// with the same entry; if not, 2 and 3 say that `q mod N` holds none (a larger multiple of `N`
/// lies further out). The norm of a submatrix is at most that of the matrix. With several axes the
/// argument holds axis by axis, as a position holds input if and only if each of its coordinates
/// does. It does not touch channels, so groups change nothing, and a transposed layer is the
/// adjoint of a forward one that reads its output grid.
///
/// For `s = 1` and symmetric padding `p <= D` this gives `N >= n + max(p, D - p)` at most, and less
/// where the padding is not "same": a layer without padding embeds into `N = n`. Kernels longer
/// than `N` wrap, which the argument allows.
fn least_periodic_grid(lines: &[Line]) -> Option<Vec<usize>> {
    lines.iter().map(Line::least_period).collect()
}

impl Line {
    fn least_period(&self) -> Option<usize> {
        let mut read = (0..self.taps).filter(|&tap| self.is_read(tap));
        let first_tap = read.next()?;
        let last_tap = read.next_back().unwrap_or(first_tap);
        let (n, m, s) = (self.fine as i128, self.coarse as i128, self.stride as i128);
        let offset = |tap: usize| self.dilation as i128 * tap as i128;
        let (b, reach) = (
            self.begin as i128 - offset(first_tap),
            offset(last_tap) - offset(first_tap),
        );
        let first = ((b - reach).max(0) + s - 1) / s;
        let last = (m - 1).min((b + n - 1) / s);
        let least = n.max(b + n - s * first).max(s * last + reach - b + 1);
        (first <= last).then(|| ((least + s - 1) / s * s) as usize)
    }
}

/// Vectors to a basis before a restart: two bases of so many are the memory.
const BASIS: usize = 20;

/// `|A v| / |v|` of a vector `v` of the side of the layer that has fewer unknowns (`A` the layer or
/// its adjoint), and the number of steps taken.
///
/// The quotient is formed afresh from that vector, so it is a lower bound of the norm however far
/// the iteration got.
pub(super) fn largest_quotient(
    layer: &LayerOperator,
    options: &DavidsonOptions,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Geometry;

    fn least(k: usize, n: usize, geometry: Geometry) -> Option<usize> {
        let kernel = ConvKernel::new(vec![1.0; k], &[1, 1, k], geometry).unwrap();
        let out = kernel.geometry().output_size(&[k], &[n]).unwrap();
        least_periodic_grid(&Line::all(&kernel, &[n], &out)).map(|grid| grid[0])
    }

    #[test]
    fn least_grids_of_the_usual_paddings() {
        let g = || Geometry::new(1);
        assert_eq!(least(3, 8, g()), Some(8), "no padding: a choice of rows");
        assert_eq!(
            least(3, 8, g().with_padding(&[(1, 1)])),
            Some(9),
            "same: n + 1"
        );
        assert_eq!(
            least(3, 8, g().with_padding(&[(2, 2)])),
            Some(10),
            "full: n + k - 1"
        );
        assert_eq!(least(5, 8, g().with_padding(&[(4, 0)])), Some(12), "causal");
        assert_eq!(
            least(3, 8, g().with_padding(&[(5, 5)])),
            Some(10),
            "rows of zeros are no rows"
        );
        assert_eq!(
            least(3, 9, g().with_padding(&[(1, 1)]).with_stride(&[2])),
            Some(10)
        );
        assert_eq!(
            least(1, 4, g().with_padding(&[(1, 0)]).with_stride(&[5])),
            None
        );
        assert_eq!(
            least(7, 2, g().with_padding(&[(3, 3)])),
            Some(3),
            "three taps are read: same, n + 1"
        );
    }
}
