//! The layout of a symbol: which weights of a kernel stand where in it. All that decomposes,
//! applies or clips symbols takes it from here.

use super::frequency::unravel;
use crate::kernel::ConvKernel;

/// The layout of a kernel's symbol in its stored, forward reading (a transposed layer is the
/// adjoint of that and has the same singular values).
///
/// The layer reads input positions `s j + x`, `x` the offset of a tap. Written as `x = s q + a`
/// with the phase `0 <= a < s`, it is a stride-1 convolution of the `s^d` phase images: the tap
/// stands at the position `q` of the coarse grid, in the columns of its phase. Phases without a tap
/// have no columns here.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Layout {
    pub(crate) groups: usize,
    /// Rows of a group's symbol.
    pub(crate) rows: usize,
    /// Channels of the fine side, per group.
    pub(crate) channels: usize,
    /// Phases that hold a tap, ascending.
    pub(crate) phases: Vec<Vec<usize>>,
    /// Where each tap stands, taps row-major.
    pub(crate) places: Vec<Place>,
}

/// Where a tap stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// Position on the coarse grid.
    pub(crate) position: Vec<usize>,
    /// Index among the phases that hold a tap.
    pub(crate) slot: usize,
}

impl Layout {
    /// On a fine grid that the stride divides, offsets counted from the first tap: the padding
    /// turns phases only. Taps wrap modulo the grid.
    pub(crate) fn wrapped(kernel: &ConvKernel, fine: &[usize]) -> Self {
        let dilation = kernel.geometry().dilation();
        Self::new(kernel, kernel.geometry().stride(), |axis, p| {
            (dilation[axis] as u128 * p as u128 % fine[axis] as u128) as usize
        })
    }

    /// The same with the padding at the beginning, as PyTorch defines the layer.
    pub(crate) fn padded(kernel: &ConvKernel, fine: &[usize]) -> Self {
        let geometry = kernel.geometry();
        Self::new(kernel, geometry.stride(), |axis, p| {
            let begin = geometry.padding()[axis].0 as i128;
            let offset = geometry.dilation()[axis] as i128 * p as i128 - begin;
            offset.rem_euclid(fine[axis] as i128) as usize
        })
    }

    /// On the infinite grid, with a given stride and dilation 1.
    pub(crate) fn unbounded(kernel: &ConvKernel, stride: &[usize]) -> Self {
        Self::new(kernel, stride, |_, p| p)
    }

    fn new(kernel: &ConvKernel, stride: &[usize], offset: impl Fn(usize, usize) -> usize) -> Self {
        let split = |tap: usize| -> (Vec<usize>, Vec<usize>) {
            let at = unravel(tap, kernel.kernel_size());
            let axes = at.iter().enumerate().zip(stride);
            axes.map(|((axis, &p), &s)| (offset(axis, p) / s, offset(axis, p) % s))
                .unzip()
        };
        let split: Vec<_> = (0..kernel.taps()).map(split).collect();
        let mut phases: Vec<Vec<usize>> = split.iter().map(|(_, phase)| phase.clone()).collect();
        phases.sort();
        phases.dedup();
        let place = |(position, phase)| Place {
            position,
            slot: phases.partition_point(|p| *p < phase),
        };
        Self {
            groups: kernel.groups(),
            rows: kernel.shape()[0] / kernel.groups(),
            channels: kernel.shape()[1],
            places: split.into_iter().map(place).collect(),
            phases,
        }
    }

    /// Row-major index into the kernel's weights.
    pub(crate) fn weight(&self, group: usize, row: usize, channel: usize, tap: usize) -> usize {
        ((group * self.rows + row) * self.channels + channel) * self.places.len() + tap
    }
}
