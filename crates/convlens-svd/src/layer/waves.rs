//! A preconditioner for the leading singular vectors of a zero-padded layer: waves at the peak of
//! the symbol, under sine windows.
//!
//! Let the largest eigenvalue `lambda(f)` of the interior symbol of `A^T A` have its peak at `f*`.
//! On a large grid the leading singular vectors are waves near `f*`, of polarization near `p(f*)`,
//! under an envelope that nearly vanishes at the border: of `A^T A - theta` what remains is a
//! Laplacian with Dirichlet boundary, whose eigenvectors are products of sines. So with
//! `delta_j = pi j / (n + 1)` take
//! `phi_j = sum_e sign(e) p(f* + e delta_j) exp(i <f* + e delta_j, q>)` over the `2^d` signs `e`,
//! positions `q` from 1: for constant `p` that is the wave times sines. Then
//!
//! `M^-1 r = r / b + sum_j max(w_j - 1 / b, 0) phi_j <phi_j, r> / |phi_j|^2`,
//! `w_j = ((lambda_j - theta)^2 + (lambda* - theta)^2)^(-1/2)`,
//!
//! `lambda_j` the mean of `lambda(f* + e delta_j)` and `b` what `lambda` falls from the peak to the
//! least of them; of complex vectors the real part. The polarizations come by Lanczos started at
//! `p(f*)`, which keeps their phases continuous. It is a preconditioner: whatever it is, the search
//! converges to singular triplets.

use super::peak::{FINE_STEPS, Peak, SideSymbol, inner, peak};
use super::projection::Oriented;
use crate::dense::product;
use crate::error::SvdError;
use crate::geometry::PaddingMode;
use crate::parallel::map_ordered;
use crate::periodic::unravel;
use faer::{Accum, Mat, MatMut, MatRef};
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
    polarizations: Vec<Complex64>,
    /// Mean eigenvalue of each mode.
    lambda: Vec<f64>,
    peak: f64,
    base: f64,
    /// 2 where the wave and its conjugate are different.
    factor: f64,
}

impl Waves {
    /// For the narrow side of a layer, or none where there is nothing to gain: other padding than
    /// zeros, axes all short, a strided layer whose narrow side is the fine one, a symbol that is
    /// flat, or one with another peak as high as the modes that `count` triplets need.
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
            polarization,
            ..
        } = peak;
        let near = |f: f64, n: usize| (2.0 * f / TAU - (2.0 * f / TAU).round()).abs() * n as f64;
        let real = angles.iter().zip(&size).all(|(&f, &n)| near(f, n) < 0.5);
        if real {
            angles.iter_mut().for_each(|f| *f = (*f / PI).round() * PI);
        }
        let window = Window::new(&size, &angles, MOST_FREQUENCIES);
        let start = &polarization;
        let found = map_ordered(window.frequencies(), |i| {
            symbol.leading(group, &window.angles(i), start, STEPS)
        });
        let mut all = vec![0.0; found.len()];
        let mut polarizations = Vec::with_capacity(found.len() * start.len());
        for (lambda, found) in all.iter_mut().zip(found) {
            let (value, vector) = found?;
            *lambda = value;
            polarizations.extend(vector);
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
            polarizations,
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
        let spectra = map_ordered(self.channels, |c| self.window.analyze(&r[of(c)]));
        let amplitudes: Vec<Complex64> = (0..self.window.frequencies())
            .map(|f| {
                let x: Vec<Complex64> = spectra.iter().map(|x| x[f]).collect();
                inner(
                    &self.polarizations[f * self.channels..][..self.channels],
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
            let polarizations = self.polarizations[c..].iter().step_by(self.channels);
            let spectrum = amplitudes.iter().zip(polarizations).map(|(a, p)| a * p);
            self.window.synthesize(&spectrum.collect::<Vec<_>>())
        });
        let mut out = r.to_vec();
        for (c, image) in images.iter().enumerate() {
            let part = &mut out[of(c)];
            part.iter_mut().zip(image).for_each(|(x, y)| *x += y);
        }
        out
    }
}

/// Modes to an axis: one in so many of its positions, those of lowest frequency.
const SHARE: usize = 4;

/// The frequencies `f* + delta_j`, `-J <= j <= J`, on each axis, `delta_j = pi j / (n + 1)`, for
/// positions from 1 to `n`.
#[derive(Debug)]
pub(super) struct Window {
    axes: Vec<Axis>,
    /// For each mode, the frequencies `f* + e delta_j` with the signs of `e`; a mode has positive
    /// `j`.
    modes: Vec<Vec<(usize, f64)>>,
}

#[derive(Debug)]
struct Axis {
    n: usize,
    most: usize,
    center: f64,
    /// `(2 most + 1) x n`.
    cos: Mat<f64>,
    sin: Mat<f64>,
}

impl Axis {
    fn new(n: usize, most: usize, center: f64) -> Self {
        let mut axis = Self {
            n,
            most,
            center,
            cos: Mat::zeros(0, 0),
            sin: Mat::zeros(0, 0),
        };
        let angle = |j: usize, q: usize| axis.angle(j) * (q + 1) as f64;
        let cos = Mat::from_fn(2 * most + 1, n, |j, q| angle(j, q).cos());
        let sin = Mat::from_fn(2 * most + 1, n, |j, q| angle(j, q).sin());
        (axis.cos, axis.sin) = (cos, sin);
        axis
    }

    fn angle(&self, j: usize) -> f64 {
        self.center + PI * (j as f64 - self.most as f64) / (self.n as f64 + 1.0)
    }
}

impl Window {
    /// Of at most `frequencies`, or one mode to an axis.
    pub(super) fn new(size: &[usize], center: &[f64], frequencies: usize) -> Self {
        let side = (frequencies as f64).powf((size.len().max(1) as f64).recip());
        let most = ((side.round() as usize).saturating_sub(1) / 2).max(1);
        let axes = size.iter().zip(center);
        let axes = axes.map(|(&n, &f)| Axis::new(n, n.div_ceil(SHARE).min(most), f));
        let mut window = Self {
            axes: axes.collect(),
            modes: Vec::new(),
        };
        window.modes = window.modes();
        window
    }

    /// Samples of a plane.
    pub(super) fn samples(&self) -> usize {
        self.axes.iter().map(|axis| axis.n).product()
    }

    fn grid(&self) -> Vec<usize> {
        self.axes.iter().map(|axis| 2 * axis.most + 1).collect()
    }

    pub(super) fn frequencies(&self) -> usize {
        self.grid().iter().product()
    }

    /// The angles of a frequency of the window.
    pub(super) fn angles(&self, index: usize) -> Vec<f64> {
        let at = unravel(index, &self.grid());
        at.iter()
            .zip(&self.axes)
            .map(|(&j, axis)| axis.angle(j))
            .collect()
    }

    fn modes(&self) -> Vec<Vec<(usize, f64)>> {
        let modes: Vec<usize> = self.axes.iter().map(|axis| axis.most).collect();
        let (grid, signs) = (self.grid(), vec![2; modes.len()]);
        let count = modes.iter().product::<usize>();
        (0..count)
            .map(|mode| {
                let mode = unravel(mode, &modes);
                let each = (0..1usize << modes.len()).map(|e| {
                    let e = unravel(e, &signs);
                    let (mut index, mut sign) = (0, 1.0);
                    for (axis, &n) in grid.iter().enumerate() {
                        let (j, middle) = (mode[axis] + 1, modes[axis]);
                        let at = if e[axis] == 0 { middle + j } else { middle - j };
                        sign *= if e[axis] == 0 { 1.0 } else { -1.0 };
                        index = index * n + at;
                    }
                    (index, sign)
                });
                each.collect()
            })
            .collect()
    }

    /// The mean over the frequencies of each mode.
    pub(super) fn mean(&self, values: &[f64]) -> Vec<f64> {
        let modes = self.modes.iter();
        let mean = |at: &Vec<(usize, f64)>| {
            at.iter().map(|&(f, _)| values[f]).sum::<f64>() / at.len() as f64
        };
        modes.map(mean).collect()
    }

    /// `sum_j weight_j phi_j phi_j^H / |phi_j|^2` on amplitudes.
    pub(super) fn filter(&self, amplitudes: &[Complex64], weights: &[f64]) -> Vec<Complex64> {
        // |2 sin|^2 sums to 2 (n + 1) over an axis.
        let size: f64 = self
            .axes
            .iter()
            .map(|axis| 2.0 * (axis.n as f64 + 1.0))
            .product();
        let mut out = vec![Complex64::ZERO; amplitudes.len()];
        for (mode, weight) in self.modes.iter().zip(weights) {
            let sum: Complex64 = mode.iter().map(|&(f, sign)| amplitudes[f] * sign).sum();
            for &(f, sign) in mode {
                out[f] = sum * (weight / size * sign);
            }
        }
        out
    }

    /// `<exp(i <f, q>), x>` at the frequencies of the window.
    pub(super) fn analyze(&self, x: &[f64]) -> Vec<Complex64> {
        let (mut re, mut im) = (x.to_vec(), vec![0.0; x.len()]);
        for axis in self.axes.iter().rev() {
            (re, im) = turned(axis.cos.as_ref(), axis.sin.as_ref(), -1.0, (&re, &im));
        }
        re.iter()
            .zip(&im)
            .map(|(&re, &im)| Complex64::new(re, im))
            .collect()
    }

    /// The real part of `sum_f x_f exp(i <f, q>)`.
    pub(super) fn synthesize(&self, x: &[Complex64]) -> Vec<f64> {
        let (mut re, mut im): (Vec<f64>, Vec<f64>) = x.iter().map(|z| (z.re, z.im)).unzip();
        for axis in self.axes.iter().rev() {
            let (cos, sin) = (axis.cos.transpose(), axis.sin.transpose());
            (re, im) = turned(cos, sin, 1.0, (&re, &im));
        }
        re
    }
}

/// `(cos + i sign sin)` along the last axis, which becomes the first.
fn turned(
    cos: MatRef<'_, f64>,
    sin: MatRef<'_, f64>,
    sign: f64,
    (re, im): (&[f64], &[f64]),
) -> (Vec<f64>, Vec<f64>) {
    let (out, n) = cos.shape();
    let rows = re.len() / n;
    let input = [re, im].map(|x| MatRef::from_row_major_slice(x, rows, n).transpose());
    let mut result = [vec![0.0; out * rows], vec![0.0; out * rows]];
    for (part, target) in result.iter_mut().enumerate() {
        let other = if part == 0 { -sign } else { sign };
        let mut target = MatMut::from_row_major_slice_mut(target, out, rows);
        product(target.as_mut(), Accum::Replace, cos, input[part], 1.0);
        product(target, Accum::Add, sin, input[1 - part], other);
    }
    let [re, im] = result;
    (re, im)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_are_the_definition_and_modes_are_sines() {
        let (size, center) = ([6, 9], [0.4, -1.1]);
        let window = Window::new(&size, &center, 25);
        assert_eq!(window.grid(), [5, 5]);
        let x: Vec<f64> = (0..54).map(|e| (e * e % 7) as f64 - 3.0).collect();
        let wave = |f: usize, q: usize| {
            let (angles, q) = (window.angles(f), unravel(q, &size));
            let angle = angles[0] * (q[0] + 1) as f64 + angles[1] * (q[1] + 1) as f64;
            Complex64::from_polar(1.0, angle)
        };
        let spectrum = window.analyze(&x);
        for (f, found) in spectrum.iter().enumerate() {
            let exact: Complex64 = (0..54).map(|q| wave(f, q).conj() * x[q]).sum();
            // 54 terms under 4.
            assert!((found - exact).norm() < 1e-12);
        }
        let back = window.synthesize(&spectrum);
        for (q, found) in back.iter().enumerate() {
            let exact: Complex64 = (0..25).map(|f| wave(f, q) * spectrum[f]).sum();
            assert!((found - exact.re).abs() < 1e-11);
        }
        // At frequency 0 the first mode is a product of half sine waves, and the filter of weight 1
        // keeps it.
        let window = Window::new(&size, &[0.0, 0.0], 25);
        let half = |q: usize, n: usize| (PI * (q + 1) as f64 / (n + 1) as f64).sin();
        let mode: Vec<f64> = (0..54).map(|q| half(q / 9, 6) * half(q % 9, 9)).collect();
        let spectrum = window.filter(&window.analyze(&mode), &[1.0, 0.0, 0.0, 0.0]);
        for (found, exact) in window.synthesize(&spectrum).iter().zip(&mode) {
            assert!((found - exact).abs() < 1e-13);
        }
    }
}
