//! `ndarray` 0.17.

use crate::{ConvKernel, Geometry, SvdError};
use ::ndarray::{ArrayD, ArrayViewD};

/// Copies an array of any memory layout under the default geometry of [`Geometry::new`].
impl TryFrom<&ArrayViewD<'_, f64>> for ConvKernel {
    type Error = SvdError;

    fn try_from(array: &ArrayViewD<'_, f64>) -> Result<Self, SvdError> {
        let geometry = Geometry::new(array.ndim().saturating_sub(2));
        Self::from_ndarray(array, geometry)
    }
}

/// The same for single precision, exactly.
impl TryFrom<&ArrayViewD<'_, f32>> for ConvKernel {
    type Error = SvdError;

    fn try_from(array: &ArrayViewD<'_, f32>) -> Result<Self, SvdError> {
        let geometry = Geometry::new(array.ndim().saturating_sub(2));
        Self::from_ndarray(array, geometry)
    }
}

impl ConvKernel {
    /// Copies an array of `f64`, of `f32` or of what else converts to `f64` exactly, in any memory layout; its axes are
    /// those of [`ConvKernel::new`]'s shape. Needs the feature `ndarray`.
    ///
    /// # Errors
    /// As [`ConvKernel::new`].
    pub fn from_ndarray<A: Copy + Into<f64>>(
        array: &ArrayViewD<'_, A>,
        geometry: Geometry,
    ) -> Result<Self, SvdError> {
        let weights = array.iter().map(|&w| w.into());
        Self::new(weights.collect(), array.shape(), geometry)
    }

    /// The weights as an array of the kernel's shape. Needs the feature `ndarray`.
    pub fn to_ndarray(&self) -> ArrayD<f64> {
        let mut weights = self.weights().iter();
        // Elements are asked for in row-major order, and there are as many as the shape says.
        ArrayD::from_shape_simple_fn(self.shape(), || weights.next().copied().unwrap_or(0.0))
    }

    /// The weights as an array of `f32` of the kernel's shape, rounded to nearest. Needs the feature `ndarray`.
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
