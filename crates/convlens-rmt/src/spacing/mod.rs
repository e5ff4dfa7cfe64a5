//! Statistics of level spacings.

mod law;

pub use law::RatioLaw;
