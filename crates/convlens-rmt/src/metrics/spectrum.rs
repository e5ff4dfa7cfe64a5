//! The eigenvalues that metrics are made of, one matrix's or several pooled, and what needs no fit:
//! norms, ranks, entropy.

use crate::compat::Compat;
use crate::error::RmtError;
use crate::esd::{Esd, common_shape};
use crate::fitted::FittedSpectrum;
use crate::metrics::options::{EigenvalueScale, Options};
use crate::tail;

/// Where the fits that metrics rest on come from.
#[derive(Clone, Copy)]
pub(super) enum Fits<'a> {
    /// They are made, of the only matrix.
    Made(&'a FittedSpectrum),
    /// The tail is to be fitted by these options, the bulk of a single matrix by default ones.
    TailBy(&'a tail::Options),
}

impl<'a> Fits<'a> {
    pub(super) fn tail_options(self) -> &'a tail::Options {
        match self {
            Self::Made(fitted) => fitted.tail_options(),
            Self::TailBy(options) => options,
        }
    }
}

/// Eigenvalues in the unit asked for, with the matrices that they came from.
pub(super) struct Spectrum<'a> {
    /// All of them, ascending.
    pub(super) values: Vec<f64>,
    /// Those that are not zero in their own matrix, in the unit of the `Esd`, ascending.
    pub(super) nonzero: Vec<f64>,
    pub(super) slices: &'a [Esd],
    pub(super) n: usize,
    pub(super) m: usize,
    /// What an eigenvalue of an `Esd` was multiplied by.
    pub(super) factor: f64,
}

impl<'a> Spectrum<'a> {
    pub(super) fn new(slices: &'a [Esd], scale: EigenvalueScale) -> Result<Self, RmtError> {
        let (n, m) = common_shape(slices)?;
        let factor = scale.factor(n);
        let pool = |part: fn(&Esd) -> &[f64], factor: f64| {
            let mut values: Vec<f64> = slices
                .iter()
                .flat_map(|slice| part(slice).iter().map(|lambda| lambda * factor))
                .collect();
            values.sort_by(f64::total_cmp);
            values
        };
        let spectrum = Self {
            values: pool(Esd::eigenvalues, factor),
            nonzero: pool(Esd::nonzero, 1.0),
            slices,
            n,
            m,
            factor,
        };
        let largest = spectrum.largest();
        // The sum of all is at most this.
        if !(largest * spectrum.values.len() as f64).is_finite() {
            return Err(RmtError::NormOverflows {
                eigenvalue: slices.iter().map(Esd::largest).fold(0.0, f64::max),
            });
        }
        Ok(spectrum)
    }

    pub(super) fn q(&self) -> f64 {
        self.n as f64 / self.m as f64
    }

    pub(super) fn largest(&self) -> f64 {
        // At least one slice with at least one value.
        self.values[self.values.len() - 1]
    }

    /// `sum of lambda / lambda_max`, or `None` for a matrix of zeros.
    pub(super) fn relative_sum(&self) -> Option<f64> {
        let largest = self.largest();
        (largest > 0.0).then(|| self.values.iter().map(|v| v / largest).sum())
    }

    /// The eigenvalues times `count / sum`, so that their mean is 1, ascending; `None` for a matrix
    /// of zeros.
    pub(super) fn rescaled(&self) -> Option<Vec<f64>> {
        let largest = self.largest();
        let mean = self.relative_sum()? / self.values.len() as f64;
        Some(self.values.iter().map(|v| v / largest / mean).collect())
    }
}

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
    pub(super) fn new(spectrum: &Spectrum<'_>, options: &Options) -> Self {
        let theirs = options.compat == Some(Compat::WeightWatcher);
        let sum_of_ranks: usize = spectrum.slices.iter().map(crate::esd::Esd::rank).sum();
        let smallest = |least: fn(f64, f64) -> f64, start| {
            spectrum
                .slices
                .iter()
                .map(|slice| slice.eigenvalues()[0])
                .fold(start, least)
        };
        // Singular values in the unit of the weights, or of the weights as WeightWatcher scales
        // them.
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
    let count = |slice: &crate::esd::Esd| {
        let tolerance = share * f64::from(f32::EPSILON) * slice.largest().sqrt();
        above(slice.eigenvalues(), tolerance)
    };
    spectrum.slices.iter().map(count).sum()
}

fn weak_rank_loss(spectrum: &Spectrum<'_>, options: &Options, theirs: bool) -> usize {
    let unit = if theirs { 1.0 } else { spectrum.largest() };
    let tolerance = options.weak_tolerance * unit;
    spectrum.values.partition_point(|&v| v < tolerance)
}

/// What WeightWatcher adds to shares and to the rank.
const THEIR_EPSILON: f64 = 1e-10;

/// `-sum p ln p / ln R`.
pub(super) fn entropy(spectrum: &Spectrum<'_>, rank: usize, options: &Options) -> Option<f64> {
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
