//! The thin SVD of a real or complex matrix, with a ladder of algorithms.

use super::{Rung, gram};
use crate::SvdError;
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::ComputeEigenvectors;
use faer::linalg::matmul::matmul;
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::traits::ComplexField;
use faer::traits::math_utils::{abs2, conj, is_finite, mul_real, one, real, zero};
use faer::{Accum, Mat, MatRef, Par};

/// `A = U diag(s) V^H` with `r = min(rows, cols)` columns in `u` and `v`, `s` descending.
#[derive(Debug)]
pub(crate) struct Thin<T> {
    pub(crate) u: Mat<T>,
    pub(crate) s: Vec<f64>,
    pub(crate) v: Mat<T>,
    pub(crate) rung: Rung,
}

/// The thin SVD of `a` by the first rung that converges to finite numbers.
pub(crate) fn thin_svd<T: ComplexField<Real = f64>>(a: MatRef<'_, T>) -> Result<Thin<T>, SvdError> {
    Rung::LADDER
        .into_iter()
        .find_map(|rung| on_rung(a, rung).filter(Thin::is_finite))
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

fn on_rung<T: ComplexField<Real = f64>>(a: MatRef<'_, T>, rung: Rung) -> Option<Thin<T>> {
    match rung {
        Rung::Direct => direct(a).map(|(u, s, v)| Thin { u, s, v, rung }),
        Rung::Transpose => {
            let (v, s, u) = direct(a.adjoint().to_owned().as_ref())?;
            Some(Thin { u, s, v, rung })
        }
        Rung::Gram if a.nrows() >= a.ncols() => {
            let (u, s, v) = by_gram(a)?;
            Some(Thin { u, s, v, rung })
        }
        Rung::Gram => {
            let (v, s, u) = by_gram(a.adjoint().to_owned().as_ref())?;
            Some(Thin { u, s, v, rung })
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
    let (_, vectors) = gram::eigen(gram::gram(a).as_ref(), ComputeEigenvectors::Yes)?;
    let v = Mat::from_fn(n, n, |i, j| vectors[(i, n - 1 - j)].clone());
    let mut av = Mat::zeros(a.nrows(), n);
    matmul(av.as_mut(), Accum::Replace, a, v.as_ref(), one(), Par::Seq);
    let columns = (0..n)
        .map(|j| av.col(j).iter().cloned().collect())
        .collect();
    let (u, s) = orthonormalised(columns);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| s[j].total_cmp(&s[i]));
    let u = Mat::from_fn(a.nrows(), n, |i, j| u[order[j]][i].clone());
    let v = Mat::from_fn(n, n, |i, j| v[(i, order[j])].clone());
    Some((u, order.iter().map(|&j| s[j]).collect(), v))
}

/// Gram-Schmidt with a second pass. A column that vanishes against its predecessors gets the value 0 and is replaced
/// by the unit vector that is furthest from their span, so that the result is orthonormal always.
fn orthonormalised<T: ComplexField<Real = f64>>(columns: Vec<Vec<T>>) -> (Vec<Vec<T>>, Vec<f64>) {
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

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use num_complex::Complex64;

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

    fn on_every_rung<T: ComplexField<Real = f64>>(entry: impl Fn(usize, usize) -> T) {
        let cases = [
            Mat::from_fn(9, 4, &entry),
            Mat::from_fn(4, 9, &entry),
            Mat::from_fn(6, 6, |i, j| entry(i, j % 2)),
            Mat::zeros(3, 5),
        ];
        for a in &cases {
            for rung in Rung::LADDER {
                let thin = on_rung(a.as_ref(), rung).unwrap();
                let (orthogonality, residual) = defect(a, &thin.u, &thin.s, &thin.v);
                // Entries of size 3 and sides of at most 9. The Gram route loses values under
                // sqrt(eps) sigma_max = 1.5e-8 * 15, nothing else.
                let bound = if rung == Rung::Gram { 3e-7 } else { 1e-13 };
                assert!(orthogonality < 1e-13, "{rung:?} {orthogonality}");
                assert!(residual < bound, "{rung:?} {residual}");
                assert!(thin.s.windows(2).all(|w| w[0] >= w[1]));
            }
        }
    }

    #[test]
    fn every_rung_reconstructs_tall_wide_and_deficient_matrices() {
        let entry = |i: usize, j: usize| ((7 * i + 3 * j * j + i * j) % 11) as f64 / 4.0 - 1.0;
        on_every_rung(entry);
        on_every_rung(|i, j| Complex64::new(entry(i, j), entry(j + 2, i)));
    }
}
