//! What the tests of singular vectors return.

/// The end of the test of one vector.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum VectorOutcome {
    /// The statistics and their p-values.
    Test(VectorTest),
    /// All entries are zero: there is no direction.
    ZeroVector,
}

impl VectorOutcome {
    /// The test, if there is one.
    #[must_use]
    pub fn test(&self) -> Option<&VectorTest> {
        match self {
            VectorOutcome::Test(test) => Some(test),
            VectorOutcome::ZeroVector => None,
        }
    }
}

/// One vector against random directions.
///
/// Every p-value is `(1 + number of replicates at least as extreme) / (B + 1)`, by simulation of `B` Haar vectors of the same
/// length, so that the dependence between entries of a unit vector is in it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct VectorTest {
    /// Number of entries.
    pub n: usize,
    /// Kolmogorov-Smirnov distance (supremum) of the `n v_i^2` to the exact [`PorterThomas`](crate::PorterThomas) law.
    pub ks_distance: f64,
    /// Its p-value: small for entries of another law, localised or too even.
    pub ks_p_value: f64,
    /// `1 / sum v_i^4`: `n` for equal moduli, 1 for a coordinate axis.
    pub participation_ratio: f64,
    /// `(n + 2) / 3`, what random directions give: `E[sum v_i^4] = 3 / (n + 2)`.
    pub expected_participation_ratio: f64,
    /// One-sided p-value of a participation ratio as small: localisation.
    pub participation_p_value: f64,
    /// `-sum v_i^2 log v_i^2`, in nats.
    pub entropy: f64,
    /// `psi(n/2 + 1) - psi(3/2)`, its mean for random directions.
    pub expected_entropy: f64,
    /// One-sided p-value of an entropy as small: localisation.
    pub entropy_p_value: f64,
    /// Number of replicates `B`.
    pub replicates: usize,
    /// Seed of the simulation.
    pub seed: u64,
}

/// How the vectors of a set depend on each other under the null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SetNull {
    /// Orthonormal frames, as the singular vectors of one matrix. The default.
    #[default]
    Orthonormal,
    /// Independent directions, as those of several matrices.
    Independent,
}

/// The end of the test of a set of vectors.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum VectorSetOutcome {
    /// The tests, one by one and pooled.
    Test(VectorSetTest),
    /// All entries of a vector are zero.
    ZeroVector {
        /// Position of the vector.
        index: usize,
    },
    /// More vectors than entries cannot be orthonormal.
    TooManyVectors {
        /// Number of vectors.
        count: usize,
        /// Number of entries.
        n: usize,
    },
}

impl VectorSetOutcome {
    /// The test, if there is one.
    #[must_use]
    pub fn test(&self) -> Option<&VectorSetTest> {
        match self {
            VectorSetOutcome::Test(test) => Some(test),
            _ => None,
        }
    }
}

/// A set of vectors against random directions.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct VectorSetTest {
    /// The test of each vector, in the order given.
    pub vectors: Vec<VectorTest>,
    /// `ks_p_value` of each, adjusted by Holm (1979): the chance that any is as small, whatever their dependence. Never under
    /// `count / (B + 1)` for the least: a larger set needs more replicates.
    pub adjusted_p_values: Vec<f64>,
    /// Kolmogorov-Smirnov distance of all entries together.
    pub pooled_ks_distance: f64,
    /// Its p-value, by simulation of whole sets.
    pub pooled_p_value: f64,
    /// How the simulated sets depend.
    pub null: SetNull,
    /// Number of replicates `B`.
    pub replicates: usize,
    /// Seed of the simulation.
    pub seed: u64,
}
