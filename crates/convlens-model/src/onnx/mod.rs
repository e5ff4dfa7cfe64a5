//! ONNX files: layers with their geometry, read from the graph.

mod graph;
mod layers;
mod proto;
mod shapes;
mod tensor;
mod window;

use prost::Message;
use prost::bytes::Bytes;

use crate::layer::{LayerSpec, Skipped};
pub(crate) use graph::Graph;

/// The first input of the graph that is not itself a weight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputSpec {
    /// The input's name.
    pub name: String,
    /// Its dimensions, the batch first; `None` where a dimension is symbolic. Empty where the
    /// file declares no shape.
    pub shape: Vec<Option<usize>>,
}

/// A parsed ONNX file.
#[derive(Debug)]
pub(crate) struct Onnx {
    pub(crate) graph: Graph,
    pub(crate) bytes: Bytes,
    pub(crate) inputs: Vec<InputSpec>,
}

/// Parses a file; the error is a reason without the file's name.
pub(crate) fn parse(bytes: Bytes) -> Result<(Onnx, Vec<LayerSpec>, Vec<Skipped>), String> {
    let model = proto::ModelProto::decode(bytes.clone()).map_err(|e| e.to_string())?;
    // Protocol buffers have no magic number: random bytes can decode to an empty message.
    let graph = model
        .graph
        .filter(|g| !g.node.is_empty())
        .ok_or("it holds no graph")?;
    if model.opset_import.is_empty() && model.ir_version == 0 {
        return Err("it declares neither an IR version nor an operator set".into());
    }
    let graph = Graph::new(graph);
    let shapes = shapes::infer(&graph);
    let (layers, skipped) = layers::find(&graph, &shapes);
    let inputs = graph
        .proto
        .input
        .iter()
        .filter(|value| graph.constant(&value.name).is_none())
        .map(|value| InputSpec {
            name: value.name.clone(),
            shape: shapes::declared(value).unwrap_or_default(),
        })
        .collect();
    Ok((
        Onnx {
            graph,
            bytes,
            inputs,
        },
        layers,
        skipped,
    ))
}
