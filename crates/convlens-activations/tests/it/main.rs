//! Integration tests: taps against PyTorch, the collector against its definition.
#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests, but not their helpers"
)]

mod activations;
mod collector;
mod images;
mod resnet;
