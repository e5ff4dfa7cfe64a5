//! The workspace's slow definitions (`convlens_fixtures::oracle`), for kernels of this crate.

pub(crate) use convlens_fixtures::oracle::{Dense, Edge, distance};

use convlens_fixtures::oracle::Layer;
use convlens_svd::{ConvKernel, Direction};

/// The kernel in plain slices.
pub(crate) fn plain(kernel: &ConvKernel) -> Layer<'_> {
    let geometry = kernel.geometry();
    Layer {
        weights: kernel.weights(),
        shape: kernel.shape(),
        stride: geometry.stride(),
        dilation: geometry.dilation(),
        padding: geometry.padding(),
        groups: geometry.groups(),
        output_padding: match geometry.direction() {
            Direction::Transposed { output_padding } => Some(output_padding),
            _ => None,
        },
    }
}

/// The matrix of a layer that has an output.
pub(crate) fn dense(kernel: &ConvKernel, grid: &[usize], edge: Edge) -> Dense {
    plain(kernel).dense(grid, edge).unwrap()
}

/// The exact mode's contract: `50 eps sqrt(max(m, n)) sigma_max`.
pub(crate) fn exact(m: usize, n: usize, sigma_max: f64) -> f64 {
    50.0 * f64::EPSILON * (m.max(n) as f64).sqrt() * sigma_max
}
