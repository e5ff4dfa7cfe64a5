//! Which positions the Gram matrix of a layer couples along one axis, and through which taps.

use crate::ConvKernel;
use std::collections::BTreeMap;

/// The Gram matrix to take: `A^T A` has the fine grid's unknowns (what the kernel reads), `A A^T` the coarse grid's
/// (what it writes). For a transposed layer the roles are those of the forward layer that it is the adjoint of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Fine,
    Coarse,
}

/// One axis of a zero-padded layer: `x = stride j + dilation p - begin`, where that lies in `0..fine`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line {
    fine: usize,
    coarse: usize,
    taps: usize,
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

    pub(super) fn len(&self, side: Side) -> usize {
        match side {
            Side::Fine => self.fine,
            Side::Coarse => self.coarse,
        }
    }

    /// The coarse positions that read through a tap, with what they read.
    fn reads(&self, tap: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
        let offset = self.dilation as i128 * tap as i128 - self.begin as i128;
        let stride = self.stride as i128;
        let first = ((-offset).max(0) + stride - 1) / stride;
        let end = (self.fine as i128 - offset + stride - 1).div_euclid(stride);
        (first..end.min(self.coarse as i128))
            .map(move |j| (j as usize, (stride * j + offset) as usize))
    }

    /// Whether any output reads through a tap.
    pub(super) fn is_read(&self, tap: usize) -> bool {
        self.reads(tap).next().is_some()
    }

    /// Unknowns of `side` with the tap through which they meet, by the position of the other side where they meet.
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

/// For each unknown of an axis the unknowns that it meets, ascending, and the pairs of taps through which they do.
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
