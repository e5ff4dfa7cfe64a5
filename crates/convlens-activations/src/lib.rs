#![doc = include_str!("../README.md")]
//! # Contents
//!
//! - [`Inputs`]: what is fed to the model, with labels: arrays, or images with their [`Preprocessing`], read
//!   [`Batch`] by batch.
//! - [`Runner`]: runs an ONNX model over inputs; a [`Tap`] says which layer is wanted, onto which
//!   [`Basis`] its output is projected, and [`SignedSignals`] is what comes back, with [`Peaks`] where
//!   positions are asked for.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod error;
mod inputs;
mod peaks;
mod runner;
mod signals;
mod tap;

pub use error::ActivationsError;
pub use inputs::{
    Batch, Batches, Colour, InputOptions, Inputs, LeftOut, Preprocessing, Resize,
};
pub use peaks::Peaks;
pub use runner::{Activations, RunOptions, Runner};
pub use signals::{Aggregation, Basis, SignedSignals};
pub use tap::Tap;
