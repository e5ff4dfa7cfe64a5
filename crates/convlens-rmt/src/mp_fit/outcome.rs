//! What a Marchenko-Pastur fit returns.

use crate::law::{EdgeScaling, MarchenkoPastur};
use crate::mp_fit::{BulkEstimator, MpKsTest};

/// The end of a Marchenko-Pastur fit: the fit, or why the spectrum allows none.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum MpOutcome {
    /// A bulk was fitted. Whether it is Marchenko-Pastur is for
    /// [`MpFit::ks_distance`] to say.
    Fit(MpFit),
    /// Too few eigenvalues to speak of a bulk.
    TooFewEigenvalues {
        /// Number of eigenvalues.
        m: usize,
        /// The fewest that are fitted, [`MarchenkoPastur::MIN_EIGENVALUES`].
        needed: usize,
    },
    /// Some eigenvalues are zero: the matrix is not full noise of its own shape.
    RankDeficient {
        /// Numerical rank, see [`Esd::rank`](crate::Esd::rank).
        rank: usize,
        /// Number of eigenvalues.
        m: usize,
    },
    /// Removing spikes went on past half the spectrum: there is no bulk with an
    /// edge, as with heavy-tailed weights, or with a strongly trained layer whose eigenvalues fall off like a power.
    ///
    /// Half is a convention: noise under more than `M / 2` directions is noise still, but a law that
    /// describes the lesser part of a spectrum is not a description of the spectrum. The outcome does not tell such noise from a
    /// spectrum without any; [`Phase::classify`](crate::Phase::classify) and the tail's exponent say more. The numbers are those of the whole
    /// spectrum against the law of noise of the same total variance: what a reader needs to see that it is not noise.
    NoBulk {
        /// Eigenvalues past the last edge: where removal was stopped, not where it would have come to rest.
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

impl MpOutcome {
    /// The fit, if there is one.
    #[must_use]
    pub fn fit(&self) -> Option<&MpFit> {
        match self {
            MpOutcome::Fit(fit) => Some(fit),
            _ => None,
        }
    }
}

/// A fitted Marchenko-Pastur bulk and the spikes above it.
///
/// All eigenvalues, edges and thresholds are in the unit of the
/// [`Esd`](crate::Esd): eigenvalues of `W^T W / N`.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MpFit {
    /// Larger side of the matrix.
    pub n: usize,
    /// Smaller side, the number of eigenvalues.
    pub m: usize,
    /// `Q = N / M` of the whole matrix.
    pub q: f64,
    /// `(N - r) / (M - r)`, the ratio of the bulk without the `r` directions set aside, spikes and hidden ones.
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
    /// Directions that [`BulkEstimator::Adaptive`] sets aside besides: they widen the edge and are under the threshold.
    /// An estimate with a standard error of a few, not a count of eigenvalues. 0 with any other estimator.
    pub hidden: usize,
    /// The spikes, ascending.
    pub spike_eigenvalues: Vec<f64>,
    /// Kolmogorov-Smirnov distance (supremum) of the bulk, the lowest `M - r` eigenvalues, to its law.
    pub ks_distance: f64,
    /// Its p-value, if [`MpOptions::ks_test`](crate::MpOptions::ks_test) asked for it.
    pub ks_test: Option<MpKsTest>,
    /// Refits until the number of spikes stood still.
    pub iterations: usize,
    /// Probability of at least one spike in pure noise.
    pub false_alarm_rate: f64,
    /// Centring and scaling of the edge.
    pub scaling: EdgeScaling,
    /// How `sigma^2` was read off the bulk.
    pub estimator: BulkEstimator,
}

impl MpFit {
    /// The law of the bulk in the unit of the ESD, for plots and distances. It
    /// describes `M - r` of the `M` eigenvalues (`r` spikes and hidden directions), so that a density over the
    /// whole spectrum has to be multiplied by `(M - r) / M`.
    #[must_use]
    pub fn bulk_law(&self) -> MarchenkoPastur {
        let shrink = (self.n - self.spikes - self.hidden) as f64 / self.n as f64;
        MarchenkoPastur::from_fit(self.bulk_q, self.sigma * self.sigma * shrink)
    }
}
