#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "numpy")]
pub mod arrays;
pub mod atomic_file;
mod error;
mod folder;
mod format;
pub mod hints;
pub mod layer;
mod model;
#[cfg(any(
    feature = "onnx",
    feature = "safetensors",
    feature = "pytorch",
    feature = "numpy"
))]
mod numbers;
#[cfg(feature = "onnx")]
mod onnx;
#[cfg(any(feature = "onnx", feature = "safetensors"))]
pub mod save;
#[cfg(any(
    feature = "onnx",
    feature = "safetensors",
    feature = "pytorch",
    feature = "numpy"
))]
mod source;
#[cfg(any(feature = "safetensors", feature = "pytorch", feature = "numpy"))]
mod tensors;
mod weights;

pub use error::{ModelError, error_chain};
pub use format::Format;
pub use layer::{
    Assumption, ChannelAxis, DType, InputSpec, LayerKind, LayerSpec, Note, OutputValue, SkipReason,
    Skipped, ValueSpec,
};
pub use model::{MemoryLayer, Model};
