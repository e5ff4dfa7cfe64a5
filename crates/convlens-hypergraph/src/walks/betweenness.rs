//! s-betweenness: by Brandes' accumulation, or by common neighbors where no distance is above
//! three.

use super::distance::Normalization;
use super::graph::SWalks;
use crate::parallel::{add_up, map_chunks};

impl SWalks {
    /// s-betweenness: for each hyperedge e the sum, over unordered pairs of other hyperedges, of
    /// the share of their shortest s-walks that pass through e, times the normalization.
    /// HyperNetX's `s_betweenness_centrality`.
    ///
    /// By dependency accumulation (Brandes 2001, "A faster algorithm for betweenness centrality",
    /// theorem 6), or by common neighbors in dense line graphs with few distances of three and none
    /// above: there a pair at distance two gives each common neighbor 1 / their number.
    ///
    /// # Complexity
    ///
    /// O(hyperedges × (hyperedges + joined pairs)) time, in parallel over sources; the same bits
    /// for any number of threads. Numbers of walks are `f64`.
    #[doc(alias = "s_betweenness_centrality")]
    pub fn betweenness(&self, normalization: Normalization) -> Vec<f64> {
        let factor = normalization.of_pairs(self);
        let sums = match self.by_common_neighbors() {
            Some(sums) => sums,
            None => self.by_brandes(),
        };
        sums.into_iter().map(|sum| sum * factor).collect()
    }

    /// Sums over unordered pairs.
    pub(super) fn by_brandes(&self) -> Vec<f64> {
        let n = self.n_edges();
        let parts = map_chunks(self.vertices.len(), |range| {
            let mut sums = vec![0.0; n];
            let mut scratch = Scratch::new(n);
            for &source in &self.vertices[range] {
                if !self.row(source).is_empty() {
                    scratch.accumulate(self, source, &mut sums);
                }
            }
            sums
        });
        // Each pair was met from both ends.
        let sums = add_up(n, parts).into_iter();
        sums.map(|sum| sum / 2.0).collect()
    }
}

/// What one search needs.
struct Scratch {
    distances: Vec<u32>,
    walks: Vec<f64>,
    /// (1 + dependency) / walks.
    shares: Vec<f64>,
    order: Vec<u32>,
}

impl Scratch {
    fn new(n: usize) -> Self {
        Self {
            distances: vec![u32::MAX; n],
            walks: vec![0.0; n],
            shares: vec![0.0; n],
            order: Vec::with_capacity(n),
        }
    }

    fn accumulate(&mut self, graph: &SWalks, source: u32, sums: &mut [f64]) {
        self.distances[source as usize] = 0;
        self.walks[source as usize] = 1.0;
        self.order.push(source);
        let mut next = 0;
        while let Some(&e) = self.order.get(next) {
            next += 1;
            let (distance, walks) = (self.distances[e as usize] + 1, self.walks[e as usize]);
            for &f in graph.row(e) {
                let at = f as usize;
                if self.distances[at] == u32::MAX {
                    self.distances[at] = distance;
                    self.order.push(f);
                }
                if self.distances[at] == distance {
                    self.walks[at] += walks;
                }
            }
        }
        for &e in self.order.iter().skip(1).rev() {
            let at = e as usize;
            let distance = self.distances[at] + 1;
            let later = graph.row(e).iter().map(|&f| f as usize);
            let shares: f64 = later
                .filter(|&f| self.distances[f] == distance)
                .map(|f| self.shares[f])
                .sum();
            let dependency = self.walks[at] * shares;
            sums[at] += dependency;
            self.shares[at] = (1.0 + dependency) / self.walks[at];
        }
        for e in self.order.drain(..) {
            self.distances[e as usize] = u32::MAX;
            self.walks[e as usize] = 0.0;
        }
    }
}

/// Pairs at distance three that are worth it, for each source: each costs as much as a part of
/// the search that Brandes' way makes.
const FAR_PER_SOURCE: usize = 16;

impl SWalks {
    /// The sums over unordered pairs; `None` where some distance is above three, many are three,
    /// or the graph is too sparse for bitsets.
    pub(super) fn by_common_neighbors(&self) -> Option<Vec<f64>> {
        let n = self.n_edges();
        let words = n.div_ceil(64);
        // Rows of bits must not be larger than the lists of neighbors.
        if n == 0 || (4 * words).saturating_mul(n) > self.neighbors.len() {
            return None;
        }
        let mut bits = vec![0u64; words * n];
        for (e, row) in bits.chunks_exact_mut(words).enumerate() {
            for &f in self.row(e as u32) {
                row[f as usize / 64] |= 1 << (f % 64);
            }
        }
        let alone = |e: &u32| self.row(*e).is_empty();
        let joined: Vec<u32> = self
            .vertices
            .iter()
            .copied()
            .filter(|e| !alone(e))
            .collect();
        let row = |e: u32| &bits[e as usize * words..(e as usize + 1) * words];
        let parts = map_chunks(joined.len(), |range| {
            let mut sums = vec![0.0; n];
            let mut common = vec![0u64; words];
            let mut far = FAR_PER_SOURCE * range.len();
            for i in range {
                let e = joined[i];
                for &f in &joined[i + 1..] {
                    if row(e)[f as usize / 64] >> (f % 64) & 1 == 1 {
                        continue;
                    }
                    let count = intersect(row(e), row(f), &mut common);
                    if count > 0 {
                        add_to_members(&common, 1.0 / f64::from(count), &mut sums);
                        continue;
                    }
                    far = far.checked_sub(1)?;
                    // e - u - v - f: through u go as many walks as u and f have common neighbors.
                    let through = |ends: &[u32], other: u32| -> Vec<u32> {
                        let steps = ends.iter().map(|&u| shared(row(u), row(other)));
                        steps.collect()
                    };
                    let first = through(self.row(e), f);
                    let walks: u32 = first.iter().sum();
                    if walks == 0 {
                        return None;
                    }
                    for (ends, counts) in
                        [(self.row(e), first), (self.row(f), through(self.row(f), e))]
                    {
                        for (&u, count) in ends.iter().zip(counts) {
                            sums[u as usize] += f64::from(count) / f64::from(walks);
                        }
                    }
                }
            }
            Some(sums)
        });
        let parts: Option<Vec<Vec<f64>>> = parts.into_iter().collect();
        Some(add_up(n, parts?))
    }
}

/// How many members two bitsets share; writes them.
fn intersect(a: &[u64], b: &[u64], common: &mut [u64]) -> u32 {
    let mut count = 0;
    for ((c, a), b) in common.iter_mut().zip(a).zip(b) {
        *c = a & b;
        count += c.count_ones();
    }
    count
}

fn shared(a: &[u64], b: &[u64]) -> u32 {
    a.iter().zip(b).map(|(a, b)| (a & b).count_ones()).sum()
}

/// Adds `share` to the sum of each member of a bitset.
fn add_to_members(set: &[u64], share: f64, sums: &mut [f64]) {
    for (&word, block) in set.iter().zip(sums.chunks_mut(64)) {
        let mut word = word;
        while word != 0 {
            block[word.trailing_zeros() as usize] += share;
            word &= word - 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Hypergraph;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn common_neighbors_and_brandes_agree() {
        let (mut taken, mut with_far) = (0, 0);
        for seed in 0..20 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let pairs: Vec<(u32, u32)> = (0..380 + 20 * seed)
                .map(|_| (rng.random_range(0..60), rng.random_range(0..90)))
                .collect();
            let h = Hypergraph::from_incidences(60, 90, pairs).unwrap();
            let walks = h.s_walks(1).unwrap();
            if let Some(fast) = walks.by_common_neighbors() {
                taken += 1;
                with_far += usize::from(walks.eccentricity().contains(&Some(3)));
                for (a, b) in fast.iter().zip(walks.by_brandes()) {
                    // Some thousand terms below 1, in another order.
                    assert!((a - b).abs() < 1e-10, "{a} and {b}");
                }
            }
        }
        assert!(taken >= 10, "the dense way was taken {taken} times");
        assert!(with_far >= 3, "with distance three {with_far} times");
    }
}
