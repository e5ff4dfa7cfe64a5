//! The layer as an operator on images, exact under periodic padding.

mod angles;
mod condition;
mod extremes;
mod frequency;
mod gram_taps;
mod method;
mod options;
mod polyphase;
mod slab;
mod spectrum;
mod stream;
mod symbol;
mod values;

pub use condition::ConditionNumber;
pub use extremes::ExtremeValue;
pub(crate) use extremes::largest;
pub use frequency::FrequencyValues;
pub(crate) use frequency::unravel;
pub use options::{Accuracy, SpectrumOptions};
pub(crate) use polyphase::{Polyphase, periodic_grids};
pub use spectrum::OperatorSpectrum;
