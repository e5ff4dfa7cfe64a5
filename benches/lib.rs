//! Criterion benchmarks, one file per science crate; see `benches/README.md`.
