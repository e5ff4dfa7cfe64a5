//! Held-out AUC of the two class profiles.

use super::counts::{PairCounts, Place};
use crate::Hypergraph;
use crate::separation::classifier::SCORE_TIE;

/// Scores held-out inputs by the log-odds of the two classes' profiles, those of
/// [`classify_held_out`](crate::classify_held_out): independent Bernoulli features, Laplace smoothing.
#[derive(Debug)]
pub(super) struct Scorer {
    /// ln(0..): `ln[0]` is never read.
    ln: Vec<f64>,
    /// What holding a feature adds to the log-odds of class 0.
    gain: Vec<f64>,
    /// Log-odds and class of the held-out inputs.
    scores: Vec<(f64, u8)>,
}

impl Scorer {
    pub(super) fn new(inputs: usize, features: usize) -> Self {
        Self {
            ln: (0..inputs + 2).map(|x| (x as f64).ln()).collect(),
            gain: vec![0.0; features],
            scores: Vec::with_capacity(inputs),
        }
    }

    /// P(score of class 0 > score of class 1) + P(equal) / 2 over pairs of held-out inputs. What all
    /// inputs have in common (the score of no feature) does not change it and is left out.
    pub(super) fn auc(
        &mut self,
        h: &Hypergraph,
        inputs: &[u32],
        places: &[Place],
        counts: &PairCounts,
    ) -> f64 {
        let ((zero, n_zero), (one, n_one)) = (counts.fitting(0), counts.fitting(1));
        for (gain, (&a, &b)) in self.gain.iter_mut().zip(zero.iter().zip(one)) {
            let odds = |m: u32, n: u32| self.ln[m as usize + 1] - self.ln[(n - m) as usize + 1];
            *gain = odds(a, n_zero) - odds(b, n_one);
        }
        self.scores.clear();
        for (&input, place) in inputs.iter().zip(places) {
            if !place.fits {
                let held = h.node(input as usize).iter();
                let score = held.fold(0.0, |sum, &f| sum + self.gain[f as usize]);
                self.scores.push((score, place.class));
            }
        }
        self.scores.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        area(&self.scores)
    }
}

/// The area under the curve of ascending scores (Mann and Whitney 1947: equal scores count half).
fn area(scores: &[(f64, u8)]) -> f64 {
    let (mut below, mut twice) = (0u64, 0u64);
    let mut zeros = 0u64;
    for tied in scores.chunk_by(|a, b| b.0 - a.0 <= SCORE_TIE) {
        let high = tied.iter().filter(|s| s.1 == 0).count() as u64;
        let low = tied.len() as u64 - high;
        twice += high * (2 * below + low);
        below += low;
        zeros += high;
    }
    twice as f64 / (2 * zeros * below) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_by_hand() {
        assert_eq!(area(&[(0.0, 1), (1.0, 0)]), 1.0);
        assert_eq!(area(&[(0.0, 0), (1.0, 1)]), 0.0);
        assert_eq!(area(&[(0.5, 0), (0.5, 1)]), 0.5);
        // Of 2 x 2 pairs: 3 over 1 and 2, 2 ties with 2, 2 over 1.
        assert_eq!(area(&[(1.0, 1), (2.0, 0), (2.0, 1), (3.0, 0)]), 3.5 / 4.0);
    }
}
