//! Many small Hermitian eigenproblems at once: one frequency in each lane of a vector.

mod definite;
mod gram;
mod ql;
mod simd;
mod solve;
mod tridiagonal;

pub(crate) use gram::GramTaps;
pub use simd::Instructions;
pub(crate) use solve::{Solver, Workspace};
