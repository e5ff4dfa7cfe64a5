//! Telling a caller how far the work is.

/// The stages of an analysis, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Decomposing weights; counted in layers.
    Weights,
    /// Running the model; counted in inputs.
    Activations,
    /// Measuring separation; counted in bases.
    Separation,
}

/// Is told how far an analysis is. `()` does nothing.
pub trait Progress {
    /// A stage begins that has `total` steps.
    fn begin(&mut self, stage: Stage, total: usize);

    /// `done` steps are done; `current` is what is being worked on, possibly empty.
    fn update(&mut self, stage: Stage, done: usize, current: &str);
}

impl Progress for () {
    fn begin(&mut self, _: Stage, _: usize) {}

    fn update(&mut self, _: Stage, _: usize, _: &str) {}
}
