//! What results promise: accuracy, the algorithm that gave them, condition numbers.

use std::fmt;

/// `sigma_max / sigma_min`, over the `min(rows, cols)` singular values of an operator.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum ConditionNumber {
    /// The operator has full rank in floating point.
    Finite(f64),
    /// The smallest value is zero up to rounding: at most `max(m, n) eps sigma_max` for `m x n`
    /// symbols.
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

    /// The number, where it is finite.
    pub fn value(&self) -> Option<&f64> {
        match self {
            Self::Finite(ratio) => Some(ratio),
            Self::Infinite => None,
        }
    }
}

impl fmt::Display for ConditionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finite(ratio) => write!(f, "the condition number is {ratio:.4e}"),
            Self::Infinite => f.write_str(
                "the condition number is infinite: the smallest singular value is zero up to rounding",
            ),
        }
    }
}

/// The algorithm that gave a decomposition.
///
/// Where an algorithm does not converge, or gives a value that is not finite, the next one is
/// tried. Ordered from best to worst; a result made of several decompositions carries the worst of
/// theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Algorithm {
    /// Bidiagonalization and divide and conquer on the matrix itself, or, for the vectors of
    /// symbols, eigenvectors of Gram matrices repaired to the same accuracy, which is checked.
    /// Backward stable.
    Direct,
    /// The same on the transpose. Backward stable.
    Transpose,
    /// Eigenvalues of the Gram matrix of the smaller side; also where
    /// [`Accuracy::Gram`](crate::Accuracy) was asked for. Values under `sqrt(eps) * sigma_max` are
    /// lost.
    Gram,
}

impl Algorithm {
    pub(crate) const LADDER: [Self; 3] = [Self::Direct, Self::Transpose, Self::Gram];
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Direct => "singular value decomposition of the matrix",
            Self::Transpose => "singular value decomposition of the transpose",
            Self::Gram => "eigenvalues of the Gram matrix",
        })
    }
}

/// What a list of singular values promises.
///
/// | | `Exact` | `Gram` |
/// |---|---|---|
/// | error of a value `s` | `50 eps sqrt(max(m, n)) s_max` | `8 eps max(m, n) s_max^2 / s` |
/// | under `1.5e-8 s_max` | as any other | lost: somewhere between 0 and that |
/// | good for | everything | weights of `f32` or less, themselves rounded to `6e-8` |
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Accuracy {
    /// Backward stable decompositions of the symbols themselves: the default.
    #[default]
    Exact,
    /// Eigenvalues of the Gram matrix of the smaller side: faster, and blind to values under
    /// `sqrt(eps) sigma_max`.
    Gram,
}
