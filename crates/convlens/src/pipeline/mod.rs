//! The flow: a model to layers, layers to spectra and statistics, inputs to separation.

mod bases;
mod cost;
mod definitions;
mod memory;
mod monitor;
mod separation;
mod weights;

pub use definitions::validate_definitions;
pub use monitor::{Monitor, MonitoredLayer};

use std::path::Path;

use convlens_activations::{Inputs, Runner};
use convlens_model::Model;

use crate::analysis::{Analysis, InputSummary, ModelSummary, SCHEMA_VERSION, SkippedLayer};
use crate::error::Error;
use crate::outcome::Outcome;
use crate::progress::{Progress, Stage};
use crate::settings::Settings;

/// Analyses a model: its weights and, where inputs are given, what it does to them.
///
/// Layers are decoded one at a time. A layer whose weights cannot be used is moved to
/// [`Analysis::skipped`] with its reason; a result that does not exist for a layer says why in its
/// [`Outcome`]. Only the inputs' not fitting the model stops everything, before any work.
///
/// # Errors
///
/// [`Error::Setting`] for a setting out of range, [`Error::Inputs`] if the inputs do not fit the
/// model, [`Error::NoLayers`] if nothing can be analysed.
///
/// # Complexity
///
/// For each layer, one SVD of the unfolded kernel (values alone where nothing is run) and one of a `c_out x c_in` matrix at half the
/// frequencies of its grid; one run of the model over the inputs.
///
/// Memory, in copies of the largest layer as `f64`: without inputs 4 at most, the kernel's own among them; 3 and a little where
/// the file keeps a matrix of 2^22 weights or more in `f32` or narrower, whose values come through the Gram matrix of
/// its smaller side ([`UnfoldingSummary::rung`](crate::UnfoldingSummary) says so), and fewer the longer it is; with inputs 12 at
/// most. A layer over [`Settings::memory_budget`] is skipped before its weights are read.
///
/// # Example
///
/// ```
/// use convlens::model::Model;
/// use convlens::{Settings, analyze};
///
/// let model = Model::open(convlens_fixtures::digits_onnx())?;
/// let analysis = analyze(&model, None, &Settings::default(), &mut ())?;
/// let conv1 = &analysis.layers[0];
/// assert_eq!(conv1.shape, [32, 1, 3, 3]);
/// let norm = conv1.norm.value().unwrap();
/// assert!(norm.lower <= norm.upper);
/// assert!(conv1.separation.reason().unwrap().contains("no inputs"));
/// # Ok::<(), convlens::Error>(())
/// ```
pub fn analyze(
    model: &Model,
    inputs: Option<&Inputs>,
    settings: &Settings,
    progress: &mut dyn Progress,
) -> Result<Analysis, Error> {
    settings.check()?;
    // What the user asked for and cannot be had is said before the work, not after it.
    let runner = inputs.map(|inputs| runner(model, inputs)).transpose()?;

    let mut layers = Vec::new();
    let mut skipped: Vec<SkippedLayer> = model.skipped().iter().map(skipped_part).collect();
    progress.begin(Stage::Weights, model.layers().len());
    for (index, spec) in model.layers().iter().enumerate() {
        progress.update(Stage::Weights, index, &spec.name);
        match weights::analyse(model, index, matches!(runner, Some(Ok(_))), settings) {
            Ok(layer) => layers.push(layer),
            Err(reason) => skipped.push(SkippedLayer {
                name: spec.name.clone(),
                kind: spec.kind.to_string(),
                reason,
            }),
        }
    }
    progress.update(Stage::Weights, model.layers().len(), "");
    if layers.is_empty() {
        // A linear layer that cannot be used says more than a part that is none.
        let example = skipped
            .get(model.skipped().len())
            .or(skipped.first())
            .map(|s| format!("`{}`: {}", s.name, s.reason));
        return Err(Error::NoLayers {
            path: model.path().to_owned(),
            skipped: skipped.len(),
            example: example.unwrap_or_else(|| "nothing has weights".into()),
        });
    }

    let summary = match (inputs, runner) {
        (Some(inputs), Some(Ok(runner))) => {
            let taps: Vec<_> = layers.iter().map(|l| l.tap.as_ref()).collect();
            let found = separation::measure(&runner, inputs, &taps, settings, progress);
            let (outcomes, summary) = found.unwrap_or_else(|reason| {
                let all = layers
                    .iter()
                    .map(|_| Outcome::unavailable(&reason))
                    .collect();
                (all, Outcome::unavailable(&reason))
            });
            for (layer, outcome) in layers.iter_mut().zip(outcomes) {
                layer.result.separation = outcome;
            }
            summary
        }
        (_, Some(Err(reason))) => no_separation(&mut layers, &reason),
        _ => no_separation(&mut layers, "no inputs were given"),
    };
    let layers: Vec<_> = layers.into_iter().map(|l| l.result).collect();
    Ok(Analysis {
        schema_version: SCHEMA_VERSION,
        convlens_version: env!("CARGO_PKG_VERSION").into(),
        model: ModelSummary {
            name: file_name(model.path()),
            format: model.format(),
            weights: layers
                .iter()
                .map(|l| l.shape.iter().product::<usize>())
                .sum(),
            notes: model.notes().iter().map(ToString::to_string).collect(),
        },
        inputs: summary,
        settings: settings.clone(),
        layers,
        skipped,
    })
}

/// A runner for these inputs; the inner error is a model that the runtime refuses, which does not
/// stop the analysis of its weights.
fn runner(model: &Model, inputs: &Inputs) -> Result<Result<Runner, String>, Error> {
    match Runner::new(model) {
        Ok(runner) => {
            runner.check(inputs)?;
            Ok(Ok(runner))
        }
        Err(error) => Ok(Err(reason(&error, model.path()))),
    }
}

fn no_separation(layers: &mut [weights::Weighed], reason: &str) -> Outcome<InputSummary> {
    for layer in layers {
        layer.result.separation = Outcome::unavailable(reason);
    }
    Outcome::unavailable(reason)
}

fn skipped_part(part: &convlens_model::Skipped) -> SkippedLayer {
    SkippedLayer {
        name: part.name.clone(),
        kind: part.kind.clone(),
        reason: part.reason.to_string(),
    }
}

/// An error in words that name the file, but not the folders of this machine.
fn reason(error: &dyn std::fmt::Display, file: &Path) -> String {
    error
        .to_string()
        .replace(&file.display().to_string(), &file_name(file))
}

/// The last part of a path: what a report may say without telling of the machine.
fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}
