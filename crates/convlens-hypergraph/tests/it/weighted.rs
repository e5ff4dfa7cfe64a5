//! Weights beside the plain definition of each sum, and through the dual.

use convlens_hypergraph::{Hypergraph, HypergraphError, WeightedHypergraph, structure::Emptied};
use proptest::prelude::*;

use crate::common::hypergraphs;

/// Weights that are multiples of 1/8 below 4: sums and products of them are exact in f64.
fn eighths(len: usize, seed: u64) -> Vec<f64> {
    let mix = |i: u64| {
        (i + 1)
            .wrapping_mul(seed | 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            >> 58
    };
    (0..len as u64)
        .map(|i| (mix(i) as f64 - 32.0) / 8.0)
        .collect()
}

/// Which weights are there is drawn too.
pub(crate) fn weighted() -> impl Strategy<Value = WeightedHypergraph> {
    (hypergraphs(), any::<u64>(), any::<[bool; 3]>()).prop_map(|(h, seed, given)| {
        let (n, m, k) = (h.n_nodes(), h.n_edges(), h.n_incidences());
        let mut w = WeightedHypergraph::new(h);
        if given[0] {
            w = w.with_node_weights(eighths(n, seed)).unwrap();
        }
        if given[1] {
            w = w.with_edge_weights(eighths(m, seed ^ 1234)).unwrap();
        }
        if given[2] {
            w = w.with_incidence_weights(eighths(k, seed ^ 98765)).unwrap();
        }
        w
    })
}

proptest! {
    #[test]
    fn sums_follow_their_definition(w in weighted()) {
        let h = w.hypergraph();
        let degrees: Vec<f64> = (0..h.n_nodes() as u32)
            .map(|v| {
                let all = 0..h.n_edges();
                all.filter_map(|e| Some(w.incidence_weight(v, e)? * w.edge_weight(e))).sum()
            })
            .collect();
        prop_assert_eq!(w.weighted_degrees().unwrap(), degrees);
        let sizes: Vec<f64> = (0..h.n_edges())
            .map(|e| {
                let all = 0..h.n_nodes() as u32;
                all.filter_map(|v| Some(w.incidence_weight(v, e)? * w.node_weight(v as usize)))
                    .sum()
            })
            .collect();
        prop_assert_eq!(w.weighted_sizes().unwrap(), sizes);
    }

    #[test]
    fn the_dual_carries_all_weights(w in weighted()) {
        let dual = w.dual();
        prop_assert_eq!(&dual.dual(), &w);
        prop_assert_eq!(dual.hypergraph(), &w.hypergraph().dual());
        prop_assert_eq!(dual.node_weights(), w.edge_weights());
        prop_assert_eq!(dual.edge_weights(), w.node_weights());
        for v in 0..w.hypergraph().n_nodes() {
            for e in 0..w.hypergraph().n_edges() {
                let there = w.incidence_weight(v as u32, e);
                prop_assert_eq!(dual.incidence_weight(e as u32, v), there);
            }
        }
        prop_assert_eq!(dual.weighted_degrees(), w.weighted_sizes());
        prop_assert_eq!(dual.weighted_sizes(), w.weighted_degrees());
    }

    #[test]
    fn restrictions_keep_weights(w in weighted(), mask in any::<u16>(), drop in any::<bool>()) {
        let emptied = if drop { Emptied::DropEmptied } else { Emptied::Keep };
        let chosen = |n: usize| -> Vec<u32> {
            (0..n as u32).filter(|i| mask >> i & 1 == 1).collect()
        };
        let h = w.hypergraph();
        let both = [
            w.restrict_to_nodes(&chosen(h.n_nodes()), emptied).unwrap(),
            w.restrict_to_edges(&chosen(h.n_edges()), emptied).unwrap(),
        ];
        let plain = [
            h.restrict_to_nodes(&chosen(h.n_nodes()), emptied).unwrap(),
            h.restrict_to_edges(&chosen(h.n_edges()), emptied).unwrap(),
        ];
        for (r, plain) in both.iter().zip(&plain) {
            prop_assert_eq!(r.hypergraph.hypergraph(), &plain.hypergraph);
            prop_assert_eq!((&r.nodes, &r.edges), (&plain.nodes, &plain.edges));
            let new = &r.hypergraph;
            for (v, &old_v) in r.nodes.iter().enumerate() {
                prop_assert_eq!(new.node_weight(v), w.node_weight(old_v as usize));
            }
            for (e, &old_e) in r.edges.iter().enumerate() {
                prop_assert_eq!(new.edge_weight(e), w.edge_weight(old_e as usize));
            }
            for (v, e) in new.hypergraph().incidences() {
                let (old_v, old_e) = (r.nodes[v as usize], r.edges[e as usize]);
                let (new, old) = (
                    new.incidence_weight(v, e as usize),
                    w.incidence_weight(old_v, old_e as usize),
                );
                prop_assert!(new.is_some());
                prop_assert_eq!(new, old);
            }
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn json_keeps_everything(w in weighted()) {
        let text = serde_json::to_string(&w).unwrap();
        prop_assert_eq!(&serde_json::from_str::<WeightedHypergraph>(&text).unwrap(), &w);
        let text = serde_json::to_string(w.hypergraph()).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Hypergraph>(&text).unwrap(), w.hypergraph());
    }
}

#[cfg(feature = "serde")]
#[test]
fn json_is_checked_when_read() {
    for bad in [
        r#"{"n_nodes": 1, "edges": [[1]]}"#,
        r#"{"n_nodes": 2, "edges": [[1, 0]]}"#,
        r#"{"n_nodes": 2, "edges": [[0, 0]]}"#,
    ] {
        assert!(serde_json::from_str::<Hypergraph>(bad).is_err(), "{bad}");
    }
    let short = r#"{"hypergraph": {"n_nodes": 1, "edges": [[0]]}, "edge_weights": []}"#;
    assert!(serde_json::from_str::<WeightedHypergraph>(short).is_err());
}

#[test]
fn bad_weights_are_refused_by_name() {
    use HypergraphError as E;
    let h = Hypergraph::from_edges(2, &[vec![0, 1], vec![1]]).unwrap();
    let w = WeightedHypergraph::new(h);
    assert!(matches!(
        w.clone().with_node_weights(vec![1.0]),
        Err(E::LengthMismatch {
            left: 1,
            right: 2,
            ..
        })
    ));
    assert!(matches!(
        w.clone().with_edge_weights(vec![1.0, f64::NAN]),
        Err(E::NonFiniteWeight {
            what: "hyperedge",
            index: 1,
            ..
        })
    ));
    assert!(matches!(
        w.clone()
            .with_incidence_weights(vec![1.0, 1.0, f64::NEG_INFINITY]),
        Err(E::NonFiniteWeight {
            what: "incidence",
            index: 2,
            ..
        })
    ));
    let large = w.with_edge_weights(vec![f64::MAX; 2]).unwrap();
    assert_eq!(
        large.weighted_degrees(),
        Err(E::WeightOverflow {
            what: "node",
            index: 1
        })
    );
    assert_eq!(large.weighted_sizes(), Ok(vec![2.0, 1.0]));
}
