//! Running a model over inputs, a batch at a time, with taps on its linear layers.

use std::path::PathBuf;

use convlens_model::Model;
use rten::{ModelOptions, NodeId, Value, ValueOrView};
use rten_tensor::TensorView;
use rten_tensor::prelude::*;

use crate::aggregation::Aggregation;
use crate::error::ActivationsError;
use crate::inputs::Inputs;
use crate::signals::SignedSignals;
use crate::tap::{Collector, Tap};

/// How a model is run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunOptions {
    /// How many inputs are run at a time; 0 counts as 1. A model whose batch size is fixed is run with
    /// that size. 32 by default: the tensors of a batch are what bounds memory.
    pub batch_size: usize,
    /// How signals over positions become one number. [`Aggregation::Max`] by default.
    pub aggregation: Aggregation,
}

impl Default for RunOptions {
    fn default() -> Self {
        RunOptions {
            batch_size: 32,
            aggregation: Aggregation::default(),
        }
    }
}

impl RunOptions {
    /// How many inputs are run at a time, at least one. A model whose batch size is fixed is run
    /// with that size.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        RunOptions { batch_size, ..self }
    }

    /// How signals over positions become one number.
    #[must_use]
    pub fn aggregation(self, aggregation: Aggregation) -> Self {
        RunOptions {
            aggregation,
            ..self
        }
    }
}

/// What a run over all inputs gives.
#[derive(Debug)]
#[non_exhaustive]
pub struct Activations {
    /// For every tap, one table for each of its bases; or why the layer could not be tapped.
    pub taps: Vec<Result<Vec<SignedSignals>, ActivationsError>>,
    /// The index of the largest output for each input, where the model's first output is a matrix
    /// of scores `[batch, classes]`.
    pub predictions: Option<Vec<usize>>,
}

impl Activations {
    /// The number of inputs whose label is the index of the largest output; `None` without labels
    /// or scores.
    #[must_use]
    pub fn correct(&self, inputs: &Inputs) -> Option<usize> {
        let pairs = self.predictions.as_ref()?.iter().zip(inputs.labels()?);
        Some(
            pairs
                .filter(|&(&p, &l)| usize::try_from(l) == Ok(p))
                .count(),
        )
    }
}

/// A model that is ready to run.
pub struct Runner {
    model: rten::Model,
    path: PathBuf,
    input: NodeId,
    input_name: String,
    input_shape: Vec<Option<usize>>,
    scores: Option<NodeId>,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner")
            .field("path", &self.path)
            .field("input", &self.input_name)
            .field("shape", &self.input_shape)
            .finish_non_exhaustive()
    }
}

impl Runner {
    /// Prepares a model to be run.
    ///
    /// The graph is run as it is written: an optimiser would fuse a convolution with what follows,
    /// and its own output would no longer exist. Weights in other files ([`Model::external_files`]) are
    /// read too.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::NotRunnable`] for a format without a graph,
    /// [`ActivationsError::InputCount`] unless there is exactly one input,
    /// [`ActivationsError::Runtime`] if the runtime refuses the model.
    pub fn new(model: &Model) -> Result<Runner, ActivationsError> {
        let path = model.path().to_owned();
        let Some(bytes) = model.runnable() else {
            return Err(ActivationsError::NotRunnable { model: path });
        };
        let [input] = model.inputs() else {
            let found = model.inputs().len();
            return Err(ActivationsError::InputCount { model: path, found });
        };
        let mut options = ModelOptions::with_all_ops();
        options.enable_optimization(false);
        for (name, file) in model.external_files() {
            let bytes = std::fs::read(&file);
            let bytes = bytes.map_err(|e| runtime(&path, &format!("its file `{name}`: {e}")))?;
            options.external_data(&name, bytes);
        }
        let loaded = options.load(bytes.to_vec());
        let loaded = loaded.map_err(|e| runtime(&path, &e))?;
        let id = loaded
            .node_id(&input.name)
            .map_err(|e| runtime(&path, &e))?;
        let scores = loaded.output_ids().first().copied();
        Ok(Runner {
            model: loaded,
            path,
            input: id,
            input_name: input.name.clone(),
            input_shape: input.shape.clone().unwrap_or_default(),
            scores,
        })
    }

    /// Runs all inputs and collects the signals of every tap.
    ///
    /// Activations are aggregated batch by batch and dropped, so memory does not grow with the
    /// number of inputs beyond the tables themselves. A layer that cannot be tapped does not stop
    /// the others. `progress` is called with the number of inputs done.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::InputShape`] if the inputs do not fit the model,
    /// [`ActivationsError::Runtime`] if it fails while running.
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
        let batch_size = self.batch_size(inputs, options)?;
        let mut collectors: Vec<_> = taps
            .iter()
            .map(|tap| Collector::new(&self.model, tap, options.aggregation))
            .collect();
        let mut predictions = self.scores.map(|_| Vec::with_capacity(inputs.count()));
        let mut wanted: Vec<NodeId> = collectors
            .iter()
            .filter_map(|c| c.as_ref().ok().map(|c| c.node))
            .chain(self.scores)
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        self.refuse_other_rows(inputs, batch_size, &wanted, &mut collectors);
        for from in (0..inputs.count()).step_by(batch_size) {
            let to = (from + batch_size).min(inputs.count());
            let outputs = self.run_batch(inputs, from, to, &wanted)?;
            let value = |id: NodeId| {
                let at = wanted.binary_search(&id).ok()?;
                outputs.get(at).and_then(|v| v.as_tensor_view::<f32>())
            };
            for collector in &mut collectors {
                let Ok(open) = collector else { continue };
                if let Err(reason) = open.add(value(open.node), to - from) {
                    *collector = Err(open.refuse(reason));
                }
            }
            let scores = self
                .scores
                .and_then(value)
                .and_then(|v| best(&v, to - from));
            predictions = predictions.zip(scores).map(|(mut all, new)| {
                all.extend(new);
                all
            });
            progress(to);
        }
        let taps = collectors.into_iter().map(|c| c.map(Collector::finish));
        Ok(Activations {
            taps: taps.collect(),
            predictions,
        })
    }

    /// Refuses taps whose first dimension is not the batch, such as `[time, batch, channels]`: it may
    /// equal the batch size by chance, so one more batch is run, of another size.
    fn refuse_other_rows(
        &self,
        inputs: &Inputs,
        batch_size: usize,
        wanted: &[NodeId],
        collectors: &mut [Result<Collector<'_>, ActivationsError>],
    ) {
        let probe = if batch_size.min(inputs.count()) == 1 {
            2
        } else {
            1
        };
        let fixed = self.input_shape.first().copied().flatten().is_some();
        if fixed || probe > inputs.count() || collectors.is_empty() {
            return;
        }
        // A model that does not run at this size proves nothing; the run itself says what is wrong.
        let Ok(outputs) = self.run_batch(inputs, 0, probe, wanted) else {
            return;
        };
        for collector in collectors {
            let Ok(open) = collector else { continue };
            let value = wanted
                .binary_search(&open.node)
                .ok()
                .and_then(|i| outputs.get(i));
            let rows = value.and_then(|v| v.as_tensor_view::<f32>()?.shape().first().copied());
            if rows.is_some_and(|rows| rows != probe) {
                let reason = "its first dimension is not the batch";
                *collector = Err(open.refuse(reason.into()));
            }
        }
    }

    fn run_batch(
        &self,
        inputs: &Inputs,
        from: usize,
        to: usize,
        wanted: &[NodeId],
    ) -> Result<Vec<Value>, ActivationsError> {
        let mut shape = inputs.shape().to_vec();
        shape[0] = to - from;
        let batch = TensorView::from_data(&shape, inputs.rows(from, to));
        let feed = vec![(self.input, ValueOrView::from(batch))];
        self.model
            .run(feed, wanted, None)
            .map_err(|e| runtime(&self.path, &e))
    }

    /// The path or name of the model.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// Checks the inputs against the shape that the model declares; costs nothing.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::InputShape`] if they do not fit.
    pub fn check(&self, inputs: &Inputs) -> Result<(), ActivationsError> {
        self.batch_size(inputs, &RunOptions::default()).map(drop)
    }

    /// Checks the inputs and settles the batch size.
    fn batch_size(&self, inputs: &Inputs, options: &RunOptions) -> Result<usize, ActivationsError> {
        let declared = &self.input_shape;
        let found = inputs.shape();
        let fixed = declared.first().copied().flatten();
        let fits = declared.is_empty()
            || (declared.len() == found.len()
                && declared[1..]
                    .iter()
                    .zip(&found[1..])
                    .all(|(d, f)| d.is_none_or(|d| d == *f))
                && fixed.is_none_or(|batch| found[0].is_multiple_of(batch)));
        if fits {
            return Ok(fixed.unwrap_or(options.batch_size).max(1));
        }
        let dims: Vec<String> = declared
            .iter()
            .map(|d| d.map_or("?".to_owned(), |n| n.to_string()))
            .collect();
        Err(ActivationsError::InputShape {
            path: inputs.path().to_owned(),
            model: self.path.clone(),
            input: self.input_name.clone(),
            expected: format!("[{}]", dims.join(", ")),
            found: found.to_vec(),
        })
    }
}

fn runtime(path: &std::path::Path, error: &dyn std::fmt::Display) -> ActivationsError {
    ActivationsError::Runtime {
        model: path.to_owned(),
        reason: error.to_string(),
    }
}

/// The index of each row's largest score, the first among equals.
fn best(scores: &TensorView<'_, f32>, batch: usize) -> Option<Vec<usize>> {
    let &[rows, classes] = scores.shape() else {
        return None;
    };
    if rows != batch || classes == 0 {
        return None;
    }
    let data = scores.to_contiguous();
    let top =
        |row: &[f32]| (0..classes).fold(0, |best, c| if row[c] > row[best] { c } else { best });
    Some(data.data().chunks_exact(classes).map(top).collect())
}
