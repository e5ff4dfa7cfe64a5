//! From nodes to layers: which operators are linear, and what their attributes mean.

use std::collections::{HashMap, HashSet};

use convlens_svd::{Direction, Geometry};

use super::batch_norm;
use super::graph::{Graph, Weight};
use super::proto::NodeProto;
use super::shapes::{Shapes, grid_of};
use super::window::{Transposed, Window};
use crate::layer::{
    Assumption, ChannelAxis, LayerKind, LayerSpec, OutputValue, SkipReason, Skipped, Storage,
};

/// All linear layers of a graph, in its order, and the weights that are skipped.
pub(crate) fn find(graph: &Graph, shapes: &Shapes) -> (Vec<LayerSpec>, Vec<Skipped>) {
    let mut layers = Vec::new();
    let mut skipped = Vec::new();
    let mut names = Names::default();
    for node in &graph.proto.node {
        let found = match node.op_type.as_str() {
            _ if node.has_subgraph() => Err(SkipReason::Unsupported("a subgraph".into())),
            _ if is_constant(graph, node) => continue,
            op if !node.is_standard() && holds_weights(graph, node) => {
                let domain = &node.domain;
                let what = format!("the operator {op} of the domain {domain}");
                Err(SkipReason::Unsupported(what))
            }
            _ if !node.is_standard() => continue,
            // Their constants are sizes, not weights.
            "Resize" | "Upsample" => continue,
            "Conv" => convolution(graph, shapes, node, LayerKind::Conv),
            "ConvTranspose" => convolution(graph, shapes, node, LayerKind::ConvTranspose),
            "Gemm" => gemm(graph, node),
            "MatMul" => mat_mul(graph, node),
            op if QUANTIZED.contains(&op) => Err(SkipReason::Quantized {
                operator: op.to_owned(),
            }),
            op if OTHER_LINEAR.contains(&op) => {
                Err(SkipReason::Unsupported(format!("the operator {op}")))
            }
            _ if holds_weights(graph, node) => Err(SkipReason::NotLinear),
            _ => continue,
        };
        match found {
            Ok(mut layer) => {
                layer.name = names.unique(layer.name);
                layers.push(layer);
            }
            Err(reason) => {
                let kind = node.op_type.clone();
                skipped.push(Skipped {
                    name: node.label().to_owned(),
                    kind,
                    reason,
                });
            }
        }
    }
    batch_norm::attach(graph, shapes, &mut layers, &mut skipped);
    (layers, skipped)
}

/// Linear operators whose weights have a form that is not supported.
const OTHER_LINEAR: [&str; 5] = ["DeformConv", "Einsum", "GRU", "LSTM", "RNN"];

/// Linear operators on integers.
const QUANTIZED: [&str; 4] = [
    "ConvInteger",
    "MatMulInteger",
    "QLinearConv",
    "QLinearMatMul",
];

fn convolution(
    graph: &Graph,
    shapes: &Shapes,
    node: &NodeProto,
    kind: LayerKind,
) -> Result<LayerSpec, SkipReason> {
    let weight = weight(graph, node, 1)?;
    let shape = weight.tensor.shape().map_err(SkipReason::Unreadable)?;
    if shape.len() < 3 || shape.contains(&0) {
        return Err(SkipReason::Unreadable(format!(
            "its weight has the shape {shape:?}, which is no kernel"
        )));
    }
    let size = &shape[2..];
    let input = node.input_name(0).unwrap_or_default();
    let grid = grid_of(shapes, input).filter(|n| n.len() == size.len());
    let (window, direction) = match kind {
        LayerKind::ConvTranspose => Transposed::of(node, size, grid.as_deref()).map(|t| {
            let output_padding = t.output_padding;
            (t.window, Direction::Transposed { output_padding })
        }),
        _ => Window::of(node, size, grid.as_deref()).map(|w| (w, Direction::Forward)),
    }
    .map_err(SkipReason::Unreadable)?;
    let groups = match usize::try_from(node.int("group").unwrap_or(1)) {
        Ok(groups) if groups > 0 => groups,
        _ => {
            return Err(SkipReason::Unreadable(
                "attribute `group` is not positive".into(),
            ));
        }
    };
    let geometry = Geometry::new(size.len())
        .with_stride(&window.stride)
        .with_dilation(&window.dilation)
        .with_padding(&window.padding)
        .with_groups(groups)
        .with_direction(direction);
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
        ..spec(node, kind, weight, shape, ChannelAxis::Second)?
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
        ..Storage::plain()
    };
    dense(graph, node, storage)
}

fn mat_mul(graph: &Graph, node: &NodeProto) -> Result<LayerSpec, SkipReason> {
    if node
        .input_name(0)
        .is_some_and(|n| graph.weight(n).is_some())
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

/// `storage` says how the operator takes its weight; the weight itself may be a transpose too.
fn dense(graph: &Graph, node: &NodeProto, mut storage: Storage) -> Result<LayerSpec, SkipReason> {
    let weight = weight(graph, node, 1)?;
    let mut shape = weight.tensor.shape().map_err(SkipReason::Unreadable)?;
    if shape.len() != 2 {
        return Err(SkipReason::Unsupported(format!(
            "a dense weight of shape {shape:?}"
        )));
    }
    storage.transposed ^= weight.transposed;
    if storage.transposed {
        shape.reverse();
    }
    let spec = spec(node, LayerKind::Dense, weight, shape, ChannelAxis::Last)?;
    Ok(LayerSpec { storage, ..spec })
}

/// What all kinds of layers have in common.
fn spec(
    node: &NodeProto,
    kind: LayerKind,
    weight: Weight<'_>,
    shape: Vec<usize>,
    channel_axis: ChannelAxis,
) -> Result<LayerSpec, SkipReason> {
    let dtype = weight.tensor.float_type().map_err(SkipReason::Unreadable)?;
    let output = node.output.first().filter(|n| !n.is_empty());
    Ok(LayerSpec {
        name: if node.name.is_empty() {
            weight.name.to_owned()
        } else {
            node.name.clone()
        },
        kind,
        weight: weight.name.to_owned(),
        shape,
        dtype,
        geometry: Geometry::new(0),
        grid: Some(Vec::new()),
        output: output.map(|name| OutputValue {
            name: name.clone(),
            channel_axis,
        }),
        assumptions: Vec::new(),
        batch_norm: None,
        storage: Storage::plain(),
    })
}

/// The weight of a node.
fn weight<'g>(graph: &'g Graph, node: &NodeProto, input: usize) -> Result<Weight<'g>, SkipReason> {
    let name = node.input_name(input).unwrap_or_default();
    graph
        .weight(name)
        .ok_or_else(|| match graph.is_dequantized(name) {
            true => SkipReason::Quantized {
                operator: "DequantizeLinear".into(),
            },
            false => SkipReason::NoConstantWeight,
        })
}

fn bias(node: &NodeProto, input: usize, factor: f64) -> Option<(String, f64)> {
    node.input_name(input).map(|name| (name.to_owned(), factor))
}

/// Whether a node's output is a stored tensor, possibly transposed or cast.
fn is_constant(graph: &Graph, node: &NodeProto) -> bool {
    let output = node.output.first();
    output.is_some_and(|name| graph.weight(name).is_some())
}

/// Whether a node has a constant float input with more than one element.
fn holds_weights(graph: &Graph, node: &NodeProto) -> bool {
    node.input
        .iter()
        .filter_map(|name| graph.weight(name))
        .any(|w| w.tensor.float_type().is_ok() && w.tensor.dims.iter().any(|&d| d > 1))
}

/// The names in use, and for each the number to try next.
#[derive(Debug, Default)]
struct Names {
    taken: HashSet<String>,
    next: HashMap<String, usize>,
}

impl Names {
    /// The name itself, or with the least number behind it that makes it unique.
    fn unique(&mut self, name: String) -> String {
        if self.taken.insert(name.clone()) {
            return name;
        }
        let next = self.next.entry(name.clone()).or_insert(2);
        loop {
            let candidate = format!("{name}#{next}");
            *next += 1;
            if self.taken.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
}
