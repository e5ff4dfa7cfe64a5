//! Many small decompositions at once: one frequency in each lane of a vector.

mod dqds;
mod gram;
mod householder;
mod jacobi;
mod simd;
mod symbols;
mod taps;
mod workspace;

pub(crate) use gram::Solver;
pub use simd::Instructions;
pub(crate) use symbols::{SymbolSolver, ThinLanes};
pub(crate) use taps::{GramTaps, Offsets, SymbolTaps};
pub(crate) use workspace::{LaneSvd, Workspace};
