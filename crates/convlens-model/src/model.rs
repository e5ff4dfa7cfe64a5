//! A model file: its layers, and their weights on demand.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use prost::bytes::Bytes;

use crate::error::ModelError;
use crate::format::Format;
use crate::layer::{LayerSpec, Note, Skipped};
use crate::onnx::{self, InputSpec, Onnx, ValueSpec};
use crate::source::Source as ByteSource;
use crate::tensors::{Contents, Tensors};

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
    notes: Vec<Note>,
    format: Format,
    source: Source,
    /// Where files lie that the model's names; none for a model in memory.
    folder: Option<PathBuf>,
}

#[derive(Debug)]
enum Source {
    Onnx(Box<Onnx>),
    Tensors(Tensors),
}

impl Model {
    /// Opens a file, whose extension says which format it is ([`Format::of_path`]), or a folder that
    /// holds one model.
    ///
    /// Only an ONNX file is read whole, but for weights that it keeps in other files of its folder. Of
    /// the others the header is, and a layer's weights when they
    /// are asked for; the file stays open until then.
    ///
    /// # Errors
    ///
    /// [`ModelError::UnknownFormat`] for any other extension, [`ModelError::Io`] if the file cannot be
    /// read, [`ModelError::Malformed`] if it is not what its extension says,
    /// [`ModelError::Folder`] if a folder holds no model or several.
    pub fn open(path: impl AsRef<Path>) -> Result<Model, ModelError> {
        let path = path.as_ref();
        let io = |cause| ModelError::Io {
            path: path.to_owned(),
            cause,
        };
        if path.is_dir() {
            return Model::open(Model::file_of_folder(path)?);
        }
        let Some(format) = Format::of_path(path) else {
            return Err(ModelError::UnknownFormat {
                path: path.to_owned(),
            });
        };
        // That it is there and may be read is asked first: parsers' words for it differ.
        let source = ByteSource::open(path).map_err(io)?;
        let opened = match format {
            Format::Onnx => {
                let mut model = Model::from_bytes(path, format, std::fs::read(path).map_err(io)?)?;
                model.folder = Some(path.parent().unwrap_or(Path::new("")).to_owned());
                return Ok(model);
            }
            Format::Safetensors => Tensors::safetensors(source),
            Format::SafetensorsIndex | Format::PytorchIndex => Tensors::sharded(path),
            Format::Pytorch => Tensors::pytorch(path),
            Format::Numpy => Tensors::numpy(path),
        };
        Model::of_tensors(path.to_owned(), format, opened)
    }

    /// Reads a model from memory. `path` is the name under which results and errors speak of it.
    ///
    /// # Errors
    ///
    /// [`ModelError::Malformed`] if the bytes are not a file of that format;
    /// [`ModelError::NeedsFile`] for the formats that are read from files only: all but ONNX and
    /// safetensors.
    pub fn from_bytes(
        path: impl Into<PathBuf>,
        format: Format,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Model, ModelError> {
        let path = path.into();
        let bytes = Bytes::from(bytes.into());
        match format {
            Format::Onnx => match onnx::parse(bytes) {
                Ok((onnx, layers, skipped)) => Ok(Model {
                    path,
                    layers,
                    skipped,
                    notes: Vec::new(),
                    format,
                    source: Source::Onnx(Box::new(onnx)),
                    folder: None,
                }),
                Err(reason) => Err(malformed(path, format, reason)),
            },
            Format::Safetensors => Model::of_tensors(
                path,
                format,
                Tensors::safetensors(ByteSource::Memory(bytes)),
            ),
            _ => Err(ModelError::NeedsFile {
                path,
                format: format.name(),
            }),
        }
    }

    fn of_tensors(
        path: PathBuf,
        format: Format,
        opened: Result<(Tensors, Contents), String>,
    ) -> Result<Model, ModelError> {
        match opened {
            Ok((tensors, contents)) => Ok(Model {
                path,
                layers: contents.layers,
                skipped: contents.skipped,
                notes: contents.notes,
                format,
                source: Source::Tensors(tensors),
                folder: None,
            }),
            Err(reason) => Err(malformed(path, format, reason)),
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
        self.format
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

    /// What was done to the file: a prefix of its names taken away, batch normalisation folded into layers.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// What the model takes in; empty for a format without a graph.
    #[must_use]
    pub fn inputs(&self) -> &[InputSpec] {
        match &self.source {
            Source::Onnx(onnx) => &onnx.inputs,
            Source::Tensors(_) => &[],
        }
    }

    /// The values that the graph computes, in its order; empty for a format without a graph.
    #[must_use]
    pub fn values(&self) -> Vec<ValueSpec> {
        match &self.source {
            Source::Onnx(onnx) => onnx::computed(&onnx.graph),
            Source::Tensors(_) => Vec::new(),
        }
    }

    /// States the shape of the input, the batch first, where the file leaves dimensions open: the grids of all layers
    /// follow from it. What was [selected](Model::select), hinted or folded before is undone; [`inputs`](Model::inputs)
    /// stay as the file declares them.
    ///
    /// # Errors
    ///
    /// [`ModelError::InputShape`] for a format without a graph, a graph without exactly one input, a shape of another
    /// rank, or one that contradicts what the file declares.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_model::Model;
    ///
    /// let mut model = Model::open(convlens_fixtures::digits_onnx())?;
    /// model.set_input_shape(&[1, 1, 8, 8])?;
    /// assert_eq!(model.layers()[0].grid.as_deref(), Some(&[8, 8][..]));
    /// let error = model.set_input_shape(&[1, 3, 8, 8]).unwrap_err().to_string();
    /// assert!(error.contains("[?, 1, 8, 8], which is not [1, 3, 8, 8]"));
    /// # Ok::<(), convlens_model::ModelError>(())
    /// ```
    pub fn set_input_shape(&mut self, shape: &[usize]) -> Result<(), ModelError> {
        let found = match &self.source {
            Source::Onnx(onnx) => onnx::with_input_shape(&onnx.graph, shape),
            Source::Tensors(_) => Err("the format has no graph; give grids by layer".into()),
        };
        match found {
            Ok((layers, skipped)) => {
                self.layers = layers;
                self.skipped = skipped;
                self.notes
                    .retain(|n| !matches!(n, Note::BatchNormFolded { .. }));
                Ok(())
            }
            Err(reason) => Err(ModelError::InputShape {
                path: self.path.clone(),
                reason,
            }),
        }
    }

    /// The bytes of a file that can be run; `None` for a format without a graph.
    #[must_use]
    pub fn runnable(&self) -> Option<&[u8]> {
        match &self.source {
            Source::Onnx(onnx) => Some(&onnx.bytes),
            Source::Tensors(_) => None,
        }
    }

    /// The files that hold weights beside the model's own, sorted by the names that it gives them: the external data of an
    /// ONNX model, as far as they are there, in its folder or below, and the files of an index. None for a model in memory.
    #[must_use]
    pub fn external_files(&self) -> Vec<(String, PathBuf)> {
        match (&self.source, &self.folder) {
            (Source::Onnx(onnx), Some(folder)) => onnx::external::files(&onnx.graph, folder),
            (Source::Onnx(_), None) => Vec::new(),
            (Source::Tensors(tensors), _) => {
                let named = |name: &str| (name.to_owned(), self.path.with_file_name(name));
                tensors.files().into_iter().map(named).collect()
            }
        }
    }

    pub(crate) fn set_layers(&mut self, layers: Vec<LayerSpec>) {
        self.layers = layers;
    }

    pub(crate) fn skip(&mut self, more: impl IntoIterator<Item = Skipped>) {
        self.skipped.extend(more);
    }

    pub(crate) fn note(&mut self, note: Note) {
        self.notes.push(note);
    }

    /// What was folded is no longer left out.
    pub(crate) fn unlist_folded(&mut self) {
        let folded = self.layers.iter().filter(|l| l.storage.folded);
        let folded = folded.filter_map(|l| l.batch_norm.as_deref());
        self.skipped = onnx::without(std::mem::take(&mut self.skipped), folded);
    }

    /// Where a tensor's bytes begin in the file; the error says why they cannot be replaced.
    pub(crate) fn offset(&self, name: &str) -> Result<u64, String> {
        match &self.source {
            Source::Onnx(onnx) => onnx.offset(name),
            Source::Tensors(tensors) => tensors.offset(name),
        }
    }

    /// Writes the bytes of a file in which tensors have an [`offset`](Self::offset).
    pub(crate) fn copy_to(&self, out: &mut impl Write) -> std::io::Result<()> {
        match &self.source {
            Source::Onnx(onnx) => out.write_all(&onnx.bytes),
            Source::Tensors(tensors) => match tensors.source() {
                Some(source) => source.copy_to(out),
                None => Err(ErrorKind::Unsupported.into()),
            },
        }
    }

    /// Whether a value is a tensor of the file; files without a graph compute none.
    pub(crate) fn is_stored(&self, name: &str) -> bool {
        match &self.source {
            Source::Onnx(onnx) => onnx.graph.constant(name).is_some(),
            Source::Tensors(_) => true,
        }
    }

    /// All numbers of a tensor, in row-major order.
    pub(crate) fn tensor(&self, name: &str) -> Result<Vec<f64>, ModelError> {
        let values = match &self.source {
            Source::Onnx(onnx) => onnx
                .graph
                .constant(name)
                .ok_or_else(|| "it is not in the file".to_owned())
                .and_then(|tensor| tensor.floats_in(self.folder.as_deref())),
            Source::Tensors(tensors) => tensors.read(name),
        };
        values.map_err(|reason| self.tensor_error(name, reason))
    }

    pub(crate) fn tensor_error(&self, name: &str, reason: String) -> ModelError {
        ModelError::tensor(&self.path, name, reason)
    }
}

fn malformed(path: PathBuf, format: Format, reason: String) -> ModelError {
    ModelError::Malformed {
        path,
        format: format.name(),
        reason,
    }
}
