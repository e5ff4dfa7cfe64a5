//! The one error type of this crate.

use std::error::Error;
use std::path::PathBuf;

use convlens_model::ModelError;

use crate::inputs::batch::LeftOut;

/// Why inputs could not be read, a model could not be run on them, or a layer's output could not be
/// used.
///
/// `Display` says what failed and [`source`](Error::source) says why;
/// [`error_chain`](convlens_model::error_chain) gives both in one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ActivationsError {
    /// A file of inputs could not be read.
    #[error(transparent)]
    File(#[from] ModelError),
    /// A file has no array that can be the model's inputs, or more than one.
    #[error(
        "{}: cannot tell which array has the inputs among {}; name one `inputs`",
        path.display(), arrays.join(", ")
    )]
    NoInputs {
        /// The file.
        path: PathBuf,
        /// Its arrays with their shapes.
        arrays: Vec<String>,
    },
    /// The reader of these inputs is a Cargo feature that is off.
    #[error(
        "{}: reading {what} needs the feature `{feature}` of convlens-activations, which is off",
        path.display()
    )]
    FeatureOff {
        /// The file or folder.
        path: PathBuf,
        /// What is to be read.
        what: &'static str,
        /// The feature to turn on.
        feature: &'static str,
    },
    /// The extension is not that of a kind of inputs.
    #[error(
        "{}: inputs are a .npz, .npy or .safetensors file, a folder of images, or a .csv or .tsv \
         table of their paths", path.display()
    )]
    UnknownInputs {
        /// The file.
        path: PathBuf,
    },
    /// A folder or table of images, or a text file of classes, cannot be read.
    #[error("{}: cannot be read", path.display())]
    Read {
        /// The folder or file.
        path: PathBuf,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A folder or table of images has no image that can be used.
    #[error("{}: {reason}", path.display())]
    Listing {
        /// The folder or file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A class is not in the list of classes.
    #[error("{}: the class `{class}` is not in the list of classes", path.display())]
    UnknownClass {
        /// Where the class is used.
        path: PathBuf,
        /// The class.
        class: String,
    },
    /// A number of the preprocessing is out of range.
    #[error("preprocessing: {what} {value}; it must be {bound}")]
    Preprocessing {
        /// Which number.
        what: &'static str,
        /// Its value.
        value: String,
        /// What it must be.
        bound: &'static str,
    },
    /// Not one input could be used.
    #[error("{}: none of its {count} inputs can be used; {first}", path.display())]
    AllLeftOut {
        /// The inputs.
        path: PathBuf,
        /// How many there are.
        count: usize,
        /// The first of them, with its reason.
        first: LeftOut,
    },
    /// Labels and inputs differ in number.
    #[error("{}: {labels} labels for {inputs} inputs", path.display())]
    LabelCount {
        /// The file.
        path: PathBuf,
        /// How many labels there are.
        labels: usize,
        /// How many inputs there are.
        inputs: usize,
    },
    /// Labels are neither integers nor whole numbers.
    #[error("{}: label {index} is {value}; class labels are integers", path.display())]
    BadLabel {
        /// The file.
        path: PathBuf,
        /// Which label.
        index: usize,
        /// Its value.
        value: f32,
    },
    /// An input value is NaN or infinite.
    #[error("{}: value {value} at flat index {index} of the inputs; they must be finite", path.display())]
    NonFiniteInput {
        /// The file.
        path: PathBuf,
        /// Flat, row-major index.
        index: usize,
        /// The value.
        value: f32,
    },
    /// There are no inputs.
    #[error("{}: it has no inputs (shape {shape:?})", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// The shape.
        shape: Vec<usize>,
    },
    /// The number of values is not that of the shape.
    #[error("{}: {values} values for the shape {shape:?}", path.display())]
    ValueCount {
        /// The file.
        path: PathBuf,
        /// The shape.
        shape: Vec<usize>,
        /// How many values there are.
        values: usize,
    },
    /// The inputs do not have the shape that the model declares.
    #[error(
        "{}: inputs of shape {found:?} do not fit {}, whose input `{input}` is {expected}",
        path.display(), model.display()
    )]
    InputShape {
        /// The file of inputs.
        path: PathBuf,
        /// The model.
        model: PathBuf,
        /// The model's input.
        input: Box<str>,
        /// The shape that the model declares, `?` where any size will do.
        expected: Box<str>,
        /// The shape of the inputs, the batch first.
        found: Vec<usize>,
    },
    /// The format has no graph, so there is nothing to run.
    #[error(
        "{}: this format stores weights but no graph to run; use the model's ONNX file",
        model.display()
    )]
    NotRunnable {
        /// The model.
        model: PathBuf,
    },
    /// The model takes more or less than one input.
    #[error("{}: it takes {inputs} inputs; only models with one are supported", model.display())]
    InputCount {
        /// The model.
        model: PathBuf,
        /// How many it takes.
        inputs: usize,
    },
    /// The runtime cannot load or run the model; often an operator that it lacks.
    #[error("{}: the runtime cannot run it", model.display())]
    Runtime {
        /// The model.
        model: PathBuf,
        /// What the runtime said.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The values of a basis are not vectors of its number of channels.
    #[error("a basis of {values} values, which are no vectors of {channels} channels")]
    Basis {
        /// How many values there are.
        values: usize,
        /// The number of channels, which must be at least 1 and divide them.
        channels: usize,
    },
    /// An offset does not have one number for each channel.
    #[error("an offset of {offset} numbers for {channels} channels")]
    OffsetLength {
        /// The length of the offset.
        offset: usize,
        /// The number of channels of a basis.
        channels: usize,
    },
    /// The caller ended the run.
    #[error("the run was stopped after {done} inputs")]
    Stopped {
        /// How many inputs were done, those left out among them.
        done: usize,
    },
    /// The shape of a layer's output has no channels or no positions.
    #[error(
        "an output of shape {shape:?}; it must have a batch, channels and any number of positions, \
        the last two at least 1"
    )]
    OutputShape {
        /// The shape, the batch first.
        shape: Vec<usize>,
    },
    /// The number of values of a layer's output is not that of its shape.
    #[error("an output of {values} values for the shape {shape:?}")]
    OutputLength {
        /// The shape.
        shape: Vec<usize>,
        /// How many values there are.
        values: usize,
    },
    /// A layer's output has another number of channels than a basis or the offset.
    #[error("an output of shape {shape:?} has {found} channels; {expected} are expected")]
    OutputChannels {
        /// The shape.
        shape: Vec<usize>,
        /// The number of channels in it.
        found: usize,
        /// The number of channels of the basis or the offset.
        expected: usize,
    },
    /// A layer's output has another spatial size than in an earlier batch.
    #[error("an output of spatial size {found:?}; earlier batches have {expected:?}")]
    OutputGrid {
        /// The spatial size in this batch.
        found: Vec<usize>,
        /// The spatial size before.
        expected: Vec<usize>,
    },
    /// A value of a layer's output is NaN or infinite.
    #[error("value {value} at flat index {index} of an output; it must be finite")]
    NonFiniteOutput {
        /// Flat, row-major index in the batch.
        index: usize,
        /// The value.
        value: f64,
    },
    /// The graph has no value of this name.
    #[error("{}: it has no value or operator `{name}`{}", model.display(), among(similar))]
    NoSuchValue {
        /// The model.
        model: PathBuf,
        /// The name or pattern.
        name: String,
        /// Names that look like it.
        similar: Vec<String>,
    },
    /// One value of the graph cannot be tapped.
    #[error("value `{name}` cannot be tapped: {reason}")]
    Value {
        /// The value's name in the graph.
        name: String,
        /// Why not.
        reason: String,
    },
    /// One layer's output cannot be tapped.
    #[error("layer `{layer}`: its output `{output}` cannot be used")]
    Tap {
        /// The layer.
        layer: String,
        /// The value's name in the graph.
        output: String,
        /// Why not.
        source: Box<dyn Error + Send + Sync>,
    },
}

fn among(similar: &[String]) -> String {
    if similar.is_empty() {
        return String::new();
    }
    let quoted: Vec<String> = similar.iter().map(|n| format!("`{n}`")).collect();
    format!("; it has {}", quoted.join(", "))
}
