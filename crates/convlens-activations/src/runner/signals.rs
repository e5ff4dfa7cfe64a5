//! Layers to tap, and a run that collects their signals.

use std::error::Error;
use std::ops::ControlFlow;

use convlens_model::OutputValue;
use rten::NodeId;
use rten_tensor::TensorView;
use rten_tensor::prelude::*;

use super::engine::{Outputs, RunOptions, Runner};
use crate::error::ActivationsError;
use crate::inputs::{Inputs, LeftOut};
use crate::signals::{Aggregation, Basis, SignalCollector, SignedSignals};

type Cause = Box<dyn Error + Send + Sync>;

/// A layer to collect signals from.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Tap {
    /// The layer's name, for errors.
    pub layer: String,
    /// Where its output appears.
    pub output: OutputValue,
    /// Subtracted from the output: the bias, so that signals are linear in the input.
    pub offset: Option<Vec<f64>>,
    /// The bases onto which the output is projected.
    pub bases: Vec<Basis>,
}

impl Tap {
    /// A layer by its name, where its output appears, and the bases to project it onto.
    #[must_use]
    pub fn new(layer: impl Into<String>, output: OutputValue, bases: Vec<Basis>) -> Tap {
        Tap {
            layer: layer.into(),
            output,
            offset: None,
            bases,
        }
    }

    /// Sets the offset: the layer's bias.
    #[must_use]
    pub fn offset(self, offset: Vec<f64>) -> Tap {
        Tap {
            offset: Some(offset),
            ..self
        }
    }
}

/// One tap while its tables grow: where to find its output in the runtime, and what collects it.
struct Collector<'t> {
    tap: &'t Tap,
    node: NodeId,
    signals: SignalCollector,
}

impl<'t> Collector<'t> {
    fn new(model: &rten::Model, tap: &'t Tap, how: Aggregation) -> Result<Self, ActivationsError> {
        let node = model.node_id(&tap.output.name);
        let signals = SignalCollector::new(tap.bases.clone())
            .with_aggregation(how)
            .with_channel_axis(tap.output.channel_axis);
        Ok(Collector {
            tap,
            node: node.map_err(|e| refusal(tap, e))?,
            signals: match &tap.offset {
                Some(offset) => signals
                    .with_offset(offset.clone())
                    .map_err(|e| refusal(tap, e))?,
                None => signals,
            },
        })
    }

    fn add(
        &mut self,
        value: Option<TensorView<'_, f32>>,
        outputs: &Outputs<'_>,
    ) -> Result<(), Cause> {
        let value = value.ok_or("it is not a tensor of f32")?;
        let mut shape = value.shape().to_vec();
        let mut count = value.len();
        if let Some(rows) = shape.first_mut() {
            if let Some(reason) = outputs.refuses_rows(*rows) {
                return Err(reason.into());
            }
            count = count / outputs.fed() * outputs.rows();
            *rows = outputs.rows();
        }
        let contiguous = value.to_contiguous();
        Ok(self.signals.add(&contiguous.data()[..count], &shape)?)
    }

    fn refuse(&self, source: impl Into<Cause>) -> ActivationsError {
        refusal(self.tap, source)
    }

    fn finish(self) -> Vec<SignedSignals> {
        self.signals.finish()
    }
}

fn refusal(tap: &Tap, source: impl Into<Cause>) -> ActivationsError {
    ActivationsError::Tap {
        layer: tap.layer.clone(),
        output: tap.output.name.clone(),
        source: source.into(),
    }
}

/// The result of a run over all inputs.
#[derive(Debug)]
#[non_exhaustive]
pub struct Activations {
    /// For every tap, one table for each of its bases; or why the layer could not be tapped.
    pub taps: Vec<Result<Vec<SignedSignals>, ActivationsError>>,
    /// The index of the largest output for each input, where the model's first output is a matrix
    /// of scores `[batch, classes]`.
    pub predictions: Option<Vec<usize>>,
    /// The inputs that were run, ascending: row `i` of every table, and prediction `i`, are those
    /// of input `inputs[i]`.
    pub inputs: Vec<usize>,
    /// The inputs that could not be used, with their reasons.
    pub left_out: Vec<LeftOut>,
}

impl Activations {
    /// The number of inputs whose label is the index of the largest output; `None` without labels
    /// or scores.
    #[must_use]
    pub fn correct(&self, inputs: &Inputs) -> Option<usize> {
        let (predictions, labels) = (self.predictions.as_ref()?, inputs.labels()?);
        let right = |&(input, found): &(&usize, &usize)| {
            let label = labels.get(*input).copied();
            label.and_then(|l| usize::try_from(l).ok()) == Some(*found)
        };
        Some(self.inputs.iter().zip(predictions).filter(right).count())
    }
}

impl Runner {
    /// Runs all inputs and collects the signals of every tap.
    ///
    /// Activations are aggregated batch by batch and dropped, so memory does not grow with the
    /// number of inputs beyond the tables themselves. A layer that cannot be tapped does not stop
    /// the others, nor does an input that cannot be read. `progress` is called with the number of
    /// inputs done.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::InputShape`] if the inputs do not fit the model,
    /// [`ActivationsError::AllLeftOut`] if not one can be read, [`ActivationsError::File`] if their
    /// file is damaged, [`ActivationsError::Runtime`] if the model fails while running.
    ///
    /// # Complexity
    ///
    /// The model's own, plus `O(directions * channels * positions)` for each input, tap and basis.
    pub fn run(
        &self,
        inputs: &Inputs,
        taps: &[Tap],
        options: &RunOptions,
        progress: &mut dyn FnMut(usize),
    ) -> Result<Activations, ActivationsError> {
        self.run_while(inputs, taps, options, &mut |done| {
            progress(done);
            ControlFlow::Continue(())
        })
    }

    /// As [`run`](Self::run), but ends after the batch at which `progress` breaks.
    ///
    /// # Errors
    ///
    /// As [`run`](Self::run), and [`ActivationsError::Stopped`] if `progress` broke.
    pub fn run_while(
        &self,
        inputs: &Inputs,
        taps: &[Tap],
        options: &RunOptions,
        progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
    ) -> Result<Activations, ActivationsError> {
        let mut collectors: Vec<_> = taps
            .iter()
            .map(|tap| Collector::new(&self.model, tap, options.aggregation))
            .collect();
        let mut predictions = self.scores.map(|_| Vec::with_capacity(inputs.count()));
        let nodes = collectors
            .iter()
            .filter_map(|c| Some(c.as_ref().ok()?.node));
        let wanted: Vec<NodeId> = nodes.chain(self.scores).collect();
        let mut judge = |probe: &Outputs<'_>| {
            for collector in &mut collectors {
                let Ok(open) = collector else { continue };
                let rows = probe
                    .floats(open.node)
                    .and_then(|v| v.shape().first().copied());
                if let Some(reason) = rows.and_then(|rows| probe.refuses_rows(rows)) {
                    *collector = Err(open.refuse(reason));
                }
            }
        };
        self.probe(inputs, options, &wanted, &mut judge)?;
        let ran = self.each_batch(inputs, options, &wanted, &mut |outputs| {
            for collector in &mut collectors {
                let Ok(open) = collector else { continue };
                if let Err(cause) = open.add(outputs.floats(open.node), outputs) {
                    *collector = Err(open.refuse(cause));
                }
            }
            let scores = self.scores.and_then(|id| outputs.floats(id));
            let scores = scores.and_then(|v| best(&v, outputs));
            predictions = predictions.take().zip(scores).map(|(mut all, new)| {
                all.extend(new);
                all
            });
            let done = outputs.done();
            match progress(done) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(ActivationsError::Stopped { done }),
            }
        })?;
        let taps = collectors.into_iter().map(|c| c.map(Collector::finish));
        Ok(Activations {
            taps: taps.collect(),
            predictions,
            inputs: ran.inputs,
            left_out: ran.left_out,
        })
    }
}

/// The index of each row's largest score, the first among equals.
fn best(scores: &TensorView<'_, f32>, outputs: &Outputs<'_>) -> Option<Vec<usize>> {
    let &[rows, classes] = scores.shape() else {
        return None;
    };
    if rows != outputs.fed() || classes == 0 {
        return None;
    }
    let data = scores.to_contiguous();
    let top =
        |row: &[f32]| (0..classes).fold(0, |best, c| if row[c] > row[best] { c } else { best });
    let rows = data.data().chunks_exact(classes).take(outputs.rows());
    Some(rows.map(top).collect())
}
