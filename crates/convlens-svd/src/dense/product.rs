//! Products of matrices.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};

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

/// Adds `W^T Z` to the square row-major `sum` of side `n`, for row-major `W` and `Z` of `n` columns.
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
}
