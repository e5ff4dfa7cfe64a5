#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(all(feature = "petgraph", feature = "hif")),
    allow(rustdoc::broken_intra_doc_links)
)]

mod checks;
mod draw;
mod error;
#[cfg(feature = "hif")]
pub mod hif;
pub mod homology;
pub mod influence;
pub mod modularity;
pub mod null_model;
mod parallel;
pub mod partition;
pub mod separation;
pub mod spectral;
pub mod structure;
pub mod walks;

pub use crate::error::HypergraphError;
#[doc(inline)]
pub use crate::separation::{
    IncidenceRule, Labels, Measure, MeasureKind, Separation, SeparationOptions, SignalTable,
    feature_hypergraph, separate_layers,
};
#[doc(inline)]
pub use crate::structure::{Hypergraph, Name, Names, WeightedHypergraph};
