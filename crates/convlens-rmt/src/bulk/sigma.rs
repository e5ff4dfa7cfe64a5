//! The noise variance, read off the bulk: by mean, median, likelihood or least distance.

use std::f64::consts::LN_2;

use crate::law::marchenko_pastur::MarchenkoPastur;

/// `sigma^2` from the mean of the bulk of an `n`-sided matrix, without
/// allowance for the noise that the `spikes` took with them beyond their share
/// of the sides. Values are in the unit of the ESD.
pub(super) fn variance_by_mean(bulk: &[f64], spikes: usize, n: usize) -> f64 {
    bulk.iter().sum::<f64>() / bulk_share(bulk.len(), spikes, n)
}

/// The same with that allowance; see
/// [`Estimator::Mean`](super::Estimator::Mean).
pub(super) fn corrected_variance(bulk: &[f64], spikes: &[f64], n: usize) -> f64 {
    let c = (bulk.len() + spikes.len()) as f64 / n as f64;
    let sum: f64 = bulk.iter().sum();
    let share = bulk_share(bulk.len(), spikes.len(), n);
    let mut sigma2 = sum / share;
    // Rises monotonically; each round shrinks the error by the share of spikes or more.
    for _ in 0..100 {
        let taken: f64 = spikes
            .iter()
            .map(|spike| c / strength(spike / sigma2, c))
            .sum();
        // With near half the spectrum at the edge the expansion breaks down: cap it.
        let next = sum / (share - taken).max(0.5 * share);
        let moved = (next - sigma2).abs();
        sigma2 = next;
        if moved <= 1e-15 * sigma2 {
            break;
        }
    }
    sigma2
}

/// `(N - r)(M - r) / N`: the expected trace of unit noise without `r` directions.
fn bulk_share(bulk: usize, spikes: usize, n: usize) -> f64 {
    (n - spikes) as f64 * bulk as f64 / n as f64
}

/// `l >= sqrt(c)` with `x = l + 1 + c + c / l`: the planted square of a spike
/// seen at `x`, both over `sigma^2`; `sqrt(c)`, the threshold, for `x` under the edge.
pub(super) fn strength(x: f64, c: f64) -> f64 {
    let b = x - 1.0 - c;
    let discriminant = b * b - 4.0 * c;
    if b <= 0.0 || discriminant <= 0.0 {
        return c.sqrt();
    }
    0.5 * (b + discriminant.sqrt())
}

/// `sigma^2` from the median of the bulk, ascending, over that of the law of an
/// `(n - r) x (m - r)` noise matrix.
pub(super) fn variance_by_median(bulk: &[f64], spikes: usize, n: usize) -> f64 {
    let m = bulk.len();
    let law = MarchenkoPastur::from_fit((n - spikes) as f64 / m as f64, 1.0);
    let median = 0.5 * (bulk[(m - 1) / 2] + bulk[m / 2]);
    // The ESD is divided by n, the law's eigenvalues by n - r.
    n as f64 / (n - spikes) as f64 * median / law.median()
}

/// Shares of the bulk that count as "below" and "above" in the likelihood: past the fitted edges
/// the law has no density, and finite matrices do go past them.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strength_inverts_the_spike_map() {
        for c in [0.1, 0.5, 1.0_f64] {
            for l in [1.01 * c.sqrt(), 2.0, 50.0] {
                let x = l + 1.0 + c + c / l;
                // A square root near the double root at sqrt(c) costs half the digits.
                assert!((strength(x, c) / l - 1.0).abs() < 1e-7);
            }
            assert_eq!(strength(1.0, c), c.sqrt());
        }
    }

    #[test]
    fn no_spikes_is_the_plain_mean() {
        let bulk = [1.0, 2.0, 3.0];
        assert!((corrected_variance(&bulk, &[], 5) - 2.0).abs() < 1e-15);
        assert!((variance_by_mean(&bulk, 0, 5) - 2.0).abs() < 1e-15);
    }

    #[test]
    fn quantiles_of_the_law_give_back_sigma() {
        let law = MarchenkoPastur::new(2.0, 3.0).unwrap();
        let bulk: Vec<f64> = (0..1001)
            .map(|i| law.quantile((f64::from(i) + 0.5) / 1001.0).unwrap())
            .collect();
        assert!((variance_by_median(&bulk, 0, 2002) / 3.0 - 1.0).abs() < 1e-12);
        // Midpoint sums of the quantile function: error of order 1 / M^2.
        assert!((variance_by_mean(&bulk, 0, 2002) / 3.0 - 1.0).abs() < 1e-4);
    }
}
