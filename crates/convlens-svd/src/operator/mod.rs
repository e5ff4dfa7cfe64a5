//! The layer as an operator on images, exact under periodic padding.

mod angles;
mod condition;
mod decomposer;
mod extremes;
mod frequency;
mod frequency_svd;
mod gram_taps;
mod method;
mod operator_svd;
mod options;
mod pair;
mod periodic;
mod planes;
mod polyphase;
mod pseudo_inverse;
mod slab;
mod spectrum;
mod stream;
mod symbol;
mod transfer;
mod values;

pub use condition::ConditionNumber;
pub use extremes::ExtremeValue;
pub(crate) use extremes::{largest, two_largest};
pub use frequency::FrequencyValues;
pub(crate) use frequency::{negated, unravel};
pub use frequency_svd::FrequencySvd;
pub use operator_svd::OperatorSvd;
pub use options::{Accuracy, SpectrumOptions};
pub use pair::{SingularPair, WavePart};
pub use periodic::PeriodicOperator;
pub(crate) use polyphase::{Polyphase, periodic_grids};
pub use pseudo_inverse::{PseudoInverse, PseudoInverseOptions};
pub use spectrum::OperatorSpectrum;
