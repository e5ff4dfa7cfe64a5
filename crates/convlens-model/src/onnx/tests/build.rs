//! Small ONNX graphs for tests, written as bytes and read back through the front door.

use prost::Message;

use crate::format::Format;
use crate::model::Model;
use crate::onnx::proto::{
    AttributeProto, Dimension, GraphProto, ModelProto, NodeProto, OperatorSetId, TensorProto,
    TensorShape, TensorType, TypeProto, ValueInfo,
};

pub(crate) fn node(
    op: &str,
    inputs: &[&str],
    outputs: &[&str],
    attributes: &[AttributeProto],
) -> NodeProto {
    let names = |list: &[&str]| list.iter().map(ToString::to_string).collect();
    NodeProto {
        input: names(inputs),
        output: names(outputs),
        name: String::new(),
        op_type: op.into(),
        attribute: attributes.to_vec(),
        domain: String::new(),
    }
}

pub(crate) fn attribute(name: &str) -> AttributeProto {
    AttributeProto {
        name: name.into(),
        ..AttributeProto::default()
    }
}

pub(crate) fn int(name: &str, value: i64) -> AttributeProto {
    AttributeProto {
        i: Some(value),
        ..attribute(name)
    }
}

pub(crate) fn ints(name: &str, values: &[i64]) -> AttributeProto {
    AttributeProto {
        ints: values.to_vec(),
        ..attribute(name)
    }
}

pub(crate) fn text(name: &str, value: &str) -> AttributeProto {
    AttributeProto {
        s: Some(value.to_owned().into()),
        ..attribute(name)
    }
}

/// A tensor of the numbers 0, 1, 2 ...
pub(crate) fn floats(name: &str, dims: &[i64]) -> TensorProto {
    let count = dims.iter().product::<i64>();
    TensorProto {
        name: name.into(),
        ..TensorProto::of_floats(dims.to_vec(), (0..count).map(|v| v as f32).collect())
    }
}

pub(crate) fn integers(name: &str, values: &[i64]) -> TensorProto {
    TensorProto {
        name: name.into(),
        ..TensorProto::of_integers(vec![values.len() as i64], values.to_vec())
    }
}

/// A float value; -1 is an unknown dimension.
pub(crate) fn value(name: &str, dims: &[i64]) -> ValueInfo {
    let dim = |&d: &i64| Dimension {
        dim_value: (d >= 0).then_some(d),
        dim_param: None,
    };
    let shape = TensorShape {
        dim: dims.iter().map(dim).collect(),
    };
    ValueInfo {
        name: name.into(),
        r#type: Some(TypeProto {
            tensor_type: Some(TensorType {
                elem_type: 1,
                shape: Some(shape),
            }),
        }),
    }
}

/// A graph with the input `x`.
pub(crate) fn graph(x: &[i64], nodes: Vec<NodeProto>, initializer: Vec<TensorProto>) -> GraphProto {
    GraphProto {
        node: nodes,
        initializer,
        input: vec![value("x", x)],
        ..GraphProto::default()
    }
}

pub(crate) fn open(graph: GraphProto) -> Model {
    let file = ModelProto {
        ir_version: 8,
        graph: Some(graph),
        opset_import: vec![OperatorSetId {
            domain: String::new(),
            version: 17,
        }],
    };
    Model::from_bytes("built.onnx", Format::Onnx, file.encode_to_vec()).unwrap()
}
