//! Accuracy of the nearest class profile on inputs it has not seen.

use super::arrangement::codes;
use super::classifier::Classifier;
use super::observation::logarithms;
use super::ranking::RankedTable;
use super::scores::best;
use super::split::Split;
use super::tally::Tally;
use super::{IncidenceRule, Labels, SignalTable, SplitOptions};
use crate::HypergraphError;

/// What the nearest-class-profile classifier did on the held-out inputs.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct HeldOut {
    /// Share of held-out inputs given their own class.
    pub accuracy: f64,
    /// Share of the largest class among the held-out inputs: what always naming it would reach.
    pub majority_accuracy: f64,
    /// Number of held-out inputs.
    pub n_test: usize,
    /// The held-out inputs, ascending.
    pub test_inputs: Vec<u32>,
    /// The class given to each, as the caller named it.
    pub predicted: Vec<i64>,
    /// Whether that was right: what [`mcnemar`](crate::mcnemar) takes.
    pub correct: Vec<bool>,
}

/// Accuracy of the nearest class profile on held-out inputs.
///
/// A seeded draw holds out a share of each class. The rule's thresholds and the class profiles
/// come from the other inputs only. Each held-out input has a 0/1 vector x of the features it holds
/// and goes to the class whose profile is nearest, by the log-likelihood of independent Bernoulli
/// features with Laplace smoothing,
///
/// L_c(x) = sum_f [ x_f ln p_cf + (1 - x_f) ln(1 - p_cf) ],  p_cf = (m_cf + 1) / (n_c + 2),
///
/// with m_cf of the class's n_c fitting inputs holding feature f (naive Bayes with a uniform prior:
/// Maron and Kuhns 1960; Manning, Raghavan and Schütze 2008, section 13.3). It weighs a feature by
/// what it says about the class, counts an *absent* feature as evidence, and so is defined for an
/// input without any feature, where cosine and Jaccard are not. Ties (within 1e-9) go to the
/// lowest class.
///
/// # Conventions
///
/// The split depends on labels and seed only, so several tables of the same inputs (other layers,
/// another basis) are judged on the same held-out inputs, and [`mcnemar`](crate::mcnemar) applies.
///
/// # Errors
///
/// [`LabelCount`](HypergraphError::LabelCount), [`Fraction`](HypergraphError::Fraction),
/// [`Threshold`](HypergraphError::Threshold), and [`SmallClass`](HypergraphError::SmallClass) for a
/// class with one input.
///
/// # Complexity
///
/// O(features × inputs × log inputs + incidences × classes).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{
///     IncidenceRule, Labels, SignalTable, SplitOptions, classify_held_out,
/// };
///
/// // Two classes of four; feature 0 is high on the second.
/// let values = vec![0.1, 0.2, 0.3, 0.4, 5.1, 5.2, 5.3, 5.4];
/// let table = SignalTable::new(values, 8, 1)?;
/// let labels = Labels::new(&[0_i64, 0, 0, 0, 1, 1, 1, 1])?;
/// let rule = IncidenceRule::ZScore { threshold: 0.0 };
/// let held_out = classify_held_out(&table, &labels, rule, SplitOptions::default())?;
/// assert_eq!((held_out.accuracy, held_out.n_test), (1.0, 4));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn classify_held_out(
    table: &SignalTable,
    labels: &Labels,
    rule: IncidenceRule,
    options: SplitOptions,
) -> Result<HeldOut, HypergraphError> {
    labels.check_len(table.inputs())?;
    rule.check()?;
    let split = Split::draw(labels, options)?;
    Ok(judge(&RankedTable::new(table, rule), labels, &split))
}

pub(crate) fn judge(table: &RankedTable, labels: &Labels, split: &Split) -> HeldOut {
    let n_test = labels.len() - split.n_fit;
    let (mut test_inputs, mut predicted, mut correct) = (
        Vec::with_capacity(n_test),
        Vec::with_capacity(n_test),
        Vec::with_capacity(n_test),
    );
    let codes = codes::<u32>(labels, split);
    let mut tally = Tally::new(table.features(), labels.n_classes());
    tally.fill(table, &codes);
    let ln = logarithms(labels.len());
    let mut classifier = Classifier::new(table, split, &ln);
    classifier.judge(&codes, &mut tally, |input, class, scores| {
        let named = best(scores);
        test_inputs.push(input);
        predicted.push(labels.classes()[named]);
        correct.push(named == class);
    });
    let right = correct.iter().filter(|&&c| c).count();
    let largest = labels
        .counts()
        .iter()
        .zip(&split.fit_counts)
        .map(|(&n, &fit)| n - fit as usize)
        .max()
        .unwrap_or(0);
    HeldOut {
        accuracy: right as f64 / n_test as f64,
        majority_accuracy: largest as f64 / n_test as f64,
        n_test,
        test_inputs,
        predicted,
        correct,
    }
}
