//! The analysis of a model file: what is asked for, and the run.

use convlens_activations::Inputs;
use convlens_model::{LayerSpec, Model, Skipped, error_chain};
use convlens_svd::{ConvKernel, LayerSvd, LayerValues, SvdError};

use crate::analysis::{Analysis, LayerAnalysis, ModelSummary, SCHEMA_VERSION, SkippedLayer};
use crate::error::Error;
use crate::feed::Feed;
use crate::memory::{self, Plan};
use crate::progress::{CancelToken, Canceled, Progress, Stage, Watch};
use crate::reason::{file_name, reason};
use crate::settings::Settings;
use crate::weights::{self, Facts, weights_of, without_separation};

/// Why a canceled analysis lacks something.
const CANCELED: &str = "the analysis was canceled";

/// The analysis of a model before it runs: made by [`Analysis::builder`], run by
/// [`run`](AnalysisBuilder::run).
#[derive(Debug)]
#[must_use = "nothing is analyzed before `run`"]
pub struct AnalysisBuilder<'a> {
    model: &'a Model,
    inputs: Option<&'a Inputs>,
    settings: Settings,
    watch: Watch<'a>,
}

impl Analysis {
    /// The analysis of a model: its weights and, where inputs are given, what it does to them.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens::model::{Format, Model};
    /// use convlens::{Analysis, Settings};
    ///
    /// // A safetensors file with one dense layer, in memory.
    /// let header = br#"{"fc.weight":{"dtype":"F64","shape":[2,2],"data_offsets":[0,32]}}"#;
    /// let mut file = (header.len() as u64).to_le_bytes().to_vec();
    /// file.extend_from_slice(header);
    /// file.extend([3.0f64, 0.0, 0.0, 4.0].iter().flat_map(|w| w.to_le_bytes()));
    /// let model = Model::from_bytes("fc.safetensors", Format::Safetensors, file)?;
    ///
    /// let analysis = Analysis::builder(&model)
    ///     .settings(Settings::default().seed(7))
    ///     .progress(|p| eprintln!("{p}"))
    ///     .run()?;
    ///
    /// let layer = &analysis.layers[0];
    /// let norm = layer.norm.value().expect("a dense layer has a norm");
    /// assert!(norm.lower <= 4.0 && 4.0 <= norm.upper);
    /// assert_eq!(layer.separation.reason(), Some("no inputs were given"));
    /// # Ok::<(), convlens::Error>(())
    /// ```
    #[doc(alias = "analyze")]
    pub fn builder(model: &Model) -> AnalysisBuilder<'_> {
        AnalysisBuilder {
            model,
            inputs: None,
            settings: Settings::default(),
            watch: Watch::default(),
        }
    }
}

impl<'a> AnalysisBuilder<'a> {
    /// Runs the model on these inputs, which are needed to measure the separation of classes. None
    /// by default. Takes `&Inputs` and `Option<&Inputs>`.
    #[cfg(feature = "rten")]
    pub fn inputs(mut self, inputs: impl Into<Option<&'a Inputs>>) -> Self {
        self.inputs = inputs.into();
        self
    }

    /// The settings; [`Settings::default`] if never called.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Sets a closure to call with the progress: at the start of each stage, before each
    /// layer or basis, and after each batch of inputs.
    pub fn progress(mut self, progress: impl FnMut(Progress<'_>) + Send + 'a) -> Self {
        self.watch.listen(progress);
        self
    }

    /// A token that ends the analysis early: [`run`](AnalysisBuilder::run) then returns
    /// [`Error::Canceled`].
    ///
    /// It is looked at between the steps of a layer (decomposition, operator, norm, statistics),
    /// after each batch of inputs, and between bases; a step that has begun is finished.
    pub fn cancel(mut self, token: &CancelToken) -> Self {
        self.watch.cancel_by(token);
        self
    }

    /// Runs the analysis.
    ///
    /// Layers are decoded one at a time. A layer whose weights cannot be used is moved to
    /// [`Analysis::skipped`] with its reason; a result that does not exist for a layer says why in
    /// its [`Outcome`](crate::Outcome).
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] and [`Error::Separation`] for a setting out of range and
    /// [`Error::Inputs`] if the inputs do not fit the model, both before any work;
    /// [`Error::NoLayers`] if nothing can be analyzed; [`Error::Canceled`] with what was finished.
    ///
    /// # Complexity
    ///
    /// For each layer, one SVD of the unfolded kernel (values alone where nothing is run) and one
    /// of a `c_out x c_in` matrix at half the frequencies of its grid; one run of the model over
    /// the inputs.
    ///
    /// Memory, in copies of the largest layer as `f64`: without inputs 4 at most, the kernel's own
    /// among them; 3 and a little where the file stores a matrix of 2^22 weights or more in `f32`
    /// or narrower, whose values come through the Gram matrix of its smaller side
    /// ([`LayerValues::algorithm`](convlens_svd::LayerValues) says so), and fewer the
    /// longer it is; with inputs 12 at most. A layer over [`Settings::memory_budget`] is skipped
    /// before its weights are read.
    pub fn run(mut self) -> Result<Analysis, Error> {
        self.settings.check()?;
        let model = self.model;
        // What the user asked for and cannot be had is said before the work, not after it.
        let mut feed = Feed::open(model, self.inputs)?;
        let mut layers = Vec::new();
        let mut skipped: Vec<SkippedLayer> = model.skipped().iter().map(skipped_part).collect();
        let weighed = self.weigh(&mut feed, &mut layers, &mut skipped);
        if weighed.is_ok() && layers.is_empty() {
            return Err(no_layers(model, &skipped));
        }
        let inputs =
            weighed.and_then(|()| feed.measure(&mut layers, &self.settings, &mut self.watch));
        let canceled = inputs.is_err();
        let inputs = inputs.unwrap_or_else(|Canceled| without_separation(&mut layers, CANCELED));
        let analysis = Analysis {
            schema_version: SCHEMA_VERSION,
            convlens_version: env!("CARGO_PKG_VERSION").into(),
            model: ModelSummary {
                name: file_name(model.path()),
                format: Some(model.format()),
                weights: weights_of(&layers),
                notes: model.notes().iter().map(ToString::to_string).collect(),
            },
            inputs,
            settings: self.settings,
            layers,
            skipped,
        };
        if canceled {
            let partial = (!analysis.layers.is_empty()).then(|| Box::new(analysis));
            return Err(Error::Canceled { partial });
        }
        Ok(analysis)
    }
    /// The weights of every layer. Layers that a canceled run did not reach are skipped.
    fn weigh(
        &mut self,
        feed: &mut Feed<'_>,
        layers: &mut Vec<LayerAnalysis>,
        skipped: &mut Vec<SkippedLayer>,
    ) -> Result<(), Canceled> {
        let (model, settings) = (self.model, &self.settings);
        let specs = model.layers();
        let skip = |spec: &LayerSpec, reason: String| SkippedLayer {
            name: spec.name.clone(),
            kind: spec.kind.to_string(),
            reason,
        };
        for (index, spec) in specs.iter().enumerate() {
            let told = self
                .watch
                .at(Stage::Weights, index, specs.len(), &spec.name);
            match told.map(|()| layer(model, index, feed.runs(), settings, &self.watch)) {
                Ok(Ok((record, vectors))) => {
                    layers.push(record);
                    feed.tap(model, index, vectors, settings);
                }
                Ok(Err(Left::Skipped(reason))) => skipped.push(skip(spec, reason)),
                Ok(Err(Left::Canceled)) | Err(Canceled) => {
                    skipped.extend(specs[index..].iter().map(|s| skip(s, CANCELED.to_owned())));
                    return Err(Canceled);
                }
            }
        }
        self.watch.at(Stage::Weights, specs.len(), specs.len(), "")
    }
}

/// Why a layer has no record.
#[derive(Debug)]
enum Left {
    Skipped(String),
    Canceled,
}

impl From<Canceled> for Left {
    fn from(_: Canceled) -> Self {
        Left::Canceled
    }
}

/// The singular vectors of a layer, or why there are none.
type Vectors = Result<LayerSvd, String>;

/// The record of one layer, and its singular vectors if it is to be tapped: they take several times
/// the memory of the values.
fn layer(
    model: &Model,
    index: usize,
    tapped: bool,
    settings: &Settings,
    watch: &Watch<'_>,
) -> Result<(LayerAnalysis, Vectors), Left> {
    let spec = &model.layers()[index];
    let plan = memory::plan(&spec.shape, &spec.geometry, spec.dtype, tapped, settings)
        .map_err(Left::Skipped)?;
    let kernel = model
        .kernel(index)
        .map_err(|e| Left::Skipped(reason(&e, model.path())))?;
    watch.check()?;
    let (values, vectors) = decompose(&kernel, plan).map_err(|e| Left::Skipped(error_chain(&e)))?;
    let facts = Facts {
        name: spec.name.clone(),
        kind: spec.kind,
        weight: Some(spec.weight.clone()),
        dtype: Some(spec.dtype),
        grid: spec.grid.clone(),
        assumptions: spec.assumptions.iter().map(ToString::to_string).collect(),
    };
    let record = weights::record(facts, &kernel, values, settings, watch)?;
    Ok((record, vectors))
}

fn decompose(kernel: &ConvKernel, plan: Plan) -> Result<(LayerValues, Vectors), SvdError> {
    Ok(match plan {
        Plan::Vectors => {
            let svd = LayerSvd::new(kernel)?;
            (svd.values().clone(), Ok(svd))
        }
        Plan::Values { accuracy, reason } => (LayerValues::new(kernel, accuracy)?, Err(reason)),
    })
}

fn no_layers(model: &Model, skipped: &[SkippedLayer]) -> Error {
    // A linear layer that cannot be used says more than a part that is none.
    let example = skipped
        .get(model.skipped().len())
        .or(skipped.first())
        .map(|s| format!("`{}`: {}", s.name, s.reason));
    Error::NoLayers {
        model: model.path().display().to_string(),
        skipped: skipped.len(),
        example: example.unwrap_or_else(|| "nothing has weights".into()),
    }
}

fn skipped_part(part: &Skipped) -> SkippedLayer {
    SkippedLayer {
        name: part.name.clone(),
        kind: part.kind.clone(),
        reason: part.reason.to_string(),
    }
}
