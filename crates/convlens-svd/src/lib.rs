#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod edit;
pub mod layer;
pub mod norm;
pub mod periodic;
pub mod unfolding;

mod accuracy;
mod dense;
mod error;
mod geometry;
mod interop;
mod kernel;
mod lanes;
mod numeric;
mod parallel;

pub use accuracy::{Accuracy, Algorithm, ConditionNumber};
pub use error::{ConversionError, SvdError};
pub use geometry::{Direction, Geometry, PaddingMode};
pub use kernel::ConvKernel;
pub use layer::{LayerOperator, LayerTriplets};
pub use norm::NormBracket;
pub use num_complex::Complex64;
pub use periodic::{OperatorSpectrum, OperatorSvd, PeriodicOperator};
pub use unfolding::{LayerSvd, LayerValues};
