//! The split into a fitting half and held-out inputs.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::Labels;
use super::permutation::shuffle;
use crate::HypergraphError;

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
        let mut order: Vec<u32> = (0..labels.len() as u32).collect();
        // Stream 0; permutation i has stream i + 1.
        shuffle(&mut order, &mut ChaCha8Rng::seed_from_u64(options.seed));
        let mut is_fit = vec![true; labels.len()];
        for input in order {
            let left = &mut wanted[labels.class_of()[input as usize] as usize];
            if *left > 0 {
                *left -= 1;
                is_fit[input as usize] = false;
            }
        }
        Ok(Self {
            is_fit,
            n_fit,
            fit_counts,
        })
    }
}

pub(crate) fn check_fraction(what: &'static str, value: f64) -> Result<(), HypergraphError> {
    if value > 0.0 && value < 1.0 {
        Ok(())
    } else {
        Err(HypergraphError::Fraction { what, value })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
