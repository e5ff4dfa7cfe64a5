//! Thresholds between phases.

use crate::error::{RmtError, require};
use crate::mp_fit::MpOptions;
use crate::power_law::PowerLawOptions;

/// Options of [`Phase::classify`](crate::Phase::classify): the fits, and the thresholds with their sources.
///
/// # Example
///
/// ```
/// use convlens_rmt::PhaseOptions;
///
/// assert_eq!(PhaseOptions::default().heavy_alpha(4.0).separation, 2.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PhaseOptions {
    /// The bulk fit and its false-alarm rate for spikes.
    pub marchenko_pastur: MpOptions,
    /// The tail fit.
    pub power_law: PowerLawOptions,
    /// Share of zero eigenvalues from which on the rank has collapsed. Default 0.05, ours: the paper says "unusually large mass
    /// at zero". A noise matrix has none, even a square one.
    pub collapse_share: f64,
    /// How far the largest spike has to be out to be apart from the bulk, as the strength of the planted direction that it speaks of,
    /// in units of the threshold of Baik, Ben Arous and Peche (2005). Default 2, ours: under 1 there is no spike, and at 2 practically every one is found.
    pub separation: f64,
    /// The Kolmogorov-Smirnov distance of the bulk to its law from which on it is none, in units of the 99% point of noise,
    /// [`PhaseEvidence::ks_critical`](crate::PhaseEvidence::ks_critical). Default 1, ours.
    pub misfit: f64,
    /// The exponent up to which a tail is heavy. Default 5: weights with `p(w) ~ w^(-1 - mu)` are heavy-tailed for `mu < 4` and weakly
    /// so beyond (Martin and Mahoney 2021, table 1), and for `alpha > 3` the finite-size relation is `mu = alpha - 1` (`mu4alpha` of WeightWatcher 0.7.7).
    pub heavy_alpha: f64,
}

impl Default for PhaseOptions {
    fn default() -> Self {
        Self {
            marchenko_pastur: MpOptions::default(),
            power_law: PowerLawOptions::default(),
            collapse_share: 0.05,
            separation: 2.0,
            misfit: 1.0,
            heavy_alpha: 5.0,
        }
    }
}

impl PhaseOptions {
    /// Sets the bulk fit.
    #[must_use]
    pub fn marchenko_pastur(mut self, marchenko_pastur: MpOptions) -> Self {
        self.marchenko_pastur = marchenko_pastur;
        self
    }

    /// Sets the tail fit.
    #[must_use]
    pub fn power_law(mut self, power_law: PowerLawOptions) -> Self {
        self.power_law = power_law;
        self
    }

    /// Sets the share of zeros from which on the rank has collapsed.
    #[must_use]
    pub fn collapse_share(mut self, collapse_share: f64) -> Self {
        self.collapse_share = collapse_share;
        self
    }

    /// Sets how far out a spike is apart from the bulk.
    #[must_use]
    pub fn separation(mut self, separation: f64) -> Self {
        self.separation = separation;
        self
    }

    /// Sets the distance from which on a bulk is none.
    #[must_use]
    pub fn misfit(mut self, misfit: f64) -> Self {
        self.misfit = misfit;
        self
    }

    /// Sets the exponent up to which a tail is heavy.
    #[must_use]
    pub fn heavy_alpha(mut self, heavy_alpha: f64) -> Self {
        self.heavy_alpha = heavy_alpha;
        self
    }

    pub(super) fn check(&self) -> Result<(), RmtError> {
        let share = self.collapse_share;
        require(
            share > 0.0 && share <= 1.0,
            "collapse_share",
            share,
            "in (0, 1]",
        )?;
        for (name, value) in [
            ("separation", self.separation),
            ("misfit", self.misfit),
            ("heavy_alpha", self.heavy_alpha),
        ] {
            require(
                value.is_finite() && value > 0.0,
                name,
                value,
                "finite and above 0",
            )?;
        }
        Ok(())
    }
}
