//! The s-line graph as compact rows of neighbors, for one s or for all at once.

use crate::checks::check_s;
use crate::error::HypergraphError;
use crate::structure::hypergraph::Hypergraph;
use crate::structure::line_graph::{LineEdge, SLineGraph};

/// The s-line graph of a hypergraph as compact neighbor lists, and the measures of its s-walks
/// (Aksoy, Joslyn, Ortiz Marrero, Praggastis and Purvine 2020, "Hypernetwork science via
/// high-order hypergraph walks", section 3).
///
/// An s-walk is a sequence of hyperedges of which each shares at least s nodes with the next; its
/// length is the number of steps.
///
/// # Conventions
///
/// - Results are indexed by hyperedge, all of them. One with fewer than s nodes is on no s-walk:
///   its centralities are 0 (as HyperNetX has it), its distances and eccentricity `None`.
/// - For s-walks of nodes (neighbors share at least s hyperedges; `edges=False` in HyperNetX) see
///   [`Hypergraph::s_walks_of_nodes`]: then read "node" for "hyperedge" and the other way round.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, walks};
///
/// let h = Hypergraph::from_edges(6, &[vec![0, 1, 2], vec![1, 2, 3, 4], vec![3, 4, 5], vec![5]])?;
/// let walks = h.s_walks(2)?;
/// assert_eq!(walks.neighbors(1)?, &[0, 2]);
/// assert_eq!(walks.distance(0, 2)?, Some(2));
/// assert_eq!(walks.distance(0, 3)?, None);
/// assert_eq!(walks.diameter(), walks::Diameter::Connected { diameter: 2 });
/// assert_eq!(walks.betweenness(walks::Normalization::None), [0.0, 1.0, 0.0, 0.0]);
/// assert_eq!(walks.eccentricity(), [Some(2), Some(1), Some(2), None]);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SWalks {
    pub(super) s: usize,
    pub(super) vertices: Vec<u32>,
    /// Hyperedges with a node: the number that HyperNetX divides by.
    pub(super) n_nonempty: usize,
    pub(super) offsets: Vec<usize>,
    pub(super) neighbors: Vec<u32>,
}

impl Hypergraph {
    /// The s-walks of the hyperedges.
    ///
    /// # Errors
    ///
    /// [`TooFew`](HypergraphError::TooFew) for s = 0.
    ///
    /// # Complexity
    ///
    /// As [`s_line_graph`](Self::s_line_graph); 8 bytes per joined pair are kept.
    pub fn s_walks(&self, s: usize) -> Result<SWalks, HypergraphError> {
        check_s(s)?;
        let mut pairs = Vec::new();
        self.for_each_overlap(s, |a, b, _| pairs.push((a, b)));
        let sizes = (0..self.n_edges()).map(|e| self.size(e));
        Ok(SWalks::new(s, sizes, &pairs))
    }

    /// The s-walks of the nodes: those of the [dual](Self::dual). `SWalks` then counts nodes.
    ///
    /// # Errors
    ///
    /// [`TooFew`](HypergraphError::TooFew) for s = 0.
    ///
    /// # Complexity
    ///
    /// As [`s_walks`](Self::s_walks) of the dual: O(sum over hyperedges of size²).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![0, 1, 2]])?;
    /// let walks = h.s_walks_of_nodes(2)?;
    /// assert_eq!(walks.distance(0, 1)?, Some(1));
    /// assert_eq!(walks.distance(0, 2)?, None); // node 2 is in one hyperedge only
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn s_walks_of_nodes(&self, s: usize) -> Result<SWalks, HypergraphError> {
        self.dual().s_walks(s)
    }
}

impl SWalks {
    /// From joined pairs `a < b` in lexicographic order: both directions come out sorted.
    pub(super) fn new(
        s: usize,
        sizes: impl ExactSizeIterator<Item = usize> + Clone,
        pairs: &[(u32, u32)],
    ) -> Self {
        let n = sizes.len();
        let mut offsets = vec![0usize; n + 1];
        for &(a, b) in pairs {
            offsets[a as usize + 1] += 1;
            offsets[b as usize + 1] += 1;
        }
        for e in 0..n {
            offsets[e + 1] += offsets[e];
        }
        let mut next = offsets.clone();
        let mut neighbors = vec![0u32; 2 * pairs.len()];
        let mut put = |row: u32, value: u32| {
            neighbors[next[row as usize]] = value;
            next[row as usize] += 1;
        };
        // A row takes its lower neighbors first: their pairs come before its own.
        for &(a, b) in pairs {
            put(a, b);
            put(b, a);
        }
        let large = sizes.clone().enumerate().filter(|&(_, size)| size >= s);
        Self {
            s,
            vertices: large.map(|(e, _)| e as u32).collect(),
            n_nonempty: sizes.filter(|&size| size > 0).count(),
            offsets,
            neighbors,
        }
    }

    /// The least overlap of a step.
    pub fn s(&self) -> usize {
        self.s
    }

    /// Hyperedges of the hypergraph, those on no s-walk included.
    pub fn n_edges(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Hyperedges with at least s nodes, ascending.
    pub fn vertices(&self) -> &[u32] {
        &self.vertices
    }

    /// Joined pairs.
    pub fn n_pairs(&self) -> usize {
        self.neighbors.len() / 2
    }

    /// The hyperedges that share at least s nodes with `edge`, ascending.
    ///
    /// # Errors
    ///
    /// [`EdgeOutOfRange`](HypergraphError::EdgeOutOfRange).
    pub fn neighbors(&self, edge: u32) -> Result<&[u32], HypergraphError> {
        self.check(edge)?;
        Ok(self.row(edge))
    }

    pub(super) fn row(&self, e: u32) -> &[u32] {
        &self.neighbors[self.offsets[e as usize]..self.offsets[e as usize + 1]]
    }

    pub(super) fn check(&self, edge: u32) -> Result<(), HypergraphError> {
        let n_edges = self.n_edges();
        if edge as usize >= n_edges {
            return Err(HypergraphError::EdgeOutOfRange { edge, n_edges });
        }
        Ok(())
    }
}

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
/// assert_eq!(overlaps.s_line_graph(2)?, h.s_line_graph(2)?);
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
    /// # Errors
    ///
    /// [`TooFew`](HypergraphError::TooFew) for s = 0.
    ///
    /// # Complexity
    ///
    /// O(hyperedges + meeting pairs).
    pub fn s_line_graph(&self, s: usize) -> Result<SLineGraph, HypergraphError> {
        check_s(s)?;
        let sizes = self.sizes.iter().enumerate();
        Ok(SLineGraph {
            s,
            vertices: sizes
                .filter(|&(_, &size)| size as usize >= s)
                .map(|(e, _)| e as u32)
                .collect(),
            edges: self.iter().filter(|e| e.overlap as usize >= s).collect(),
        })
    }

    /// The s-walks, as [`Hypergraph::s_walks`].
    ///
    /// # Errors
    ///
    /// [`TooFew`](HypergraphError::TooFew) for s = 0.
    ///
    /// # Complexity
    ///
    /// O(hyperedges + meeting pairs).
    pub fn s_walks(&self, s: usize) -> Result<SWalks, HypergraphError> {
        check_s(s)?;
        let joined = self.iter().filter(|e| e.overlap as usize >= s);
        let pairs: Vec<(u32, u32)> = joined.map(|e| (e.a, e.b)).collect();
        let sizes = self.sizes.iter().map(|&size| size as usize);
        Ok(SWalks::new(s, sizes, &pairs))
    }
}
