//! One axis of a layer: its two lengths, and what each tap reads.

use super::runs::{Run, runs};
use crate::PaddingMode;

/// The fine length (what the forward reading of the kernel reads), the coarse one (what it writes), and the runs of
/// each tap.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub(super) fine: usize,
    pub(super) coarse: usize,
    pub(super) taps: Vec<Vec<Run>>,
}

/// Stride, dilation and padding at the beginning of one axis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    pub(super) stride: usize,
    pub(super) dilation: usize,
    pub(super) begin: usize,
}

impl Axis {
    /// An axis of one position and one tap.
    pub(super) fn trivial() -> Self {
        let run = Run {
            to: 0,
            from: 0,
            len: 1,
            step: 0,
        };
        Self {
            fine: 1,
            coarse: 1,
            taps: vec![vec![run]],
        }
    }

    pub(super) fn new(
        fine: usize,
        coarse: usize,
        size: usize,
        steps: Steps,
        mode: PaddingMode,
    ) -> Self {
        let offset = |tap| steps.dilation as i128 * tap as i128 - steps.begin as i128;
        let taps = (0..size)
            .map(|tap| runs(fine, coarse, steps.stride, offset(tap), mode))
            .collect();
        Self { fine, coarse, taps }
    }

    /// The fine position that coarse position `to` reads through a tap, if any.
    pub(super) fn source(&self, tap: usize, to: usize) -> Option<usize> {
        let runs = &self.taps[tap];
        let run = runs[..runs.partition_point(|run| run.to <= to)].last()?;
        (to < run.to + run.len).then(|| run.at(to - run.to))
    }
}

/// The number of taps of three axes, and the triple of taps at a row-major index.
pub(super) fn taps(axes: &[Axis; 3]) -> usize {
    axes.iter().map(|axis| axis.taps.len()).product()
}

pub(super) fn tap_at(axes: &[Axis; 3], mut index: usize) -> [usize; 3] {
    let mut tap = [0; 3];
    for (tap, axis) in tap.iter_mut().zip(axes).rev() {
        *tap = index % axis.taps.len();
        index /= axis.taps.len();
    }
    tap
}
