//! How a kernel is laid over its input: stride, dilation, padding, groups, direction.

use crate::error::SvdError;

/// How the input is padded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PaddingMode {
    /// Zeros: the default, as in PyTorch and ONNX.
    #[default]
    Zeros,
    /// The input repeats periodically.
    Circular,
    /// The input is mirrored at its last sample, which is not repeated.
    Reflect,
    /// The last sample repeats.
    Replicate,
}

/// Which way the kernel maps.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Direction {
    /// A convolution, kernel layout `[c_out, c_in / groups, k_1, .., k_d]`: the default.
    #[default]
    Forward,
    /// A transposed convolution (the adjoint of a forward one), kernel layout
    /// `[c_in, c_out / groups, k_1, .., k_d]`.
    Transposed {
        /// Rows added at the end of each output axis; under the larger of stride and dilation.
        output_padding: Vec<usize>,
    },
}

/// Stride, dilation, padding, groups and direction of a convolution.
///
/// # Conventions
/// One entry per spatial axis, in the kernel's order. Padding is `(begin, end)`, in input samples;
/// for a transposed layer it is what the output loses at each end, as in PyTorch. The layer is the
/// cross-correlation that frameworks call convolution:
/// `y[j] = sum_p W[p] x[s j + dilation p - begin]`.
///
/// Setters only store. The whole is checked once, by [`ConvKernel::new`](crate::ConvKernel::new)
/// and by [`Geometry::output_size`].
///
/// # Example
/// ```
/// use convlens_svd::Geometry;
///
/// let geometry = Geometry::new(2).with_stride(&[2, 2]).with_padding(&[(1, 1), (1, 1)]);
/// assert_eq!(geometry.output_size(&[3, 3], &[32, 32])?, [16, 16]);
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Geometry {
    spatial_dims: usize,
    stride: Vec<usize>,
    dilation: Vec<usize>,
    padding: Vec<(usize, usize)>,
    padding_mode: PaddingMode,
    groups: usize,
    direction: Direction,
}

impl Geometry {
    /// The geometry of `torch.nn.ConvNd` with its defaults: stride 1, dilation 1, no padding, zeros
    /// outside, one group, forward.
    pub fn new(spatial_dims: usize) -> Self {
        Self {
            spatial_dims,
            stride: vec![1; spatial_dims],
            dilation: vec![1; spatial_dims],
            padding: vec![(0, 0); spatial_dims],
            padding_mode: PaddingMode::Zeros,
            groups: 1,
            direction: Direction::Forward,
        }
    }

    /// Sets the stride of each spatial axis (default 1).
    #[must_use]
    pub fn with_stride(mut self, stride: &[usize]) -> Self {
        self.stride = stride.to_vec();
        self
    }

    /// Sets the dilation of each spatial axis (default 1: taps are neighbors).
    #[must_use]
    pub fn with_dilation(mut self, dilation: &[usize]) -> Self {
        self.dilation = dilation.to_vec();
        self
    }

    /// Sets the padding `(begin, end)` of each spatial axis (default none).
    #[must_use]
    pub fn with_padding(mut self, padding: &[(usize, usize)]) -> Self {
        self.padding = padding.to_vec();
        self
    }

    /// Sets what the padding holds (default zeros).
    #[must_use]
    pub fn with_padding_mode(mut self, padding_mode: PaddingMode) -> Self {
        self.padding_mode = padding_mode;
        self
    }

    /// Sets the number of channel groups (default 1).
    #[must_use]
    pub fn with_groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }

    /// Sets the direction (default forward).
    #[must_use]
    pub fn with_direction(mut self, direction: Direction) -> Self {
        self.direction = direction;
        self
    }

    /// Number of spatial axes; 0 for a dense layer.
    pub fn spatial_dims(&self) -> usize {
        self.spatial_dims
    }

    /// Stride of each spatial axis.
    pub fn stride(&self) -> &[usize] {
        &self.stride
    }

    /// Dilation of each spatial axis.
    pub fn dilation(&self) -> &[usize] {
        &self.dilation
    }

    /// Padding `(begin, end)` of each spatial axis.
    pub fn padding(&self) -> &[(usize, usize)] {
        &self.padding
    }

    /// What the padding holds.
    pub fn padding_mode(&self) -> PaddingMode {
        self.padding_mode
    }

    /// Number of channel groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Forward or transposed.
    pub fn direction(&self) -> &Direction {
        &self.direction
    }

    /// True for a transposed convolution.
    pub fn is_transposed(&self) -> bool {
        matches!(self.direction, Direction::Transposed { .. })
    }

    /// Spatial size of the layer's output for a kernel and an input grid.
    ///
    /// Forward, per axis: `floor((n + begin + end - dilation (k - 1) - 1) / s) + 1`. Transposed:
    /// `(n - 1) s - begin - end + dilation (k - 1) + output_padding + 1`. Both as PyTorch documents
    /// them.
    ///
    /// # Errors
    /// [`SvdError::GridDims`], [`SvdError::ZeroGrid`], [`SvdError::GeometryDims`],
    /// [`SvdError::ZeroStep`], [`SvdError::OutputPadding`], [`SvdError::EmptyOutput`] and
    /// [`SvdError::SizeOverflow`].
    pub fn output_size(
        &self,
        kernel_size: &[usize],
        grid: &[usize],
    ) -> Result<Vec<usize>, SvdError> {
        self.check(kernel_size.len())?;
        check_grid(self.spatial_dims, grid)?;
        (0..grid.len())
            .map(|axis| self.output_axis(axis, kernel_size[axis], grid[axis]))
            .collect()
    }

    fn output_axis(&self, axis: usize, k: usize, n: usize) -> Result<usize, SvdError> {
        let (begin, end) = self.padding[axis];
        let (stride, dilation) = (self.stride[axis], self.dilation[axis]);
        let overflow = || SvdError::SizeOverflow {
            sizes: vec![n, stride, dilation, k],
        };
        let extent = dilation
            .checked_mul(k.saturating_sub(1))
            .and_then(|d| d.checked_add(1))
            .ok_or_else(overflow)?;
        let cut = begin.checked_add(end).ok_or_else(overflow)?;
        match &self.direction {
            Direction::Forward => {
                let padded = n.checked_add(cut).ok_or_else(overflow)?;
                let room = padded.checked_sub(extent);
                Ok(room.ok_or(SvdError::EmptyOutput {
                    axis,
                    padded,
                    extent,
                })? / stride
                    + 1)
            }
            Direction::Transposed { output_padding } => {
                let full = (n - 1)
                    .checked_mul(stride)
                    .and_then(|v| v.checked_add(extent))
                    .and_then(|v| v.checked_add(output_padding[axis]))
                    .ok_or_else(overflow)?;
                let out = full.checked_sub(cut).filter(|&out| out > 0);
                out.ok_or(SvdError::EmptyOutput {
                    axis,
                    padded: full,
                    extent: cut.saturating_add(1),
                })
            }
        }
    }

    /// Checks the fields against each other and against the number of spatial axes of a kernel.
    pub(crate) fn check(&self, spatial_dims: usize) -> Result<(), SvdError> {
        let dims = |field, got| {
            if got == spatial_dims {
                Ok(())
            } else {
                Err(SvdError::GeometryDims {
                    field,
                    expected: spatial_dims,
                    got,
                })
            }
        };
        dims("spatial_dims", self.spatial_dims)?;
        dims("stride", self.stride.len())?;
        dims("dilation", self.dilation.len())?;
        dims("padding", self.padding.len())?;
        for (field, steps) in [("stride", &self.stride), ("dilation", &self.dilation)] {
            if let Some(axis) = steps.iter().position(|&step| step == 0) {
                return Err(SvdError::ZeroStep { field, axis });
            }
        }
        if let Direction::Transposed { output_padding } = &self.direction {
            dims("output_padding", output_padding.len())?;
            for (axis, &value) in output_padding.iter().enumerate() {
                let bound = self.stride[axis].max(self.dilation[axis]);
                if value >= bound {
                    return Err(SvdError::OutputPadding { axis, value, bound });
                }
            }
        }
        Ok(())
    }
}

/// Checks that a grid has the kernel's spatial axes and no empty one.
pub(crate) fn check_grid(spatial_dims: usize, grid: &[usize]) -> Result<(), SvdError> {
    if grid.len() != spatial_dims {
        return Err(SvdError::GridDims {
            expected: spatial_dims,
            got: grid.len(),
        });
    }
    match grid.iter().position(|&n| n == 0) {
        Some(axis) => Err(SvdError::ZeroGrid { axis }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_sizes_follow_pytorch() {
        // torch.nn.Conv1d(1, 1, 4, stride=3, padding=2, dilation=2) on 17 samples gives 5.
        let g = Geometry::new(1)
            .with_stride(&[3])
            .with_padding(&[(2, 2)])
            .with_dilation(&[2]);
        assert_eq!(g.output_size(&[4], &[17]), Ok(vec![5]));
        // torch.nn.ConvTranspose1d(1, 1, 3, stride=2, padding=1, output_padding=1) on 5 gives 10.
        let t = Direction::Transposed {
            output_padding: vec![1],
        };
        let g = Geometry::new(1)
            .with_stride(&[2])
            .with_padding(&[(1, 1)])
            .with_direction(t);
        assert_eq!(g.output_size(&[3], &[5]), Ok(vec![10]));
        assert_eq!(Geometry::new(0).output_size(&[], &[]), Ok(vec![]));
    }

    #[test]
    fn impossible_sizes_are_typed() {
        let g = Geometry::new(1);
        assert_eq!(
            g.output_size(&[5], &[3]),
            Err(SvdError::EmptyOutput {
                axis: 0,
                padded: 3,
                extent: 5
            })
        );
        assert_eq!(
            g.output_size(&[3], &[0]),
            Err(SvdError::ZeroGrid { axis: 0 })
        );
        assert_eq!(
            g.output_size(&[3], &[3, 3]),
            Err(SvdError::GridDims {
                expected: 1,
                got: 2
            })
        );
        let huge = Geometry::new(1).with_dilation(&[usize::MAX]);
        assert!(matches!(
            huge.output_size(&[3], &[3]),
            Err(SvdError::SizeOverflow { .. })
        ));
        let bad = Geometry::new(1).with_direction(Direction::Transposed {
            output_padding: vec![1],
        });
        assert_eq!(
            bad.output_size(&[3], &[3]),
            Err(SvdError::OutputPadding {
                axis: 0,
                value: 1,
                bound: 1
            })
        );
    }
}
