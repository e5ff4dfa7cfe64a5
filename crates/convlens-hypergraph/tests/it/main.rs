//! Integration tests of convlens-hypergraph: slow oracles, outside values, nulls, invariants.

// Helpers outside `#[test]` functions unwrap as well: a panic is a failed test.
#![allow(clippy::unwrap_used)]

mod agreement;
mod common;
mod constructors;
mod ddp_influence;
mod exemplars;
mod frozen;
mod graphs;
#[cfg(feature = "hif")]
mod hif;
mod homology;
mod hypergraph;
mod influence;
mod influence_serde;
mod measures;
mod modularity_clustering;
mod names;
mod null;
mod null_model;
mod operations;
mod outcomes;
mod pairs;
mod partition;
mod properties;
mod reference;
mod restriction;
mod s_walks;
mod spectral;
mod threads;
mod walk;
mod weighted;
