//! Strong collapses: fewer nodes and hyperedges, the same homotopy type.

use crate::{Emptied, Hypergraph};

/// The core of a hypergraph, and which nodes and hyperedges of it are left.
///
/// A node is dominated if another is in all of its hyperedges; a hyperedge if another holds all of its
/// nodes. Taking dominated ones away, until there are none, is a strong collapse (Barmak and Minian
/// 2012, "Strong homotopy types, nerves and collapses"): the complex of the core is a subcomplex of
/// the whole and has its homotopy type, so that cycles of the core are cycles of the whole.
#[derive(Debug)]
pub(super) struct Core {
    pub(super) hypergraph: Hypergraph,
    pub(super) nodes: Vec<u32>,
    pub(super) edges: Vec<u32>,
}

impl Core {
    pub(super) fn of(h: &Hypergraph) -> Self {
        let mut core = Core {
            hypergraph: h.clone(),
            nodes: (0..h.n_nodes() as u32).collect(),
            edges: (0..h.n_edges() as u32).collect(),
        };
        // Twice unchanged, once in each direction, is the end.
        let (mut unchanged, mut swapped) = (0, false);
        while unchanged < 2 {
            unchanged = if core.drop_dominated_edges() {
                0
            } else {
                unchanged + 1
            };
            core = core.swapped();
            swapped = !swapped;
        }
        if swapped {
            core = core.swapped();
        }
        core
    }

    /// Nodes and hyperedges change places.
    fn swapped(self) -> Self {
        Core {
            hypergraph: self.hypergraph.into_dual(),
            nodes: self.edges,
            edges: self.nodes,
        }
    }

    /// Whether there were any.
    fn drop_dominated_edges(&mut self) -> bool {
        let h = &self.hypergraph;
        let mut dominated: Vec<bool> = (0..h.n_edges()).map(|e| h.size(e) == 0).collect();
        h.for_each_overlap(1, |a, b, shared| {
            let shared = shared as usize;
            // Of equal ones the first stays.
            if shared == h.size(b as usize) {
                dominated[b as usize] = true;
            } else if shared == h.size(a as usize) {
                dominated[a as usize] = true;
            }
        });
        if !dominated.contains(&true) {
            return false;
        }
        let kept: Vec<u32> = (0..h.n_edges() as u32)
            .filter(|&e| !dominated[e as usize])
            .collect();
        self.hypergraph = h.keep_edges(&kept, Emptied::Keep).hypergraph;
        self.edges = kept.iter().map(|&e| self.edges[e as usize]).collect();
        true
    }
}
