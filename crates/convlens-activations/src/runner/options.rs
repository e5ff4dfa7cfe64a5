//! How a model is run.

use crate::aggregation::Aggregation;

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
