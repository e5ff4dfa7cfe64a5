//! Moves of single nodes that raise hypergraph modularity.

use std::collections::{BTreeMap, BTreeSet};

use rand_chacha::ChaCha8Rng;

use super::{DegreeTax, ModularityWeight};
use crate::Hypergraph;
use crate::draw::shuffle;

/// A gain (in units of one hyperedge) below this is rounding.
const LEAST_GAIN: f64 = 1e-9;

/// A partition with what its moves need: nodes of each part in each hyperedge, volumes, taxes.
#[derive(Debug)]
pub(super) struct Moves<'a> {
    h: &'a Hypergraph,
    weight: ModularityWeight,
    tax: DegreeTax,
    pub(super) parts: Vec<u32>,
    counts: Vec<BTreeMap<u32, u32>>,
    volumes: Vec<u64>,
    taxes: Vec<f64>,
}

impl<'a> Moves<'a> {
    /// Part numbers must be below the number of nodes.
    pub(super) fn new(h: &'a Hypergraph, parts: Vec<u32>, weight: ModularityWeight) -> Self {
        let mut counts = vec![BTreeMap::new(); h.n_edges()];
        let mut volumes = vec![0; h.n_nodes()];
        for (v, e) in h.incidences() {
            let part = parts[v as usize];
            *counts[e as usize].entry(part).or_default() += 1;
            volumes[part as usize] += 1;
        }
        let tax = DegreeTax::new(h, weight);
        let taxes = volumes.iter().map(|&v| tax.of_part(v)).collect();
        Self {
            h,
            weight,
            tax,
            parts,
            counts,
            volumes,
            taxes,
        }
    }

    /// Visits every node once in a seeded order and moves it to the part of a neighbour that
    /// raises modularity most (the lowest of equals); returns the number of moves.
    pub(super) fn pass(&mut self, rng: &mut ChaCha8Rng) -> usize {
        let mut order: Vec<u32> = (0..self.h.n_nodes() as u32).collect();
        shuffle(&mut order, rng);
        let mut moves = 0;
        for v in order {
            let v = v as usize;
            let near: BTreeSet<u32> = self
                .h
                .node(v)
                .iter()
                .flat_map(|&e| self.counts[e as usize].keys().copied())
                .collect();
            let mut best = (LEAST_GAIN, self.parts[v]);
            for to in near {
                let gain = self.gain(v, to);
                if gain > best.0 {
                    best = (gain, to);
                }
            }
            if best.1 != self.parts[v] {
                self.shift(v, best.1);
                moves += 1;
            }
        }
        moves
    }

    /// What |E| times modularity gains when node `v` goes to part `to`.
    pub(super) fn gain(&self, v: usize, to: u32) -> f64 {
        let from = self.parts[v];
        if from == to {
            return 0.0;
        }
        let mut gain = 0.0;
        for &e in self.h.node(v) {
            let size = self.h.size(e as usize) as u32;
            let count = |part| self.counts[e as usize].get(&part).copied().unwrap_or(0);
            let w = |c| self.weight.of(c, size);
            let (a, b) = (count(from), count(to));
            gain += w(a - 1) - w(a) + w(b + 1) - w(b);
        }
        let (a, b) = (from as usize, to as usize);
        let degree = self.h.degree(v) as u64;
        let after =
            self.tax.of_part(self.volumes[a] - degree) + self.tax.of_part(self.volumes[b] + degree);
        gain - (after - self.taxes[a] - self.taxes[b])
    }

    fn shift(&mut self, v: usize, to: u32) {
        let from = std::mem::replace(&mut self.parts[v], to);
        for &e in self.h.node(v) {
            let counts = &mut self.counts[e as usize];
            *counts.entry(to).or_default() += 1;
            if let Some(count) = counts.get_mut(&from) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&from);
                }
            }
        }
        let degree = self.h.degree(v) as u64;
        self.volumes[from as usize] -= degree;
        self.volumes[to as usize] += degree;
        for part in [from, to] {
            self.taxes[part as usize] = self.tax.of_part(self.volumes[part as usize]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::below;
    use crate::modularity;
    use rand::SeedableRng;

    #[test]
    fn gains_are_differences_of_modularity() {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        for weight in [
            ModularityWeight::Strict,
            ModularityWeight::Majority,
            ModularityWeight::Linear,
            ModularityWeight::Pairwise,
        ] {
            let edges: Vec<Vec<u32>> = (0..30)
                .map(|e| (0..1 + e % 7).map(|_| below(20, &mut rng) as u32).collect())
                .collect();
            let h = Hypergraph::from_edges(20, &edges).unwrap();
            let parts: Vec<u32> = (0..20).map(|_| below(5, &mut rng) as u32).collect();
            let mut moves = Moves::new(&h, parts, weight);
            for _ in 0..100 {
                let (v, to) = (below(20, &mut rng), below(6, &mut rng) as u32);
                let before = modularity(&h, &moves.parts, weight).unwrap().unwrap();
                let gain = moves.gain(v, to);
                moves.shift(v, to);
                let after = modularity(&h, &moves.parts, weight).unwrap().unwrap();
                // Sums of 30 terms below 1, times 30 hyperedges.
                assert!((gain - 30.0 * (after - before)).abs() < 1e-11);
            }
        }
    }
}
