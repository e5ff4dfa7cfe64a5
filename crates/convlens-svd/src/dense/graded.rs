//! The thin SVD by eigenvectors of Gram matrices, one decade of singular values at a time.
//!
//! The eigenvectors `W` of `B^H B` cost a third of an SVD, but `B W = U S` is accurate only where a
//! value is close to the largest: columns `i, j` of `B W` are orthogonal up to `eps s_0^2`, so
//! their directions up to `eps s_0^2 / (s_i s_j)`. So a step keeps the columns with
//! `s_j >= s_0 / 16`, orthonormalizes them, removes their span from the rest, and treats the rest,
//! whose largest value is now under `s_0 / 16`, as a matrix in its own right. A Gaussian matrix of
//! side 64 takes three steps, of 64, 8 and 1 columns.
//!
//! Let `L` be the strictly lower part (columns ascend) of `U^H U` plus half of its diagonal's
//! excess over 1. One step of Gram-Schmidt to first order, `U (I - L)`, is orthonormal up to `L^2`,
//! and changes `U S` by `L S` in Frobenius norm. Both are known, and checked: where one is not at
//! the level of rounding the ordinary ladder takes over.

use super::factor::fill_complement;
use super::thin::{Thin, thin_svd};
use crate::accuracy::Algorithm;
use crate::error::SvdError;
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::matmul::triangular::{self, BlockStructure};
use faer::traits::ComplexField;
use faer::traits::math_utils::{abs2, from_real, mul_real, one, real};
use faer::{Accum, Mat, MatRef, Par};

/// Values under this share of a step's largest are left to the next step.
const SHARE: f64 = 1.0 / 16.0;

/// Thin SVDs of many matrices of one shape, in the same memory.
pub(crate) struct ThinSolver<T: ComplexField> {
    wide: bool,
    /// Rows and columns of the tall reading.
    shape: (usize, usize),
    /// The columns that are left, and the same rotated.
    rest: Mat<T>,
    turned: Mat<T>,
    u: Mat<T>,
    v: Mat<T>,
    /// Square, of the smaller side.
    gram: Mat<T>,
    vectors: Mat<T>,
    values: Vec<f64>,
    order: Vec<usize>,
    buffer: MemBuffer,
}

impl<T: ComplexField<Real = f64>> ThinSolver<T> {
    /// For matrices of `rows x cols`.
    pub(crate) fn new(rows: usize, cols: usize) -> Self {
        let (m, n) = (rows.max(cols), rows.min(cols));
        let scratch = self_adjoint_evd_scratch::<T>(
            n,
            ComputeEigenvectors::Yes,
            Par::Seq,
            Default::default(),
        );
        Self {
            wide: cols > rows,
            shape: (m, n),
            rest: Mat::zeros(m, n),
            turned: Mat::zeros(m, n),
            u: Mat::zeros(m, n),
            v: Mat::zeros(n, n),
            gram: Mat::zeros(n, n),
            vectors: Mat::zeros(n, n),
            values: vec![0.0; n],
            order: Vec::with_capacity(n),
            buffer: MemBuffer::new(scratch),
        }
    }

    /// Decomposes `a`; the results stay until the next call.
    pub(crate) fn solve(&mut self, a: MatRef<'_, T>) -> Result<Algorithm, SvdError> {
        if self.wide {
            self.rest.copy_from(a.adjoint());
        } else {
            self.rest.copy_from(a);
        }
        let finite = |m: &Mat<T>| (0..m.ncols()).all(|j| m.col(j).norm_l2().is_finite());
        let solved = self.graded().is_some() && finite(&self.u) && finite(&self.v);
        let algorithm = if solved {
            Algorithm::Direct
        } else {
            let Thin { u, s, v, algorithm } = thin_svd(a)?;
            let (u, v) = if self.wide { (v, u) } else { (u, v) };
            self.u.copy_from(u);
            self.v.copy_from(v);
            self.values = s;
            algorithm
        };
        self.order.clear();
        self.order.extend(0..self.values.len());
        let values = &self.values;
        self.order
            .sort_by(|&i, &j| values[j].total_cmp(&values[i]).then(j.cmp(&i)));
        Ok(algorithm)
    }

    /// The `i`-th largest value.
    pub(crate) fn value(&self, i: usize) -> f64 {
        self.values[self.order[i]]
    }

    /// Its left vector.
    pub(crate) fn left(&self, i: usize) -> &[T] {
        let side = if self.wide { &self.v } else { &self.u };
        side.col_as_slice(self.order[i])
    }

    /// Its right vector.
    pub(crate) fn right(&self, i: usize) -> &[T] {
        let side = if self.wide { &self.u } else { &self.v };
        side.col_as_slice(self.order[i])
    }

    /// Columns ascend by value: those from `left` on are done.
    fn graded(&mut self) -> Option<()> {
        let (m, n) = self.shape;
        let (mut left, mut top) = (n, 0.0);
        // What a step changes, squared and summed: see the module's head.
        let mut changed = 0.0;
        while left > 0 {
            self.leave_span(left);
            let scale = (0..left).fold(0.0, |s: f64, j| s.max(self.rest.col(j).norm_l2()));
            if scale <= 4.0 * f64::EPSILON * top || scale == 0.0 {
                fill_complement(&mut self.u, left);
                if left == n {
                    self.v = Mat::identity(n, n);
                }
                self.values[..left].fill(0.0);
                break;
            }
            self.rotate(left)?;
            for j in 0..left {
                self.values[j] = self.turned.col(j).norm_l2();
            }
            let largest = self.values[..left].iter().copied().fold(0.0, f64::max);
            top = f64::max(top, largest);
            let from = (0..left)
                .rev()
                .find(|&j| self.values[j] < SHARE * largest)
                .map_or(0, |j| j + 1);
            if from == left {
                return None;
            }
            changed += self.orthonormalize(from, left)?;
            std::mem::swap(&mut self.rest, &mut self.turned);
            left = from;
        }
        (changed.sqrt() <= 25.0 * f64::EPSILON * (m as f64).sqrt() * top).then_some(())
    }

    /// Removes the span of the vectors that are done from the columns that are left; twice is
    /// enough.
    fn leave_span(&mut self, left: usize) {
        let n = self.shape.1;
        if left == n {
            return;
        }
        for _ in 0..2 {
            let done = self.u.subcols(left, n - left);
            let mut c = self.gram.submatrix_mut(0, 0, n - left, left);
            let rest = self.rest.subcols(0, left);
            matmul(
                c.as_mut(),
                Accum::Replace,
                done.adjoint(),
                rest,
                one(),
                Par::Seq,
            );
            let rest = self.rest.subcols_mut(0, left);
            let minus = from_real::<T>(&-1.0);
            matmul(rest, Accum::Add, done, c.as_ref(), minus, Par::Seq);
        }
    }

    /// Rotates the columns that are left, and those of `v`, by the eigenvectors of their Gram
    /// matrix.
    fn rotate(&mut self, left: usize) -> Option<()> {
        let n = self.shape.1;
        let rest = self.rest.subcols(0, left);
        let mut g = self.gram.submatrix_mut(0, 0, left, left);
        lower_gram(g.as_mut(), rest);
        let mut w = self.vectors.submatrix_mut(0, 0, left, left);
        let mut s = Diag::<T>::zeros(left);
        let yes = ComputeEigenvectors::Yes;
        let mut smaller;
        let buffer = if left == n {
            &mut self.buffer
        } else {
            let scratch = self_adjoint_evd_scratch::<T>(left, yes, Par::Seq, Default::default());
            smaller = MemBuffer::new(scratch);
            &mut smaller
        };
        let stack = MemStack::new(buffer);
        let out = Some(w.as_mut());
        self_adjoint_evd(
            g.as_ref(),
            s.as_mut(),
            out,
            Par::Seq,
            stack,
            Default::default(),
        )
        .ok()?;
        let turned = self.turned.subcols_mut(0, left);
        matmul(turned, Accum::Replace, rest, w.as_ref(), one(), Par::Seq);
        if left == n {
            self.v.copy_from(w.as_ref());
        } else {
            let v = self.v.subcols(0, left).to_owned();
            let turned = self.v.subcols_mut(0, left);
            matmul(
                turned,
                Accum::Replace,
                v.as_ref(),
                w.as_ref(),
                one(),
                Par::Seq,
            );
        }
        Some(())
    }

    /// Columns `from..left` of `u` from those of `turned`; returns the square of what that changes.
    fn orthonormalize(&mut self, from: usize, left: usize) -> Option<f64> {
        let k = left - from;
        for j in from..left {
            let inverse = self.values[j].recip();
            let unit = self.turned.col_as_slice_mut(j);
            unit.iter_mut().for_each(|x| *x = mul_real(x, &inverse));
        }
        let unit = self.turned.subcols(from, k);
        let mut l = self.gram.submatrix_mut(0, 0, k, k);
        lower_gram(l.as_mut(), unit);
        let (mut changed, mut worst) = (0.0, 0.0f64);
        for j in 0..k {
            let excess = real(&l[(j, j)]) - 1.0;
            l[(j, j)] = from_real(&(0.5 * excess));
            for i in j..k {
                let size = abs2(&l[(i, j)]);
                changed += size * self.values[from + j].powi(2);
                worst = worst.max(size);
            }
        }
        // L^2 is then at most k 1e-18. (NaN is met by the check of what changed.)
        if worst.sqrt() > 1e-9 {
            return None;
        }
        let mut u = self.u.subcols_mut(from, k);
        u.copy_from(unit);
        triangular::matmul(
            u,
            BlockStructure::Rectangular,
            Accum::Add,
            unit,
            BlockStructure::Rectangular,
            l.as_ref(),
            BlockStructure::TriangularLower,
            from_real::<T>(&-1.0),
            Par::Seq,
        );
        Some(changed)
    }
}

/// The lower triangle of `A^H A`.
fn lower_gram<T: ComplexField<Real = f64>>(g: faer::MatMut<'_, T>, a: MatRef<'_, T>) {
    triangular::matmul(
        g,
        BlockStructure::TriangularLower,
        Accum::Replace,
        a.adjoint(),
        BlockStructure::Rectangular,
        a,
        BlockStructure::Rectangular,
        one::<T>(),
        Par::Seq,
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dense::thin::tests::defect;
    use crate::dense::values::singular_values;
    use num_complex::Complex64;

    fn noise(seed: &mut u64) -> f64 {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    }

    fn check<T: ComplexField<Real = f64>>(a: &Mat<T>) {
        let mut solver = ThinSolver::new(a.nrows(), a.ncols());
        // Twice: what the first solution leaves behind must not matter.
        solver.solve(a.as_ref()).unwrap();
        assert!(solver.graded_alone(a), "{:?}", a.shape());
        let r = a.nrows().min(a.ncols());
        let u = Mat::from_fn(a.nrows(), r, |i, j| solver.left(j)[i].clone());
        let v = Mat::from_fn(a.ncols(), r, |i, j| solver.right(j)[i].clone());
        let s: Vec<f64> = (0..r).map(|i| solver.value(i)).collect();
        let (orthogonality, residual) = defect(a, &u, &s, &v);
        // eps / SHARE with the constants of products of this length; residual: the bound that is
        // checked.
        assert!(orthogonality < 1e-13, "{:?} {orthogonality}", a.shape());
        let bound = 50.0 * f64::EPSILON * (a.nrows().max(a.ncols()) as f64).sqrt();
        assert!(residual <= bound * s[0], "{:?} {residual}", a.shape());
        let (expected, _) = singular_values(a.as_ref()).unwrap();
        for (found, expected) in s.iter().zip(&expected) {
            assert!((found - expected).abs() <= bound * expected.max(s[0]));
        }
        assert!(s.windows(2).all(|w| w[0] >= w[1]));
    }

    impl<T: ComplexField<Real = f64>> ThinSolver<T> {
        /// True if no ladder was needed.
        fn graded_alone(&mut self, a: &Mat<T>) -> bool {
            if self.wide {
                self.rest.copy_from(a.adjoint());
            } else {
                self.rest.copy_from(a);
            }
            let alone = self.graded().is_some();
            self.solve(a.as_ref()).unwrap();
            alone
        }
    }

    #[test]
    fn random_graded_and_deficient_matrices_are_decomposed_to_rounding() {
        let mut seed = 1;
        let mut complex = || Complex64::new(noise(&mut seed), noise(&mut seed));
        for (m, n) in [
            (1, 1),
            (5, 3),
            (3, 8),
            (16, 16),
            (40, 40),
            (33, 64),
            (70, 20),
        ] {
            let a = Mat::from_fn(m, n, |_, _| complex());
            check(&a);
            check(&Mat::from_fn(m, n, |i, j| a[(i, j)].re));
            // Values over 30 decades, in the columns, the rows, and both.
            for (p, q) in [(0, 3), (2, 0), (1, 2)] {
                check(&Mat::from_fn(m, n, |i, j| {
                    a[(i, j)] * 0.5f64.powi((p * i + q * j) as i32)
                }));
            }
            // Rank one and two, equal values, nothing.
            check(&Mat::from_fn(m, n, |i, j| a[(i, j % 2)]));
            check(&Mat::from_fn(m, n, |i, j| a[(i, 0)] * a[(0, j)]));
            check(&Mat::<f64>::from_fn(m, n, |_, _| 1.0));
            check(&Mat::<Complex64>::identity(m, n));
            check(&Mat::<f64>::zeros(m, n));
        }
    }
}
