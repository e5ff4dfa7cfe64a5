//! Integration tests: taps against PyTorch, the collector against its definition.
#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests, but not their helpers"
)]

#[cfg(feature = "rten")]
mod activations;
mod collector;
#[cfg(feature = "rten")]
mod hostile;
mod images;
#[cfg(feature = "rten")]
mod resnet;
