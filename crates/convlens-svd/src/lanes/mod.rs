//! Many small decompositions at once: one frequency in each lane of a vector.

mod bidiagonal;
mod definite;
mod dqds;
mod gram;
mod jacobi;
mod offsets;
mod ql;
mod reflector;
mod simd;
mod solve;
mod solve_symbols;
mod solve_thin;
mod symbol;
mod tridiagonal;

pub(crate) use gram::GramTaps;
pub(crate) use offsets::Offsets;
pub use simd::Instructions;
use simd::{numbers, numbers_mut};
pub(crate) use solve::{Solver, Workspace};
pub(crate) use solve_symbols::SymbolSolver;
pub(crate) use solve_thin::{LaneSvd, ThinLanes};
pub(crate) use symbol::SymbolTaps;
