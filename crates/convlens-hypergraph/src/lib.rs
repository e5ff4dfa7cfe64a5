#![doc = include_str!("../README.md")]
//!
//! # Contents
//!
//! **Hypergraphs.** [`Hypergraph`] (compact incidence both ways, dual, degrees, sizes),
//! [`SLineGraph`] and [`LineEdge`] (hyperedges that share at least s nodes),
//! [`Hypergraph::s_components`].
//!
//! **Modularity.** [`modularity()`] of a partition, with [`ModularityWeight`];
//! [`modularity_clustering`] and [`refine_partition`] look for a partition of high modularity.
//!
//! **Spectra.** [`HypergraphLaplacian`] (Zhou's, with [`LaplacianEigenpairs`]), [`HypergraphWalk`] and
//! [`spectral_clustering`].
//!
//! **Agreement of partitions.** [`adjusted_mutual_information`] and [`adjusted_rand_index`], with
//! [`Contingency`], [`expected_mutual_information`] and [`InformationBaseline`] for nulls.
//!
//! **Null models.** [`chung_lu_hypergraph`], [`configuration_hypergraph`], [`swap_incidences`].
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
//! - `petgraph` (default): [`Hypergraph::to_bipartite`], [`SLineGraph::to_petgraph`].
//! - `rayon` (default): permutations in parallel. The results are the same bits without it.
//! - `serde`: `Serialize` and `Deserialize` for options and results.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(not(feature = "petgraph"), allow(rustdoc::broken_intra_doc_links))]

mod draw;
mod error;
mod hypergraph;
mod modularity;
mod null_model;
mod partition;
#[cfg(feature = "petgraph")]
mod petgraph;
mod separation;
mod spectral;
mod weights;

pub use crate::error::HypergraphError;
pub use crate::hypergraph::{Hypergraph, LineEdge, SLineGraph};
pub use crate::modularity::{
    ModularityClustering, ModularityOptions, ModularityWeight, modularity, modularity_clustering,
    refine_partition,
};
pub use crate::null_model::{
    ConfigurationHypergraph, SwappedHypergraph, chung_lu_hypergraph, configuration_hypergraph,
    swap_incidences,
};
pub use crate::partition::{
    Contingency, InformationBaseline, InformationBound, adjusted_mutual_information,
    adjusted_rand_index, expected_mutual_information,
};
#[cfg(feature = "petgraph")]
pub use crate::petgraph::Incident;
pub use crate::separation::{
    Alternative, ClassProfiles, HeldOut, IncidenceRule, Labels, McNemar, Measure, MeasureKind,
    NullDraws, Separation, SeparationOptions, SignalTable, SplitOptions, classify_held_out,
    entropy, feature_hypergraph, max_t_adjusted, mcnemar, purity, separate_layers,
};
pub use crate::spectral::{
    EigenMethod, HypergraphLaplacian, HypergraphWalk, LaplacianEigenpairs, SpectralClustering,
    SpectralEmbedding, SpectralOptions, spectral_clustering,
};
