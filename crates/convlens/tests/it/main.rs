//! Integration tests: the whole flow on the shipped network, and on one that runs elsewhere.
#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests, but not their helpers"
)]

mod analysis;
mod monitor;
mod weightwatcher;
