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

impl ConvKernel {
    /// Copies an array of any memory layout; its axes are those of [`ConvKernel::new`]'s shape. Needs the feature
    /// `ndarray`.
    ///
    /// # Errors
    /// As [`ConvKernel::new`].
    pub fn from_ndarray(array: &ArrayViewD<'_, f64>, geometry: Geometry) -> Result<Self, SvdError> {
        Self::new(array.iter().copied().collect(), array.shape(), geometry)
    }

    /// The weights as an array of the kernel's shape. Needs the feature `ndarray`.
    pub fn to_ndarray(&self) -> ArrayD<f64> {
        let mut weights = self.weights().iter();
        // Elements are asked for in row-major order, and there are as many as the shape says.
        ArrayD::from_shape_simple_fn(self.shape(), || weights.next().copied().unwrap_or(0.0))
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
}
