//! The overlap of every meeting pair, counted once for all s.

use super::SWalks;
use crate::{Hypergraph, LineEdge, SLineGraph};

/// How many nodes each meeting pair of hyperedges shares: all s-line graphs in one pass.
///
/// # Conventions
///
/// Compact rows of the upper triangle, in lexicographic order: 8 bytes per pair that shares a node.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::Hypergraph;
///
/// let h = Hypergraph::from_edges(4, &[vec![0, 1, 2], vec![1, 2, 3], vec![3]])?;
/// let overlaps = h.overlaps();
/// assert_eq!(overlaps.max_overlap(), 2);
/// assert_eq!(overlaps.pairs_by_s(), [2, 1]); // s = 1, s = 2
/// assert_eq!(overlaps.s_line_graph(2), h.s_line_graph(2));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overlaps {
    sizes: Vec<u32>,
    offsets: Vec<usize>,
    others: Vec<u32>,
    shared: Vec<u32>,
}

impl Hypergraph {
    /// Counts the overlap of every meeting pair of hyperedges.
    ///
    /// # Complexity
    ///
    /// As [`s_line_graph`](Self::s_line_graph) with s = 1.
    pub fn overlaps(&self) -> Overlaps {
        let n = self.n_edges();
        let (mut others, mut shared) = (Vec::new(), Vec::new());
        let mut offsets = vec![0usize; n + 1];
        self.for_each_overlap(1, |a, b, overlap| {
            offsets[a as usize + 1] += 1;
            others.push(b);
            shared.push(overlap);
        });
        for e in 0..n {
            offsets[e + 1] += offsets[e];
        }
        Overlaps {
            sizes: (0..n).map(|e| self.size(e) as u32).collect(),
            offsets,
            others,
            shared,
        }
    }
}

impl Overlaps {
    /// All meeting pairs, in lexicographic order.
    pub fn iter(&self) -> impl Iterator<Item = LineEdge> + '_ {
        (0..self.sizes.len()).flat_map(move |a| {
            (self.offsets[a]..self.offsets[a + 1]).map(move |at| LineEdge {
                a: a as u32,
                b: self.others[at],
                overlap: self.shared[at],
            })
        })
    }

    /// The largest overlap; 0 if no two hyperedges meet. Above it every s-line graph is empty.
    pub fn max_overlap(&self) -> usize {
        self.shared.iter().max().map_or(0, |&m| m as usize)
    }

    /// Joined pairs of the s-line graph for s = 1, 2, .., up to the largest overlap.
    pub fn pairs_by_s(&self) -> Vec<usize> {
        let mut counts = vec![0usize; self.max_overlap()];
        for &overlap in &self.shared {
            counts[overlap as usize - 1] += 1;
        }
        for s in (1..counts.len()).rev() {
            counts[s - 1] += counts[s];
        }
        counts
    }

    /// The s-line graph, as [`Hypergraph::s_line_graph`].
    ///
    /// # Panics
    ///
    /// Unless `s >= 1`.
    ///
    /// # Complexity
    ///
    /// O(hyperedges + meeting pairs).
    pub fn s_line_graph(&self, s: usize) -> SLineGraph {
        assert!(s >= 1, "the s-line graph needs s >= 1");
        let sizes = self.sizes.iter().enumerate();
        SLineGraph {
            s,
            vertices: sizes
                .filter(|&(_, &size)| size as usize >= s)
                .map(|(e, _)| e as u32)
                .collect(),
            edges: self.iter().filter(|e| e.overlap as usize >= s).collect(),
        }
    }

    /// The s-walks, as [`Hypergraph::s_walks`].
    ///
    /// # Panics
    ///
    /// Unless `s >= 1`.
    ///
    /// # Complexity
    ///
    /// O(hyperedges + meeting pairs).
    pub fn s_walks(&self, s: usize) -> SWalks {
        assert!(s >= 1, "s-walks need s >= 1");
        let joined = self.iter().filter(|e| e.overlap as usize >= s);
        let pairs: Vec<(u32, u32)> = joined.map(|e| (e.a, e.b)).collect();
        SWalks::new(s, self.sizes.iter().map(|&size| size as usize), &pairs)
    }
}
