//! The SVD of the unfolded kernel.

mod factors;
mod filter;
mod gram;
mod group;
mod layer_svd;
mod layer_values;
mod matrix;
mod signals;

pub use filter::RightFilter;
pub use group::GroupSvd;
pub use layer_svd::LayerSvd;
pub use layer_values::LayerValues;
#[cfg(feature = "faer")]
pub(crate) use matrix::Unfolding;
