//! A model file: its layers, and their weights on demand.

use std::path::{Path, PathBuf};

use convlens_svd::ConvKernel;
use prost::bytes::Bytes;

use crate::error::ModelError;
use crate::layer::{LayerSpec, Skipped};
use crate::onnx::{self, InputSpec, Onnx};
use crate::weights::{self, Weights};

/// The formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Format {
    /// ONNX: a graph with weights, geometry and shapes.
    Onnx,
    /// safetensors: named tensors, without operators or geometry.
    Safetensors,
}

impl Format {
    /// The name that users know the format by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Format::Onnx => "ONNX",
            Format::Safetensors => "safetensors",
        }
    }
}

/// An opened model: what its layers are, and where their weights lie.
///
/// Weights are decoded one layer at a time, by [`Model::kernel`].
///
/// ```
/// use convlens_model::{LayerKind, Model};
///
/// let model = Model::open(convlens_fixtures::digits_onnx())?;
/// let conv3 = model.layers().iter().position(|l| l.weight == "conv3.weight").unwrap();
/// let spec = &model.layers()[conv3];
/// assert_eq!(spec.kind, LayerKind::Conv);
/// assert_eq!(spec.geometry.stride(), [2, 2]);
/// assert_eq!(spec.grid.as_deref(), Some(&[8, 8][..]));
/// assert_eq!(model.kernel(conv3)?.shape(), [64, 64, 3, 3]);
/// # Ok::<(), convlens_model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct Model {
    path: PathBuf,
    layers: Vec<LayerSpec>,
    skipped: Vec<Skipped>,
    source: Source,
}

#[derive(Debug)]
enum Source {
    Onnx(Box<Onnx>),
    Safetensors(Weights),
}

impl Model {
    /// Opens a file; its extension says which format it is.
    ///
    /// # Errors
    ///
    /// [`ModelError::UnknownFormat`] for any extension but `.onnx` and `.safetensors`,
    /// [`ModelError::Io`] if the file cannot be read, [`ModelError::Malformed`] if it is not what
    /// its extension says.
    pub fn open(path: impl AsRef<Path>) -> Result<Model, ModelError> {
        let path = path.as_ref();
        let extension = path.extension().map(|e| e.to_ascii_lowercase());
        let format = match extension.as_ref().and_then(|e| e.to_str()) {
            Some("onnx") => Format::Onnx,
            Some("safetensors") => Format::Safetensors,
            _ => {
                return Err(ModelError::UnknownFormat {
                    path: path.to_owned(),
                });
            }
        };
        let bytes = std::fs::read(path).map_err(|cause| ModelError::Io {
            path: path.to_owned(),
            cause,
        })?;
        Model::from_bytes(path, format, bytes)
    }

    /// Reads a model from memory. `path` is the name under which results and errors speak of it.
    ///
    /// # Errors
    ///
    /// [`ModelError::Malformed`] if the bytes are not a file of that format.
    pub fn from_bytes(
        path: impl Into<PathBuf>,
        format: Format,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Model, ModelError> {
        let path = path.into();
        let bytes = Bytes::from(bytes.into());
        let parsed = match format {
            Format::Onnx => onnx::parse(bytes)
                .map(|(onnx, layers, skipped)| (Source::Onnx(Box::new(onnx)), layers, skipped)),
            Format::Safetensors => weights::parse(bytes)
                .map(|(weights, layers, skipped)| (Source::Safetensors(weights), layers, skipped)),
        };
        match parsed {
            Ok((source, layers, skipped)) => Ok(Model {
                path,
                layers,
                skipped,
                source,
            }),
            Err(reason) => Err(ModelError::Malformed {
                path,
                format: format.name(),
                reason,
            }),
        }
    }

    /// The path or name it was opened under.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file's format.
    #[must_use]
    pub fn format(&self) -> Format {
        match self.source {
            Source::Onnx(_) => Format::Onnx,
            Source::Safetensors(_) => Format::Safetensors,
        }
    }

    /// The linear layers: in the graph's order, or sorted by name where there is no graph.
    #[must_use]
    pub fn layers(&self) -> &[LayerSpec] {
        &self.layers
    }

    /// Everything else that carries weights, with the reason why it is left out.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// What the model takes in; empty for a format without a graph.
    #[must_use]
    pub fn inputs(&self) -> &[InputSpec] {
        match &self.source {
            Source::Onnx(onnx) => &onnx.inputs,
            Source::Safetensors(_) => &[],
        }
    }

    /// The bytes of a file that can be run; `None` for a format without a graph.
    #[must_use]
    pub fn runnable(&self) -> Option<&[u8]> {
        match &self.source {
            Source::Onnx(onnx) => Some(&onnx.bytes),
            Source::Safetensors(_) => None,
        }
    }

    /// Decodes one layer's weights to a kernel with its geometry.
    ///
    /// # Errors
    ///
    /// [`ModelError::Tensor`] if bytes and shape disagree, [`ModelError::Kernel`] if a weight is
    /// not finite (its index and value are named) or shape and geometry do not fit.
    ///
    /// # Panics
    ///
    /// If `layer >= self.layers().len()`.
    pub fn kernel(&self, layer: usize) -> Result<ConvKernel, ModelError> {
        let spec = &self.layers[layer];
        let mut weights = self.tensor(&spec.weight)?;
        if spec.storage.scale != 1.0 {
            weights.iter_mut().for_each(|w| *w *= spec.storage.scale);
        }
        if spec.storage.transposed && spec.shape.len() == 2 {
            weights = transposed(&weights, spec.shape[0], spec.shape[1]);
        }
        ConvKernel::new(weights, &spec.shape, spec.geometry.clone()).map_err(|cause| {
            ModelError::Kernel {
                path: self.path.clone(),
                layer: spec.name.clone(),
                cause,
            }
        })
    }

    /// The bias that is part of the layer's own operator, one number for each output channel (a
    /// single stored number is repeated); `None` where it has none, or where it is computed while
    /// the model runs.
    ///
    /// # Errors
    ///
    /// [`ModelError::Tensor`] if the bias cannot be read, or has neither one number nor one for
    /// each output channel.
    ///
    /// # Panics
    ///
    /// If `layer >= self.layers().len()`.
    pub fn bias(&self, layer: usize) -> Result<Option<Vec<f64>>, ModelError> {
        let spec = &self.layers[layer];
        let (Source::Onnx(onnx), Some((name, factor))) = (&self.source, &spec.storage.bias) else {
            return Ok(None);
        };
        if onnx.graph.constant(name).is_none() {
            return Ok(None);
        }
        let mut bias = self.tensor(name)?;
        bias.iter_mut().for_each(|b| *b *= factor);
        match spec.output_channels() {
            Some(channels) if channels == bias.len() => Ok(Some(bias)),
            Some(channels) if bias.len() == 1 => Ok(Some(vec![bias[0]; channels])),
            channels => {
                let channels = channels.map_or("too many".into(), |c| c.to_string());
                let found = bias.len();
                let reason = format!("{found} biases for {channels} output channels");
                Err(self.tensor_error(name, reason))
            }
        }
    }

    fn tensor(&self, name: &str) -> Result<Vec<f64>, ModelError> {
        let values = match &self.source {
            Source::Onnx(onnx) => onnx
                .graph
                .constant(name)
                .ok_or_else(|| "it is not in the file".to_owned())
                .and_then(|tensor| tensor.floats()),
            Source::Safetensors(weights) => weights.read(name),
        };
        values.map_err(|reason| self.tensor_error(name, reason))
    }

    fn tensor_error(&self, name: &str, reason: String) -> ModelError {
        ModelError::Tensor {
            path: self.path.clone(),
            tensor: name.to_owned(),
            reason,
        }
    }
}

/// Turns `[columns, rows]` as stored into `[rows, columns]`.
fn transposed(stored: &[f64], rows: usize, columns: usize) -> Vec<f64> {
    (0..rows)
        .flat_map(|r| (0..columns).map(move |c| stored[c * rows + r]))
        .collect()
}
