//! Dense decompositions: the only place that calls faer's factorizations.
//!
//! Everything here runs sequentially (`Par::Seq` is passed, faer's global setting is never read),
//! and expects entries of ordinary size: callers scale by a power of two first.

mod factor;
mod graded;
mod thin;
mod values;

pub(crate) use factor::{add_product, cholesky, is_positive_definite, product, solve_lower};
pub(crate) use graded::ThinSolver;
pub(crate) use thin::{Excess, Thin, excess, thin_svd};
pub(crate) use values::{gram, hermitian_eigenvalues, singular_values};
