//! The layer as an operator on images, exact under periodic padding.

mod condition;
mod frequency;
mod frequency_svd;
mod operator_svd;
mod pair;
mod periodic;
mod planes;
mod polyphase;
mod pseudo_inverse;
mod spectrum;
mod symbols;
mod transfer;

pub use condition::ConditionNumber;
pub use frequency::FrequencyValues;
pub use frequency_svd::FrequencySvd;
pub use operator_svd::OperatorSvd;
pub use pair::{SingularPair, WavePart};
pub use periodic::PeriodicOperator;
pub(crate) use polyphase::Polyphase;
pub use pseudo_inverse::{PseudoInverse, PseudoInverseOptions};
pub use spectrum::OperatorSpectrum;
pub(crate) use spectrum::periodic_grids;
pub(crate) use symbols::{Keep, half_spectrum};
