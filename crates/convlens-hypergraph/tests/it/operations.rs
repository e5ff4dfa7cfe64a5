//! Collapse, toplexes and set operations against sets of sets.

use std::collections::{BTreeMap, BTreeSet};

use convlens_hypergraph::{
    Hypergraph, HypergraphError,
    structure::{Classes, Collapse},
};
use proptest::prelude::*;
use rand::RngExt;

use crate::common::{hypergraphs, rng};

type Set = BTreeSet<u32>;

fn sets(h: &Hypergraph) -> Vec<Set> {
    (0..h.n_edges())
        .map(|e| h.edge(e).iter().copied().collect())
        .collect()
}

/// Each set once, in the order of first appearance.
fn distinct(sets: impl IntoIterator<Item = Set>) -> Vec<Set> {
    let mut seen = BTreeSet::new();
    sets.into_iter()
        .filter(|set| seen.insert(set.clone()))
        .collect()
}

/// Toplexes from all pairs.
fn slow_toplexes(h: &Hypergraph) -> Vec<u32> {
    let sets = sets(h);
    let beaten = |e: usize| {
        let by =
            |f: usize| f != e && sets[f].is_superset(&sets[e]) && (sets[f] != sets[e] || f < e);
        (0..sets.len()).any(by)
    };
    (0..sets.len())
        .filter(|&e| !beaten(e))
        .map(|e| e as u32)
        .collect()
}

fn check_classes<T: Ord + Clone>(classes: &Classes, things: &[T]) {
    let mut slow: BTreeMap<T, Vec<u32>> = BTreeMap::new();
    for (i, thing) in things.iter().enumerate() {
        slow.entry(thing.clone()).or_default().push(i as u32);
    }
    let mut slow: Vec<Vec<u32>> = slow.into_values().collect();
    slow.sort();
    assert_eq!(classes.members(), slow);
    assert_eq!(classes.first, slow.iter().map(|c| c[0]).collect::<Vec<_>>());
    let sizes: Vec<u32> = slow.iter().map(|c| c.len() as u32).collect();
    assert_eq!(classes.multiplicity, sizes);
    for (class, members) in slow.iter().enumerate() {
        assert!(
            members
                .iter()
                .all(|&i| classes.class_of[i as usize] == class as u32)
        );
    }
    let ones = vec![1.0; things.len()];
    let sums: Vec<f64> = sizes.iter().map(|&n| f64::from(n)).collect();
    assert_eq!(classes.sums(&ones), Ok(sums));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn collapsed_hypergraphs_have_each_set_once(h in hypergraphs()) {
        let Collapse { hypergraph, classes, .. } = h.collapse_edges();
        prop_assert_eq!(hypergraph.n_nodes(), h.n_nodes());
        prop_assert_eq!(sets(&hypergraph), distinct(sets(&h)));
        check_classes(&classes, &sets(&h));
        let again = hypergraph.collapse_edges();
        prop_assert_eq!(again.hypergraph, hypergraph);
        prop_assert!(again.classes.multiplicity.iter().all(|&n| n == 1));

        let nodes = h.collapse_nodes();
        let dual = h.dual().collapse_edges();
        prop_assert_eq!(nodes.hypergraph, dual.hypergraph.dual());
        prop_assert_eq!(nodes.classes, dual.classes);
        prop_assert_eq!(h.clone().into_dual(), h.dual());
    }

    #[test]
    fn toplexes_are_the_maximal_sets(h in hypergraphs()) {
        let slow = slow_toplexes(&h);
        prop_assert_eq!(h.toplexes(), slow.clone());
        prop_assert_eq!(h.is_simple(), slow.len() == h.n_edges());
        let simple = h.to_simple();
        prop_assert!(simple.hypergraph.is_simple());
        prop_assert_eq!(&simple.edges, &slow);
        prop_assert_eq!(simple.hypergraph.n_nodes(), h.n_nodes());
        let kept: Vec<Set> = slow.iter().map(|&e| sets(&h)[e as usize].clone()).collect();
        prop_assert_eq!(sets(&simple.hypergraph), kept);
    }

    #[test]
    fn set_operations_are_those_of_sets(
        n in 1usize..5,
        masks in prop::collection::vec(0u8..16, 0..20),
        cut in 0usize..20,
    ) {
        let edges: Vec<Vec<u32>> = masks
            .iter()
            .map(|mask| (0..n as u32).filter(|v| mask >> v & 1 == 1).collect())
            .collect();
        let cut = cut.min(edges.len());
        let a = Hypergraph::from_edges(n, &edges[..cut]).unwrap();
        let b = Hypergraph::from_edges(n, &edges[cut..]).unwrap();
        let (in_a, in_b) = (sets(&a), sets(&b));
        let all = in_a.iter().chain(&in_b).cloned();
        prop_assert_eq!(sets(&a.union(&b).unwrap()), distinct(all));
        let both = in_a.iter().filter(|set| in_b.contains(set)).cloned();
        prop_assert_eq!(sets(&a.intersection(&b).unwrap()), distinct(both));
        let own = in_a.iter().filter(|set| !in_b.contains(set)).cloned();
        prop_assert_eq!(sets(&a.difference(&b).unwrap()), distinct(own));

        for e in 0..a.n_edges() {
            for f in 0..a.n_edges() {
                let (x, y) = (&in_a[e], &in_a[f]);
                let list = |set: Set| set.into_iter().collect::<Vec<u32>>();
                prop_assert_eq!(a.edge_union(e, f), list(x | y));
                prop_assert_eq!(a.edge_intersection(e, f), list(x & y));
                prop_assert_eq!(a.edge_difference(e, f), list(x - y));
                prop_assert_eq!(a.overlap(e, f), (x & y).len());
            }
        }

        // Both with as many hyperedges, for the operations on incidences.
        let m = in_a.len().min(in_b.len());
        let first = |edges: &[Vec<u32>]| Hypergraph::from_edges(n, &edges[..m]).unwrap();
        let (a, b) = (first(&edges[..cut]), first(&edges[cut..]));
        let pairs = |h: &Hypergraph| h.incidences().collect::<BTreeSet<_>>();
        let (x, y) = (pairs(&a), pairs(&b));
        let union = a.incidence_union(&b).unwrap();
        prop_assert_eq!((union.n_nodes(), union.n_edges()), (n, m));
        prop_assert_eq!(pairs(&union), &x | &y);
        prop_assert_eq!(pairs(&a.incidence_intersection(&b).unwrap()), &x & &y);
        prop_assert_eq!(pairs(&a.incidence_difference(&b).unwrap()), &x - &y);
    }
}

/// Nested hyperedges over few nodes, so that signatures and size classes all have work to do.
#[test]
fn toplexes_of_many_nested_hyperedges() {
    let mut rng = rng(5);
    for (n, m) in [(12u32, 600), (200, 600), (3, 600)] {
        let mut edges: Vec<Vec<u32>> = Vec::new();
        for i in 0..m {
            let mut edge: Vec<u32> = if i % 2 == 0 || i < 10 {
                (0..n).filter(|_| rng.random::<f64>() < 0.3).collect()
            } else {
                edges[rng.random_range(0..i)].clone()
            };
            edge.retain(|_| rng.random::<f64>() < 0.9);
            edges.push(edge);
        }
        let h = Hypergraph::from_edges(n as usize, &edges).unwrap();
        let slow = slow_toplexes(&h);
        assert!(slow.len() < m);
        assert_eq!(h.toplexes(), slow);
    }
}

#[test]
fn different_node_sets_do_not_combine() {
    let h = |n| Hypergraph::from_edges(n, &[vec![0]]).unwrap();
    let mismatch = |what| {
        Err(HypergraphError::LengthMismatch {
            what,
            left: 1,
            right: 2,
        })
    };
    let nodes = mismatch("nodes of two hypergraphs");
    assert_eq!(h(1).union(&h(2)), nodes);
    assert_eq!(h(1).incidence_union(&h(2)), nodes);
    let two = Hypergraph::from_edges(1, &[vec![0], vec![]]).unwrap();
    assert_eq!(
        h(1).incidence_difference(&two),
        mismatch("hyperedges of two hypergraphs")
    );
    let sums = h(1).collapse_edges().classes.sums(&[1.0, 2.0]);
    assert!(matches!(sums, Err(HypergraphError::LengthMismatch { .. })));
    let twins = Hypergraph::from_edges(1, &[vec![0], vec![0]]).unwrap();
    assert_eq!(
        twins.collapse_edges().classes.sums(&[f64::MAX; 2]),
        Err(HypergraphError::WeightOverflow {
            what: "class",
            index: 0
        })
    );
}
