#![cfg_attr(feature = "rten", doc = include_str!("../README.md"))]
#![cfg_attr(
    not(feature = "rten"),
    doc = "Analyzes the layers of a network that another framework holds: see [`Monitor`].",
    allow(rustdoc::broken_intra_doc_links)
)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod analysis;
mod bases;
mod budget;
#[cfg(feature = "files")]
mod builder;
mod definitions;
mod error;
#[cfg(feature = "rten")]
mod feed;
#[cfg(all(feature = "files", not(feature = "rten")))]
#[path = "no_feed.rs"]
mod feed;
mod json;
#[cfg(feature = "files")]
mod memory;
pub mod monitor;
mod options;
mod outcome;
mod progress;
#[cfg(feature = "files")]
mod reason;
mod separation;
mod settings;
mod weights;
mod weightwatcher;

pub use analysis::{Analysis, BasisKind, LayerAnalysis};
#[cfg(feature = "files")]
pub use builder::AnalysisBuilder;
pub use definitions::validate_definitions;
pub use error::Error;
pub use monitor::Monitor;
pub use outcome::Outcome;
pub use progress::{CancelToken, Progress, Stage};
pub use settings::Settings;
pub use weightwatcher::weightwatcher_metrics;

pub use convlens_activations as activations;
pub use convlens_hypergraph as hypergraph;
pub use convlens_model as model;
pub use convlens_rmt as rmt;
pub use convlens_svd as svd;
