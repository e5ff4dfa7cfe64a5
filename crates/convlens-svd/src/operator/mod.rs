//! The layer as an operator on images, exact under periodic padding.

mod condition;
mod frequency;
mod polyphase;
mod spectrum;
mod symbols;

pub use condition::ConditionNumber;
pub use frequency::FrequencyValues;
pub(crate) use frequency::{negated, unravel};
pub(crate) use polyphase::Polyphase;
pub use spectrum::OperatorSpectrum;
pub(crate) use spectrum::periodic_grids;
pub(crate) use symbols::{Keep, half_spectrum};
