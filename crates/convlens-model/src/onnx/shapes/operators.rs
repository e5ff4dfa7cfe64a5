//! The shape of a node's output from those of its inputs, operator by operator.

use super::super::graph::Graph;
use super::super::proto::NodeProto;
use super::dims::{Dim, Shapes, axis_of};
use super::reshape::{flattened, permuted, reshaped, squeezed, unsqueezed};
use super::spatial::{blocks, pooled, resized, windowed, windowed_transposed};

/// The shape of a node's first output, and of every output of `Split`.
pub(super) fn output_shape(graph: &Graph, node: &NodeProto, shapes: &Shapes) -> Option<Vec<Dim>> {
    if !node.is_standard() {
        return None;
    }
    let input = |i: usize| shapes.get(node.input_name(i)?).cloned();
    let inputs = || (0..node.input.len()).map(input).collect::<Option<Vec<_>>>();
    match node.op_type.as_str() {
        "Conv" => windowed(node, &input(0)?, &input(1)?),
        "ConvTranspose" => windowed_transposed(node, &input(0)?, &input(1)?),
        "MaxPool" | "AveragePool" | "LpPool" => pooled(node, &input(0)?),
        "GlobalAveragePool" | "GlobalMaxPool" | "GlobalLpPool" => {
            let mut x = input(0)?;
            x.iter_mut().skip(2).for_each(|d| *d = Some(1));
            Some(x)
        }
        "Add" | "Sub" | "Mul" | "Div" | "Pow" | "Max" | "Min" | "Sum" | "Mean" | "Where"
        | "Mod" => inputs()?.into_iter().reduce(broadcast),
        "Gemm" => {
            let (a, b) = (input(0)?, input(1)?);
            let side = |s: &[Dim], flipped: bool| match flipped {
                true => s.last().copied(),
                false => s.first().copied(),
            };
            let rows = side(&a, node.int("transA") == Some(1))?;
            let columns = side(&b, node.int("transB") != Some(1))?;
            Some(vec![rows, columns])
        }
        "MatMul" => {
            let (mut a, b) = (input(0)?, input(1)?);
            if a.len() < 2 || b.len() != 2 {
                return None;
            }
            *a.last_mut()? = *b.last()?;
            Some(a)
        }
        "Flatten" => flattened(&input(0)?, node.int("axis").unwrap_or(1)),
        "Reshape" => {
            let target = graph.constant_integers(node.input_name(1)?)?;
            let copies_zero = node.int("allowzero") != Some(1);
            Some(reshaped(input(0).as_deref(), &target, copies_zero))
        }
        "Transpose" => permuted(input(0)?, node.ints("perm")),
        "Concat" => {
            let all = inputs()?;
            let mut out = all.first()?.clone();
            let axis = axis_of(node.int("axis")?, out.len())?;
            let parts = all.iter().map(|s| s.get(axis).copied().flatten());
            out[axis] = parts.reduce(|a, b| a?.checked_add(b?))?;
            Some(out)
        }
        "Split" => {
            let mut x = input(0)?;
            let axis = axis_of(node.int("axis").unwrap_or(0), x.len())?;
            let parts = node.output.len();
            let even = parts > 0 && node.input_name(1).is_none() && node.ints("split").is_none();
            x[axis] = x[axis]
                .filter(|n| even && n % parts == 0)
                .map(|n| n / parts);
            Some(x)
        }
        "Resize" | "Upsample" => resized(graph, node, input(0)?),
        "DepthToSpace" => blocks(node, input(0)?, true),
        "SpaceToDepth" => blocks(node, input(0)?, false),
        "Unsqueeze" => unsqueezed(graph, node, &input(0)?),
        "Squeeze" => squeezed(graph, node, &input(0)?),
        "Pad" => padded(&input(0)?, &pads_of(graph, node)?),
        op if op.starts_with("Reduce") => reduced(graph, node, input(0)?),
        op if KEEPS_SHAPE.contains(&op) => input(0),
        _ => None,
    }
}

/// Operators whose first output has the shape of their first input.
const KEEPS_SHAPE: [&str; 41] = [
    "Abs",
    "BatchNormalization",
    "Cast",
    "Ceil",
    "Celu",
    "Clip",
    "Cos",
    "CumSum",
    "DequantizeLinear",
    "Dropout",
    "Elu",
    "Erf",
    "Exp",
    "Floor",
    "Gelu",
    "GroupNormalization",
    "HardSigmoid",
    "HardSwish",
    "Hardmax",
    "Identity",
    "InstanceNormalization",
    "LRN",
    "LayerNormalization",
    "LeakyRelu",
    "Log",
    "LogSoftmax",
    "LpNormalization",
    "Mish",
    "Neg",
    "PRelu",
    "QuantizeLinear",
    "Reciprocal",
    "Relu",
    "Round",
    "Selu",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Sqrt",
    "Tanh",
];

fn broadcast(a: Vec<Dim>, b: Vec<Dim>) -> Vec<Dim> {
    let rank = a.len().max(b.len());
    let at = |s: &[Dim], i: usize| (i + s.len()).checked_sub(rank).map_or(Some(1), |j| s[j]);
    (0..rank)
        .map(|i| match (at(&a, i), at(&b, i)) {
            (Some(1), d) | (d, Some(1)) => d,
            (d, None) | (None, d) => d,
            (Some(x), Some(y)) => (x == y).then_some(x),
        })
        .collect()
}

fn pads_of(graph: &Graph, node: &NodeProto) -> Option<Vec<i64>> {
    match node.ints("pads") {
        Some(pads) => Some(pads.to_vec()),
        None if node.input_name(3).is_none() => graph.constant_integers(node.input_name(1)?),
        None => None,
    }
}

fn padded(x: &[Dim], pads: &[i64]) -> Option<Vec<Dim>> {
    if pads.len() != 2 * x.len() {
        return None;
    }
    let grow = |(i, d): (usize, &Dim)| {
        let n = i64::try_from((*d)?).ok()?;
        usize::try_from(n.checked_add(pads[i])?.checked_add(pads[x.len() + i])?).ok()
    };
    Some(x.iter().enumerate().map(grow).collect())
}

/// `Reduce*` over its `axes`; over all where there are none, unless the node says otherwise.
fn reduced(graph: &Graph, node: &NodeProto, x: Vec<Dim>) -> Option<Vec<Dim>> {
    let given = match (node.ints("axes"), node.input_name(1)) {
        (Some(axes), _) => axes.to_vec(),
        (None, Some(name)) => graph.constant_integers(name)?,
        (None, None) => Vec::new(),
    };
    if given.is_empty() && node.int("noop_with_empty_axes") == Some(1) {
        return Some(x);
    }
    let axes: Vec<usize> = given
        .iter()
        .map(|&a| axis_of(a, x.len()))
        .collect::<Option<_>>()?;
    let keep = node.int("keepdims") != Some(0);
    let kept =
        x.into_iter()
            .enumerate()
            .filter_map(|(i, d)| match axes.is_empty() || axes.contains(&i) {
                true if keep => Some(Some(1)),
                true => None,
                false => Some(d),
            });
    Some(kept.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcasting_keeps_the_larger_side() {
        let wide = vec![None, Some(8), Some(4)];
        assert_eq!(
            broadcast(wide.clone(), vec![Some(8), Some(1)]),
            vec![None, Some(8), Some(4)]
        );
        assert_eq!(broadcast(vec![Some(2)], vec![Some(3)]), vec![None]);
    }
}
