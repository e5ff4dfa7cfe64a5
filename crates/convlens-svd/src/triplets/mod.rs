//! Leading singular triplets of a layer.

mod basis;
mod bidiagonal;
mod layer_triplets;
mod operator;
mod options;
mod random;
mod search;

pub use layer_triplets::{LayerTriplets, SingularTriplet};
pub(crate) use operator::Oriented;
pub use options::TripletOptions;
pub(crate) use search::{Copies, Plan, leading};
