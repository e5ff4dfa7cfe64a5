//! Statistics, the 2-section, and bipartite graphs in, against the plain definitions.

use std::collections::BTreeSet;

use convlens_hypergraph::{
    Hypergraph, HypergraphError,
    structure::{Distribution, Side},
};
use proptest::prelude::*;

use crate::common::hypergraphs;

/// The distribution of `values` beside its definition.
fn check_distribution(d: &Distribution, mut values: Vec<usize>) {
    values.sort_unstable();
    let expanded: Vec<usize> = d
        .counts
        .iter()
        .flat_map(|&(value, n)| std::iter::repeat_n(value, n))
        .collect();
    assert_eq!(expanded, values);
    assert!(d.counts.windows(2).all(|w| w[0].0 < w[1].0) && d.counts.iter().all(|c| c.1 > 0));
    let Some(summary) = d.summary else {
        assert!(values.is_empty());
        return;
    };
    assert_eq!(Some(&summary.min), values.iter().min());
    assert_eq!(Some(&summary.max), values.iter().max());
    let n = values.len();
    // Sums below 2^53: exact, so one rounding on either side.
    assert_eq!(
        summary.mean,
        values.iter().map(|&x| x as f64).sum::<f64>() / n as f64
    );
    let median = if n % 2 == 1 {
        values[n / 2] as f64
    } else {
        (values[n / 2 - 1] + values[n / 2]) as f64 / 2.0
    };
    assert_eq!(summary.median, median);
}

proptest! {
    #[test]
    fn statistics_follow_their_definition(h in hypergraphs()) {
        let s = h.statistics();
        let degrees: Vec<usize> = (0..h.n_nodes()).map(|v| h.degree(v)).collect();
        let sizes: Vec<usize> = (0..h.n_edges()).map(|e| h.size(e)).collect();
        prop_assert_eq!(s.isolated_nodes, degrees.iter().filter(|&&d| d == 0).count());
        prop_assert_eq!(s.empty_edges, sizes.iter().filter(|&&d| d == 0).count());
        prop_assert_eq!(s.singleton_edges, sizes.iter().filter(|&&d| d == 1).count());
        prop_assert_eq!(
            (s.n_nodes, s.n_edges, s.n_incidences),
            (h.n_nodes(), h.n_edges(), h.n_incidences())
        );
        let cells = h.n_nodes() * h.n_edges();
        match s.density {
            Some(density) => prop_assert_eq!(density, h.n_incidences() as f64 / cells as f64),
            None => prop_assert_eq!(cells, 0),
        }
        check_distribution(&s.degrees, degrees);
        check_distribution(&s.sizes, sizes);
    }

    #[test]
    fn the_2_section_counts_common_hyperedges(h in hypergraphs()) {
        let two = h.two_section();
        prop_assert_eq!(two.n_nodes, h.n_nodes());
        let fast: Vec<(u32, u32, u32)> =
            two.pairs.iter().map(|p| (p.a, p.b, p.multiplicity)).collect();
        let mut slow = Vec::new();
        for a in 0..h.n_nodes() as u32 {
            for b in a + 1..h.n_nodes() as u32 {
                let holds = |e: &usize| h.edge(*e).contains(&a) && h.edge(*e).contains(&b);
                let common = (0..h.n_edges()).filter(holds).count() as u32;
                prop_assert_eq!(h.pair_degree(b as usize, a as usize), common as usize);
                if common > 0 {
                    slow.push((a, b, common));
                }
            }
        }
        prop_assert_eq!(&fast, &slow);
        #[cfg(feature = "petgraph")]
        {
            let graph = two.to_petgraph().unwrap();
            prop_assert_eq!(graph.node_count(), h.n_nodes());
            let edges: Vec<(u32, u32, u32)> = graph
                .raw_edges()
                .iter()
                .map(|e| (graph[e.source()], graph[e.target()], e.weight))
                .collect();
            prop_assert_eq!(&edges, &slow);
        }
    }

    /// Vertices in a drawn order, edges in either direction: the incidences come back.
    #[test]
    fn bipartite_graphs_give_their_incidences(
        (h, order, flips) in hypergraphs().prop_flat_map(|h| {
            let vertices: Vec<u32> = (0..(h.n_nodes() + h.n_edges()) as u32).collect();
            let flips = prop::collection::vec(any::<bool>(), h.n_incidences());
            (Just(h), Just(vertices).prop_shuffle(), flips)
        }),
    ) {
        let n = h.n_nodes() as u32;
        let mut sides = vec![Side::Node; order.len()];
        for e in 0..h.n_edges() {
            sides[order[n as usize + e] as usize] = Side::Edge;
        }
        let edges: Vec<(u32, u32)> = h
            .incidences()
            .zip(&flips)
            .map(|((v, e), &flip)| {
                let (v, e) = (order[v as usize], order[(n + e) as usize]);
                if flip { (e, v) } else { (v, e) }
            })
            .collect();
        let graph = Hypergraph::from_bipartite(&sides, &edges).unwrap();
        let back: BTreeSet<(u32, u32)> = graph
            .hypergraph
            .incidences()
            .map(|(v, e)| (graph.nodes[v as usize], graph.edges[e as usize]))
            .collect();
        let expected: BTreeSet<(u32, u32)> =
            h.incidences().map(|(v, e)| (order[v as usize], order[(n + e) as usize])).collect();
        prop_assert_eq!(back, expected);
        prop_assert_eq!(graph.nodes.len(), h.n_nodes());
        prop_assert_eq!(graph.edges.len(), h.n_edges());
        prop_assert!(graph.nodes.is_sorted() && graph.edges.is_sorted());

        #[cfg(feature = "petgraph")]
        {
            use convlens_hypergraph::structure::FromBipartite;

            let mut directed = petgraph::Graph::<Side, ()>::new();
            for &side in &sides {
                directed.add_node(side);
            }
            for &(a, b) in edges.iter().chain(&edges) {
                directed.add_edge(a.into(), b.into(), ());
            }
            let again: FromBipartite =
                Hypergraph::from_petgraph(&directed, |_, &side| side).unwrap();
            prop_assert_eq!(again, graph);
            let bipartite = h.to_bipartite().unwrap();
            let again =
                Hypergraph::from_petgraph(&bipartite, |_, &vertex| Side::from(vertex)).unwrap();
            prop_assert_eq!(again.hypergraph, h);
        }
    }

    #[test]
    fn graphs_that_are_not_bipartite_are_refused(
        sides in prop::collection::vec(any::<bool>(), 1..6),
        edges in prop::collection::vec((0u32..7, 0u32..7), 0..8),
    ) {
        let side = |&node: &bool| if node { Side::Node } else { Side::Edge };
        let list: Vec<Side> = sides.iter().map(side).collect();
        let n = sides.len() as u32;
        let sound = |&(a, b): &(u32, u32)| {
            a < n && b < n && sides[a as usize] != sides[b as usize]
        };
        match (Hypergraph::from_bipartite(&list, &edges), edges.iter().find(|e| !sound(e))) {
            (Ok(_), None) => {}
            (Err(HypergraphError::SameSide { a, b }), Some(&bad)) => prop_assert_eq!((a, b), bad),
            (Err(HypergraphError::VertexOutOfRange { vertex, .. }), Some(&(a, b))) => {
                prop_assert!(vertex >= n && (vertex == a || vertex == b));
            }
            (built, bad) => prop_assert!(false, "{:?} for {:?}", built, bad),
        }
    }
}
