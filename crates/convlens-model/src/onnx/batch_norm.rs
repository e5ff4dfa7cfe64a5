//! Batch normalizations that follow a layer and can be folded into it.

use std::collections::HashMap;

use super::graph::Graph;
use super::proto::NodeProto;
use super::shapes::Shapes;
use crate::layer::{FollowingNorm, LayerKind, LayerSpec, SkipReason, Skipped};

/// What ONNX takes where the attribute is absent.
const EPSILON: f32 = 1e-5;

/// Finds for each layer the normalization that alone takes its output, and says so where the
/// normalization is listed.
pub(super) fn attach(
    graph: &Graph,
    shapes: &Shapes,
    layers: &mut [LayerSpec],
    skipped: &mut [Skipped],
) {
    let uses = uses(graph);
    let norms = graph.proto.node.iter().filter(|node| is_norm(node));
    let norms = norms.filter_map(|node| Some((node.input_name(0)?, node)));
    let norms: HashMap<&str, &NodeProto> = norms.collect();
    let mut into: HashMap<String, String> = HashMap::new();
    for layer in layers {
        let Some(output) = &layer.output else {
            continue;
        };
        let Some(norm) = norms.get(&*output.name) else {
            continue;
        };
        // The channels of a dense layer are where the normalization has them only in a table
        // [batch, channels].
        let rank = shapes.get(&output.name).map(Vec::len);
        let alone = uses.get(&*output.name) == Some(&1);
        if !alone || (layer.kind == LayerKind::Dense && rank != Some(2)) {
            continue;
        }
        layer.storage.norm = following(graph, norm);
        if layer.storage.norm.is_some() {
            layer.batch_norm = Some(norm.label().to_owned());
            into.insert(norm.label().to_owned(), layer.name.clone());
        }
    }
    for part in skipped
        .iter_mut()
        .filter(|part| part.kind == "BatchNormalization")
    {
        if let Some(layer) = into.get(&part.name) {
            let layer = layer.clone();
            part.reason = SkipReason::BatchNorm { layer };
        }
    }
}

/// How often each value is taken, as an operator's input or as the graph's output.
fn uses(graph: &Graph) -> HashMap<&str, usize> {
    let inputs = graph.proto.node.iter().flat_map(|node| &node.input);
    let outputs = graph.proto.output.iter().map(|value| &value.name);
    let mut uses = HashMap::new();
    for name in inputs.chain(outputs) {
        *uses.entry(name.as_str()).or_default() += 1;
    }
    uses
}

/// A normalization by stored statistics, channel by channel (opset 8 and before may say otherwise).
fn is_norm(node: &NodeProto) -> bool {
    node.is_standard()
        && node.op_type == "BatchNormalization"
        && node.int("training_mode").unwrap_or(0) == 0
        && node.int("spatial").unwrap_or(1) == 1
}

fn following(graph: &Graph, node: &NodeProto) -> Option<FollowingNorm> {
    let name = |input: usize| {
        let name = node.input_name(input)?;
        graph.constant(name).map(|_| name.to_owned())
    };
    Some(FollowingNorm {
        gamma: name(1)?,
        beta: name(2)?,
        mean: name(3)?,
        variance: name(4)?,
        eps: f64::from(node.float("epsilon").unwrap_or(EPSILON)),
        output: node.output.first()?.clone(),
    })
}
