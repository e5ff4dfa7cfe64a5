//! The options of the tight bracket, which positions the Gram matrix couples, the order of the
//! unknowns, and what a factorization costs.

use crate::error::SvdError;
use crate::kernel::ConvKernel;
use crate::norm::zero_padded::{DavidsonOptions, Line};
use std::collections::BTreeMap;

/// Scalar columns to a panel, about: long enough for products of matrices, short against the band.
const PANEL: usize = 96;

/// How the Gram matrix of one group is laid out. Unknowns are ordered `[position, channel]`,
/// positions lexicographically in an order of the axes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) side: Side,
    /// Axes of the grid, outermost first.
    pub(super) order: Vec<usize>,
    /// Lengths of the axes in that order.
    pub(super) lens: Vec<usize>,
    pub(super) positions: usize,
    pub(super) channels: usize,
    /// Products summed in an entry of a tap's `W_p^T W_q` (or `W_p W_q^T`).
    pub(super) inner: usize,
    pub(super) taps: usize,
    /// Largest distance in positions of two coupled unknowns.
    pub(super) reach: usize,
    /// Positions to a panel.
    pub(super) panel: usize,
    /// Multiply-adds of one factorization and of forming the matrix, all groups.
    work: u64,
    /// Bytes while one group is worked on.
    pub(super) bytes: u64,
}

impl Plan {
    /// The cheaper side with its best order, if it is within the budget.
    pub(super) fn new(
        kernel: &ConvKernel,
        fine: &[usize],
        coarse: &[usize],
        options: &TightOptions,
    ) -> Result<Self, SvdError> {
        // Before any loop over positions: one panel's width to each unknown of the smaller side.
        let unknowns = |grid: &[usize], channels: usize| {
            let positions = grid.iter().fold(1u64, |p, &n| p.saturating_mul(n as u64));
            positions.saturating_mul(channels as u64)
        };
        let (rows, cols) = (kernel.shape()[0] / kernel.groups(), kernel.shape()[1]);
        let least = unknowns(fine, cols).min(unknowns(coarse, rows));
        let least = least.saturating_mul(8 * least.min(PANEL as u64));
        refuse("the bytes of the certificate", least, options.max_bytes)?;
        let lines = Line::all(kernel, fine, coarse);
        let of = |side| Self::of_side(kernel, &lines, side);
        let (fine, coarse) = (of(Side::Fine), of(Side::Coarse));
        let plan = if fine.work <= coarse.work {
            fine
        } else {
            coarse
        };
        refuse(
            "the bytes of the certificate",
            plan.bytes,
            options.max_bytes,
        )?;
        let what = "the multiply-adds of one factorization";
        refuse(what, plan.work, options.max_work)?;
        Ok(plan)
    }

    fn of_side(kernel: &ConvKernel, lines: &[Line], side: Side) -> Self {
        let (rows, cols) = (kernel.shape()[0] / kernel.groups(), kernel.shape()[1]);
        let (channels, inner) = match side {
            Side::Fine => (cols, rows),
            Side::Coarse => (rows, cols),
        };
        let reaches: Vec<(usize, u64)> = lines.iter().map(|line| line.reach(side)).collect();
        let band = |order: &[usize]| {
            let axes = order.iter().rev();
            let (reach, _) = axes.fold((0usize, 1usize), |(reach, stride), &axis| {
                let here = reaches[axis].0.saturating_mul(stride);
                let stride = stride.saturating_mul(lines[axis].len(side));
                (reach.saturating_add(here), stride)
            });
            reach
        };
        let orders = orders(lines.len()).into_iter();
        let order = orders.min_by_key(|order| band(order)).unwrap_or_default();
        let lens: Vec<usize> = order.iter().map(|&axis| lines[axis].len(side)).collect();
        let positions = lens.iter().fold(1, |p: usize, &n| p.saturating_mul(n));
        let reach = band(&order);
        let panel = (PANEL / channels).clamp(1, positions);
        let (c, taps) = (channels as u64, kernel.taps() as u64);
        let padded = positions.saturating_add(panel) as u64;
        let height = (panel.saturating_add(reach) as u64).saturating_mul(c);
        let unknowns = padded.saturating_mul(c);
        let blocks = reaches.iter().fold(1, |p: u64, r| p.saturating_mul(r.1));
        let side_of_products = taps.saturating_mul(c);
        let products = side_of_products.saturating_mul(side_of_products);
        let work = unknowns
            .saturating_mul(height)
            .saturating_mul(height)
            .saturating_add(blocks.saturating_mul(c).saturating_mul(c))
            .saturating_add(products.saturating_mul(inner as u64));
        let bytes = unknowns
            .saturating_mul(height)
            .saturating_add(products)
            .saturating_add(blocks.saturating_mul(2));
        Self {
            side,
            order,
            lens,
            positions,
            channels,
            inner,
            taps: kernel.taps(),
            reach,
            panel,
            work: work.saturating_mul(kernel.groups() as u64),
            bytes: bytes.saturating_mul(8),
        }
    }

    /// Columns of a panel.
    pub(super) fn width(&self) -> usize {
        self.panel * self.channels
    }

    /// Rows of a panel: its own columns and the band below them.
    pub(super) fn height(&self) -> usize {
        (self.panel + self.reach) * self.channels
    }

    pub(super) fn panels(&self) -> usize {
        self.positions.div_ceil(self.panel)
    }

    /// Unknowns, with those that fill up the last panel.
    pub(super) fn unknowns(&self) -> usize {
        self.panels() * self.width()
    }
}

fn refuse(what: &'static str, needed: u64, limit: u64) -> Result<(), SvdError> {
    if needed > limit {
        return Err(SvdError::TooLarge {
            what,
            needed,
            limit,
        });
    }
    Ok(())
}

/// All orders of at most three axes, the identity first.
fn orders(axes: usize) -> Vec<Vec<usize>> {
    let mut all: Vec<Vec<usize>> = vec![vec![]];
    for axis in 0..axes {
        let longer = all.iter().flat_map(|order| {
            (0..=order.len()).rev().map(|at| {
                let mut order = order.clone();
                order.insert(at, axis);
                order
            })
        });
        all = longer.collect();
    }
    all
}

/// How narrow a certified bracket is to be, and what it may cost.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TightOptions {
    /// Relative width to reach, `(upper - lower) / upper`. Default 1e-6. Rounding sets a floor,
    /// about `eps m sqrt(n m)` for `n` unknowns and a half band of `m`: measured, 2e-9 for 64
    /// channels on 16 x 16 samples. Under it the bracket is as narrow as it gets, and valid.
    pub width: f64,
    /// The search for the lower end. Default: 1000 steps, tolerance 1e-6, seed 0; then the first
    /// factorization mostly succeeds.
    pub davidson: DavidsonOptions,
    /// Bytes of the matrices at most. Default `2^31`: 64 channels on 32 x 32 samples need 2.2 GB,
    /// on 16 x 16 0.3 GB.
    pub max_bytes: u64,
    /// Multiply-adds of one factorization at most, and of forming the matrix. Default `2^40`, a
    /// minute or less on a core with wide vectors.
    pub max_work: u64,
}

impl Default for TightOptions {
    fn default() -> Self {
        Self {
            width: 1e-6,
            davidson: DavidsonOptions::default()
                .max_iterations(1000)
                .tolerance(1e-6),
            max_bytes: 1 << 31,
            max_work: 1 << 40,
        }
    }
}

impl TightOptions {
    /// Sets the relative width.
    #[must_use]
    pub fn width(mut self, width: f64) -> Self {
        self.width = width;
        self
    }

    /// Sets the options of the lower end.
    #[must_use]
    pub fn davidson(mut self, davidson: DavidsonOptions) -> Self {
        self.davidson = davidson;
        self
    }

    /// Sets the bytes at most.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Sets the multiply-adds at most.
    #[must_use]
    pub fn max_work(mut self, max_work: u64) -> Self {
        self.max_work = max_work;
        self
    }

    pub(super) fn check(&self) -> Result<(), SvdError> {
        self.davidson.check()?;
        if !(self.width > 0.0 && self.width < 1.0) {
            return Err(SvdError::InvalidOption {
                option: "width",
                value: self.width,
                bound: "in (0, 1)",
            });
        }
        Ok(())
    }
}

/// The Gram matrix to take: `A^T A` has the fine grid's unknowns (what the kernel reads), `A A^T`
/// the coarse grid's (what it writes). For a transposed layer the roles are those of the forward
/// layer that it is the adjoint of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Fine,
    Coarse,
}

impl Line {
    pub(super) fn len(&self, side: Side) -> usize {
        match side {
            Side::Fine => self.fine,
            Side::Coarse => self.coarse,
        }
    }

    /// Unknowns of `side` with the tap through which they meet, by the position of the other side
    /// where they meet.
    fn meetings(&self, side: Side) -> BTreeMap<usize, Vec<(usize, usize)>> {
        let mut meetings: BTreeMap<usize, Vec<(usize, usize)>> = BTreeMap::new();
        for tap in 0..self.taps {
            for (j, x) in self.reads(tap) {
                let (at, unknown) = match side {
                    Side::Fine => (j, x),
                    Side::Coarse => (x, j),
                };
                meetings.entry(at).or_default().push((unknown, tap));
            }
        }
        meetings
    }

    /// The largest distance of two unknowns that meet, and the number of ordered pairs that do.
    pub(super) fn reach(&self, side: Side) -> (usize, u64) {
        let meetings = self.meetings(side);
        let span = |list: &Vec<(usize, usize)>| {
            let all = || list.iter().map(|&(unknown, _)| unknown);
            all().max().unwrap_or(0) - all().min().unwrap_or(0)
        };
        let reach = meetings.values().map(span).max().unwrap_or(0);
        let pairs = meetings.values().map(|list| (list.len() as u64).pow(2));
        (reach, pairs.fold(0, u64::saturating_add))
    }

    pub(super) fn coupling(&self, side: Side) -> Coupling {
        let mut rows: Vec<BTreeMap<usize, Vec<(usize, usize)>>> =
            vec![BTreeMap::new(); self.len(side)];
        for list in self.meetings(side).values() {
            for &(a, p) in list {
                for &(b, q) in list {
                    rows[a].entry(b).or_default().push((p, q));
                }
            }
        }
        Coupling {
            rows: rows
                .into_iter()
                .map(|row| row.into_iter().collect())
                .collect(),
        }
    }
}

/// Pairs of taps, the first at the row's unknown, the second at the other.
type TapPairs = Vec<(usize, usize)>;

/// For each unknown of an axis the unknowns that it meets, ascending, and the pairs of taps through
/// which they do.
#[derive(Debug, Clone)]
pub(super) struct Coupling {
    pub(super) rows: Vec<Vec<(usize, TapPairs)>>,
}

impl Coupling {
    /// An axis of one position and one tap.
    pub(super) fn trivial() -> Self {
        Self {
            rows: vec![vec![(0, vec![(0, 0)])]],
        }
    }

    /// The same with tap numbers multiplied, as an axis of a row-major index of taps.
    pub(super) fn with_tap_stride(mut self, stride: usize) -> Self {
        let pairs = self.rows.iter_mut().flatten().flat_map(|(_, pairs)| pairs);
        pairs.for_each(|(p, q)| (*p, *q) = (*p * stride, *q * stride));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Geometry;

    fn plan(shape: &[usize], geometry: Geometry, grid: &[usize]) -> Plan {
        let weights = vec![1.0; shape.iter().product()];
        let kernel = ConvKernel::new(weights, shape, geometry).unwrap();
        let out = kernel.geometry().output_size(&shape[2..], grid).unwrap();
        Plan::new(&kernel, grid, &out, &TightOptions::default()).unwrap()
    }

    #[test]
    fn the_long_axis_goes_outermost() {
        let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
        let wide = plan(&[2, 2, 3, 3], same, &[4, 30]);
        // Positions two apart on either axis meet: 2 * 4 + 2.
        assert_eq!((&wide.order[..], wide.reach), (&[1, 0][..], 10));
        let cube = Geometry::new(3);
        let long = plan(&[1, 1, 2, 2, 2], cube, &[9, 3, 5]);
        assert_eq!(long.order, [0, 2, 1]);
    }

    #[test]
    fn the_narrow_side_is_taken() {
        let line = Geometry::new(1).with_padding(&[(1, 1)]);
        assert_eq!(plan(&[8, 2, 3], line.clone(), &[20]).side, Side::Fine);
        assert_eq!(plan(&[2, 8, 3], line.clone(), &[20]).side, Side::Coarse);
        // Stride 2: half the outputs, and each meets its neighbors only.
        let strided = plan(&[4, 4, 3], line.with_stride(&[2]), &[20]);
        assert_eq!((strided.side, strided.reach), (Side::Coarse, 1));
    }

    #[test]
    fn orders_are_all_of_them() {
        assert_eq!(orders(0), [Vec::<usize>::new()]);
        assert_eq!(orders(3).len(), 6);
        assert_eq!(orders(3)[0], [0, 1, 2]);
    }
}
