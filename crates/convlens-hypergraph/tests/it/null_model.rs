//! Null models: what they keep, and how they are distributed.

use std::collections::BTreeMap;

use convlens_hypergraph::{
    Hypergraph, HypergraphError,
    null_model::{chung_lu, configuration_model},
};
use proptest::prelude::*;
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// Passes one set of fair counts in a thousand.
fn assert_uniform(counts: &[usize]) {
    let mean = counts.iter().sum::<usize>() as f64 / counts.len() as f64;
    let square: f64 = counts
        .iter()
        .map(|&c| (c as f64 - mean).powi(2) / mean)
        .sum();
    let bound = ChiSquared::new((counts.len() - 1) as f64)
        .unwrap()
        .inverse_cdf(0.999);
    assert!(square < bound, "{square} of {bound}: {counts:?}");
}

/// All hypergraphs with the degrees and sizes of one, by trying every table.
fn alike(h: &Hypergraph) -> Vec<Vec<(u32, u32)>> {
    let (n, m) = (h.n_nodes(), h.n_edges());
    let mut found = Vec::new();
    for mask in 0u32..1 << (n * m) {
        let pairs: Vec<(u32, u32)> = (0..(n * m) as u32)
            .filter(|i| mask >> i & 1 == 1)
            .map(|i| (i % n as u32, i / n as u32))
            .collect();
        let degree = |v: u32| pairs.iter().filter(|p| p.0 == v).count();
        let size = |e: u32| pairs.iter().filter(|p| p.1 == e).count();
        if (0..n as u32).all(|v| degree(v) == h.degree(v as usize))
            && (0..m as u32).all(|e| size(e) == h.size(e as usize))
        {
            found.push(pairs);
        }
    }
    found
}

#[test]
fn swaps_reach_all_hypergraphs_alike_equally_often() {
    let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![0, 2], vec![1, 3], vec![0]]).unwrap();
    let states = alike(&h);
    assert!(states.len() > 10, "{}", states.len());
    let mut counts: BTreeMap<Vec<(u32, u32)>, usize> = states.into_iter().map(|s| (s, 0)).collect();
    for seed in 0..6_000 {
        let drawn = h.swapped(100, seed);
        let pairs: Vec<_> = drawn.hypergraph.incidences().collect();
        *counts.get_mut(&pairs).unwrap() += 1;
    }
    assert_uniform(&counts.into_values().collect::<Vec<_>>());
}

#[test]
fn stubs_are_matched_equally_often() {
    // Three nodes of degree 1 and three hyperedges of size 1: the six permutations.
    let mut counts: BTreeMap<Vec<(u32, u32)>, usize> = BTreeMap::new();
    for seed in 0..6_000 {
        let drawn = configuration_model(&[1, 1, 1], &[1, 1, 1], seed).unwrap();
        assert_eq!(drawn.merged, 0);
        *counts
            .entry(drawn.hypergraph.incidences().collect())
            .or_default() += 1;
    }
    assert_eq!(counts.len(), 6);
    assert_uniform(&counts.into_values().collect::<Vec<_>>());
}

#[test]
fn every_incidence_of_chung_lu_has_its_probability() {
    let (degrees, sizes) = ([3.0, 0.5, 0.0, 1.5, 1.0], [4.0, 1.0, 0.0, 0.5, 0.5]);
    const DRAWS: usize = 20_000;
    let mut counts = [[0usize; 5]; 5];
    for seed in 0..DRAWS as u64 {
        for (v, e) in chung_lu(&degrees, &sizes, seed).unwrap().incidences() {
            counts[v as usize][e as usize] += 1;
        }
    }
    for (v, row) in counts.iter().enumerate() {
        for (e, &count) in row.iter().enumerate() {
            let p = (degrees[v] * sizes[e] / 6.0_f64).min(1.0);
            // Five standard deviations: 25 counts pass together but once in 70,000 runs.
            let slack = 5.0 * (DRAWS as f64 * p * (1.0 - p)).sqrt();
            assert!(
                (count as f64 - DRAWS as f64 * p).abs() <= slack,
                "{v} {e}: {count}, p = {p}"
            );
        }
    }
}

#[test]
fn degrees_that_are_none_are_named() {
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            chung_lu(&[1.0, bad], &[1.0], 0),
            Err(HypergraphError::BadWeight {
                what: "expected degrees",
                index: 1,
                ..
            })
        ));
        assert!(matches!(
            chung_lu(&[1.0], &[bad], 0),
            Err(HypergraphError::BadWeight {
                what: "expected sizes",
                index: 0,
                ..
            })
        ));
    }
    assert!(matches!(
        configuration_model(&[1, 2], &[2], 0),
        Err(HypergraphError::LengthMismatch {
            left: 3,
            right: 2,
            ..
        })
    ));
    assert!(configuration_model(&[usize::MAX, 2], &[usize::MAX, 2], 0).is_err());
    assert_eq!(chung_lu(&[], &[], 0).unwrap().n_incidences(), 0);
    assert_eq!(chung_lu(&[1.0], &[0.0], 0).unwrap().n_incidences(), 0);
    assert_eq!(configuration_model(&[], &[], 0).unwrap().merged, 0);
}

proptest! {
    #[test]
    fn swaps_keep_degrees_and_sizes(
        edges in prop::collection::vec(prop::collection::vec(0u32..10, 0..6), 0..10),
        proposals in 0usize..200,
        seed in any::<u64>(),
    ) {
        let h = Hypergraph::from_edges(10, &edges).unwrap();
        let drawn = h.swapped(proposals, seed);
        for v in 0..10 {
            prop_assert_eq!(drawn.hypergraph.degree(v), h.degree(v));
        }
        for e in 0..h.n_edges() {
            prop_assert_eq!(drawn.hypergraph.size(e), h.size(e));
        }
        prop_assert!(drawn.accepted <= proposals);
        prop_assert_eq!(&h.swapped(proposals, seed), &drawn);
    }

    #[test]
    fn chung_lu_survives_any_expectations(
        degrees in prop::collection::vec(0.0..1e300f64, 0..8),
        sizes in prop::collection::vec(prop_oneof![0.0..1e300f64, Just(0.0), Just(f64::MIN_POSITIVE)], 0..8),
    ) {
        prop_assert!(chung_lu(&degrees, &sizes, 1).is_ok());
    }
}

#[test]
fn huge_requests_are_refused_with_their_bound() {
    // Some 2^62 stubs on a 64-bit target, and sums that no usize holds.
    for (degrees, sizes) in [
        (vec![usize::MAX / 4], vec![usize::MAX / 4]),
        (vec![usize::MAX, 2], vec![usize::MAX, 2]),
        (vec![usize::MAX / 2], vec![1]),
    ] {
        assert!(matches!(
            configuration_model(&degrees, &sizes, 0),
            Err(HypergraphError::TooMany {
                what: "incidences",
                max: 4_294_967_295,
                ..
            })
        ));
    }
    assert!(matches!(
        chung_lu(&[1.0], &[f64::MAX, f64::MAX], 0),
        Err(HypergraphError::WeightOverflow { index: 1, .. })
    ));
    assert!(matches!(
        Hypergraph::from_incidences(usize::MAX, usize::MAX, []),
        Err(HypergraphError::TooMany { what: "nodes", .. })
    ));
}
