//! The two convolutions that a decomposition is: right filters, then a mixing of channels.

use super::LayerSvd;
use super::matrix::Unfolding;
use crate::{ConvKernel, Geometry, SvdError};

impl LayerSvd {
    /// `S V^T` of the first `r` directions of each group, in the layer's own geometry: from `c_in` channels to `g r`,
    /// direction `l` of group `i` being channel `i r + l`.
    ///
    /// Forward: row `l` of `V^T` is a filter, and the layer reads its input through filters only. Transposed: output
    /// position `o` of the layer is `sum W[:, o, p] x[q]` over the pairs with `s q + dilation p = o + begin`, the unfolding
    /// times the column of those inputs; so the factorisation of the unfolding holds here too, with the strides in its
    /// first factor and the 1 x 1 mixing last.
    pub(crate) fn right_kernel(&self, r: usize) -> Result<ConvKernel, SvdError> {
        let (geometry, groups) = (self.geometry().clone(), self.groups());
        let mut shape = self.shape().to_vec();
        if geometry.is_transposed() {
            shape[1] = r;
        } else {
            shape[0] = groups.len() * r;
        }
        let mut weights = vec![0.0; shape.iter().product()];
        for (g, group) in groups.iter().enumerate() {
            let at = Unfolding::of_shape(&shape, &geometry, g);
            for (l, s) in group.singular_values().iter().enumerate().take(r) {
                for (col, v) in group.right(l).iter().enumerate() {
                    weights[at.index(l, col)] = s * v;
                }
            }
        }
        ConvKernel::new(weights, &shape, geometry)
    }

    /// `U` of the first `r` directions of each group as a 1 x 1 convolution, `[c_out, r, 1, ..]`.
    pub(crate) fn left_kernel(&self, r: usize) -> Result<ConvKernel, SvdError> {
        let (groups, dims) = (self.groups(), self.geometry().spatial_dims());
        let rows = self.unfolded_shape().0;
        let mut weights = vec![0.0; groups.len() * rows * r];
        for (group, block) in groups.iter().zip(weights.chunks_exact_mut(rows * r)) {
            for l in 0..r {
                for (row, u) in group.left(l).enumerate() {
                    block[row * r + l] = u;
                }
            }
        }
        let mut shape = vec![1; dims + 2];
        (shape[0], shape[1]) = (groups.len() * rows, r);
        let geometry = Geometry::new(dims).with_groups(groups.len());
        ConvKernel::new(weights, &shape, geometry)
    }
}
