//! Other laws on the whole numbers, each normalised by its own sum, and which of them the likelihood prefers.
//!
//! All is done in `y = ln(x / xmin) >= 0`. The law of a density `g` has `P(X = x) = g(x) / (g(xmin) + g(xmin + 1) + ..)`.

mod compare;
mod lognormal;
mod stretched;
mod sums;
mod tail;
mod truncated;
