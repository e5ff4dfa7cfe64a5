//! A preconditioner for the leading singular vectors of a zero-padded layer: waves at the peak of the symbol, under sine
//! windows.
//!
//! Let the largest eigenvalue `lambda(f)` of the interior symbol of `A^T A` have its peak at `f*`. On a large grid the leading
//! singular vectors are waves near `f*`, of polarisation near `p(f*)`, under an envelope that nearly vanishes at the border:
//! of `A^T A - theta` what remains is a Laplacian with Dirichlet boundary, whose eigenvectors are products of sines. So
//! with `delta_j = pi j / (n + 1)` take `phi_j = sum_e sign(e) p(f* + e delta_j) exp(i <f* + e delta_j, q>)` over the `2^d` signs
//! `e`, positions `q` from 1: for constant `p` that is the wave times sines. Then
//!
//! `M^-1 r = r / b + sum_j max(w_j - 1 / b, 0) phi_j <phi_j, r> / |phi_j|^2`,
//! `w_j = ((lambda_j - theta)^2 + (lambda* - theta)^2)^(-1/2)`,
//!
//! `lambda_j` the mean of `lambda(f* + e delta_j)` and `b` what `lambda` falls from the peak to the least of them; of complex
//! vectors the real part. The polarisations come by Lanczos started at `p(f*)`, which keeps their phases continuous. It is
//! a preconditioner: whatever it is, the search converges to singular triplets.

use super::operator::Oriented;
use super::peak::{FINE_STEPS, Peak, peak};
use super::symbol::{SideSymbol, inner};
use super::window::Window;
use crate::parallel::map_ordered;
use crate::{PaddingMode, SvdError};
use num_complex::Complex64;
use std::f64::consts::{PI, TAU};

/// Positions on the longest axis under which no preconditioner is as fast.
const FEWEST_POSITIONS: usize = 48;
/// Frequencies of the window at most, and Lanczos steps for each.
const MOST_FREQUENCIES: usize = 1089;
const STEPS: usize = 8;
/// A symbol flatter than this, relative, has no peak to speak of.
const FLAT: f64 = 1e-6;

/// The preconditioner.
#[derive(Debug)]
pub(super) struct Waves {
    window: Window,
    /// The channels of the group: first and number; samples to a channel.
    first: usize,
    channels: usize,
    /// `[frequency of the window, channel]`.
    polarisations: Vec<Complex64>,
    /// Mean eigenvalue of each mode.
    lambda: Vec<f64>,
    peak: f64,
    base: f64,
    /// 2 where the wave and its conjugate are different.
    factor: f64,
}

impl Waves {
    /// For the narrow side of a layer, or none where there is nothing to gain: other padding than zeros, axes all short,
    /// a strided layer whose narrow side is the fine one, a symbol that is flat, or one with another peak as high as the modes
    /// that `count` triplets need.
    pub(super) fn new(operator: Oriented<'_>, count: usize) -> Result<Option<Self>, SvdError> {
        let kernel = operator.kernel()?;
        let geometry = kernel.geometry();
        let strided = geometry.stride().iter().any(|&s| s > 1);
        let coarse_side = operator.narrow_is_output() != geometry.is_transposed();
        let size = operator.narrow_size().to_vec();
        if geometry.padding_mode() != PaddingMode::Zeros
            || size.iter().all(|&n| n < FEWEST_POSITIONS)
            || (strided && !coarse_side)
        {
            return Ok(None);
        }
        let symbol = SideSymbol::new(kernel, coarse_side);
        let Some(peak) = peak(&symbol)? else {
            return Ok(None);
        };
        let Peak {
            group,
            mut angles,
            polarisation,
            ..
        } = peak;
        let near = |f: f64, n: usize| (2.0 * f / TAU - (2.0 * f / TAU).round()).abs() * n as f64;
        let real = angles.iter().zip(&size).all(|(&f, &n)| near(f, n) < 0.5);
        if real {
            angles.iter_mut().for_each(|f| *f = (*f / PI).round() * PI);
        }
        let window = Window::new(&size, &angles, MOST_FREQUENCIES);
        let start = &polarisation;
        let found = map_ordered(window.frequencies(), |i| {
            symbol.leading(group, &window.angles(i), start, STEPS)
        });
        let mut all = vec![0.0; found.len()];
        let mut polarisations = Vec::with_capacity(found.len() * start.len());
        for (lambda, found) in all.iter_mut().zip(found) {
            let (value, vector) = found?;
            *lambda = value;
            polarisations.extend(vector);
        }
        let highest = symbol.leading(group, &angles, start, FINE_STEPS)?.0;
        let lambda = window.mean(&all);
        let mut modes = lambda.clone();
        modes.sort_by(|a, b| b.total_cmp(a));
        let needed = modes[count.clamp(1, modes.len()) - 1];
        let base = highest - modes[modes.len() - 1];
        let alone = peak.rival + peak.slack < needed;
        Ok((alone && base > FLAT * highest).then(|| Self {
            window,
            first: group * symbol.channels(),
            channels: symbol.channels(),
            polarisations,
            lambda,
            peak: highest,
            base,
            factor: if real { 1.0 } else { 2.0 },
        }))
    }

    /// About the square of the largest singular value: that of the lowest mode.
    pub(super) fn first_value(&self) -> f64 {
        self.lambda[0]
    }

    /// `b M^-1 r` for the square `theta` of a singular value.
    pub(super) fn apply(&self, r: &[f64], theta: f64) -> Vec<f64> {
        let samples = self.window.samples();
        let of = |c: usize| (self.first + c) * samples..(self.first + c + 1) * samples;
        let spectra = map_ordered(self.channels, |c| self.window.analyse(&r[of(c)]));
        let amplitudes: Vec<Complex64> = (0..self.window.frequencies())
            .map(|f| {
                let x: Vec<Complex64> = spectra.iter().map(|x| x[f]).collect();
                inner(
                    &self.polarisations[f * self.channels..][..self.channels],
                    &x,
                )
            })
            .collect();
        let gap = self.peak - theta;
        let weights = self.lambda.iter().map(|lambda| {
            let w = self.base / (lambda - theta).hypot(gap).max(f64::MIN_POSITIVE);
            // At most 1e12: beyond, rounding decides.
            self.factor * (w - 1.0).clamp(0.0, 1e12)
        });
        let amplitudes = self
            .window
            .filter(&amplitudes, &weights.collect::<Vec<_>>());
        let images = map_ordered(self.channels, |c| {
            let polarisations = self.polarisations[c..].iter().step_by(self.channels);
            let spectrum = amplitudes.iter().zip(polarisations).map(|(a, p)| a * p);
            self.window.synthesise(&spectrum.collect::<Vec<_>>())
        });
        let mut out = r.to_vec();
        for (c, image) in images.iter().enumerate() {
            let part = &mut out[of(c)];
            part.iter_mut().zip(image).for_each(|(x, y)| *x += y);
        }
        out
    }
}
