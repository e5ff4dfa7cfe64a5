//! Shapes behind operators that change the size of maps: convolutions, poolings, resizing, blocks.

use super::super::graph::Graph;
use super::super::proto::NodeProto;
use super::super::window::{Transposed, Window};
use super::dims::{Dim, axis_of};

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

/// `Resize`, and `Upsample` as it was called before: by sizes or by scales, which moved from an
/// attribute (7) to the second input (9) and the third (11); for all axes, or those of an attribute
/// (18).
pub(super) fn resized(graph: &Graph, node: &NodeProto, mut x: Vec<Dim>) -> Option<Vec<Dim>> {
    let axes: Vec<usize> = match node.ints("axes") {
        Some(axes) => {
            let axes = axes.iter().map(|&a| axis_of(a, x.len()));
            axes.collect::<Option<_>>()?
        }
        None => (0..x.len()).collect(),
    };
    if let Some(name) = node.input_name(3) {
        // Preserved proportions make other sizes than those in the input.
        let stretches = matches!(
            node.text("keep_aspect_ratio_policy"),
            None | Some("stretch")
        );
        let sizes = graph.constant_integers(name).filter(|_| stretches)?;
        return placed(x, &axes, sizes.iter().map(|&n| usize::try_from(n).ok()));
    }
    // Of two inputs the second has the scales (9, 10); of three, the third.
    let input = if node.input.len() > 2 { 2 } else { 1 };
    let scales = match (node.floats("scales"), node.input_name(input)) {
        (Some(scales), _) => scales.to_vec(),
        (None, Some(name)) => {
            let tensor = graph.constant(name)?;
            // One for each axis; a longer tensor is no list of scales.
            let few = tensor.dims.iter().all(|&d| d <= axes.len() as i64);
            let scales = tensor.floats().ok().filter(|_| few)?;
            scales.into_iter().map(|s| s as f32).collect()
        }
        (None, None) => return None,
    };
    if scales.len() != axes.len() || scales.iter().any(|s| !(*s > 0.0 && s.is_finite())) {
        return None;
    }
    for (&axis, scale) in axes.iter().zip(scales) {
        // In single precision, as ONNX's own inference computes it.
        x[axis] = x[axis].and_then(|n| whole(n as f32 * scale));
    }
    Some(x)
}

/// A size, rounded down; none that a tensor could not have.
fn whole(size: f32) -> Dim {
    const LARGEST: f32 = (1u64 << 40) as f32;
    let size = (1.0..LARGEST).contains(&size).then_some(size as u64)?;
    usize::try_from(size).ok()
}

fn placed(
    mut x: Vec<Dim>,
    axes: &[usize],
    sizes: impl ExactSizeIterator<Item = Dim>,
) -> Option<Vec<Dim>> {
    if sizes.len() != axes.len() {
        return None;
    }
    for (&axis, size) in axes.iter().zip(sizes) {
        x[axis] = size;
    }
    Some(x)
}

/// `DepthToSpace` and `SpaceToDepth`: blocks of channels as positions, or back.
pub(super) fn blocks(node: &NodeProto, mut x: Vec<Dim>, to_space: bool) -> Option<Vec<Dim>> {
    let block = usize::try_from(node.int("blocksize")?)
        .ok()
        .filter(|&b| b > 0)?;
    let [_, channels, height, width] = &mut x[..] else {
        return None;
    };
    let square = block.checked_mul(block)?;
    let divided = |n: Dim, by: usize| n.filter(|n| n.is_multiple_of(by)).map(|n| n / by);
    let times = |n: Dim, by: usize| n.and_then(|n| n.checked_mul(by));
    if to_space {
        *channels = divided(*channels, square);
        [*height, *width] = [times(*height, block), times(*width, block)];
    } else {
        *channels = times(*channels, square);
        [*height, *width] = [divided(*height, block), divided(*width, block)];
    }
    Some(x)
}
