#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod compat;
mod error;
mod fitted;
#[cfg(any(feature = "rand", feature = "statrs"))]
mod interop;
mod special;

pub mod bulk;
pub mod esd;
pub mod law;
pub mod metrics;
pub mod null;
pub mod phase;
pub mod spacing;
pub mod tail;
pub mod validation;
pub mod vectors;

pub use bulk::Denoised;
pub use error::RmtError;
pub use esd::Esd;
pub use fitted::FittedSpectrum;
pub use law::{MarchenkoPastur, TracyWidom};
pub use metrics::{Compat, LayerMetrics, ModelMetrics};
pub use null::{GaussianEnsemble, NullModel, NullSpectra};
pub use phase::Phase;
pub use tail::{DiscretePowerLaw, Hill, PowerLaw};
pub use vectors::{HaarNull, PorterThomas};
