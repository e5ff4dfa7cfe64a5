//! Criterion benchmarks, one file for each science crate: `cargo bench -p convlens-benches`. The binary `svd-peers`
//! times convlens-svd beside numpy and torch: see `peers/README.md`.
//!
//! Of convlens this crate sees the three science crates and nothing heavier, so the examples of the
//! repository's README are compiled here.
#![forbid(unsafe_code)]

/// The examples of the repository's README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
