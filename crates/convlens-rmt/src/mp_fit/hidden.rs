//! Directions that hide under the edge they widen.

use crate::law::MarchenkoPastur;

/// Share of the bulk, from below, that is compared with the law: what hides is at the top.
const COMPARED: f64 = 0.85;

/// Counts are compared at this many eigenvalues at most, evenly spread in rank: the search takes a thousand passes over them.
const POINTS: usize = 4096;

/// A bulk of an `(n - h) x (m - h)` noise matrix under the lowest eigenvalues.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct HiddenFit {
    pub(super) sigma2: f64,
    /// Directions set aside, those found past the edge included.
    pub(super) aside: usize,
    /// Mean square, in ranks, of the distance between counts and law.
    pub(super) misfit: f64,
}

/// The mean square, in ranks, by which the counts of the lowest eigenvalues miss the law of an
/// `(n - aside) x (m - aside)` noise matrix.
///
/// Eigenvalues are rigid: under the law the count below a point varies by `ln(m) / pi^2` or so, whatever `m`
/// (Gustavsson 2005; Su 2006 for Wishart matrices), so that a misfit of a few ranks is a misfit.
pub(super) fn misfit(eigenvalues: &[f64], n: usize, aside: usize, sigma2: f64) -> f64 {
    let lowest = lowest(eigenvalues, aside);
    mean_square(&residuals(
        lowest,
        n,
        eigenvalues.len(),
        aside as f64,
        sigma2,
    ))
}

/// The misfit that one matrix of pure noise in a thousand passes, `sigma^2` being its mean: measured over 4,000
/// matrices each, 1.0 to 1.1 at 8 x 8 to 100 x 20, 1.4 at 400 x 200, 1.5 at 512 x 512; this is a little above.
pub(super) fn largest_by_chance(m: usize) -> f64 {
    0.6 + 0.2 * (m as f64).ln()
}

/// Least squares in `sigma^2` and the number of directions set aside, from `start` to half of all of them.
///
/// The misfit has one minimum in that number, at which its differences change sign: bisection.
pub(super) fn fit(eigenvalues: &[f64], n: usize, start: usize, sigma2: f64) -> HiddenFit {
    let m = eigenvalues.len();
    let lowest = lowest(eigenvalues, start);
    let solved = |aside: usize| {
        let sigma2 = at_fixed(lowest, n, m, aside as f64, sigma2);
        let left = residuals(lowest, n, m, aside as f64, sigma2);
        HiddenFit {
            sigma2,
            aside,
            misfit: mean_square(&left),
        }
    };
    let (mut low, mut high) = (start, (m / 2).max(start));
    while low < high {
        let middle = (low + high) / 2;
        if solved(middle).misfit <= solved(middle + 1).misfit {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    solved(low)
}

/// Least squares in `sigma^2` alone.
fn at_fixed(lowest: &[f64], n: usize, m: usize, aside: f64, sigma2: f64) -> f64 {
    let mut log = sigma2.ln();
    for _ in 0..20 {
        let r = residuals(lowest, n, m, aside, log.exp());
        let beside = residuals(lowest, n, m, aside, (log + 1e-4).exp());
        let (mut square, mut gradient) = (0.0, 0.0);
        for (a, b) in r.iter().zip(&beside) {
            let slope = 1e4 * (b - a);
            square += slope * slope;
            gradient += slope * a;
        }
        let step = gradient / square;
        if !step.is_finite() {
            break;
        }
        log -= step.clamp(-0.5, 0.5);
        if step.abs() < 1e-10 {
            break;
        }
    }
    log.exp()
}

fn lowest(eigenvalues: &[f64], aside: usize) -> &[f64] {
    let bulk = eigenvalues.len() - aside;
    &eigenvalues[..((COMPARED * bulk as f64) as usize).clamp(1, bulk)]
}

/// Count expected below each value less the count seen (half of itself included).
fn residuals(lowest: &[f64], n: usize, m: usize, aside: f64, sigma2: f64) -> Vec<f64> {
    let (n_left, m_left) = (n as f64 - aside, m as f64 - aside);
    let law = MarchenkoPastur::from_fit((n_left / m_left).max(1.0), sigma2 * n_left / n as f64);
    let ranked = lowest.iter().enumerate();
    ranked
        .step_by(lowest.len().div_ceil(POINTS))
        .map(|(i, &x)| m_left * law.cdf(x) - (i as f64 + 0.5))
        .collect()
}

fn mean_square(residuals: &[f64]) -> f64 {
    residuals.iter().map(|r| r * r).sum::<f64>() / residuals.len() as f64
}
