//! Whether a Hermitian matrix is positive definite.

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::cholesky::llt::factor::{cholesky_in_place, cholesky_in_place_scratch};
use faer::{MatMut, Par};
use num_complex::Complex64;

/// Whether Cholesky runs to its end on the lower triangle of `a`, which is overwritten.
pub(crate) fn is_positive_definite(a: MatMut<'_, Complex64>) -> bool {
    let scratch = cholesky_in_place_scratch::<Complex64>(a.nrows(), Par::Seq, Default::default());
    let mut buffer = MemBuffer::new(scratch);
    let stack = MemStack::new(&mut buffer);
    cholesky_in_place(a, Default::default(), Par::Seq, stack, Default::default()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use faer::Mat;

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
