//! The rules, on singular values in the unit of the noise.

/// What is done to a noisy singular value.
///
/// Below, `y` is a singular value over `sigma sqrt(N)`, and `beta = M / N <= 1`. All rules set `y <= 1 + sqrt(beta)`, the
/// edge of the noise, to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum DenoiseRule {
    /// Kept as it is above `lambda(beta)`, else zero: the threshold of least asymptotic mean squared error (Gavish and
    /// Donoho 2014, "The optimal hard threshold for singular values is 4/sqrt(3)", IEEE Transactions on Information
    /// Theory 60, eq. 11):
    ///
    /// ```text
    /// lambda(beta) = sqrt(2 (beta + 1) + 8 beta / (beta + 1 + sqrt(beta^2 + 14 beta + 1))).
    /// ```
    ///
    /// Above the edge as it is, it drops directions that can be seen but not estimated well enough to be worth keeping.
    HardThreshold,
    /// The shrinker of least squared Frobenius error (Gavish and Donoho 2017, "Optimal shrinkage of singular values", IEEE
    /// Transactions on Information Theory 63, eq. 7):
    ///
    /// ```text
    /// eta(y) = sqrt((y^2 - beta - 1)^2 - 4 beta) / y.
    /// ```
    ///
    /// The default: no other rule on singular values, hard thresholds included, has a lower error.
    #[default]
    ShrinkFrobenius,
    /// The shrinker of least operator-norm error, which gives back the planted singular value (the same, eq. 8 and 9):
    ///
    /// ```text
    /// eta(y) = x(y) = sqrt((y^2 - beta - 1 + sqrt((y^2 - beta - 1)^2 - 4 beta)) / 2).
    /// ```
    ShrinkOperator,
    /// The shrinker of least nuclear-norm error (the same, eq. 10), zero where it would be negative:
    ///
    /// ```text
    /// eta(y) = (x^4 - beta - sqrt(beta) x y) / (x^2 y),     x = x(y) as above.
    /// ```
    ShrinkNuclear,
}

impl DenoiseRule {
    /// The value that takes the place of `y`, both over `sigma sqrt(N)`.
    pub(super) fn apply(self, y: f64, beta: f64) -> f64 {
        if y <= 1.0 + beta.sqrt() {
            return 0.0;
        }
        match self {
            DenoiseRule::HardThreshold if y > hard_threshold(beta) => y,
            DenoiseRule::HardThreshold => 0.0,
            DenoiseRule::ShrinkFrobenius => root_over(y, beta),
            DenoiseRule::ShrinkOperator => planted(y, beta),
            DenoiseRule::ShrinkNuclear => {
                let x = planted(y, beta);
                // Divided out, so that no fourth power overflows.
                let shrunk = x * (x / y) - beta / (x * x) / y - beta.sqrt() / x;
                shrunk.max(0.0)
            }
        }
    }

    /// The largest `y` that becomes zero.
    pub(super) fn zero_up_to(self, beta: f64) -> f64 {
        let edge = 1.0 + beta.sqrt();
        match self {
            DenoiseRule::HardThreshold => hard_threshold(beta),
            DenoiseRule::ShrinkFrobenius | DenoiseRule::ShrinkOperator => edge,
            DenoiseRule::ShrinkNuclear => {
                let (mut low, mut high) = (edge, 10.0 * edge);
                for _ in 0..60 {
                    let middle = 0.5 * (low + high);
                    if self.apply(middle, beta) > 0.0 {
                        high = middle;
                    } else {
                        low = middle;
                    }
                }
                low
            }
        }
    }
}

/// `lambda(beta)`, Gavish and Donoho 2014, eq. 11.
pub(super) fn hard_threshold(beta: f64) -> f64 {
    let root = (beta * beta + 14.0 * beta + 1.0).sqrt();
    (2.0 * (beta + 1.0) + 8.0 * beta / (beta + 1.0 + root)).sqrt()
}

/// `sqrt((y^2 - beta - 1)^2 - 4 beta) / y`, by its four factors, so that nothing cancels at the edge or overflows.
fn root_over(y: f64, beta: f64) -> f64 {
    let s = beta.sqrt();
    let upper = (y - 1.0 - s).sqrt() * (y + 1.0 + s).sqrt();
    let lower = (y - 1.0 + s).sqrt() * (y + 1.0 - s).sqrt();
    upper / y * lower
}

/// `x(y)`: the planted singular value seen at `y`.
fn planted(y: f64, beta: f64) -> f64 {
    let scaled = y - (beta + 1.0) / y + root_over(y, beta);
    (0.5 * scaled).sqrt() * y.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::MarchenkoPastur;

    const BETAS: [f64; 4] = [0.01, 0.3, 0.7, 1.0];

    /// Where a planted `x` is seen, and the cosines of its two vectors (Benaych-Georges and Nadakuditi 2012).
    fn seen(x: f64, beta: f64) -> (f64, f64, f64) {
        let (x2, x4) = (x * x, x.powi(4));
        let y = ((x + 1.0 / x) * (x + beta / x)).sqrt();
        let left = ((x4 - beta) / (x4 + beta * x2)).sqrt();
        let right = ((x4 - beta) / (x4 + x2)).sqrt();
        (y, left, right)
    }

    #[test]
    fn published_constants() {
        // Gavish and Donoho 2014: 4 / sqrt(3) for a square, sqrt(2) as beta tends to 0; 2.858 times the median.
        assert!((hard_threshold(1.0) - 4.0 / 3.0_f64.sqrt()).abs() < 1e-15);
        assert!((hard_threshold(0.0) - 2.0_f64.sqrt()).abs() < 1e-15);
        // omega(beta), their 2.858 at 1: the density integrated by quadrature and solved for its median (SciPy 1.17.1).
        for (beta, omega) in [
            (0.05, 1.519_340_96),
            (0.5, 2.171_185_35),
            (1.0, 2.858_362_42),
        ] {
            let median = MarchenkoPastur::new(1.0 / beta, 1.0).unwrap().median();
            let found = hard_threshold(beta) / median.sqrt();
            assert!((found - omega).abs() < 1e-7, "{beta}: {found}");
        }
    }

    #[test]
    fn shrinkers_are_the_theory_of_spikes() {
        for beta in BETAS {
            for factor in [1.05, 1.5, 3.0, 40.0] {
                let x = factor * beta.powf(0.25);
                let (y, left, right) = seen(x, beta);
                let close = |a: f64, b: f64| (a - b).abs() < 1e-9 * b.abs().max(1e-3);
                // Operator: the planted value. Frobenius: x times both cosines. Nuclear: x (c c' - s s').
                assert!(close(DenoiseRule::ShrinkOperator.apply(y, beta), x));
                let cosines = left * right;
                assert!(close(
                    DenoiseRule::ShrinkFrobenius.apply(y, beta),
                    x * cosines
                ));
                let sines = ((1.0 - left * left) * (1.0 - right * right)).sqrt();
                let nuclear = (x * (cosines - sines)).max(0.0);
                let found = DenoiseRule::ShrinkNuclear.apply(y, beta);
                assert!(
                    (found - nuclear).abs() < 1e-8 * x,
                    "{beta} {factor}: {found} {nuclear}"
                );
            }
        }
    }

    #[test]
    fn the_hard_threshold_is_where_keeping_and_dropping_cost_the_same() {
        // Squared error of a kept direction: y^2 + x^2 - 2 x y c c'; of a dropped one: x^2.
        for beta in BETAS {
            let y = hard_threshold(beta);
            let x = DenoiseRule::ShrinkOperator.apply(y, beta);
            let (again, left, right) = seen(x, beta);
            assert!((again - y).abs() < 1e-12);
            assert!((y - 2.0 * x * left * right).abs() < 1e-12, "{beta}");
        }
    }

    #[test]
    fn thresholds_separate_zero_from_the_rest() {
        use DenoiseRule::{HardThreshold, ShrinkFrobenius, ShrinkNuclear, ShrinkOperator};
        for beta in BETAS {
            for rule in [
                HardThreshold,
                ShrinkFrobenius,
                ShrinkOperator,
                ShrinkNuclear,
            ] {
                let at = rule.zero_up_to(beta);
                assert_eq!(rule.apply(at * (1.0 - 1e-9), beta), 0.0);
                assert!(rule.apply(at * (1.0 + 1e-9), beta) > 0.0, "{rule:?} {beta}");
                let large = rule.apply(1e200, beta);
                assert!((large / 1e200 - 1.0).abs() < 1e-12, "{rule:?}");
            }
        }
    }
}
