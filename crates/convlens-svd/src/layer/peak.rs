//! The interior of a layer's `A^T A` as a symbol on one side, where it is highest, and whether it
//! is as high elsewhere.

use crate::dense::thin_svd;
use crate::error::SvdError;
use crate::kernel::{ConvKernel, checked_product};
use crate::parallel::map_ordered;
use crate::periodic::{Polyphase, negated, two_largest, unravel};
use faer::Mat;
use num_complex::Complex64;
use std::f64::consts::{PI, TAU};

/// Points to an axis, for the peak, per tap; at least and at most.
const POINTS_PER_TAP: usize = 6;
const POINTS: (usize, usize) = (16, 64);
/// Rounds of refinement of the peak, and Lanczos steps for an evaluation.
const ROUNDS: usize = 10;
pub(super) const FINE_STEPS: usize = 24;

/// The highest point of the symbol.
pub(super) struct Peak {
    pub(super) group: usize,
    pub(super) angles: Vec<f64>,
    /// The unit eigenvector there.
    pub(super) polarization: Vec<Complex64>,
    /// The largest eigenvalue that has another peak, or another band at this one; not known better
    /// than `slack`.
    pub(super) rival: f64,
    pub(super) slack: f64,
}

/// The group, angles and polarization of the largest eigenvalue of the symbol; none for a layer of
/// zeros.
pub(super) fn peak(symbol: &SideSymbol) -> Result<Option<Peak>, SvdError> {
    let kernel = symbol.kernel();
    let points = |&k: &usize| (POINTS_PER_TAP * k).clamp(POINTS.0, POINTS.1);
    let coarse: Vec<usize> = kernel.kernel_size().iter().map(points).collect();
    let stride = kernel.geometry().stride();
    let fine: Vec<usize> = coarse.iter().zip(stride).map(|(n, s)| n * s).collect();
    let taps = Polyphase::wrapped(kernel, kernel.weights(), &fine)?;
    let squares: Vec<[f64; 2]> = two_largest(&taps, &coarse)?
        .iter()
        .map(|values| values.map(|x| x * x))
        .collect();
    let highest =
        (0..squares.len()).fold(0, |m, f| if squares[f][0] > squares[m][0] { f } else { m });
    let sampled = squares[highest][0];
    if sampled == 0.0 {
        return Ok(None);
    }
    let rival = rival(&squares, &coarse, highest);
    let at = unravel(highest, &coarse);
    let angles = at
        .iter()
        .zip(&coarse)
        .map(|(&f, &n)| TAU * f as f64 / n as f64);
    let mut angles: Vec<f64> = angles.collect();
    // No eigenvector is orthogonal to all of these phases by design.
    let start: Vec<Complex64> = (0..symbol.channels())
        .map(|c| Complex64::from_polar(1.0, (c * c) as f64))
        .collect();
    let found = map_ordered(symbol.groups(), |group| {
        symbol.leading(group, &angles, &start, 2 * FINE_STEPS)
    });
    let mut best = (0.0, 0, start);
    for (group, found) in found.into_iter().enumerate() {
        let (lambda, vector) = found?;
        if lambda > best.0 {
            best = (lambda, group, vector);
        }
    }
    let (mut lambda, group, mut polarization) = best;
    for round in 0..ROUNDS * angles.len() {
        let axis = round % angles.len();
        let h = 0.6f64.powi((round / angles.len()) as i32) * PI / coarse[axis] as f64;
        let at = |by: f64| {
            let mut at = angles.clone();
            at[axis] += by;
            at
        };
        let of = |by: f64| symbol.leading(group, &at(by), &polarization, FINE_STEPS);
        let step = h * parabola(of(-h)?.0, lambda, of(h)?.0);
        let (value, vector) = of(step)?;
        if value > lambda {
            angles = at(step);
            (lambda, polarization) = (value, vector);
        }
    }
    Ok(Some(Peak {
        group,
        angles,
        polarization,
        rival,
        slack: (lambda - sampled).max(0.0),
    }))
}

/// Where the parabola through three values at -1, 0 and 1 is highest, within that; 0 where it has
/// no highest point.
fn parabola(left: f64, middle: f64, right: f64) -> f64 {
    let curvature = 2.0 * middle - left - right;
    if curvature > 0.0 {
        (0.5 * (right - left) / curvature).clamp(-1.0, 1.0)
    } else {
        0.0
    }
}

/// The largest value at a local maximum of the grid away from the highest and its negative, or of a
/// second band there.
fn rival(squares: &[[f64; 2]], grid: &[usize], highest: usize) -> f64 {
    let apart = |f: usize, g: usize| {
        let (f, g) = (unravel(f, grid), unravel(g, grid));
        let axes = f.iter().zip(&g).zip(grid);
        axes.map(|((&f, &g), &n)| f.abs_diff(g).min(n - f.abs_diff(g)))
            .max()
    };
    let steps: Vec<usize> = vec![3; grid.len()];
    let is_maximum = |f: usize| {
        let at = unravel(f, grid);
        (0..steps.iter().product()).all(|step| {
            let axes = at.iter().zip(unravel(step, &steps)).zip(grid);
            let next = axes.fold(0, |flat, ((&f, step), &n)| {
                flat * n + (f + n + step - 1) % n
            });
            squares[next][0] <= squares[f][0]
        })
    };
    let near = |f: usize| {
        [highest, negated(highest, grid)]
            .iter()
            .any(|&peak| apart(f, peak).is_none_or(|by| by <= 1))
    };
    let others = (0..squares.len()).filter(|&f| !near(f) && is_maximum(f));
    others.fold(squares[highest][1], |m, f| m.max(squares[f][0]))
}

/// Away from the border, `A^T A` takes the wave `v exp(i <f, q>)` to
/// `(sum_l K_l(f)^H K_l(f) v) exp(i <f, q>)`.
///
/// With `S(f) = sum_p W[p] exp(i <f, d p>)` for the kernel's forward reading: on its fine side, for
/// stride 1, the one `K` is `S(f)`; on its coarse side the `K_l` are
/// `S((f + 2 pi l) / s)^H / s^(d/2)` over the aliases `l`.
#[derive(Debug)]
pub(super) struct SideSymbol {
    kernel: ConvKernel,
    coarse_side: bool,
}

impl SideSymbol {
    pub(super) fn new(kernel: ConvKernel, coarse_side: bool) -> Self {
        Self {
            kernel,
            coarse_side,
        }
    }

    /// Channels of one group on this side.
    pub(super) fn channels(&self) -> usize {
        if self.coarse_side {
            self.kernel.shape()[0] / self.kernel.groups()
        } else {
            self.kernel.shape()[1]
        }
    }

    pub(super) fn groups(&self) -> usize {
        self.kernel.groups()
    }

    pub(super) fn kernel(&self) -> &ConvKernel {
        &self.kernel
    }

    fn matrices(&self, group: usize, angles: &[f64]) -> Result<Vec<Mat<Complex64>>, SvdError> {
        if !self.coarse_side {
            return Ok(vec![self.forward(group, angles)]);
        }
        let stride = self.kernel.geometry().stride();
        let aliases = checked_product(stride)?;
        let size = (aliases as f64).sqrt().recip();
        let matrices = (0..aliases).map(|l| {
            let turns = unravel(l, stride);
            let axes = angles.iter().zip(turns).zip(stride);
            let fine: Vec<f64> = axes
                .map(|((f, l), &s)| (f + TAU * l as f64) / s as f64)
                .collect();
            let forward = self.forward(group, &fine);
            Mat::from_fn(forward.ncols(), forward.nrows(), |i, j| {
                forward[(j, i)].conj() * size
            })
        });
        Ok(matrices.collect())
    }

    fn forward(&self, group: usize, angles: &[f64]) -> Mat<Complex64> {
        let (kernel, dilation) = (&self.kernel, self.kernel.geometry().dilation());
        let (rows, cols) = (kernel.shape()[0] / kernel.groups(), kernel.shape()[1]);
        let taps = kernel.taps();
        let phases: Vec<Complex64> = (0..taps)
            .map(|tap| {
                let at = unravel(tap, kernel.kernel_size());
                let axes = at.iter().zip(dilation).zip(angles);
                let angle: f64 = axes.map(|((&p, &d), f)| (p * d) as f64 * f).sum();
                Complex64::from_polar(1.0, angle)
            })
            .collect();
        let weights = &kernel.weights()[group * rows * cols * taps..];
        Mat::from_fn(rows, cols, |i, j| {
            let weights = &weights[(i * cols + j) * taps..][..taps];
            let terms = weights.iter().zip(&phases).map(|(&w, z)| z * w);
            terms.sum()
        })
    }

    /// The largest eigenvalue and a unit eigenvector, from `steps` Lanczos steps that start at
    /// `start`: where bands cross or repeat, the vector that `start` is nearest to, with its phase.
    pub(super) fn leading(
        &self,
        group: usize,
        angles: &[f64],
        start: &[Complex64],
        steps: usize,
    ) -> Result<(f64, Vec<Complex64>), SvdError> {
        let matrices = self.matrices(group, angles)?;
        let steps = steps.min(start.len());
        let mut basis: Vec<Vec<Complex64>> = Vec::new();
        let mut t = Mat::<f64>::zeros(steps, steps);
        let mut next = start.to_vec();
        while basis.len() < steps {
            let (j, size) = (basis.len(), length(&next));
            if size <= f64::EPSILON * (1.0 + t[(0, 0)]) {
                break;
            }
            next.iter_mut().for_each(|x| *x /= size);
            if j > 0 {
                t[(j, j - 1)] = size;
                t[(j - 1, j)] = size;
            }
            let mut image = square(&matrices, &next);
            basis.push(next);
            t[(j, j)] = inner(&basis[j], &image).re;
            for _ in 0..2 {
                for q in &basis {
                    let c = inner(q, &image);
                    image.iter_mut().zip(q).for_each(|(x, q)| *x -= c * q);
                }
            }
            next = image;
        }
        let (size, mut vector) = (basis.len(), vec![Complex64::ZERO; start.len()]);
        if size == 0 {
            return Ok((0.0, vector));
        }
        // Positive semidefinite: singular vectors are eigenvectors.
        let thin = thin_svd(t.submatrix(0, 0, size, size))?;
        let sign = if thin.u[(0, 0)] < 0.0 { -1.0 } else { 1.0 };
        for (j, q) in basis.iter().enumerate() {
            let c = sign * thin.u[(j, 0)];
            vector.iter_mut().zip(q).for_each(|(x, q)| *x += q * c);
        }
        Ok((thin.s[0], vector))
    }
}

fn square(matrices: &[Mat<Complex64>], x: &[Complex64]) -> Vec<Complex64> {
    let mut out = vec![Complex64::ZERO; x.len()];
    for k in matrices {
        let mut image = vec![Complex64::ZERO; k.nrows()];
        for (j, x) in x.iter().enumerate() {
            let column = k.col_as_slice(j);
            image.iter_mut().zip(column).for_each(|(y, k)| *y += k * x);
        }
        for (j, out) in out.iter_mut().enumerate() {
            *out += inner(k.col_as_slice(j), &image);
        }
    }
    out
}

/// `<x, y>`, conjugate in the first.
pub(super) fn inner(x: &[Complex64], y: &[Complex64]) -> Complex64 {
    x.iter().zip(y).map(|(x, y)| x.conj() * y).sum()
}

fn length(x: &[Complex64]) -> f64 {
    x.iter().map(Complex64::norm_sqr).sum::<f64>().sqrt()
}
