//! Parts of a hypergraph: some of its nodes or hyperedges, equal ones once, maximal ones alone.

use std::collections::HashMap;

use super::csr::Csr;
use super::hypergraph::Hypergraph;
use super::sorted::includes;
use crate::checks::{check_length, check_sums};
use crate::error::HypergraphError;

/// What becomes of a hyperedge that has no node left, or of a node that has no hyperedge left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Emptied {
    /// It is kept. The default.
    #[default]
    Keep,
    /// It is dropped if the restriction emptied it, and kept if it was empty before.
    DropEmptied,
    /// It is dropped, whether it was empty before or not.
    DropEmpty,
}

impl Emptied {
    fn drops(self, before: usize, after: usize) -> bool {
        match self {
            Self::Keep => false,
            Self::DropEmptied => after == 0 && before > 0,
            Self::DropEmpty => after == 0,
        }
    }
}

/// A hypergraph of what a restriction kept, and which nodes and hyperedges that was.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Restriction<H = Hypergraph> {
    /// What is left, renumbered in the old order.
    pub hypergraph: H,
    /// The old index of each node, ascending.
    pub nodes: Vec<u32>,
    /// The old index of each hyperedge, ascending.
    pub edges: Vec<u32>,
}

impl Hypergraph {
    /// The hypergraph on some of the nodes: each hyperedge keeps those of its nodes that are in
    /// `nodes` (Berge 1989, "Hypergraphs", chapter 1: the subhypergraph induced by a set).
    /// Hyperedges that become equal stay apart.
    ///
    /// # Conventions
    ///
    /// `nodes` is a set: in any order, repeats count once. The kept nodes keep their order.
    ///
    /// # Errors
    ///
    /// [`NodeOutOfRange`](HypergraphError::NodeOutOfRange) for the first index that is no node.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, structure::Emptied};
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![1, 2, 3], vec![0], vec![]])?;
    /// let r = h.restrict_to_nodes(&[3, 1], Emptied::DropEmptied)?;
    /// assert_eq!((&r.nodes[..], &r.edges[..]), (&[1, 3][..], &[0, 1, 3][..]));
    /// assert_eq!(r.hypergraph, Hypergraph::from_edges(2, &[vec![0], vec![0, 1], vec![]])?);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[doc(alias = "induced subhypergraph")]
    pub fn restrict_to_nodes(
        &self,
        nodes: &[u32],
        emptied: Emptied,
    ) -> Result<Restriction, HypergraphError> {
        let n_nodes = self.n_nodes();
        if let Some(&node) = nodes.iter().find(|&&v| v as usize >= n_nodes) {
            return Err(HypergraphError::NodeOutOfRange { node, n_nodes });
        }
        Ok(self.keep_nodes(nodes, emptied))
    }

    /// The hypergraph of some of the hyperedges (Berge 1989: a partial hypergraph). `emptied` says
    /// what becomes of nodes that are in none of them.
    ///
    /// # Conventions
    ///
    /// `edges` is a set: in any order, repeats count once. The kept hyperedges keep their order.
    ///
    /// # Errors
    ///
    /// [`EdgeOutOfRange`](HypergraphError::EdgeOutOfRange) for the first index that is no
    /// hyperedge.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, structure::Emptied};
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![1, 2], vec![0]])?;
    /// let r = h.restrict_to_edges(&[1], Emptied::DropEmpty)?;
    /// assert_eq!((&r.nodes[..], &r.edges[..]), (&[1, 2][..], &[1][..]));
    /// assert_eq!(r.hypergraph, Hypergraph::from_edges(2, &[vec![0, 1]])?);
    /// assert_eq!(h.restrict_to_edges(&[1], Emptied::Keep)?.hypergraph.n_nodes(), 4);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn restrict_to_edges(
        &self,
        edges: &[u32],
        emptied: Emptied,
    ) -> Result<Restriction, HypergraphError> {
        let n_edges = self.n_edges();
        if let Some(&edge) = edges.iter().find(|&&e| e as usize >= n_edges) {
            return Err(HypergraphError::EdgeOutOfRange { edge, n_edges });
        }
        Ok(self.keep_edges(edges, emptied))
    }

    /// As [`restrict_to_nodes`](Self::restrict_to_nodes), for nodes that exist.
    pub(super) fn keep_nodes(&self, nodes: &[u32], emptied: Emptied) -> Restriction {
        let (edges, nodes, kept) = restrict_columns(&self.edges, self.n_nodes(), nodes, emptied);
        Restriction {
            hypergraph: Self::from_edge_rows(nodes.len(), edges),
            nodes,
            edges: kept,
        }
    }

    /// As [`restrict_to_edges`](Self::restrict_to_edges), for hyperedges that exist.
    pub(crate) fn keep_edges(&self, edges: &[u32], emptied: Emptied) -> Restriction {
        let (nodes, edges, kept) = restrict_columns(&self.nodes, self.n_edges(), edges, emptied);
        Restriction {
            hypergraph: Self::from_edge_rows(edges.len(), nodes).into_dual(),
            nodes: kept,
            edges,
        }
    }
}

/// The rows with only the columns of `chosen` in them: the new rows, the columns and rows kept.
fn restrict_columns(
    rows: &Csr,
    n_columns: usize,
    chosen: &[u32],
    emptied: Emptied,
) -> (Csr, Vec<u32>, Vec<u32>) {
    const DROPPED: u32 = u32::MAX; // counts go up to 2^32 - 1, so this is no index
    let mut new_column = vec![DROPPED; n_columns];
    for &c in chosen {
        new_column[c as usize] = 0;
    }
    let mut columns = Vec::new();
    for (old, new) in new_column.iter_mut().enumerate() {
        if *new != DROPPED {
            *new = columns.len() as u32;
            columns.push(old as u32);
        }
    }
    let renumber = |&c: &u32| Some(new_column[c as usize]).filter(|&new| new != DROPPED);
    let mut restricted = Csr::with_capacity(rows.n_rows(), 0);
    let mut kept = Vec::new();
    for (r, row) in rows.rows().enumerate() {
        let after = row.iter().filter_map(renumber).count();
        if !emptied.drops(row.len(), after) {
            restricted.push_row(row.iter().filter_map(renumber));
            kept.push(r as u32);
        }
    }
    (restricted, columns, kept)
}

/// Which of a list of things are equal: classes 0, 1, .. in the order of their first members.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Classes {
    /// The class of each thing.
    pub class_of: Vec<u32>,
    /// The first member of each class, ascending.
    pub first: Vec<u32>,
    /// How many members each class has.
    pub multiplicity: Vec<u32>,
}

impl Classes {
    /// Rows that are equal are in one class. A hash finds the candidates and a comparison of the
    /// rows decides; the hash has no say in the order.
    pub(super) fn of_rows<'a>(rows: impl Iterator<Item = &'a [u32]>) -> Self {
        let mut seen: HashMap<&[u32], u32> = HashMap::new();
        let mut classes = Self {
            class_of: Vec::with_capacity(rows.size_hint().0),
            first: Vec::new(),
            multiplicity: Vec::new(),
        };
        for (i, row) in rows.enumerate() {
            let next = classes.first.len() as u32;
            let class = *seen.entry(row).or_insert(next);
            if class == next {
                classes.first.push(i as u32);
                classes.multiplicity.push(0);
            }
            classes.multiplicity[class as usize] += 1;
            classes.class_of.push(class);
        }
        classes
    }

    /// The members of each class, ascending.
    pub fn members(&self) -> Vec<Vec<u32>> {
        let room = |&count: &u32| Vec::with_capacity(count as usize);
        let mut members: Vec<Vec<u32>> = self.multiplicity.iter().map(room).collect();
        for (i, &class) in self.class_of.iter().enumerate() {
            members[class as usize].push(i as u32);
        }
        members
    }

    /// The sum of `weights` over each class: the weights of collapsed hyperedges or nodes.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) unless there is one weight for each
    /// thing; [`WeightOverflow`](HypergraphError::WeightOverflow) if a sum is not finite.
    pub fn sums(&self, weights: &[f64]) -> Result<Vec<f64>, HypergraphError> {
        check_length(
            "weights and members of classes",
            weights.len(),
            self.class_of.len(),
        )?;
        let mut sums = vec![0.0; self.first.len()];
        for (&class, weight) in self.class_of.iter().zip(weights) {
            sums[class as usize] += weight;
        }
        check_sums("class", sums)
    }
}

/// A hypergraph in which equal hyperedges, or equal nodes, are one.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Collapse {
    /// One hyperedge (or node) for each class, in the order of the classes.
    pub hypergraph: Hypergraph,
    /// The classes of the hyperedges (or nodes).
    pub classes: Classes,
}

impl Hypergraph {
    /// Makes one of hyperedges with the same nodes. Empty hyperedges are equal to each other.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences) expected.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![1, 2], vec![0], vec![2, 1]])?;
    /// let c = h.collapse_edges();
    /// assert_eq!(c.hypergraph, Hypergraph::from_edges(3, &[vec![1, 2], vec![0]])?);
    /// assert_eq!(c.classes.class_of, [0, 1, 0]);
    /// assert_eq!(c.classes.multiplicity, [2, 1]);
    /// assert_eq!(c.classes.members(), [vec![0, 2], vec![1]]);
    /// assert_eq!(c.classes.sums(&[1.0, 5.0, 0.5])?, [1.5, 5.0]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[must_use]
    pub fn collapse_edges(&self) -> Collapse {
        let classes = Classes::of_rows(self.edges.rows());
        let hypergraph = self.keep_edges(&classes.first, Emptied::Keep).hypergraph;
        Collapse {
            hypergraph,
            classes,
        }
    }

    /// Makes one of nodes that are in the same hyperedges. Isolated nodes are equal to each other.
    ///
    /// # Complexity
    ///
    /// O(nodes + hyperedges + incidences) expected.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1, 2], vec![2]])?;
    /// let c = h.collapse_nodes();
    /// assert_eq!(c.hypergraph, Hypergraph::from_edges(3, &[vec![0, 1], vec![1]])?);
    /// assert_eq!(c.classes.members(), [vec![0, 1], vec![2], vec![3]]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[must_use]
    pub fn collapse_nodes(&self) -> Collapse {
        let classes = Classes::of_rows(self.nodes.rows());
        let hypergraph = self.keep_nodes(&classes.first, Emptied::Keep).hypergraph;
        Collapse {
            hypergraph,
            classes,
        }
    }
}

impl Hypergraph {
    /// The toplexes, ascending: hyperedges that no other hyperedge contains (Joslyn, Aksoy,
    /// Callahan, Hunter, Jefferson, Praggastis, Purvine and Tripodi 2021, "Hypernetwork science:
    /// from multidimensional networks to computational topology", section 2).
    ///
    /// # Conventions
    ///
    /// Of equal hyperedges the first one counts. An empty hyperedge is a toplex only where all
    /// hyperedges are empty.
    ///
    /// # Complexity
    ///
    /// Hyperedges are taken from large to small, and each is compared with the larger toplexes
    /// that hold its rarest node: at worst O(hyperedges² × size × log size). A 64-bit signature of
    /// the nodes refuses most candidates without a look at them.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![1, 2], vec![0, 1, 2], vec![2, 3], vec![3, 2]])?;
    /// assert_eq!(h.toplexes(), [1, 2]);
    /// assert!(!h.is_simple());
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[doc(alias = "maximal hyperedges")]
    #[doc(alias = "facets")]
    pub fn toplexes(&self) -> Vec<u32> {
        let mut order = Classes::of_rows(self.edges.rows()).first;
        // Stable: equal sizes stay ascending.
        order.sort_by_key(|&e| std::cmp::Reverse(self.size(e as usize)));
        let mut larger = Larger::new(self);
        let mut toplexes = Vec::new();
        for same_size in order.chunk_by(|&e, &f| self.size(e as usize) == self.size(f as usize)) {
            // Different hyperedges of one size do not contain each other.
            let start = toplexes.len();
            toplexes.extend(same_size.iter().filter(|&&e| !larger.contain(e)));
            toplexes[start..].iter().for_each(|&e| larger.add(e));
        }
        toplexes.sort_unstable();
        toplexes
    }

    /// Whether no hyperedge contains another or equals it (Berge 1989, "Hypergraphs", chapter 1:
    /// a simple hypergraph, or Sperner family).
    ///
    /// # Complexity
    ///
    /// As [`toplexes`](Self::toplexes).
    pub fn is_simple(&self) -> bool {
        self.toplexes().len() == self.n_edges()
    }

    /// The hypergraph of the [`toplexes`](Self::toplexes): a simple one, with all nodes.
    ///
    /// # Complexity
    ///
    /// As [`toplexes`](Self::toplexes).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(3, &[vec![0], vec![0, 1], vec![]])?;
    /// let simple = h.to_simple();
    /// assert_eq!(simple.hypergraph, Hypergraph::from_edges(3, &[vec![0, 1]])?);
    /// assert_eq!(simple.edges, [1]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[must_use]
    pub fn to_simple(&self) -> Restriction {
        self.keep_edges(&self.toplexes(), Emptied::Keep)
    }
}

/// The toplexes found so far, by node.
struct Larger<'a> {
    h: &'a Hypergraph,
    any: bool,
    /// Per node: each toplex that holds it, and the signature of that toplex.
    holders: Vec<Vec<(u64, u32)>>,
}

impl<'a> Larger<'a> {
    fn new(h: &'a Hypergraph) -> Self {
        Self {
            h,
            any: false,
            holders: vec![Vec::new(); h.n_nodes()],
        }
    }

    fn add(&mut self, e: u32) {
        self.any = true;
        let nodes = self.h.edge(e as usize);
        let signature = signature(nodes);
        for &v in nodes {
            self.holders[v as usize].push((signature, e));
        }
    }

    /// Whether one of them contains hyperedge `e`.
    fn contain(&self, e: u32) -> bool {
        let nodes = self.h.edge(e as usize);
        let lists = nodes.iter().map(|&v| &self.holders[v as usize]);
        let Some(rarest) = lists.min_by_key(|list| list.len()) else {
            return self.any;
        };
        let wanted = signature(nodes);
        rarest
            .iter()
            .filter(|(has, _)| wanted & !has == 0)
            .any(|&(_, f)| includes(self.h.edge(f as usize), nodes))
    }
}

/// One bit per node, by a multiplicative hash: a set's signature holds that of each subset.
fn signature(nodes: &[u32]) -> u64 {
    let bit = |v: u32| u64::from(v.wrapping_mul(0x9e37_79b9) >> 26);
    nodes.iter().fold(0, |bits, &v| bits | 1 << bit(v))
}
