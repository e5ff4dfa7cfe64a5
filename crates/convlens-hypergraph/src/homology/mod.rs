//! Simplicial homology over the integers mod 2 of the complex that the hyperedges span, and its
//! persistence over a threshold on the incidences.

mod barcode;
mod betti;
mod collapse;
mod faces;
mod persistence;
mod reduction;

pub use barcode::{Bar, Barcode};
pub use betti::{Cycle, Homology};

use crate::HypergraphError;

/// Over which of the two dual complexes homology is computed. Their homology is the same (Dowker 1952,
/// "Homology groups of relations"), and so is their persistence (Chowdhury and Mémoli 2018).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum DowkerSide {
    /// The one with fewer faces to look at. Simplices are then nodes or hyperedges: the result says.
    #[default]
    Smaller,
    /// Vertices are nodes; every hyperedge and each of its subsets is a simplex.
    Nodes,
    /// Vertices are hyperedges; those that share a node are a simplex.
    Edges,
}

/// What to compute, and how much it may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct HomologyOptions {
    /// The highest dimension whose homology is wanted, 2 by default. Faces up to one dimension more
    /// are looked at.
    pub max_dimension: usize,
    /// The most faces that may be listed, each as often as hyperedges hold it: 20 million by default.
    /// One takes 16 bytes, 32 for persistence, and its row and column some 50 more.
    pub face_budget: usize,
    /// Over nodes or over hyperedges.
    pub side: DowkerSide,
    /// Whether cycles that represent the classes are wanted; not by default, as they cost memory. For
    /// [`Hypergraph::homology`](crate::Hypergraph::homology); barcodes have none.
    pub cycles: bool,
}

impl Default for HomologyOptions {
    fn default() -> Self {
        Self {
            max_dimension: 2,
            face_budget: 20_000_000,
            side: DowkerSide::Smaller,
            cycles: false,
        }
    }
}

impl HomologyOptions {
    /// Sets the highest dimension.
    #[must_use]
    pub fn max_dimension(self, max_dimension: usize) -> Self {
        Self {
            max_dimension,
            ..self
        }
    }

    /// Sets how many faces may be listed.
    #[must_use]
    pub fn face_budget(self, face_budget: usize) -> Self {
        Self {
            face_budget,
            ..self
        }
    }

    /// Sets over which of the dual complexes.
    #[must_use]
    pub fn side(self, side: DowkerSide) -> Self {
        Self { side, ..self }
    }

    /// Asks for cycles.
    #[must_use]
    pub fn cycles(self, cycles: bool) -> Self {
        Self { cycles, ..self }
    }
}

/// A result, or how far beyond the budget it lies.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum WithinBudget<T> {
    /// The result.
    Result(T),
    /// It would take more faces than allowed. None was listed. Lower the dimension, or raise the
    /// budget.
    TooManyFaces {
        /// Faces up to the dimension needed, each as often as hyperedges hold it; the largest number
        /// that there is if there are more.
        faces: usize,
        /// The budget.
        budget: usize,
    },
}

impl<T> WithinBudget<T> {
    /// The result, if there is one.
    pub fn result(self) -> Option<T> {
        match self {
            Self::Result(result) => Some(result),
            Self::TooManyFaces { .. } => None,
        }
    }
}

/// The highest dimension to look at, in which faces of `widest` vertices or fewer may lie, if those that
/// must be listed fit in the 128 bits that name one.
fn highest(
    max_dimension: usize,
    widest: usize,
    n_vertices: usize,
) -> Result<usize, HypergraphError> {
    let top = max_dimension.min(widest.saturating_sub(1));
    let most = 128 / faces::bits(n_vertices);
    // The classes of one dimension end with simplices of the next, which have two vertices more.
    if (top + 2).min(widest) > most {
        return Err(HypergraphError::DimensionTooHigh {
            max_dimension,
            n_vertices,
            most: most - 2,
        });
    }
    Ok(top)
}
