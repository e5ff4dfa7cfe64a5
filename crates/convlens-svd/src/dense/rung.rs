//! Which algorithm gave a decomposition.

/// The rung of the ladder of algorithms at which a decomposition succeeded.
///
/// An SVD that does not converge, or that gives a value that is not finite, falls to the next rung. Ordered from best
/// to worst; a result made of several decompositions carries the worst of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Rung {
    /// Bidiagonalisation and divide and conquer on the matrix itself, or, for the vectors of symbols, eigenvectors of Gram
    /// matrices repaired to the same accuracy, which is checked. Backward stable.
    Direct,
    /// The same on the transpose. Backward stable.
    Transpose,
    /// Eigenvalues of the Gram matrix of the smaller side; also where [`Accuracy::Gram`](crate::Accuracy) was asked for. Values under `sqrt(eps) * sigma_max` are lost.
    Gram,
}

impl Rung {
    pub(crate) const LADDER: [Self; 3] = [Self::Direct, Self::Transpose, Self::Gram];
}
