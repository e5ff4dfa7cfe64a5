//! `faer` 0.24: dense layers and unfoldings.

use crate::kernel::checked_product;
use crate::unfolding::Unfolding;
use crate::{ConvKernel, Geometry, SvdError};
use ::faer::{Mat, MatRef};

/// Copies a `c_out x c_in` matrix as a dense layer.
impl TryFrom<MatRef<'_, f64>> for ConvKernel {
    type Error = SvdError;

    fn try_from(matrix: MatRef<'_, f64>) -> Result<Self, SvdError> {
        Self::from_faer(&[matrix], &[], Geometry::new(0))
    }
}

impl ConvKernel {
    /// Copies the unfoldings of a layer's groups, `c_out / g x (c_in / g * prod k)` each: the inverse of
    /// [`ConvKernel::to_faer`]. Needs the feature `faer`.
    ///
    /// Rows are output channels, columns are `(input channel, tap)` row-major, also where the geometry is transposed (the
    /// kernel then gets its own layout, `[c_in, c_out / g, k..]`).
    ///
    /// # Errors
    /// [`SvdError::FieldLength`] unless there is one matrix for each group, [`SvdError::Unsupported`] for matrices of
    /// unequal shapes or whose columns the taps do not divide, and those of [`ConvKernel::new`].
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, Geometry};
    ///
    /// // Two filters of one channel and two taps.
    /// let kernel = ConvKernel::from_slice(&[1.0, 2.0, 3.0, 4.0], &[2, 1, 2])?;
    /// let matrices = kernel.to_faer();
    /// assert_eq!(matrices[0][(1, 0)], 3.0);
    /// let back = ConvKernel::from_faer(&[matrices[0].as_ref()], &[2], Geometry::new(1))?;
    /// assert_eq!(back, kernel);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn from_faer(
        groups: &[MatRef<'_, f64>],
        kernel_size: &[usize],
        geometry: Geometry,
    ) -> Result<Self, SvdError> {
        let refuse = |what| {
            let operation = "a kernel from unfoldings";
            Err(SvdError::Unsupported { operation, what })
        };
        if groups.is_empty() || groups.len() != geometry.groups() {
            return Err(SvdError::FieldLength {
                field: "groups",
                expected: geometry.groups(),
                got: groups.len(),
            });
        }
        let (rows, cols) = groups[0].shape();
        let taps = checked_product(kernel_size)?;
        if groups.iter().any(|m| m.shape() != (rows, cols)) {
            return refuse("groups of unequal shapes");
        }
        if taps == 0 || !cols.is_multiple_of(taps) {
            return refuse("columns that the taps do not divide");
        }
        let channels = cols / taps;
        let (first, second) = if geometry.is_transposed() {
            (channels, rows)
        } else {
            (rows, channels)
        };
        let mut shape = vec![checked_product(&[first, groups.len()])?, second];
        shape.extend_from_slice(kernel_size);
        let mut weights = vec![0.0; checked_product(&shape)?];
        for (g, matrix) in groups.iter().enumerate() {
            let at = Unfolding::of_shape(&shape, &geometry, g);
            for row in 0..rows {
                for col in 0..cols {
                    weights[at.index(row, col)] = matrix[(row, col)];
                }
            }
        }
        Self::new(weights, &shape, geometry)
    }

    /// The unfolding of each group, `c_out / g x (c_in / g * prod k)`; a dense layer of one group gives its matrix. Needs
    /// the feature `faer`.
    pub fn to_faer(&self) -> Vec<Mat<f64>> {
        (0..self.groups())
            .map(|g| {
                let at = Unfolding::of(self, g);
                Mat::from_fn(at.rows, at.cols(), |i, j| self.weights()[at.index(i, j)])
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Direction;

    #[test]
    fn grouped_and_transposed_kernels_come_back() {
        let weights: Vec<f64> = (0..4 * 3 * 2).map(f64::from).collect();
        let grouped = Geometry::new(1).with_groups(2).with_stride(&[3]);
        let transposed = grouped.clone().with_direction(Direction::Transposed {
            output_padding: vec![1],
        });
        for (geometry, unfolded) in [(grouped, (2, 6)), (transposed, (3, 4))] {
            let kernel = ConvKernel::new(weights.clone(), &[4, 3, 2], geometry.clone()).unwrap();
            let matrices = kernel.to_faer();
            assert!(matrices.len() == 2 && matrices.iter().all(|m| m.shape() == unfolded));
            let views: Vec<_> = matrices.iter().map(Mat::as_ref).collect();
            let back = ConvKernel::from_faer(&views, &[2], geometry.clone()).unwrap();
            assert_eq!(back, kernel);
            let one = ConvKernel::from_faer(&views[..1], &[2], geometry.clone());
            assert!(matches!(one, Err(SvdError::FieldLength { got: 1, .. })));
            let five = ConvKernel::from_faer(&views, &[5], geometry);
            assert!(matches!(five, Err(SvdError::Unsupported { .. })));
        }
    }

    #[test]
    fn a_matrix_is_a_dense_layer() {
        let matrix = Mat::from_fn(2, 3, |i, j| (3 * i + j) as f64);
        let kernel = ConvKernel::try_from(matrix.as_ref()).unwrap();
        assert_eq!(kernel.shape(), [2, 3]);
        assert_eq!(kernel.weights(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(kernel.to_faer(), [matrix]);
        let turned = ConvKernel::try_from(kernel.to_faer()[0].transpose()).unwrap();
        assert_eq!(turned.weights(), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]);
        let empty = ConvKernel::try_from(Mat::<f64>::zeros(0, 3).as_ref());
        assert!(matches!(empty, Err(SvdError::ZeroDimension { .. })));
    }
}
