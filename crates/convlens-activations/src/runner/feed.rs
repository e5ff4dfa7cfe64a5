//! Inputs through the model, batch by batch.

use rten::{NodeId, Value, ValueOrView};
use rten_tensor::TensorView;

use super::{RunOptions, Runner, runtime};
use crate::error::ActivationsError;
use crate::inputs::{Batch, Inputs, LeftOut};

/// What the model gave for a batch.
pub(crate) struct Outputs<'a> {
    wanted: &'a [NodeId],
    values: Vec<Value>,
    batch: &'a Batch,
    fed: usize,
    done: usize,
}

impl Outputs<'_> {
    pub(crate) fn value(&self, id: NodeId) -> Option<&Value> {
        let at = self.wanted.binary_search(&id).ok()?;
        self.values.get(at)
    }

    pub(crate) fn floats(&self, id: NodeId) -> Option<TensorView<'_, f32>> {
        self.value(id)?.as_tensor_view::<f32>()
    }

    /// How many rows the model was given: those that are kept, then some that only make the batch full.
    pub(crate) fn fed(&self) -> usize {
        self.fed
    }

    /// How many rows, from the first on, are those of inputs.
    pub(crate) fn kept(&self) -> usize {
        self.batch.inputs.len()
    }

    /// Which inputs these are.
    pub(crate) fn inputs(&self) -> &[usize] {
        &self.batch.inputs
    }

    /// How many inputs are done with these, those left out among them.
    pub(crate) fn done(&self) -> usize {
        self.done
    }

    /// Why a value with so many rows is not one row for each input, if so.
    pub(crate) fn refuses_rows(&self, rows: usize) -> Option<String> {
        (rows != self.fed).then(|| {
            let fed = self.fed;
            format!("its first dimension is not the batch: {rows} rows for {fed} inputs")
        })
    }
}

/// What became of the inputs.
pub(super) struct Ran {
    pub(super) inputs: Vec<usize>,
    pub(super) left_out: Vec<LeftOut>,
}

impl Runner {
    /// Runs all inputs and hands on the wanted values of each batch.
    pub(super) fn each_batch(
        &self,
        inputs: &Inputs,
        options: &RunOptions,
        wanted: &[NodeId],
        visit: &mut dyn FnMut(&Outputs<'_>) -> Result<(), ActivationsError>,
    ) -> Result<Ran, ActivationsError> {
        let wanted = sorted(wanted);
        let size = self.batch_size(inputs, options)?;
        let mut ran = Ran {
            inputs: Vec::new(),
            left_out: inputs.left_out().to_vec(),
        };
        let mut batches = inputs.batches(size);
        while let Some(mut batch) = batches.next().transpose()? {
            ran.left_out.append(&mut batch.left_out);
            if batch.inputs.is_empty() {
                continue;
            }
            let outputs = self.run_batch(inputs, &wanted, &batch, batches.read())?;
            visit(&outputs)?;
            ran.inputs.extend(&batch.inputs);
        }
        match ran.left_out.first() {
            Some(first) if ran.inputs.is_empty() => Err(ActivationsError::AllLeftOut {
                path: inputs.path().to_owned(),
                count: inputs.count(),
                first: first.clone(),
            }),
            _ => Ok(ran),
        }
    }

    /// Runs one batch of another size than the others, to show values whose first dimension is not the batch, such
    /// as `[time, batch, channels]`: it may equal the batch size by chance. Nothing is shown where the batch's size is
    /// fixed, or the model does not run at another: the run itself says what is wrong.
    pub(super) fn probe(
        &self,
        inputs: &Inputs,
        options: &RunOptions,
        wanted: &[NodeId],
        judge: &mut dyn FnMut(&Outputs<'_>),
    ) -> Result<(), ActivationsError> {
        let size = self.batch_size(inputs, options)?.min(inputs.count());
        let other = if size == 1 { 2 } else { 1 };
        if wanted.is_empty() || self.fixed_batch().is_some() || other > inputs.count() {
            return Ok(());
        }
        let wanted = sorted(wanted);
        let Some(batch) = inputs.batches(other).next().transpose()? else {
            return Ok(());
        };
        if batch.inputs.len() == other
            && let Ok(outputs) = self.run_batch(inputs, &wanted, &batch, 0)
        {
            judge(&outputs);
        }
        Ok(())
    }

    fn run_batch<'a>(
        &self,
        inputs: &Inputs,
        wanted: &'a [NodeId],
        batch: &'a Batch,
        done: usize,
    ) -> Result<Outputs<'a>, ActivationsError> {
        let kept = batch.inputs.len();
        let fed = self.fixed_batch().unwrap_or(kept);
        let mut shape = inputs.shape().to_vec();
        shape[0] = fed;
        let mut values = std::borrow::Cow::Borrowed(&batch.values);
        let row = batch.values.len() / kept.max(1);
        // A batch that is too short for the model is filled with its last input again.
        for _ in kept..fed {
            let last = &batch.values[(kept - 1) * row..];
            values.to_mut().extend(last);
        }
        let feed = vec![(
            self.input,
            ValueOrView::from(TensorView::from_data(&shape, &values[..])),
        )];
        let values = self.model.run(feed, wanted, None);
        Ok(Outputs {
            wanted,
            values: values.map_err(|e| runtime(&self.path, &e))?,
            batch,
            fed,
            done,
        })
    }
}

fn sorted(wanted: &[NodeId]) -> Vec<NodeId> {
    let mut wanted = wanted.to_vec();
    wanted.sort_unstable();
    wanted.dedup();
    wanted
}
