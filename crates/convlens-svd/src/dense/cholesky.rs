//! Cholesky factorisation of a small block, and triangular solves with it.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::linalg::triangular_solve::solve_lower_triangular_in_place;
use faer::{Mat, MatMut, MatRef, Par};

/// The lower factor `L` of `L L^T`, zero above the diagonal, from the lower triangle of a symmetric matrix; none where a
/// pivot is not positive or not finite.
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
