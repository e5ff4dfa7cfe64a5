//! The order of the unknowns, the width of the band, and what a factorisation costs.

use super::TightOptions;
use super::coupling::{Line, Side};
use crate::{ConvKernel, SvdError};

/// Scalar columns to a panel, about: long enough for products of matrices, short against the band.
const PANEL: usize = 96;

/// How the Gram matrix of one group is laid out. Unknowns are ordered `[position, channel]`, positions lexicographically
/// in an order of the axes.
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
    /// Multiply-adds of one factorisation and of forming the matrix, all groups.
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
        let what = "the multiply-adds of one factorisation";
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Geometry;

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
        // Stride 2: half the outputs, and each meets its neighbours only.
        let strided = plan(&[4, 4, 3], line.with_stride(&[2]), &[20]);
        assert_eq!((strided.side, strided.reach), (Side::Coarse, 1));
    }

    #[test]
    fn orders_are_all_of_them() {
        assert_eq!(orders(0), [vec![]]);
        assert_eq!(orders(3).len(), 6);
        assert_eq!(orders(3)[0], [0, 1, 2]);
    }
}
