//! Shape inference: the size of every value in the graph, as far as it follows from the file.
//!
//! Only what decides the spatial grid of a layer is modelled. An operator that is not known here
//! takes the shape that the exporter wrote in `value_info`, or leaves its outputs unknown; nothing
//! is guessed.

use std::collections::HashMap;

use super::graph::Graph;
use super::proto::{NodeProto, ValueInfo};
use super::window::Window;

/// A dimension; `None` where it is symbolic or unknown.
pub(crate) type Dim = Option<usize>;

/// Shapes by value name; a missing name has no known rank.
pub(crate) type Shapes = HashMap<String, Vec<Dim>>;

/// The shapes of every value that can be told.
pub(crate) fn infer(graph: &Graph) -> Shapes {
    let mut shapes: Shapes = graph
        .proto
        .input
        .iter()
        .filter_map(|v| Some((v.name.clone(), declared(v)?)))
        .collect();
    for tensor in &graph.proto.initializer {
        if let Ok(shape) = tensor.shape() {
            shapes.insert(tensor.name.clone(), shape.into_iter().map(Some).collect());
        }
    }
    let written: HashMap<&str, Vec<Dim>> = graph
        .proto
        .value_info
        .iter()
        .chain(&graph.proto.output)
        .filter_map(|v| Some((v.name.as_str(), declared(v)?)))
        .collect();
    for node in &graph.proto.node {
        let inferred = output_shape(graph, node, &shapes);
        for (i, name) in node
            .output
            .iter()
            .enumerate()
            .filter(|(_, n)| !n.is_empty())
        {
            let own = if i == 0 || node.op_type == "Split" {
                inferred.clone()
            } else {
                None
            };
            if let Some(shape) = own.or_else(|| written.get(name.as_str()).cloned()) {
                shapes.insert(name.clone(), shape);
            }
        }
    }
    shapes
}

/// The shape that a value's declaration gives; symbols and non-positive numbers are unknown.
pub(crate) fn declared(value: &ValueInfo) -> Option<Vec<Dim>> {
    let shape = value
        .r#type
        .as_ref()?
        .tensor_type
        .as_ref()?
        .shape
        .as_ref()?;
    let dim = |d: Option<i64>| d.and_then(|v| usize::try_from(v).ok()).filter(|&v| v > 0);
    Some(shape.dim.iter().map(|d| dim(d.dim_value)).collect())
}

/// The spatial size of a value: all dimensions after batch and channels, where all are known.
pub(crate) fn spatial(shapes: &Shapes, value: &str) -> Option<Vec<usize>> {
    shapes.get(value)?.get(2..)?.iter().copied().collect()
}

fn output_shape(graph: &Graph, node: &NodeProto, shapes: &Shapes) -> Option<Vec<Dim>> {
    if !matches!(node.domain.as_str(), "" | "ai.onnx") {
        return None;
    }
    let input = |i: usize| shapes.get(node.input_name(i)?).cloned();
    match node.op_type.as_str() {
        "Conv" => {
            let (x, w) = (input(0)?, input(1)?);
            let size: Vec<usize> = w.get(2..)?.iter().copied().collect::<Option<_>>()?;
            windowed(node, &x, &size, *w.first()?, false)
        }
        "ConvTranspose" => {
            let (x, w) = (input(0)?, input(1)?);
            let size: Vec<usize> = w.get(2..)?.iter().copied().collect::<Option<_>>()?;
            let groups = usize::try_from(node.int("group").unwrap_or(1)).ok()?;
            let channels = w.get(1)?.and_then(|c| c.checked_mul(groups));
            windowed(node, &x, &size, channels, true)
        }
        "MaxPool" | "AveragePool" | "LpPool" => {
            let x = input(0)?;
            let size = node
                .counts("kernel_shape", x.len().checked_sub(2)?, 0)
                .ok()?;
            windowed(node, &x, &size, *x.get(1)?, false)
        }
        "GlobalAveragePool" | "GlobalMaxPool" | "GlobalLpPool" => {
            let x = input(0)?;
            Some(
                x.iter()
                    .enumerate()
                    .map(|(i, &d)| if i < 2 { d } else { Some(1) })
                    .collect(),
            )
        }
        "Add" | "Sub" | "Mul" | "Div" | "Pow" | "Max" | "Min" | "Sum" | "Mean" | "Where"
        | "Mod" => {
            let all: Vec<_> = (0..node.input.len()).map(input).collect::<Option<_>>()?;
            all.into_iter().reduce(broadcast)
        }
        "Gemm" => {
            let (a, b) = (input(0)?, input(1)?);
            let side = |s: &[Dim], flipped: bool| {
                if flipped {
                    s.last().copied()
                } else {
                    s.first().copied()
                }
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
        "Flatten" => {
            let x = input(0)?;
            // Unlike elsewhere, an axis equal to the rank is allowed: everything is rows.
            let axis = match node.int("axis").unwrap_or(1) {
                end if usize::try_from(end) == Ok(x.len()) => x.len(),
                axis => axis_of(axis, x.len())?,
            };
            Some(vec![product(&x[..axis]), product(&x[axis..])])
        }
        "Reshape" => reshaped(&input(0)?, &graph.constant_integers(node.input_name(1)?)?),
        "Transpose" => {
            let x = input(0)?;
            let order = node.ints("perm")?;
            order
                .iter()
                .map(|&p| x.get(usize::try_from(p).ok()?).copied())
                .collect()
        }
        "Concat" => {
            let all: Vec<_> = (0..node.input.len()).map(input).collect::<Option<_>>()?;
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
            let even = node.input_name(1).is_none() && node.ints("split").is_none();
            x[axis] = x[axis]
                .filter(|n| even && n % parts == 0)
                .map(|n| n / parts);
            Some(x)
        }
        "Pad" => padded(&input(0)?, &pads_of(graph, node)?),
        "ReduceMean" | "ReduceMax" | "ReduceSum" => {
            let x = input(0)?;
            let axes = match (node.ints("axes"), node.input_name(1)) {
                (Some(axes), _) => axes.to_vec(),
                (None, Some(name)) => graph.constant_integers(name)?,
                (None, None) => (0..x.len() as i64).collect(),
            };
            reduced(&x, &axes, node.int("keepdims") != Some(0))
        }
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

fn windowed(
    node: &NodeProto,
    x: &[Dim],
    size: &[usize],
    channels: Dim,
    transposed: bool,
) -> Option<Vec<Dim>> {
    if x.len() != size.len() + 2 || size.contains(&0) {
        return None;
    }
    let known: Option<Vec<usize>> = x[2..].iter().copied().collect();
    let window = Window::of(node, size, known.as_deref()).ok()?;
    let given = node.ints("output_shape");
    let extra = node.counts("output_padding", size.len(), 0).ok()?;
    let out = x[2..]
        .iter()
        .enumerate()
        .map(|(i, &n)| match (transposed, given) {
            (true, Some(sizes)) => usize::try_from(*sizes.get(i)?).ok(),
            (true, None) => window.transposed_size(i, n?, extra[i]),
            (false, _) if window.padding_assumed => None,
            (false, _) => window.positions(i, n?),
        });
    Some([x[0], channels].into_iter().chain(out).collect())
}

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

/// Target dimensions of `Reshape`: 0 copies, -1 takes what is left.
fn reshaped(x: &[Dim], target: &[i64]) -> Option<Vec<Dim>> {
    let mut out: Vec<Dim> = target
        .iter()
        .enumerate()
        .map(|(i, &t)| match t {
            0 => x.get(i).copied().flatten(),
            t => usize::try_from(t).ok(),
        })
        .collect();
    if let Some(free) = target.iter().position(|&t| t == -1) {
        let others: Vec<Dim> = out
            .iter()
            .enumerate()
            .filter(|&(i, _)| i != free)
            .map(|(_, &d)| d)
            .collect();
        let rest = product(&others);
        out[free] = match (product(x), rest) {
            (Some(all), Some(rest)) if rest > 0 && all % rest == 0 => Some(all / rest),
            _ => None,
        };
    }
    Some(out)
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

fn reduced(x: &[Dim], axes: &[i64], keep: bool) -> Option<Vec<Dim>> {
    let axes: Vec<usize> = axes
        .iter()
        .map(|&a| axis_of(a, x.len()))
        .collect::<Option<_>>()?;
    let kept = x
        .iter()
        .enumerate()
        .filter_map(|(i, &d)| match axes.contains(&i) {
            true if keep => Some(Some(1)),
            true => None,
            false => Some(d),
        });
    Some(kept.collect())
}

fn axis_of(axis: i64, rank: usize) -> Option<usize> {
    let signed = if axis < 0 {
        axis.checked_add(i64::try_from(rank).ok()?)?
    } else {
        axis
    };
    usize::try_from(signed).ok().filter(|&a| a < rank)
}

fn product(dims: &[Dim]) -> Dim {
    dims.iter().try_fold(1usize, |n, &d| n.checked_mul(d?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reshape_fills_the_free_dimension_only_when_it_divides() {
        let x = [Some(2), Some(6), Some(4)];
        assert_eq!(reshaped(&x, &[0, -1]), Some(vec![Some(2), Some(24)]));
        assert_eq!(reshaped(&x, &[5, -1]), Some(vec![Some(5), None]));
        assert_eq!(
            reshaped(&[None, Some(6)], &[-1, 3]),
            Some(vec![None, Some(3)])
        );
    }

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
