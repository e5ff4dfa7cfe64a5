//! Iterated spike removal.

use super::ks_test;
use super::options::MpOptions;
use super::outcome::MpOutcome;
use super::removal::Removal;
use crate::error::RmtError;
use crate::esd::Esd;
use crate::law::MarchenkoPastur;

impl MarchenkoPastur {
    /// The fewest eigenvalues that are fitted. Ours: at 8 x 8 the false-alarm
    /// rate has fallen to half the nominal one, at 256 x 8 and 10 x 10 it is within a
    /// quarter of it.
    pub const MIN_EIGENVALUES: usize = 8;

    /// Fits a Marchenko-Pastur bulk and finds the spikes above it.
    ///
    /// From `r = 0` spikes on: read `sigma^2` off the `M - r` lowest eigenvalues
    /// ([`BulkEstimator`](crate::BulkEstimator)) as noise of size `(N - r) x (M - r)`, which is what is
    /// left once `r` directions on each side are taken away; put the threshold
    /// at `sigma^2 e / N` with
    ///
    /// ```text
    /// e = mu + s t,
    /// ```
    ///
    /// `mu`, `s` of [`EdgeScaling`](crate::EdgeScaling) for that size and `t` the
    /// Tracy-Widom point (`beta = 1`) with the false-alarm rate above it; count
    /// the eigenvalues past it; repeat while the count grows. Then, with
    /// [`BulkEstimator::Mean`](crate::BulkEstimator::Mean), correct `sigma^2` for the spikes, which raises the
    /// threshold, and repeat while the count falls. Last,
    /// [`BulkEstimator::Adaptive`](crate::BulkEstimator::Adaptive) looks for directions that hide.
    ///
    /// An eigenvalue divided by an estimated `sigma^2` spreads less than the
    /// eigenvalue, since both rise and fall together (Nadler 2011, "On the
    /// distribution of the ratio of the largest eigenvalue to the trace of a
    /// Wishart matrix"): plain `t` gives a rate of 0.005 for 0.01 at 60 x 60. With
    /// [`BulkEstimator::Mean`](crate::BulkEstimator::Mean) the ratio `u` is independent of the trace, so that its
    /// first two moments follow exactly from those of `l_1 = mu + s TW`,
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
    /// A tenth of all directions planted (strengths in units of the BBP threshold, a singular value of
    /// `sigma (N M)^(1/4)`): from 1 time the threshold on, `sigma` was within 2% in each of 60 matrices of 400 x 200, 600 x 200,
    /// 1000 x 100, 800 x 400 and 512 x 512 at each of 1, 1.2, 1.5, 2, 3 and 5 times; the averages are off by up to 0.6%, the worst
    /// matrix by 1.93% at the threshold and by 1.67% past it. In pure noise `sigma` spreads by `1 / sqrt(2 N M)`, 0.25% at 400 x 200.
    /// With 1% and 5% planted, 60 matrices of each of these sizes at 1, 1.2 and 1.5 times: up to +0.4% on average; one matrix
    /// of 512 x 512 with five directions at the threshold was off by 2.1%, all others by less than 2%.
    /// Strengths spread evenly from 1 to 3 or geometrically from 0.7 to 5: up to +0.8% on average, 1.6% at worst.
    ///
    /// At 0.8 times the average is off by +1.0% at 400 x 200 and 600 x 200, by +0.2% at 800 x 400 and +0.3% at 512 x 512, and
    /// single matrices by up to 2.8%. There the directions are hard to tell from noise: the sums that
    /// [`BulkEstimator::Adaptive`](crate::BulkEstimator::Adaptive) reads are 3.4 standard deviations away from those of the
    /// nearest noise at 400 x 200, so that even a test told both the share and the strength finds, by them, 62% of such matrices if it is to be
    /// wrong once in a thousand of pure noise; half are found. Those that are not keep the mean, which is off by +2.1%.
    ///
    /// Under 400 x 200 there is less to go by: at 200 x 200, +0.8% (3.1% at worst) at the threshold, +0.5% (2.4%) at 1.2 times,
    /// -0.5% (1.5%) at 1.5; at 0.8 times +2.4% (3.7%).
    ///
    /// False alarms keep their rate, 0.01 and 0.05, within exact 99.9% binomial bounds over 1,000 seeds from 60 x 40 on; at
    /// 10 x 10 they are 0.007 and 0.042, at 8 x 8 0.004 and 0.025 (3,000 seeds). One direction at twice the threshold is
    /// found in 99.9% of matrices at 100 x 50, at half of it at the false-alarm rate.
    ///
    /// The p-value of [`MpOptions::ks_test`](crate::MpOptions::ks_test) is uniform on pure noise.
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
    /// use convlens_rmt::{Esd, MarchenkoPastur, MpFit, MpOptions, MpOutcome};
    ///
    /// // 100 eigenvalues spread like a bulk of a 200 x 100 matrix, and one far above it.
    /// let law = MarchenkoPastur::new(2.0, 0.25)?;
    /// let mut values = (0..99)
    ///     .map(|i| law.quantile((f64::from(i) + 0.5) / 99.0))
    ///     .collect::<Result<Vec<_>, _>>()?;
    /// values.push(5.0);
    /// let esd = Esd::from_eigenvalues(&values, 200, 100)?;
    /// let MpOutcome::Fit(fit) = MarchenkoPastur::fit(&esd, &MpOptions::default())? else {
    ///     panic!("a bulk is there");
    /// };
    /// assert_eq!(fit.spike_eigenvalues, [5.0]);
    /// assert!((fit.sigma - 0.5).abs() < 0.01);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn fit(esd: &Esd, options: &MpOptions) -> Result<MpOutcome, RmtError> {
        Self::fit_all(std::slice::from_ref(esd), options)
            .map(|mut outcomes| outcomes.swap_remove(0))
    }

    /// [`fit`](Self::fit) for many spectra, with one Tracy-Widom quantile, which dominates a fit, for all of them.
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
    /// use convlens_rmt::{MarchenkoPastur, MpOptions, NullSpectra};
    ///
    /// let nulls = NullSpectra::gaussian(60, 40, 0.1, 1, 20)?;
    /// let outcomes = MarchenkoPastur::fit_all(nulls.esds(), &MpOptions::default())?;
    /// let found = outcomes.iter().filter_map(|o| o.fit()).filter(|fit| fit.spikes > 0).count();
    /// assert!(outcomes.len() == 20 && found <= 2); // 1% of pure noise
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn fit_all(esds: &[Esd], options: &MpOptions) -> Result<Vec<MpOutcome>, RmtError> {
        options.check()?;
        let removal = Removal::new(options)?;
        esds.iter().map(|esd| fit_one(esd, &removal)).collect()
    }
}

fn fit_one(esd: &Esd, removal: &Removal<'_>) -> Result<MpOutcome, RmtError> {
    let m = esd.m();
    let needed = MarchenkoPastur::MIN_EIGENVALUES;
    if m < needed {
        return Ok(MpOutcome::TooFewEigenvalues { m, needed });
    }
    let rank = esd.rank();
    if rank < m {
        return Ok(MpOutcome::RankDeficient { rank, m });
    }
    match (removal.run(esd), removal.ks_simulation()) {
        (MpOutcome::Fit(mut fit), Some(simulation)) => {
            fit.ks_test = Some(ks_test::simulate(&fit, removal, simulation)?);
            Ok(MpOutcome::Fit(fit))
        }
        (outcome, _) => Ok(outcome),
    }
}
