//! # Contents
//!
//! - [`Model`]: an opened file; [`Model::layers`] lists what is linear in it, [`Model::kernel`]
//!   decodes the weights of one layer.
//! - [`LayerSpec`]: name, kind, shape, geometry, grid and output of a layer; [`Assumption`] for what
//!   the file did not say; [`Skipped`] for what is left out, each with a [`SkipReason`].
//! - [`LayerHint`]: geometry that a file of tensors does not hold; [`Model::select`] by glob.
//! - [`Note`]: what was done to the names.
//! - [`Model::save_with`]: a copy of the file with edited kernels, everything else byte for byte;
//!   [`SavedLayer`] tells the rounding.
//! - [`Npz`], [`Array`]: NumPy archives, for inputs and labels.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod dtype;
mod error;
mod hints;
mod layer;
mod model;
mod npy;
mod npz;
mod onnx;
mod save;
mod source;
mod tensors;

pub use dtype::DType;
pub use error::ModelError;
pub use hints::{LayerHint, Sizes};
pub use layer::{
    Assumption, ChannelAxis, LayerKind, LayerSpec, Note, OutputValue, SkipReason, Skipped,
};
pub use model::{Format, Model};
pub use npy::{Array, ArrayValues};
pub use npz::Npz;
pub use onnx::InputSpec;
pub use save::SavedLayer;
