//! The singular values of a layer's unfolding, without vectors.
//!
//! Singular values of an unfolding through the Gram matrix of its smaller side, which is never held beside a copy of the
//! weights.

use super::svd::LayerSvd;
use crate::accuracy::{Accuracy, Algorithm, ConditionNumber};
use crate::dense::{hermitian_eigenvalues, singular_values};
use crate::error::SvdError;
use crate::kernel::{ConvKernel, Unfolding};
use crate::numeric;
use crate::numeric::scaled;
use crate::parallel::for_each_chunk;
use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

/// The singular values of a layer's unfolded weights, those of all groups merged; see [`LayerSvd`] for what they mean.
///
/// # Conventions
/// As [`LayerSvd`], whose numbers these are. Under [`Accuracy::Gram`] a value whose square is at most `8 eps max(m, n)
/// sigma_max^2` cannot be told from zero: the rank counts what is above, and there is no condition number.
///
/// # Complexity
/// `O(m n min(m, n))` per group for an `m x n` unfolding, group after group. Memory beyond the kernel: two copies of one
/// group for [`Accuracy::Exact`]; two squares of its smaller side and 256 vectors of that length for [`Accuracy::Gram`].
///
/// # Example
/// ```
/// use convlens_svd::{Accuracy, ConvKernel, LayerValues};
///
/// let kernel = ConvKernel::from_slice(&[3.0, 0.0, 4.0, 6.0, 0.0, 8.0], &[2, 1, 3])?;
/// for accuracy in [Accuracy::Exact, Accuracy::Gram] {
///     let values = LayerValues::new(&kernel, accuracy)?;
///     assert!((values.singular_values()[0] - 125f64.sqrt()).abs() < 1e-12);
///     assert_eq!(values.numerical_rank(), 1);
/// }
/// # Ok::<(), convlens_svd::SvdError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LayerValues {
    singular_values: Vec<f64>,
    /// Rows and columns of one group's unfolding.
    unfolded_shape: (usize, usize),
    groups: usize,
    spatial_dims: usize,
    accuracy: Accuracy,
    algorithm: Algorithm,
}

impl LayerValues {
    /// Computes the values of a kernel.
    ///
    /// # Errors
    /// As [`LayerSvd::new`].
    pub fn new(kernel: &ConvKernel, accuracy: Accuracy) -> Result<Self, SvdError> {
        let exponent = numeric::exponent(kernel.weights());
        let first = Unfolding::of(kernel, 0);
        let (mut merged, mut algorithm) = (Vec::new(), Algorithm::Direct);
        for group in 0..kernel.groups() {
            let at = Unfolding::of(kernel, group);
            let (values, taken) = of_group(kernel.weights(), at, exponent, accuracy)?;
            algorithm = algorithm.max(taken);
            for value in values {
                merged.push(numeric::restored(value, exponent, "a singular value")?);
            }
        }
        merged.sort_by(|a, b| b.total_cmp(a));
        let values = Self {
            singular_values: merged,
            unfolded_shape: (first.rows, first.cols()),
            groups: kernel.groups(),
            spatial_dims: kernel.spatial_dims(),
            accuracy,
            algorithm,
        };
        if values.frobenius_norm().is_finite() {
            Ok(values)
        } else {
            Err(SvdError::Overflow {
                what: "the Frobenius norm",
            })
        }
    }

    /// The singular values of all groups, descending.
    pub fn singular_values(&self) -> &[f64] {
        &self.singular_values
    }

    /// Rows and columns of one group's unfolding: `(c_out / g, c_in / g * prod k)`.
    pub fn unfolded_shape(&self) -> (usize, usize) {
        self.unfolded_shape
    }

    /// Number of channel groups.
    pub fn groups(&self) -> usize {
        self.groups
    }

    /// Number of spatial axes of the kernel, 0 for a dense layer.
    pub fn spatial_dims(&self) -> usize {
        self.spatial_dims
    }

    /// What the values promise.
    pub fn accuracy(&self) -> Accuracy {
        self.accuracy
    }

    /// The worst algorithm that any group needed; [`Algorithm::Gram`] where that was asked for.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Number of values that differ from zero: over `max(m, n) eps sigma_max`, the cut of numpy's and MATLAB's `rank`;
    /// under [`Accuracy::Gram`], over `sqrt(8 eps max(m, n)) sigma_max`.
    pub fn numerical_rank(&self) -> usize {
        let error = self.longer() * f64::EPSILON;
        let share = match self.accuracy {
            Accuracy::Exact => error,
            Accuracy::Gram => (8.0 * error).sqrt(),
        };
        let cut = share * self.singular_values[0];
        self.singular_values.iter().filter(|&&s| s > cut).count()
    }

    /// As [`LayerSvd::condition_number`]; none under [`Accuracy::Gram`], which does not know the smallest value.
    pub fn condition_number(&self) -> Option<ConditionNumber> {
        let values = &self.singular_values;
        let smallest = values[values.len() - 1];
        (self.accuracy == Accuracy::Exact)
            .then(|| ConditionNumber::new(values[0], smallest, self.unfolded_shape))
    }

    /// `|W|_F^2 / sigma_max^2`, between 1 and the rank; 0 for an all-zero kernel.
    pub fn stable_rank(&self) -> f64 {
        relative_energies(&self.singular_values).sum()
    }

    /// `|W|_F`, from the singular values.
    pub fn frobenius_norm(&self) -> f64 {
        self.singular_values[0] * self.stable_rank().sqrt()
    }

    /// How far `sigma_max` may be from the computed one, relative to it: the contract of its [`Accuracy`].
    pub(crate) fn relative_error(&self) -> f64 {
        match self.accuracy {
            Accuracy::Exact => 50.0 * f64::EPSILON * self.longer().sqrt(),
            // Half of the bound on the square.
            Accuracy::Gram => 4.0 * f64::EPSILON * self.longer(),
        }
    }

    fn longer(&self) -> f64 {
        let (rows, cols) = self.unfolded_shape;
        rows.max(cols) as f64
    }
}

/// `(sigma_i / sigma_1)^2` of descending values; 0 for an all-zero kernel.
pub(super) fn relative_energies(values: &[f64]) -> impl Iterator<Item = f64> + '_ {
    let top = values[0];
    let share = move |&s: &f64| if top == 0.0 { 0.0 } else { (s / top).powi(2) };
    values.iter().map(share)
}

fn of_group(
    weights: &[f64],
    at: Unfolding,
    exponent: i32,
    accuracy: Accuracy,
) -> Result<(Vec<f64>, Algorithm), SvdError> {
    match accuracy {
        Accuracy::Gram => Ok((values_by_gram(weights, at, exponent)?, Algorithm::Gram)),
        Accuracy::Exact => {
            let w = Mat::from_fn(at.rows, at.cols(), |i, j| {
                numeric::scaled(weights[at.index(i, j)], -exponent)
            });
            singular_values(w.as_ref())
        }
    }
}

impl From<&LayerSvd> for LayerValues {
    fn from(svd: &LayerSvd) -> Self {
        Self {
            singular_values: svd.singular_values().to_vec(),
            unfolded_shape: svd.unfolded_shape(),
            groups: svd.groups().len(),
            spatial_dims: svd.geometry().spatial_dims(),
            accuracy: Accuracy::Exact,
            algorithm: svd.algorithm(),
        }
    }
}

/// Vectors of the longer side that are added at once, and columns of the Gram matrix that are one task: products of this
/// size run at full speed, and a block of side 8192 takes 16 MiB.
const BLOCK: usize = 256;

/// The singular values of one group's unfolding, descending; the weights are divided by `2^exponent` first.
pub(super) fn values_by_gram(
    weights: &[f64],
    at: Unfolding,
    exponent: i32,
) -> Result<Vec<f64>, SvdError> {
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
    use crate::geometry::Geometry;

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
