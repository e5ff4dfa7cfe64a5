//! convlens-svd
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod error;
mod geometry;
mod kernel;

pub use error::SvdError;
pub use geometry::{Direction, Geometry, PaddingMode};
pub use kernel::ConvKernel;
