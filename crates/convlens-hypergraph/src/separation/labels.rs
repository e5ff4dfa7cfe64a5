//! Class labels.

use crate::HypergraphError;
use crate::hypergraph::check_count;

/// One class per input.
///
/// # Conventions
///
/// Classes are the distinct labels, ascending; everything per class (counts, profiles, matrices)
/// is in that order. Any integers will do as labels.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::Labels;
///
/// let labels = Labels::new(&[7_i64, -1, 7, 7])?;
/// assert_eq!(labels.classes(), &[-1, 7]);
/// assert_eq!(labels.counts(), &[1, 3]);
/// assert_eq!(labels.class_of(), &[1, 0, 1, 1]);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    classes: Vec<i64>,
    counts: Vec<usize>,
    class_of: Vec<u32>,
}

impl Labels {
    /// Takes one label per input (`&[i64]`, `&[u32]`, `&[u8]`, ..).
    ///
    /// # Errors
    ///
    /// [`NoLabels`](HypergraphError::NoLabels) for an empty list,
    /// [`OneClass`](HypergraphError::OneClass) if all labels are equal.
    pub fn new<L: Copy + Into<i64>>(labels: &[L]) -> Result<Self, HypergraphError> {
        check_count("inputs", labels.len())?;
        let labels: Vec<i64> = labels.iter().map(|&l| l.into()).collect();
        let mut classes = labels.clone();
        classes.sort_unstable();
        classes.dedup();
        match classes[..] {
            [] => return Err(HypergraphError::NoLabels),
            [class] => {
                return Err(HypergraphError::OneClass {
                    class,
                    count: labels.len(),
                });
            }
            _ => {}
        }
        let class_of: Vec<u32> = labels
            .iter()
            .map(|l| classes.partition_point(|c| c < l) as u32)
            .collect();
        let mut counts = vec![0; classes.len()];
        for &c in &class_of {
            counts[c as usize] += 1;
        }
        Ok(Self {
            classes,
            counts,
            class_of,
        })
    }

    /// Number of inputs.
    pub fn len(&self) -> usize {
        self.class_of.len()
    }

    /// Never true: labels without inputs are refused.
    pub fn is_empty(&self) -> bool {
        self.class_of.is_empty()
    }

    /// Number of classes, at least 2.
    pub fn n_classes(&self) -> usize {
        self.classes.len()
    }

    /// The distinct labels, ascending.
    pub fn classes(&self) -> &[i64] {
        &self.classes
    }

    /// How many inputs each class has.
    pub fn counts(&self) -> &[usize] {
        &self.counts
    }

    /// For each input, the index of its class in [`classes`](Self::classes).
    pub fn class_of(&self) -> &[u32] {
        &self.class_of
    }

    /// Share of the largest class: the purity that uninformative hyperedges have, for many inputs.
    pub fn majority_share(&self) -> f64 {
        let largest = self.counts.iter().copied().max().unwrap_or(0);
        largest as f64 / self.len() as f64
    }

    /// Shannon entropy of the class frequencies in nats: the most that a hyperedge of all inputs
    /// can have.
    pub fn entropy(&self) -> f64 {
        let n = self.len() as f64;
        self.counts
            .iter()
            .map(|&c| c as f64 / n)
            .map(|p| -p * p.ln())
            .sum()
    }

    /// One label per input, or an error that says both numbers.
    pub(crate) fn check_len(&self, inputs: usize) -> Result<(), HypergraphError> {
        if self.len() != inputs {
            return Err(HypergraphError::LabelCount {
                labels: self.len(),
                inputs,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_class_and_none_are_refused() {
        assert_eq!(Labels::new::<i64>(&[]), Err(HypergraphError::NoLabels));
        assert_eq!(
            Labels::new(&[3_u32, 3]),
            Err(HypergraphError::OneClass { class: 3, count: 2 })
        );
    }

    #[test]
    fn baselines_of_two_equal_classes() {
        let labels = Labels::new(&[0_u8, 1, 1, 0]).unwrap();
        assert_eq!(labels.majority_share(), 0.5);
        // Two equal terms: exact up to the rounding of ln 2.
        assert!((labels.entropy() - std::f64::consts::LN_2).abs() < 1e-15);
    }
}
