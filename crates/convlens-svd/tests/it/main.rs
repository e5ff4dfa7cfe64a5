//! Fast paths against slow definitions, theory, and reference values from numpy and PyTorch.

// A helper that fails should fail the test that called it.
#![allow(clippy::unwrap_used)]

mod bracket_methods;
mod compressed;
mod edits;
mod folded;
mod geometries;
mod kernels;
mod lanes;
mod layer;
mod norms;
mod operator;
mod operator_svd;
mod oracle;
mod periodic;
mod reference;
mod refusals;
#[cfg(feature = "serde")]
mod serialized;
mod signals;
mod structured;
#[cfg(feature = "rayon")]
mod threads;
mod tight;
mod triplets;
mod unfolding;
