//! A strided convolution as a stride-1 convolution of its polyphase components.
//!
//! Write an input position as `x = s q + a` with phase `0 <= a < s`. Then
//! `y[j] = sum_t W[t] x[s j + t] = sum_{q, a} W[s q + a] x_a[j + q]`: the layer is a stride-1 convolution of the `s^d`
//! phase images `x_a`, with `c_in s^d` channels. Its symbol at the frequency `g` of the coarse grid `n / s` is
//! `P(g) = [sum_q W[s q + a] exp(-2 pi i <g, q> s / n)]_a`. A discrete Fourier transform over the phases, which is
//! unitary, takes it to the `s^d` aliased symbols side by side, divided by `s^{d/2}` (Senderovich, Bulatova, Obukhov,
//! Rakhuba, NeurIPS 2022): the singular values are the same, and phases without a tap cost nothing here.
//! (Vaidyanathan 1993, *Multirate Systems and Filter Banks*, section 4.3, for polyphase components.)

use super::frequency::check_frequencies;
use crate::geometry::check_grid;
use crate::{ConvKernel, SvdError, kernel::checked_product, scale};
use std::collections::BTreeMap;

/// One group: taps at positions of the coarse grid, each a `rows x cols` matrix, row-major.
pub(crate) type GroupTaps = BTreeMap<Vec<usize>, Vec<f64>>;

/// The polyphase components of a kernel in its stored, forward reading (a transposed layer is the adjoint of that and
/// has the same singular values).
#[derive(Debug)]
pub(crate) struct Polyphase {
    /// Rows of each group's symbol.
    pub(crate) rows: usize,
    /// Columns of each group's symbol: only phases that hold a tap.
    pub(crate) cols: usize,
    /// Singular values of each group's symbol, with those of the empty phases: `min(rows, c_in / g * s^d)`.
    pub(crate) values: usize,
    /// Columns with the empty phases, for rank decisions.
    pub(crate) full_cols: usize,
    pub(crate) groups: Vec<GroupTaps>,
}

/// The taps of a kernel on an input grid, scaled by `2^-e`, the grid of frequencies, and `e`.
pub(crate) fn periodic(
    kernel: &ConvKernel,
    grid: &[usize],
) -> Result<(Polyphase, Vec<usize>, i32), SvdError> {
    let (fine, coarse) = periodic_grids(kernel, grid)?;
    let exponent = scale::exponent(kernel.weights());
    let weights = scale::normalized(kernel.weights(), exponent);
    Ok((
        Polyphase::wrapped(kernel, &weights, &fine)?,
        coarse,
        exponent,
    ))
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
        check_frequencies(grid)?;
        return Ok((fine, grid.to_vec()));
    }
    if let Some(axis) = (0..grid.len()).find(|&axis| !grid[axis].is_multiple_of(stride[axis])) {
        let (stride, grid) = (stride[axis], grid[axis]);
        return Err(SvdError::StrideDoesNotDivideGrid { axis, stride, grid });
    }
    let coarse: Vec<usize> = grid.iter().zip(stride).map(|(&n, &s)| n / s).collect();
    check_frequencies(&coarse)?;
    Ok((grid.to_vec(), coarse))
}

impl Polyphase {
    /// On a fine grid that `stride` divides: taps wrap modulo the grid (they are summed, never cropped).
    pub(crate) fn wrapped(
        kernel: &ConvKernel,
        weights: &[f64],
        fine_grid: &[usize],
    ) -> Result<Self, SvdError> {
        let (stride, dilation) = (kernel.geometry().stride(), kernel.geometry().dilation());
        Self::build(kernel, weights, stride, |axis, p| {
            let n = fine_grid[axis] as u128;
            (dilation[axis] as u128 * p as u128 % n) as usize
        })
    }

    /// On the infinite grid, with a given stride and dilation 1.
    pub(crate) fn unbounded(
        kernel: &ConvKernel,
        weights: &[f64],
        stride: &[usize],
    ) -> Result<Self, SvdError> {
        Self::build(kernel, weights, stride, |_, p| p)
    }

    /// Spatial axes of the taps: none for a dense layer.
    pub(crate) fn dims(&self) -> usize {
        let mut positions = self.groups.iter().flat_map(BTreeMap::keys);
        positions.next().map_or(0, Vec::len)
    }

    /// Taps of the group that has most.
    pub(crate) fn most_taps(&self) -> usize {
        self.groups.iter().map(BTreeMap::len).max().unwrap_or(0)
    }

    /// The largest `S` of any group: `S^2` sums the squares of the entries of `sum_q |W_q|`. No symbol has a norm over `S`.
    pub(crate) fn absolute_sum(&self) -> f64 {
        let of_group = |taps: &GroupTaps| {
            let mut sums = vec![0.0; self.rows * self.cols];
            for matrix in taps.values() {
                sums.iter_mut().zip(matrix).for_each(|(s, w)| *s += w.abs());
            }
            sums.iter().map(|s| s * s).sum::<f64>().sqrt()
        };
        self.groups.iter().map(of_group).fold(0.0, f64::max)
    }

    /// Largest coarse position of a tap on each axis, and 0 for axes without taps.
    pub(crate) fn degrees(&self, dims: usize) -> Vec<usize> {
        let positions = || self.groups.iter().flat_map(BTreeMap::keys);
        (0..dims)
            .map(|axis| positions().map(|q| q[axis]).max().unwrap_or(0))
            .collect()
    }

    fn build(
        kernel: &ConvKernel,
        weights: &[f64],
        stride: &[usize],
        place: impl Fn(usize, usize) -> usize,
    ) -> Result<Self, SvdError> {
        let (groups, shape) = (kernel.groups(), kernel.shape());
        let (rows, channels, taps) = (shape[0] / groups, shape[1], kernel.taps());
        let places: Vec<(Vec<usize>, Vec<usize>)> = (0..taps)
            .map(|tap| {
                let at = super::frequency::unravel(tap, kernel.kernel_size());
                let at = at
                    .iter()
                    .enumerate()
                    .map(|(axis, &p)| (place(axis, p), stride[axis]));
                at.map(|(x, s)| (x / s, x % s)).unzip()
            })
            .collect();
        let mut phases: Vec<&Vec<usize>> = places.iter().map(|(_, phase)| phase).collect();
        phases.sort();
        phases.dedup();
        let cols = checked_product(&[channels, phases.len()])?;
        let full_cols = stride.iter().fold(channels, |c, &s| c.saturating_mul(s));
        let groups = (0..groups).map(|group| {
            let mut out = GroupTaps::new();
            for (tap, (position, phase)) in places.iter().enumerate() {
                let block = phases.partition_point(|p| *p < phase) * channels;
                let matrix = out
                    .entry(position.clone())
                    .or_insert_with(|| vec![0.0; rows * cols]);
                for row in 0..rows {
                    for channel in 0..channels {
                        let from = ((group * rows + row) * channels + channel) * taps + tap;
                        matrix[row * cols + block + channel] += weights[from];
                    }
                }
            }
            out
        });
        Ok(Self {
            rows,
            cols,
            values: rows.min(full_cols),
            full_cols,
            groups: groups.collect(),
        })
    }
}
