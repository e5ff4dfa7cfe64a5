//! What a classification rests on.

use super::options::PhaseOptions;
use super::phase::Phase;
use crate::mp_fit::MpOutcome;
use crate::power_law::PowerLawOutcome;

/// The end of a classification.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum PhaseOutcome {
    /// A phase, and what speaks for it.
    Classified(Box<PhaseEvidence>),
    /// Too few eigenvalues, or too few that are not zero, to speak of a bulk.
    TooFewEigenvalues {
        /// Number of eigenvalues that are not zero.
        nonzero: usize,
        /// The fewest that are classified.
        needed: usize,
    },
}

impl PhaseOutcome {
    /// The phase, if there is one.
    #[must_use]
    pub fn phase(&self) -> Option<Phase> {
        self.evidence().map(|evidence| evidence.phase)
    }

    /// The evidence, if there is a phase.
    #[must_use]
    pub fn evidence(&self) -> Option<&PhaseEvidence> {
        match self {
            PhaseOutcome::Classified(evidence) => Some(evidence),
            PhaseOutcome::TooFewEigenvalues { .. } => None,
        }
    }
}

/// A phase with the numbers that decided.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct PhaseEvidence {
    /// The phase.
    pub phase: Phase,
    /// Share of eigenvalues that are zero in single precision: `sigma <= sqrt(N + M + 1) 2^-24 sigma_max`.
    pub zero_share: f64,
    /// The bulk fit to the other eigenvalues; its sides are `N` and their number.
    pub bulk: MpOutcome,
    /// The 99% point of the bulk's Kolmogorov-Smirnov distance in Gaussian noise, `(1.1 + 0.43 ln m) / m` for `m` eigenvalues in the
    /// bulk, fitted to simulations of nine shapes from 20 x 10 to 400 x 200 (60 to 200 matrices each), within 10% of each. Eigenvalues repel, which keeps them far closer to the law than
    /// independent draws. `None` where there is no bulk.
    pub ks_critical: Option<f64>,
    /// `lambda_max` over the upper edge of the bulk, the inverse of the soft rank.
    pub edge_ratio: Option<f64>,
    /// The strength of the largest spike in units of the threshold of Baik, Ben Arous and Peche, see
    /// [`PhaseOptions::separation`]; `None` without spikes.
    pub strength: Option<f64>,
    /// The tail fit to all eigenvalues that are not zero.
    pub tail: PowerLawOutcome,
    /// Thresholds and settings.
    pub options: PhaseOptions,
}
