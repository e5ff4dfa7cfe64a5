//! Statistics of singular vectors.

mod law;

pub use law::PorterThomas;
