//! The Marchenko-Pastur fit by iterated spike removal: outcome, algorithm, and the simulated test
//! of the bulk.

use std::fmt;

use crate::bulk::hidden;
use crate::bulk::options::{Estimator, KsSimulation, Options};
use crate::bulk::sigma::{
    corrected_variance, ks_distance, variance_by_ks, variance_by_likelihood, variance_by_mean,
    variance_by_median,
};
use crate::error::RmtError;
use crate::esd::Esd;
use crate::law::marchenko_pastur::MarchenkoPastur;
use crate::law::tracy_widom::{DysonIndex, EdgeScaling, TracyWidom};
use crate::null::ensemble::GaussianEnsemble;

/// The end of a Marchenko-Pastur fit: the fit, or why the spectrum allows none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome {
    /// A bulk was fitted. Whether it is Marchenko-Pastur is for
    /// [`Fit::ks_distance`] to say.
    Fit(Fit),
    /// Too few eigenvalues to speak of a bulk.
    TooFewEigenvalues {
        /// Number of eigenvalues.
        m: usize,
        /// The fewest that are fitted, [`MarchenkoPastur::MIN_EIGENVALUES`].
        needed: usize,
    },
    /// Some eigenvalues are zero: the matrix is not full noise of its own shape.
    RankDeficient {
        /// Numerical rank, see [`Esd::rank`](crate::esd::Esd::rank).
        rank: usize,
        /// Number of eigenvalues.
        m: usize,
    },
    /// Removing spikes went on past half the spectrum: there is no bulk with an edge, as with
    /// heavy-tailed weights, or with a strongly trained layer whose eigenvalues fall off like a
    /// power.
    ///
    /// Half is a convention: noise under more than `M / 2` directions is noise still, but a law
    /// that describes the lesser part of a spectrum is not a description of the spectrum. The
    /// outcome does not tell such noise from a spectrum without any;
    /// [`Phase::classify`](crate::phase::Phase::classify) and the tail's exponent say more. The
    /// numbers are those of the whole spectrum against the law of noise of the same total variance:
    /// what a reader needs to see that it is not noise.
    NoBulk {
        /// Eigenvalues past the last edge: where removal was stopped, not where it would have come
        /// to rest.
        spikes: usize,
        /// Number of eigenvalues.
        m: usize,
        /// Root of the mean of all eigenvalues: an upper bound of the noise.
        total_sigma: f64,
        /// Kolmogorov-Smirnov distance of all eigenvalues to the law with that `sigma`.
        ks_distance: f64,
        /// The largest eigenvalue over the upper edge of that law.
        largest_over_edge: f64,
    },
}

impl Outcome {
    /// The fit, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&Fit> {
        match self {
            Outcome::Fit(fit) => Some(fit),
            _ => None,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fit(fit) => write!(f, "{fit}"),
            Self::TooFewEigenvalues { m, needed } => {
                write!(
                    f,
                    "{m} eigenvalues are too few for a bulk, which needs {needed}"
                )
            }
            Self::RankDeficient { rank, m } => write!(
                f,
                "the matrix has rank {rank} of {m}, so it is not noise of its own shape"
            ),
            Self::NoBulk {
                m,
                largest_over_edge,
                ..
            } => write!(
                f,
                "more than half of the {m} eigenvalues lie above any bulk of noise; the largest is \
                 {largest_over_edge:.1} times the edge of noise of the same total variance"
            ),
        }
    }
}

/// A fitted Marchenko-Pastur bulk and the spikes above it.
///
/// All eigenvalues, edges and thresholds are in the unit of the
/// [`Esd`](crate::esd::Esd): eigenvalues of `W^T W / N`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Fit {
    /// Larger side of the matrix.
    pub n: usize,
    /// Smaller side, the number of eigenvalues.
    pub m: usize,
    /// `Q = N / M` of the whole matrix.
    pub q: f64,
    /// `(N - r) / (M - r)`, the ratio of the bulk without the `r` directions set aside, spikes and
    /// hidden ones.
    pub bulk_q: f64,
    /// Standard deviation of the noise entries, in the unit of a weight.
    pub sigma: f64,
    /// Lower edge of the bulk's law.
    pub bulk_lower: f64,
    /// Upper edge of the bulk's law (no allowance for fluctuation).
    pub bulk_upper: f64,
    /// Where spikes begin: the Tracy-Widom quantile of the bulk's largest
    /// eigenvalue, a little above `bulk_upper`.
    pub spike_threshold: f64,
    /// Number of spikes `r`.
    pub spikes: usize,
    /// Directions that [`Estimator::Adaptive`] sets aside besides: they widen the edge and are
    /// under the threshold. An estimate with a standard error of a few, not a count of eigenvalues.
    /// 0 with any other estimator.
    pub hidden: usize,
    /// The spikes, ascending.
    pub spike_eigenvalues: Vec<f64>,
    /// Kolmogorov-Smirnov distance (supremum) of the bulk, the lowest `M - r` eigenvalues, to its
    /// law.
    pub ks_distance: f64,
    /// Its p-value, if [`Options::ks_test`](crate::bulk::Options::ks_test) asked for it.
    pub ks_test: Option<KsTest>,
    /// Refits until the number of spikes stood still.
    pub iterations: usize,
    /// Probability of at least one spike in pure noise.
    pub false_alarm_rate: f64,
    /// Centering and scaling of the edge.
    pub scaling: EdgeScaling,
    /// How `sigma^2` was read off the bulk.
    pub estimator: Estimator,
}

impl fmt::Display for Fit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spikes = match self.spikes {
            0 => "no eigenvalue".to_owned(),
            1 => "1 eigenvalue".to_owned(),
            count => format!("{count} eigenvalues"),
        };
        write!(
            f,
            "noise of standard deviation {:.4} and {spikes} of {} above its edge",
            self.sigma, self.m
        )
    }
}

impl Fit {
    /// The law of the bulk in the unit of the ESD, for plots and distances. It describes `M - r` of
    /// the `M` eigenvalues (`r` spikes and hidden directions), so that a density over the whole
    /// spectrum has to be multiplied by `(M - r) / M`.
    #[must_use]
    pub fn bulk_law(&self) -> MarchenkoPastur {
        let shrink = (self.n - self.spikes - self.hidden) as f64 / self.n as f64;
        MarchenkoPastur::from_fit(self.bulk_q, self.sigma * self.sigma * shrink)
    }
}

impl MarchenkoPastur {
    /// The fewest eigenvalues that are fitted. Ours: at 8 x 8 the false-alarm
    /// rate has fallen to half the nominal one, at 256 x 8 and 10 x 10 it is within a
    /// quarter of it.
    pub const MIN_EIGENVALUES: usize = 8;

    /// Fits a Marchenko-Pastur bulk and finds the spikes above it.
    ///
    /// From `r = 0` spikes on: read `sigma^2` off the `M - r` lowest eigenvalues
    /// ([`Estimator`](crate::bulk::Estimator)) as noise of size `(N - r) x (M - r)`, which is what
    /// is left once `r` directions on each side are taken away; put the threshold at `sigma^2 e /
    /// N` with
    ///
    /// ```text
    /// e = mu + s t,
    /// ```
    ///
    /// `mu`, `s` of [`EdgeScaling`](crate::law::EdgeScaling) for that size and `t` the Tracy-Widom
    /// point (`beta = 1`) with the false-alarm rate above it; count the eigenvalues past it; repeat
    /// while the count grows. Then, with [`Estimator::Mean`](crate::bulk::Estimator::Mean), correct
    /// `sigma^2` for the spikes, which raises the threshold, and repeat while the count falls.
    /// Last, [`Estimator::Adaptive`](crate::bulk::Estimator::Adaptive) looks for directions that
    /// hide.
    ///
    /// An eigenvalue divided by an estimated `sigma^2` spreads less than the eigenvalue, since both
    /// rise and fall together (Nadler 2011, "On the distribution of the ratio of the largest
    /// eigenvalue to the trace of a Wishart matrix"): plain `t` gives a rate of 0.005 for 0.01 at
    /// 60 x 60. With [`Estimator::Mean`](crate::bulk::Estimator::Mean) the ratio `u` is independent
    /// of the trace, so that its first two moments follow exactly from those of `l_1 = mu + s TW`,
    ///
    /// ```text
    /// E u = E l_1,    E u^2 = E l_1^2 / (1 + 2 / (N M)),
    /// ```
    ///
    /// and `t` is moved affinely to them.
    ///
    /// # Conventions
    ///
    /// Gaussian-like entries are assumed: with entries of infinite fourth moment
    /// the largest eigenvalues of pure noise are past the edge too, and a spike
    /// says nothing on structure.
    ///
    /// # Accuracy
    ///
    /// All tables: `docs/calibration_marchenko_pastur.md` of this crate.
    ///
    /// A tenth of all directions planted (strengths in units of the BBP threshold, a singular value
    /// of `sigma (N M)^(1/4)`): from 1 time the threshold on, `sigma` was within 2% in each of 60
    /// matrices of 400 x 200, 600 x 200, 1000 x 100, 800 x 400 and 512 x 512 at each of 1, 1.2,
    /// 1.5, 2, 3 and 5 times; the averages are off by up to 0.6%, the worst matrix by 1.93% at the
    /// threshold and by 1.67% past it. In pure noise `sigma` spreads by `1 / sqrt(2 N M)`, 0.25% at
    /// 400 x 200. With 1% and 5% planted, 60 matrices of each of these sizes at 1, 1.2 and 1.5
    /// times: up to +0.4% on average; one matrix of 512 x 512 with five directions at the threshold
    /// was off by 2.1%, all others by less than 2%. Strengths spread evenly from 1 to 3 or
    /// geometrically from 0.7 to 5: up to +0.8% on average, 1.6% at worst.
    ///
    /// At 0.8 times the average is off by +1.0% at 400 x 200 and 600 x 200, by +0.2% at 800 x 400
    /// and +0.3% at 512 x 512, and single matrices by up to 2.8%. There the directions are hard to
    /// tell from noise: the sums that [`Estimator::Adaptive`](crate::bulk::Estimator::Adaptive)
    /// reads are 3.4 standard deviations away from those of the nearest noise at 400 x 200, so that
    /// even a test told both the share and the strength finds, by them, 62% of such matrices if it
    /// is to be wrong once in a thousand of pure noise; half are found. Those that are not keep the
    /// mean, which is off by +2.1%.
    ///
    /// Under 400 x 200 there is less to go by: at 200 x 200, +0.8% (3.1% at worst) at the
    /// threshold, +0.5% (2.4%) at 1.2 times, -0.5% (1.5%) at 1.5; at 0.8 times +2.4% (3.7%).
    ///
    /// False alarms keep their rate, 0.01 and 0.05, within exact 99.9% binomial bounds over 1,000
    /// seeds from 60 x 40 on; at 10 x 10 they are 0.007 and 0.042, at 8 x 8 0.004 and 0.025 (3,000
    /// seeds). One direction at twice the threshold is found in 99.9% of matrices at 100 x 50, at
    /// half of it at the false-alarm rate.
    ///
    /// The p-value of [`Options::ks_test`](crate::bulk::Options::ks_test) is uniform on pure noise.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option. Spectra that cannot be
    /// fitted are outcomes.
    ///
    /// # Complexity
    ///
    /// `O(M)` per iteration, and one Tracy-Widom quantile, which [`fit_all`](Self::fit_all) shares.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{bulk, Esd, MarchenkoPastur};
    ///
    /// // 100 eigenvalues spread like a bulk of a 200 x 100 matrix, and one far above it.
    /// let law = MarchenkoPastur::new(2.0, 0.25)?;
    /// let mut values = (0..99)
    ///     .map(|i| law.quantile((f64::from(i) + 0.5) / 99.0))
    ///     .collect::<Result<Vec<_>, _>>()?;
    /// values.push(5.0);
    /// let esd = Esd::from_eigenvalues(&values, 200, 100)?;
    /// let bulk::Outcome::Fit(fit) = MarchenkoPastur::fit(&esd, &bulk::Options::default())? else {
    ///     panic!("a bulk is there");
    /// };
    /// assert_eq!(fit.spike_eigenvalues, [5.0]);
    /// assert!((fit.sigma - 0.5).abs() < 0.01);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    #[doc(alias = "num_spikes")]
    #[doc(alias = "fit_mp")]
    #[doc(alias = "spikes")]
    pub fn fit(esd: &Esd, options: &Options) -> Result<Outcome, RmtError> {
        Self::fit_all(std::slice::from_ref(esd), options)
            .map(|mut outcomes| outcomes.swap_remove(0))
    }

    /// [`fit`](Self::fit) for many spectra, with one Tracy-Widom quantile, which dominates a fit,
    /// for all of them.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option.
    ///
    /// # Complexity
    ///
    /// `O(M)` per iteration of each.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{bulk, MarchenkoPastur, NullSpectra};
    ///
    /// let nulls = NullSpectra::gaussian(60, 40, 0.1, 1, 20)?;
    /// let outcomes = MarchenkoPastur::fit_all(nulls.esds(), &bulk::Options::default())?;
    /// let found = outcomes.iter().filter_map(|o| o.value()).filter(|fit| fit.spikes > 0).count();
    /// assert!(outcomes.len() == 20 && found <= 2); // 1% of pure noise
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn fit_all(esds: &[Esd], options: &Options) -> Result<Vec<Outcome>, RmtError> {
        options.check()?;
        let removal = Removal::new(options)?;
        esds.iter().map(|esd| fit_one(esd, &removal)).collect()
    }
}

fn fit_one(esd: &Esd, removal: &Removal<'_>) -> Result<Outcome, RmtError> {
    let m = esd.m();
    let needed = MarchenkoPastur::MIN_EIGENVALUES;
    if m < needed {
        return Ok(Outcome::TooFewEigenvalues { m, needed });
    }
    let rank = esd.rank();
    if rank < m {
        return Ok(Outcome::RankDeficient { rank, m });
    }
    match (removal.run(esd), removal.ks_simulation()) {
        (Outcome::Fit(mut fit), Some(simulation)) => {
            fit.ks_test = Some(simulate(&fit, removal, simulation)?);
            Ok(Outcome::Fit(fit))
        }
        (outcome, _) => Ok(outcome),
    }
}

/// What stays the same from one removal, and one matrix, to the next.
pub(super) struct Removal<'a> {
    options: &'a Options,
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
    pub(super) fn new(options: &'a Options) -> Result<Self, RmtError> {
        let law = TracyWidom::new(DysonIndex::One);
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
    pub(super) fn run(&self, esd: &Esd) -> Outcome {
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
        if self.options.estimator == Estimator::Adaptive
            && let Some(better) = self.hidden(esd, &step)
        {
            step = better;
            iterations += 1;
        }
        Outcome::Fit(self.finish(esd, &step, iterations))
    }

    fn by_mean(&self) -> bool {
        use Estimator::{Adaptive, Mean};
        matches!(self.options.estimator, Mean | Adaptive)
    }

    fn step(&self, esd: &Esd, spikes: usize, corrected: bool) -> Step {
        let (n, m) = (esd.n(), esd.m());
        let (bulk, above) = esd.eigenvalues().split_at(m - spikes);
        let by_median = || variance_by_median(bulk, spikes, n);
        let sigma2 = match self.options.estimator {
            Estimator::Median => by_median(),
            Estimator::Likelihood => variance_by_likelihood(bulk, spikes, n, by_median()),
            Estimator::KolmogorovSmirnov => variance_by_ks(bulk, spikes, n, by_median()),
            Estimator::Mean | Estimator::Adaptive if corrected => {
                corrected_variance(bulk, above, n)
            }
            Estimator::Mean | Estimator::Adaptive => variance_by_mean(bulk, spikes, n),
        };
        let edge = if self.by_mean() {
            self.edge_over_mean(n - spikes, m - spikes)
        } else {
            self.edge(n - spikes, m - spikes)
        };
        past(esd, sigma2, edge)
    }

    /// The step with the `sigma^2` of noise with hidden directions, where the Chebyshev sums of the
    /// bulk say that there are some.
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

    /// The critical value for the largest eigenvalue of an `n x m` noise matrix, in units of a
    /// known `sigma^2`, not divided by a side.
    fn edge(&self, n: usize, m: usize) -> f64 {
        let (center, scale) = self.options.scaling.constants(n, m);
        center + scale * self.quantile
    }

    /// The same over a `sigma^2` that is the mean of the same eigenvalues.
    fn edge_over_mean(&self, n: usize, m: usize) -> f64 {
        let (center, scale) = self.options.scaling.constants(n, m);
        let mean = center + scale * self.law.mean();
        let second = mean * mean + scale * scale * self.law.variance();
        let variance = second / (1.0 + 2.0 / (n * m) as f64) - mean * mean;
        // Positive from 4 x 4 on, and a bulk keeps half of 8 x 8 at least.
        let shrink = (variance.max(0.0) / self.law.variance()).sqrt();
        mean + shrink * (self.quantile - self.law.mean())
    }

    fn finish(&self, esd: &Esd, step: &Step, iterations: usize) -> Fit {
        let (n, m, spikes) = (esd.n(), esd.m(), step.found);
        let aside = spikes + step.hidden;
        let mut fit = Fit {
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
fn no_bulk(esd: &Esd, spikes: usize) -> Outcome {
    let sigma2 = variance_by_mean(esd.eigenvalues(), 0, esd.n());
    let law = MarchenkoPastur::from_fit(esd.q(), sigma2);
    Outcome::NoBulk {
        spikes,
        m: esd.m(),
        total_sigma: sigma2.sqrt(),
        ks_distance: ks_distance(esd.eigenvalues(), &law),
        largest_over_edge: esd.largest() / law.support().1,
    }
}

/// How the distance of a bulk to its law compares with those of simulated noise.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct KsTest {
    /// `(1 + at_least) / (1 + replicates)`, never 0 (Davison and Hinkley 1997, eq. 4.11).
    pub p_value: f64,
    /// Replicates at the distance of the data or further.
    pub at_least: usize,
    /// The median distance of the replicates.
    pub null_median: f64,
    /// Replicates drawn.
    pub replicates: usize,
    /// Seed they were drawn with, each on the ChaCha8 stream of its number.
    pub seed: u64,
}

/// Draws noise of the size of the bulk and fits it by the same rules, spikes and all.
pub(super) fn simulate(
    fit: &Fit,
    removal: &Removal<'_>,
    simulation: &KsSimulation,
) -> Result<KsTest, RmtError> {
    let aside = fit.spikes + fit.hidden;
    // Neither the spikes nor the distance depends on sigma.
    let noise = GaussianEnsemble::new(fit.n - aside, fit.m - aside, 1.0)?;
    let mut distances = Vec::with_capacity(simulation.replicates);
    for replicate in 0..simulation.replicates {
        let esd = noise.esd(simulation.seed, replicate as u64)?;
        // Noise without a bulk would be the worst of fits.
        distances.push(match removal.run(&esd) {
            Outcome::Fit(fit) => fit.ks_distance,
            _ => 1.0,
        });
    }
    distances.sort_by(f64::total_cmp);
    let below = distances.partition_point(|&d| d < fit.ks_distance);
    let at_least = distances.len() - below;
    Ok(KsTest {
        p_value: (1 + at_least) as f64 / (1 + distances.len()) as f64,
        at_least,
        null_median: distances[distances.len() / 2],
        replicates: simulation.replicates,
        seed: simulation.seed,
    })
}
