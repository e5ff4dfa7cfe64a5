//! Norms of zero-padded layers to a stated width, by Cholesky factorisation of a band.

mod band;
mod bracket;
mod certificate;
mod coupling;
mod gram;
mod options;
mod plan;
mod search;

pub use options::TightOptions;
