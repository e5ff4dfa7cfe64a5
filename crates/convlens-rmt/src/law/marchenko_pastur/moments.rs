//! Moments of the Marchenko-Pastur law.

use super::super::moment::finite_moment;
use super::MarchenkoPastur;
use crate::error::RmtError;

impl MarchenkoPastur {
    /// The moment `E[x^k]`, by Narayana's numbers.
    ///
    /// ```text
    /// E[x^k] = sigma^(2k) sum over r = 0 .. k - 1 of  C(k, r) C(k - 1, r) / (r + 1) Q^(-r)
    /// ```
    ///
    /// (Bai and Silverstein 2010, "Spectral Analysis of Large Dimensional Random
    /// Matrices", lemma 3.1). At `Q = 1` these are Catalan's numbers.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] when `order` is over 500, or the moment is too large for an `f64`.
    ///
    /// # Complexity
    ///
    /// `O(k)`; all terms are positive, so that the relative error is a few `k` roundings.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::MarchenkoPastur;
    ///
    /// let law = MarchenkoPastur::new(2.0, 3.0)?;
    /// assert_eq!(law.moment(1)?, 3.0);
    /// assert_eq!(law.moment(2)?, 9.0 * (1.0 + 0.5)); // sigma^4 (1 + 1/Q)
    /// assert_eq!(MarchenkoPastur::new(1.0, 1.0)?.moment(5)?, 42.0);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn moment(&self, order: u32) -> Result<f64, RmtError> {
        finite_moment(order, || {
            unit_moment(order, self.q) * self.sigma2.powi(order as i32)
        })
    }
}

/// The moment for `sigma = 1`.
fn unit_moment(order: u32, q: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for r in 1..order {
        let (k, r) = (f64::from(order), f64::from(r));
        // Narayana(r + 1) / Narayana(r), the terms of r and r - 1.
        term *= (k - r + 1.0) * (k - r) / (r * (r + 1.0) * q);
        sum += term;
    }
    sum
}
