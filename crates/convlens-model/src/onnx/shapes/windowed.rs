//! Shapes behind convolutions and poolings.

use super::super::proto::NodeProto;
use super::super::transposed::Transposed;
use super::super::window::Window;
use super::Dim;

/// `Conv` of `x` by the weight `w`.
pub(super) fn windowed(node: &NodeProto, x: &[Dim], w: &[Dim]) -> Option<Vec<Dim>> {
    slid(node, x, &kernel_size(w)?, *w.first()?)
}

/// `MaxPool` and its kin.
pub(super) fn pooled(node: &NodeProto, x: &[Dim]) -> Option<Vec<Dim>> {
    let dims = x.len().checked_sub(2)?;
    slid(node, x, &node.counts("kernel_shape", dims, 0).ok()?, x[1])
}

/// `ConvTranspose` of `x` by the weight `w`.
pub(super) fn windowed_transposed(node: &NodeProto, x: &[Dim], w: &[Dim]) -> Option<Vec<Dim>> {
    let size = kernel_size(w)?;
    if x.len() != size.len() + 2 {
        return None;
    }
    let groups = usize::try_from(node.int("group").unwrap_or(1)).ok()?;
    let channels = w.get(1)?.and_then(|c| c.checked_mul(groups));
    let transposed = Transposed::of(node, &size, known(x).as_deref()).ok()?;
    let out = (2..x.len()).map(|i| transposed.size(i - 2, x[i]));
    Some([x[0], channels].into_iter().chain(out).collect())
}

fn slid(node: &NodeProto, x: &[Dim], size: &[usize], channels: Dim) -> Option<Vec<Dim>> {
    if x.len() != size.len() + 2 {
        return None;
    }
    let window = Window::of(node, size, known(x).as_deref()).ok()?;
    let out = (2..x.len()).map(|i| match window.padding_assumed {
        true => None,
        false => window.positions(i - 2, x[i]?),
    });
    Some([x[0], channels].into_iter().chain(out).collect())
}

fn known(x: &[Dim]) -> Option<Vec<usize>> {
    x[2..].iter().copied().collect()
}

fn kernel_size(w: &[Dim]) -> Option<Vec<usize>> {
    w.get(2..)?.iter().copied().collect()
}
