//! Iterated spike removal.

use super::options::{BulkEstimator, MpFitOptions};
use super::outcome::{MpFit, MpOutcome};
use crate::error::RmtError;
use crate::esd::Esd;
use crate::law::{Beta, MarchenkoPastur, TracyWidom};

impl MpFit {
    /// The fewest eigenvalues that are fitted.
    pub const MIN_EIGENVALUES: usize = 8;

    /// Fits a Marchenko-Pastur bulk and finds the spikes above it.
    ///
    /// From no spikes on: read `sigma^2` off the `M - r` lowest eigenvalues by
    /// the law of an `(N - r) x (M - r)` noise matrix, the noise that is left
    /// once `r` directions on each side are taken away; put the threshold at
    ///
    /// ```text
    /// sigma^2 (mu + s t) / N,
    /// ```
    ///
    /// with `mu`, `s` of [`EdgeScaling`](crate::EdgeScaling) for that size and
    /// `t` the Tracy-Widom point (`beta = 1`) with the false-alarm rate above it;
    /// count the eigenvalues past it; repeat until the count stands still. The
    /// count only grows, so that the smallest fixed point is found.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option. Spectra that cannot be
    /// fitted are outcomes.
    ///
    /// # Complexity
    ///
    /// `O(M)` per iteration after one Tracy-Widom quantile (about a millisecond).
    pub fn fit(esd: &Esd, options: &MpFitOptions) -> Result<MpOutcome, RmtError> {
        options.check()?;
        let (n, m) = (esd.n(), esd.m());
        if m < Self::MIN_EIGENVALUES {
            return Ok(MpOutcome::TooFewEigenvalues {
                n: m,
                needed: Self::MIN_EIGENVALUES,
            });
        }
        let rank = esd.rank();
        if rank < m {
            return Ok(MpOutcome::RankDeficient { rank, m });
        }
        let quantile = TracyWidom::new(Beta::One).upper_quantile(options.false_alarm_rate)?;
        let eigenvalues = esd.eigenvalues();
        let (mut spikes, mut iterations) = (0, 0);
        loop {
            iterations += 1;
            let bulk = &eigenvalues[..m - spikes];
            let sigma2 = bulk_variance(bulk, n, spikes, options.estimator);
            let (centre, scale) = options.scaling.centre_and_scale(n - spikes, m - spikes);
            let threshold = sigma2 * (centre + scale * quantile) / n as f64;
            let found = m - eigenvalues.partition_point(|&lambda| lambda <= threshold);
            if 2 * found > m {
                return Ok(MpOutcome::NoBulk { spikes: found, m });
            }
            if found > spikes {
                spikes = found;
                continue;
            }
            let mut fit = MpFit {
                n,
                m,
                q: esd.q(),
                bulk_q: (n - spikes) as f64 / (m - spikes) as f64,
                sigma: sigma2.sqrt(),
                bulk_lower: 0.0,
                bulk_upper: 0.0,
                spike_threshold: threshold,
                spikes,
                spike_eigenvalues: eigenvalues[m - spikes..].to_vec(),
                ks_distance: 0.0,
                iterations,
                false_alarm_rate: options.false_alarm_rate,
                scaling: options.scaling,
                estimator: options.estimator,
            };
            let law = fit.bulk_law();
            (fit.bulk_lower, fit.bulk_upper) = law.support();
            fit.ks_distance = ks_distance(bulk, &law);
            return Ok(MpOutcome::Fit(fit));
        }
    }
}

/// `sigma^2` from the bulk, ascending, of an `n`-sided matrix without `spikes`.
fn bulk_variance(bulk: &[f64], n: usize, spikes: usize, estimator: BulkEstimator) -> f64 {
    let m = bulk.len();
    // Eigenvalues are divided by n, those of the bulk's own law by n - spikes.
    let unit = n as f64 / (n - spikes) as f64;
    match estimator {
        BulkEstimator::Mean => unit * bulk.iter().sum::<f64>() / m as f64,
        BulkEstimator::Median => {
            let law = MarchenkoPastur::from_fit((n - spikes) as f64 / m as f64, 1.0);
            let median = 0.5 * (bulk[(m - 1) / 2] + bulk[m / 2]);
            unit * median / law.median()
        }
    }
}

/// Supremum distance of sorted values to a law.
fn ks_distance(sorted: &[f64], law: &MarchenkoPastur) -> f64 {
    let size = sorted.len() as f64;
    sorted.iter().enumerate().fold(0.0, |distance, (i, &x)| {
        let f = law.cdf(x);
        f64::max(
            distance,
            (f - i as f64 / size).max((i + 1) as f64 / size - f),
        )
    })
}
