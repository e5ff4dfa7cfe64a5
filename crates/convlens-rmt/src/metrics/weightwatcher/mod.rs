//! What WeightWatcher 0.7.7 computes, where it is not the definition.

pub(super) mod bulk;
mod density;
