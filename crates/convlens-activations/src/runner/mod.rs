//! Running a model over inputs, a batch at a time.

mod feed;
mod options;
mod signals;
mod values;

use std::collections::HashMap;
use std::path::PathBuf;

use convlens_model::{Model, ValueSpec};
use rten::{ModelOptions, NodeId};

use crate::error::ActivationsError;
use crate::inputs::Inputs;

pub(crate) use self::feed::Outputs;
pub use self::options::RunOptions;
pub use self::signals::Activations;
pub use self::values::{TappedValues, WrittenValues};

/// A model that is ready to run.
pub struct Runner {
    model: rten::Model,
    path: PathBuf,
    input: NodeId,
    input_name: String,
    input_shape: Vec<Option<usize>>,
    scores: Option<NodeId>,
    values: Vec<ValueSpec>,
    /// Where values stand in the list, by their own names.
    by_name: HashMap<String, usize>,
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

    /// The batch size, where the model has but one.
    fn fixed_batch(&self) -> Option<usize> {
        self.input_shape
            .first()
            .copied()
            .flatten()
            .map(|n| n.max(1))
    }

    /// Checks the inputs and settles the batch size.
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
