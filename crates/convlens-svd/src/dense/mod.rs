//! Dense decompositions: the only place that calls faer's factorisations.
//!
//! Everything here runs sequentially (`Par::Seq` is passed, faer's global setting is never read), and expects entries
//! of ordinary size: callers scale by a power of two first.

mod cholesky;
mod complement;
mod definite;
mod excess;
mod graded;
mod gram;
mod product;
mod rung;
mod thin;
mod values;

pub(crate) use cholesky::{cholesky, solve_lower};
pub(crate) use definite::is_positive_definite;
pub(crate) use excess::{Excess, excess};
pub(crate) use graded::ThinSolver;
pub(crate) use gram::{gram, hermitian_eigenvalues};
pub(crate) use product::{add_product, product};
pub use rung::Rung;
pub(crate) use thin::{Thin, thin_svd};
pub(crate) use values::singular_values;
