//! The noise variance by two more roads: likelihood, and least Kolmogorov-Smirnov distance.

use std::f64::consts::LN_2;

use crate::law::MarchenkoPastur;

/// Shares of the bulk that count as "below" and "above" in the likelihood: past the fitted edges the law has no
/// density, and finite matrices do go past them.
const CENSORED_BELOW: f64 = 0.05;
const CENSORED_ABOVE: f64 = 0.25;

/// Narrows a minimum of a unimodal function to the rounding of a square root: 50 golden sections.
fn golden_section(mut low: f64, mut high: f64, cost: impl Fn(f64) -> f64) -> f64 {
    let ratio = 0.5 * (5.0_f64.sqrt() - 1.0);
    let (mut a, mut b) = (high - ratio * (high - low), low + ratio * (high - low));
    let (mut at_a, mut at_b) = (cost(a), cost(b));
    for _ in 0..50 {
        if at_a <= at_b {
            (high, b, at_b) = (b, a, at_a);
            a = high - ratio * (high - low);
            at_a = cost(a);
        } else {
            (low, a, at_a) = (a, b, at_b);
            b = low + ratio * (high - low);
            at_b = cost(b);
        }
    }
    0.5 * (low + high)
}

/// `sigma^2` by maximum likelihood of the middle of the bulk, both ends censored:
/// `k log F(x_k) + sum log p(x_i) + l log(1 - F(x_l))`, as if the eigenvalues were independent.
///
/// `start` is a first guess; half to twice it is searched.
pub(super) fn variance_by_likelihood(bulk: &[f64], spikes: usize, n: usize, start: f64) -> f64 {
    let m = bulk.len();
    let below = (CENSORED_BELOW * m as f64) as usize;
    let above = (CENSORED_ABOVE * m as f64) as usize;
    let middle = &bulk[below..m - above];
    let law_at = |log: f64| law(n, m, spikes, start * log.exp());
    let log = golden_section(-LN_2, LN_2, |log| {
        let law = law_at(log);
        let ends = censored(below, law.cdf(middle[0]))
            + censored(above, 1.0 - law.cdf(middle[middle.len() - 1]));
        let density: f64 = middle
            .iter()
            .map(|&x| law.pdf(x).clamp(f64::MIN_POSITIVE, f64::MAX).ln())
            .sum();
        -(ends + density)
    });
    start * log.exp()
}

fn censored(count: usize, share: f64) -> f64 {
    if count == 0 {
        return 0.0;
    }
    count as f64 * share.max(f64::MIN_POSITIVE).ln()
}

/// `sigma^2` of least Kolmogorov-Smirnov distance between the bulk and its law.
pub(super) fn variance_by_ks(bulk: &[f64], spikes: usize, n: usize, start: f64) -> f64 {
    let law_at = |log: f64| law(n, bulk.len(), spikes, start * log.exp());
    let log = golden_section(-LN_2, LN_2, |log| ks_distance(bulk, &law_at(log)));
    start * log.exp()
}

/// Supremum distance of sorted values to a law.
pub(super) fn ks_distance(sorted: &[f64], law: &MarchenkoPastur) -> f64 {
    let size = sorted.len() as f64;
    sorted.iter().enumerate().fold(0.0, |distance, (i, &x)| {
        let f = law.cdf(x);
        f64::max(
            distance,
            (f - i as f64 / size).max((i + 1) as f64 / size - f),
        )
    })
}

/// The law of `m` bulk eigenvalues in the unit of the ESD.
fn law(n: usize, m: usize, spikes: usize, sigma2: f64) -> MarchenkoPastur {
    let left = (n - spikes) as f64;
    MarchenkoPastur::from_fit(left / m as f64, sigma2 * left / n as f64)
}
