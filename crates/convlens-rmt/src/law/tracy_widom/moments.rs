//! Published moments of the Tracy-Widom laws.

use super::{Beta, TracyWidom};

/// Mean, variance, skewness and excess kurtosis (Bornemann 2010, "On the numerical evaluation of distributions
/// in random matrix theory: a review", Markov Processes and Related Fields 16), the digits that
/// quadrature of the density confirms.
fn published(beta: Beta) -> [f64; 4] {
    match beta {
        Beta::One => [
            -1.206_533_574_582_0,
            1.607_781_034_581_0,
            0.293_464_524_08,
            0.165_242_938_4,
        ],
        Beta::Two => [
            -1.771_086_807_411_6,
            0.813_194_792_832_9,
            0.224_084_203_610,
            0.093_448_087_6,
        ],
    }
}

impl TracyWidom {
    /// The mean, to 13 digits (Bornemann 2010, "On the numerical evaluation of
    /// distributions in random matrix theory: a review").
    #[must_use]
    pub fn mean(&self) -> f64 {
        published(self.beta())[0]
    }

    /// The variance, to 13 digits (same source).
    #[must_use]
    pub fn variance(&self) -> f64 {
        published(self.beta())[1]
    }

    /// The skewness `E[(X - mean)^3] / sd^3`, to 11 digits (same source).
    #[must_use]
    pub fn skewness(&self) -> f64 {
        published(self.beta())[2]
    }

    /// The excess kurtosis `E[(X - mean)^4] / sd^4 - 3`, to 10 digits (same source).
    #[must_use]
    pub fn excess_kurtosis(&self) -> f64 {
        published(self.beta())[3]
    }
}
