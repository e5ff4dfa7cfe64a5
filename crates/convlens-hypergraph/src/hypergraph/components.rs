//! s-connected components.

use super::Hypergraph;

impl Hypergraph {
    /// The s-components: connected components of the [s-line graph](crate::SLineGraph), as lists of
    /// hyperedges (Aksoy et al. 2020, section 3). Hyperedges with fewer than `s` nodes are in none.
    ///
    /// # Conventions
    ///
    /// Hyperedges ascend in each component; components ascend by their first hyperedge.
    ///
    /// # Panics
    ///
    /// Unless `s >= 1`.
    ///
    /// # Complexity
    ///
    /// As [`s_line_graph`](Self::s_line_graph), without storing it (union-find with path halving).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(5, &[vec![0, 1, 2], vec![3, 4], vec![1, 2], vec![2, 3]])?;
    /// assert_eq!(h.s_components(1), [[0, 1, 2, 3]]);
    /// assert_eq!(h.s_components(2), [vec![0, 2], vec![1], vec![3]]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn s_components(&self, s: usize) -> Vec<Vec<u32>> {
        assert!(s >= 1, "s-components need s >= 1");
        let mut parent: Vec<u32> = (0..self.n_edges() as u32).collect();
        self.for_each_overlap(s, |a, b, _| {
            let (a, b) = (root(&mut parent, a), root(&mut parent, b));
            // The lower index is the root, so a root is its component's first hyperedge.
            parent[a.max(b) as usize] = a.min(b);
        });
        let mut components: Vec<Vec<u32>> = Vec::new();
        let mut slot = vec![usize::MAX; self.n_edges()];
        for e in self.edges_of_size(s) {
            let r = root(&mut parent, e) as usize;
            if slot[r] == usize::MAX {
                slot[r] = components.len();
                components.push(Vec::new());
            }
            components[slot[r]].push(e);
        }
        components
    }
}

fn root(parent: &mut [u32], mut e: u32) -> u32 {
    while parent[e as usize] != e {
        parent[e as usize] = parent[parent[e as usize] as usize];
        e = parent[e as usize];
    }
    e
}
