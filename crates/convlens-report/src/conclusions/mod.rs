//! The three questions, answered in sentences that are computed from the numbers.

mod answer;
mod noise;
mod separation;
mod structure;

use convlens::Analysis;

pub(crate) use answer::Answer;
pub(crate) use separation::{Comparison, comparisons};

/// The answers, in the order of the report.
pub(crate) fn conclusions(analysis: &Analysis) -> Vec<Answer> {
    vec![
        structure::answer(&analysis.layers),
        noise::answer(analysis),
        separation::answer(analysis),
    ]
}
