//! What an answer is made of.

/// A question and what the analysis says to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) question: &'static str,
    /// The answer in one sentence.
    pub(crate) lead: String,
    /// What stands behind it.
    pub(crate) sentences: Vec<String>,
}

/// The entries with the least and the largest key; `None` for an empty list.
pub(super) fn extremes<T: Copy>(items: &[T], key: impl Fn(T) -> f64) -> Option<(T, T)> {
    let by_key = |a: &&T, b: &&T| key(**a).total_cmp(&key(**b));
    let least = items.iter().min_by(by_key)?;
    // The first of equal ones, as for the least.
    let largest = items.iter().rev().max_by(by_key)?;
    Some((*least, *largest))
}

/// "1 layer has", "2 layers have".
pub(super) fn have(count: usize) -> &'static str {
    if count == 1 { "has" } else { "have" }
}
