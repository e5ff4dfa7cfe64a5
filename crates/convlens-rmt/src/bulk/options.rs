//! Options of the Marchenko-Pastur fit.

use crate::error::{MOST_REPLICATES, RmtError, require};
use crate::law::tracy_widom::EdgeScaling;

/// How `sigma^2` is read off the bulk, once spikes are set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Estimator {
    /// [`Mean`](Estimator::Mean), unless the eigenvalues say that weak directions hide under the
    /// edge. The default.
    ///
    /// Directions just past or just under the BBP threshold widen the edge and stay below it, where
    /// no count of spikes finds them. They show in the sums of Chebyshev polynomials over the bulk,
    /// with `c = M / N`,
    ///
    /// ```text
    /// C_n = sum_i T_n(y_i),    y = (lambda / sigma^2 - 1 - c) / (2 sqrt c),    n = 1 .. 4.
    /// ```
    ///
    /// In noise these are independent in the limit, with variance `n / 2` whatever `M` is
    /// (Cabanal-Duvillard 2001; the mean and the term of order one by Bai and Silverstein 2004). A
    /// share `p` of directions with squared strength `t` over the threshold adds
    ///
    /// ```text
    /// M / 2 (p t,  p t^2,  p t^2 (t + 3 p sqrt c),  p t^2 (t^2 + p (2 + 2 c + 8 sqrt(c) t))),
    /// ```
    ///
    /// which is the law of information plus noise (Dozier and Silverstein 2007) expanded at
    /// infinity; directions with `t` past 2.5 stand alone and are set aside first. `sigma^2` is
    /// fitted to the four sums for each `p` of 0.01 to 0.35 and strength of 0.6 to 1.6, by least
    /// squares with the covariance of noise and of a common shift of the directions, and averaged
    /// with the weights `exp(-misfit / 2)`, a share weighing `1 / p` beforehand. It is taken if the
    /// odds of hidden directions over none, so weighed, are past `e^4`, and some `p` and strength
    /// explain the sums to within chance (a misfit of 20) and 1% of the misfit of pure noise. The
    /// strengths are taken for equal; unequal ones raise `sigma` by half a percent or so.
    ///
    /// `sigma^2` is fitted, so the threshold takes it for known. The directions set aside that are
    /// not past it are counted in [`Fit::hidden`](crate::bulk::Fit::hidden).
    #[default]
    Adaptive,
    /// The mean of the bulk, corrected for the noise that the spikes took with
    /// them.
    ///
    /// With `c = M / N` and spikes `lambda_k = sigma^2 (l_k + 1 + c + c / l_k)`
    /// (Benaych-Georges and Nadakuditi 2012, section 3.1), the trace gives
    ///
    /// ```text
    /// sum of bulk = sigma^2 ((N - r)(M - r) / N - c sum_k 1 / l_k),
    /// ```
    ///
    /// solved for `sigma^2` by iteration, as Passemier, Li and Yao (2017) do for
    /// covariance matrices. The threshold is that of an eigenvalue *in units of
    /// the mean*: see [`MarchenkoPastur::fit`](crate::law::MarchenkoPastur::fit).
    Mean,
    /// The median of the bulk over the median of its own law (Gavish and Donoho
    /// 2014, here after spike removal).
    ///
    /// It holds up better against spikes too weak to be found, but it wavers twice as
    /// much, and the threshold does not know: at a nominal false-alarm rate of
    /// 0.01 the measured one is 0.02 to 0.04 between 200 x 50 and 20 x 10 (4,000
    /// seeds each), 0.08 at 10 x 10.
    Median,
    /// Maximum likelihood of the bulk, the lowest 5% and the highest 25% censored, as if
    /// eigenvalues were independent.
    ///
    /// As with the median, the threshold takes `sigma` for known: 0.015 to 0.05 for a nominal
    /// false-alarm rate of 0.01.
    Likelihood,
    /// The least Kolmogorov-Smirnov distance of the bulk to its law.
    ///
    /// The threshold takes `sigma` for known: 0.015 to 0.03 for a nominal false-alarm rate of 0.01.
    KolmogorovSmirnov,
}

/// How the p-value of the Kolmogorov-Smirnov distance is simulated.
///
/// Each replicate is the exact spectrum of a Gaussian matrix of the size of the bulk
/// ([`GaussianEnsemble`](crate::null::GaussianEnsemble)), fitted as the data were. The tables of
/// Kolmogorov's statistic are of no use here: eigenvalues repel, and lie ten times closer to the
/// law than independent draws.
///
/// # Example
///
/// ```
/// use convlens_rmt::{GaussianEnsemble, MarchenkoPastur, bulk::{self, KsSimulation}};
///
/// let esd = GaussianEnsemble::new(60, 40, 0.2)?.esd(1, 0)?;
/// let options = bulk::Options::default().ks_test(KsSimulation::new(5).replicates(99));
/// let outcome = MarchenkoPastur::fit(&esd, &options)?;
/// let test = outcome.value().and_then(|fit| fit.ks_test).expect("a bulk, tested");
/// assert!(test.p_value > 0.01);
/// # Ok::<(), convlens_rmt::RmtError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct KsSimulation {
    /// Replicates, from 1 to 10^6. Default 999: p-values down to 0.001.
    pub replicates: usize,
    /// Seed of the replicates.
    pub seed: u64,
}

impl KsSimulation {
    /// 999 replicates from the given seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            replicates: 999,
            seed,
        }
    }

    /// Sets the number of replicates.
    #[must_use]
    pub fn replicates(mut self, replicates: usize) -> Self {
        self.replicates = replicates;
        self
    }
}

/// Options of [`MarchenkoPastur::fit`](crate::law::MarchenkoPastur::fit).
///
/// # Example
///
/// ```
/// use convlens_rmt::{bulk, MarchenkoPastur, law::EdgeScaling};
///
/// let options = bulk::Options::default().false_alarm_rate(0.05);
/// assert_eq!(options.scaling, EdgeScaling::Ma);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// Probability of at least one spike in pure noise. Default 0.01, the
    /// customary strict level.
    pub false_alarm_rate: f64,
    /// Centering and scaling of the edge. Default [`EdgeScaling::Ma`].
    pub scaling: EdgeScaling,
    /// How `sigma^2` is read off the bulk. Default [`Estimator::Adaptive`].
    pub estimator: Estimator,
    /// A p-value for the distance of the bulk to its law. Default none: it costs as many spectra
    /// and fits as it has replicates.
    pub ks_test: Option<KsSimulation>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            false_alarm_rate: 0.01,
            scaling: EdgeScaling::default(),
            estimator: Estimator::default(),
            ks_test: None,
        }
    }
}

impl Options {
    /// Sets the probability of at least one spike in pure noise.
    #[must_use]
    pub fn false_alarm_rate(mut self, rate: f64) -> Self {
        self.false_alarm_rate = rate;
        self
    }

    /// Sets the centering and scaling of the edge.
    #[must_use]
    pub fn scaling(mut self, scaling: EdgeScaling) -> Self {
        self.scaling = scaling;
        self
    }

    /// Sets how `sigma^2` is read off the bulk.
    #[must_use]
    pub fn estimator(mut self, estimator: Estimator) -> Self {
        self.estimator = estimator;
        self
    }

    /// Asks for a p-value of the distance of the bulk to its law.
    #[must_use]
    pub fn ks_test(mut self, simulation: KsSimulation) -> Self {
        self.ks_test = Some(simulation);
        self
    }

    pub(crate) fn check(&self) -> Result<(), RmtError> {
        require(
            (1e-100..=0.5).contains(&self.false_alarm_rate),
            "false_alarm_rate",
            self.false_alarm_rate,
            "in [1e-100, 0.5]",
        )?;
        let replicates = self.ks_test.map_or(1, |simulation| simulation.replicates);
        require(
            (1..=MOST_REPLICATES).contains(&replicates),
            "replicates",
            replicates as f64,
            "from 1 to 10^6",
        )
    }
}
