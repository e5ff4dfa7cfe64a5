//! ONNX files: layers with their geometry, read from the graph.
//!
//! [`proto`] are the messages of a file and [`memory`] the guard before they are decoded;
//! [`tensor`] and [`graph`] give constants and attributes; [`shapes`] infers the size of every
//! value; [`window`] reads strides and padding; [`layers`] finds the linear operators and
//! [`batch_norm`] the normalizations behind them.

mod batch_norm;
mod graph;
mod layers;
mod memory;
mod proto;
mod shapes;
mod tensor;
#[cfg(test)]
mod tests;
mod window;

use std::path::{Path, PathBuf};

use prost::Message;
use prost::bytes::Bytes;

use self::graph::{Graph, is_standard};
use crate::error::Cause;
use crate::layer::{InputSpec, LayerSpec, Skipped, ValueSpec};

/// The first operator set whose operators mean what they mean today.
const OLDEST_OPSET: i64 = 7;

/// A parsed ONNX file.
#[derive(Debug)]
pub(crate) struct Onnx {
    pub(crate) graph: Graph,
    pub(crate) bytes: Bytes,
    pub(crate) inputs: Vec<InputSpec>,
    /// Where files are that the graph names; none for a model in memory.
    folder: Option<PathBuf>,
}

impl Onnx {
    /// Where the bytes of a constant tensor begin in the file; the error says why they cannot be
    /// replaced.
    pub(crate) fn offset(&self, name: &str) -> Result<u64, String> {
        let tensor = self.graph.constant(name).ok_or("it is not in the file")?;
        if tensor.is_external() {
            return Err("it is stored in another file; save the model as one file first".into());
        }
        let raw = tensor.raw_data.as_ref().ok_or(
            "it is stored as a list of numbers; save the model with raw tensor data first",
        )?;
        // The decoder hands out slices of the one buffer, so that addresses tell offsets.
        let offset = (raw.as_ptr() as usize).checked_sub(self.bytes.as_ptr() as usize);
        let same = |&offset: &usize| {
            let end = offset.checked_add(raw.len());
            end.and_then(|end| self.bytes.get(offset..end)) == Some(&raw[..])
        };
        let offset = offset
            .filter(same)
            .ok_or("its place in the file is unknown")?;
        u64::try_from(offset).map_err(|e| e.to_string())
    }

    /// The layers again, where the graph's only input has this shape.
    pub(crate) fn with_input_shape(
        &self,
        shape: &[usize],
    ) -> Result<(Vec<LayerSpec>, Vec<Skipped>), String> {
        let graph = &self.graph;
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

    /// All elements of a constant tensor, in row-major order.
    pub(crate) fn read(&self, name: &str) -> Result<Vec<f64>, Cause> {
        let tensor = self.graph.constant(name).ok_or("it is not in the file")?;
        tensor.floats_in(self.folder.as_deref())
    }

    /// The files in the model's folder or below that hold tensors, with the names that the model
    /// gives them.
    pub(crate) fn external_files(&self) -> Vec<(String, PathBuf)> {
        let folder = self.folder.as_deref();
        folder.map_or_else(Vec::new, |folder| self.graph.external_files(folder))
    }

    /// All values that operators compute, in the graph's order, except stored constants.
    pub(crate) fn computed(&self) -> Vec<ValueSpec> {
        let nodes = self.graph.proto.node.iter();
        let nodes = nodes.filter(|n| n.op_type != "Constant");
        let outputs = nodes.flat_map(|node| node.output.iter().map(move |name| (node, name)));
        outputs
            .filter(|(_, name)| !name.is_empty())
            .map(|(node, name)| ValueSpec {
                name: name.clone(),
                operator: node.name.clone(),
                op_type: node.op_type.clone(),
            })
            .collect()
    }

    /// Parses a file; errors do not repeat its name. `folder` is where it is, if it is a file.
    pub(crate) fn parse(
        bytes: Vec<u8>,
        folder: Option<PathBuf>,
    ) -> Result<(Onnx, Vec<LayerSpec>, Vec<Skipped>), Cause> {
        let bytes = Bytes::from(bytes);
        memory::check(&bytes)?;
        let model = proto::ModelProto::decode(bytes.clone())?;
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
                "its operator set is {old}; {OLDEST_OPSET} and later are supported"
            )
            .into());
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
                folder,
            },
            layers,
            skipped,
        ))
    }
}

/// The files that hold tensors of a model which is not open; none where it cannot be read.
pub(crate) fn external_files_of(path: &Path) -> Vec<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let files = std::fs::read(path)
        .ok()
        .and_then(|bytes| Onnx::parse(bytes, Some(folder)).ok())
        .map(|(onnx, ..)| onnx.external_files());
    let files = files.unwrap_or_default().into_iter();
    files.map(|(_, file)| file).collect()
}
