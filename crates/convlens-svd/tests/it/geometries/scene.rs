//! A case with its dense matrices.

use super::generator::Case;
use crate::oracle::{Dense, Edge, plain};

/// What checks look at: the layer and its slow definitions, computed once.
pub(crate) struct Scene<'a> {
    pub(crate) case: &'a Case,
    /// With zero padding, and its norm; none without an output.
    pub(crate) zeros: Option<(Dense, f64)>,
    /// With periodic padding that keeps `case.periodic`.
    pub(crate) periodic: Dense,
    /// All singular values of that, descending.
    pub(crate) values: Vec<f64>,
}

impl<'a> Scene<'a> {
    pub(crate) fn new(case: &'a Case) -> Self {
        let layer = plain(&case.kernel);
        let zeros = layer.dense(&case.grid, Edge::Zeros).map(|dense| {
            let norm = dense.norm();
            (dense, norm)
        });
        let periodic = layer.dense(&case.periodic, Edge::Circular).unwrap();
        let values = periodic.singular_values();
        Self {
            case,
            zeros,
            periodic,
            values,
        }
    }
}

/// What a check answers: nothing, or what is wrong.
pub(crate) type Verdict = Result<(), String>;

/// An error with a text unless the condition holds.
pub(crate) fn ensure(holds: bool, why: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(why()) }
}
