//! Waves about one frequency under sine windows: the transform of planes to them and back.

use crate::dense::product;
use crate::operator::unravel;
use faer::{Accum, Mat, MatMut, MatRef};
use num_complex::Complex64;
use std::f64::consts::PI;

/// Modes to an axis: one in so many of its positions, those of lowest frequency.
const SHARE: usize = 4;

/// The frequencies `f* + delta_j`, `-J <= j <= J`, on each axis, `delta_j = pi j / (n + 1)`, for positions from 1 to `n`.
#[derive(Debug)]
pub(super) struct Window {
    axes: Vec<Axis>,
    /// For each mode, the frequencies `f* + e delta_j` with the signs of `e`; a mode has positive `j`.
    modes: Vec<Vec<(usize, f64)>>,
}

#[derive(Debug)]
struct Axis {
    n: usize,
    most: usize,
    centre: f64,
    /// `(2 most + 1) x n`.
    cos: Mat<f64>,
    sin: Mat<f64>,
}

impl Axis {
    fn new(n: usize, most: usize, centre: f64) -> Self {
        let mut axis = Self {
            n,
            most,
            centre,
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
        self.centre + PI * (j as f64 - self.most as f64) / (self.n as f64 + 1.0)
    }
}

impl Window {
    /// Of at most `frequencies`, or one mode to an axis.
    pub(super) fn new(size: &[usize], centre: &[f64], frequencies: usize) -> Self {
        let side = (frequencies as f64).powf((size.len().max(1) as f64).recip());
        let most = ((side.round() as usize).saturating_sub(1) / 2).max(1);
        let axes = size.iter().zip(centre);
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
    pub(super) fn analyse(&self, x: &[f64]) -> Vec<Complex64> {
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
    pub(super) fn synthesise(&self, x: &[Complex64]) -> Vec<f64> {
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
        let (size, centre) = ([6, 9], [0.4, -1.1]);
        let window = Window::new(&size, &centre, 25);
        assert_eq!(window.grid(), [5, 5]);
        let x: Vec<f64> = (0..54).map(|e| (e * e % 7) as f64 - 3.0).collect();
        let wave = |f: usize, q: usize| {
            let (angles, q) = (window.angles(f), unravel(q, &size));
            let angle = angles[0] * (q[0] + 1) as f64 + angles[1] * (q[1] + 1) as f64;
            Complex64::from_polar(1.0, angle)
        };
        let spectrum = window.analyse(&x);
        for (f, found) in spectrum.iter().enumerate() {
            let exact: Complex64 = (0..54).map(|q| wave(f, q).conj() * x[q]).sum();
            // 54 terms under 4.
            assert!((found - exact).norm() < 1e-12);
        }
        let back = window.synthesise(&spectrum);
        for (q, found) in back.iter().enumerate() {
            let exact: Complex64 = (0..25).map(|f| wave(f, q) * spectrum[f]).sum();
            assert!((found - exact.re).abs() < 1e-11);
        }
        // At frequency 0 the first mode is a product of half sine waves, and the filter of weight 1 keeps it.
        let window = Window::new(&size, &[0.0, 0.0], 25);
        let half = |q: usize, n: usize| (PI * (q + 1) as f64 / (n + 1) as f64).sin();
        let mode: Vec<f64> = (0..54).map(|q| half(q / 9, 6) * half(q % 9, 9)).collect();
        let spectrum = window.filter(&window.analyse(&mode), &[1.0, 0.0, 0.0, 0.0]);
        for (found, exact) in window.synthesise(&spectrum).iter().zip(&mode) {
            assert!((found - exact).abs() < 1e-13);
        }
    }
}
