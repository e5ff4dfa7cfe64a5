//! The last rung: the eigenvalues of `A^H A` or `A A^H`, whichever is smaller.

use super::values::descending;
use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::linalg::matmul::matmul;
use faer::traits::ComplexField;
use faer::traits::math_utils::{one, real};
use faer::{Accum, Mat, MatRef, Par};

/// Square roots of the eigenvalues of the Gram matrix of the smaller side, descending.
pub(super) fn values<T: ComplexField<Real = f64>>(a: MatRef<'_, T>) -> Option<Vec<f64>> {
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
