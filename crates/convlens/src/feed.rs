//! Inputs through the model: the signals of its layers, and what they separate.

use std::ops::ControlFlow;

use convlens_activations::{ActivationsError, Inputs, RunOptions, Runner, SignedSignals, Tap};
use convlens_hypergraph::Labels;
use convlens_model::{Model, error_chain};
use convlens_svd::LayerSvd;

use crate::analysis::{InputSummary, LayerAnalysis, LayerSeparation};
use crate::bases;
use crate::error::Error;
use crate::memory::NO_INPUTS;
use crate::outcome::Outcome;
use crate::progress::{Canceled, Stage, Watch};
use crate::reason::{file_name, reason};
use crate::separation::{Tables, separations, tables};
use crate::settings::Settings;
use crate::weights::without_separation;

/// A model that is ready to run on inputs, and what is to be tapped of it.
#[derive(Debug)]
pub(crate) struct Feed<'a> {
    /// The error is why nothing is run, which does not stop the analysis of the weights.
    source: Result<(Runner, &'a Inputs), String>,
    /// One for each analyzed layer; the error is why it cannot be tapped.
    taps: Vec<Result<Tap, String>>,
}

impl<'a> Feed<'a> {
    /// Inputs that do not fit the model are an error; a model that the runtime refuses is none.
    pub(crate) fn open(model: &Model, inputs: Option<&'a Inputs>) -> Result<Self, Error> {
        let source = match inputs.map(|inputs| (Runner::new(model), inputs)) {
            Some((Ok(runner), inputs)) => {
                runner.check(inputs)?;
                Ok((runner, inputs))
            }
            Some((Err(error), _)) => Err(reason(&error, model.path())),
            None => Err(NO_INPUTS.to_owned()),
        };
        Ok(Feed {
            source,
            taps: Vec::new(),
        })
    }

    /// Whether layers are to be tapped at all.
    pub(crate) fn runs(&self) -> bool {
        self.source.is_ok()
    }

    /// Adds the tap of a layer from its singular vectors, or why there are none.
    pub(crate) fn tap(
        &mut self,
        model: &Model,
        index: usize,
        vectors: Result<LayerSvd, String>,
        settings: &Settings,
    ) {
        let tap = vectors.and_then(|svd| tap(model, index, &svd, settings));
        self.taps.push(tap);
    }

    /// Runs the model, and gives each layer its separation, or the reason why it has none.
    pub(crate) fn measure(
        self,
        layers: &mut [LayerAnalysis],
        settings: &Settings,
        watch: &mut Watch<'_>,
    ) -> Result<Outcome<InputSummary>, Canceled> {
        let measured = match &self.source {
            Ok((runner, inputs)) => run(runner, inputs, &self.taps, settings, watch)?,
            Err(reason) => Err(reason.clone()),
        };
        Ok(match measured {
            Ok((outcomes, summary)) => {
                for (layer, outcome) in layers.iter_mut().zip(outcomes) {
                    layer.separation = outcome;
                }
                Outcome::Value(summary)
            }
            Err(reason) => without_separation(layers, &reason),
        })
    }
}

/// How the layer's output is to be tapped; the error is the reason why it cannot be.
fn tap(model: &Model, index: usize, svd: &LayerSvd, settings: &Settings) -> Result<Tap, String> {
    let spec = &model.layers()[index];
    let output = spec
        .output
        .clone()
        .ok_or("its output has no name in the graph")?;
    let bias = model.bias(index).map_err(|e| reason(&e, model.path()))?;
    let bases = bases::of_layer(svd, settings, index as u64)?;
    let tap = Tap::new(&spec.name, output, bases.into_list());
    Ok(match bias {
        Some(bias) => tap.offset(bias),
        None => tap,
    })
}

type Measured = Result<(Vec<Outcome<LayerSeparation>>, InputSummary), String>;

/// Measures all layers. The inner error is a reason that holds for every one of them: the model
/// does not run.
fn run(
    runner: &Runner,
    inputs: &Inputs,
    taps: &[Result<Tap, String>],
    settings: &Settings,
    watch: &mut Watch<'_>,
) -> Result<Measured, Canceled> {
    // Without labels that can be used the model is run for its own outputs alone.
    let every: Vec<usize> = (0..inputs.count()).collect();
    let wanted: Vec<Tap> = match labels(inputs, &every) {
        Ok(_) => taps.iter().filter_map(|t| t.clone().ok()).collect(),
        Err(_) => Vec::new(),
    };
    let total = inputs.count();
    watch.at(Stage::Activations, 0, total, "")?;
    let options = RunOptions::default().aggregation(settings.aggregation);
    let ran = runner.run_while(inputs, &wanted, &options, &mut |done| match watch.at(
        Stage::Activations,
        done,
        total,
        "",
    ) {
        Ok(()) => ControlFlow::Continue(()),
        Err(Canceled) => ControlFlow::Break(()),
    });
    let run = match ran {
        Ok(run) => run,
        Err(ActivationsError::Stopped { .. }) => return Err(Canceled),
        Err(error) => return Ok(Err(reason(&error, runner.path()))),
    };
    let labels = labels(inputs, &run.inputs);
    let summary = InputSummary {
        name: Some(file_name(inputs.path())),
        count: run.inputs.len(),
        shape: Some(inputs.shape()[1..].to_vec()),
        classes: labels.as_ref().ok().map(Labels::n_classes),
        correct: run.correct(inputs),
        preprocessing: inputs.preprocessing().cloned(),
        left_out: run.left_out.clone(),
    };
    let outcomes = match labels {
        Ok(labels) => {
            let tables = each(taps, run.taps);
            let mut outcomes = separations(tables, &labels, settings, watch)?;
            number_exemplars(&mut outcomes, &run.inputs);
            outcomes
        }
        Err(reason) => taps.iter().map(|_| Outcome::unavailable(&reason)).collect(),
    };
    Ok(Ok((outcomes, summary)))
}

/// Exemplars are rows of the tables; where inputs were left out, these have other numbers.
fn number_exemplars(outcomes: &mut [Outcome<LayerSeparation>], inputs: &[usize]) {
    for outcome in outcomes {
        let Outcome::Value(layer) = outcome else {
            continue;
        };
        for direction in &mut layer.exemplars {
            for exemplar in direction.highest.iter_mut().chain(&mut direction.lowest) {
                // Inputs are counted in u32 there; a table of more rows does not exist.
                exemplar.input = inputs[exemplar.input as usize] as u32;
            }
        }
    }
}

/// The classes of the inputs that were run.
fn labels(inputs: &Inputs, run: &[usize]) -> Result<Labels, String> {
    match inputs.labels() {
        Some(labels) => {
            let labels: Vec<i64> = run.iter().map(|&i| labels[i]).collect();
            Labels::new(&labels).map_err(|e| error_chain(&e))
        }
        None => Err(format!(
            "{}: the inputs carry no labels",
            file_name(inputs.path())
        )),
    }
}

/// What a run gave for each tap that it was asked for.
type Tapped = Result<Vec<SignedSignals>, ActivationsError>;

/// One entry for each layer; `results` has one for each that could be asked for.
fn each(taps: &[Result<Tap, String>], results: Vec<Tapped>) -> Vec<Tables> {
    let mut results = results.into_iter();
    let of = |tap: &Result<Tap, String>| match (tap, tap.is_ok().then(|| results.next()).flatten())
    {
        (Err(reason), _) => Err(reason.clone()),
        (Ok(_), Some(Ok(signals))) => tables(signals),
        (Ok(_), Some(Err(error))) => Err(error_chain(&error)),
        (Ok(_), None) => Err("it was not tapped".to_owned()),
    };
    taps.iter().map(of).collect()
}
