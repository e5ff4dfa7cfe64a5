//! The p-value of the distance between bulk and law, by simulation.

use super::options::KsSimulation;
use super::outcome::{MpFit, MpOutcome};
use super::removal::Removal;
use crate::error::RmtError;
use crate::null::GaussianEnsemble;

/// How the distance of a bulk to its law compares with those of simulated noise.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct MpKsTest {
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
    fit: &MpFit,
    removal: &Removal<'_>,
    simulation: &KsSimulation,
) -> Result<MpKsTest, RmtError> {
    let aside = fit.spikes + fit.hidden;
    // Neither the spikes nor the distance depends on sigma.
    let noise = GaussianEnsemble::new(fit.n - aside, fit.m - aside, 1.0)?;
    let mut distances = Vec::with_capacity(simulation.replicates);
    for replicate in 0..simulation.replicates {
        let esd = noise.esd(simulation.seed, replicate as u64)?;
        // Noise without a bulk would be the worst of fits.
        distances.push(match removal.run(&esd) {
            MpOutcome::Fit(fit) => fit.ks_distance,
            _ => 1.0,
        });
    }
    distances.sort_by(f64::total_cmp);
    let below = distances.partition_point(|&d| d < fit.ks_distance);
    let at_least = distances.len() - below;
    Ok(MpKsTest {
        p_value: (1 + at_least) as f64 / (1 + distances.len()) as f64,
        at_least,
        null_median: distances[distances.len() / 2],
        replicates: simulation.replicates,
        seed: simulation.seed,
    })
}
