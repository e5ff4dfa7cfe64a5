//! The 5+1 phases of Martin and Mahoney.

mod classify;
mod evidence;
mod options;
mod phase;

pub(crate) use classify::classify;
pub use evidence::{PhaseEvidence, PhaseOutcome};
pub use options::PhaseOptions;
pub use phase::Phase;
