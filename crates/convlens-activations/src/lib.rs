#![cfg_attr(feature = "rten", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "rten"),
    doc = "Inputs for a model, and the aggregated activations of its layers; without the feature `rten`, no model is run."
)]
//! # Contents
//!
//! - [`Inputs`]: what is fed to the model, with labels: arrays, or images with their [`Preprocessing`], read
//!   [`Batch`] by batch.
//! - [`SignalCollector`]: activations of any framework, batch by batch, projected onto each [`Basis`] and
//!   aggregated ([`Aggregation`]) to [`SignedSignals`], with [`Peaks`] where positions are asked for.
//! - With the feature `rten`, which is on by default: `Runner` runs an ONNX model over inputs and collects the same; a
//!   `Tap` says which layer is wanted, and onto which bases. `Runner::tap_values` gives any value of the graph as it
//!   is, `Runner::write_values` writes it to a file.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod aggregation;
mod collector;
mod error;
mod inputs;
mod peaks;
#[cfg(feature = "rten")]
mod runner;
mod signals;
#[cfg(feature = "rten")]
mod tap;

pub use aggregation::Aggregation;
pub use collector::SignalCollector;
pub use error::ActivationsError;
pub use inputs::{Batch, Batches, Colour, InputOptions, Inputs, LeftOut, Preprocessing, Resize};
pub use peaks::Peaks;
#[cfg(feature = "rten")]
pub use runner::{Activations, RunOptions, Runner, TappedValues, WrittenValues};
pub use signals::{Basis, SignedSignals};
#[cfg(feature = "rten")]
pub use tap::Tap;
