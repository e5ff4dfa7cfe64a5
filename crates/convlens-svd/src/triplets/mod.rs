//! Leading singular triplets of a layer.

mod basis;
mod layer_triplets;
mod operator;
mod options;
mod peak;
mod projection;
mod random;
mod search;
mod symbol;
mod waves;
mod window;

pub use layer_triplets::{LayerTriplets, SingularTriplet};
pub(crate) use operator::Oriented;
pub use options::TripletOptions;
pub(crate) use search::{Copies, Plan, leading};
