//! Incidence, line graphs and components against brute force.

use std::collections::BTreeSet;

use convlens_hypergraph::{Hypergraph, HypergraphError, structure::LineEdge};
use rand::RngExt;

use crate::common::{random_hypergraph, rng};

#[test]
fn incidence_is_the_set_of_pairs() {
    let mut rng = rng(1);
    let pairs: Vec<(u32, u32)> = (0..2000)
        .map(|_| (rng.random_range(0..50), rng.random_range(0..40)))
        .collect();
    let h = Hypergraph::from_incidences(60, 45, pairs.iter().copied()).unwrap();
    let set: BTreeSet<_> = pairs.iter().copied().collect();
    assert!(set.len() < pairs.len(), "the case has duplicates");
    assert_eq!(h.n_incidences(), set.len());
    for e in 0..45 {
        let nodes: Vec<u32> = (0..60).filter(|&v| set.contains(&(v, e))).collect();
        assert_eq!(h.edge(e as usize), nodes);
        assert_eq!(h.size(e as usize), nodes.len());
    }
    for v in 0..60 {
        let edges: Vec<u32> = (0..45).filter(|&e| set.contains(&(v, e))).collect();
        assert_eq!(h.node(v as usize), edges);
        assert_eq!(h.degree(v as usize), edges.len());
    }
    assert_eq!(h.incidences().collect::<BTreeSet<_>>(), set);
}

#[test]
fn line_graphs_match_all_pairs() {
    for seed in 0..20 {
        let h = random_hypergraph(30, 25, 0.05 + 0.02 * seed as f64, seed);
        let sets: Vec<BTreeSet<u32>> = (0..25)
            .map(|e| h.edge(e).iter().copied().collect())
            .collect();
        for s in 1..6 {
            let mut slow = Vec::new();
            for a in 0..25 {
                for b in a + 1..25 {
                    let overlap = sets[a].intersection(&sets[b]).count();
                    if overlap >= s {
                        slow.push(LineEdge {
                            a: a as u32,
                            b: b as u32,
                            overlap: overlap as u32,
                        });
                    }
                }
            }
            let fast = h.s_line_graph(s).unwrap();
            assert_eq!(fast.edges, slow);
            let large: Vec<u32> = (0..25).filter(|&e| sets[e as usize].len() >= s).collect();
            assert_eq!(fast.vertices, large);
            assert_eq!(h.s_components(s).unwrap(), flood(&large, &slow));
        }
    }
}

/// Components by flooding from each vertex in turn.
fn flood(vertices: &[u32], edges: &[LineEdge]) -> Vec<Vec<u32>> {
    let mut left: BTreeSet<u32> = vertices.iter().copied().collect();
    let mut components = Vec::new();
    while let Some(start) = left.pop_first() {
        let (mut seen, mut stack) = (BTreeSet::from([start]), vec![start]);
        while let Some(v) = stack.pop() {
            for e in edges {
                let other = match v {
                    v if v == e.a => e.b,
                    v if v == e.b => e.a,
                    _ => continue,
                };
                if left.remove(&other) {
                    seen.insert(other);
                    stack.push(other);
                }
            }
        }
        components.push(seen.into_iter().collect());
    }
    components
}

#[test]
fn s_of_0_is_refused_everywhere() {
    let h = random_hypergraph(3, 3, 0.5, 0);
    let refused = HypergraphError::TooFew {
        what: "s",
        count: 0,
        min: 1,
    };
    assert_eq!(h.s_line_graph(0).unwrap_err(), refused);
    assert_eq!(h.s_components(0).unwrap_err(), refused);
    assert_eq!(h.s_walks(0).unwrap_err(), refused);
    assert_eq!(h.s_walks_of_nodes(0).unwrap_err(), refused);
    assert_eq!(h.overlaps().s_line_graph(0).unwrap_err(), refused);
    assert_eq!(h.overlaps().s_walks(0).unwrap_err(), refused);
    assert_eq!(refused.to_string(), "s is 0: it must be at least 1");
}

#[cfg(feature = "petgraph")]
#[test]
fn petgraph_graphs_hold_the_same_pairs() {
    use convlens_hypergraph::structure::Incident;

    let h = random_hypergraph(20, 15, 0.3, 3);
    let g = h.to_bipartite().unwrap();
    assert_eq!(g.node_count(), 35);
    let pairs: BTreeSet<(u32, u32)> = g
        .edge_indices()
        .map(|e| g.edge_endpoints(e).unwrap())
        .map(|(a, b)| match (g[a], g[b]) {
            (Incident::Node(v), Incident::Edge(e)) => (v, e),
            other => panic!("not a node and a hyperedge: {other:?}"),
        })
        .collect();
    assert_eq!(pairs, h.incidences().collect());

    let line = h.s_line_graph(3).unwrap();
    let g = line.to_petgraph().unwrap();
    let edges: Vec<LineEdge> = g
        .edge_indices()
        .map(|e| {
            let (a, b) = g.edge_endpoints(e).unwrap();
            LineEdge {
                a: g[a],
                b: g[b],
                overlap: g[e],
            }
        })
        .collect();
    assert!(!edges.is_empty());
    assert_eq!(edges, line.edges);
    assert_eq!(g.node_weights().copied().collect::<Vec<_>>(), line.vertices);
}

#[cfg(feature = "petgraph")]
#[test]
fn petgraph_conversions_refuse_what_is_not_there() {
    let h = random_hypergraph(6, 5, 0.9, 2);
    let mut section = h.two_section();
    section.pairs[0].b = 99;
    assert_eq!(
        section.to_petgraph().unwrap_err(),
        HypergraphError::NodeOutOfRange {
            node: 99,
            n_nodes: 6
        }
    );
    let mut line = h.s_line_graph(1).unwrap();
    line.edges[0].a = 77;
    assert_eq!(
        line.to_petgraph().unwrap_err(),
        HypergraphError::VertexOutOfRange {
            vertex: 77,
            n_vertices: line.vertices.len()
        }
    );
}
