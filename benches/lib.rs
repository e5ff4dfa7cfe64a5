//! Criterion benchmarks, one file for each crate: `cargo bench -p convlens-benches`. With
//! `--no-default-features --features svd` only that crate is compiled.
//!
//! The binaries `svd-peers`, `rmt-peers` and `hypergraph-peers` time convlens beside other tools;
//! see `docs/benchmarks.md`. `rmt-calibration` and `hypergraph-calibration` measure what the
//! statistics promise: false-alarm rates, coverage, power.
#![forbid(unsafe_code)]

#[cfg(feature = "peers")]
pub mod harness;

/// The examples of the repository's README.
#[cfg(all(doctest, feature = "svd", feature = "rmt", feature = "hypergraph"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
