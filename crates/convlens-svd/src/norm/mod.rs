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
