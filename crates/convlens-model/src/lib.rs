//! # Contents
//!
//! - [`Model`]: an opened file; [`Model::layers`] lists what is linear in it, [`Model::kernel`]
//!   decodes the weights of one layer. [`Model::files_of_folder`] finds the models of a folder.
//! - [`LayerSpec`]: name, kind, shape, geometry, grid and output of a layer; [`Assumption`] for what
//!   the file did not say; [`Skipped`] for what is left out, each with a [`SkipReason`].
//! - [`LayerHint`]: geometry that a file of tensors does not hold; [`Model::select`] by glob.
//! - [`ReplacedFile`]: files that are there whole or not at all.
//! - [`Note`]: what was done to names and layers.
//! - [`Model::save_with`]: a copy of the file with edited kernels, everything else byte for byte;
//!   [`SavedLayer`] tells the rounding.
//! - [`Arrays`], [`Npz`], [`Array`]: NumPy and safetensors files of inputs and labels; [`ArrayRows`] reads one by rows,
//!   [`NpzWriter`] writes an archive by rows.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod arrays;
mod dtype;
mod element;
mod error;
mod fold;
mod folder;
mod format;
mod hints;
mod layer;
mod model;
mod npy;
mod npz;
mod npz_writer;
mod onnx;
mod replaced;
mod rows;
mod save;
mod source;
mod tensors;
mod weights;

pub use arrays::Arrays;
pub use dtype::DType;
pub use error::ModelError;
pub use format::Format;
pub use hints::{LayerHint, Sizes};
pub use layer::{
    Assumption, ChannelAxis, LayerKind, LayerSpec, Note, OutputValue, SkipReason, Skipped,
};
pub use model::Model;
pub use npy::{Array, ArrayValues};
pub use npz::Npz;
pub use npz_writer::NpzWriter;
pub use onnx::{InputSpec, ValueSpec};
pub use replaced::ReplacedFile;
pub use rows::ArrayRows;
pub use save::SavedLayer;
