//! How many nodes two hyperedges share, for the pairs that share any.

use super::Hypergraph;

/// A hyperedge that meets more than one in so many others has them found by a walk over all counts: sorting
/// the names of those that it meets would take longer.
const DENSE: usize = 16;

impl Hypergraph {
    /// Calls `visit(e, f, shared)` for every pair of hyperedges `e < f` with `shared >= 1` common
    /// nodes, in lexicographic order of `(e, f)`.
    ///
    /// For each `e` it walks the nodes of `e` and the hyperedges of those nodes, and counts
    /// repeats: only pairs that meet are ever looked at. O(sum over nodes of degree squared), plus
    /// the sort of each hyperedge's neighbours.
    pub(crate) fn for_each_overlap(&self, s: usize, mut visit: impl FnMut(u32, u32, u32)) {
        let mut shared = vec![0u32; self.n_edges()];
        let mut met: Vec<u32> = Vec::new();
        for e in 0..self.n_edges() {
            if self.size(e) < s {
                continue;
            }
            for &v in self.edge(e) {
                let holders = self.node(v as usize);
                let later = holders.partition_point(|&f| f as usize <= e);
                for &f in &holders[later..] {
                    if shared[f as usize] == 0 {
                        met.push(f);
                    }
                    shared[f as usize] += 1;
                }
            }
            if met.len() > self.n_edges() / DENSE {
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
}
