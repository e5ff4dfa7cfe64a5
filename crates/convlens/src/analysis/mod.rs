//! The result of an analysis: plain data with a versioned JSON form.

mod json;
mod layer;
mod separation;

use convlens_activations::{LeftOut, Preprocessing};
use convlens_model::Format;
use serde::{Deserialize, Serialize};

use crate::outcome::Outcome;
use crate::settings::Settings;

pub use layer::{LayerAnalysis, LayerStatistics, OperatorSummary, UnfoldingSummary};
pub use separation::{BasisKind, BasisSeparation, LayerSeparation};

/// The version of the JSON schema that this crate writes and reads, raised whenever a field is added, removed or changed.
///
/// 2: `statistics` has `metrics` and `phase`, and the fits have fields for what they may be asked for since.
///
/// 3: separations have `agreement`, layers the accuracies of several random rotations and `exemplars`, `settings` what
/// is asked of these, `model` has `notes`.
///
/// 4: `inputs` has `preprocessing` and `left_out`, `settings` has `memory_budget`.
pub const SCHEMA_VERSION: u32 = 4;

/// Everything that was found out about a model.
///
/// It holds no time, no path but those given, and no trace of the machine: the same model, inputs
/// and settings give the same bytes at any number of threads, on the same kind of processor (SIMD
/// kernels round differently on others).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Analysis {
    /// [`SCHEMA_VERSION`] at the time of writing.
    pub schema_version: u32,
    /// The version of convlens that made it.
    pub convlens_version: String,
    /// What was analysed.
    pub model: ModelSummary,
    /// What the model was run on, or why it was not.
    pub inputs: Outcome<InputSummary>,
    /// The settings that it was made with, the seed among them.
    pub settings: Settings,
    /// One entry for each linear layer, in the model's order.
    pub layers: Vec<LayerAnalysis>,
    /// Everything else that carries weights, with the reason why it was left out.
    pub skipped: Vec<SkippedLayer>,
}

/// The model that was analysed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelSummary {
    /// The file's name, without its folder.
    pub name: String,
    /// The file's format.
    pub format: Format,
    /// Weights in the analysed layers.
    pub weights: usize,
    /// What was done to the file: a prefix of its names taken away, batch normalisation folded into layers.
    pub notes: Vec<String>,
}

/// The inputs on which the model was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputSummary {
    /// The file's name, without its folder.
    pub name: String,
    /// The shape, the batch first; without the inputs that were left out.
    pub shape: Vec<usize>,
    /// The number of classes, where the inputs are labelled.
    pub classes: Option<usize>,
    /// The number of inputs whose label is the index of the model's largest output, where there
    /// are labels and the output is one score for each class.
    pub correct: Option<usize>,
    /// What was done to images; `None` for arrays, which are fed as they are.
    pub preprocessing: Option<Preprocessing>,
    /// The inputs that could not be used, with their reasons. Other numbers of inputs count those that were.
    pub left_out: Vec<LeftOut>,
}

/// Something with weights that was not analysed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SkippedLayer {
    /// Its name in the file.
    pub name: String,
    /// Its operator, or `tensor` where the file has no operators.
    pub kind: String,
    /// Why it was left out.
    pub reason: String,
}
