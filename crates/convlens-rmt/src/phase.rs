//! The 5+1 phases of training of Martin and Mahoney, as a classification with its evidence.
//!
//! [`Phase::classify`] takes a spectrum and thresholds ([`Options`]);
//! [`FittedSpectrum::phase`](crate::FittedSpectrum::phase) takes fits that are made already. The
//! [`Evidence`] holds the numbers that decided.

use std::fmt;

use crate::bulk;
use crate::error::{RmtError, require};
use crate::esd::Esd;
use crate::fitted::FittedSpectrum;
use crate::law::marchenko_pastur::MarchenkoPastur;
use crate::tail;
use crate::tail::power_law::PowerLaw;

/// The 5+1 phases of training of Martin and Mahoney, "Implicit self-regularization in deep neural
/// networks: evidence from random matrix theory and implications for learning", JMLR 22 (2021),
/// section 5 and table 3, in which a weight matrix is seen as noise plus signal.
///
/// Their definitions are pictures of spectra, with few numbers. The rules that turn them into a
/// classification are ours, except where [`Options`] cites them.
#[doc(alias = "5+1")]
#[doc(alias = "heavy_tailed")]
#[doc(alias = "rank_collapse")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Phase {
    /// A Marchenko-Pastur bulk and nothing past its edge.
    RandomLike,
    /// A Marchenko-Pastur bulk whose edge is overrun a little: spikes near the edge.
    BleedingOut,
    /// A Marchenko-Pastur bulk, and spikes well apart from it.
    BulkSpikes,
    /// A bulk that is no longer Marchenko-Pastur and decays beyond its edge, with a tail that is at
    /// most weakly heavy.
    BulkDecay,
    /// No Marchenko-Pastur bulk, but a heavy tail.
    HeavyTailed,
    /// Many eigenvalues that are zero: the "+1", a failure of regularization.
    RankCollapse,
}

impl Phase {
    /// All of them in the order of growing signal, rank collapse last.
    pub const ALL: [Phase; 6] = [
        Phase::RandomLike,
        Phase::BleedingOut,
        Phase::BulkSpikes,
        Phase::BulkDecay,
        Phase::HeavyTailed,
        Phase::RankCollapse,
    ];

    /// The paper's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Phase::RandomLike => "random-like",
            Phase::BleedingOut => "bleeding-out",
            Phase::BulkSpikes => "bulk+spikes",
            Phase::BulkDecay => "bulk-decay",
            Phase::HeavyTailed => "heavy-tailed",
            Phase::RankCollapse => "rank-collapse",
        }
    }
}

/// Options of [`Phase::classify`](crate::phase::Phase::classify): the thresholds, with their
/// sources.
///
/// # Example
///
/// ```
/// use convlens_rmt::phase;
///
/// assert_eq!(phase::Options::default().heavy_alpha(4.0).separation, 2.0);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// Share of zero eigenvalues from which on the rank has collapsed. Default 0.05, ours: the
    /// paper says "unusually large mass at zero". A noise matrix has none, even a square one.
    pub collapse_share: f64,
    /// How far the largest spike has to be out to be apart from the bulk, as the strength of the
    /// planted direction that it speaks of, in units of the threshold of Baik, Ben Arous and Peche
    /// (2005). Default 2, ours: under 1 there is no spike, and at 2 practically every one is found.
    pub separation: f64,
    /// The Kolmogorov-Smirnov distance of the bulk to its law from which on it is none, in units of
    /// the 99% point of noise, [`Evidence::ks_critical`](crate::phase::Evidence::ks_critical).
    /// Default 1, ours.
    pub misfit: f64,
    /// The exponent up to which a tail is heavy. Default 5: weights with `p(w) ~ w^(-1 - mu)` are
    /// heavy-tailed for `mu < 4` and weakly so beyond (Martin and Mahoney 2021, table 1), and for
    /// `alpha > 3` the finite-size relation is `mu = alpha - 1` (`mu4alpha` of WeightWatcher
    /// 0.7.7).
    pub heavy_alpha: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            collapse_share: 0.05,
            separation: 2.0,
            misfit: 1.0,
            heavy_alpha: 5.0,
        }
    }
}

impl Options {
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

/// The end of a classification.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome {
    /// A phase, and what speaks for it.
    Classified(Box<Evidence>),
    /// Too few eigenvalues, or too few that are not zero, to speak of a bulk.
    TooFewEigenvalues {
        /// Number of eigenvalues that are not zero.
        nonzero: usize,
        /// The fewest that are classified.
        needed: usize,
    },
}

impl Outcome {
    /// The phase, if there is one.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        self.value().map(|evidence| evidence.phase)
    }

    /// The evidence, if there is a phase.
    #[must_use]
    pub fn value(&self) -> Option<&Evidence> {
        match self {
            Outcome::Classified(evidence) => Some(evidence),
            Outcome::TooFewEigenvalues { .. } => None,
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Classified(evidence) => write!(f, "phase {}", evidence.phase),
            Self::TooFewEigenvalues { nonzero, needed } => write!(
                f,
                "{nonzero} eigenvalues that are not zero are too few for a phase, which needs {needed}"
            ),
        }
    }
}

/// A phase with the numbers that decided.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Evidence {
    /// The phase.
    pub phase: Phase,
    /// Share of eigenvalues that are zero in single precision: `sigma <= sqrt(N + M + 1) 2^-24
    /// sigma_max`.
    pub zero_share: f64,
    /// The bulk fit to the other eigenvalues; its sides are `N` and their number.
    pub bulk: bulk::Outcome,
    /// The 99% point of the bulk's Kolmogorov-Smirnov distance in Gaussian noise, `(1.1 + 0.43 ln
    /// m) / m` for `m` eigenvalues in the bulk, fitted to simulations of nine shapes from 20 x 10
    /// to 400 x 200 (60 to 200 matrices each), within 10% of each. Eigenvalues repel, which keeps
    /// them far closer to the law than independent draws. `None` where there is no bulk.
    pub ks_critical: Option<f64>,
    /// `lambda_max` over the upper edge of the bulk, the inverse of the soft rank.
    pub edge_ratio: Option<f64>,
    /// The strength of the largest spike in units of the threshold of Baik, Ben Arous and Peche,
    /// see [`Options::separation`]; `None` without spikes.
    pub strength: Option<f64>,
    /// The tail fit to all eigenvalues that are not zero.
    pub tail: tail::Outcome,
    /// Thresholds and settings.
    pub options: Options,
}

impl Phase {
    /// Puts a spectrum into one of the phases.
    ///
    /// In this order, with the thresholds of [`Options`]:
    ///
    /// 1. a share of zeros of `collapse_share` or more: rank-collapse;
    /// 2. no bulk, or one farther from Marchenko-Pastur than noise is: heavy-tailed for `alpha <=
    ///    heavy_alpha`, else bulk-decay;
    /// 3. no spike: random-like;
    /// 4. the largest spike at `separation` or more: bulk+spikes, else bleeding-out.
    ///
    /// # Accuracy
    ///
    /// The confusion matrix on synthetic ensembles of all six is in `docs/phases.md` of this crate.
    /// Neighbors are confused: above all, a spectrum of weakly heavy-tailed weights looks like
    /// noise with a few spikes, and is called so. The phases are a vocabulary; the evidence says
    /// more.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option.
    ///
    /// # Complexity
    ///
    /// One bulk fit and one tail fit.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{phase, Esd, MarchenkoPastur, Phase};
    ///
    /// let law = MarchenkoPastur::new(2.0, 1.0)?;
    /// let mut values = (0..99)
    ///     .map(|i| law.quantile((f64::from(i) + 0.5) / 99.0))
    ///     .collect::<Result<Vec<_>, _>>()?;
    /// values.push(20.0);
    /// let esd = Esd::from_eigenvalues(&values, 200, 100)?;
    /// let outcome = Phase::classify(&esd, &phase::Options::default())?;
    /// assert_eq!(outcome.phase(), Some(Phase::BulkSpikes));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn classify(esd: &Esd, options: &Options) -> Result<Outcome, RmtError> {
        options.check()?;
        FittedSpectrum::new(
            esd.clone(),
            bulk::Options::default(),
            tail::Options::default(),
        )?
        .phase(options)
    }
}

impl FittedSpectrum {
    /// The phase of the spectrum, from these fits. Where eigenvalues are zero in single precision
    /// that are not in double, the others are fitted by the same options, as those of a matrix with
    /// so many columns.
    ///
    /// # Errors
    ///
    /// Those of [`Phase::classify`].
    pub fn phase(&self, options: &Options) -> Result<Outcome, RmtError> {
        classify(self, options)
    }
}

fn classify(fitted: &FittedSpectrum, options: &Options) -> Result<Outcome, RmtError> {
    options.check()?;
    let esd = fitted.esd();
    let zeros = zeros(esd);
    let nonzero = &esd.eigenvalues()[zeros..];
    let zero_share = zeros as f64 / esd.m() as f64;
    let tail = fit_tail(fitted, nonzero)?;
    let collapsed = zero_share >= options.collapse_share;
    let needed = MarchenkoPastur::MIN_EIGENVALUES;
    if esd.m() < needed || (nonzero.len() < needed && !collapsed) {
        return Ok(Outcome::TooFewEigenvalues {
            nonzero: nonzero.len(),
            needed,
        });
    }
    let bulk = fit_bulk(fitted, nonzero)?;
    let reading = bulk.value().map(Reading::new);
    let phase = if collapsed {
        Phase::RankCollapse
    } else {
        decide(bulk.value(), reading.as_ref(), &tail, options)
    };
    Ok(Outcome::Classified(Box::new(Evidence {
        phase,
        zero_share,
        ks_critical: reading.as_ref().map(|r| r.ks_critical),
        edge_ratio: reading.as_ref().map(|r| r.edge_ratio),
        strength: reading.as_ref().and_then(|r| r.strength),
        bulk,
        tail,
        options: options.clone(),
    })))
}

/// Eigenvalues that are zero once weights are rounded to single precision (Press et al., Numerical
/// Recipes, 3rd edition, section 2.6.1).
fn zeros(esd: &Esd) -> usize {
    let half_root = (esd.n() as f64 + esd.m() as f64 + 1.0).sqrt() / 2.0;
    let tolerance = half_root * f64::from(f32::EPSILON) * esd.largest().sqrt();
    esd.eigenvalues().partition_point(|v| v.sqrt() <= tolerance)
}

fn fit_tail(fitted: &FittedSpectrum, nonzero: &[f64]) -> Result<tail::Outcome, RmtError> {
    if nonzero.len() == fitted.esd().rank() {
        // Both rules for zeros leave out the same.
        return Ok(fitted.tail().clone());
    }
    PowerLaw::fit(nonzero, fitted.tail_options())
}

/// The bulk among the eigenvalues that are not zero, as those of a matrix with so many columns.
fn fit_bulk(fitted: &FittedSpectrum, nonzero: &[f64]) -> Result<bulk::Outcome, RmtError> {
    let esd = fitted.esd();
    if nonzero.is_empty() || nonzero.len() == esd.m() {
        return Ok(fitted.bulk().clone());
    }
    let rest = Esd::from_eigenvalues(nonzero, esd.n(), nonzero.len())?;
    MarchenkoPastur::fit(&rest, fitted.bulk_options())
}

/// What is read off a bulk fit.
struct Reading {
    ks_critical: f64,
    edge_ratio: f64,
    strength: Option<f64>,
}

impl Reading {
    fn new(fit: &bulk::Fit) -> Self {
        let m = (fit.m - fit.spikes) as f64;
        let largest = fit.spike_eigenvalues.last();
        let edge_ratio = largest.map(|largest| largest / fit.bulk_upper);
        Self {
            ks_critical: (1.1 + 0.43 * m.ln()) / m,
            edge_ratio: edge_ratio.unwrap_or(1.0),
            strength: edge_ratio.map(|ratio| strength(ratio, fit.bulk_q.recip())),
        }
    }
}

/// `s` with `x = (1 + l)(1 + c / l)`, `l = s^2 sqrt(c)`, where `x` is a spike over `sigma^2`
/// (Benaych-Georges and Nadakuditi 2012, section 3.1), `ratio` of the edge `(1 + sqrt c)^2`; 1 at
/// the edge.
fn strength(ratio: f64, c: f64) -> f64 {
    let x = ratio * (1.0 + c.sqrt()).powi(2);
    let b = x - 1.0 - c;
    let discriminant = (b * b - 4.0 * c).max(0.0);
    let l = 0.5 * (b + discriminant.sqrt());
    (l / c.sqrt()).sqrt()
}

fn decide(
    fit: Option<&bulk::Fit>,
    reading: Option<&Reading>,
    tail: &tail::Outcome,
    options: &Options,
) -> Phase {
    let bulk = fit.zip(reading);
    match bulk.filter(|(fit, r)| fit.ks_distance <= options.misfit * r.ks_critical) {
        None => match tail.value() {
            Some(tail) if tail.alpha <= options.heavy_alpha => Phase::HeavyTailed,
            _ => Phase::BulkDecay,
        },
        Some((_, Reading { strength: None, .. })) => Phase::RandomLike,
        Some((
            _,
            Reading {
                strength: Some(s), ..
            },
        )) if *s >= options.separation => Phase::BulkSpikes,
        Some(_) => Phase::BleedingOut,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strength_inverts_the_spike_map() {
        for c in [0.1_f64, 0.5, 1.0] {
            for s in [1.0_f64, 1.5, 2.0, 7.0] {
                let l = s * s * c.sqrt();
                let ratio = (1.0 + l) * (1.0 + c / l) / (1.0 + c.sqrt()).powi(2);
                // A square root near the double root at 1 costs half the digits.
                assert!((strength(ratio, c) / s - 1.0).abs() < 1e-7);
            }
        }
    }
}
