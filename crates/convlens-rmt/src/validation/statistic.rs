//! One spectrum against the Marchenko-Pastur law, with multiplicities.

use super::spectrum::DefinitionSpectrum;
use crate::law::MarchenkoPastur;

/// A spectrum against the law fitted to it.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SpectrumStatistic {
    /// Standard deviation of the noise, in the unit of a weight.
    pub sigma: f64,
    /// Kolmogorov-Smirnov distance of the bulk to its law.
    pub ks_distance: f64,
    /// Eigenvalues past the simulated edge, multiplicities counted.
    pub spikes: usize,
    /// Their share of all eigenvalues.
    pub spike_share: f64,
    /// The largest eigenvalue over the mean of all, the statistic that the edge is simulated for.
    pub largest_over_mean: f64,
}

/// The largest eigenvalue over the mean; `None` where all are zero.
pub(super) fn largest_over_mean(spectrum: &DefinitionSpectrum) -> Option<f64> {
    let (eigenvalues, counts) = (spectrum.eigenvalues(), spectrum.multiplicities());
    let largest = *eigenvalues.last()?;
    if largest <= 0.0 {
        return None;
    }
    // In units of the largest, so that no sum overflows.
    let (sum, count) = sums(eigenvalues, counts, largest);
    Some(count / sum)
}

/// Removes what is past `edge` times the mean of the rest until nothing is, at most half of all; then the distance.
///
/// With `r` eigenvalues removed for each matrix, the rest is compared with the law of an `(N - r) x (M - r)` one.
pub(super) fn measure(spectrum: &DefinitionSpectrum, edge: f64) -> Option<SpectrumStatistic> {
    let (eigenvalues, counts) = (spectrum.eigenvalues(), spectrum.multiplicities());
    let largest_over_mean = largest_over_mean(spectrum)?;
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let (n, m) = (spectrum.n() as f64, spectrum.m() as f64);
    let mut kept = eigenvalues.len();
    // sigma^2 in units of the largest eigenvalue kept, so that nothing overflows or vanishes.
    let (mut sigma2, mut unit, mut left) = (0.0, 1.0, 1.0);
    while kept > 0 && eigenvalues[kept - 1] > 0.0 {
        let next_unit = eigenvalues[kept - 1];
        let (sum, count) = sums(&eigenvalues[..kept], &counts[..kept], next_unit);
        if count < 0.5 * total {
            break;
        }
        (unit, left) = (next_unit, count / total);
        // The mean of the bulk is sigma^2 (N - r) / N.
        sigma2 = sum / count * n / (n - (1.0 - left) * m);
        let next = eigenvalues[..kept].partition_point(|&x| x / unit <= edge * sigma2);
        if next == kept {
            break;
        }
        kept = next;
    }
    let removed = (1.0 - left) * m;
    let q = ((n - removed) / (m - removed)).max(1.0);
    let law = MarchenkoPastur::from_fit(q, sigma2 * (n - removed) / n);
    let kept = kept_for(counts, left * total);
    let spikes: u64 = counts[kept..].iter().map(|&count| u64::from(count)).sum();
    Some(SpectrumStatistic {
        sigma: sigma2.sqrt() * unit.sqrt(),
        ks_distance: distance(&eigenvalues[..kept], &counts[..kept], unit, &law),
        spikes: spikes as usize,
        spike_share: spikes as f64 / total,
        largest_over_mean,
    })
}

/// The number of leading entries whose multiplicities add up to `count`.
fn kept_for(counts: &[u32], count: f64) -> usize {
    let mut sum = 0.0;
    counts
        .iter()
        .take_while(|&&own| {
            sum += f64::from(own);
            sum <= count + 0.5
        })
        .count()
}

fn sums(eigenvalues: &[f64], counts: &[u32], unit: f64) -> (f64, f64) {
    let mut sum = (0.0, 0.0);
    for (&value, &count) in eigenvalues.iter().zip(counts) {
        sum.0 += value / unit * f64::from(count);
        sum.1 += f64::from(count);
    }
    sum
}

/// Supremum distance between a weighted empirical distribution and a law.
fn distance(eigenvalues: &[f64], counts: &[u32], unit: f64, law: &MarchenkoPastur) -> f64 {
    let total: f64 = counts.iter().map(|&count| f64::from(count)).sum();
    let (mut below, mut distance) = (0.0, 0.0_f64);
    for (&value, &count) in eigenvalues.iter().zip(counts) {
        let f = law.cdf(value / unit);
        let above = below + f64::from(count);
        distance = distance.max(f - below / total).max(above / total - f);
        below = above;
    }
    distance
}
