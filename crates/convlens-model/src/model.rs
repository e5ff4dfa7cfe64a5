//! A model: its layers, and their weights on demand.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use convlens_svd::ConvKernel;

use crate::error::{Cause, ModelError};
use crate::folder;
use crate::format::Format;
use crate::layer::{
    DType, InputSpec, LayerKind, LayerSpec, Note, SkipReason, Skipped, Storage, ValueSpec,
};
#[cfg(feature = "onnx")]
use crate::onnx::Onnx;
#[cfg(any(
    feature = "onnx",
    feature = "safetensors",
    feature = "pytorch",
    feature = "numpy"
))]
use crate::source::Source;
#[cfg(any(feature = "safetensors", feature = "pytorch", feature = "numpy"))]
use crate::tensors::{Contents, Tensors};

/// An open model: what its layers are, and where their weights are stored.
///
/// Weights are decoded one layer at a time, by [`Model::kernel`].
///
/// # Example
///
/// ```no_run
/// use convlens_model::Model;
///
/// let model = Model::open("model.onnx")?;
/// for (i, layer) in model.layers().iter().enumerate() {
///     let kernel = model.kernel(i)?;
///     println!("{} {:?} on {:?}", layer.name, kernel.shape(), layer.grid);
/// }
/// for part in model.skipped() {
///     println!("skipped {part}");
/// }
/// # Ok::<(), convlens_model::ModelError>(())
/// ```
///
/// A safetensors file in memory:
///
/// ```
/// use convlens_model::{Format, LayerKind, Model};
///
/// let header = br#"{"conv.weight":{"dtype":"F32","shape":[1,1,2,2],"data_offsets":[0,16]}}"#;
/// let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
/// bytes.extend(header);
/// bytes.extend([1.0f32, 2.0, 3.0, 4.0].iter().flat_map(|w| w.to_le_bytes()));
///
/// let model = Model::from_bytes("small.safetensors", Format::Safetensors, bytes)?;
/// assert_eq!(model.layers()[0].kind, LayerKind::Conv);
/// assert_eq!(model.kernel(0)?.weights(), [1.0, 2.0, 3.0, 4.0]);
/// # Ok::<(), convlens_model::ModelError>(())
/// ```
#[doc(alias = "load")]
#[doc(alias = "onnx")]
#[doc(alias = "safetensors")]
#[doc(alias = "state_dict")]
#[doc(alias = "checkpoint")]
#[doc(alias = "weights")]
#[derive(Debug)]
pub struct Model {
    path: PathBuf,
    layers: Vec<LayerSpec>,
    skipped: Vec<Skipped>,
    notes: Vec<Note>,
    format: Format,
    content: Content,
}

/// Where the weights are.
#[derive(Debug)]
enum Content {
    #[cfg(feature = "onnx")]
    Onnx(Box<Onnx>),
    #[cfg(any(feature = "safetensors", feature = "pytorch", feature = "numpy"))]
    Tensors(Tensors),
    Memory(HashMap<String, Vec<f64>>),
}

/// A layer in memory, for [`Model::from_layers`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct MemoryLayer {
    /// The layer's name; unique within the model.
    pub name: String,
    /// Its weights with their geometry.
    pub kernel: ConvKernel,
    /// One number for each output channel; `None` by default.
    pub bias: Option<Vec<f64>>,
    /// The spatial size of its input; unknown (`None`) by default.
    pub grid: Option<Vec<usize>>,
}

impl MemoryLayer {
    /// A layer without a bias, on inputs of unknown size.
    #[must_use]
    pub fn new(name: impl Into<String>, kernel: ConvKernel) -> Self {
        MemoryLayer {
            name: name.into(),
            kernel,
            bias: None,
            grid: None,
        }
    }

    /// Sets the bias.
    #[must_use]
    pub fn bias(self, bias: Vec<f64>) -> Self {
        MemoryLayer {
            bias: Some(bias),
            ..self
        }
    }

    /// Sets the spatial size of the input.
    #[must_use]
    pub fn grid(self, grid: &[usize]) -> Self {
        MemoryLayer {
            grid: Some(grid.to_vec()),
            ..self
        }
    }
}

impl Model {
    /// Opens a file, whose extension says which format it is ([`Format::of_path`]), or a folder
    /// that holds one model ([`Model::file_of_folder`]).
    ///
    /// An ONNX file is read whole, except weights that it stores in other files of its folder. Of
    /// the other formats only the header is read, and a layer's weights on demand; the file stays
    /// open until then.
    ///
    /// # Errors
    ///
    /// [`ModelError::UnknownFormat`] for any other extension, [`ModelError::FeatureOff`] if the
    /// reader of the format is off, [`ModelError::Io`] if the file cannot be read,
    /// [`ModelError::Malformed`] if it is not what its extension says, [`ModelError::Folder`] if a
    /// folder holds no model or several.
    pub fn open(path: impl AsRef<Path>) -> Result<Model, ModelError> {
        let path = path.as_ref();
        if path.is_dir() {
            return Model::open(folder::file_of(path)?);
        }
        let Some(format) = Format::of_path(path) else {
            return Err(ModelError::UnknownFormat {
                path: path.to_owned(),
            });
        };
        Model::open_as(path, format)
    }

    #[cfg(any(
        feature = "onnx",
        feature = "safetensors",
        feature = "pytorch",
        feature = "numpy"
    ))]
    fn open_as(path: &Path, format: Format) -> Result<Model, ModelError> {
        let io = |source| ModelError::Io {
            path: path.to_owned(),
            source,
        };
        // Whether the file exists and is readable is asked first: parsers word that differently.
        let source = Source::open(path).map_err(io)?;
        match format {
            #[cfg(feature = "onnx")]
            Format::Onnx => {
                let bytes = std::fs::read(path).map_err(io)?;
                let folder = path.parent().unwrap_or(Path::new("")).to_owned();
                Model::of_onnx(path.to_owned(), bytes, Some(folder))
            }
            #[cfg(feature = "safetensors")]
            Format::Safetensors => {
                Model::of_tensors(path.to_owned(), format, Tensors::safetensors(source))
            }
            #[cfg(feature = "safetensors")]
            Format::SafetensorsIndex => {
                Model::of_tensors(path.to_owned(), format, Tensors::sharded(path))
            }
            #[cfg(feature = "pytorch")]
            Format::PytorchIndex => {
                Model::of_tensors(path.to_owned(), format, Tensors::sharded(path))
            }
            #[cfg(feature = "pytorch")]
            Format::Pytorch => Model::of_tensors(path.to_owned(), format, Tensors::pytorch(path)),
            #[cfg(feature = "numpy")]
            Format::Numpy => {
                Model::of_tensors(path.to_owned(), format, Tensors::numpy(path, source))
            }
            off => {
                drop(source);
                Err(off.off(path))
            }
        }
    }

    #[cfg(not(any(
        feature = "onnx",
        feature = "safetensors",
        feature = "pytorch",
        feature = "numpy"
    )))]
    fn open_as(path: &Path, format: Format) -> Result<Model, ModelError> {
        Err(format.off(path))
    }

    /// Reads a model from memory. `path` is the name under which results and errors speak of it; of
    /// NumPy files, its extension tells an array (`.npy`) from an archive.
    ///
    /// # Errors
    ///
    /// [`ModelError::Malformed`] if the bytes are not a file of that format;
    /// [`ModelError::FeatureOff`] if its reader is off; [`ModelError::NeedsFile`] for PyTorch
    /// checkpoints, whose reader seeks in a file, and for indices, whose weights are in other
    /// files.
    pub fn from_bytes(
        path: impl Into<PathBuf>,
        format: Format,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Model, ModelError> {
        let (path, bytes) = (path.into(), bytes.into());
        match format {
            #[cfg(feature = "onnx")]
            Format::Onnx => Model::of_onnx(path, bytes, None),
            #[cfg(feature = "safetensors")]
            Format::Safetensors => {
                let opened = Tensors::safetensors(Source::Memory(bytes));
                Model::of_tensors(path, format, opened)
            }
            #[cfg(feature = "numpy")]
            Format::Numpy => {
                let opened = Tensors::numpy(&path, Source::Memory(bytes));
                Model::of_tensors(path, format, opened)
            }
            Format::SafetensorsIndex | Format::Pytorch | Format::PytorchIndex | Format::Memory => {
                // What is not read is no longer needed.
                drop(bytes);
                Err(ModelError::NeedsFile {
                    path,
                    format: format.name(),
                })
            }
            #[cfg(not(all(feature = "onnx", feature = "safetensors", feature = "numpy")))]
            off => Err(off.off(&path)),
        }
    }

    /// A model of layers in memory, such as those of a network in training. `name` is what results
    /// and errors call it.
    ///
    /// # Errors
    ///
    /// [`ModelError::Layer`] if two layers have the same name, a bias has another length than there
    /// are output channels, or a grid does not fit the kernel.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_model::{MemoryLayer, Model};
    /// use convlens_svd::{ConvKernel, Geometry};
    ///
    /// let kernel = ConvKernel::new(vec![0.5; 18], &[2, 1, 3, 3], Geometry::new(2))?;
    /// let conv1 = MemoryLayer::new("conv1", kernel).bias(vec![0.1, 0.2]).grid(&[32, 32]);
    /// let model = Model::from_layers("my network", [conv1])?;
    /// assert_eq!(model.layers()[0].grid.as_deref(), Some(&[32, 32][..]));
    /// assert_eq!(model.bias(0)?, Some(vec![0.1, 0.2]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn from_layers(
        name: impl Into<PathBuf>,
        layers: impl IntoIterator<Item = MemoryLayer>,
    ) -> Result<Model, ModelError> {
        let path = name.into();
        let mut names = HashSet::new();
        let mut tensors = HashMap::new();
        let mut specs = Vec::new();
        for layer in layers {
            let refused = |reason: String| ModelError::Layer {
                path: path.clone(),
                layer: layer.name.clone(),
                reason,
            };
            if !names.insert(layer.name.clone()) {
                return Err(refused("another layer has the same name".into()));
            }
            let mut spec = memory_spec(&layer);
            if let Some(grid) = &layer.grid
                && (grid.len() != layer.kernel.geometry().spatial_dims() || grid.contains(&0))
            {
                let dims = layer.kernel.geometry().spatial_dims();
                return Err(refused(format!(
                    "the grid {grid:?} does not have {dims} sizes of at least 1"
                )));
            }
            if let Some(bias) = &layer.bias {
                let channels = spec.output_channels();
                if channels != Some(bias.len()) {
                    let channels = channels.unwrap_or(usize::MAX);
                    return Err(refused(format!(
                        "{} biases for {channels} output channels",
                        bias.len()
                    )));
                }
                let tensor = format!("{}.bias", layer.name);
                spec.storage.bias = Some((tensor.clone(), 1.0));
                tensors.insert(tensor, bias.clone());
            }
            tensors.insert(spec.weight.clone(), layer.kernel.weights().to_vec());
            specs.push(spec);
        }
        Ok(Model {
            path,
            layers: specs,
            skipped: Vec::new(),
            notes: Vec::new(),
            format: Format::Memory,
            content: Content::Memory(tensors),
        })
    }

    #[cfg(feature = "onnx")]
    fn of_onnx(
        path: PathBuf,
        bytes: Vec<u8>,
        folder: Option<PathBuf>,
    ) -> Result<Model, ModelError> {
        match Onnx::parse(bytes, folder) {
            Ok((onnx, layers, skipped)) => Ok(Model {
                path,
                layers,
                skipped,
                notes: Vec::new(),
                format: Format::Onnx,
                content: Content::Onnx(Box::new(onnx)),
            }),
            Err(source) => Err(malformed(path, Format::Onnx, source)),
        }
    }

    #[cfg(any(feature = "safetensors", feature = "pytorch", feature = "numpy"))]
    fn of_tensors(
        path: PathBuf,
        format: Format,
        opened: Result<(Tensors, Contents), Cause>,
    ) -> Result<Model, ModelError> {
        match opened {
            Ok((tensors, contents)) => Ok(Model {
                path,
                layers: contents.layers,
                skipped: contents.skipped,
                notes: contents.notes,
                format,
                content: Content::Tensors(tensors),
            }),
            Err(source) => Err(malformed(path, format, source)),
        }
    }

    /// The file that is opened for a folder: `model.safetensors.index.json` or `model.safetensors`;
    /// beside a `config.json`, as Hugging Face's tools write it, also
    /// `pytorch_model.bin.index.json`, `pytorch_model.bin` or `model.onnx`; else the only index, or
    /// the only file of weights.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`] if the folder cannot be read, [`ModelError::Folder`] if it holds no model
    /// or several.
    pub fn file_of_folder(folder: impl AsRef<Path>) -> Result<PathBuf, ModelError> {
        folder::file_of(folder.as_ref())
    }

    /// The models of a folder, each by the file to open, sorted: beside a `config.json` the one
    /// that [`file_of_folder`](Self::file_of_folder) finds under the usual names; else all indices
    /// and files of weights that are not parts of others (shards of an index, external data of an
    /// ONNX file). NumPy files are not listed, since they are as often data. Folders within are not
    /// searched.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`] if the folder cannot be read.
    pub fn files_of_folder(folder: impl AsRef<Path>) -> Result<Vec<PathBuf>, ModelError> {
        folder::files_of(folder.as_ref())
    }

    /// Its path, or the name it was read under.
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

    /// Everything else that has weights, with the reason why it is skipped.
    #[must_use]
    pub fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// What the reader changed: a prefix removed from names, batch normalization folded into
    /// layers.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// The inputs of the graph; empty for a format without a graph.
    #[must_use]
    pub fn inputs(&self) -> &[InputSpec] {
        match &self.content {
            #[cfg(feature = "onnx")]
            Content::Onnx(onnx) => &onnx.inputs,
            _ => &[],
        }
    }

    /// The values that the graph computes, in its order; empty for a format without a graph.
    #[must_use]
    pub fn values(&self) -> Vec<ValueSpec> {
        match &self.content {
            #[cfg(feature = "onnx")]
            Content::Onnx(onnx) => onnx.computed(),
            _ => Vec::new(),
        }
    }

    /// Sets the shape of the input, the batch first, where the file leaves dimensions open; the
    /// grids of all layers follow from it. An earlier [selection](Model::select), hint or folding
    /// is undone. [`inputs`](Model::inputs) stay as the file declares them.
    ///
    /// # Errors
    ///
    /// [`ModelError::InputShape`] for a format without a graph, a graph without exactly one input,
    /// a shape of another rank, or one that contradicts the declared shape.
    ///
    /// # Example
    ///
    /// ```no_run
    /// use convlens_model::Model;
    ///
    /// let mut model = Model::open("resnet.onnx")?;
    /// model.set_input_shape(&[1, 3, 224, 224])?;
    /// assert_eq!(model.layers()[0].grid.as_deref(), Some(&[224, 224][..]));
    /// # Ok::<(), convlens_model::ModelError>(())
    /// ```
    pub fn set_input_shape(&mut self, shape: &[usize]) -> Result<(), ModelError> {
        let layers = match &self.content {
            #[cfg(feature = "onnx")]
            Content::Onnx(onnx) => onnx.with_input_shape(shape),
            _ => Err(format!(
                "the format has no graph to give {shape:?} to; give grids by layer"
            )),
        };
        match layers {
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
        match &self.content {
            #[cfg(feature = "onnx")]
            Content::Onnx(onnx) => Some(&onnx.bytes),
            _ => None,
        }
    }

    /// The other files that hold weights of the model, sorted by the names that it gives them: the
    /// external data of an ONNX model, as far as they exist, in its folder or below, and the files
    /// of an index. None for a model in memory.
    #[must_use]
    pub fn external_files(&self) -> Vec<(String, PathBuf)> {
        match &self.content {
            #[cfg(feature = "onnx")]
            Content::Onnx(onnx) => onnx.external_files(),
            #[cfg(any(feature = "safetensors", feature = "pytorch", feature = "numpy"))]
            Content::Tensors(tensors) => {
                let named = |name: &str| (name.to_owned(), self.path.with_file_name(name));
                tensors.files().into_iter().map(named).collect()
            }
            Content::Memory(_) => Vec::new(),
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

    /// Batch normalizations that are part of layers are no longer skipped.
    pub(crate) fn unlist_folded(&mut self) {
        let folded = self.layers.iter().filter(|l| l.storage.folded);
        let folded: HashSet<&str> = folded.filter_map(|l| l.batch_norm.as_deref()).collect();
        self.skipped.retain(|part| match part.reason {
            SkipReason::BatchNorm { .. } => !folded.contains(&*part.name),
            _ => true,
        });
    }

    /// Where a tensor's bytes begin in the file; the error says why they cannot be replaced.
    #[cfg(any(feature = "onnx", feature = "safetensors"))]
    pub(crate) fn offset(&self, name: &str) -> Result<u64, String> {
        match &self.content {
            #[cfg(feature = "onnx")]
            Content::Onnx(onnx) => onnx.offset(name),
            #[cfg(any(feature = "safetensors", feature = "pytorch", feature = "numpy"))]
            Content::Tensors(tensors) => tensors.offset(name),
            Content::Memory(_) => Err("it is in memory; there is no file to copy".into()),
        }
    }

    /// Writes the bytes of a file in which tensors have an [`offset`](Self::offset).
    #[cfg(any(feature = "onnx", feature = "safetensors"))]
    pub(crate) fn copy_to(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        match &self.content {
            #[cfg(feature = "onnx")]
            Content::Onnx(onnx) => out.write_all(&onnx.bytes),
            #[cfg(feature = "safetensors")]
            Content::Tensors(tensors) => match tensors.source() {
                Some(source) => source.copy_to(out),
                None => Err(std::io::ErrorKind::Unsupported.into()),
            },
            _ => Err(std::io::ErrorKind::Unsupported.into()),
        }
    }

    /// Whether a value is a tensor of the file; files without a graph compute none.
    pub(crate) fn is_stored(&self, name: &str) -> bool {
        match &self.content {
            #[cfg(feature = "onnx")]
            Content::Onnx(onnx) => onnx.graph.constant(name).is_some(),
            #[cfg(any(feature = "safetensors", feature = "pytorch", feature = "numpy"))]
            Content::Tensors(_) => true,
            Content::Memory(tensors) => tensors.contains_key(name),
        }
    }

    /// All numbers of a tensor, in row-major order.
    pub(crate) fn tensor(&self, name: &str) -> Result<Vec<f64>, ModelError> {
        let values = match &self.content {
            #[cfg(feature = "onnx")]
            Content::Onnx(onnx) => onnx.read(name),
            #[cfg(any(feature = "safetensors", feature = "pytorch", feature = "numpy"))]
            Content::Tensors(tensors) => tensors.read(name),
            Content::Memory(tensors) => tensors
                .get(name)
                .cloned()
                .ok_or_else(|| "it is not in the model".into()),
        };
        values.map_err(|source| self.tensor_error(name, source))
    }

    pub(crate) fn tensor_error(&self, name: &str, source: Cause) -> ModelError {
        ModelError::tensor(&self.path, name, source)
    }
}

/// What is known of a layer in memory, its bias excepted.
fn memory_spec(layer: &MemoryLayer) -> LayerSpec {
    let geometry = layer.kernel.geometry().clone();
    let dense = geometry.spatial_dims() == 0;
    let kind = match geometry.is_transposed() {
        _ if dense => LayerKind::Dense,
        true => LayerKind::ConvTranspose,
        false => LayerKind::Conv,
    };
    LayerSpec {
        name: layer.name.clone(),
        kind,
        weight: format!("{}.weight", layer.name),
        shape: layer.kernel.shape().to_vec(),
        dtype: DType::F64,
        geometry,
        grid: layer.grid.clone().or(dense.then(Vec::new)),
        output: None,
        assumptions: Vec::new(),
        batch_norm: None,
        storage: Storage::plain(),
    }
}

#[cfg(any(
    feature = "onnx",
    feature = "safetensors",
    feature = "pytorch",
    feature = "numpy"
))]
fn malformed(path: PathBuf, format: Format, source: Cause) -> ModelError {
    ModelError::Malformed {
        path,
        format: format.name(),
        source,
    }
}
