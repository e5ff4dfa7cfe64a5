//! The record of an analysis: plain data with a versioned JSON form.
//!
//! An [`Analysis`] has one [`LayerAnalysis`] for each linear layer, whether the weights come from
//! a file ([`Analysis::builder`]) or from another framework ([`Monitor`](crate::Monitor)). A
//! result that a layer may lack is an [`Outcome`], which says why.
//!
//! | JSON | to | from |
//! |---|---|---|
//! | text | [`Analysis::to_json`], [`Analysis::to_json_pretty`] | [`Analysis::from_json`] |
//! | stream | [`Analysis::to_json_writer`] | [`Analysis::from_json_reader`] |
//! | file | [`Analysis::write_json`] | [`Analysis::read_json`] |
//!
//! What is read back equals what was written, bit for bit. Every way of reading checks
//! [`SCHEMA_VERSION`], `serde`'s own [`Deserialize`] included.
//!
//! # Example
//!
//! ```
//! use convlens::analysis::SCHEMA_VERSION;
//! use convlens::svd::{ConvKernel, Geometry};
//! use convlens::{Analysis, Monitor, Settings};
//!
//! let kernel = ConvKernel::new(vec![3.0, 0.0, 0.0, 4.0], &[2, 2], Geometry::new(0))?;
//! let mut monitor = Monitor::new(&Settings::default())?;
//! monitor.layer("fc", &kernel)?;
//! let analysis = monitor.finish_unlabeled()?;
//!
//! let text = analysis.to_json()?;
//! assert!(text.starts_with(&format!(r#"{{"schema_version":{SCHEMA_VERSION},"#)));
//! assert_eq!(Analysis::from_json(&text)?, analysis);
//! # Ok::<(), convlens::Error>(())
//! ```

use std::fmt;

use convlens_activations::{LeftOut, Preprocessing};
use convlens_hypergraph::{Separation, separation::FeatureExemplars};
use convlens_model::{DType, Format, LayerKind};
use convlens_rmt::{Esd, LayerMetrics, bulk, phase, tail};
use convlens_svd::{ConditionNumber, Geometry, LayerValues, NormBracket};
use serde::{Deserialize, Deserializer, Serialize};

use crate::outcome::Outcome;
use crate::settings::Settings;

/// The version of the JSON schema that this crate writes and reads.
///
/// It rises whenever a field is added, removed or changed. 5 is the first that is published.
pub const SCHEMA_VERSION: u32 = 5;

/// The analysis of a model.
///
/// It holds no time, no folder of this machine and no other trace of it: the same model, inputs
/// and settings give the same bytes at any number of threads, on the same kind of processor (SIMD
/// kernels round differently on others).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Analysis {
    /// [`SCHEMA_VERSION`] at the time of writing.
    #[serde(deserialize_with = "supported_version")]
    pub schema_version: u32,
    /// The version of convlens that made it.
    pub convlens_version: String,
    /// The analyzed model.
    pub model: ModelSummary,
    /// The inputs that the model was run on, or why it was not run.
    pub inputs: Outcome<InputSummary>,
    /// The settings, the seed among them.
    pub settings: Settings,
    /// One entry for each linear layer, in the model's order.
    pub layers: Vec<LayerAnalysis>,
    /// Everything else that carries weights, with the reason why it was left out.
    pub skipped: Vec<SkippedLayer>,
}

/// The analyzed model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ModelSummary {
    /// The file's name without its folder, or the name of a [`Monitor`](crate::Monitor).
    pub name: String,
    /// The file's format; `None` for a model that another framework holds.
    pub format: Option<Format>,
    /// Number of weights in the analyzed layers.
    pub weights: usize,
    /// Changes to what the file says: a prefix removed from its names, batch normalization folded
    /// into layers.
    pub notes: Vec<String>,
}

/// The inputs on which the model was run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InputSummary {
    /// The file's name without its folder; `None` where another framework ran the model.
    pub name: Option<String>,
    /// The number of inputs, without those that were left out.
    pub count: usize,
    /// The shape of one input; `None` where another framework ran the model.
    pub shape: Option<Vec<usize>>,
    /// The number of classes, where the inputs are labeled.
    pub classes: Option<usize>,
    /// The number of inputs whose label is the index of the model's largest output, where there
    /// are labels and the output is one score for each class.
    pub correct: Option<usize>,
    /// The preprocessing of images; `None` for arrays, which are fed as they are.
    pub preprocessing: Option<Preprocessing>,
    /// The inputs that could not be used, with their reasons; no other number here counts them.
    pub left_out: Vec<LeftOut>,
}

/// Something with weights that was not analyzed.
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

/// One linear layer.
///
/// A layer of a [`Monitor`](crate::Monitor) has the same record: `weight` and `dtype`, which only
/// a file has, are `None`, and `grid` is what the caller said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LayerAnalysis {
    /// The layer's name, unique within the model.
    pub name: String,
    /// Its operator.
    pub kind: LayerKind,
    /// The name of its weight tensor in the file.
    pub weight: Option<String>,
    /// The type in which the file stores the weights.
    pub dtype: Option<DType>,
    /// The kernel's shape, `[c_out, c_in / groups, k..]` (`[c_in, c_out / groups, k..]` for a
    /// transposed convolution).
    pub shape: Vec<usize>,
    /// Stride, dilation, padding and groups.
    pub geometry: Geometry,
    /// The spatial size of the layer's input, where it is known.
    pub grid: Option<Vec<usize>>,
    /// What the file did not say and was assumed, in words.
    pub assumptions: Vec<String>,
    /// The SVD of the unfolded kernel.
    #[doc(alias = "singular_values")]
    pub unfolding: LayerValues,
    /// The spectrum of the layer as an operator on images of its grid, under periodic padding.
    pub operator: Outcome<OperatorSummary>,
    /// The operator norm (Lipschitz constant) under the layer's own padding, between certified
    /// bounds.
    #[doc(alias = "lipschitz")]
    #[doc(alias = "spectral_norm")]
    #[doc(alias = "operator_norm")]
    pub norm: Outcome<NormBracket>,
    /// Random-matrix statistics of the unfolded kernel.
    pub statistics: Outcome<LayerStatistics>,
    /// How well the layer's leading directions separate the classes.
    pub separation: Outcome<LayerSeparation>,
}

/// The spectrum of the convolution as an operator on periodic images.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OperatorSummary {
    /// The spatial size of the input.
    pub grid: Vec<usize>,
    /// Number of singular values.
    pub count: usize,
    /// The largest one.
    pub norm: f64,
    /// The smallest one.
    pub smallest: f64,
    /// Their ratio.
    pub condition_number: ConditionNumber,
    /// 129 singular values at evenly spaced ranks, descending, the largest and smallest included;
    /// all of them where there are fewer.
    pub quantiles: Vec<f64>,
}

/// Random-matrix statistics of the eigenvalues of `W^T W / N`.
///
/// The bulk and the tail are fitted once; metrics and phase rest on these fits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LayerStatistics {
    /// The empirical spectral density: the eigenvalues, ascending.
    #[doc(alias = "eigenvalues")]
    pub esd: Esd,
    /// The Marchenko-Pastur bulk and the spikes above its edge.
    pub marchenko_pastur: bulk::Outcome,
    /// The power-law tail.
    #[doc(alias = "alpha")]
    pub power_law: tail::Outcome,
    /// The metrics under WeightWatcher's names, in this crate's conventions.
    pub metrics: LayerMetrics,
    /// Which of the 5+1 phases of Martin and Mahoney the spectrum looks like, with the evidence.
    pub phase: phase::Outcome,
}

/// The separation of the classes at one layer, in bases with the same number of directions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LayerSeparation {
    /// Directions in each basis; every direction gives two features, one for each sign.
    pub directions: usize,
    /// The separation in each basis.
    pub bases: Bases,
    /// For each signed direction of the singular basis, the inputs with its largest signals.
    /// Empty if none were asked for ([`Settings::exemplars`]).
    pub exemplars: Vec<FeatureExemplars>,
}

/// The separation of the classes in each basis of one layer, every measure with its permutation
/// null.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Bases {
    /// The leading left singular vectors of the unfolded kernel.
    pub singular: Separation,
    /// The output channels whose filters have the largest norms: what one would look at without
    /// an SVD.
    pub channels: Separation,
    /// Random orthonormal directions: what any basis would give.
    pub rotations: Rotations,
}

/// The separation in random rotations, against which the singular basis has to earn its place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Rotations {
    /// The first rotation, with all measures.
    pub first: Separation,
    /// The held-out accuracy of every rotation, in the order drawn, `first` included; all are
    /// judged on the same inputs.
    pub accuracies: Vec<f64>,
}

/// The kinds of directions onto which a layer's output is projected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum BasisKind {
    /// The leading left singular vectors of the unfolded kernel.
    Singular,
    /// The output channels whose filters have the largest norms.
    Channels,
    /// Random orthonormal directions.
    Rotation,
}

impl fmt::Display for BasisKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BasisKind::Singular => "singular directions",
            BasisKind::Channels => "raw channels",
            BasisKind::Rotation => "random rotation",
        })
    }
}

impl Bases {
    /// Every measured basis with its kind: singular, channels, the first rotation.
    pub fn iter(&self) -> impl Iterator<Item = (BasisKind, &Separation)> {
        [
            (BasisKind::Singular, &self.singular),
            (BasisKind::Channels, &self.channels),
            (BasisKind::Rotation, &self.rotations.first),
        ]
        .into_iter()
    }
}

impl LayerSeparation {
    /// The separation in one basis; `None` for a kind that was not measured.
    #[must_use]
    pub fn basis(&self, kind: BasisKind) -> Option<&Separation> {
        self.bases
            .iter()
            .find(|(found, _)| *found == kind)
            .map(|(_, separation)| separation)
    }

    /// The basis in which held-out inputs are classified best; the first in the order of
    /// [`Bases::iter`] among equals.
    #[must_use]
    pub fn best(&self) -> (BasisKind, &Separation) {
        let first = (BasisKind::Singular, &self.bases.singular);
        self.bases.iter().fold(first, |best, basis| {
            if basis.1.accuracy.observed > best.1.accuracy.observed {
                basis
            } else {
                best
            }
        })
    }
}

/// Refuses another schema on the roads that go through `serde` alone.
fn supported_version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let found = u32::deserialize(deserializer)?;
    if found == SCHEMA_VERSION {
        Ok(found)
    } else {
        Err(serde::de::Error::custom(format!(
            "schema version {found}; this version of convlens reads {SCHEMA_VERSION}"
        )))
    }
}
