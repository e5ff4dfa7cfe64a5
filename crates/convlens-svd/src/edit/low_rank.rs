//! A layer compressed to the pair of convolutions that its decomposition is.

use crate::error::SvdError;
use crate::kernel::ConvKernel;
use crate::unfolding::LayerSvd;

/// How many directions to keep, in each group.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Rank {
    /// This many; a larger number keeps all directions.
    Fixed(usize),
    /// The least number that keeps this share of `|W|_F^2`, in `(0, 1]`.
    Energy(f64),
    /// The smallest rank, at least one, with `|W - W_r|_F <= e |W|_F`, `e` in `[0, 1)`.
    RelativeError(f64),
}

/// Two layers in place of one: `k`-sized filters to `g r` channels, then a 1 x 1 convolution that
/// mixes them.
///
/// `y = U_r (S_r V_r^T * x)`, the truncated singular value decomposition of the unfolding (Eckart
/// and Young 1936). The first layer is the right filters scaled by `S` and carries stride,
/// dilation, padding, groups and direction; the second is `U`. A transposed layer keeps this order:
/// its unfolding has the output channels as rows too, so the first layer is the transposed one. A
/// bias, if the layer has one, goes to the second.
///
/// # Conventions
/// A grouped layer gets the same rank in every group, as two grouped convolutions must: the
/// truncation is the best one under that condition, and with more than one group not that of
/// [`LayerSvd::reconstruct`], which spreads ranks over the groups by value.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
#[doc(alias = "truncated svd")]
#[doc(alias = "compress")]
pub struct LowRank {
    /// From the layer's input to `g r` channels, in the layer's geometry.
    pub first: ConvKernel,
    /// From there to the layer's output, 1 x 1, with the layer's groups.
    pub second: ConvKernel,
    /// Directions kept in each group, `r`.
    pub rank: usize,
    /// `|W - W_r|_F / |W|_F`: exact, from the values that are left out; 0 for an all-zero kernel.
    pub relative_error: f64,
    /// Weights of the layer.
    pub parameters_before: usize,
    /// Weights of the pair. It is the smaller one only for `r < m n / (m + n)`, `m x n` the
    /// unfolding of a group.
    pub parameters_after: usize,
}

impl LowRank {
    /// Compresses a layer whose decomposition is known.
    ///
    /// # Errors
    /// [`SvdError::InvalidOption`] for a rank of 0, or an energy or an error out of its range.
    ///
    /// # Complexity
    /// The size of the pair.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::edit::{LowRank, Rank};
    /// use convlens_svd::{ConvKernel, LayerSvd};
    ///
    /// // Four filters that are multiples of one.
    /// let filter = [1.0, 0.0, -1.0];
    /// let scales = [1.0, 2.0, -1.0, 3.0];
    /// let weights: Vec<f64> = scales.iter().flat_map(|a| filter.map(|b| a * b)).collect();
    /// let svd = LayerSvd::new(&ConvKernel::from_slice(&weights, &[4, 1, 3])?)?;
    /// let pair = LowRank::new(&svd, Rank::Energy(0.999))?;
    /// assert_eq!((pair.rank, pair.parameters_before, pair.parameters_after), (1, 12, 3 + 4));
    /// assert!(pair.relative_error < 1e-14);
    /// assert_eq!((pair.first.shape(), pair.second.shape()), (&[1, 1, 3][..], &[4, 1, 1][..]));
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn new(svd: &LayerSvd, rank: Rank) -> Result<Self, SvdError> {
        check(rank)?;
        let left = squares_left(svd);
        let (all, total) = (left.len() - 1, left[0]);
        let least = |limit: f64| left.iter().position(|&l| l <= limit).unwrap_or(all).max(1);
        let r = match rank {
            Rank::Fixed(r) => r.min(all),
            Rank::Energy(p) => least((1.0 - p) * total),
            Rank::RelativeError(e) => least(e * e * total),
        };
        let (first, second) = (svd.right_kernel(r)?, svd.left_kernel(r)?);
        Ok(Self {
            rank: r,
            relative_error: if total == 0.0 {
                0.0
            } else {
                (left[r] / total).sqrt()
            },
            parameters_before: svd.shape().iter().product(),
            parameters_after: first.weights().len() + second.weights().len(),
            first,
            second,
        })
    }
}

/// For each rank `r`, `sum (sigma / sigma_max)^2` over the values that rank `r` in every group
/// leaves out.
fn squares_left(svd: &LayerSvd) -> Vec<f64> {
    let (rows, cols) = (svd.values().rows, svd.values().cols);
    let top = svd.singular_values()[0];
    let mut left = vec![0.0; rows.min(cols) + 1];
    if top > 0.0 {
        for r in (0..rows.min(cols)).rev() {
            let values = svd.groups().iter().map(|g| g.singular_values()[r] / top);
            left[r] = left[r + 1] + values.map(|s| s * s).sum::<f64>();
        }
    }
    left
}

fn check(rank: Rank) -> Result<(), SvdError> {
    let (option, value, bound, holds) = match rank {
        Rank::Fixed(r) => ("rank", r as f64, "at least 1", r > 0),
        Rank::Energy(p) => ("energy", p, "in (0, 1]", p > 0.0 && p <= 1.0),
        Rank::RelativeError(e) => ("relative_error", e, "in [0, 1)", (0.0..1.0).contains(&e)),
    };
    if holds {
        return Ok(());
    }
    Err(SvdError::InvalidOption {
        option,
        value,
        bound,
    })
}
