//! How much two partitions of the same items agree.

mod contingency;
mod expected;
mod information;
mod rand_index;

pub use contingency::Contingency;
pub use expected::expected_mutual_information;
pub use information::{InformationBaseline, InformationBound, adjusted_mutual_information};
pub use rand_index::adjusted_rand_index;
