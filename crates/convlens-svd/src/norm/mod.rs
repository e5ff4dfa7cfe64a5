//! The operator norm of a layer (its Lipschitz constant in the 2-norm) between two proven bounds.
//!
//! [`NormBracket::of_layer`] takes the bracket that fits a layer: with a grid or without one, by
//! the layer's padding. [`NormBracket::tight`] narrows it to a relative width of 1e-6 on small
//! grids. [`Method`] compares all methods by cost and width; [`bounds`] holds the ones that need no
//! decomposition.
//!
//! # Example
//! ```
//! use convlens_svd::norm::DavidsonOptions;
//! use convlens_svd::{ConvKernel, Geometry, NormBracket};
//!
//! let same = Geometry::new(1).with_padding(&[(1, 1)]);
//! let kernel = ConvKernel::new(vec![1.0; 3], &[1, 1, 3], same)?;
//! // A moving sum of three on 5 samples: 1 + sqrt(3) with zero padding, under 3 on every grid.
//! let norm = NormBracket::of_layer(&kernel, Some(&[5]), &DavidsonOptions::default())?;
//! assert!(norm.lower <= 1.0 + 3f64.sqrt() && 1.0 + 3f64.sqrt() <= norm.upper);
//! assert!(norm.upper <= 3.0 + 1e-9);
//! # Ok::<(), convlens_svd::SvdError>(())
//! ```

pub mod bounds;

mod bracket;
mod margin;
mod symbols;
mod tight;
mod zero_padded;

pub use bracket::{Method, NormBracket, Padding};
pub use tight::TightOptions;
pub use zero_padded::DavidsonOptions;

use crate::error::SvdError;
use crate::geometry::PaddingMode;
use crate::kernel::ConvKernel;

impl NormBracket {
    /// The bracket that fits a layer: by its padding mode on a grid, grid-free without one.
    ///
    /// Dense layers: [`Method::Dense`]. No grid: [`NormBracket::grid_free`]. Zeros:
    /// [`NormBracket::zero_padded`] with `options`. Circular: [`NormBracket::circular`], where the
    /// padding keeps the grid (output `n / s`).
    ///
    /// # Errors
    /// [`SvdError::Unsupported`] for reflect and replicate padding and for circular padding that
    /// does not keep the grid; otherwise those of the method.
    pub fn of_layer(
        kernel: &ConvKernel,
        grid: Option<&[usize]>,
        options: &DavidsonOptions,
    ) -> Result<Self, SvdError> {
        let geometry = kernel.geometry();
        let refuse = |what| {
            Err(SvdError::Unsupported {
                operation: "a norm bracket",
                what,
            })
        };
        match geometry.padding_mode() {
            _ if kernel.is_dense() => Self::grid_free(kernel),
            PaddingMode::Reflect => refuse("reflect padding"),
            PaddingMode::Replicate => refuse("replicate padding"),
            PaddingMode::Circular if geometry.is_transposed() => {
                refuse("transposed layers unless zero-padded")
            }
            mode => match (grid, mode) {
                (None, PaddingMode::Zeros) => Self::grid_free(kernel),
                (None, _) => {
                    // Where the padding is not less than extent - stride and not more than extent -
                    // 1, the output is n / s on every grid that the stride divides.
                    if keeps_every_grid(kernel) {
                        Self::grid_free(kernel)
                    } else {
                        refuse("circular padding that does not keep the grid")
                    }
                }
                (Some(grid), PaddingMode::Zeros) => Self::zero_padded(kernel, grid, options),
                (Some(grid), _) => {
                    let bracket = Self::circular(kernel, grid)?;
                    let output = geometry.output_size(kernel.kernel_size(), grid)?;
                    let kept = grid.iter().zip(geometry.stride()).map(|(n, s)| n / s);
                    if kept.eq(output) {
                        Ok(bracket)
                    } else {
                        refuse("circular padding that does not keep the grid")
                    }
                }
            },
        }
    }
}

/// Whether circular padding gives `n / s` outputs on every grid `n` that the stride divides:
/// `extent - s <= padding` and `padding < extent`.
fn keeps_every_grid(kernel: &ConvKernel) -> bool {
    let geometry = kernel.geometry();
    (0..kernel.spatial_dims()).all(|axis| {
        let (begin, end) = geometry.padding()[axis];
        let taps = kernel.kernel_size()[axis] as u128;
        let extent = geometry.dilation()[axis] as u128 * (taps - 1) + 1;
        let padding = begin as u128 + end as u128;
        padding < extent && extent <= padding + geometry.stride()[axis] as u128
    })
}
