//! The report of the demo network, and of analyses with parts missing.
#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests, but not their helpers"
)]

mod figures;
mod missing;
mod noise;
mod page;
mod support;
mod tables;
