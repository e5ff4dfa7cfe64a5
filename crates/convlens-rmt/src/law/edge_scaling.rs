//! Centring and scaling of the largest eigenvalue of a white Wishart matrix.

use crate::error::{RmtError, require};

/// Which constants carry the largest eigenvalue of a real white Wishart matrix
/// to the Tracy-Widom law of order 1.
///
/// For `W` of size `N x M` with independent standard Gaussian entries, and
/// `l_1` the largest eigenvalue of `W^T W` (not divided by `N`),
/// `(l_1 - mu) / s` tends to Tracy-Widom with `beta = 1`, where with shifted
/// sizes `n`, `m`
///
/// ```text
/// mu = (sqrt(n) + sqrt(m))^2,    s = (sqrt(n) + sqrt(m)) (1/sqrt(n) + 1/sqrt(m))^(1/3).
/// ```
///
/// Measured rates above the 5% point of Tracy-Widom, 60,000 matrices each (standard error 0.09%): Ma 4.66, 4.76, 4.81, 5.06%
/// and Johnstone 4.22, 4.14, 4.81, 4.81% for 10 x 5, 40 x 10, 40 x 40, 100 x 50.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum EdgeScaling {
    /// `n = N - 1/2`, `m = M - 1/2`: error `O(M^(-2/3))`. Ma, "Accuracy of the
    /// Tracy-Widom limits for the extreme eigenvalues in white Wishart
    /// matrices", Bernoulli 18 (2012). The default.
    #[default]
    Ma,
    /// `n = N - 1`, `m = M`: error `O(M^(-1/3))`. Johnstone, "On the distribution
    /// of the largest eigenvalue in principal components analysis", Annals of
    /// Statistics 29 (2001), theorem 1.1, with `N >= M` as the sample size.
    Johnstone,
}

impl EdgeScaling {
    /// `(mu, s)` for an `n x m` matrix with unit-variance entries; the order of
    /// the two sides does not matter.
    ///
    /// # Errors
    ///
    /// [`RmtError::EmptyShape`] when a side is 0, [`RmtError::ParameterOutOfRange`] for a 1 x 1 matrix, which has no edge.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::EdgeScaling;
    ///
    /// let (mu, s) = EdgeScaling::Johnstone.center_and_scale(101, 25)?;
    /// assert!((mu - 225.0).abs() < 1e-12); // (sqrt(100) + sqrt(25))^2
    /// assert!((s - 15.0 * 0.3_f64.cbrt()).abs() < 1e-12);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn center_and_scale(self, n: usize, m: usize) -> Result<(f64, f64), RmtError> {
        let (rows, cols) = (n, m);
        if rows == 0 || cols == 0 {
            return Err(RmtError::EmptyShape { rows, cols });
        }
        let larger = rows.max(cols);
        require(larger >= 2, "larger side", larger as f64, "at least 2")?;
        Ok(self.constants(larger, rows.min(cols)))
    }

    /// The same for `n >= m >= 1`, `n >= 2`.
    pub(crate) fn constants(self, n: usize, m: usize) -> (f64, f64) {
        let (n, m) = match self {
            EdgeScaling::Ma => (n as f64 - 0.5, m as f64 - 0.5),
            EdgeScaling::Johnstone => (n as f64 - 1.0, m as f64),
        };
        let root = n.sqrt() + m.sqrt();
        (
            root * root,
            root * (n.sqrt().recip() + m.sqrt().recip()).cbrt(),
        )
    }
}
