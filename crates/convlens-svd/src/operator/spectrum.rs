//! All singular values of a layer on a grid, under periodic padding.

use super::frequency::{negated, unravel};
use super::{ConditionNumber, FrequencyValues, Keep, Polyphase, half_spectrum};
use crate::geometry::check_grid;
use crate::{ConvKernel, Geometry, Rung, SvdError, scale};

/// The singular values of a layer as an operator on images with periodic padding: exact, all of them.
///
/// A convolution on a periodic grid is block-diagonal in Fourier space. Its singular values are the union over the
/// frequencies `f` of those of the symbol `A(f) = sum_p W[:, :, p] exp(-2 pi i <f, p> / n)` (Sedghi, Gupta, Long, ICLR
/// 2019, theorem 6).
///
/// # Conventions
/// - The operator is the layer with circular padding that keeps the grid (output `n / s`). The amount of padding in the
///   geometry does not matter: it turns phases only. For zero padding use [`NormBracket`](crate::NormBracket).
/// - A kernel longer than the grid wraps: it is summed modulo `n`, never cropped.
/// - Stride `s` must divide the grid. The frequencies are then those of the coarse grid `n / s`, the symbol is the
///   `s^d` aliased symbols side by side, divided by `s^{d/2}` (Senderovich, Bulatova, Obukhov, Rakhuba, NeurIPS 2022),
///   computed as the polyphase matrix that is unitarily equivalent to it.
/// - Dilation: phases are multiplied. Groups: the symbol is block-diagonal. Transposed: the adjoint of the forward
///   operator on the grid `s n`; output padding plays no part under periodic padding.
/// - Real weights give `A(-f) = conj A(f)`: half of the frequencies are computed, and count twice.
/// - The list has `min(c_out, c_in s^d)` values per frequency, with exact zeros where groups or strides leave some.
/// - A dense layer has the grid `[]`, one frequency, and the values of its matrix.
///
/// Parseval: the squares sum to `prod(n_j / s_j) |W wrapped|_F^2` (transposed: `prod(n_j) |W wrapped|_F^2`).
///
/// # Complexity
/// `prod(n / s) / 2` singular value decompositions of `c_out / g x c_in / g s^d` complex matrices for each of `g`
/// groups. Memory: the values twice, and one slab of symbols (all axes but the first) per thread.
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
pub struct OperatorSpectrum {
    shape: Vec<usize>,
    geometry: Geometry,
    grid: Vec<usize>,
    frequency_grid: Vec<usize>,
    symbol_shape: (usize, usize),
    values_per_frequency: usize,
    frequencies: Vec<usize>,
    half: Vec<f64>,
    singular_values: Vec<f64>,
    rung: Rung,
}

/// The fine and the coarse grid of a layer's stored, forward reading.
pub(crate) fn periodic_grids(
    kernel: &ConvKernel,
    grid: &[usize],
) -> Result<(Vec<usize>, Vec<usize>), SvdError> {
    check_grid(kernel.spatial_dims(), grid)?;
    let stride = kernel.geometry().stride();
    if kernel.geometry().is_transposed() {
        let fine: Option<Vec<usize>> = grid
            .iter()
            .zip(stride)
            .map(|(&n, &s)| n.checked_mul(s))
            .collect();
        let sizes = || grid.iter().chain(stride).copied().collect();
        let fine = fine.ok_or_else(|| SvdError::SizeOverflow { sizes: sizes() })?;
        return Ok((fine, grid.to_vec()));
    }
    if let Some(axis) = (0..grid.len()).find(|&axis| !grid[axis].is_multiple_of(stride[axis])) {
        let (stride, grid) = (stride[axis], grid[axis]);
        return Err(SvdError::StrideDoesNotDivideGrid { axis, stride, grid });
    }
    Ok((
        grid.to_vec(),
        grid.iter().zip(stride).map(|(&n, &s)| n / s).collect(),
    ))
}

impl OperatorSpectrum {
    /// Computes the spectrum of a layer on an input grid.
    ///
    /// # Errors
    /// [`SvdError::GridDims`], [`SvdError::ZeroGrid`], [`SvdError::StrideDoesNotDivideGrid`],
    /// [`SvdError::SizeOverflow`], [`SvdError::NoConvergence`], and [`SvdError::Overflow`] where a value exceeds the
    /// range of `f64`.
    pub fn new(kernel: &ConvKernel, grid: &[usize]) -> Result<Self, SvdError> {
        let (fine, coarse) = periodic_grids(kernel, grid)?;
        let exponent = scale::exponent(kernel.weights());
        let weights = scale::normalized(kernel.weights(), exponent);
        let taps = Polyphase::wrapped(kernel, &weights, &fine)?;
        let found = half_spectrum(&taps, &coarse, Keep::All)?;
        let mut half = found.values;
        for value in &mut half {
            *value = scale::restored(*value, exponent, "a singular value")?;
        }
        let mut spectrum = Self {
            shape: kernel.shape().to_vec(),
            geometry: kernel.geometry().clone(),
            grid: grid.to_vec(),
            frequency_grid: coarse,
            symbol_shape: (taps.rows, taps.full_cols),
            values_per_frequency: taps.values * taps.groups.len(),
            frequencies: found.frequencies,
            half,
            singular_values: Vec::new(),
            rung: found.rung,
        };
        let mut all = Vec::with_capacity(2 * spectrum.half.len());
        for at in spectrum.per_frequency() {
            (0..at.multiplicity).for_each(|_| all.extend_from_slice(at.values));
        }
        all.sort_by(|a, b| b.total_cmp(a));
        spectrum.singular_values = all;
        Ok(spectrum)
    }

    /// Every singular value of the operator, descending, with its full multiplicity.
    pub fn singular_values(&self) -> &[f64] {
        &self.singular_values
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
        self.singular_values[0]
    }

    /// The least of the `min(rows, cols)` singular values.
    pub fn smallest(&self) -> f64 {
        self.singular_values[self.singular_values.len() - 1]
    }

    /// `sigma_max / sigma_min`, or [`ConditionNumber::Infinite`] where the least value is at most
    /// `max(m, n) eps sigma_max` for `m x n` symbols.
    pub fn condition_number(&self) -> ConditionNumber {
        ConditionNumber::new(self.norm(), self.smallest(), self.symbol_shape)
    }

    /// The values at each frequency of the canonical half (row-major index at most that of the negative), in
    /// row-major order.
    pub fn per_frequency(&self) -> impl Iterator<Item = FrequencyValues<'_>> + '_ {
        let grid = &self.frequency_grid;
        let values = self.half.chunks_exact(self.values_per_frequency);
        self.frequencies
            .iter()
            .zip(values)
            .map(move |(&f, values)| FrequencyValues {
                frequency: unravel(f, grid),
                values,
                multiplicity: if negated(f, grid) == f { 1 } else { 2 },
            })
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

    /// The worst rung that any frequency needed.
    pub fn rung(&self) -> Rung {
        self.rung
    }
}
