//! The interior of `A^T A` as a symbol on one side of a layer, and its leading eigenpair at any frequency.

use crate::SvdError;
use crate::dense::thin_svd;
use crate::operator::unravel;
use crate::{ConvKernel, kernel::checked_product};
use faer::Mat;
use num_complex::Complex64;
use std::f64::consts::TAU;

/// Away from the border, `A^T A` takes the wave `v exp(i <f, q>)` to `(sum_l K_l(f)^H K_l(f) v) exp(i <f, q>)`.
///
/// With `S(f) = sum_p W[p] exp(i <f, d p>)` for the kernel's forward reading: on its fine side, for stride 1, the one
/// `K` is `S(f)`; on its coarse side the `K_l` are `S((f + 2 pi l) / s)^H / s^(d/2)` over the aliases `l`.
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

    /// The largest eigenvalue and a unit eigenvector, from `steps` Lanczos steps that start at `start`: where bands cross
    /// or repeat, the vector that `start` is nearest to, with its phase.
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
