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
    /// O(sum over nodes of degree²) at most: breadth first over shared nodes, without the line
    /// graph, and it ends when every hyperedge has been met.
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
        let mut left: Vec<bool> = (0..self.n_edges()).map(|e| self.size(e) >= s).collect();
        let mut n_left = left.iter().filter(|&&l| l).count();
        let mut shared = vec![0u32; self.n_edges()];
        let mut components = Vec::new();
        for first in 0..self.n_edges() as u32 {
            if !std::mem::take(&mut left[first as usize]) {
                continue;
            }
            n_left -= 1;
            let mut component = vec![first];
            let mut next = 0;
            // Once all hyperedges have been met, what is left of the queue can find no more.
            while next < component.len() && n_left > 0 {
                let e = component[next] as usize;
                next += 1;
                for &v in self.edge(e) {
                    for &f in self.node(v as usize) {
                        shared[f as usize] += 1;
                        if shared[f as usize] as usize >= s && left[f as usize] {
                            left[f as usize] = false;
                            n_left -= 1;
                            component.push(f);
                        }
                    }
                }
                for &v in self.edge(e) {
                    for &f in self.node(v as usize) {
                        shared[f as usize] = 0;
                    }
                }
            }
            component.sort_unstable();
            components.push(component);
        }
        components
    }
}
