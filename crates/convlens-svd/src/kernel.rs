//! The weights of one linear layer, checked, and where they stand in the unfolded matrix.

use crate::error::SvdError;
use crate::geometry::Geometry;

/// The weights of a convolution (1-D, 2-D, 3-D) or of a dense layer, with its geometry.
///
/// # Conventions
/// Row-major `[c_out, c_in / groups, k_1, .., k_d]` (PyTorch's OIHW, ONNX). A dense layer is
/// `[c_out, c_in]`: the same with no spatial axis. A transposed convolution keeps its file's layout
/// `[c_in, c_out / groups, k_1, .., k_d]`. The layout comes from the file format; nothing here
/// guesses it from the shape.
///
/// # Example
/// ```
/// use convlens_svd::{ConvKernel, Geometry};
///
/// let sobel = [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0];
/// let geometry = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
/// let kernel = ConvKernel::new(sobel.to_vec(), &[1, 1, 3, 3], geometry)?;
/// assert_eq!((kernel.c_out(), kernel.c_in(), kernel.kernel_size()), (1, 1, &[3, 3][..]));
/// assert!(ConvKernel::from_slice(&[1.0, f64::NAN], &[1, 2]).is_err());
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ConvKernel {
    weights: Vec<f64>,
    shape: Vec<usize>,
    geometry: Geometry,
}

impl ConvKernel {
    /// Checks and takes weights, shape and geometry.
    ///
    /// # Errors
    /// [`SvdError::Rank`], [`SvdError::ZeroDimension`], [`SvdError::SizeOverflow`],
    /// [`SvdError::Length`], [`SvdError::NonFinite`], [`SvdError::Groups`],
    /// [`SvdError::GeometryDims`], [`SvdError::ZeroStep`], [`SvdError::OutputPadding`].
    pub fn new(weights: Vec<f64>, shape: &[usize], geometry: Geometry) -> Result<Self, SvdError> {
        if !(2..=5).contains(&shape.len()) {
            return Err(SvdError::Rank { rank: shape.len() });
        }
        if let Some(axis) = shape.iter().position(|&n| n == 0) {
            return Err(SvdError::ZeroDimension {
                axis,
                shape: shape.to_vec(),
            });
        }
        let expected = checked_product(shape)?;
        if weights.len() != expected {
            return Err(SvdError::Length {
                expected,
                got: weights.len(),
                shape: shape.to_vec(),
            });
        }
        geometry.check(shape.len() - 2)?;
        let groups = geometry.groups();
        if groups == 0 || !shape[0].is_multiple_of(groups) {
            return Err(SvdError::Groups {
                groups,
                channels: shape[0],
            });
        }
        if shape[1].checked_mul(groups).is_none() {
            return Err(SvdError::SizeOverflow {
                sizes: vec![shape[1], groups],
            });
        }
        if let Some(index) = weights.iter().position(|w| !w.is_finite()) {
            return Err(SvdError::NonFinite {
                index,
                value: weights[index],
            });
        }
        Ok(Self {
            weights,
            shape: shape.to_vec(),
            geometry,
        })
    }

    /// Copies weights of `f64`, of `f32` or of what else converts to `f64` exactly, under the
    /// default geometry of [`Geometry::new`]; a shape of two axes is a dense layer.
    ///
    /// # Errors
    /// As [`ConvKernel::new`].
    ///
    /// # Example
    /// ```
    /// use convlens_svd::ConvKernel;
    ///
    /// let kernel = ConvKernel::from_slice(&[0.5f32, -1.0, 2.0], &[1, 1, 3])?;
    /// assert_eq!(kernel.weights(), [0.5, -1.0, 2.0]);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn from_slice<A: Copy + Into<f64>>(
        weights: &[A],
        shape: &[usize],
    ) -> Result<Self, SvdError> {
        Self::new(
            weights.iter().map(|&w| w.into()).collect(),
            shape,
            Geometry::new(shape.len().saturating_sub(2)),
        )
    }

    /// The weights, row-major in [`ConvKernel::shape`].
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// The shape as given.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The geometry as given.
    pub fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Channels of the layer's output.
    pub fn c_out(&self) -> usize {
        if self.geometry.is_transposed() {
            self.shape[1] * self.groups()
        } else {
            self.shape[0]
        }
    }

    /// Channels of the layer's input, over all groups.
    pub fn c_in(&self) -> usize {
        if self.geometry.is_transposed() {
            self.shape[0]
        } else {
            self.shape[1] * self.groups()
        }
    }

    /// Spatial size of the kernel, `[k_1, .., k_d]`, before dilation; empty for a dense layer.
    pub fn kernel_size(&self) -> &[usize] {
        &self.shape[2..]
    }

    /// Number of spatial axes, 0 to 3.
    pub fn spatial_dims(&self) -> usize {
        self.shape.len() - 2
    }

    /// Number of channel groups.
    pub fn groups(&self) -> usize {
        self.geometry.groups()
    }

    /// True for a layer with no spatial axis.
    pub fn is_dense(&self) -> bool {
        self.shape.len() == 2
    }

    /// The weights tap by tap: one `c_out x c_in / g` matrix, row-major, for each of the
    /// `k_1 * .. * k_d` taps, the taps row-major (the last spatial axis runs fastest). These are
    /// the matrices whose spectra WeightWatcher pools for a convolution.
    ///
    /// A transposed kernel gives the same shape, its channel axes swapped within each group. A
    /// dense layer has one slice, its weights.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::ConvKernel;
    ///
    /// // Two filters of one channel and two taps.
    /// let kernel = ConvKernel::from_slice(&[1.0, 2.0, 3.0, 4.0], &[2, 1, 2])?;
    /// assert_eq!(kernel.slices(), [[1.0, 3.0], [2.0, 4.0]]);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    #[doc(alias = "weightwatcher")]
    pub fn slices(&self) -> Vec<Vec<f64>> {
        let taps = self.taps();
        (0..taps)
            .map(|tap| {
                let mut slice = Vec::with_capacity(self.weights.len() / taps);
                for group in 0..self.groups() {
                    let at = Unfolding::of(self, group);
                    for row in 0..at.rows {
                        let entry = |channel| self.weights[at.index(row, channel * taps + tap)];
                        slice.extend((0..at.channels).map(entry));
                    }
                }
                slice
            })
            .collect()
    }

    /// Number of taps, `k_1 * .. * k_d`.
    pub(crate) fn taps(&self) -> usize {
        self.kernel_size().iter().product()
    }
}

/// The product of sizes, refused where it or its bytes overflow.
pub(crate) fn checked_product(sizes: &[usize]) -> Result<usize, SvdError> {
    sizes
        .iter()
        .try_fold(1usize, |product, &n| product.checked_mul(n))
        .filter(|&product| product <= isize::MAX as usize / 16)
        .ok_or_else(|| SvdError::SizeOverflow {
            sizes: sizes.to_vec(),
        })
}

/// A kernel with other weights, refused where one left the range of `f64`.
pub(crate) fn with_weights(kernel: &ConvKernel, weights: Vec<f64>) -> Result<ConvKernel, SvdError> {
    if weights.iter().all(|w| w.is_finite()) {
        ConvKernel::new(weights, kernel.shape(), kernel.geometry().clone())
    } else {
        Err(SvdError::Overflow {
            what: "a weight of the edited kernel",
        })
    }
}

/// Where the entries of one group's unfolding stand in the kernel.
///
/// The matrix is `(c_out / g) x (c_in / g * taps)`, its column index `(channel, tap)` row-major. A
/// transposed kernel swaps the two channel axes within the group.
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Direction;

    #[test]
    fn faulty_kernels_are_refused_with_the_value_and_the_bound() {
        let k = |w: &[f64], shape: &[usize]| ConvKernel::from_slice(w, shape).unwrap_err();
        assert_eq!(k(&[1.0], &[1]), SvdError::Rank { rank: 1 });
        assert_eq!(k(&[1.0], &[1; 6]), SvdError::Rank { rank: 6 });
        assert_eq!(
            k(&[], &[2, 0, 3]),
            SvdError::ZeroDimension {
                axis: 1,
                shape: vec![2, 0, 3]
            }
        );
        assert!(matches!(
            k(&[1.0], &[usize::MAX, 2, 3]),
            SvdError::SizeOverflow { .. }
        ));
        assert_eq!(
            k(&[1.0], &[1, 2]),
            SvdError::Length {
                expected: 2,
                got: 1,
                shape: vec![1, 2]
            }
        );
        assert!(
            matches!(k(&[0.0, f64::NAN], &[1, 2]), SvdError::NonFinite { index: 1, value } if value.is_nan())
        );
        assert_eq!(
            k(&[f64::NEG_INFINITY, 0.0], &[1, 2]),
            SvdError::NonFinite {
                index: 0,
                value: f64::NEG_INFINITY
            }
        );
    }

    #[test]
    fn faulty_geometries_are_refused() {
        let k = |g: Geometry| ConvKernel::new(vec![1.0; 12], &[2, 2, 3], g).unwrap_err();
        let field = |field, got| SvdError::GeometryDims {
            field,
            expected: 1,
            got,
        };
        assert_eq!(k(Geometry::new(2)), field("spatial_dims", 2));
        assert_eq!(k(Geometry::new(1).with_stride(&[1, 1])), field("stride", 2));
        assert_eq!(k(Geometry::new(1).with_dilation(&[])), field("dilation", 0));
        assert_eq!(k(Geometry::new(1).with_padding(&[])), field("padding", 0));
        assert_eq!(
            k(Geometry::new(1).with_dilation(&[0])),
            SvdError::ZeroStep {
                field: "dilation",
                axis: 0
            }
        );
        for groups in [0, 3] {
            assert_eq!(
                k(Geometry::new(1).with_groups(groups)),
                SvdError::Groups {
                    groups,
                    channels: 2
                }
            );
        }
        let transposed = Direction::Transposed {
            output_padding: vec![],
        };
        assert_eq!(
            k(Geometry::new(1).with_direction(transposed)),
            field("output_padding", 0)
        );
    }

    #[test]
    fn transposed_channels_come_from_their_own_layout() {
        let g = Geometry::new(1)
            .with_groups(2)
            .with_direction(Direction::Transposed {
                output_padding: vec![0],
            });
        let kernel = ConvKernel::new(vec![1.0; 4 * 3 * 2], &[4, 3, 2], g).unwrap();
        assert_eq!((kernel.c_in(), kernel.c_out()), (4, 6));
    }

    #[test]
    fn slices_are_the_columns_of_the_unfoldings_tap_by_tap() {
        let weights: Vec<f64> = (0..4 * 3 * 6).map(f64::from).collect();
        let grouped = Geometry::new(2).with_groups(2);
        let transposed = grouped.clone().with_direction(Direction::Transposed {
            output_padding: vec![0, 0],
        });
        for geometry in [grouped, transposed] {
            let kernel = ConvKernel::new(weights.clone(), &[4, 3, 2, 3], geometry).unwrap();
            let slices = kernel.slices();
            assert_eq!(slices.len(), 6);
            let cols = kernel.c_in() / 2;
            for (tap, slice) in slices.iter().enumerate() {
                assert_eq!(slice.len(), kernel.c_out() * cols);
                for (row, entries) in slice.chunks_exact(cols).enumerate() {
                    let rows = kernel.c_out() / 2;
                    let at = Unfolding::of(&kernel, row / rows);
                    for (channel, w) in entries.iter().enumerate() {
                        let index = at.index(row % rows, channel * 6 + tap);
                        assert_eq!(*w, weights[index]);
                    }
                }
            }
        }
        // Forward: filter 1, channel 2, tap (0, 1).
        let forward = ConvKernel::from_slice(&weights, &[4, 3, 2, 3]).unwrap();
        assert_eq!(forward.slices()[1][3 + 2], weights[(3 + 2) * 6 + 1]);
    }
}
