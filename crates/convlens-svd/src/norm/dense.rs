//! The norm of a layer without spatial dimensions, from a decomposition that is already there.

use super::{NormBracket, NormMethod, NormPadding};
use crate::{LayerSvd, LayerValues, SvdError};

impl NormBracket {
    /// The norm of a dense layer whose SVD is known: its largest singular value, to rounding.
    ///
    /// The margin is the crate's contract for singular values, `50 eps sqrt(max(m, n)) sigma_max`, on both sides. To be
    /// had from the kernel as well, by [`NormBracket::grid_free`], at the price of another decomposition.
    ///
    /// # Errors
    /// [`SvdError::Unsupported`] for a convolution: its unfolding has another norm than the layer.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, LayerSvd, NormBracket};
    ///
    /// let svd = LayerSvd::new(&ConvKernel::from_slice(&[3.0, 0.0, 0.0, 4.0], &[2, 2])?)?;
    /// let norm = NormBracket::dense(&svd)?;
    /// assert!(norm.lower <= 4.0 && 4.0 <= norm.upper && norm.relative_width() < 1e-12);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn dense(svd: &LayerSvd) -> Result<Self, SvdError> {
        Self::dense_of_values(&LayerValues::from(svd))
    }

    /// As [`NormBracket::dense`], from the values alone; the margin is the contract of their
    /// [`Accuracy`](crate::Accuracy), `4 eps max(m, n) sigma_max` for those of a Gram matrix.
    ///
    /// # Errors
    /// As [`NormBracket::dense`].
    pub fn dense_of_values(values: &LayerValues) -> Result<Self, SvdError> {
        if values.spatial_dims() > 0 {
            return Err(SvdError::Unsupported {
                operation: "the norm of a dense layer",
                what: "convolutions",
            });
        }
        let norm = values.singular_values().first().copied().unwrap_or(0.0);
        let margin = values.relative_error() * norm;
        let upper = norm + margin;
        if !upper.is_finite() {
            return Err(SvdError::Overflow { what: "the norm" });
        }
        Ok(Self {
            lower: (norm - margin).max(0.0),
            upper,
            method: NormMethod::Dense,
            padding: NormPadding::ZerosOrCircular,
            grid: None,
        })
    }
}
