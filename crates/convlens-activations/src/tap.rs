//! One tapped layer: what is wanted of it, and its tables while they grow.

use convlens_model::OutputValue;
use rten::NodeId;
use rten_tensor::TensorView;
use rten_tensor::prelude::*;

use crate::error::ActivationsError;
use crate::peaks::Peaks;
use crate::signals::{Aggregation, Basis, Output, SignedSignals};

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

/// The tables of one tap while they grow.
pub(crate) struct Collector<'t> {
    tap: &'t Tap,
    pub(crate) node: NodeId,
    rows: Vec<Vec<f64>>,
    /// Filled for the bases that ask for it.
    peaks: Vec<Vec<u32>>,
    grid: Option<Vec<usize>>,
    how: Aggregation,
}

impl<'t> Collector<'t> {
    pub(crate) fn new(
        model: &rten::Model,
        tap: &'t Tap,
        how: Aggregation,
    ) -> Result<Self, ActivationsError> {
        match model.node_id(&tap.output.name) {
            Ok(node) => Ok(Collector {
                tap,
                node,
                rows: vec![Vec::new(); tap.bases.len()],
                peaks: vec![Vec::new(); tap.bases.len()],
                grid: None,
                how,
            }),
            Err(e) => Err(refusal(tap, e.to_string())),
        }
    }

    pub(crate) fn add(
        &mut self,
        value: Option<TensorView<'_, f32>>,
        batch: usize,
    ) -> Result<(), String> {
        let value = value.ok_or("it is not a tensor of f32")?;
        let contiguous = value.to_contiguous();
        let data = contiguous.data();
        let output = Output::new(data, value.shape(), self.tap.output.channel_axis)
            .ok_or_else(|| format!("its shape is {:?}", value.shape()))?;
        if output.batch() != batch {
            return Err(format!("it has {} rows for {batch} inputs", output.batch()));
        }
        let channels = output.channels();
        let offset = self.tap.offset.as_deref();
        let widths = self
            .tap
            .bases
            .iter()
            .map(Basis::channels)
            .chain(offset.map(<[f64]>::len));
        if let Some(width) = widths.into_iter().find(|&w| w != channels) {
            return Err(format!(
                "it has {channels} channels where {width} are expected"
            ));
        }
        if data.iter().any(|v| !v.is_finite()) {
            return Err("it holds values that are not finite".into());
        }
        if self.grid.get_or_insert_with(|| output.grid().to_vec()) != output.grid() {
            return Err("its positions change from batch to batch".into());
        }
        let tables = self.rows.iter_mut().zip(&mut self.peaks);
        for (basis, (rows, peaks)) in self.tap.bases.iter().zip(tables) {
            let peaks = basis.tracks_peaks(self.how).then_some(peaks);
            output.aggregate(basis, offset, self.how, rows, peaks);
        }
        Ok(())
    }

    pub(crate) fn refuse(&self, reason: String) -> ActivationsError {
        refusal(self.tap, reason)
    }

    pub(crate) fn finish(self, inputs: usize) -> Vec<SignedSignals> {
        let grid = self.grid.unwrap_or_default();
        let tables = self.rows.into_iter().zip(self.peaks);
        let table = |(basis, (values, indices)): (&Basis, (Vec<f64>, Vec<u32>))| SignedSignals {
            inputs,
            features: 2 * basis.directions(),
            values,
            peaks: basis.tracks_peaks(self.how).then(|| Peaks {
                grid: grid.clone(),
                indices,
            }),
        };
        self.tap.bases.iter().zip(tables).map(table).collect()
    }
}

fn refusal(tap: &Tap, reason: String) -> ActivationsError {
    ActivationsError::Tap {
        layer: tap.layer.clone(),
        output: tap.output.name.clone(),
        reason,
    }
}
