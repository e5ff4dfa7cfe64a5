//! Criterion benchmarks, one file for each science crate: `cargo bench -p convlens-benches`. The binaries `svd-peers` and
//! `rmt-peers` time convlens beside other tools: see `peers/README.md` and `rmt_peers/README.md`.
//!
//! Of convlens this crate sees the three science crates and nothing heavier, so the examples of the
//! repository's README are compiled here.
#![forbid(unsafe_code)]

pub mod harness;

/// The examples of the repository's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
