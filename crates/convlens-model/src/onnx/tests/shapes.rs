//! The grid of a convolution behind one operator or two, in graphs built for the purpose.

use super::super::proto::{AttributeProto, GraphProto, NodeProto, TensorProto};
use super::build::{attribute, floats, graph, int, integers, ints, node, open, value};
use crate::onnx::graph::Graph;
use crate::onnx::shapes::infer;
use crate::onnx::tensor::MAX_RANK;

/// The grid of a pointwise convolution that takes `t`.
fn grid(x: &[i64], mut nodes: Vec<NodeProto>, initializer: Vec<TensorProto>) -> Option<Vec<usize>> {
    nodes.push(node("Conv", &["t", "w"], &["y"], &[]));
    let mut graph = graph(x, nodes, initializer);
    graph.initializer.push(floats("w", &[1, 1, 1, 1]));
    grid_of(graph)
}

fn grid_of(graph: GraphProto) -> Option<Vec<usize>> {
    let model = open(graph);
    let layer = model.layers().iter().find(|l| l.weight == "w").unwrap();
    layer.grid.clone()
}

#[test]
fn a_shape_of_many_axes_is_not_kept() {
    let relu = node("Relu", &["x"], &["t"], &[]);
    let long = graph(&[1; MAX_RANK + 1], vec![relu.clone()], vec![]);
    let mut wide = graph(&[1; MAX_RANK], vec![relu], vec![]);
    wide.initializer.push(floats("long", &[1; MAX_RANK + 1]));
    assert!(infer(&Graph::new(long), None).is_empty());
    let kept = infer(&Graph::new(wide), None);
    assert_eq!(kept.len(), 2);
    assert_eq!(kept["t"].len(), MAX_RANK);
    let target = vec![1; MAX_RANK + 1];
    let nodes = vec![node("Reshape", &["x", "s"], &["t"], &[])];
    let reshaped = infer(
        &Graph::new(graph(&[1], nodes, vec![integers("s", &target)])),
        None,
    );
    assert!(!reshaped.contains_key("t"));
}

#[test]
fn a_split_without_outputs_is_no_panic() {
    let nodes = vec![
        node("Split", &["x"], &[], &[int("axis", 1)]),
        node("Relu", &["x"], &["t"], &[]),
    ];
    assert_eq!(grid(&[1, 1, 8, 6], nodes, vec![]), Some(vec![8, 6]));
}

#[test]
fn constants_of_every_form_have_shapes() {
    let number = |a: AttributeProto| node("Constant", &[], &["c"], &[a]);
    let divide = node("Div", &["x", "c"], &["t"], &[]);
    let forms = [
        AttributeProto {
            f: Some(6.0),
            ..attribute("value_float")
        },
        AttributeProto {
            floats: vec![6.0],
            ..attribute("value_floats")
        },
        int("value_int", 6),
        ints("value_ints", &[6]),
        AttributeProto {
            t: Some(Box::new(floats("", &[1, 1, 1]))),
            ..attribute("value")
        },
    ];
    for form in forms {
        let nodes = vec![number(form.clone()), divide.clone()];
        assert_eq!(
            grid(&[1, 1, 8, 6], nodes, vec![]),
            Some(vec![8, 6]),
            "{form:?}"
        );
    }
    let nodes = vec![
        number(ints("value_ints", &[0, 1, 8, -1])),
        node("Reshape", &["x", "c"], &["t"], &[]),
    ];
    assert_eq!(grid(&[-1, 32], nodes, vec![]), Some(vec![8, 4]));
}

#[test]
fn empty_axes_reduce_everything_unless_told_otherwise() {
    for (attributes, expected) in [
        (vec![], vec![1, 1]),
        (vec![int("noop_with_empty_axes", 1)], vec![8, 6]),
    ] {
        let nodes = vec![node("ReduceMean", &["x", "axes"], &["t"], &attributes)];
        let found = grid(&[1, 1, 8, 6], nodes, vec![integers("axes", &[])]);
        assert_eq!(found, Some(expected));
    }
}

#[test]
fn an_attribute_without_its_value_is_zero() {
    // Writers of proto3 omit the 0 of `keepdims = 0`.
    let attributes = [attribute("keepdims"), ints("axes", &[1])];
    let nodes = vec![node("ReduceSum", &["x"], &["t"], &attributes)];
    assert_eq!(grid(&[1, 5, 1, 8, 6], nodes, vec![]), Some(vec![8, 6]));
}

#[test]
fn written_and_inferred_dimensions_complete_each_other() {
    let nodes = vec![
        node("Relu", &["x"], &["t"], &[]),
        node("Conv", &["t", "w"], &["y"], &[]),
    ];
    let mut graph = graph(&[1, 1, -1, 6], nodes, vec![floats("w", &[1, 1, 1, 1])]);
    graph.value_info.push(value("t", &[1, 1, 8, -1]));
    assert_eq!(grid_of(graph), Some(vec![8, 6]));
}

#[test]
fn the_grid_behind_a_transposed_convolution_uses_its_own_padding() {
    let same = super::build::text("auto_pad", "SAME_UPPER");
    for (attributes, expected) in [
        (vec![ints("strides", &[2, 2]), same], vec![10, 8]),
        (
            vec![ints("strides", &[2, 2]), ints("output_shape", &[9, 7])],
            vec![9, 7],
        ),
    ] {
        let nodes = vec![node("ConvTranspose", &["x", "up"], &["t"], &attributes)];
        let found = grid(&[1, 1, 5, 4], nodes, vec![floats("up", &[1, 1, 3, 3])]);
        assert_eq!(found, Some(expected));
    }
}
