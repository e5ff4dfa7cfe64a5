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
//! **s-walks.** [`SWalks`]: distances, diameters, betweenness, closeness, harmonic closeness and
//! eccentricity; [`Overlaps`] holds the s-line graphs of all s at once.
//!
//! **Homology.** [`Hypergraph::homology`]: Betti numbers and cycles; [`Hypergraph::persistence`]: barcodes over the
//! incidence threshold; [`HomologyOptions`], [`DowkerSide`].
//!
//! **Null models.** [`chung_lu`], [`configuration_model`], [`Hypergraph::swapped`].
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
//! **Files.** [`Hif`] reads and writes the Hypergraph Interchange Format.
//!
//! **Errors.** [`HypergraphError`].
//!
//! # Features
//!
//! - `hif` (default): files in the Hypergraph Interchange Format, [`Hif`].
//! - `petgraph` (default): [`Hypergraph::to_bipartite`], [`Hypergraph::from_petgraph`],
//!   [`TwoSection::to_petgraph`], [`SLineGraph::to_petgraph`].
//! - `rayon` (default): permutations in parallel. The results are the same bits without it.
//! - `serde`: `Serialize` and `Deserialize` for options and results.
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(
    not(all(feature = "petgraph", feature = "hif")),
    allow(rustdoc::broken_intra_doc_links)
)]

mod draw;
mod error;
#[cfg(feature = "hif")]
mod hif;
mod homology;
mod hypergraph;
mod influence;
mod modularity;
mod null_model;
mod parallel;
mod partition;
#[cfg(feature = "petgraph")]
mod petgraph;
mod separation;
mod spectral;
mod walks;
mod weights;

pub use crate::error::HypergraphError;
#[cfg(feature = "hif")]
pub use crate::hif::{
    Hif, HifDirection, HifElement, HifEvent, HifHypergraph, HifId, HifIncidence,
    HifIncidenceDirection, HifNetworkType, for_each_hif_event,
};
pub use crate::homology::{
    Bar, Barcode, Cycle, DowkerSide, Homology, HomologyOptions, WithinBudget,
};
pub use crate::hypergraph::{
    Classes, Collapse, Distribution, DuplicateWeights, Emptied, FromBipartite, Hypergraph,
    LineEdge, Name, Names, NodePair, Restriction, SLineGraph, Side, Statistics, Summary, TableRule,
    TwoSection, WeightedHypergraph,
};
pub use crate::influence::{
    InfluenceOptions, InfluenceProfile, InfluenceRule, InfluenceSize, InfluenceWeights,
    LayerInfluence, ShareBorder,
};
pub use crate::modularity::{
    ModularityClustering, ModularityOptions, ModularityWeight, modularity, modularity_clustering,
    refine_partition,
};
pub use crate::null_model::{Configuration, Swapped, chung_lu, configuration_model};
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
    EigenMethod, HypergraphLaplacian, HypergraphWalk, LaplacianEigenpairs, SpectralClustering,
    SpectralEmbedding, SpectralOptions, spectral_clustering,
};
pub use crate::walks::{Overlaps, SDiameter, SDistances, SNormalization, SWalks};
