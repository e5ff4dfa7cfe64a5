//! The tail that all laws are fitted to.

/// `y = ln(x / xmin)` of a tail, with the moments that several fits read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tail {
    pub(super) logs: Vec<f64>,
    pub(super) mean: f64,
    /// Squared coefficient of variation of `logs`: 1 for a power law, by expectation.
    pub(super) variation: f64,
    pub(super) largest: f64,
}

/// A law's parameters, in units of `xmin`, and its log density of each `y`. `None` in place of it:
/// the likelihood rises all the way to the power law's.
pub(super) type Fitted<P> = Option<(P, Vec<f64>)>;

impl Tail {
    pub(super) fn new(logs: Vec<f64>) -> Self {
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        let variance = logs.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n;
        Self {
            mean,
            // All values at xmin itself: as good as all equal.
            variation: if mean > 0.0 {
                variance / (mean * mean)
            } else {
                0.0
            },
            largest: logs.iter().copied().fold(0.0, f64::max),
            logs,
        }
    }

    pub(super) fn len(&self) -> f64 {
        self.logs.len() as f64
    }

    /// The mean of a function of `y`.
    pub(super) fn average(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.logs.iter().map(|&y| f(y)).sum::<f64>() / self.len()
    }

    /// Log densities by a law's formula.
    pub(super) fn densities(&self, f: impl Fn(f64) -> f64) -> Vec<f64> {
        self.logs.iter().map(|&y| f(y)).collect()
    }

    /// Those of the power law with `rate = alpha - 1`.
    pub(super) fn power_law(&self, rate: f64) -> Vec<f64> {
        self.densities(|y| rate.ln() - rate * y)
    }
}
