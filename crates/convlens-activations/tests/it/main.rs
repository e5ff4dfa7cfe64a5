//! Integration tests: taps against PyTorch.
#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests, but not their helpers"
)]

mod activations;
mod resnet;
