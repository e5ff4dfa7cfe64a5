//! Norms, ranks and entropy: what needs no fit.

use super::options::MetricOptions;
use super::spectrum::Spectrum;
use crate::compat::Compat;

/// Ranks by counting, and the extreme singular values.
pub(super) struct Ranks {
    pub(super) matrix_rank: usize,
    pub(super) hard_rank: usize,
    pub(super) rank_loss: usize,
    pub(super) weak_rank_loss: usize,
    pub(super) sv_max: f64,
    pub(super) sv_min: f64,
}

impl Ranks {
    pub(super) fn new(spectrum: &Spectrum<'_>, options: &MetricOptions) -> Self {
        let theirs = options.compat == Some(Compat::WeightWatcher);
        let sum_of_ranks: usize = spectrum.slices.iter().map(crate::Esd::rank).sum();
        let smallest = |least: fn(f64, f64) -> f64, start| {
            spectrum
                .slices
                .iter()
                .map(|slice| slice.eigenvalues()[0])
                .fold(start, least)
        };
        // Singular values in the unit of the weights, or of the weights as WeightWatcher scales them.
        let unit = if theirs {
            spectrum.factor
        } else {
            spectrum.n as f64
        };
        let largest = spectrum.largest() / spectrum.factor;
        let least = if theirs {
            smallest(f64::max, 0.0)
        } else {
            smallest(f64::min, f64::INFINITY)
        };
        Self {
            matrix_rank: if theirs {
                above(
                    &spectrum.values,
                    spectrum.n as f64 * f64::EPSILON * spectrum.largest().sqrt(),
                )
            } else {
                sum_of_ranks
            },
            hard_rank: hard_rank(spectrum, theirs),
            rank_loss: spectrum.values.len() - sum_of_ranks,
            weak_rank_loss: weak_rank_loss(spectrum, options, theirs),
            sv_max: (largest * unit).sqrt(),
            sv_min: (least * unit).sqrt(),
        }
    }
}

/// How many of ascending eigenvalues have a root above `tolerance`.
fn above(values: &[f64], tolerance: f64) -> usize {
    values.len() - values.partition_point(|v| v.sqrt() <= tolerance)
}

fn hard_rank(spectrum: &Spectrum<'_>, theirs: bool) -> usize {
    let half_root = (spectrum.n as f64 + spectrum.m as f64 + 1.0).sqrt() / 2.0;
    let share = if theirs { 0.25 / half_root } else { half_root };
    let count = |slice: &crate::Esd| {
        let tolerance = share * f64::from(f32::EPSILON) * slice.largest().sqrt();
        above(slice.eigenvalues(), tolerance)
    };
    spectrum.slices.iter().map(count).sum()
}

fn weak_rank_loss(spectrum: &Spectrum<'_>, options: &MetricOptions, theirs: bool) -> usize {
    let unit = if theirs { 1.0 } else { spectrum.largest() };
    let tolerance = options.weak_tolerance * unit;
    spectrum.values.partition_point(|&v| v < tolerance)
}

/// What WeightWatcher adds to shares and to the rank.
const THEIR_EPSILON: f64 = 1e-10;

/// `-sum p ln p / ln R`.
pub(super) fn entropy(
    spectrum: &Spectrum<'_>,
    rank: usize,
    options: &MetricOptions,
) -> Option<f64> {
    let sum = spectrum.relative_sum()?;
    let largest = spectrum.largest();
    let epsilon = if options.compat == Some(Compat::WeightWatcher) {
        THEIR_EPSILON
    } else {
        0.0
    };
    if rank < 2 {
        return None;
    }
    let terms = spectrum
        .values
        .iter()
        .map(|v| v / largest / sum + epsilon)
        .filter(|&p| p > 0.0);
    Some(-terms.map(|p| p * p.ln()).sum::<f64>() / (rank as f64 + epsilon).ln())
}
