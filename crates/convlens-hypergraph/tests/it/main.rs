//! Integration tests of convlens-hypergraph: slow oracles, outside values, nulls, invariants.

// Helpers outside `#[test]` functions unwrap as well: a panic is a failed test.
#![allow(clippy::unwrap_used)]

mod agreement;
mod common;
mod ddp_influence;
mod exemplars;
mod frozen;
mod hypergraph;
mod influence;
mod influence_serde;
mod measures;
mod null;
mod outcomes;
mod pairs;
mod properties;
mod reference;
mod spectral;
mod threads;
