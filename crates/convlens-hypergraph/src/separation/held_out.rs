//! Accuracy of the nearest class profile on inputs it has not seen, and whether two such
//! classifiers are right on different inputs.

use std::fmt;

use statrs::distribution::{Binomial, DiscreteCDF};

use super::classifier::{Classifier, Tally, best, codes, logarithms};
use super::labels::{Labels, Split, SplitOptions};
use super::null::p_text;
use super::rule::{IncidenceRule, RankedTable};
use super::table::SignalTable;
use crate::checks::check_length;
use crate::error::HypergraphError;

/// What the nearest-class-profile classifier did on the held-out inputs.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct HeldOut {
    /// Share of held-out inputs assigned to their own class.
    pub accuracy: f64,
    /// Share of the largest class among the held-out inputs: the accuracy of always naming it.
    pub majority_accuracy: f64,
    /// Number of held-out inputs.
    pub n_test: usize,
    /// The held-out inputs, ascending.
    pub test_inputs: Vec<u32>,
    /// The class assigned to each, by its label.
    pub predicted: Vec<i64>,
    /// Whether that was right: what [`mcnemar`](crate::separation::mcnemar) takes.
    pub correct: Vec<bool>,
}

impl fmt::Display for HeldOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let right = self.correct.iter().filter(|&&c| c).count();
        write!(
            f,
            "{right} of {} held-out inputs in their own class ({:.1}%; naming the largest class \
             every time gives {:.1}%)",
            self.n_test,
            100.0 * self.accuracy,
            100.0 * self.majority_accuracy
        )
    }
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
/// another basis) are judged on the same held-out inputs, and
/// [`mcnemar`](crate::separation::mcnemar) applies.
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
///     IncidenceRule, Labels, SignalTable, separation::{SplitOptions, classify_held_out},
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

/// The outcome of [`mcnemar`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct McNemar {
    /// Inputs that only the first got right.
    pub only_a: usize,
    /// Inputs that only the second got right.
    pub only_b: usize,
    /// Exact two-sided p-value; 1 if the two were right on the same inputs.
    pub p_value: f64,
}

impl fmt::Display for McNemar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "only the first is right on {} inputs, only the second on {}; two-sided p = {}",
            self.only_a,
            self.only_b,
            p_text(self.p_value)
        )
    }
}

/// McNemar's exact test (1947): are two classifiers right on different inputs?
///
/// If one classifier alone is right on an input, each is so with probability 1/2; so with
/// m = only_a + only_b
///
/// p = min(1, 2 P(Bin(m, 1/2) <= min(only_a, only_b))).
///
/// Use it on two bases or layers judged on the same held-out inputs
/// ([`HeldOut::correct`](crate::separation::HeldOut::correct)). It says nothing of inputs beyond
/// the draw of the split, and both classifiers being no better than chance is a question for their
/// own nulls.
///
/// # Errors
///
/// [`LengthMismatch`](HypergraphError::LengthMismatch) unless both lists are of the same inputs.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::separation::mcnemar;
///
/// let a = [true, true, true, true, true, true, false, true];
/// let b = [false, false, false, false, false, false, false, true];
/// let test = mcnemar(&a, &b)?;
/// assert_eq!((test.only_a, test.only_b), (6, 0));
/// assert!((test.p_value - 2.0 / 64.0).abs() < 1e-15);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn mcnemar(correct_a: &[bool], correct_b: &[bool]) -> Result<McNemar, HypergraphError> {
    check_length(
        "correctness of two classifiers",
        correct_a.len(),
        correct_b.len(),
    )?;
    let (mut only_a, mut only_b) = (0, 0);
    for (&a, &b) in correct_a.iter().zip(correct_b) {
        only_a += usize::from(a && !b);
        only_b += usize::from(b && !a);
    }
    // p = 1/2 is always a valid parameter.
    let p_value = Binomial::new(0.5, (only_a + only_b) as u64).map_or(1.0, |binomial| {
        (2.0 * binomial.cdf(only_a.min(only_b) as u64)).min(1.0)
    });
    Ok(McNemar {
        only_a,
        only_b,
        p_value,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_match_the_binomial_sum() {
        for (a, b) in [(0, 0), (1, 0), (3, 3), (5, 2), (0, 20), (12, 25), (30, 60)] {
            let left: Vec<bool> = (0..a + b + 4).map(|i| i < a).collect();
            let right: Vec<bool> = (0..a + b + 4).map(|i| i >= a && i < a + b).collect();
            let test = mcnemar(&left, &right).unwrap();
            assert_eq!((test.only_a, test.only_b), (a, b));
            let (mut term, mut sum) = (0.5_f64.powi((a + b) as i32), 0.0);
            for c in 0..=a.min(b) {
                sum += term;
                term *= (a + b - c) as f64 / (c + 1) as f64;
            }
            let exact = (2.0 * sum).min(1.0);
            // statrs goes through the incomplete beta function, good to about 1e-14 here.
            assert!((test.p_value - exact).abs() < 1e-13, "{a} {b}");
        }
    }

    #[test]
    fn lengths_must_agree() {
        assert!(mcnemar(&[true], &[]).is_err());
    }
}
