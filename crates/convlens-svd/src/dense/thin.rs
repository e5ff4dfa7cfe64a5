//! The thin SVD of a real matrix, with a ladder of algorithms.

use super::{Rung, gram};
use crate::SvdError;
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::ComputeEigenvectors;
use faer::linalg::matmul::matmul;
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::traits::ComplexField;
use faer::traits::math_utils::real;
use faer::{Accum, Mat, MatRef, Par};

/// `A = U diag(s) V^T` with `r = min(rows, cols)` columns in `u` and `v`, `s` descending.
#[derive(Debug)]
pub(crate) struct Thin {
    pub(crate) u: Mat<f64>,
    pub(crate) s: Vec<f64>,
    pub(crate) v: Mat<f64>,
    pub(crate) rung: Rung,
}

/// The thin SVD of `a` by the first rung that converges to finite numbers.
pub(crate) fn thin_svd(a: MatRef<'_, f64>) -> Result<Thin, SvdError> {
    Rung::LADDER
        .into_iter()
        .find_map(|rung| on_rung(a, rung).filter(Thin::is_finite))
        .ok_or(SvdError::NoConvergence {
            rows: a.nrows(),
            cols: a.ncols(),
        })
}

impl Thin {
    fn is_finite(&self) -> bool {
        let finite = |m: &Mat<f64>| (0..m.ncols()).all(|j| m.col(j).iter().all(|x| x.is_finite()));
        self.s.iter().all(|x| x.is_finite()) && finite(&self.u) && finite(&self.v)
    }
}

fn on_rung(a: MatRef<'_, f64>, rung: Rung) -> Option<Thin> {
    match rung {
        Rung::Direct => direct(a).map(|(u, s, v)| Thin { u, s, v, rung }),
        Rung::Transpose => {
            let (v, s, u) = direct(a.transpose().to_owned().as_ref())?;
            Some(Thin { u, s, v, rung })
        }
        Rung::Gram if a.nrows() >= a.ncols() => {
            let (u, s, v) = by_gram(a)?;
            Some(Thin { u, s, v, rung })
        }
        Rung::Gram => {
            let (v, s, u) = by_gram(a.transpose())?;
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

/// For a tall matrix: `V` from the eigenvectors of `A^T A`, then `A V = U S` column by column.
fn by_gram(a: MatRef<'_, f64>) -> Option<Factors<f64>> {
    let n = a.ncols();
    let (_, vectors) = gram::eigen(gram::gram(a).as_ref(), ComputeEigenvectors::Yes)?;
    let v = Mat::from_fn(n, n, |i, j| vectors[(i, n - 1 - j)]);
    let mut av = Mat::zeros(a.nrows(), n);
    matmul(av.as_mut(), Accum::Replace, a, v.as_ref(), 1.0, Par::Seq);
    let columns = (0..n)
        .map(|j| av.col(j).iter().copied().collect())
        .collect();
    let (u, s) = orthonormalised(columns);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| s[j].total_cmp(&s[i]));
    let u = Mat::from_fn(a.nrows(), n, |i, j| u[order[j]][i]);
    let v = Mat::from_fn(n, n, |i, j| v[(i, order[j])]);
    Some((u, order.iter().map(|&j| s[j]).collect(), v))
}

/// Gram-Schmidt with a second pass. A column that vanishes against its predecessors gets the value 0 and is replaced
/// by the unit vector that is furthest from their span, so that the result is orthonormal always.
fn orthonormalised(columns: Vec<Vec<f64>>) -> (Vec<Vec<f64>>, Vec<f64>) {
    let rows = columns.first().map_or(0, Vec::len);
    let scale = columns.iter().map(|c| norm(c)).fold(0.0, f64::max);
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(columns.len());
    let mut sizes = Vec::with_capacity(columns.len());
    for mut column in columns {
        project_out(&mut column, &basis);
        let size = norm(&column);
        if size > rows as f64 * f64::EPSILON * scale {
            sizes.push(size);
        } else {
            sizes.push(0.0);
            // |P e_i|^2 = 1 - sum_b b_i^2 for the projector P off the basis.
            let left = |i: usize| 1.0 - basis.iter().map(|b| b[i] * b[i]).sum::<f64>();
            let best = (0..rows)
                .max_by(|&i, &j| left(i).total_cmp(&left(j)))
                .unwrap_or(0);
            column = vec![0.0; rows];
            column[best] = 1.0;
        }
        project_out(&mut column, &basis);
        project_out(&mut column, &basis);
        let size = norm(&column);
        column.iter_mut().for_each(|x| *x /= size);
        basis.push(column);
    }
    (basis, sizes)
}

fn project_out(column: &mut [f64], basis: &[Vec<f64>]) {
    for b in basis {
        let c: f64 = column.iter().zip(b).map(|(x, y)| x * y).sum();
        column.iter_mut().zip(b).for_each(|(x, y)| *x -= c * y);
    }
}

fn norm(column: &[f64]) -> f64 {
    column.iter().map(|x| x * x).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defect(a: &Mat<f64>, thin: &Thin) -> (f64, f64) {
        let r = thin.s.len();
        let orthogonality = [&thin.u, &thin.v].into_iter().map(|q| {
            let g = q.transpose() * q;
            (0..r * r)
                .map(|e| (g[(e / r, e % r)] - f64::from(e / r == e % r)).abs())
                .fold(0.0, f64::max)
        });
        let back = |i: usize, j: usize| -> f64 {
            (0..r)
                .map(|l| thin.u[(i, l)] * thin.s[l] * thin.v[(j, l)])
                .sum()
        };
        let cells = (0..a.nrows()).flat_map(|i| (0..a.ncols()).map(move |j| (i, j)));
        let residual = cells
            .map(|(i, j)| (a[(i, j)] - back(i, j)).abs())
            .fold(0.0, f64::max);
        (orthogonality.fold(0.0, f64::max), residual)
    }

    #[test]
    fn every_rung_reconstructs_tall_wide_and_deficient_matrices() {
        let entry = |i: usize, j: usize| ((7 * i + 3 * j * j + i * j) % 11) as f64 / 4.0 - 1.0;
        let deficient = |i: usize, j: usize| entry(i, j % 2);
        let cases = [
            Mat::from_fn(9, 4, entry),
            Mat::from_fn(4, 9, entry),
            Mat::from_fn(6, 6, deficient),
            Mat::zeros(3, 5),
        ];
        for a in &cases {
            for rung in Rung::LADDER {
                let thin = on_rung(a.as_ref(), rung).unwrap();
                let (orthogonality, residual) = defect(a, &thin);
                // Entries of size 2 and sides of at most 9. The Gram route loses values under
                // sqrt(eps) sigma_max = 1.5e-8 * 10, nothing else.
                let bound = if rung == Rung::Gram { 2e-7 } else { 1e-13 };
                assert!(orthogonality < 1e-13, "{rung:?} {orthogonality}");
                assert!(residual < bound, "{rung:?} {residual}");
                assert!(thin.s.windows(2).all(|w| w[0] >= w[1]));
            }
        }
    }
}
