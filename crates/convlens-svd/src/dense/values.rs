//! Singular values only, real or complex: of the matrix, its transpose, or its Gram matrix.

use crate::accuracy::Algorithm;
use crate::error::SvdError;
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::matmul;
use faer::linalg::svd::{ComputeSvdVectors, svd, svd_scratch};
use faer::traits::ComplexField;
use faer::traits::math_utils::{one, real};
use faer::{Accum, Mat, MatRef, Par};

/// The singular values of `a`, descending, `min(rows, cols)` of them, and the algorithm that gave
/// them.
pub(crate) fn singular_values<T: ComplexField<Real = f64>>(
    a: MatRef<'_, T>,
) -> Result<(Vec<f64>, Algorithm), SvdError> {
    for algorithm in Algorithm::LADDER {
        let found = match algorithm {
            Algorithm::Direct => direct(a),
            Algorithm::Transpose => direct(a.transpose().to_owned().as_ref()),
            Algorithm::Gram => values_by_gram(a),
        };
        if let Some(values) = found.filter(|values| values.iter().all(|v| v.is_finite())) {
            return Ok((values, algorithm));
        }
    }
    Err(SvdError::NoConvergence {
        rows: a.nrows(),
        cols: a.ncols(),
    })
}

fn direct<T: ComplexField<Real = f64>>(a: MatRef<'_, T>) -> Option<Vec<f64>> {
    let (m, n) = a.shape();
    let mut s = Diag::<T>::zeros(m.min(n));
    let no = ComputeSvdVectors::No;
    let scratch = svd_scratch::<T>(m, n, no, no, Par::Seq, Default::default());
    let mut buffer = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut buffer);
    svd(
        a,
        s.as_mut(),
        None,
        None,
        Par::Seq,
        stack,
        Default::default(),
    )
    .ok()?;
    Some(descending(s.column_vector().iter().map(real).collect()))
}

/// Absolute values in descending order. faer orders them already; a last bit may not be.
pub(super) fn descending(mut values: Vec<f64>) -> Vec<f64> {
    values.iter_mut().for_each(|v| *v = v.abs());
    values.sort_by(|a, b| b.total_cmp(a));
    values
}

/// Square roots of the eigenvalues of the Gram matrix of the smaller side, descending.
pub(super) fn values_by_gram<T: ComplexField<Real = f64>>(a: MatRef<'_, T>) -> Option<Vec<f64>> {
    let tall = if a.nrows() >= a.ncols() {
        a.to_owned()
    } else {
        a.transpose().to_owned()
    };
    let (eigenvalues, _) = eigen(gram(tall.as_ref()).as_ref(), ComputeEigenvectors::No)?;
    Some(descending(
        eigenvalues
            .into_iter()
            .map(|lambda| lambda.max(0.0).sqrt())
            .collect(),
    ))
}

/// The eigenvalues of a Hermitian matrix, ascending, from its lower triangle.
pub(crate) fn hermitian_eigenvalues<T: ComplexField<Real = f64>>(
    g: MatRef<'_, T>,
) -> Option<Vec<f64>> {
    let (values, _) = eigen(g, ComputeEigenvectors::No)?;
    values.iter().all(|v| v.is_finite()).then_some(values)
}

/// `A^H A`.
pub(crate) fn gram<T: ComplexField<Real = f64>>(a: MatRef<'_, T>) -> Mat<T> {
    let n = a.ncols();
    let mut g = Mat::zeros(n, n);
    matmul(g.as_mut(), Accum::Replace, a.adjoint(), a, one(), Par::Seq);
    g
}

/// Eigenvalues, ascending, and eigenvectors (empty unless asked for) of a self-adjoint matrix.
pub(super) fn eigen<T: ComplexField<Real = f64>>(
    g: MatRef<'_, T>,
    vectors: ComputeEigenvectors,
) -> Option<(Vec<f64>, Mat<T>)> {
    let n = g.nrows();
    let mut s = Diag::<T>::zeros(n);
    let wanted = vectors == ComputeEigenvectors::Yes;
    let mut u = if wanted {
        Mat::zeros(n, n)
    } else {
        Mat::zeros(0, 0)
    };
    let scratch = self_adjoint_evd_scratch::<T>(n, vectors, Par::Seq, Default::default());
    let mut buffer = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut buffer);
    let out = wanted.then(|| u.as_mut());
    self_adjoint_evd(g, s.as_mut(), out, Par::Seq, stack, Default::default()).ok()?;
    Some((s.column_vector().iter().map(real).collect(), u))
}

#[cfg(test)]
mod tests {
    use super::*;
    use num_complex::Complex64;

    #[test]
    fn every_rung_gives_the_values_of_a_matrix_with_known_ones() {
        // H = [[1, i], [-i, 1]] / sqrt(2) times diag(3, 4): columns of norm 3 and 4 that are
        // orthogonal only for the unitary [[1, i], [i, 1]] / sqrt(2). So the values are exactly {4,
        // 3}.
        let r = 0.5f64.sqrt();
        let a = Mat::from_fn(2, 2, |i, j| {
            let unit = if i == j {
                Complex64::new(r, 0.0)
            } else {
                Complex64::new(0.0, r)
            };
            unit * [3.0, 4.0][j]
        });
        let (values, algorithm) = singular_values(a.as_ref()).unwrap();
        assert_eq!(algorithm, Algorithm::Direct);
        let transposed = direct(a.transpose().to_owned().as_ref()).unwrap();
        let gram = values_by_gram(a.as_ref()).unwrap();
        // 2 x 2 of size 4: a few units in the last place; the Gram route squares, and these values
        // are large.
        for found in [values, transposed, gram] {
            assert!(
                (found[0] - 4.0).abs() < 1e-14 && (found[1] - 3.0).abs() < 1e-14,
                "{found:?}"
            );
        }
    }

    #[test]
    fn zero_and_one_by_one_matrices() {
        let zero = Mat::<Complex64>::zeros(3, 2);
        assert_eq!(singular_values(zero.as_ref()).unwrap().0, [0.0, 0.0]);
        let one = Mat::from_fn(1, 1, |_, _| Complex64::new(3.0, -4.0));
        assert!((singular_values(one.as_ref()).unwrap().0[0] - 5.0).abs() < 1e-15);
        assert!((values_by_gram(one.as_ref()).unwrap()[0] - 5.0).abs() < 1e-15);
    }
}
