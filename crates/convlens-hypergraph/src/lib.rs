#![doc = include_str!("../README.md")]
//!
//! # Contents
//!
//! **Hypergraphs.** [`Hypergraph`] (compact incidence both ways; from incidences, hyperedges, dense
//! tables by a [`TableRule`], compressed sparse tables, bipartite graphs of two [`Side`]s
//! ([`FromBipartite`]); dual, [`Statistics`] with [`Distribution`] and [`Summary`],
//! [`Restriction`] with [`Emptied`], [`Collapse`] of equal hyperedges or nodes into [`Classes`],
//! [toplexes](Hypergraph::toplexes), [set operations](Hypergraph::union),
//! [`TwoSection`] of [`NodePair`]s), [`WeightedHypergraph`] (weights on nodes, hyperedges and
//! incidences, merged by [`DuplicateWeights`]), [`Names`] and [`Name`] beside either,
//! [`SLineGraph`] and [`LineEdge`] (hyperedges that share at least s nodes),
//! [`Hypergraph::s_components`].
//!
//! **Modularity.** [`modularity()`] of a partition, with [`ModularityWeight`].
//!
//! **Class separation.** [`SignalTable`], [`Labels`] and [`IncidenceRule`] make the
//! [`feature_hypergraph`]; [`purity`], [`entropy`], [`ClassProfiles`] and [`classify_held_out`] are
//! its measures; [`Separation`] sets all of them against a permutation null, [`separate_layers`]
//! over several layers at once, corrected by [`max_t_adjusted`]; [`mcnemar`] compares two
//! classifiers on the same inputs.
//!
//! **Errors.** [`HypergraphError`].
//!
//! # Features
//!
//! - `petgraph` (default): [`Hypergraph::to_bipartite`], [`Hypergraph::from_petgraph`],
//!   [`TwoSection::to_petgraph`], [`SLineGraph::to_petgraph`].
//! - `rayon` (default): permutations in parallel. The results are the same bits without it.
//! - `serde`: `Serialize` and `Deserialize` for options and results.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(not(feature = "petgraph"), allow(rustdoc::broken_intra_doc_links))]

mod error;
mod hypergraph;
mod modularity;
#[cfg(feature = "petgraph")]
mod petgraph;
mod separation;

pub use crate::error::HypergraphError;
pub use crate::hypergraph::{
    Classes, Collapse, Distribution, DuplicateWeights, Emptied, FromBipartite, Hypergraph,
    LineEdge, Name, Names, NodePair, Restriction, SLineGraph, Side, Statistics, Summary, TableRule,
    TwoSection, WeightedHypergraph,
};
pub use crate::modularity::{ModularityWeight, modularity};
#[cfg(feature = "petgraph")]
pub use crate::petgraph::Incident;
pub use crate::separation::{
    Alternative, ClassProfiles, HeldOut, IncidenceRule, Labels, McNemar, Measure, MeasureKind,
    NullDraws, Separation, SeparationOptions, SignalTable, SplitOptions, classify_held_out,
    entropy, feature_hypergraph, max_t_adjusted, mcnemar, purity, separate_layers,
};
