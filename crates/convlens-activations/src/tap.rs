//! One tapped layer: what is wanted of it, and its tables while they grow.

use convlens_model::OutputValue;
use rten::NodeId;
use rten_tensor::TensorView;
use rten_tensor::prelude::*;

use crate::aggregation::Aggregation;
use crate::collector::SignalCollector;
use crate::error::ActivationsError;
use crate::runner::Outputs;
use crate::signals::{Basis, SignedSignals};

/// One layer whose output is wanted.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Tap {
    /// The layer's name, for errors.
    pub layer: String,
    /// Where its output appears.
    pub output: OutputValue,
    /// Subtracted from the output first: the bias, so that signals are linear in the input.
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

    /// Subtracts this from the output before it is projected: the layer's bias.
    #[must_use]
    pub fn offset(self, offset: Vec<f64>) -> Tap {
        Tap {
            offset: Some(offset),
            ..self
        }
    }
}

/// One tap while its tables grow: where to find its output in the runtime, and what collects it.
pub(crate) struct Collector<'t> {
    tap: &'t Tap,
    pub(crate) node: NodeId,
    signals: SignalCollector,
}

impl<'t> Collector<'t> {
    pub(crate) fn new(
        model: &rten::Model,
        tap: &'t Tap,
        how: Aggregation,
    ) -> Result<Self, ActivationsError> {
        let node = model.node_id(&tap.output.name);
        let signals = SignalCollector::new(tap.bases.clone())
            .with_aggregation(how)
            .with_channel_axis(tap.output.channel_axis);
        Ok(Collector {
            tap,
            node: node.map_err(|e| refusal(tap, e.to_string()))?,
            signals: match &tap.offset {
                Some(offset) => signals.with_offset(offset.clone()),
                None => signals,
            },
        })
    }

    pub(crate) fn add(
        &mut self,
        value: Option<TensorView<'_, f32>>,
        outputs: &Outputs<'_>,
    ) -> Result<(), String> {
        let value = value.ok_or("it is not a tensor of f32")?;
        let mut shape = value.shape().to_vec();
        let mut count = value.len();
        if let Some(rows) = shape.first_mut() {
            if let Some(reason) = outputs.refuses_rows(*rows) {
                return Err(reason);
            }
            count = count / outputs.fed() * outputs.kept();
            *rows = outputs.kept();
        }
        let contiguous = value.to_contiguous();
        let added = self.signals.add(&contiguous.data()[..count], &shape);
        added.map_err(|e| e.to_string())
    }

    pub(crate) fn refuse(&self, reason: String) -> ActivationsError {
        refusal(self.tap, reason)
    }

    pub(crate) fn finish(self) -> Vec<SignedSignals> {
        self.signals.finish()
    }
}

fn refusal(tap: &Tap, reason: String) -> ActivationsError {
    ActivationsError::Tap {
        layer: tap.layer.clone(),
        output: tap.output.name.clone(),
        reason,
    }
}
