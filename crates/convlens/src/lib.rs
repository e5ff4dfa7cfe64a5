#![doc = include_str!("../README.md")]
//! # Contents
//!
//! - [`analyze`]: a [`model::Model`], optional [`activations::Inputs`] and [`Settings`] to an
//!   [`Analysis`]; [`Progress`] tells how far it is.
//! - [`Analysis`]: plain data; [`Analysis::write_json`] and [`Analysis::read_json`]; one
//!   [`LayerAnalysis`] for each layer, [`Outcome`] for what may not exist.
//! - [`ReplacedFile`]: results that are there whole or not at all.
//! - [`Monitor`]: the same for layers whose weights and activations come from another framework, while it trains,
//!   say: one [`MonitoredLayer`] for each.
//! - [`validate_definitions`]: which definition of a convolution's singular values tells a trained kernel from a
//!   random one.
//! - The components, each a crate that can be used alone: [`svd`], [`rmt`], [`hypergraph`],
//!   [`model`], [`activations`].
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod analysis;
mod error;
mod outcome;
mod pipeline;
mod progress;
mod settings;

pub use analysis::{
    Analysis, BasisKind, BasisSeparation, InputSummary, LayerAnalysis, LayerSeparation,
    LayerStatistics, ModelSummary, OperatorSummary, SCHEMA_VERSION, SkippedLayer, UnfoldingSummary,
};
pub use convlens_model::ReplacedFile;
pub use error::Error;
pub use outcome::Outcome;
pub use pipeline::{Monitor, MonitoredLayer, analyze, validate_definitions};
pub use progress::{Progress, Stage};
pub use settings::Settings;

pub use convlens_activations as activations;
pub use convlens_hypergraph as hypergraph;
pub use convlens_model as model;
pub use convlens_rmt as rmt;
pub use convlens_svd as svd;
