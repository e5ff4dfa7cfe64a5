//! The one error type of the crate.

use std::sync::Arc;

use thiserror::Error;

/// Why a request was refused before any work was done.
///
/// Data that are well formed but too few or too degenerate for a fit are not
/// errors: the fits return them as outcomes
/// ([`bulk::Outcome`](crate::bulk::Outcome), [`tail::Outcome`](crate::tail::Outcome)).
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum RmtError {
    /// A value is NaN or infinite. Weights that hold one have no spectrum:
    /// find it in the layer before decomposing.
    #[error("value {value} at index {index} is not finite; check the weights it came from")]
    NonFinite {
        /// Position in the input slice.
        index: usize,
        /// The offending value.
        value: f64,
    },
    /// A value is negative where none can be. Eigenvalues of `W^T W` that a
    /// solver rounded below zero should be set to zero by the caller.
    #[error("value {value} at index {index} is negative; set rounding noise below zero to 0")]
    Negative {
        /// Position in the input slice.
        index: usize,
        /// The offending value.
        value: f64,
    },
    /// A singular value whose square, or the sum of as many such squares, is not a finite number.
    /// Rescale the matrix.
    #[error("the square of value {value} at index {index} overflows; rescale the matrix")]
    SquareOverflows {
        /// Position in the input slice.
        index: usize,
        /// The offending value.
        value: f64,
    },
    /// The spectrum of a `rows x cols` matrix has `min(rows, cols)` values, zeros
    /// included; a truncated decomposition cannot stand in for it.
    #[error(
        "{given} values given, but a {rows} x {cols} matrix has {expected}; pass all, zeros included"
    )]
    WrongLength {
        /// Number of values given.
        given: usize,
        /// `min(rows, cols)`.
        expected: usize,
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        cols: usize,
    },
    /// A `rows x cols` matrix has `rows * cols` entries.
    #[error("{given} entries given, but {rows} x {cols} are expected")]
    WrongEntries {
        /// Number of entries given.
        given: usize,
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        cols: usize,
    },
    /// A matrix with no rows or no columns.
    #[error("a {rows} x {cols} matrix has no spectrum; both sides must be at least 1")]
    EmptyShape {
        /// Rows of the matrix.
        rows: usize,
        /// Columns of the matrix.
        cols: usize,
    },
    /// Entries that are no vector, or no whole number of vectors, of the length that was prepared
    /// for.
    #[error("{given} entries given; pass vectors of {n} entries each, at least one")]
    VectorLength {
        /// Number of entries given.
        given: usize,
        /// Entries of one vector.
        n: usize,
    },
    /// Null spectra have to match the spectra they stand beside: definition, shape and number of
    /// values.
    #[error("null spectrum {index} is not like the one by {definition} that it stands beside")]
    NullMismatch {
        /// Position among the spectra.
        index: usize,
        /// The definition expected there.
        definition: &'static str,
    },
    /// An eigenvalue so large that the norm is not a finite number. Rescale the matrix.
    #[error("the norm overflows with an eigenvalue of {eigenvalue}; rescale the matrix")]
    NormOverflows {
        /// The largest eigenvalue, in the unit of the ESD.
        eigenvalue: f64,
    },
    /// The caller's decomposition of a sub-matrix failed.
    #[error("no singular values of the window at ({row}, {col}) of matrix {matrix}")]
    Decomposition {
        /// Which matrix of the layer.
        matrix: usize,
        /// First row of the window.
        row: usize,
        /// First column of the window.
        col: usize,
        /// What the decomposition said.
        source: DecompositionError,
    },
    /// A layer without a single matrix.
    #[error("no slices given; a layer has at least one matrix")]
    NoSlices,
    /// Slices of one layer that differ in shape.
    #[error(
        "slice {index} is {n} x {m}, the first is {expected_n} x {expected_m}; pool slices of one layer only"
    )]
    SliceShape {
        /// Position in the list of slices.
        index: usize,
        /// Its larger side.
        n: usize,
        /// Its smaller side.
        m: usize,
        /// Larger side of the first slice.
        expected_n: usize,
        /// Smaller side of the first slice.
        expected_m: usize,
    },
    /// A parameter outside the range where the formula means anything.
    #[error("{name} = {value} is out of range; it must be {requirement}")]
    ParameterOutOfRange {
        /// Name of the parameter or option.
        name: &'static str,
        /// Value given.
        value: f64,
        /// The range in words and numbers, such as "in (0, 1)".
        requirement: &'static str,
    },
}

/// The error of a decomposition that the caller runs, shared by clones.
///
/// It reads as the error that was given, and has its source. Two are equal where they read the
/// same.
#[derive(Debug, Clone, Error)]
#[error("{0}")]
pub struct DecompositionError(Arc<dyn std::error::Error + Send + Sync>);

impl DecompositionError {
    pub(crate) fn new(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self(Arc::from(error.into()))
    }
}

impl PartialEq for DecompositionError {
    fn eq(&self, other: &Self) -> bool {
        self.to_string() == other.to_string()
    }
}

/// The most replicates of a simulation: p-values down to 1e-6, and storage that can be had.
pub(crate) const MOST_REPLICATES: usize = 1_000_000;

/// `Ok` if `ok`, else the out-of-range error: each option is checked through this one line.
pub(crate) fn require(
    ok: bool,
    name: &'static str,
    value: f64,
    requirement: &'static str,
) -> Result<(), RmtError> {
    if ok {
        Ok(())
    } else {
        Err(RmtError::ParameterOutOfRange {
            name,
            value,
            requirement,
        })
    }
}

/// Refuses NaN, infinities and negative numbers.
pub(crate) fn require_non_negative(values: &[f64]) -> Result<(), RmtError> {
    for (index, &value) in values.iter().enumerate() {
        if !value.is_finite() {
            return Err(RmtError::NonFinite { index, value });
        }
        if value < 0.0 {
            return Err(RmtError::Negative { index, value });
        }
    }
    Ok(())
}
