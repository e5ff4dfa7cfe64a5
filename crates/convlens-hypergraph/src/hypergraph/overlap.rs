//! How many nodes two hyperedges share, for the pairs that share any.

use super::Hypergraph;

/// Cost of one word of a bitset (AND and count) beside one increment of a sparse count: an
/// estimate. Between 0.3 and 1 the choice changes for few hypergraphs.
const WORD_COST: f64 = 0.5;

impl Hypergraph {
    /// Calls `visit(e, f, shared)` for every pair of hyperedges `e < f` with `shared >= s >= 1`
    /// common nodes, in lexicographic order of `(e, f)`.
    ///
    /// By sparse counts, or by bitsets where these cost less.
    pub(crate) fn for_each_overlap(&self, s: usize, visit: impl FnMut(u32, u32, u32)) {
        let pairs = |n: usize| n as f64 * (n as f64 - 1.0) / 2.0;
        let sparse: f64 = (0..self.n_nodes()).map(|v| pairs(self.degree(v))).sum();
        let words = self.n_nodes().div_ceil(64) as f64;
        let dense = pairs(self.edges_of_size(s).count()) * words * WORD_COST;
        if dense < sparse {
            self.dense_overlaps(s, visit);
        } else {
            self.sparse_overlaps(s, visit);
        }
    }

    /// For each `e`, walks the nodes of `e` and the hyperedges of those nodes, and counts repeats:
    /// only pairs that meet are ever looked at. O(sum over nodes of degree squared), and for each
    /// hyperedge the sort of its neighbours or, where there are many, one pass over all.
    fn sparse_overlaps(&self, s: usize, mut visit: impl FnMut(u32, u32, u32)) {
        let n = self.n_edges();
        let mut shared = vec![0u32; n];
        let mut met: Vec<u32> = Vec::new();
        // Where the later hyperedges of each node begin: e ascends, so this only grows.
        let mut later = vec![0u32; self.n_nodes()];
        for e in 0..n {
            let large = self.size(e) >= s;
            for &v in self.edge(e) {
                later[v as usize] += 1;
                if !large {
                    continue;
                }
                for &f in &self.node(v as usize)[later[v as usize] as usize..] {
                    let count = &mut shared[f as usize];
                    if *count == 0 {
                        met.push(f);
                    }
                    *count += 1;
                }
            }
            if met.len() > (n - e) / 16 {
                met.clear();
                for (f, count) in shared.iter_mut().enumerate().skip(e + 1) {
                    let count = std::mem::take(count);
                    if count as usize >= s {
                        visit(e as u32, f as u32, count);
                    }
                }
                continue;
            }
            met.sort_unstable();
            for f in met.drain(..) {
                let count = std::mem::take(&mut shared[f as usize]);
                if count as usize >= s {
                    visit(e as u32, f, count);
                }
            }
        }
    }

    /// One bitset of nodes for each hyperedge; all pairs by AND and count.
    fn dense_overlaps(&self, s: usize, mut visit: impl FnMut(u32, u32, u32)) {
        let words = self.n_nodes().div_ceil(64);
        let large: Vec<u32> = self.edges_of_size(s).collect();
        let mut bits = vec![0u64; words * large.len()];
        for (&e, row) in large.iter().zip(bits.chunks_exact_mut(words.max(1))) {
            for &v in self.edge(e as usize) {
                row[v as usize / 64] |= 1 << (v % 64);
            }
        }
        for (i, &e) in large.iter().enumerate() {
            let own = &bits[i * words..(i + 1) * words];
            for (j, &f) in large.iter().enumerate().skip(i + 1) {
                let other = &bits[j * words..(j + 1) * words];
                let common = own.iter().zip(other).map(|(a, b)| (a & b).count_ones());
                let count = common.sum::<u32>();
                if count as usize >= s {
                    visit(e, f, count);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_ways_find_the_same(
            edges in prop::collection::vec(prop::collection::vec(0u32..130, 0..90), 0..30),
            s in 1usize..6,
        ) {
            let h = Hypergraph::from_edges(130, &edges).unwrap();
            let (mut sparse, mut dense, mut chosen) = (vec![], vec![], vec![]);
            h.sparse_overlaps(s, |a, b, n| sparse.push((a, b, n)));
            h.dense_overlaps(s, |a, b, n| dense.push((a, b, n)));
            h.for_each_overlap(s, |a, b, n| chosen.push((a, b, n)));
            prop_assert_eq!(&sparse, &dense);
            prop_assert_eq!(&sparse, &chosen);
        }
    }
}
