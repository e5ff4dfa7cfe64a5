//! The layer as it is, with its own padding, stride and grid.
//!
//! [`LayerOperator`] applies a layer and its adjoint as PyTorch defines them, without forming a
//! matrix. For small layers it gives the matrix ([`LayerOperator::to_dense`]) and all its singular
//! values ([`LayerOperator::singular_values`]), whatever the padding mode. [`LayerTriplets`] finds
//! the images that a layer stretches the most.
//!
//! # Example
//! ```
//! use convlens_svd::layer::TripletOptions;
//! use convlens_svd::{ConvKernel, Geometry, LayerOperator, LayerTriplets};
//!
//! // A moving sum of three on 5 samples, zero-padded: 1 + 2 cos(pi j / 6), j = 1 ..= 5.
//! let same = Geometry::new(1).with_padding(&[(1, 1)]);
//! let layer = LayerOperator::new(&ConvKernel::new(vec![1.0; 3], &[1, 1, 3], same)?, &[5])?;
//! assert_eq!(layer.apply(&[1.0, 0.0, 0.0, 0.0, 2.0])?, [1.0, 1.0, 0.0, 2.0, 2.0]);
//! let top = LayerTriplets::new(&layer, &TripletOptions::default().count(1))?;
//! assert!((top.triplets[0].sigma - (1.0 + 3f64.sqrt())).abs() < 1e-12);
//! # Ok::<(), convlens_svd::SvdError>(())
//! ```

mod axis;
mod operator;
mod peak;
mod products;
mod projection;
mod search;
mod triplets;
mod waves;

pub use operator::LayerOperator;
pub(crate) use projection::Oriented;
pub(crate) use search::{Copies, Plan, leading};
pub use triplets::{LayerTriplets, SingularTriplet, TripletOptions};
