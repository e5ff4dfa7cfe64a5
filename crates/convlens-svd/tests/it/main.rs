//! Fast paths against slow definitions, theory, and reference values from numpy and PyTorch.

// A helper that fails should fail the test that called it.
#![allow(clippy::unwrap_used)]

mod compressed;
mod edits;
mod folded;
mod kernels;
mod layer;
mod norms;
mod operator;
mod oracle;
mod reference;
#[cfg(feature = "serde")]
mod serialised;
mod signals;
#[cfg(feature = "rayon")]
mod threads;
mod unfolding;
