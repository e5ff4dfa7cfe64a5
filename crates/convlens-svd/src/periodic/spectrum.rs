//! All singular values of a layer on a grid under periodic padding: held, or one frequency at a
//! time in bounded memory.

use super::frequency::{multiplicity, negated, unravel};
use super::source::SpectrumOptions;
use super::symbol::periodic;
use super::values::SymbolValues;
use crate::accuracy::{Algorithm, ConditionNumber};
use crate::error::SvdError;
use crate::geometry::Geometry;
use crate::kernel::ConvKernel;
use crate::lanes::Workspace;
use crate::numeric;
use crate::parallel::map_with;
use std::ops::ControlFlow;

/// Values held at most, 128 GiB of them. For more there is the stream.
const MOST_VALUES: u64 = 1 << 34;

/// The singular values of a layer as an operator on images with periodic padding: exact, all of
/// them.
///
/// A convolution on a periodic grid is block-diagonal in Fourier space. Its singular values are the
/// union over the frequencies `f` of those of the symbol
/// `A(f) = sum_p W[:, :, p] exp(-2 pi i <f, p> / n)` (Sedghi, Gupta, Long, ICLR 2019, theorem 6).
///
/// # Conventions
/// - The operator is the layer with circular padding that keeps the grid (output `n / s`). The
///   amount of padding in the geometry does not matter: it turns phases only. For zero padding use
///   [`NormBracket`](crate::NormBracket).
/// - A kernel longer than the grid wraps: it is summed modulo `n`, never cropped.
/// - Stride `s` must divide the grid. The frequencies are then those of the coarse grid `n / s`,
///   the symbol is the `s^d` aliased symbols side by side, divided by `s^{d/2}` (Senderovich,
///   Bulatova, Obukhov, Rakhuba, NeurIPS 2022), computed as the polyphase matrix that is unitarily
///   equivalent to it.
/// - Dilation: phases are multiplied. Groups: the symbol is block-diagonal. Transposed: the adjoint
///   of the forward operator on the grid `s n`; output padding plays no part under periodic
///   padding.
/// - Real weights give `A(-f) = conj A(f)`: half of the frequencies are computed, and count twice.
/// - The list has `min(c_out, c_in s^d)` values per frequency, with exact zeros where groups or
///   strides leave some.
/// - A dense layer has the grid `[]`, one frequency, and the values of its matrix.
///
/// Parseval: the squares sum to `prod(n_j / s_j) |W wrapped|_F^2` (transposed:
/// `prod(n_j) |W wrapped|_F^2`).
///
/// # Complexity
/// `prod(n / s) / 2` decompositions of `c_out / g x c_in / g s^d` complex matrices for each of `g`
/// groups. Memory: half of the values, and for each thread a few symbols (up to 16 at a time); one
/// slab of symbols (all axes but the first) for kernels of more than 64 taps. For less, see
/// [`OperatorSpectrum::for_each_frequency`].
///
/// # Example
/// ```
/// use convlens_svd::{ConvKernel, OperatorSpectrum};
///
/// // The second difference on 4 points: |2 - 2 cos(2 pi f / 4)| = 0, 2, 4, 2.
/// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
/// let spectrum = OperatorSpectrum::new(&kernel, &[4])?;
/// for (found, exact) in spectrum.singular_values().iter().zip([4.0, 2.0, 2.0, 0.0]) {
///     assert!((found - exact).abs() < 1e-14);
/// }
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[doc(alias = "sedghi")]
#[doc(alias = "circulant")]
pub struct OperatorSpectrum {
    shape: Vec<usize>,
    geometry: Geometry,
    grid: Vec<usize>,
    options: SpectrumOptions,
    frequency_grid: Vec<usize>,
    symbol_shape: (usize, usize),
    values_per_frequency: usize,
    frequencies: Vec<usize>,
    half: Vec<f64>,
    algorithm: Algorithm,
}

impl OperatorSpectrum {
    /// Computes the spectrum of a layer on an input grid, with
    /// [`Accuracy::Exact`](crate::Accuracy::Exact).
    ///
    /// # Errors
    /// [`SvdError::GridDims`], [`SvdError::ZeroGrid`], [`SvdError::StrideDoesNotDivideGrid`],
    /// [`SvdError::SizeOverflow`], [`SvdError::TooLarge`] past 2^31 frequencies or 2^34 values,
    /// [`SvdError::NoConvergence`], and [`SvdError::Overflow`] where a value exceeds the range of
    /// `f64`.
    pub fn new(kernel: &ConvKernel, grid: &[usize]) -> Result<Self, SvdError> {
        Self::with_options(kernel, grid, &SpectrumOptions::default())
    }

    /// Computes the spectrum of a layer on an input grid.
    ///
    /// # Errors
    /// As [`OperatorSpectrum::new`].
    pub fn with_options(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &SpectrumOptions,
    ) -> Result<Self, SvdError> {
        let (taps, frequency_grid, exponent) = periodic(kernel, grid)?;
        let values = SymbolValues::new(&taps, &frequency_grid, options)?;
        let count = values.frequencies().len() * values.values_per_frequency();
        if count as u64 > MOST_VALUES {
            return Err(SvdError::TooLarge {
                what: "the number of values held",
                needed: count as u64,
                limit: MOST_VALUES,
            });
        }
        let found = map_with(0..values.blocks().len(), Workspace::default, |work, i| {
            values.block(i, work)
        });
        let each = values.values_per_frequency();
        let mut half = Vec::with_capacity(values.frequencies().len() * each);
        let mut algorithm = Algorithm::Direct;
        for block in found {
            let (found, worst) = block?;
            for value in found {
                half.push(numeric::restored(value, exponent, "a singular value")?);
            }
            algorithm = algorithm.max(worst);
        }
        Ok(Self {
            shape: kernel.shape().to_vec(),
            geometry: kernel.geometry().clone(),
            grid: grid.to_vec(),
            options: *options,
            symbol_shape: (taps.rows, taps.full_cols),
            values_per_frequency: each,
            frequencies: values.frequencies().to_vec(),
            frequency_grid,
            half,
            algorithm,
        })
    }

    /// Every singular value of the operator, descending, with its full multiplicity: sorted at each
    /// call.
    pub fn singular_values(&self) -> Vec<f64> {
        let mut half: Vec<(f64, usize)> = Vec::with_capacity(self.half.len());
        for at in self.per_frequency() {
            half.extend(at.values.iter().map(|&value| (value, at.multiplicity)));
        }
        half.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        half.into_iter()
            .flat_map(|(value, count)| std::iter::repeat_n(value, count))
            .collect()
    }

    /// Number of singular values: `min(c_out, c_in s^d)` for each frequency.
    pub fn count(&self) -> usize {
        self.frequency_grid.iter().product::<usize>() * self.values_per_frequency
    }

    /// What the values promise, and the instructions they were computed with.
    pub fn options(&self) -> &SpectrumOptions {
        &self.options
    }

    /// Spatial size of the layer's input.
    pub fn grid(&self) -> &[usize] {
        &self.grid
    }

    /// The grid of frequencies: `n / s`, or `n` for a transposed layer.
    pub fn frequency_grid(&self) -> &[usize] {
        &self.frequency_grid
    }

    /// Shape of the kernel, in its own layout.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Geometry of the kernel.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// The largest singular value: the operator's norm, up to rounding (see
    /// [`NormBracket::circular`](crate::NormBracket::circular) for a bound on that).
    pub fn norm(&self) -> f64 {
        self.half.iter().fold(0.0, |m, &v| v.max(m))
    }

    /// The least of the `min(rows, cols)` singular values.
    pub fn smallest(&self) -> f64 {
        self.half.iter().fold(f64::INFINITY, |m, &v| v.min(m))
    }

    /// `sigma_max / sigma_min`, or [`ConditionNumber::Infinite`] where the least value is at most
    /// `max(m, n) eps sigma_max` for `m x n` symbols.
    pub fn condition_number(&self) -> ConditionNumber {
        ConditionNumber::new(self.norm(), self.smallest(), self.symbol_shape)
    }

    /// The values at each frequency of the canonical half (row-major index at most that of the
    /// negative), in row-major order.
    pub fn per_frequency(&self) -> impl Iterator<Item = FrequencyValues<'_>> + '_ {
        let grid = &self.frequency_grid;
        let values = self.half.chunks_exact(self.values_per_frequency);
        self.frequencies
            .iter()
            .zip(values)
            .map(move |(&f, values)| FrequencyValues::new(f, grid, values))
    }

    /// The surface `sigma_max(f)` over the whole frequency grid, row-major.
    pub fn norm_surface(&self) -> Vec<f64> {
        let grid = &self.frequency_grid;
        let mut surface = vec![0.0; grid.iter().product()];
        let values = self.half.chunks_exact(self.values_per_frequency);
        for (&f, values) in self.frequencies.iter().zip(values) {
            surface[f] = values[0];
            surface[negated(f, grid)] = values[0];
        }
        surface
    }

    /// The worst algorithm that any frequency needed.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}

/// Blocks that are computed at once, at most. Fixed, so that memory does not grow with threads.
const AT_ONCE: usize = 16;

impl OperatorSpectrum {
    /// Calls `visit` with the singular values at each frequency of the canonical half, in row-major
    /// order, until it breaks: the values that [`OperatorSpectrum::per_frequency`] would give, bit
    /// for bit, for grids on which they would not fit. Returns the worst algorithm that any
    /// frequency needed.
    ///
    /// # Errors
    /// As [`OperatorSpectrum::new`].
    ///
    /// # Complexity
    /// Memory: 8 bytes for each of the `prod(n / s) / 2` frequencies; the values of at most 16
    /// blocks of some frequencies each; and for each thread the symbols of one batch, at most 16 of
    /// them. For 64 x 64 channels of 3 x 3 taps on 1024 x 1024 samples that is under 20 MiB, where
    /// the symbols would take 32 GiB and the values 256 MiB. Kernels of more than 64 taps with
    /// [`Accuracy::Exact`](crate::Accuracy::Exact) hold a slab of symbols (all axes but the first)
    /// for each thread.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, OperatorSpectrum};
    /// use std::ops::ControlFlow;
    ///
    /// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
    /// let mut sum = 0.0;
    /// OperatorSpectrum::for_each_frequency(&kernel, &[4096], &Default::default(), |at| {
    ///     sum += at.values[0].powi(2) * at.multiplicity as f64;
    ///     ControlFlow::Continue(())
    /// })?;
    /// // Parseval: the squares sum to n |W|^2.
    /// assert!((sum - 4096.0 * 6.0).abs() < 1e-8);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn for_each_frequency(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &SpectrumOptions,
        mut visit: impl FnMut(FrequencyValues<'_>) -> ControlFlow<()>,
    ) -> Result<Algorithm, SvdError> {
        let (taps, frequency_grid, exponent) = periodic(kernel, grid)?;
        let values = SymbolValues::new(&taps, &frequency_grid, options)?;
        let (blocks, each) = (values.blocks().len(), values.values_per_frequency());
        let mut worst = Algorithm::Direct;
        for start in (0..blocks).step_by(AT_ONCE) {
            let round = start..(start + AT_ONCE).min(blocks);
            let found = map_with(round.clone(), Workspace::default, |work, i| {
                values.block(i, work)
            });
            for (i, found) in round.zip(found) {
                let (mut found, algorithm) = found?;
                worst = worst.max(algorithm);
                for value in &mut found {
                    *value = numeric::restored(*value, exponent, "a singular value")?;
                }
                let frequencies = &values.frequencies()[values.blocks()[i].clone()];
                for (&f, found) in frequencies.iter().zip(found.chunks_exact(each)) {
                    if visit(FrequencyValues::new(f, &frequency_grid, found)).is_break() {
                        return Ok(worst);
                    }
                }
            }
        }
        Ok(worst)
    }
}

/// The singular values at one frequency.
#[derive(Debug, Clone, PartialEq)]
pub struct FrequencyValues<'a> {
    /// The frequency `f`, an index on
    /// [`OperatorSpectrum::frequency_grid`](crate::OperatorSpectrum::frequency_grid).
    pub frequency: Vec<usize>,
    /// Its singular values, descending.
    pub values: &'a [f64],
    /// 2 where `-f` is another frequency (with the same values), 1 where `f = -f`.
    pub multiplicity: usize,
}

impl<'a> FrequencyValues<'a> {
    fn new(flat: usize, grid: &[usize], values: &'a [f64]) -> Self {
        Self {
            frequency: unravel(flat, grid),
            values,
            multiplicity: multiplicity(flat, grid),
        }
    }
}
