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

/// Adds `W^T Z`, or `W Z^T` where there are fewer rows than columns, to the square row-major `sum`.
pub(crate) fn multiply(w: &[f64], z: &[f64], (rows, cols): (usize, usize), sum: &mut [f64]) {
    let n = rows.min(cols);
    let tall = cols <= rows;
    if rows * cols * n <= SMALL {
        let at = |m: &[f64], i: usize, l: usize| m[if tall { l * cols + i } else { i * cols + l }];
        for i in 0..n {
            for j in 0..n {
                let products = (0..rows.max(cols)).map(|l| at(w, i, l) * at(z, j, l));
                sum[i * n + j] += products.sum::<f64>();
            }
        }
        return;
    }
    let (w, z) = (
        MatRef::from_row_major_slice(w, rows, cols),
        MatRef::from_row_major_slice(z, rows, cols),
    );
    let (left, right) = if tall {
        (w.transpose(), z)
    } else {
        (w, z.transpose())
    };
    let sum = MatMut::from_row_major_slice_mut(sum, n, n);
    product(sum, Accum::Add, left, right, 1.0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_and_both_sizes_are_the_definition() {
        for (rows, cols) in [(3, 2), (2, 3), (17, 9), (9, 17)] {
            let entry = |seed: usize| (0..rows * cols).map(move |i| ((i * seed) % 7) as f64 - 3.0);
            let (w, z): (Vec<_>, Vec<_>) = (entry(3).collect(), entry(5).collect());
            let n = rows.min(cols);
            let mut sum = vec![1.0; n * n];
            multiply(&w, &z, (rows, cols), &mut sum);
            for i in 0..n {
                for j in 0..n {
                    let expected: f64 = if cols <= rows {
                        (0..rows).map(|l| w[l * cols + i] * z[l * cols + j]).sum()
                    } else {
                        (0..cols).map(|l| w[i * cols + l] * z[j * cols + l]).sum()
                    };
                    // Sums of small integers are exact.
                    assert_eq!(sum[i * n + j], 1.0 + expected);
                }
            }
        }
    }
}
