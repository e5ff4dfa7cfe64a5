//! One pair of classes: class counts, profiles and held-out AUC under any labeling of its inputs.

use super::classifier::SCORE_TIE;
use super::measures::weighted_jaccard;
use crate::draw::permutation;
use crate::parallel::map_indexed;
use crate::structure::hypergraph::Hypergraph;

/// The inputs of two classes, the first class's before the second's, and the place of each.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub(super) h: &'a Hypergraph,
    pub(super) inputs: Vec<u32>,
    pub(super) places: Vec<Place>,
    /// Whether both classes have inputs on both sides of the split.
    pub(super) is_split: bool,
}

/// What a labeling of the pair says.
#[derive(Debug, Clone)]
pub(super) struct Seen {
    /// Weighted Jaccard similarity of the two profiles.
    pub(super) similarity: f64,
    /// Held-out AUC; 1/2 where the pair is not split.
    pub(super) auc: f64,
    /// Share of each class that holds each feature.
    pub(super) shares: [Vec<f64>; 2],
}

impl Seen {
    pub(super) fn difference(&self, feature: usize) -> f64 {
        self.shares[0][feature] - self.shares[1][feature]
    }

    fn draw(self) -> Draw {
        let features = 0..self.shares[0].len();
        Draw {
            similarity: self.similarity,
            auc: self.auc,
            sizes: features.map(|f| self.difference(f).abs()).collect(),
        }
    }
}

/// What one permutation says.
#[derive(Debug, Clone)]
pub(super) struct Draw {
    pub(super) similarity: f64,
    pub(super) auc: f64,
    /// Magnitude of each feature's difference between the classes.
    pub(super) sizes: Vec<f64>,
}

/// Memory that permutations reuse.
struct Scratch {
    order: Vec<u32>,
    places: Vec<Place>,
    counts: PairCounts,
    scorer: Scorer,
}

impl Pair<'_> {
    fn scratch(&self) -> Scratch {
        let n = self.inputs.len();
        Scratch {
            order: vec![0; n],
            places: self.places.clone(),
            counts: PairCounts::new(self.h.n_edges()),
            scorer: Scorer::new(n, self.h.n_edges()),
        }
    }

    /// The pair under its labels, and under every permutation of them; label and side of the split
    /// travel together.
    pub(super) fn see(&self, permutations: usize, seed: u64) -> (Seen, Vec<Draw>) {
        let observed = self.look(&mut self.scratch());
        let draws = map_indexed(
            permutations,
            || self.scratch(),
            |scratch, b| {
                permutation(&mut scratch.order, seed, b as u64);
                for (place, &from) in scratch.places.iter_mut().zip(&scratch.order) {
                    *place = self.places[from as usize];
                }
                self.look(scratch).draw()
            },
        );
        (observed, draws)
    }

    fn look(&self, scratch: &mut Scratch) -> Seen {
        let counts = &mut scratch.counts;
        counts.fill(self.h, &self.inputs, &scratch.places);
        let shares = [0, 1].map(|class| {
            let (members, size) = counts.class(class);
            members
                .map(|m| f64::from(m) / f64::from(size))
                .collect::<Vec<f64>>()
        });
        let auc = if self.is_split {
            scratch
                .scorer
                .auc(self.h, &self.inputs, &scratch.places, counts)
        } else {
            0.5
        };
        Seen {
            similarity: weighted_jaccard(&shares[0], &shares[1]),
            auc,
            shares,
        }
    }
}

/// The place of an input in a pair: its class, and whether it fits or is held out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// 0 or 1: which class of the pair.
    pub(super) class: u8,
    pub(super) fits: bool,
}

impl Place {
    fn row(self) -> usize {
        2 * usize::from(self.class) + usize::from(self.fits)
    }
}

/// Members of each feature, by class and side of the split.
#[derive(Debug)]
pub(super) struct PairCounts {
    features: usize,
    /// `counts[place.row() * features + feature]`.
    counts: Vec<u32>,
    /// Inputs of each row.
    sizes: [u32; 4],
}

impl PairCounts {
    pub(super) fn new(features: usize) -> Self {
        Self {
            features,
            counts: vec![0; 4 * features],
            sizes: [0; 4],
        }
    }

    /// Counts the features (hyperedges) of the inputs, each in its place.
    pub(super) fn fill(&mut self, h: &Hypergraph, inputs: &[u32], places: &[Place]) {
        self.counts.fill(0);
        self.sizes = [0; 4];
        for (&input, place) in inputs.iter().zip(places) {
            let row = place.row();
            self.sizes[row] += 1;
            let counts = &mut self.counts[row * self.features..(row + 1) * self.features];
            for &f in h.node(input as usize) {
                counts[f as usize] += 1;
            }
        }
    }

    /// Members and size of one class.
    pub(super) fn class(&self, class: u8) -> (impl Iterator<Item = u32> + '_, u32) {
        let (fit, test) = (self.row(class, true), self.row(class, false));
        let members = fit.iter().zip(test).map(|(a, b)| a + b);
        let size = |fits| self.sizes[Place { class, fits }.row()];
        (members, size(true) + size(false))
    }

    /// Members among the fitting inputs of one class, and how many there are.
    pub(super) fn fitting(&self, class: u8) -> (&[u32], u32) {
        let place = Place { class, fits: true };
        (self.row(class, true), self.sizes[place.row()])
    }

    fn row(&self, class: u8, fits: bool) -> &[u32] {
        let row = Place { class, fits }.row();
        &self.counts[row * self.features..(row + 1) * self.features]
    }
}

/// Scores held-out inputs by the log-odds of the two classes' profiles, those of
/// [`classify_held_out`](crate::separation::classify_held_out): independent Bernoulli features,
/// Laplace smoothing.
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

    /// P(score of class 0 > score of class 1) + P(equal) / 2 over pairs of held-out inputs. What
    /// all inputs have in common (the score of no feature) does not change it and is left out.
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
