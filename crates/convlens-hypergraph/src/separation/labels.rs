//! Class labels, and their split into fitting and held-out inputs.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::checks::{check_count, check_fraction};
use crate::draw::shuffle_u32;
use crate::error::HypergraphError;

/// One class per input.
///
/// # Conventions
///
/// Classes are the distinct labels, ascending; everything per class (counts, profiles, matrices)
/// is in that order. Labels may be any integers.
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
    class_names: Option<Vec<String>>,
}

impl Labels {
    /// Takes one integer label per input (`&[i64]`, `&[u32]`, `&[u8]`, ..). For `usize` see
    /// [`from_indices`](Self::from_indices), for text [`from_names`](Self::from_names).
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
            class_names: None,
        })
    }

    /// Takes one class index per input, as data sets give them.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new); [`TooMany`](HypergraphError::TooMany) for an index above `i64::MAX`.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Labels;
    ///
    /// let labels = Labels::from_indices(&[0, 2, 2])?.with_class_names(&["cat", "cow", "dog"])?;
    /// assert_eq!(labels.classes(), &[0, 2]);
    /// assert_eq!(labels.class_names(), Some(&["cat".to_owned(), "dog".to_owned()][..]));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_indices(indices: &[usize]) -> Result<Self, HypergraphError> {
        let label = |&index: &usize| {
            i64::try_from(index).map_err(|_| HypergraphError::TooMany {
                what: "classes",
                count: index,
                max: i64::MAX as usize,
            })
        };
        Self::new(&indices.iter().map(label).collect::<Result<Vec<i64>, _>>()?)
    }

    /// Takes one class name per input. Classes are numbered 0, 1, .. in the *sorted* order of the
    /// names (by bytes), so that the order of the inputs does not matter; the names are in
    /// [`class_names`](Self::class_names).
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Labels;
    ///
    /// let labels = Labels::from_names(&["dog", "cat", "dog"])?;
    /// assert_eq!(labels.class_of(), &[1, 0, 1]);
    /// assert_eq!(labels.class_names(), Some(&["cat".to_owned(), "dog".to_owned()][..]));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[doc(alias = "label encoder")]
    pub fn from_names<S: AsRef<str>>(names: &[S]) -> Result<Self, HypergraphError> {
        check_count("inputs", names.len())?;
        let mut sorted: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        sorted.sort_unstable();
        sorted.dedup();
        let class = |name: &S| sorted.partition_point(|&other| other < name.as_ref()) as u32;
        let mut labels = Self::new(&names.iter().map(class).collect::<Vec<u32>>())?;
        labels.class_names = Some(sorted.into_iter().map(str::to_owned).collect());
        Ok(labels)
    }

    /// Names the classes: `names[k]` is the name of label k, used or not.
    ///
    /// # Errors
    ///
    /// [`NoClassName`](HypergraphError::NoClassName) for a label that has no name,
    /// [`DuplicateName`](HypergraphError::DuplicateName) if two classes would have the same one.
    pub fn with_class_names<S: AsRef<str>>(mut self, names: &[S]) -> Result<Self, HypergraphError> {
        let mut chosen: Vec<String> = Vec::with_capacity(self.classes.len());
        for &class in &self.classes {
            let name = usize::try_from(class).ok().and_then(|k| names.get(k));
            let name = name.ok_or(HypergraphError::NoClassName {
                class,
                len: names.len(),
            })?;
            let name = name.as_ref().to_owned();
            if chosen.contains(&name) {
                return Err(HypergraphError::DuplicateName {
                    name: format!("{name:?}"),
                });
            }
            chosen.push(name);
        }
        self.class_names = Some(chosen);
        Ok(self)
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

    /// The names of the classes, in the order of [`classes`](Self::classes), if they have any.
    pub fn class_names(&self) -> Option<&[String]> {
        self.class_names.as_deref()
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

    /// Which inputs fit when `wanted[c]` inputs of each class c are held out, drawn with `seed`.
    pub(crate) fn hold_out(&self, mut wanted: Vec<usize>, seed: u64) -> Vec<bool> {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        // Stream 0; permutation i has stream i + 1.
        shuffle_u32(&mut order, &mut ChaCha8Rng::seed_from_u64(seed));
        let mut is_fit = vec![true; self.len()];
        for input in order {
            let left = &mut wanted[self.class_of[input as usize] as usize];
            if *left > 0 {
                *left -= 1;
                is_fit[input as usize] = false;
            }
        }
        is_fit
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

/// How to split the inputs for the held-out classifier.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SplitOptions {
    /// Share of each class that is held out, strictly between 0 and 1. Default 0.5: the two halves
    /// are equally trusted to fit and to judge.
    pub test_fraction: f64,
    /// Seed of the draw. Default 0.
    pub seed: u64,
}

impl Default for SplitOptions {
    fn default() -> Self {
        Self {
            test_fraction: 0.5,
            seed: 0,
        }
    }
}

impl SplitOptions {
    /// Sets the held-out share of each class.
    #[must_use]
    pub fn test_fraction(mut self, test_fraction: f64) -> Self {
        self.test_fraction = test_fraction;
        self
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }
}

/// Which inputs fit, which are held out, and how many of each class fit.
#[derive(Debug)]
pub(crate) struct Split {
    pub(crate) is_fit: Vec<bool>,
    pub(crate) n_fit: usize,
    pub(crate) fit_counts: Vec<u32>,
}

impl Split {
    /// Holds out round(test_fraction n_c) inputs of each class c, kept within 1..n_c-1, drawn with
    /// `options.seed`. Depends on labels and seed only: two tables with the same labels are split
    /// alike.
    pub(crate) fn draw(labels: &Labels, options: SplitOptions) -> Result<Self, HypergraphError> {
        check_fraction("test_fraction", options.test_fraction)?;
        let mut wanted = Vec::with_capacity(labels.n_classes());
        for (&class, &count) in labels.classes().iter().zip(labels.counts()) {
            if count < 2 {
                return Err(HypergraphError::SmallClass {
                    class,
                    count,
                    min: 2,
                });
            }
            let held_out = (options.test_fraction * count as f64).round() as usize;
            wanted.push(held_out.clamp(1, count - 1));
        }
        let fit_counts = labels
            .counts()
            .iter()
            .zip(&wanted)
            .map(|(&n, &held_out)| (n - held_out) as u32)
            .collect();
        let n_fit = labels.len() - wanted.iter().sum::<usize>();
        let is_fit = labels.hold_out(wanted, options.seed);
        Ok(Self {
            is_fit,
            n_fit,
            fit_counts,
        })
    }
}

#[cfg(test)]
mod tests {
    mod labels {
        use super::super::*;

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

    mod split {
        use super::super::*;

        #[test]
        fn every_class_is_on_both_sides() {
            let labels: Vec<i64> = (0..50).map(|i| if i < 3 { 0 } else { i % 4 + 1 }).collect();
            let labels = Labels::new(&labels).unwrap();
            for (fraction, seed) in [(0.5, 0), (0.01, 1), (0.99, 2)] {
                let options = SplitOptions::default().test_fraction(fraction).seed(seed);
                let split = Split::draw(&labels, options).unwrap();
                let mut fit = vec![0; 5];
                for (i, &c) in labels.class_of().iter().enumerate() {
                    fit[c as usize] += u32::from(split.is_fit[i]);
                }
                assert_eq!(fit, split.fit_counts);
                assert_eq!(fit.iter().sum::<u32>() as usize, split.n_fit);
                for (&f, &n) in fit.iter().zip(labels.counts()) {
                    assert!(f >= 1 && (f as usize) < n);
                }
            }
        }

        #[test]
        fn a_class_of_one_cannot_be_split() {
            let labels = Labels::new(&[0_i64, 0, 9]).unwrap();
            assert_eq!(
                Split::draw(&labels, SplitOptions::default()).unwrap_err(),
                HypergraphError::SmallClass {
                    class: 9,
                    count: 1,
                    min: 2
                }
            );
        }
    }
}
