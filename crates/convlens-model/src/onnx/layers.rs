//! From nodes to layers: which operators are linear, and what their attributes mean.

use convlens_svd::{Direction, Geometry};

use super::graph::Graph;
use super::proto::{NodeProto, TensorProto};
use super::shapes::{Shapes, spatial};
use super::window::Window;
use crate::layer::{
    Assumption, ChannelAxis, LayerKind, LayerSpec, OutputValue, SkipReason, Skipped, Storage,
};

/// All linear layers of a graph, in its order, and the weights that are left out.
pub(crate) fn find(graph: &Graph, shapes: &Shapes) -> (Vec<LayerSpec>, Vec<Skipped>) {
    let mut layers: Vec<LayerSpec> = Vec::new();
    let mut skipped = Vec::new();
    for node in &graph.proto.node {
        let found = match node.op_type.as_str() {
            "Constant" => continue,
            "Conv" => convolution(graph, shapes, node, LayerKind::Conv),
            "ConvTranspose" => convolution(graph, shapes, node, LayerKind::ConvTranspose),
            "Gemm" => gemm(graph, node),
            "MatMul" => mat_mul(graph, node),
            op if OTHER_LINEAR.contains(&op) => {
                Err(SkipReason::Unsupported(format!("the operator {op}")))
            }
            _ if holds_weights(graph, node) => Err(SkipReason::NotLinear),
            _ => continue,
        };
        match found {
            Ok(mut layer) => {
                layer.name = unique(layer.name, &layers);
                layers.push(layer);
            }
            Err(reason) => {
                let kind = node.op_type.clone();
                skipped.push(Skipped {
                    name: label(node).to_owned(),
                    kind,
                    reason,
                });
            }
        }
    }
    (layers, skipped)
}

/// Linear operators that hold weights in a form that is not read.
const OTHER_LINEAR: [&str; 9] = [
    "ConvInteger",
    "DeformConv",
    "Einsum",
    "GRU",
    "LSTM",
    "MatMulInteger",
    "QLinearConv",
    "QLinearMatMul",
    "RNN",
];

fn convolution(
    graph: &Graph,
    shapes: &Shapes,
    node: &NodeProto,
    kind: LayerKind,
) -> Result<LayerSpec, SkipReason> {
    let (weight, tensor) = weight(graph, node, 1)?;
    let shape = tensor.shape().map_err(SkipReason::Unreadable)?;
    if shape.len() < 3 || shape.contains(&0) {
        return Err(SkipReason::Unreadable(format!(
            "weight shape {shape:?} is no kernel"
        )));
    }
    let size = &shape[2..];
    let input = node.input_name(0).unwrap_or_default();
    let grid = spatial(shapes, input).filter(|n| n.len() == size.len());
    let window = Window::of(node, size, grid.as_deref()).map_err(SkipReason::Unreadable)?;
    let groups = match usize::try_from(node.int("group").unwrap_or(1)) {
        Ok(groups) if groups > 0 => groups,
        _ => {
            return Err(SkipReason::Unreadable(
                "attribute `group` is not positive".into(),
            ));
        }
    };
    let mut geometry = Geometry::new(size.len())
        .with_stride(&window.stride)
        .with_dilation(&window.dilation)
        .with_padding(&window.padding)
        .with_groups(groups);
    if kind == LayerKind::ConvTranspose {
        let output_padding = node
            .counts("output_padding", size.len(), 0)
            .map_err(SkipReason::Unreadable)?;
        geometry = geometry.with_direction(Direction::Transposed { output_padding });
    }
    let assumptions = if window.padding_assumed {
        vec![Assumption::AutoPadding]
    } else {
        Vec::new()
    };
    Ok(LayerSpec {
        geometry,
        grid,
        assumptions,
        storage: Storage {
            bias: bias(node, 2, 1.0),
            ..Storage::plain()
        },
        ..spec(node, kind, weight, shape, tensor, ChannelAxis::Second)?
    })
}

fn gemm(graph: &Graph, node: &NodeProto) -> Result<LayerSpec, SkipReason> {
    if node.int("transA").unwrap_or(0) != 0 {
        return Err(SkipReason::Unsupported(
            "Gemm with a transposed input".into(),
        ));
    }
    let transposed = node.int("transB").unwrap_or(0) == 0;
    let alpha = f64::from(node.float("alpha").unwrap_or(1.0));
    let beta = f64::from(node.float("beta").unwrap_or(1.0));
    let storage = Storage {
        transposed,
        scale: alpha,
        bias: bias(node, 2, beta),
    };
    dense(graph, node, storage)
}

fn mat_mul(graph: &Graph, node: &NodeProto) -> Result<LayerSpec, SkipReason> {
    if node
        .input_name(0)
        .is_some_and(|n| graph.constant(n).is_some())
    {
        return Err(SkipReason::Unsupported(
            "MatMul with its weights on the left".into(),
        ));
    }
    dense(
        graph,
        node,
        Storage {
            transposed: true,
            ..Storage::plain()
        },
    )
}

fn dense(graph: &Graph, node: &NodeProto, storage: Storage) -> Result<LayerSpec, SkipReason> {
    let (weight, tensor) = weight(graph, node, 1)?;
    let mut shape = tensor.shape().map_err(SkipReason::Unreadable)?;
    if shape.len() != 2 {
        return Err(SkipReason::Unsupported(format!(
            "a dense weight of shape {shape:?}"
        )));
    }
    if storage.transposed {
        shape.reverse();
    }
    let spec = spec(
        node,
        LayerKind::Dense,
        weight,
        shape,
        tensor,
        ChannelAxis::Last,
    )?;
    Ok(LayerSpec { storage, ..spec })
}

/// What all kinds of layers have in common.
fn spec(
    node: &NodeProto,
    kind: LayerKind,
    weight: &str,
    shape: Vec<usize>,
    tensor: &TensorProto,
    channel_axis: ChannelAxis,
) -> Result<LayerSpec, SkipReason> {
    let dtype = tensor.float_type().map_err(SkipReason::Unreadable)?;
    let output = node.output.first().filter(|n| !n.is_empty());
    Ok(LayerSpec {
        name: if node.name.is_empty() {
            weight.to_owned()
        } else {
            node.name.clone()
        },
        kind,
        weight: weight.to_owned(),
        shape,
        dtype,
        geometry: Geometry::new(0),
        grid: Some(Vec::new()),
        output: output.map(|name| OutputValue {
            name: name.clone(),
            channel_axis,
        }),
        assumptions: Vec::new(),
        storage: Storage::plain(),
    })
}

/// The weight tensor of a node.
fn weight<'g>(
    graph: &'g Graph,
    node: &'g NodeProto,
    input: usize,
) -> Result<(&'g str, &'g TensorProto), SkipReason> {
    let name = node.input_name(input).ok_or(SkipReason::NoConstantWeight)?;
    let tensor = graph.constant(name).ok_or(SkipReason::NoConstantWeight)?;
    Ok((name, tensor))
}

fn bias(node: &NodeProto, input: usize, factor: f64) -> Option<(String, f64)> {
    node.input_name(input).map(|name| (name.to_owned(), factor))
}

/// Whether a node has a constant float input with more than one element.
fn holds_weights(graph: &Graph, node: &NodeProto) -> bool {
    node.input
        .iter()
        .filter_map(|name| graph.constant(name))
        .any(|tensor| tensor.float_type().is_ok() && tensor.dims.iter().any(|&d| d > 1))
}

fn label(node: &NodeProto) -> &str {
    match node.output.first() {
        _ if !node.name.is_empty() => &node.name,
        Some(output) => output,
        None => &node.op_type,
    }
}

/// The name itself, or with the least number behind it that makes it unique.
fn unique(name: String, layers: &[LayerSpec]) -> String {
    let taken = |candidate: &str| layers.iter().any(|l| l.name == candidate);
    if !taken(&name) {
        return name;
    }
    let numbered = (2..).map(|i| format!("{name}#{i}"));
    numbered
        .into_iter()
        .find(|candidate| !taken(candidate))
        .unwrap_or(name)
}
