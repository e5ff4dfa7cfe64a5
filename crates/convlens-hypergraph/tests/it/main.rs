//! Integration tests of convlens-hypergraph: slow oracles, outside values, nulls, invariants.

// Helpers outside `#[test]` functions unwrap as well: a panic is a failed test.
#![allow(clippy::unwrap_used)]

mod common;
mod hypergraph;
mod measures;
mod modularity_clustering;
mod null;
mod null_model;
mod outcomes;
mod partition;
mod properties;
mod reference;
mod spectral;
mod threads;
mod walk;
