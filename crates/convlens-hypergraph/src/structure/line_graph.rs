//! Graphs of what meets: the s-line graph of the hyperedges, its components, the 2-section.

use super::hypergraph::Hypergraph;
use super::sorted::merge;
use crate::checks::check_s;
use crate::error::HypergraphError;

/// Two hyperedges that share nodes: an edge of an [`SLineGraph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LineEdge {
    /// The lower hyperedge index.
    pub a: u32,
    /// The higher hyperedge index.
    pub b: u32,
    /// How many nodes the two share.
    pub overlap: u32,
}

/// The s-line graph of a hypergraph (Aksoy, Joslyn, Ortiz Marrero, Praggastis and Purvine 2020,
/// "Hypernetwork science via high-order hypergraph walks", section 3).
///
/// Its vertices are the hyperedges with at least s nodes (smaller ones cannot share s); two are
/// joined if they share at least s nodes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SLineGraph {
    /// The least overlap that joins two hyperedges.
    pub s: usize,
    /// Hyperedges with at least `s` nodes, ascending.
    pub vertices: Vec<u32>,
    /// Joined pairs with `a < b`, in lexicographic order.
    pub edges: Vec<LineEdge>,
}

impl Hypergraph {
    /// The s-line graph, with the overlap of each joined pair.
    ///
    /// # Errors
    ///
    /// [`TooFew`](HypergraphError::TooFew) for s = 0: every pair would be joined.
    ///
    /// # Complexity
    ///
    /// O(sum over nodes of degree²) plus the sort of each hyperedge's neighbors, from sparse
    /// overlap counts: pairs that share no node are never looked at. Where nodes have so many
    /// hyperedges that bitsets cost less, O(hyperedges² × nodes / 64).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, structure::LineEdge};
    ///
    /// let h = Hypergraph::from_edges(5, &[vec![0, 1, 2], vec![1, 2, 3], vec![3, 4], vec![4]])?;
    /// let line = h.s_line_graph(2)?;
    /// assert_eq!(line.vertices, [0, 1, 2]); // hyperedge 3 has one node only
    /// assert_eq!(line.edges, [LineEdge { a: 0, b: 1, overlap: 2 }]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[doc(alias = "line graph")]
    #[doc(alias = "intersection graph")]
    pub fn s_line_graph(&self, s: usize) -> Result<SLineGraph, HypergraphError> {
        check_s(s)?;
        Ok(SLineGraph {
            s,
            vertices: self.edges_of_size(s).collect(),
            edges: self.line_edges(s),
        })
    }

    /// All pairs that share at least `s >= 1` nodes.
    fn line_edges(&self, s: usize) -> Vec<LineEdge> {
        let mut edges = Vec::new();
        self.for_each_overlap(s, |a, b, overlap| edges.push(LineEdge { a, b, overlap }));
        edges
    }

    /// Hyperedges with at least `s` nodes, ascending.
    pub(crate) fn edges_of_size(&self, s: usize) -> impl Iterator<Item = u32> + '_ {
        (0..self.n_edges())
            .filter(move |&e| self.size(e) >= s)
            .map(|e| e as u32)
    }
}

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
    /// hyperedge the sort of its neighbors or, where there are many, one pass over all.
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

impl Hypergraph {
    /// The s-components: connected components of the [s-line graph](crate::structure::SLineGraph),
    /// as lists of hyperedges (Aksoy et al. 2020, section 3). Hyperedges with fewer than `s` nodes
    /// are in none.
    ///
    /// # Conventions
    ///
    /// Hyperedges ascend in each component; components ascend by their first hyperedge.
    ///
    /// # Errors
    ///
    /// [`TooFew`](HypergraphError::TooFew) for s = 0.
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
    /// assert_eq!(h.s_components(1)?, [[0, 1, 2, 3]]);
    /// assert_eq!(h.s_components(2)?, [vec![0, 2], vec![1], vec![3]]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[doc(alias = "connected components")]
    pub fn s_components(&self, s: usize) -> Result<Vec<Vec<u32>>, HypergraphError> {
        check_s(s)?;
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
        Ok(components)
    }
}

/// Two nodes that are in hyperedges together: an edge of a [`TwoSection`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct NodePair {
    /// The lower node.
    pub a: u32,
    /// The higher node.
    pub b: u32,
    /// In how many hyperedges both are: the pair degree.
    pub multiplicity: u32,
}

/// The 2-section, or clique expansion, of a hypergraph: the graph on its nodes in which two are
/// joined if a hyperedge holds both (Berge 1989, "Hypergraphs", chapter 1), with the number of such
/// hyperedges.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TwoSection {
    /// Number of nodes, isolated ones included.
    pub n_nodes: usize,
    /// Joined pairs with `a < b`, in lexicographic order.
    pub pairs: Vec<NodePair>,
}

impl Hypergraph {
    /// The 2-section with multiplicities. It is the 1-line graph of the dual.
    ///
    /// # Complexity
    ///
    /// O(sum over hyperedges of size²) time, one [`NodePair`] for each pair that meets.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1, 2], vec![1, 2], vec![3]])?;
    /// let pairs: Vec<_> =
    ///     h.two_section().pairs.iter().map(|p| (p.a, p.b, p.multiplicity)).collect();
    /// assert_eq!(pairs, [(0, 1, 1), (0, 2, 1), (1, 2, 2)]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[doc(alias = "clique expansion")]
    pub fn two_section(&self) -> TwoSection {
        let pair = |edge: LineEdge| NodePair {
            a: edge.a,
            b: edge.b,
            multiplicity: edge.overlap,
        };
        TwoSection {
            n_nodes: self.n_nodes(),
            pairs: self.dual().line_edges(1).into_iter().map(pair).collect(),
        }
    }

    /// In how many hyperedges both `u` and `v` are: their pair degree, which is the degree if they
    /// are the same node.
    ///
    /// # Panics
    ///
    /// Unless both are below `n_nodes()`.
    ///
    /// # Complexity
    ///
    /// O(degree of u + degree of v). For all pairs see [`two_section`](Self::two_section).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1, 2], vec![1, 2]])?;
    /// assert_eq!((h.pair_degree(1, 2), h.pair_degree(0, 1)), (2, 1));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn pair_degree(&self, u: usize, v: usize) -> usize {
        let mut common = 0;
        merge(self.node(u), self.node(v), |_, order| {
            common += usize::from(order.is_eq());
        });
        common
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
