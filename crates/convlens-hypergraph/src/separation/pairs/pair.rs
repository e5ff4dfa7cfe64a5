//! One pair of classes against its permutation null.

use super::counts::{PairCounts, Place};
use super::options::PairOptions;
use super::report::SeparatingFeature;
use super::score::Scorer;
use crate::parallel::map_indexed;
use crate::separation::measure::TIE;
use crate::separation::permutation::permutation;
use crate::separation::profiles::weighted_jaccard;
use crate::{Hypergraph, HypergraphError};

/// The inputs of two classes, the first class's before the second's, and the place of each.
#[derive(Debug)]
pub(super) struct Pair<'a> {
    pub(super) h: &'a Hypergraph,
    pub(super) inputs: Vec<u32>,
    pub(super) places: Vec<Place>,
    /// Whether both classes have inputs on both sides of the split.
    pub(super) is_split: bool,
}

/// What a labelling of the pair says.
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
    fn difference(&self, feature: usize) -> f64 {
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
    sizes: Vec<f64>,
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
    pub(super) fn see(&self, options: &PairOptions) -> (Seen, Vec<Draw>) {
        let observed = self.look(&mut self.scratch());
        let draws = map_indexed(
            options.permutations,
            || self.scratch(),
            |scratch, b| {
                permutation(&mut scratch.order, options.seed, b as u64);
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

    /// The features by how surely they separate the pair, the first `top_features` of them.
    pub(super) fn separating(
        &self,
        observed: &Seen,
        draws: &[Draw],
        options: &PairOptions,
    ) -> Result<Vec<SeparatingFeature>, HypergraphError> {
        let n_features = self.h.n_edges();
        let sizes: Vec<f64> = (0..n_features)
            .map(|f| observed.difference(f).abs())
            .collect();
        let mut null: Vec<Vec<f64>> = (0..n_features)
            .map(|f| draws.iter().map(|draw| draw.sizes[f]).collect())
            .collect();
        let p_values: Vec<f64> = sizes
            .iter()
            .zip(&null)
            .map(|(&size, list)| {
                let reached = list.iter().filter(|&&d| d >= size - TIE).count();
                (1 + reached) as f64 / (list.len() + 1) as f64
            })
            .collect();
        let adjusted = options.correction.adjust(&p_values, &sizes, &mut null)?;
        let mut features: Vec<SeparatingFeature> = (0..n_features)
            .map(|f| SeparatingFeature {
                feature: f as u32,
                shares: [observed.shares[0][f], observed.shares[1][f]],
                difference: observed.difference(f),
                p_value: p_values[f],
                p_adjusted: adjusted[f],
            })
            .collect();
        features.sort_by(|a, b| {
            let by_size = b.difference.abs().total_cmp(&a.difference.abs());
            a.p_adjusted.total_cmp(&b.p_adjusted).then(by_size)
        });
        features.truncate(options.top_features);
        Ok(features)
    }
}
