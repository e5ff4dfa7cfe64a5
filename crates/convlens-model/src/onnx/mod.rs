//! ONNX files: layers with their geometry, read from the graph.

mod batch_norm;
#[cfg(test)]
mod build;
pub(crate) mod external;
mod graph;
mod layers;
mod memory;
mod proto;
mod shapes;
mod tensor;
#[cfg(test)]
mod tests;
mod transposed;
mod values;
mod window;

use prost::Message;
use prost::bytes::Bytes;

use crate::dtype::DType;
use crate::layer::{LayerSpec, Skipped};
pub(crate) use graph::{Graph, is_standard};

pub(crate) use self::batch_norm::without;
pub use self::values::ValueSpec;
pub(crate) use self::values::computed;

/// An input of the graph that is not itself a weight.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct InputSpec {
    /// The input's name.
    pub name: String,
    /// Its dimensions, the batch first; `None` where the file declares no shape (or one of more
    /// than 16 axes), and for a dimension that is symbolic. Empty for a scalar.
    pub shape: Option<Vec<Option<usize>>>,
    /// Its element type; `None` where that is not a float type that is read, as for token indices.
    pub dtype: Option<DType>,
}

/// The first operator set whose operators mean what they mean today.
const OLDEST_OPSET: i64 = 7;

/// A parsed ONNX file.
#[derive(Debug)]
pub(crate) struct Onnx {
    pub(crate) graph: Graph,
    pub(crate) bytes: Bytes,
    pub(crate) inputs: Vec<InputSpec>,
}

impl Onnx {
    /// Where the bytes of a constant tensor begin in the file; the error says why they cannot be
    /// replaced.
    pub(crate) fn offset(&self, name: &str) -> Result<u64, String> {
        let tensor = self.graph.constant(name).ok_or("it is not in the file")?;
        if tensor.is_external() {
            return Err("it lies in another file; save the model as one file first".into());
        }
        let raw = tensor.raw_data.as_ref().ok_or(
            "it is kept as a list of the message; save the model with raw tensor data first",
        )?;
        // The decoder hands out slices of the one buffer, so that addresses tell offsets.
        let offset = (raw.as_ptr() as usize).checked_sub(self.bytes.as_ptr() as usize);
        let same = |&offset: &usize| {
            let end = offset.checked_add(raw.len());
            end.and_then(|end| self.bytes.get(offset..end)) == Some(&raw[..])
        };
        let offset = offset
            .filter(same)
            .ok_or("its place in the file is not known")?;
        u64::try_from(offset).map_err(|e| e.to_string())
    }
}

/// The layers again, where the graph's only input has this shape; the error is a reason without the file's name.
pub(crate) fn with_input_shape(
    graph: &Graph,
    shape: &[usize],
) -> Result<(Vec<LayerSpec>, Vec<Skipped>), String> {
    let inputs = graph.proto.input.iter();
    let inputs: Vec<_> = inputs
        .filter(|value| graph.constant(&value.name).is_none())
        .collect();
    let [input] = inputs[..] else {
        return Err(format!("it takes {} inputs, not one", inputs.len()));
    };
    if let Some(declared) = shapes::declared(input) {
        let agrees = |(d, &n): (&Option<usize>, &usize)| d.is_none_or(|d| d == n);
        if declared.len() != shape.len() || !declared.iter().zip(shape).all(agrees) {
            let dims = declared
                .iter()
                .map(|d| d.map_or("?".into(), |n| n.to_string()));
            let dims: Vec<String> = dims.collect();
            return Err(format!(
                "its input `{}` is [{}], which is not {shape:?}",
                input.name,
                dims.join(", ")
            ));
        }
    }
    let shapes = shapes::infer(graph, Some((&input.name, shape)));
    Ok(layers::find(graph, &shapes))
}

/// Parses a file; the error is a reason without the file's name.
pub(crate) fn parse(bytes: Bytes) -> Result<(Onnx, Vec<LayerSpec>, Vec<Skipped>), String> {
    memory::check(&bytes)?;
    let model = proto::ModelProto::decode(bytes.clone()).map_err(|e| e.to_string())?;
    // Protocol buffers have no magic number: random bytes can decode to an empty message.
    let graph = model
        .graph
        .filter(|g| !g.node.is_empty())
        .ok_or("it holds no graph")?;
    if model.opset_import.is_empty() && model.ir_version == 0 {
        return Err("it declares neither an IR version nor an operator set".into());
    }
    let standard = model
        .opset_import
        .iter()
        .filter(|set| is_standard(&set.domain));
    if let Some(old) = standard.map(|set| set.version).find(|&v| v < OLDEST_OPSET) {
        return Err(format!(
            "its operator set is {old}; {OLDEST_OPSET} and later are read"
        ));
    }
    let graph = Graph::new(graph);
    let shapes = shapes::infer(&graph, None);
    let (layers, skipped) = layers::find(&graph, &shapes);
    let inputs = graph
        .proto
        .input
        .iter()
        .filter(|value| graph.constant(&value.name).is_none())
        .map(|value| InputSpec {
            name: value.name.clone(),
            shape: shapes::declared(value),
            dtype: shapes::element_type(value).and_then(tensor::float_type_of),
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
