//! A strided convolution as a stride-1 convolution of its polyphase components.
//!
//! Write an input position as `x = s q + a` with phase `0 <= a < s`. Then
//! `y[j] = sum_t W[t] x[s j + t] = sum_{q, a} W[s q + a] x_a[j + q]`: the layer is a stride-1
//! convolution of the `s^d` phase images `x_a`, with `c_in s^d` channels. Its symbol at the
//! frequency `g` of the coarse grid `n / s` is
//! `P(g) = [sum_q W[s q + a] exp(-2 pi i <g, q> s / n)]_a`. A discrete Fourier transform over the
//! phases, which is unitary, takes it to the `s^d` aliased symbols side by side, divided by
//! `s^{d/2}` (Senderovich, Bulatova, Obukhov, Rakhuba, NeurIPS 2022): the singular values are the
//! same, and phases without a tap cost nothing here. (Vaidyanathan 1993, *Multirate Systems and
//! Filter Banks*, section 4.3, for polyphase components.)
//!
//! [`Transfer`] is the symbol of a layer as PyTorch defines it, phases of the padding included.
//!
//! In its forward reading the layer is `y[j] = sum_p W[p] x[s j + d p - b]`, positions modulo `n`.
//! Write an input position as `s q + a` with phase `0 <= a < s`, and the offset of a tap as
//! `d p - b = s q + a` modulo `n`. Then `y[j] = sum_{q, a} W_{q, a} x_a[j + q]` on the coarse grid
//! `m = n / s`, so that `x_a[q] = v_a exp(2 pi i <g, q> / m)` maps to
//! `y[j] = (P(g) v) exp(2 pi i <g, j> / m)` with
//! `P(g) = [sum_q W_{q, a} exp(2 pi i <g, q> / m)]_a`. (Vaidyanathan 1993, section 4.3.)

use super::frequency::{check_frequencies, unravel};
use super::layout::{Layout, Place};
use crate::error::SvdError;
use crate::geometry::check_grid;
use crate::kernel::{ConvKernel, checked_product};
use crate::numeric;
use faer::Mat;
use faer::traits::ComplexField;
use num_complex::Complex64;
use std::collections::BTreeMap;
use std::f64::consts::TAU;

/// One group: taps at positions of the coarse grid, each a `rows x cols` matrix, row-major.
pub(crate) type GroupTaps = BTreeMap<Vec<usize>, Vec<f64>>;

/// The polyphase components of a kernel in its stored, forward reading (a transposed layer is the
/// adjoint of that and has the same singular values).
#[derive(Debug)]
pub(crate) struct Polyphase {
    /// Rows of each group's symbol.
    pub(crate) rows: usize,
    /// Columns of each group's symbol: only phases that hold a tap.
    pub(crate) cols: usize,
    /// Singular values of each group's symbol, with those of the empty phases:
    /// `min(rows, c_in / g * s^d)`.
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
    let exponent = numeric::exponent(kernel.weights());
    let weights = numeric::normalized(kernel.weights(), exponent);
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
    /// On a fine grid that the stride divides: taps wrap modulo the grid (they are summed, never
    /// cropped).
    pub(crate) fn wrapped(
        kernel: &ConvKernel,
        weights: &[f64],
        fine_grid: &[usize],
    ) -> Result<Self, SvdError> {
        let stride = kernel.geometry().stride();
        Self::of_layout(&Layout::wrapped(kernel, fine_grid), weights, stride)
    }

    /// On the infinite grid, with a given stride and dilation 1.
    pub(crate) fn unbounded(
        kernel: &ConvKernel,
        weights: &[f64],
        stride: &[usize],
    ) -> Result<Self, SvdError> {
        Self::of_layout(&Layout::unbounded(kernel, stride), weights, stride)
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

    /// The largest `S` of any group: `S^2` sums the squares of the entries of `sum_q |W_q|`. No
    /// symbol has a norm over `S`.
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

    fn of_layout(layout: &Layout, weights: &[f64], stride: &[usize]) -> Result<Self, SvdError> {
        let (rows, channels) = (layout.rows, layout.channels);
        let cols = checked_product(&[channels, layout.phases.len()])?;
        let full_cols = stride.iter().fold(channels, |c, &s| c.saturating_mul(s));
        let groups = (0..layout.groups).map(|group| {
            let mut out = GroupTaps::new();
            for (tap, place) in layout.places.iter().enumerate() {
                let block = place.slot * channels;
                let matrix = out
                    .entry(place.position.clone())
                    .or_insert_with(|| vec![0.0; rows * cols]);
                for row in 0..rows {
                    for channel in 0..channels {
                        let from = layout.weight(group, row, channel, tap);
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

/// The weights of one group that stand at one offset.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tap {
    /// Position on the coarse grid.
    pub(super) position: Vec<usize>,
    /// Index among the phases that hold a tap.
    pub(super) slot: usize,
    /// Column-major, `rows x channels`.
    pub(super) block: Vec<f64>,
}

/// Symbols in the forward reading of a kernel: rows are its first axis (per group), columns the
/// channels and phases of the fine grid.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Transfer {
    pub(super) transposed: bool,
    pub(super) groups: usize,
    /// Rows of a group's symbol.
    pub(super) rows: usize,
    /// Channels of the fine side, per group.
    pub(super) channels: usize,
    pub(super) stride: Vec<usize>,
    pub(super) fine: Vec<usize>,
    pub(super) coarse: Vec<usize>,
    /// Power of two by which the taps were divided.
    pub(super) exponent: i32,
    /// For each column that is kept, its index `channel * prod(s) + phase` among all. Those of
    /// phases without a tap are zero, and kept only where `min(rows, all columns)` needs them.
    pub(super) columns: Vec<usize>,
    /// Phases that hold a tap.
    pub(super) slots: usize,
    pub(super) taps: Vec<Vec<Tap>>,
}

/// One symbol: real where the frequency is its own negative.
pub(super) enum Symbol {
    Real(Mat<f64>),
    Complex(Mat<Complex64>),
}

impl Transfer {
    pub(super) fn new(kernel: &ConvKernel, grid: &[usize]) -> Result<Self, SvdError> {
        let (fine, coarse) = periodic_grids(kernel, grid)?;
        let (geometry, groups) = (kernel.geometry(), kernel.groups());
        let (rows, channels) = (kernel.shape()[0] / groups, kernel.shape()[1]);
        let stride = geometry.stride().to_vec();
        checked_product(&[&[channels * groups], &fine[..]].concat())?;
        checked_product(&[&[rows * groups], &coarse[..]].concat())?;
        let phases = checked_product(&stride)?;
        let all = checked_product(&[channels, phases])?;
        checked_product(&[rows, all])?;
        let exponent = numeric::exponent(kernel.weights());
        let weights = numeric::normalized(kernel.weights(), exponent);
        let layout = Layout::padded(kernel, &fine);
        let used: Vec<usize> = layout.phases.iter().map(|a| ravel(a, &stride)).collect();
        let kept = (0..channels).flat_map(|i| used.iter().map(move |a| i * phases + a));
        let mut columns: Vec<usize> = kept.collect();
        let wanted = rows.min(all).saturating_sub(columns.len());
        let empty = (0..all).filter(|c| used.binary_search(&(c % phases)).is_err());
        let extra: Vec<usize> = empty.take(wanted).collect();
        columns.extend(extra);
        let taps = (0..groups).map(|group| {
            let mut blocks: BTreeMap<&Place, Vec<f64>> = BTreeMap::new();
            for (tap, place) in layout.places.iter().enumerate() {
                let block = blocks
                    .entry(place)
                    .or_insert_with(|| vec![0.0; rows * channels]);
                for (e, w) in block.iter_mut().enumerate() {
                    *w += weights[layout.weight(group, e % rows, e / rows, tap)];
                }
            }
            let tap = |(place, block): (&Place, _)| Tap {
                position: place.position.clone(),
                slot: place.slot,
                block,
            };
            blocks.into_iter().map(tap).collect()
        });
        Ok(Self {
            transposed: geometry.is_transposed(),
            groups,
            rows,
            channels,
            taps: taps.collect(),
            slots: used.len(),
            stride,
            fine,
            coarse,
            exponent,
            columns,
        })
    }

    /// Points of the coarse grid.
    pub(super) fn points(&self) -> usize {
        self.coarse.iter().product()
    }

    /// Phases of a coarse point.
    pub(super) fn phases(&self) -> usize {
        self.stride.iter().product()
    }

    /// Columns of a group's symbol with all phases.
    pub(super) fn all_columns(&self) -> usize {
        self.channels * self.phases()
    }

    /// Singular values of a group's symbol.
    pub(super) fn rank(&self) -> usize {
        self.rows.min(self.all_columns())
    }

    /// For each phase, the flat index on the fine grid of each coarse point.
    pub(super) fn fine_places(&self) -> Vec<Vec<usize>> {
        let points: Vec<Vec<usize>> = (0..self.points())
            .map(|q| unravel(q, &self.coarse))
            .collect();
        let place = |q: &[usize], a: &[usize]| {
            let axes = q.iter().zip(a).zip(self.stride.iter().zip(&self.fine));
            axes.fold(0, |flat, ((q, a), (s, n))| flat * n + q * s + a)
        };
        (0..self.phases())
            .map(|a| unravel(a, &self.stride))
            .map(|a| points.iter().map(|q| place(q, &a)).collect())
            .collect()
    }

    /// Whether a column that is kept holds no tap.
    pub(super) fn has_empty_columns(&self) -> bool {
        self.columns.len() > self.channels * self.slots
    }

    /// True where `-g = g` on the grid.
    pub(super) fn is_self_conjugate(&self, g: &[usize]) -> bool {
        g.iter().zip(&self.coarse).all(|(&g, &n)| g == (n - g) % n)
    }

    /// The columns that are kept, of one group's symbol at `g`.
    pub(super) fn symbol(&self, group: usize, g: &[usize]) -> Symbol {
        if self.is_self_conjugate(g) {
            Symbol::Real(self.sum(group, |q| if self.is_odd(g, q) { -1.0 } else { 1.0 }))
        } else {
            Symbol::Complex(self.sum(group, |q| {
                Complex64::from_polar(1.0, TAU * turns(g, q, &self.coarse))
            }))
        }
    }

    /// The same, as complex numbers always.
    pub(super) fn complex_symbol(&self, group: usize, g: &[usize]) -> Mat<Complex64> {
        match self.symbol(group, g) {
            Symbol::Complex(symbol) => symbol,
            Symbol::Real(a) => Mat::from_fn(a.nrows(), a.ncols(), |i, j| a[(i, j)].into()),
        }
    }

    /// For a self-conjugate `g`, whether `<g, q> / n` is a half rather than a whole.
    fn is_odd(&self, g: &[usize], q: &[usize]) -> bool {
        g.iter()
            .zip(q)
            .filter(|&(&g, &q)| g != 0 && q % 2 == 1)
            .count()
            % 2
            == 1
    }

    fn sum<T>(&self, group: usize, phase: impl Fn(&[usize]) -> T) -> Mat<T>
    where
        T: ComplexField + Copy + std::ops::Mul<f64, Output = T> + std::ops::AddAssign,
    {
        let mut symbol = Mat::zeros(self.rows, self.columns.len());
        for tap in &self.taps[group] {
            let phase = phase(&tap.position);
            for (channel, weights) in tap.block.chunks_exact(self.rows).enumerate() {
                let column = symbol.col_as_slice_mut(channel * self.slots + tap.slot);
                for (x, &w) in column.iter_mut().zip(weights) {
                    *x += phase * w;
                }
            }
        }
        symbol
    }
}

/// `<g, q> / n` modulo 1, each axis reduced in integers.
pub(crate) fn turns(g: &[usize], q: &[usize], grid: &[usize]) -> f64 {
    let axes = g.iter().zip(q).zip(grid);
    let sum: f64 = axes
        .map(|((&g, &q), &n)| (g as u128 * q as u128 % n as u128) as f64 / n as f64)
        .sum();
    sum.fract()
}

/// The row-major index of a multi-index.
pub(super) fn ravel(at: &[usize], grid: &[usize]) -> usize {
    at.iter().zip(grid).fold(0, |acc, (&i, &n)| acc * n + i)
}
