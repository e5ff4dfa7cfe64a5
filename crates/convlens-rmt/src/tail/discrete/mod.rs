//! The discrete power law: its fit, the uncertainty of the fit, and other laws for the same tail.

mod alternatives;
mod fit;
mod search;
mod sums;
