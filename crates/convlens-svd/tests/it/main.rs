//! Fast paths against slow definitions, theory, and reference values from numpy and PyTorch.

// A helper that fails should fail the test that called it.
#![allow(clippy::unwrap_used)]

mod kernels;
mod layer;
mod norms;
mod operator;
mod oracle;
mod reference;
#[cfg(feature = "serde")]
mod serialised;
#[cfg(feature = "rayon")]
mod threads;
mod tight;
mod triplets;
mod unfolding;
