//! Between a kernel's own layout and the unfolded matrix of one group.

use crate::{ConvKernel, Geometry};

/// Where the entries of one group's unfolding stand in the kernel.
///
/// The matrix is `(c_out / g) x (c_in / g * taps)`, its column index `(channel, tap)` row-major. A transposed kernel
/// swaps the two channel axes within the group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Unfolding {
    /// First row of the kernel's first axis that belongs to the group.
    first: usize,
    /// Rows of the matrix: `c_out / g`.
    pub(crate) rows: usize,
    /// `c_in / g`.
    pub(crate) channels: usize,
    taps: usize,
    transposed: bool,
}

impl Unfolding {
    pub(crate) fn of(kernel: &ConvKernel, group: usize) -> Self {
        Self::of_shape(kernel.shape(), kernel.geometry(), group)
    }

    /// For a shape and geometry that a [`ConvKernel`] has accepted.
    pub(crate) fn of_shape(shape: &[usize], geometry: &Geometry, group: usize) -> Self {
        let transposed = geometry.is_transposed();
        let first_axis = shape[0] / geometry.groups();
        let (rows, channels) = if transposed {
            (shape[1], first_axis)
        } else {
            (first_axis, shape[1])
        };
        Self {
            first: group * first_axis,
            rows,
            channels,
            taps: shape[2..].iter().product(),
            transposed,
        }
    }

    pub(crate) fn cols(&self) -> usize {
        self.channels * self.taps
    }

    /// Row-major index into the kernel's weights of entry `(row, col)`.
    pub(crate) fn index(&self, row: usize, col: usize) -> usize {
        let (channel, tap) = (col / self.taps, col % self.taps);
        if self.transposed {
            ((self.first + channel) * self.rows + row) * self.taps + tap
        } else {
            ((self.first + row) * self.channels + channel) * self.taps + tap
        }
    }
}
