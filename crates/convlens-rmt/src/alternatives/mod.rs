//! Other laws for the same tail, and which of them the likelihood prefers.
//!
//! All is done in `y = ln(x / xmin) >= 0`, where a power law is an exponential one: logarithms of densities of `y` differ
//! from those of `x` by `-y - ln xmin`, the same for every law.

mod compare;
mod exponential;
mod lognormal;
mod options;
mod outcome;
mod powerlaw;
mod stretched;
mod tail;
mod truncated;

pub(crate) use compare::judge;
pub use options::ComparisonOptions;
pub use outcome::{
    AlternativeLaw, AlternativeSearch, Comparison, NestedNull, RatioTest, TailAlternative,
    TailComparison, TailVerdict,
};
