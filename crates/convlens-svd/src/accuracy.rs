//! Condition numbers, of which some are infinite.
//!
//! Which algorithm gave a decomposition.

/// `sigma_max / sigma_min`, over the `min(rows, cols)` singular values of an operator.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ConditionNumber {
    /// The operator has full rank in floating point.
    Finite(f64),
    /// The smallest value is zero up to rounding: at most `max(m, n) eps sigma_max` for `m x n` symbols.
    Infinite,
}

impl ConditionNumber {
    /// Of the extreme values of blocks of this shape.
    pub(crate) fn new(largest: f64, smallest: f64, (rows, cols): (usize, usize)) -> Self {
        let cut = rows.max(cols) as f64 * f64::EPSILON * largest;
        match largest / smallest {
            ratio if smallest > cut && ratio.is_finite() => Self::Finite(ratio),
            _ => Self::Infinite,
        }
    }
}

/// The algorithm of the ladder of algorithms at which a decomposition succeeded.
///
/// An SVD that does not converge, or that gives a value that is not finite, falls to the next algorithm. Ordered from best
/// to worst; a result made of several decompositions carries the worst of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Algorithm {
    /// Bidiagonalization and divide and conquer on the matrix itself, or, for the vectors of symbols, eigenvectors of Gram
    /// matrices repaired to the same accuracy, which is checked. Backward stable.
    Direct,
    /// The same on the transpose. Backward stable.
    Transpose,
    /// Eigenvalues of the Gram matrix of the smaller side; also where [`Accuracy::Gram`](crate::Accuracy) was asked for. Values under `sqrt(eps) * sigma_max` are lost.
    Gram,
}

impl Algorithm {
    pub(crate) const LADDER: [Self; 3] = [Self::Direct, Self::Transpose, Self::Gram];
}

/// What a list of singular values promises.
///
/// | | `Exact` | `Gram` |
/// |---|---|---|
/// | error of `sigma` | `50 eps sqrt(max(m, n)) sigma_max` | `c eps max(m, n) sigma_max^2 / sigma`, `c < 8` measured |
/// | values under `1.5e-8 sigma_max` | as any other | lost: somewhere between 0 and that |
/// | good for | everything | weights that were `f32` or narrower: their own rounding is `6e-8` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Accuracy {
    /// Backward stable decompositions of the symbols themselves: the default.
    #[default]
    Exact,
    /// Eigenvalues of the Gram matrix of the smaller side: faster, and blind to values under `sqrt(eps) sigma_max`.
    Gram,
}
