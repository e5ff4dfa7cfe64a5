//! Dense decompositions: the only place that calls faer's factorisations.
//!
//! Everything here runs sequentially (`Par::Seq` is passed, faer's global setting is never read), and expects entries
//! of ordinary size: callers scale by a power of two first.

mod excess;
mod gram;
mod rung;
mod thin;
mod values;

pub(crate) use excess::{Excess, excess};
pub use rung::Rung;
pub(crate) use thin::{Thin, thin_svd};
pub(crate) use values::singular_values;
