//! A model and the runtime: its options, and inputs through it batch by batch.

use std::collections::HashMap;
use std::error::Error;
use std::path::{Path, PathBuf};

use convlens_model::{Model, ValueSpec};
use rten::{ModelOptions, NodeId, Value, ValueOrView};
use rten_tensor::TensorView;

use crate::error::ActivationsError;
use crate::inputs::{Batch, Inputs, LeftOut};
use crate::signals::Aggregation;

/// How a model is run.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RunOptions {
    /// How many inputs are run at a time; 0 counts as 1. A model whose batch size is fixed is run
    /// with that size. 32 by default: memory is bounded by the tensors of a batch.
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
    /// Sets how many inputs are run at a time.
    #[must_use]
    pub fn batch_size(self, batch_size: usize) -> Self {
        RunOptions { batch_size, ..self }
    }

    /// Sets how signals over positions become one number.
    #[must_use]
    pub fn aggregation(self, aggregation: Aggregation) -> Self {
        RunOptions {
            aggregation,
            ..self
        }
    }
}

/// A model that is ready to run.
///
/// # Example
///
/// ```no_run
/// use convlens_activations::{InputOptions, Inputs, RunOptions, Runner};
/// use convlens_model::Model;
///
/// let runner = Runner::new(&Model::open("model.onnx")?)?;
/// let inputs = Inputs::open("inputs.npz", &InputOptions::default())?;
/// let run = runner.run(&inputs, &[], &RunOptions::default(), &mut |done| println!("{done}"))?;
/// println!("{:?} of {} right", run.correct(&inputs), inputs.count());
/// # Ok::<(), convlens_activations::ActivationsError>(())
/// ```
#[doc(alias = "inference")]
#[doc(alias = "InferenceSession")]
pub struct Runner {
    pub(super) model: rten::Model,
    path: PathBuf,
    input: NodeId,
    input_name: String,
    input_shape: Vec<Option<usize>>,
    pub(super) scores: Option<NodeId>,
    pub(super) values: Vec<ValueSpec>,
    /// The places of values in the list, by their own names.
    pub(super) by_name: HashMap<String, usize>,
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
    /// The graph is run as it is written: an optimizer would fuse a convolution with what follows,
    /// and its own output would no longer exist. Weights in other files ([`Model::external_files`])
    /// are read too.
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
            let inputs = model.inputs().len();
            return Err(ActivationsError::InputCount {
                model: path,
                inputs,
            });
        };
        let mut options = ModelOptions::with_all_ops();
        options.enable_optimization(false);
        for (name, file) in model.external_files() {
            let bytes = std::fs::read(&file)
                .map_err(|e| runtime(&path, format!("its file `{name}`: {e}")))?;
            options.external_data(&name, bytes);
        }
        let loaded = options.load(bytes.to_vec());
        let loaded = loaded.map_err(|e| runtime(&path, e))?;
        let id = loaded.node_id(&input.name).map_err(|e| runtime(&path, e))?;
        let scores = loaded.output_ids().first().copied();
        let values = model.values();
        Ok(Runner {
            model: loaded,
            path,
            input: id,
            input_name: input.name.clone(),
            input_shape: input.shape.clone().unwrap_or_default(),
            scores,
            by_name: values
                .iter()
                .enumerate()
                .map(|(i, v)| (v.name.clone(), i))
                .collect(),
            values,
        })
    }

    /// The path or name of the model.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Checks the shape of the inputs against what the model declares; reads nothing.
    ///
    /// # Errors
    ///
    /// [`ActivationsError::InputShape`] if they do not fit.
    pub fn check(&self, inputs: &Inputs) -> Result<(), ActivationsError> {
        self.batch_size(inputs, &RunOptions::default()).map(drop)
    }

    /// The batch size, where the model fixes it.
    fn fixed_batch(&self) -> Option<usize> {
        self.input_shape
            .first()
            .copied()
            .flatten()
            .map(|n| n.max(1))
    }

    /// Checks the inputs and decides the batch size.
    fn batch_size(&self, inputs: &Inputs, options: &RunOptions) -> Result<usize, ActivationsError> {
        let declared = &self.input_shape;
        let found = inputs.shape();
        let fits = declared.is_empty()
            || (declared.len() == found.len()
                && declared[1..]
                    .iter()
                    .zip(&found[1..])
                    .all(|(d, f)| d.is_none_or(|d| d == *f)));
        if fits {
            return Ok(self.fixed_batch().unwrap_or(options.batch_size).max(1));
        }
        let dims: Vec<String> = declared
            .iter()
            .map(|d| d.map_or("?".to_owned(), |n| n.to_string()))
            .collect();
        Err(ActivationsError::InputShape {
            path: inputs.path().to_owned(),
            model: self.path.clone(),
            input: self.input_name.as_str().into(),
            expected: format!("[{}]", dims.join(", ")).into(),
            found: found.to_vec(),
        })
    }
}

fn runtime(path: &Path, source: impl Into<Box<dyn Error + Send + Sync>>) -> ActivationsError {
    ActivationsError::Runtime {
        model: path.to_owned(),
        source: source.into(),
    }
}

/// The values of the model for a batch.
pub(super) struct Outputs<'a> {
    wanted: &'a [NodeId],
    values: Vec<Value>,
    batch: &'a Batch,
    fed: usize,
    done: usize,
}

impl Outputs<'_> {
    pub(super) fn value(&self, id: NodeId) -> Option<&Value> {
        let at = self.wanted.binary_search(&id).ok()?;
        self.values.get(at)
    }

    pub(super) fn floats(&self, id: NodeId) -> Option<TensorView<'_, f32>> {
        self.value(id)?.as_tensor_view::<f32>()
    }

    /// How many rows the model was fed: those of inputs, then some that only fill the batch.
    pub(super) fn fed(&self) -> usize {
        self.fed
    }

    /// How many rows, from the first on, are those of inputs.
    pub(super) fn rows(&self) -> usize {
        self.batch.inputs.len()
    }

    /// Which inputs these are.
    pub(super) fn inputs(&self) -> &[usize] {
        &self.batch.inputs
    }

    /// How many inputs are done with these, including those that are left out.
    pub(super) fn done(&self) -> usize {
        self.done
    }

    /// Why a value with so many rows is not one row for each input, if so.
    pub(super) fn refuses_rows(&self, rows: usize) -> Option<String> {
        (rows != self.fed).then(|| {
            let fed = self.fed;
            format!("its first dimension is not the batch: {rows} rows for {fed} inputs")
        })
    }
}

/// Which inputs were run.
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

    /// Runs one batch of another size than the others, to detect values whose first dimension is
    /// not the batch, such as `[time, batch, channels]`: it may equal the batch size by chance.
    /// Nothing is detected where the batch size is fixed, or the model does not run at another: the
    /// run itself says what is wrong.
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
        let rows = batch.inputs.len();
        let fed = self.fixed_batch().unwrap_or(rows);
        let mut shape = inputs.shape().to_vec();
        shape[0] = fed;
        let mut values = std::borrow::Cow::Borrowed(&batch.values);
        let row = batch.values.len() / rows.max(1);
        // A batch that is too short for the model is filled with its last input again.
        for _ in rows..fed {
            let last = &batch.values[(rows - 1) * row..];
            values.to_mut().extend(last);
        }
        let feed = vec![(
            self.input,
            ValueOrView::from(TensorView::from_data(&shape, &values[..])),
        )];
        let values = self.model.run(feed, wanted, None);
        Ok(Outputs {
            wanted,
            values: values.map_err(|e| runtime(&self.path, e))?,
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
