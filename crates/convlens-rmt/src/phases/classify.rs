//! The decision.

use super::evidence::{PhaseEvidence, PhaseOutcome};
use super::options::PhaseOptions;
use super::phase::Phase;
use crate::error::RmtError;
use crate::esd::Esd;
use crate::fitted::FittedSpectrum;
use crate::law::MarchenkoPastur;
use crate::mp_fit::{MpFit, MpOutcome};
use crate::power_law::{PowerLaw, PowerLawOutcome};

impl Phase {
    /// Puts a spectrum into one of the phases.
    ///
    /// In this order, with the thresholds of [`PhaseOptions`]:
    ///
    /// 1. a share of zeros of `collapse_share` or more: rank-collapse;
    /// 2. no bulk, or one farther from Marchenko-Pastur than noise is: heavy-tailed for `alpha <= heavy_alpha`, else bulk-decay;
    /// 3. no spike: random-like;
    /// 4. the largest spike at `separation` or more: bulk+spikes, else bleeding-out.
    ///
    /// # Accuracy
    ///
    /// The confusion matrix on synthetic ensembles of all six is in `docs/phases.md` of this crate, made by `cargo run --release -p
    /// convlens-rmt --example phases`. Neighbours are confused: above all, a spectrum of weakly heavy-tailed weights looks like noise with a few
    /// spikes, and is called so. The phases are a vocabulary; the evidence says more.
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
    /// use convlens_rmt::{Esd, MarchenkoPastur, Phase, PhaseOptions};
    ///
    /// let law = MarchenkoPastur::new(2.0, 1.0)?;
    /// let mut values = (0..99)
    ///     .map(|i| law.quantile((f64::from(i) + 0.5) / 99.0))
    ///     .collect::<Result<Vec<_>, _>>()?;
    /// values.push(20.0);
    /// let esd = Esd::from_eigenvalues(&values, 200, 100)?;
    /// let outcome = Phase::classify(&esd, &PhaseOptions::default())?;
    /// assert_eq!(outcome.phase(), Some(Phase::BulkSpikes));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn classify(esd: &Esd, options: &PhaseOptions) -> Result<PhaseOutcome, RmtError> {
        classify(esd, options, None)
    }
}

/// `fits` are those of `esd`.
pub(crate) fn classify(
    esd: &Esd,
    options: &PhaseOptions,
    fits: Option<&FittedSpectrum>,
) -> Result<PhaseOutcome, RmtError> {
    options.check()?;
    let zeros = zeros(esd);
    let nonzero = &esd.eigenvalues()[zeros..];
    let zero_share = zeros as f64 / esd.m() as f64;
    let tail = fit_tail(esd, nonzero, fits, options)?;
    let collapsed = zero_share >= options.collapse_share;
    let needed = MarchenkoPastur::MIN_EIGENVALUES;
    if esd.m() < needed || (nonzero.len() < needed && !collapsed) {
        MarchenkoPastur::fit(esd, &options.marchenko_pastur)?;
        return Ok(PhaseOutcome::TooFewEigenvalues {
            nonzero: nonzero.len(),
            needed,
        });
    }
    let bulk = fit_bulk(esd, nonzero, fits, options)?;
    let reading = bulk.fit().map(Reading::new);
    let phase = if collapsed {
        Phase::RankCollapse
    } else {
        decide(bulk.fit(), reading.as_ref(), &tail, options)
    };
    Ok(PhaseOutcome::Classified(Box::new(PhaseEvidence {
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

/// Eigenvalues that are zero once weights are rounded to single precision (Press et al., Numerical Recipes, 3rd edition, section 2.6.1).
fn zeros(esd: &Esd) -> usize {
    let half_root = (esd.n() as f64 + esd.m() as f64 + 1.0).sqrt() / 2.0;
    let tolerance = half_root * f64::from(f32::EPSILON) * esd.largest().sqrt();
    esd.eigenvalues().partition_point(|v| v.sqrt() <= tolerance)
}

fn fit_tail(
    esd: &Esd,
    nonzero: &[f64],
    fits: Option<&FittedSpectrum>,
    options: &PhaseOptions,
) -> Result<PowerLawOutcome, RmtError> {
    // A fit of the same eigenvalues, where both rules for zeros leave out the same.
    let known = fits.filter(|_| nonzero.len() == esd.rank());
    match known.and_then(|fits| fits.tail_by(&options.power_law)) {
        Some(outcome) => Ok(outcome.clone()),
        None => PowerLaw::fit(nonzero, &options.power_law),
    }
}

/// The bulk among the eigenvalues that are not zero, as those of a matrix with so many columns.
fn fit_bulk(
    esd: &Esd,
    nonzero: &[f64],
    fits: Option<&FittedSpectrum>,
    options: &PhaseOptions,
) -> Result<MpOutcome, RmtError> {
    if nonzero.is_empty() || nonzero.len() == esd.m() {
        let known = fits.and_then(|fits| fits.bulk_by(&options.marchenko_pastur));
        return match known {
            Some(outcome) => Ok(outcome.clone()),
            None => MarchenkoPastur::fit(esd, &options.marchenko_pastur),
        };
    }
    let rest = Esd::from_eigenvalues(nonzero, esd.n(), nonzero.len())?;
    MarchenkoPastur::fit(&rest, &options.marchenko_pastur)
}

/// What is read off a bulk fit.
struct Reading {
    ks_critical: f64,
    edge_ratio: f64,
    strength: Option<f64>,
}

impl Reading {
    fn new(fit: &MpFit) -> Self {
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

/// `s` with `x = (1 + l)(1 + c / l)`, `l = s^2 sqrt(c)`, where `x` is a spike over `sigma^2` (Benaych-Georges and Nadakuditi
/// 2012, section 3.1), `ratio` of the edge `(1 + sqrt c)^2`; 1 at the edge.
fn strength(ratio: f64, c: f64) -> f64 {
    let x = ratio * (1.0 + c.sqrt()).powi(2);
    let b = x - 1.0 - c;
    let discriminant = (b * b - 4.0 * c).max(0.0);
    let l = 0.5 * (b + discriminant.sqrt());
    (l / c.sqrt()).sqrt()
}

fn decide(
    fit: Option<&MpFit>,
    reading: Option<&Reading>,
    tail: &PowerLawOutcome,
    options: &PhaseOptions,
) -> Phase {
    let bulk = fit.zip(reading);
    match bulk.filter(|(fit, r)| fit.ks_distance <= options.misfit * r.ks_critical) {
        None => match tail.fit() {
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
