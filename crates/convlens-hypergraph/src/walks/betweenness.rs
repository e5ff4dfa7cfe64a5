//! s-betweenness by Brandes' accumulation.

use super::chunks::{add_up, map_chunks};
use super::{SNormalization, SWalks};

impl SWalks {
    /// s-betweenness: for each hyperedge e the sum, over unordered pairs of other hyperedges, of
    /// the share of their shortest s-walks that pass through e, times the normalisation. HyperNetX's
    /// `s_betweenness_centrality`.
    ///
    /// By dependency accumulation (Brandes 2001, "A faster algorithm for betweenness centrality",
    /// theorem 6), or by common neighbours in dense line graphs with few distances of three and none
    /// above: there a pair at distance two gives each common neighbour 1 / their number.
    ///
    /// # Complexity
    ///
    /// O(hyperedges × (hyperedges + joined pairs)) time, in parallel over sources; the same bits for
    /// any number of threads. Numbers of walks are `f64`.
    pub fn betweenness(&self, normalization: SNormalization) -> Vec<f64> {
        let factor = normalization.of_pairs(self);
        let sums = match self.by_common_neighbours() {
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
