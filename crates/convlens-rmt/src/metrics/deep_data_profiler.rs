//! The bulk of DeepDataProfiler.

use super::bulk::BulkMetrics;
use super::spectrum::Spectrum;

/// `sigma = sqrt(lambda_max) / (1 + Q^(-1/2))`: the edge at the largest eigenvalue (`marchpast_layer_fit` of its
/// `matrix_theory.py`).
pub(super) fn fit(spectrum: &Spectrum<'_>) -> Option<BulkMetrics> {
    let largest = spectrum.largest();
    if largest == 0.0 {
        return None;
    }
    let root = spectrum.q().sqrt().recip();
    let sigma = largest.sqrt() / (1.0 + root);
    Some(BulkMetrics {
        num_spikes: 0,
        sigma_mp: sigma,
        mp_softrank: 1.0,
        bulk_min: (sigma * (1.0 - root)).powi(2),
        bulk_max: largest,
        threshold: largest,
    })
}
