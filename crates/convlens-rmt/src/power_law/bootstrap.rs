//! Bootstrap intervals for the fitted exponent and lower bound.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::options::{Bootstrap, KsConvention};
use super::scan::scan;

/// A closed interval of one estimated quantity.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
}

/// Percentile intervals from a bootstrap in which every replicate searched for
/// its own `xmin` (Efron and Tibshirani 1993, ch. 13).
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PowerLawBootstrap {
    /// Interval for the exponent.
    pub alpha: Interval,
    /// Interval for the lower bound.
    pub xmin: Interval,
    /// Nominal coverage.
    pub level: f64,
    /// Replicates drawn.
    pub replicates: usize,
    /// Replicates that had no tail to fit, and that the intervals leave out.
    pub failed: usize,
    /// Seed they were drawn with.
    pub seed: u64,
}

/// Resamples `sorted` (with logarithms `logs`, both ascending) and refits.
/// `None` when no replicate had a tail.
pub(super) fn bootstrap(
    sorted: &[f64],
    logs: &[f64],
    min_tail: usize,
    ks: KsConvention,
    settings: &Bootstrap,
) -> Option<PowerLawBootstrap> {
    let n = sorted.len();
    let (mut alphas, mut xmins) = (Vec::new(), Vec::new());
    let mut indices = Vec::with_capacity(n);
    let mut replicate_logs = Vec::with_capacity(n);
    let mut counts = vec![0_usize; n];
    for replicate in 0..settings.replicates {
        let mut rng = ChaCha8Rng::seed_from_u64(settings.seed);
        rng.set_stream(replicate as u64);
        counts.fill(0);
        for _ in 0..n {
            counts[rng.random_range(0..n)] += 1;
        }
        // Counting sort: the replicate comes out ascending.
        indices.clear();
        for (index, &count) in counts.iter().enumerate() {
            indices.extend(std::iter::repeat_n(index, count));
        }
        replicate_logs.clear();
        replicate_logs.extend(indices.iter().map(|&index| logs[index]));
        if let Some(best) = scan(&replicate_logs, min_tail, ks) {
            alphas.push(best.alpha);
            xmins.push(sorted[indices[best.index]]);
        }
    }
    Some(PowerLawBootstrap {
        alpha: percentile_interval(&mut alphas, settings.level)?,
        xmin: percentile_interval(&mut xmins, settings.level)?,
        level: settings.level,
        replicates: settings.replicates,
        failed: settings.replicates - alphas.len(),
        seed: settings.seed,
    })
}

/// The central interval of the given level, order statistics joined linearly
/// (Hyndman and Fan 1996, type 7).
fn percentile_interval(values: &mut [f64], level: f64) -> Option<Interval> {
    values.sort_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let quantile = |p: f64| {
        let position = p * last as f64;
        let below = position.floor() as usize;
        let above = (below + 1).min(last);
        values[below] + (position - below as f64) * (values[above] - values[below])
    };
    Some(Interval {
        lower: quantile(0.5 * (1.0 - level)),
        upper: quantile(0.5 * (1.0 + level)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_of_known_values() {
        let mut values: Vec<f64> = (0..=100).rev().map(f64::from).collect();
        let interval = percentile_interval(&mut values, 0.9).unwrap();
        assert!((interval.lower - 5.0).abs() < 1e-12);
        assert!((interval.upper - 95.0).abs() < 1e-12);
        assert_eq!(percentile_interval(&mut [], 0.9), None);
    }
}
