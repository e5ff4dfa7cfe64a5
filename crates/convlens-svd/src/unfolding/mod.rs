//! The SVD of the unfolded kernel.

mod filter;
mod group;
mod layer_svd;
mod matrix;

pub use filter::RightFilter;
pub use group::GroupSvd;
pub use layer_svd::LayerSvd;
