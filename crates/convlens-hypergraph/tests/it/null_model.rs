//! Random hypergraphs: degrees, probabilities, uniformity.

use std::collections::HashMap;

use convlens_hypergraph::{
    Hypergraph, HypergraphError, chung_lu_hypergraph, configuration_hypergraph, swap_incidences,
};
use proptest::prelude::*;

use crate::common::random_hypergraph;

fn edges(h: &Hypergraph) -> Vec<Vec<u32>> {
    (0..h.n_edges()).map(|e| h.edge(e).to_vec()).collect()
}

#[test]
fn swaps_reach_all_states_equally_often() {
    // Degrees 1, 2, 1, 1 and sizes 2, 2, 1: the states by trying all 2^12 incidence matrices.
    let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![1, 2], vec![3]]).unwrap();
    let mut states = 0;
    for code in 0u32..1 << 12 {
        let bit = |v: u32, e: u32| code >> (v * 3 + e) & 1;
        let degree = |v| (0..3).map(|e| bit(v, e)).sum::<u32>();
        let size = |e| (0..4).map(|v| bit(v, e)).sum::<u32>();
        let same = (0..4).all(|v| degree(v) as usize == h.degree(v as usize))
            && (0..3).all(|e| size(e) as usize == h.size(e as usize));
        states += usize::from(same);
    }
    let draws = 600 * states as u64;
    let mut seen = HashMap::new();
    for seed in 0..draws {
        let drawn = swap_incidences(&h, 60, seed).hypergraph;
        *seen.entry(edges(&drawn)).or_insert(0.0) += 1.0;
    }
    assert_eq!(seen.len(), states);
    let chi2: f64 = seen
        .values()
        .map(|n: &f64| (n - 600.0).powi(2) / 600.0)
        .sum();
    // Chi-squared with 11 degrees of freedom exceeds 40 with probability 4e-5. 60 steps on a space
    // of diameter 3 leave a bias far below one in 600.
    assert_eq!(states, 12);
    assert!(chi2 < 40.0, "{chi2}");
}

#[test]
fn chung_lu_has_its_probabilities() {
    let (degrees, sizes) = ([3.0, 1.0, 0.5, 0.0, 1.5], [2.5, 0.5, 3.0]);
    let draws = 20_000;
    let mut counts = [[0.0; 3]; 5];
    for seed in 0..draws {
        let h = chung_lu_hypergraph(&degrees, &sizes, seed).unwrap();
        for (v, e) in h.incidences() {
            counts[v as usize][e as usize] += 1.0;
        }
    }
    for (v, row) in counts.iter().enumerate() {
        for (e, count) in row.iter().enumerate() {
            let p: f64 = f64::min(degrees[v] * sizes[e] / 6.0, 1.0);
            let n = draws as f64;
            // Five binomial standard deviations over 15 cells: passed with probability below 1e-5.
            assert!(
                (count - n * p).abs() <= 5.0 * (n * p * (1.0 - p)).sqrt(),
                "{v} {e}"
            );
        }
    }
}

#[test]
fn configurations_match_stubs_uniformly() {
    // Two nodes of degree 1 and 2, hyperedges of sizes 2 and 1: node 0 is alone with probability
    // 1/3 (then node 1 meets hyperedge 0 twice).
    let mut merged = 0.0;
    for seed in 0..9000 {
        let drawn = configuration_hypergraph(&[1, 2], &[2, 1], seed).unwrap();
        assert_eq!(drawn.hypergraph.n_incidences() + drawn.merged, 3);
        merged += drawn.merged as f64;
    }
    // Five binomial standard deviations: sqrt(9000 x 2/9) = 44.7.
    assert!((merged - 3000.0_f64).abs() < 224.0, "{merged}");
}

#[test]
fn bad_input_is_refused() {
    assert!(matches!(
        configuration_hypergraph(&[2], &[1], 0),
        Err(HypergraphError::LengthMismatch {
            left: 2,
            right: 1,
            ..
        })
    ));
    assert!(configuration_hypergraph(&[usize::MAX, 2], &[1], 0).is_err());
    assert!(chung_lu_hypergraph(&[f64::NAN], &[1.0], 0).is_err());
    assert!(chung_lu_hypergraph(&[1.0], &[-1.0], 0).is_err());
    assert_eq!(chung_lu_hypergraph(&[], &[], 0).unwrap().n_nodes(), 0);
    let empty = Hypergraph::from_edges(2, &[vec![]]).unwrap();
    assert_eq!(swap_incidences(&empty, 100, 0).tried, 0);
}

proptest! {
    #[test]
    fn swaps_keep_degrees_and_sizes(n in 0usize..20, m in 0usize..20, p in 0.0..1.0f64, seed: u64) {
        let h = random_hypergraph(n, m, p, seed);
        let swapped = swap_incidences(&h, 300, seed);
        let g = &swapped.hypergraph;
        prop_assert!((0..n).all(|v| g.degree(v) == h.degree(v)));
        prop_assert!((0..m).all(|e| g.size(e) == h.size(e)));
        prop_assert!(swapped.accepted > 0 || *g == h);
        prop_assert_eq!(&swapped, &swap_incidences(&h, 300, seed));
    }

    #[test]
    fn chung_lu_never_panics(
        degrees in prop::collection::vec(prop_oneof![Just(0.0), Just(5e-324), Just(1e308), 0.0..9.0f64], 0..9),
        sizes in prop::collection::vec(prop_oneof![Just(0.0), Just(5e-324), Just(1e308), 0.0..9.0f64], 0..9),
        seed: u64,
    ) {
        let h = chung_lu_hypergraph(&degrees, &sizes, seed).unwrap();
        prop_assert!((0..degrees.len()).all(|v| degrees[v] > 0.0 || h.degree(v) == 0));
        prop_assert_eq!(&h, &chung_lu_hypergraph(&degrees, &sizes, seed).unwrap());
    }
}
