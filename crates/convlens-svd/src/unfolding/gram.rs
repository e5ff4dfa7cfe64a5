//! Singular values of an unfolding through the Gram matrix of its smaller side, which is never held beside a copy of the
//! weights.

use super::matrix::Unfolding;
use crate::SvdError;
use crate::dense::hermitian_eigenvalues;
use crate::parallel::for_each_chunk;
use crate::scale::scaled;
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

/// Vectors of the longer side that are added at once, and columns of the Gram matrix that are one task: products of this
/// size run at full speed, and a block of side 8192 takes 16 MiB.
const BLOCK: usize = 256;

/// The singular values of one group's unfolding, descending; the weights are divided by `2^exponent` first.
pub(super) fn values(weights: &[f64], at: Unfolding, exponent: i32) -> Result<Vec<f64>, SvdError> {
    let gram = gram(weights, at, exponent);
    let n = at.rows.min(at.cols());
    let gram = MatRef::from_column_major_slice(&gram, n, n);
    let eigenvalues = hermitian_eigenvalues(gram).ok_or(SvdError::NoConvergence {
        rows: at.rows,
        cols: at.cols(),
    })?;
    let mut values: Vec<f64> = eigenvalues.iter().map(|l| l.max(0.0).sqrt()).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    Ok(values)
}

/// The lower triangle of `X X^T`, column-major, for the reading `X` of the unfolding that has fewer rows than columns.
/// What is above the diagonal blocks stays zero.
fn gram(weights: &[f64], at: Unfolding, exponent: i32) -> Vec<f64> {
    let (n, m) = (at.rows.min(at.cols()), at.rows.max(at.cols()));
    let wide = at.rows <= at.cols();
    let mut gram = vec![0.0; n * n];
    for begin in (0..m).step_by(BLOCK) {
        let block = Mat::from_fn(n, BLOCK.min(m - begin), |short, long| {
            let long = begin + long;
            let (row, col) = if wide { (short, long) } else { (long, short) };
            scaled(weights[at.index(row, col)], -exponent)
        });
        for_each_chunk(&mut gram, n * BLOCK, |task, columns| {
            let (first, width) = (task * BLOCK, columns.len() / n);
            let below = MatMut::from_column_major_slice_mut(columns, n, width);
            let below = below.subrows_mut(first, n - first);
            let left = block.as_ref().subrows(first, n - first);
            let right = block.as_ref().subrows(first, width).transpose();
            matmul(below, Accum::Add, left, right, 1.0, Par::Seq);
        });
    }
    gram
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ConvKernel, Geometry};

    #[test]
    fn blocks_and_tasks_sum_to_the_gram_matrix_of_the_smaller_side() {
        // Over one block and one task on both sides, in both readings; small integers sum exactly.
        for shape in [[300, 530], [530, 300]] {
            let weights: Vec<f64> = (0..300 * 530).map(|i| f64::from(i % 7 - 3)).collect();
            let kernel = ConvKernel::new(weights, &shape, Geometry::new(0)).unwrap();
            let at = Unfolding::of(&kernel, 0);
            let entry = |short: usize, long: usize| {
                let wide = shape[0] < shape[1];
                let (row, col) = if wide { (short, long) } else { (long, short) };
                kernel.weights()[at.index(row, col)]
            };
            let found = gram(kernel.weights(), at, 0);
            for (i, j) in [(0, 0), (299, 0), (299, 299), (260, 255), (256, 256)] {
                let expected: f64 = (0..530).map(|l| entry(i, l) * entry(j, l)).sum();
                assert_eq!(found[j * 300 + i], expected, "{shape:?} at ({i}, {j})");
            }
        }
    }
}
