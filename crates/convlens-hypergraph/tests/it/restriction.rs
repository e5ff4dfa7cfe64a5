//! Restrictions against sets.

use std::collections::BTreeSet;

use convlens_hypergraph::{Hypergraph, HypergraphError, structure::Emptied};
use proptest::prelude::*;

use crate::common::hypergraphs;

const RULES: [Emptied; 3] = [Emptied::Keep, Emptied::DropEmptied, Emptied::DropEmpty];

/// `(nodes, edges, hyperedges by their old nodes)` of a restriction to nodes, from the definition.
fn slow(h: &Hypergraph, kept: &BTreeSet<u32>, rule: Emptied) -> (Vec<u32>, Vec<Vec<u32>>) {
    let (mut edges, mut sets) = (Vec::new(), Vec::new());
    for e in 0..h.n_edges() {
        let all = h.edge(e);
        let left: Vec<u32> = all.iter().copied().filter(|v| kept.contains(v)).collect();
        let keep = match rule {
            Emptied::Keep => true,
            Emptied::DropEmptied => !left.is_empty() || all.is_empty(),
            _ => !left.is_empty(),
        };
        if keep {
            edges.push(e as u32);
            sets.push(left);
        }
    }
    (edges, sets)
}

proptest! {
    #[test]
    fn restrictions_follow_their_definition(
        h in hypergraphs(),
        chosen in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let pick = |n: usize| -> Vec<u32> {
            chosen.iter().filter(|_| n > 0).map(|i| i.index(n) as u32).collect()
        };
        let (nodes, edges) = (pick(h.n_nodes()), pick(h.n_edges()));
        for rule in RULES {
            let r = h.restrict_to_nodes(&nodes, rule).unwrap();
            let kept: BTreeSet<u32> = nodes.iter().copied().collect();
            prop_assert_eq!(&r.nodes, &kept.iter().copied().collect::<Vec<_>>());
            let (slow_edges, sets) = slow(&h, &kept, rule);
            prop_assert_eq!(&r.edges, &slow_edges);
            prop_assert_eq!(r.hypergraph.n_edges(), sets.len());
            for (e, set) in sets.iter().enumerate() {
                let back = r.hypergraph.edge(e).iter().map(|&v| r.nodes[v as usize]);
                prop_assert_eq!(&back.collect::<Vec<_>>(), set);
            }

            // A restriction to hyperedges is one to nodes in the dual.
            let r = h.restrict_to_edges(&edges, rule).unwrap();
            let dual = h.dual().restrict_to_nodes(&edges, rule).unwrap();
            prop_assert_eq!(&r.hypergraph, &dual.hypergraph.dual());
            prop_assert_eq!((&r.nodes, &r.edges), (&dual.edges, &dual.nodes));
        }
    }
}

#[test]
fn what_is_not_there_is_refused() {
    let h = Hypergraph::from_edges(2, &[vec![0]]).unwrap();
    assert_eq!(
        h.restrict_to_nodes(&[0, 2], Emptied::Keep),
        Err(HypergraphError::NodeOutOfRange {
            node: 2,
            n_nodes: 2
        })
    );
    assert_eq!(
        h.restrict_to_edges(&[1], Emptied::Keep),
        Err(HypergraphError::EdgeOutOfRange {
            edge: 1,
            n_edges: 1
        })
    );
    let nothing = h.restrict_to_nodes(&[], Emptied::DropEmpty).unwrap();
    assert_eq!(
        (nothing.hypergraph.n_nodes(), nothing.hypergraph.n_edges()),
        (0, 0)
    );
}
