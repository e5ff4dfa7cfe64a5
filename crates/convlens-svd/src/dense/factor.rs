//! Products of matrices, Cholesky factorizations with their solves, and the complement of a span.

use faer::dyn_stack::{MemBuffer, MemStack, StackReq};
use faer::linalg::cholesky::llt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::householder::{
    apply_block_householder_sequence_on_the_left_in_place_scratch,
    apply_block_householder_sequence_on_the_left_in_place_with_conj,
};
use faer::linalg::matmul::matmul;
use faer::linalg::qr::no_pivoting::factor::{
    qr_in_place, qr_in_place_scratch, recommended_block_size,
};
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::traits::ComplexField;
use faer::traits::math_utils::one;
use faer::{Accum, Conj, Mat, MatMut, MatRef, Par};
use num_complex::Complex64;

/// Multiply-adds under which plain loops beat the set-up of a blocked product.
const SMALL: usize = 512;

/// `C (+)= factor A B` on the calling thread.
pub(crate) fn product(
    c: MatMut<'_, f64>,
    accum: Accum,
    a: MatRef<'_, f64>,
    b: MatRef<'_, f64>,
    factor: f64,
) {
    matmul(c, accum, a, b, factor, Par::Seq);
}

/// Adds `W^T Z` to the square row-major `sum` of side `n`, for row-major `W` and `Z` of `n`
/// columns.
pub(crate) fn add_product(w: &[f64], z: &[f64], n: usize, sum: &mut [f64]) {
    if w.len() * n <= SMALL {
        for (w, z) in w.chunks_exact(n).zip(z.chunks_exact(n)) {
            for (w, sum) in w.iter().zip(sum.chunks_exact_mut(n)) {
                sum.iter_mut().zip(z).for_each(|(sum, z)| *sum += w * z);
            }
        }
        return;
    }
    let rows = w.len() / n;
    let (w, z) = (
        MatRef::from_row_major_slice(w, rows, n),
        MatRef::from_row_major_slice(z, rows, n),
    );
    let sum = MatMut::from_row_major_slice_mut(sum, n, n);
    product(sum, Accum::Add, w.transpose(), z, 1.0);
}

/// The lower factor `L` of `L L^T`, zero above the diagonal, from the lower triangle of a symmetric
/// matrix; none where a pivot is not positive or not finite.
pub(crate) fn cholesky(lower: MatRef<'_, f64>) -> Option<Mat<f64>> {
    let n = lower.nrows();
    let mut l = lower.to_owned();
    let scratch = cholesky_in_place_scratch::<f64>(n, Par::Seq, Default::default());
    let mut buffer = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut buffer);
    let (regularization, params) = (Default::default(), Default::default());
    cholesky_in_place(l.as_mut(), regularization, Par::Seq, stack, params).ok()?;
    for j in 0..n {
        l.col_mut(j).subrows_mut(0, j).fill(0.0);
    }
    let positive = |i: usize| l[(i, i)] > 0.0 && l[(i, i)].is_finite();
    (0..n).all(positive).then_some(l)
}

/// `B := L^-1 B`.
pub(crate) fn solve_lower(l: MatRef<'_, f64>, b: MatMut<'_, f64>) {
    solve_lower_triangular_in_place(l, b, Par::Seq);
}

/// Whether Cholesky runs to its end on the lower triangle of `a`, which is overwritten.
pub(crate) fn is_positive_definite(a: MatMut<'_, Complex64>) -> bool {
    let scratch = cholesky_in_place_scratch::<Complex64>(a.nrows(), Par::Seq, Default::default());
    let mut buffer = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut buffer);
    cholesky_in_place(a, Default::default(), Par::Seq, stack, Default::default()).is_ok()
}

/// Fills columns `0..count` of a tall `u`, whose other columns are orthonormal, so that all are:
/// the last columns of the unitary factor of a Householder QR.
pub(super) fn fill_complement<T: ComplexField<Real = f64>>(u: &mut Mat<T>, count: usize) {
    let (m, n) = u.shape();
    let done = n - count;
    if done == 0 {
        *u = Mat::identity(m, n);
        return;
    }
    let mut q = u.subcols(count, done).to_owned();
    let block = recommended_block_size::<T>(m, done);
    let mut factors = Mat::zeros(block, done);
    let params = Default::default();
    let mut buffer = MemBuffer::new(StackReq::any_of(&[
        qr_in_place_scratch::<T>(m, done, block, Par::Seq, params),
        apply_block_householder_sequence_on_the_left_in_place_scratch::<T>(m, block, count),
    ]));
    let stack = MemStack::new(&mut buffer);
    qr_in_place(q.as_mut(), factors.as_mut(), Par::Seq, stack, params);
    let mut basis = Mat::zeros(m, count);
    for j in 0..count {
        basis[(done + j, j)] = one();
    }
    apply_block_householder_sequence_on_the_left_in_place_with_conj(
        q.as_ref(),
        factors.as_ref(),
        Conj::No,
        basis.as_mut(),
        Par::Seq,
        stack,
    );
    u.subcols_mut(0, count).copy_from(basis);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sizes_are_the_definition() {
        for (rows, n) in [(3, 2), (2, 3), (17, 9), (9, 17)] {
            let entry = |seed: usize| (0..rows * n).map(move |i| ((i * seed) % 7) as f64 - 3.0);
            let (w, z): (Vec<_>, Vec<_>) = (entry(3).collect(), entry(5).collect());
            let mut sum = vec![1.0; n * n];
            add_product(&w, &z, n, &mut sum);
            for i in 0..n {
                for j in 0..n {
                    let expected: f64 = (0..rows).map(|l| w[l * n + i] * z[l * n + j]).sum();
                    // Sums of small integers are exact.
                    assert_eq!(sum[i * n + j], 1.0 + expected);
                }
            }
        }
    }

    #[test]
    fn factors_are_those_of_the_definition_and_indefinite_blocks_are_refused() {
        let known = Mat::from_fn(40, 40, |i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 2.0,
            std::cmp::Ordering::Greater => ((i * 7 + j * 3) % 5) as f64 / 50.0,
        });
        let mut a = &known * known.transpose();
        let l = cholesky(a.as_ref()).unwrap();
        let mut b = known.clone();
        solve_lower(l.as_ref(), b.as_mut());
        for i in 0..40 {
            for j in 0..40 {
                // Sums of at most 40 products of size 4, well conditioned.
                assert!((l[(i, j)] - known[(i, j)]).abs() < 1e-13);
                assert!((b[(i, j)] - f64::from(i == j)).abs() < 1e-13);
            }
        }
        a[(30, 30)] = 0.0;
        assert!(cholesky(a.as_ref()).is_none());
        a[(30, 30)] = f64::NAN;
        assert!(cholesky(a.as_ref()).is_none());
    }

    #[test]
    fn definite_and_indefinite_matrices_are_told_apart() {
        // [[2, z], [conj z, 2]] has the eigenvalues 2 +- |z|.
        let matrix = |z: f64| {
            Mat::from_fn(2, 2, |i, j| match i.cmp(&j) {
                std::cmp::Ordering::Equal => Complex64::new(2.0, 0.0),
                std::cmp::Ordering::Greater => Complex64::new(0.0, z),
                std::cmp::Ordering::Less => Complex64::new(0.0, -z),
            })
        };
        assert!(is_positive_definite(matrix(1.9).as_mut()));
        assert!(!is_positive_definite(matrix(2.1).as_mut()));
    }
}
