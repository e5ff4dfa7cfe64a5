//! Maximal hyperedges.

use super::sorted::includes;
use super::{Classes, Emptied, Hypergraph, Restriction};

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
