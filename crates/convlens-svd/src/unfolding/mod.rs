//! The SVD of the unfolded kernel.

mod factors;
mod filter;
mod group;
mod layer_svd;
mod matrix;
mod signals;

pub use filter::RightFilter;
pub use group::GroupSvd;
pub use layer_svd::LayerSvd;
#[cfg(feature = "faer")]
pub(crate) use matrix::Unfolding;
