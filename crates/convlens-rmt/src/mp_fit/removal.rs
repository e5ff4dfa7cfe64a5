//! The loop of spike removal.

use super::hidden;
use super::likelihood::{ks_distance, variance_by_ks, variance_by_likelihood};
use super::options::{BulkEstimator, KsSimulation, MpOptions};
use super::outcome::{MpFit, MpOutcome};
use super::sigma::{corrected_variance, variance_by_mean, variance_by_median};
use crate::error::RmtError;
use crate::esd::Esd;
use crate::law::{Beta, MarchenkoPastur, TracyWidom};

/// What stays the same from one removal, and one matrix, to the next.
pub(super) struct Removal<'a> {
    options: &'a MpOptions,
    law: TracyWidom,
    /// Tracy-Widom point with the false-alarm rate above it.
    quantile: f64,
}

/// The threshold for one number of directions set aside, and how many are past it.
struct Step {
    sigma2: f64,
    threshold: f64,
    found: usize,
    /// Directions inferred under the edge.
    hidden: usize,
}

impl<'a> Removal<'a> {
    pub(super) fn new(options: &'a MpOptions) -> Result<Self, RmtError> {
        let law = TracyWidom::new(Beta::One);
        let quantile = law.upper_quantile(options.false_alarm_rate)?;
        Ok(Self {
            options,
            law,
            quantile,
        })
    }

    pub(super) fn ks_simulation(&self) -> Option<&KsSimulation> {
        self.options.ks_test.as_ref()
    }

    /// Fits a spectrum of full rank and enough eigenvalues.
    pub(super) fn run(&self, esd: &Esd) -> MpOutcome {
        let m = esd.m();
        let (mut spikes, mut iterations) = (0, 1);
        let mut step = self.step(esd, 0, false);
        while step.found > spikes {
            if 2 * step.found > m {
                return no_bulk(esd, step.found);
            }
            spikes = step.found;
            step = self.step(esd, spikes, false);
            iterations += 1;
        }
        if spikes > 0 && self.by_mean() {
            step = self.step(esd, spikes, true);
            iterations += 1;
            while step.found < spikes {
                spikes = step.found;
                step = self.step(esd, spikes, true);
                iterations += 1;
            }
        }
        if self.options.estimator == BulkEstimator::Adaptive
            && let Some(better) = self.hidden(esd, &step)
        {
            step = better;
            iterations += 1;
        }
        MpOutcome::Fit(self.finish(esd, &step, iterations))
    }

    fn by_mean(&self) -> bool {
        use BulkEstimator::{Adaptive, Mean};
        matches!(self.options.estimator, Mean | Adaptive)
    }

    fn step(&self, esd: &Esd, spikes: usize, corrected: bool) -> Step {
        let (n, m) = (esd.n(), esd.m());
        let (bulk, above) = esd.eigenvalues().split_at(m - spikes);
        let by_median = || variance_by_median(bulk, spikes, n);
        let sigma2 = match self.options.estimator {
            BulkEstimator::Median => by_median(),
            BulkEstimator::Likelihood => variance_by_likelihood(bulk, spikes, n, by_median()),
            BulkEstimator::KolmogorovSmirnov => variance_by_ks(bulk, spikes, n, by_median()),
            BulkEstimator::Mean | BulkEstimator::Adaptive if corrected => {
                corrected_variance(bulk, above, n)
            }
            BulkEstimator::Mean | BulkEstimator::Adaptive => variance_by_mean(bulk, spikes, n),
        };
        let edge = if self.by_mean() {
            self.edge_over_mean(n - spikes, m - spikes)
        } else {
            self.edge(n - spikes, m - spikes)
        };
        past(esd, sigma2, edge)
    }

    /// The step with the `sigma^2` of noise with hidden directions, where the Chebyshev sums of the bulk say that there are
    /// some.
    fn hidden(&self, esd: &Esd, step: &Step) -> Option<Step> {
        let (n, m) = (esd.n(), esd.m());
        let fit = hidden::fit(esd.eigenvalues(), n, step.found, step.sigma2)?;
        let mut spikes = step.found;
        loop {
            let edge = self.edge(n - spikes, m - spikes);
            let next = past(esd, fit.sigma2, edge);
            if 2 * next.found.max(fit.aside) > m {
                return None;
            }
            if next.found <= spikes {
                let hidden = fit.aside.saturating_sub(next.found);
                return Some(Step { hidden, ..next });
            }
            spikes = next.found;
        }
    }

    /// The critical value for the largest eigenvalue of an `n x m` noise matrix, in units of a known `sigma^2`, not
    /// divided by a side.
    fn edge(&self, n: usize, m: usize) -> f64 {
        let (centre, scale) = self.options.scaling.constants(n, m);
        centre + scale * self.quantile
    }

    /// The same over a `sigma^2` that is the mean of the same eigenvalues.
    fn edge_over_mean(&self, n: usize, m: usize) -> f64 {
        let (centre, scale) = self.options.scaling.constants(n, m);
        let mean = centre + scale * self.law.mean();
        let second = mean * mean + scale * scale * self.law.variance();
        let variance = second / (1.0 + 2.0 / (n * m) as f64) - mean * mean;
        // Positive from 4 x 4 on, and a bulk keeps half of 8 x 8 at least.
        let shrink = (variance.max(0.0) / self.law.variance()).sqrt();
        mean + shrink * (self.quantile - self.law.mean())
    }

    fn finish(&self, esd: &Esd, step: &Step, iterations: usize) -> MpFit {
        let (n, m, spikes) = (esd.n(), esd.m(), step.found);
        let aside = spikes + step.hidden;
        let mut fit = MpFit {
            n,
            m,
            q: esd.q(),
            bulk_q: (n - aside) as f64 / (m - aside) as f64,
            sigma: step.sigma2.sqrt(),
            bulk_lower: 0.0,
            bulk_upper: 0.0,
            spike_threshold: step.threshold,
            spikes,
            hidden: step.hidden,
            spike_eigenvalues: esd.eigenvalues()[m - spikes..].to_vec(),
            ks_distance: 0.0,
            ks_test: None,
            iterations,
            false_alarm_rate: self.options.false_alarm_rate,
            scaling: self.options.scaling,
            estimator: self.options.estimator,
        };
        let law = fit.bulk_law();
        (fit.bulk_lower, fit.bulk_upper) = law.support();
        fit.ks_distance = ks_distance(&esd.eigenvalues()[..m - aside], &law);
        fit
    }
}

fn past(esd: &Esd, sigma2: f64, edge: f64) -> Step {
    let threshold = sigma2 * edge / esd.n() as f64;
    let eigenvalues = esd.eigenvalues();
    let found = esd.m() - eigenvalues.partition_point(|&lambda| lambda <= threshold);
    Step {
        sigma2,
        threshold,
        found,
        hidden: 0,
    }
}

/// The outcome with what can be said of the whole spectrum.
fn no_bulk(esd: &Esd, spikes: usize) -> MpOutcome {
    let sigma2 = variance_by_mean(esd.eigenvalues(), 0, esd.n());
    let law = MarchenkoPastur::from_fit(esd.q(), sigma2);
    MpOutcome::NoBulk {
        spikes,
        m: esd.m(),
        total_sigma: sigma2.sqrt(),
        ks_distance: ks_distance(esd.eigenvalues(), &law),
        largest_over_edge: esd.largest() / law.support().1,
    }
}
