//! The three questions, answered in sentences that are computed from the numbers.

mod bases;
mod holm;
mod noise;
mod separation;
mod structure;

use convlens::Analysis;

pub(crate) use bases::{Comparison, comparisons};
pub(crate) use noise::spike_share;
pub(crate) use structure::{directions_for_energy, noise_directions_for_energy};

/// A question and what the analysis says to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) question: &'static str,
    /// The answer in one sentence.
    pub(crate) lead: String,
    /// What stands behind it.
    pub(crate) sentences: Vec<String>,
}

/// The answers, in the order of the report.
pub(crate) fn conclusions(analysis: &Analysis) -> Vec<Answer> {
    vec![
        structure::answer(&analysis.layers),
        noise::answer(analysis),
        separation::answer(analysis),
    ]
}

/// The entries with the least and the largest key; `None` for an empty list.
fn extremes<T: Copy>(items: &[T], key: impl Fn(T) -> f64) -> Option<(T, T)> {
    let by_key = |a: &&T, b: &&T| key(**a).total_cmp(&key(**b));
    let least = items.iter().min_by(by_key)?;
    // The first of equal ones, as for the least.
    let largest = items.iter().rev().max_by(by_key)?;
    Some((*least, *largest))
}

/// "1 layer has", "2 layers have".
fn have(count: usize) -> &'static str {
    if count == 1 { "has" } else { "have" }
}
