#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod error;
pub mod inputs;
#[cfg(feature = "rten")]
pub mod runner;
pub mod signals;

pub use error::ActivationsError;
pub use inputs::{InputOptions, Inputs, LeftOut, Preprocessing};
#[cfg(feature = "rten")]
pub use runner::{Activations, RunOptions, Runner, Tap};
pub use signals::{Aggregation, Basis, SignalCollector, SignedSignals};
