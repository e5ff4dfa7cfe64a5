//! Shapes behind operators that change the size of maps, or the number of axes.

use std::collections::BTreeSet;

use super::super::graph::Graph;
use super::super::proto::NodeProto;
use super::Dim;
use super::operators::axis_of;

/// `Resize`, and `Upsample` as it was called before: by sizes or by scales, which moved from an attribute (7) to the
/// second input (9) and the third (11); for all axes, or those of an attribute (18).
pub(super) fn resized(graph: &Graph, node: &NodeProto, mut x: Vec<Dim>) -> Option<Vec<Dim>> {
    let axes: Vec<usize> = match node.ints("axes") {
        Some(axes) => {
            let axes = axes.iter().map(|&a| axis_of(a, x.len()));
            axes.collect::<Option<_>>()?
        }
        None => (0..x.len()).collect(),
    };
    if let Some(name) = node.input_name(3) {
        // Kept proportions make other sizes than those that are given.
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
    (1.0..LARGEST).contains(&size).then_some(size as usize)
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

/// `Unsqueeze`: new axes of size 1, counted in the output.
pub(super) fn unsqueezed(graph: &Graph, node: &NodeProto, x: &[Dim]) -> Option<Vec<Dim>> {
    let axes = axes(graph, node)?;
    let rank = x.len().checked_add(axes.len())?;
    let new = axes.iter().map(|&a| axis_of(a, rank));
    let new: BTreeSet<usize> = new.collect::<Option<_>>()?;
    let mut old = x.iter().copied();
    let out = (0..rank).map(|i| match new.contains(&i) {
        true => Some(Some(1)),
        false => old.next(),
    });
    out.collect()
}

/// `Squeeze`: without axes all of size 1, which must then be known.
pub(super) fn squeezed(graph: &Graph, node: &NodeProto, x: &[Dim]) -> Option<Vec<Dim>> {
    let gone: BTreeSet<usize> = match axes(graph, node) {
        Some(axes) => {
            let axes = axes.iter().map(|&a| axis_of(a, x.len()));
            axes.collect::<Option<_>>()?
        }
        None if node.input_name(1).is_some() || x.contains(&None) => return None,
        None => (0..x.len()).filter(|&i| x[i] == Some(1)).collect(),
    };
    let stays = x.iter().enumerate().filter(|(i, _)| !gone.contains(i));
    Some(stays.map(|(_, &d)| d).collect())
}

/// The axes of a node: an attribute, or the second input since operator set 13.
fn axes(graph: &Graph, node: &NodeProto) -> Option<Vec<i64>> {
    match (node.ints("axes"), node.input_name(1)) {
        (Some(axes), _) => Some(axes.to_vec()),
        (None, Some(name)) => graph.constant_integers(name),
        (None, None) => None,
    }
}
