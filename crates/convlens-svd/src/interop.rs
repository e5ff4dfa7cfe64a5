//! Conversions from and to other crates' arrays, each behind its feature.

/// `ndarray` 0.17.
#[cfg(feature = "ndarray")]
mod ndarray {
    use crate::error::SvdError;
    use crate::geometry::Geometry;
    use crate::kernel::ConvKernel;
    use ::ndarray::{ArrayBase, ArrayD, ArrayRef, Data, Dimension};

    /// Copies an array of any memory layout under the default geometry of [`Geometry::new`].
    impl<A, D> TryFrom<&ArrayRef<A, D>> for ConvKernel
    where
        A: Copy + Into<f64>,
        D: Dimension,
    {
        type Error = SvdError;

        fn try_from(array: &ArrayRef<A, D>) -> Result<Self, SvdError> {
            let geometry = Geometry::new(array.ndim().saturating_sub(2));
            Self::from_ndarray(array, geometry)
        }
    }

    /// The same for owned arrays, views and shared ones.
    impl<S, A, D> TryFrom<&ArrayBase<S, D>> for ConvKernel
    where
        S: Data<Elem = A>,
        A: Copy + Into<f64>,
        D: Dimension,
    {
        type Error = SvdError;

        fn try_from(array: &ArrayBase<S, D>) -> Result<Self, SvdError> {
            let array: &ArrayRef<A, D> = array;
            Self::try_from(array)
        }
    }

    impl ConvKernel {
        /// Copies an array of `f64`, of `f32` or of what else converts to `f64` exactly, in any
        /// memory layout: owned, a view, or a reference; its axes are those of
        /// [`ConvKernel::new`]'s shape. Needs the feature `ndarray`.
        ///
        /// # Errors
        /// As [`ConvKernel::new`].
        ///
        /// # Example
        /// ```
        /// use convlens_svd::{ConvKernel, Geometry};
        /// use ndarray::{Array4, s};
        ///
        /// let array = Array4::<f32>::ones((2, 1, 3, 3));
        /// let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
        /// let kernel = ConvKernel::from_ndarray(&array, same)?;
        /// assert_eq!(kernel.shape(), [2, 1, 3, 3]);
        /// // One filter, one row of it.
        /// let row = ConvKernel::try_from(&array.slice(s![..1, .., 1, ..]))?;
        /// assert_eq!(row.shape(), [1, 1, 3]);
        /// # Ok::<(), convlens_svd::SvdError>(())
        /// ```
        pub fn from_ndarray<A, D>(
            array: &ArrayRef<A, D>,
            geometry: Geometry,
        ) -> Result<Self, SvdError>
        where
            A: Copy + Into<f64>,
            D: Dimension,
        {
            let weights = array.iter().map(|&w| w.into());
            Self::new(weights.collect(), array.shape(), geometry)
        }

        /// The weights as an array of the kernel's shape. Needs the feature `ndarray`.
        pub fn to_ndarray(&self) -> ArrayD<f64> {
            let mut weights = self.weights().iter();
            // Elements are asked for in row-major order, and there are as many as the shape says.
            ArrayD::from_shape_simple_fn(self.shape(), || weights.next().copied().unwrap_or(0.0))
        }

        /// The weights as an array of `f32` of the kernel's shape, rounded to nearest. Needs the
        /// feature `ndarray`.
        ///
        /// # Errors
        /// [`SvdError::Overflow`] where a weight exceeds the range of `f32`.
        pub fn to_ndarray_f32(&self) -> Result<ArrayD<f32>, SvdError> {
            let array = self.to_ndarray().mapv(|w| w as f32);
            if array.iter().all(|w| w.is_finite()) {
                Ok(array)
            } else {
                Err(SvdError::Overflow {
                    what: "a weight in single precision",
                })
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use ::ndarray::{Array, Axis};

        #[test]
        fn any_memory_layout_gives_row_major_weights() {
            let array = Array::from_iter((0..12).map(f64::from))
                .into_shape_with_order((2, 2, 3))
                .unwrap();
            let mut turned = array.clone().into_dyn();
            turned.swap_axes(0, 1);
            turned.invert_axis(Axis(2));
            let kernel = ConvKernel::try_from(&turned.view()).unwrap();
            assert_eq!(kernel.weights()[..6], [2.0, 1.0, 0.0, 8.0, 7.0, 6.0]);
            // Owned, of a fixed number of axes, and a reference give the same as a view.
            let owned = ConvKernel::from_ndarray(&array, Geometry::new(1)).unwrap();
            assert_eq!(ConvKernel::try_from(&array).unwrap(), owned);
            assert_eq!(ConvKernel::try_from(&array.view()).unwrap(), owned);
            assert_eq!(ConvKernel::try_from(&*array).unwrap(), owned);
            assert_eq!(kernel.to_ndarray(), turned);
        }

        #[test]
        fn single_precision_goes_both_ways() {
            let array = Array::from_vec(vec![0.1f32, -2.5])
                .into_shape_with_order((1, 2))
                .unwrap()
                .into_dyn();
            let kernel = ConvKernel::try_from(&array.view()).unwrap();
            assert_eq!(kernel.weights(), [f64::from(0.1f32), -2.5]);
            assert_eq!(kernel.to_ndarray_f32().unwrap(), array);
            let large = ConvKernel::from_slice(&[1e39], &[1, 1]).unwrap();
            assert!(matches!(
                large.to_ndarray_f32(),
                Err(SvdError::Overflow { .. })
            ));
        }
    }
}

/// `faer` 0.24: dense layers and unfoldings.
#[cfg(feature = "faer")]
mod faer {
    use crate::error::SvdError;
    use crate::geometry::Geometry;
    use crate::kernel::ConvKernel;
    use crate::kernel::{Unfolding, checked_product};
    use ::faer::{Mat, MatRef};

    /// Copies a `c_out x c_in` matrix as a dense layer.
    impl TryFrom<MatRef<'_, f64>> for ConvKernel {
        type Error = SvdError;

        fn try_from(matrix: MatRef<'_, f64>) -> Result<Self, SvdError> {
            Self::from_faer(&[matrix], &[], Geometry::new(0))
        }
    }

    impl ConvKernel {
        /// Copies the unfoldings of a layer's groups, `c_out / g x (c_in / g * prod k)` each: the
        /// inverse of [`ConvKernel::to_faer`]. Needs the feature `faer`.
        ///
        /// Rows are output channels, columns are `(input channel, tap)` row-major, also where the
        /// geometry is transposed (the kernel then gets its own layout, `[c_in, c_out / g, k..]`).
        ///
        /// # Errors
        /// [`SvdError::FieldLength`] unless there is one matrix for each group,
        /// [`SvdError::Unsupported`] for matrices of unequal shapes or whose columns the taps do
        /// not divide, and those of [`ConvKernel::new`].
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

        /// The unfolding of each group, `c_out / g x (c_in / g * prod k)`; a dense layer of one
        /// group gives its matrix. Needs the feature `faer`.
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
        use crate::geometry::Direction;

        #[test]
        fn grouped_and_transposed_kernels_come_back() {
            let weights: Vec<f64> = (0..4 * 3 * 2).map(f64::from).collect();
            let grouped = Geometry::new(1).with_groups(2).with_stride(&[3]);
            let transposed = grouped.clone().with_direction(Direction::Transposed {
                output_padding: vec![1],
            });
            for (geometry, unfolded) in [(grouped, (2, 6)), (transposed, (3, 4))] {
                let kernel =
                    ConvKernel::new(weights.clone(), &[4, 3, 2], geometry.clone()).unwrap();
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
}

/// `candle-core` 0.11.
#[cfg(feature = "candle")]
mod candle {
    use crate::error::{ConversionError, SvdError};
    use crate::geometry::Geometry;
    use crate::kernel::ConvKernel;
    use candle_core::{DType, Device, Error, Tensor};
    use half::{bf16, f16};

    impl ConvKernel {
        /// Copies a tensor of type `f64`, `f32`, `f16` or `bf16` on any device and in any memory
        /// layout; its axes are those of [`ConvKernel::new`]'s shape. Needs the feature `candle`.
        ///
        /// # Errors
        /// [`SvdError::Unsupported`] for other types, [`SvdError::Interop`] if candle cannot copy
        /// the tensor, and those of [`ConvKernel::new`].
        ///
        /// # Example
        /// ```
        /// use candle_core::{DType, Device, Tensor};
        /// use convlens_svd::{ConvKernel, Geometry};
        ///
        /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
        /// let tensor = Tensor::from_vec(vec![0.5f32, -1.0, 2.0], (1, 1, 3), &Device::Cpu)?;
        /// let kernel = ConvKernel::from_candle(&tensor, Geometry::new(1))?;
        /// assert_eq!(kernel.weights(), [0.5, -1.0, 2.0]);
        /// let half = kernel.to_candle(DType::BF16, &Device::Cpu)?;
        /// assert_eq!(ConvKernel::from_candle(&half, Geometry::new(1))?, kernel);
        /// # Ok(())
        /// # }
        /// ```
        pub fn from_candle(tensor: &Tensor, geometry: Geometry) -> Result<Self, SvdError> {
            let supported = [DType::F64, DType::F32, DType::F16, DType::BF16];
            if !supported.contains(&tensor.dtype()) {
                return Err(SvdError::Unsupported {
                    operation: "a kernel from a candle tensor",
                    what: "types other than f64, f32, f16 and bf16",
                });
            }
            // On the CPU first: not every device has f64.
            let copy = tensor.to_device(&Device::Cpu).and_then(|t| {
                t.to_dtype(DType::F64)?
                    .contiguous()?
                    .flatten_all()?
                    .to_vec1::<f64>()
            });
            Self::new(copy.map_err(refused)?, tensor.dims(), geometry)
        }

        /// The weights as a tensor of the kernel's shape, rounded to nearest. Needs the feature
        /// `candle`.
        ///
        /// # Errors
        /// [`SvdError::Unsupported`] for types other than `f64`, `f32`, `f16` and `bf16`,
        /// [`SvdError::Overflow`] where a weight exceeds the range of the type,
        /// [`SvdError::Interop`] if candle cannot make the tensor.
        pub fn to_candle(&self, dtype: DType, device: &Device) -> Result<Tensor, SvdError> {
            let (w, shape) = (self.weights().iter(), self.shape());
            let tensor = match dtype {
                DType::F64 => Tensor::from_vec(self.weights().to_vec(), shape, device),
                DType::F32 => {
                    let w = in_range(w.map(|&w| w as f32), f32::is_finite)?;
                    Tensor::from_vec(w, shape, device)
                }
                DType::F16 => {
                    let w = in_range(w.map(|&w| f16::from_f64(w)), f16::is_finite)?;
                    Tensor::from_vec(w, shape, device)
                }
                DType::BF16 => {
                    let w = in_range(w.map(|&w| bf16::from_f64(w)), bf16::is_finite)?;
                    Tensor::from_vec(w, shape, device)
                }
                _ => {
                    return Err(SvdError::Unsupported {
                        operation: "a candle tensor of a kernel",
                        what: "types other than f64, f32, f16 and bf16",
                    });
                }
            };
            tensor.map_err(refused)
        }
    }

    fn in_range<T: Copy>(
        weights: impl Iterator<Item = T>,
        is_finite: impl Fn(T) -> bool,
    ) -> Result<Vec<T>, SvdError> {
        let what = "a weight in the tensor's type";
        weights
            .map(|w| is_finite(w).then_some(w).ok_or(SvdError::Overflow { what }))
            .collect()
    }

    fn refused(error: Error) -> SvdError {
        SvdError::Interop {
            library: "candle",
            source: ConversionError::new(error),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        const TYPES: [DType; 4] = [DType::F64, DType::F32, DType::F16, DType::BF16];

        #[test]
        fn every_float_type_and_memory_layout_comes_back() {
            // Multiples of 1/4 under 8: exact in every type.
            let weights: Vec<f64> = (0..12).map(|i| f64::from(i) / 4.0 - 1.0).collect();
            let kernel = ConvKernel::from_slice(&weights, &[2, 2, 3]).unwrap();
            for dtype in TYPES {
                let tensor = kernel.to_candle(dtype, &Device::Cpu).unwrap();
                assert_eq!((tensor.dtype(), tensor.dims()), (dtype, &[2, 2, 3][..]));
                let back = ConvKernel::from_candle(&tensor, Geometry::new(1)).unwrap();
                assert_eq!(back, kernel);
                let turned = tensor.transpose(0, 2).unwrap();
                let turned = ConvKernel::from_candle(&turned, Geometry::new(1)).unwrap();
                assert_eq!(turned.shape(), [3, 2, 2]);
                assert_eq!(turned.weights()[..4], [-1.0, 0.5, -0.25, 1.25]);
            }
        }

        #[test]
        fn other_types_and_weights_out_of_range_are_typed() {
            let integers = Tensor::from_vec(vec![1u32, 2], (1, 2), &Device::Cpu).unwrap();
            let refused = ConvKernel::from_candle(&integers, Geometry::new(0));
            assert!(matches!(refused, Err(SvdError::Unsupported { .. })));
            let large = ConvKernel::from_slice(&[1.0, 1e39], &[1, 2]).unwrap();
            for dtype in &TYPES[1..] {
                let found = large.to_candle(*dtype, &Device::Cpu);
                assert!(matches!(found, Err(SvdError::Overflow { .. })));
            }
            let found = large.to_candle(DType::U8, &Device::Cpu);
            assert!(matches!(found, Err(SvdError::Unsupported { .. })));
            let nan = Tensor::from_vec(vec![f32::NAN], (1, 1), &Device::Cpu).unwrap();
            let found = ConvKernel::from_candle(&nan, Geometry::new(0));
            assert!(matches!(found, Err(SvdError::NonFinite { index: 0, .. })));
        }
    }
}
