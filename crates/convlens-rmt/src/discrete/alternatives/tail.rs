//! The tail that all laws on the whole numbers are fitted to.

use crate::special::root;

/// `y = ln(x / xmin)` of a tail, with what several fits read.
#[derive(Debug)]
pub(super) struct Tail {
    /// `xmin`.
    pub(super) from: f64,
    pub(super) logs: Vec<f64>,
    pub(super) mean: f64,
    pub(super) variance: f64,
    pub(super) largest: f64,
    /// All values are one number or its successor.
    pub(super) neighbours: bool,
    /// Exponent of the power law of greatest likelihood.
    pub(super) alpha: f64,
}

/// What the search for a law's greatest likelihood comes to.
#[derive(Debug)]
pub(super) enum Found<P> {
    /// Parameters, in units of `xmin`, and the logarithm of the probability of each value.
    At(P, Vec<f64>),
    /// The likelihood rises all the way to the power law's.
    PowerLaw,
    /// It rises without end, as where only two values occur that are neighbours.
    Nowhere,
}

/// The zero of a function of the logarithm of a parameter that falls from above 0 to below: near `start`, or past `up`
/// above it ([`Found::Nowhere`]), or so far below that the gain in likelihood is gone ([`Found::PowerLaw`]).
pub(super) fn zero_of_falling<P>(
    off: impl Fn(f64) -> f64,
    start: f64,
    up: f64,
) -> Result<f64, Found<P>> {
    let mut high = start;
    while off(high) > 0.0 {
        high += 2.0;
        if high > start + up {
            return Err(Found::Nowhere);
        }
    }
    let mut low = high - 2.0;
    while off(low) <= 0.0 {
        low -= 2.0;
        if low < start - 60.0 {
            return Err(Found::PowerLaw);
        }
    }
    Ok(root(off, low, high))
}

impl<P> Found<P> {
    /// With its parameters in another form.
    pub(super) fn with<Q>(self, f: impl FnOnce(P) -> Q) -> Found<Q> {
        match self {
            Self::At(law, logs) => Found::At(f(law), logs),
            Self::PowerLaw => Found::PowerLaw,
            Self::Nowhere => Found::Nowhere,
        }
    }
}

impl Tail {
    /// `values`: ascending, one at least.
    pub(super) fn new(values: &[u64], xmin: u64, alpha: f64) -> Self {
        let from = xmin as f64;
        // The difference first: near xmin the logarithm has all its digits.
        let log = |x: &u64| ((x - xmin) as f64 / from).ln_1p();
        let logs: Vec<f64> = values.iter().map(log).collect();
        let n = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / n;
        Self {
            from,
            variance: logs.iter().map(|y| (y - mean) * (y - mean)).sum::<f64>() / n,
            mean,
            largest: logs.iter().copied().fold(0.0, f64::max),
            neighbours: values
                .last()
                .zip(values.first())
                .is_some_and(|(b, a)| b - a <= 1),
            alpha,
            logs,
        }
    }

    /// The mean of a function of `y`.
    pub(super) fn average(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.logs.iter().map(|&y| f(y)).sum::<f64>() / self.logs.len() as f64
    }

    /// Logarithms of probabilities by a law's formula.
    pub(super) fn each(&self, f: impl Fn(f64) -> f64) -> Vec<f64> {
        self.logs.iter().map(|&y| f(y)).collect()
    }
}
