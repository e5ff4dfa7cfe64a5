//! Shape inference: the size of every value in the graph, as far as it follows from the file.
//!
//! Only what decides the spatial grid of a layer is modeled. The outputs of any other operator have
//! the shape that the exporter wrote in `value_info`, or are unknown; nothing is guessed.

mod dims;
mod operators;
mod reshape;
mod spatial;

use std::collections::HashMap;

use super::graph::Graph;
use super::proto::{TensorType, ValueInfo};
use super::tensor::MAX_RANK;
use operators::output_shape;

pub(crate) use self::dims::{Dim, Shapes, grid_of};

/// The shapes of all values that follow from the file; `given` is that of an input, whatever the
/// file declares.
pub(crate) fn infer(graph: &Graph, given: Option<(&str, &[usize])>) -> Shapes {
    let mut shapes: Shapes = graph
        .proto
        .input
        .iter()
        .filter_map(|v| Some((v.name.clone(), declared(v)?)))
        .collect();
    if let Some((input, shape)) = given {
        let shape = shape.iter().copied().map(Some).collect();
        shapes.insert(input.to_owned(), shape);
    }
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
            let own = match graph.constant(name) {
                Some(tensor) => tensor
                    .shape()
                    .ok()
                    .map(|shape| shape.into_iter().map(Some).collect()),
                None if i == 0 || node.op_type == "Split" => inferred.clone(),
                None => None,
            };
            let shape = merged(own, written.get(name.as_str()));
            if let Some(shape) = shape.filter(|s| s.len() <= MAX_RANK) {
                shapes.insert(name.clone(), shape);
            }
        }
    }
    shapes
}

/// The shape that a value's declaration gives; symbols and non-positive numbers are unknown, and
/// so is a shape of more than [`MAX_RANK`] axes.
pub(crate) fn declared(value: &ValueInfo) -> Option<Vec<Dim>> {
    let shape = tensor_type(value)?
        .shape
        .as_ref()
        .filter(|s| s.dim.len() <= MAX_RANK)?;
    let dim = |d: Option<i64>| d.and_then(|v| usize::try_from(v).ok()).filter(|&v| v > 0);
    Some(shape.dim.iter().map(|d| dim(d.dim_value)).collect())
}

/// The code of a value's element type, where its declaration gives one.
pub(crate) fn element_type(value: &ValueInfo) -> Option<i32> {
    Some(tensor_type(value)?.elem_type)
}

fn tensor_type(value: &ValueInfo) -> Option<&TensorType> {
    value.r#type.as_ref()?.tensor_type.as_ref()
}

/// What was inferred, its unknown dimensions filled from what the exporter wrote.
fn merged(inferred: Option<Vec<Dim>>, written: Option<&Vec<Dim>>) -> Option<Vec<Dim>> {
    match (inferred, written) {
        (Some(inferred), Some(written)) if inferred.len() == written.len() => {
            let pairs = inferred.into_iter().zip(written);
            Some(pairs.map(|(own, &given)| own.or(given)).collect())
        }
        (Some(inferred), _) => Some(inferred),
        (None, written) => written.cloned(),
    }
}
