//! The thin SVD of a real or complex matrix by the first algorithm that converges, and what a
//! matrix has over a bound on its singular values.

use super::values::{eigen, gram, singular_values};
use crate::accuracy::Algorithm;
use crate::error::SvdError;
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::ComputeEigenvectors;
use faer::linalg::matmul::matmul;
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::traits::ComplexField;
use faer::traits::math_utils::{abs2, conj, is_finite, mul_real, one, real, zero};
use faer::{Accum, Mat, MatRef, Par};
use num_complex::Complex64;

/// `A = U diag(s) V^H` with `r = min(rows, cols)` columns in `u` and `v`, `s` descending.
#[derive(Debug)]
pub(crate) struct Thin<T> {
    pub(crate) u: Mat<T>,
    pub(crate) s: Vec<f64>,
    pub(crate) v: Mat<T>,
    pub(crate) algorithm: Algorithm,
}

/// The thin SVD of `a` by the first algorithm that converges to finite numbers.
pub(crate) fn thin_svd<T: ComplexField<Real = f64>>(a: MatRef<'_, T>) -> Result<Thin<T>, SvdError> {
    Algorithm::LADDER
        .into_iter()
        .find_map(|algorithm| by_algorithm(a, algorithm).filter(Thin::is_finite))
        .ok_or(SvdError::NoConvergence {
            rows: a.nrows(),
            cols: a.ncols(),
        })
}

impl<T: ComplexField<Real = f64>> Thin<T> {
    pub(super) fn is_finite(&self) -> bool {
        let finite = |m: &Mat<T>| (0..m.ncols()).all(|j| m.col(j).iter().all(is_finite));
        self.s.iter().all(|x| x.is_finite()) && finite(&self.u) && finite(&self.v)
    }
}

fn by_algorithm<T: ComplexField<Real = f64>>(
    a: MatRef<'_, T>,
    algorithm: Algorithm,
) -> Option<Thin<T>> {
    match algorithm {
        Algorithm::Direct => direct(a).map(|(u, s, v)| Thin { u, s, v, algorithm }),
        Algorithm::Transpose => {
            let (v, s, u) = direct(a.adjoint().to_owned().as_ref())?;
            Some(Thin { u, s, v, algorithm })
        }
        Algorithm::Gram if a.nrows() >= a.ncols() => {
            let (u, s, v) = by_gram(a)?;
            Some(Thin { u, s, v, algorithm })
        }
        Algorithm::Gram => {
            let (v, s, u) = by_gram(a.adjoint().to_owned().as_ref())?;
            Some(Thin { u, s, v, algorithm })
        }
    }
}

type Factors<T> = (Mat<T>, Vec<f64>, Mat<T>);

pub(super) fn direct<T: ComplexField<Real = f64>>(a: MatRef<'_, T>) -> Option<Factors<T>> {
    let (m, n) = a.shape();
    let r = m.min(n);
    let (mut u, mut v, mut s) = (Mat::zeros(m, r), Mat::zeros(n, r), Diag::<T>::zeros(r));
    let thin = ComputeSvdVectors::Thin;
    let mut buffer = MemBuffer::new(svd_scratch::<T>(
        m,
        n,
        thin,
        thin,
        Par::Seq,
        Default::default(),
    ));
    let stack = MemStack::new(&mut buffer);
    let (u_out, v_out) = (Some(u.as_mut()), Some(v.as_mut()));
    svd(
        a,
        s.as_mut(),
        u_out,
        v_out,
        Par::Seq,
        stack,
        Default::default(),
    )
    .ok()?;
    Some((u, s.column_vector().iter().map(real).collect(), v))
}

/// For a tall matrix: `V` from the eigenvectors of `A^H A`, then `A V = U S` column by column.
fn by_gram<T: ComplexField<Real = f64>>(a: MatRef<'_, T>) -> Option<Factors<T>> {
    let n = a.ncols();
    let (_, vectors) = eigen(gram(a).as_ref(), ComputeEigenvectors::Yes)?;
    let v = Mat::from_fn(n, n, |i, j| vectors[(i, n - 1 - j)].clone());
    let mut av = Mat::zeros(a.nrows(), n);
    matmul(av.as_mut(), Accum::Replace, a, v.as_ref(), one(), Par::Seq);
    let columns = (0..n)
        .map(|j| av.col(j).iter().cloned().collect())
        .collect();
    let (u, s) = orthonormalized(columns);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| s[j].total_cmp(&s[i]));
    let u = Mat::from_fn(a.nrows(), n, |i, j| u[order[j]][i].clone());
    let v = Mat::from_fn(n, n, |i, j| v[(i, order[j])].clone());
    Some((u, order.iter().map(|&j| s[j]).collect(), v))
}

/// Gram-Schmidt with a second pass. A column that vanishes against its predecessors gets the value
/// 0 and is replaced by the unit vector that is furthest from their span, so that the result is
/// orthonormal always.
fn orthonormalized<T: ComplexField<Real = f64>>(columns: Vec<Vec<T>>) -> (Vec<Vec<T>>, Vec<f64>) {
    let rows = columns.first().map_or(0, Vec::len);
    let scale = columns.iter().map(|c| norm(c)).fold(0.0, f64::max);
    let mut basis: Vec<Vec<T>> = Vec::with_capacity(columns.len());
    let mut sizes = Vec::with_capacity(columns.len());
    for mut column in columns {
        project_out(&mut column, &basis);
        let size = norm(&column);
        if size > rows as f64 * f64::EPSILON * scale {
            sizes.push(size);
        } else {
            sizes.push(0.0);
            // |P e_i|^2 = 1 - sum_b |b_i|^2 for the projector P off the basis.
            let left = |i: usize| 1.0 - basis.iter().map(|b| abs2(&b[i])).sum::<f64>();
            let best = (0..rows)
                .max_by(|&i, &j| left(i).total_cmp(&left(j)))
                .unwrap_or(0);
            column = vec![zero(); rows];
            column[best] = one();
        }
        project_out(&mut column, &basis);
        project_out(&mut column, &basis);
        let size = norm(&column);
        column
            .iter_mut()
            .for_each(|x| *x = mul_real(x, &size.recip()));
        basis.push(column);
    }
    (basis, sizes)
}

fn project_out<T: ComplexField<Real = f64>>(column: &mut [T], basis: &[Vec<T>]) {
    for b in basis {
        let c = column
            .iter()
            .zip(b)
            .fold(zero::<T>(), |c, (x, y)| c + x.clone() * conj(y));
        column
            .iter_mut()
            .zip(b)
            .for_each(|(x, y)| *x = x.clone() - c.clone() * y.clone());
    }
}

fn norm<T: ComplexField<Real = f64>>(column: &[T]) -> f64 {
    column.iter().map(abs2).sum::<f64>().sqrt()
}

/// `E = U (S - c)_+ V^H` of `A = U S V^H`: then `A - E` is the nearest matrix, in Frobenius norm,
/// of norm at most `c`.
#[derive(Debug)]
pub(crate) struct Excess {
    /// `E`; none where no value is over the bound.
    pub(crate) matrix: Option<Mat<Complex64>>,
    /// `|E|_F^2`.
    pub(crate) squares: f64,
    /// The largest singular value of `A`.
    pub(crate) largest: f64,
    pub(crate) algorithm: Algorithm,
}

/// The excess of `a` over `bound`. Vectors are computed only where a value is over it.
pub(crate) fn excess(a: MatRef<'_, Complex64>, bound: f64) -> Result<Excess, SvdError> {
    let (values, algorithm) = singular_values(a)?;
    let largest = values.first().copied().unwrap_or(0.0);
    if largest <= bound {
        return Ok(Excess {
            matrix: None,
            squares: 0.0,
            largest,
            algorithm,
        });
    }
    let squares = values.iter().map(|s| (s - bound).max(0.0).powi(2)).sum();
    for vectors in Algorithm::LADDER {
        let matrix = excess_by(a, bound, vectors).filter(all_finite);
        if matrix.is_some() {
            return Ok(Excess {
                matrix,
                squares,
                largest,
                algorithm: algorithm.max(vectors),
            });
        }
    }
    Err(SvdError::NoConvergence {
        rows: a.nrows(),
        cols: a.ncols(),
    })
}

fn all_finite(a: &Mat<Complex64>) -> bool {
    (0..a.ncols()).all(|j| a.col(j).iter().all(|x| x.is_finite()))
}

fn excess_by(a: MatRef<'_, Complex64>, bound: f64, algorithm: Algorithm) -> Option<Mat<Complex64>> {
    let turned = || a.transpose().to_owned();
    match algorithm {
        Algorithm::Direct => excess_by_svd(a, bound),
        // The excess of the transpose is the transpose of the excess.
        Algorithm::Transpose => Some(
            excess_by_svd(turned().as_ref(), bound)?
                .transpose()
                .to_owned(),
        ),
        Algorithm::Gram if a.nrows() >= a.ncols() => excess_by_gram(a, bound),
        Algorithm::Gram => Some(
            excess_by_gram(turned().as_ref(), bound)?
                .transpose()
                .to_owned(),
        ),
    }
}

fn excess_by_svd(a: MatRef<'_, Complex64>, bound: f64) -> Option<Mat<Complex64>> {
    let (u, s, v) = direct(a)?;
    let over = s.iter().filter(|&&s| s > bound).count();
    let scaled = Mat::from_fn(a.nrows(), over, |i, l| u[(i, l)] * (s[l] - bound));
    Some(times_adjoint(scaled.as_ref(), v.as_ref().subcols(0, over)))
}

/// For a tall matrix: `A V (1 - c / S)_+ V^H` with the eigenvectors `V` of `A^H A`.
fn excess_by_gram(a: MatRef<'_, Complex64>, bound: f64) -> Option<Mat<Complex64>> {
    let n = a.ncols();
    let (lambda, v) = eigen(gram(a).as_ref(), ComputeEigenvectors::Yes)?;
    let share = |l: usize| {
        let s = lambda[l].max(0.0).sqrt();
        if s > bound { 1.0 - bound / s } else { 0.0 }
    };
    let scaled = Mat::from_fn(n, n, |i, l| v[(i, l)] * share(l));
    let filter = times_adjoint(scaled.as_ref(), v.as_ref());
    let mut out = Mat::zeros(a.nrows(), n);
    let accum = Accum::Replace;
    matmul(out.as_mut(), accum, a, filter.as_ref(), one(), Par::Seq);
    Some(out)
}

/// `X Y^H`.
fn times_adjoint(x: MatRef<'_, Complex64>, y: MatRef<'_, Complex64>) -> Mat<Complex64> {
    let mut out = Mat::zeros(x.nrows(), y.nrows());
    let accum = Accum::Replace;
    matmul(out.as_mut(), accum, x, y.adjoint(), one(), Par::Seq);
    out
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// The defect of orthonormality of both factors, and of the reconstruction.
    pub(in crate::dense) fn defect<T: ComplexField<Real = f64>>(
        a: &Mat<T>,
        u: &Mat<T>,
        s: &[f64],
        v: &Mat<T>,
    ) -> (f64, f64) {
        let r = s.len();
        let largest = |m: &Mat<T>| {
            (0..m.ncols())
                .flat_map(|j| m.col(j).iter().map(|x| abs2(x).sqrt()).collect::<Vec<_>>())
                .fold(0.0, f64::max)
        };
        let orthogonality = [u, v].map(|q| {
            let g = q.adjoint() * q - Mat::<T>::identity(r, r);
            largest(&g)
        });
        let us = Mat::from_fn(a.nrows(), r, |i, j| mul_real(&u[(i, j)], &s[j]));
        let residual = largest(&(a - us * v.adjoint()));
        (orthogonality[0].max(orthogonality[1]), residual)
    }

    fn by_every_algorithm<T: ComplexField<Real = f64>>(entry: impl Fn(usize, usize) -> T) {
        let cases = [
            Mat::from_fn(9, 4, &entry),
            Mat::from_fn(4, 9, &entry),
            Mat::from_fn(6, 6, |i, j| entry(i, j % 2)),
            Mat::zeros(3, 5),
        ];
        for a in &cases {
            for algorithm in Algorithm::LADDER {
                let thin = by_algorithm(a.as_ref(), algorithm).unwrap();
                let (orthogonality, residual) = defect(a, &thin.u, &thin.s, &thin.v);
                // Entries of size 3 and sides of at most 9. The Gram route loses values under
                // sqrt(eps) sigma_max = 1.5e-8 * 15, nothing else.
                let bound = if algorithm == Algorithm::Gram {
                    3e-7
                } else {
                    1e-13
                };
                assert!(orthogonality < 1e-13, "{algorithm:?} {orthogonality}");
                assert!(residual < bound, "{algorithm:?} {residual}");
                assert!(thin.s.windows(2).all(|w| w[0] >= w[1]));
            }
        }
    }

    #[test]
    fn every_rung_reconstructs_tall_wide_and_deficient_matrices() {
        let entry = |i: usize, j: usize| ((7 * i + 3 * j * j + i * j) % 11) as f64 / 4.0 - 1.0;
        by_every_algorithm(entry);
        by_every_algorithm(|i, j| Complex64::new(entry(i, j), entry(j + 2, i)));
    }

    #[test]
    fn every_rung_clips_and_leaves_what_is_under_the_bound() {
        let entry = |i: usize, j: usize| {
            let x = |a: usize| ((7 * i + 3 * j * j + a * i * j + a) % 11) as f64 / 4.0 - 1.0;
            Complex64::new(x(1), x(2))
        };
        for (rows, cols) in [(5, 3), (3, 5), (4, 4), (1, 1)] {
            let a = Mat::from_fn(rows, cols, entry);
            let (values, _) = singular_values(a.as_ref()).unwrap();
            let bound = 0.6 * values[0];
            for algorithm in Algorithm::LADDER {
                let e = excess_by(a.as_ref(), bound, algorithm).unwrap();
                let rest = Mat::from_fn(rows, cols, |i, j| a[(i, j)] - e[(i, j)]);
                let (clipped, _) = singular_values(rest.as_ref()).unwrap();
                for (found, value) in clipped.iter().zip(&values) {
                    // Values of at most 10, well apart from the loss of the Gram route (1.5e-8 of
                    // the largest).
                    assert!((found - value.min(bound)).abs() < 1e-12, "{algorithm:?}");
                }
            }
            let found = excess(a.as_ref(), bound).unwrap();
            let squares: f64 = found.matrix.unwrap().squared_norm_l2();
            assert!((found.squares - squares).abs() < 1e-12 * squares);
            assert!(excess(a.as_ref(), values[0]).unwrap().matrix.is_none());
        }
    }
}
