#![doc = include_str!("../README.md")]
//!
//! # Contents
//!
//! **Hypergraphs.** [`Hypergraph`] (compact incidence both ways, dual, degrees, sizes),
//! [`SLineGraph`] and [`LineEdge`] (hyperedges that share at least s nodes),
//! [`Hypergraph::s_components`].
//!
//! **Modularity.** [`modularity()`] of a partition, with [`ModularityWeight`].
//!
//! **Spectra.** [`HypergraphLaplacian`] (Zhou's, with [`LaplacianEigenpairs`]) and
//! [`spectral_clustering`].
//!
//! **Class separation.** [`SignalTable`], [`Labels`] and [`IncidenceRule`] make the
//! [`feature_hypergraph`]; [`purity`], [`entropy`], [`ClassProfiles`] and [`classify_held_out`] are
//! its measures; [`Separation`] sets all of them against a permutation null, [`separate_layers`]
//! over several layers at once, corrected by [`max_t_adjusted`]; [`mcnemar`] compares two
//! classifiers on the same inputs. [`ClassFeatures`] is the class-level hypergraph, [`class_pairs`] the
//! report on every two classes, and [`exemplars`] are the inputs that stand for a feature, with
//! [`SignalPositions`].
//!
//! **Influence.** [`InfluenceRule`] picks the features that carry an input's signal,
//! [`InfluenceProfile`] holds them by layer, for inputs and classes, with Jaccard similarities:
//! DeepDataProfiler's, to its digits.
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
mod influence;
mod modularity;
mod partition;
#[cfg(feature = "petgraph")]
mod petgraph;
mod separation;
mod spectral;
mod weights;

pub use crate::error::HypergraphError;
pub use crate::hypergraph::{Hypergraph, LineEdge, SLineGraph};
pub use crate::influence::{
    InfluenceOptions, InfluenceProfile, InfluenceRule, InfluenceSize, InfluenceWeights,
    LayerInfluence, ShareBorder,
};
pub use crate::modularity::{ModularityWeight, modularity};
pub use crate::partition::{
    Contingency, InformationBaseline, InformationBound, adjusted_mutual_information,
    adjusted_rand_index, expected_mutual_information,
};
#[cfg(feature = "petgraph")]
pub use crate::petgraph::Incident;
pub use crate::separation::{
    Alternative, ClassFeatures, ClassPair, ClassProfiles, Exemplar, ExemplarEnds, ExemplarOptions,
    FeatureExemplars, HeldOut, IncidenceRule, Labels, McNemar, Measure, MeasureKind, NullDraws,
    PairCorrection, PairOptions, PairReport, SeparatingFeature, Separation, SeparationOptions,
    SignalPositions, SignalTable, SplitOptions, class_pairs, classify_held_out, entropy, exemplars,
    feature_hypergraph, max_t_adjusted, mcnemar, purity, separate_layers,
};
pub use crate::spectral::{
    EigenMethod, HypergraphLaplacian, LaplacianEigenpairs, SpectralClustering, SpectralEmbedding,
    SpectralOptions, spectral_clustering,
};
