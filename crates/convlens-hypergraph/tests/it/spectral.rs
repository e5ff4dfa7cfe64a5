//! Zhou's Laplacian against its definition, and clustering of planted groups.

use convlens_hypergraph::{
    Hypergraph, HypergraphError,
    spectral::{self, EigenMethod},
};
use proptest::prelude::*;
use rand::RngExt;

use crate::common::{random_hypergraph, rng};

/// Delta entry by entry from Zhou et al. 2006, section 5; 0 at isolated nodes.
fn definition(h: &Hypergraph, w: &[f64]) -> Vec<Vec<f64>> {
    let n = h.n_nodes();
    let inside = |v: usize, e: usize| h.edge(e).contains(&(v as u32));
    let d: Vec<f64> = (0..n)
        .map(|v| {
            (0..h.n_edges())
                .filter(|&e| inside(v, e))
                .map(|e| w[e])
                .sum()
        })
        .collect();
    let entry = |u: usize, v: usize| {
        if d[u] == 0.0 || d[v] == 0.0 {
            return 0.0;
        }
        let both = (0..h.n_edges()).filter(|&e| inside(u, e) && inside(v, e));
        let theta: f64 = both.map(|e| w[e] / h.size(e) as f64).sum();
        f64::from(u8::from(u == v)) - theta / (d[u] * d[v]).sqrt()
    };
    (0..n)
        .map(|u| (0..n).map(|v| entry(u, v)).collect())
        .collect()
}

#[test]
fn eigenpairs_match_the_definition_from_both_sides() {
    for (n, m, seed) in [(12, 30, 1), (30, 9, 2), (20, 20, 3), (8, 1, 4)] {
        let h = random_hypergraph(n, m, 0.25, seed);
        let mut draw = rng(seed);
        let w: Vec<f64> = (0..m).map(|_| draw.random_range(0.1..5.0)).collect();
        let delta = definition(&h, &w);
        let laplacian = spectral::Laplacian::new(&h, Some(&w)).unwrap();
        for (u, row) in laplacian.to_dense().unwrap().chunks(n).enumerate() {
            for (v, x) in row.iter().enumerate() {
                // A sum of at most 30 terms below 1.
                assert!((x - delta[u][v]).abs() < 1e-14);
            }
        }
        let pairs = laplacian.eigenpairs(n, 0);
        assert_eq!(pairs.method, EigenMethod::Dense);
        assert!(pairs.values.windows(2).all(|v| v[0] <= v[1]));
        // Backward error of order n eps; through B it grows by 1 / sqrt(theta) <= 1e5.
        assert!(pairs.residual < 1e-10);
        // Delta is the identity on joined nodes less what the pairs say: all pairs were found.
        for u in 0..n {
            for v in 0..n {
                let joined = f64::from(u8::from(u == v && h.degree(u) > 0));
                let rest: f64 = pairs
                    .values
                    .iter()
                    .zip(&pairs.vectors)
                    .map(|(value, x)| (1.0 - value) * x[u] * x[v])
                    .sum();
                // What is dropped is below 1e-10 per pair.
                assert!((joined - rest - delta[u][v]).abs() < 1e-9);
            }
        }
        for (i, x) in pairs.vectors.iter().enumerate() {
            for (j, y) in pairs.vectors.iter().enumerate() {
                let dot: f64 = x.iter().zip(y).map(|(x, y)| x * y).sum();
                assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-12);
            }
            let image = laplacian.apply(x).unwrap();
            for u in 0..n {
                let slow: f64 = delta[u].iter().zip(x).map(|(d, x)| d * x).sum();
                assert!((image[u] - slow).abs() < 1e-13);
            }
        }
        let walk = laplacian.random_walk_eigenpairs(3, 0);
        // The first vector of the walk is constant on a component: this hypergraph may have
        // several, so only its equation is checked: u - P u = lambda u.
        for (value, x) in walk.values.iter().zip(&walk.vectors) {
            for u in (0..n).filter(|&u| h.degree(u) > 0) {
                let d: f64 = h.node(u).iter().map(|&e| w[e as usize]).sum();
                let step: f64 = h
                    .node(u)
                    .iter()
                    .map(|&e| {
                        let nodes = h.edge(e as usize);
                        let sum: f64 = nodes.iter().map(|&v| x[v as usize]).sum();
                        w[e as usize] / d * sum / nodes.len() as f64
                    })
                    .sum();
                assert!((x[u] - step - value * x[u]).abs() < 1e-10);
            }
        }
    }
}

/// `k` groups of equal size, hyperedges of 10 nodes of which each is of the own group with
/// probability `purity`.
fn planted(n: usize, m: usize, k: usize, purity: f64, seed: u64) -> Hypergraph {
    let mut draw = rng(seed);
    let pairs: Vec<(u32, u32)> = (0..m)
        .flat_map(|e| (0..10).map(move |_| e))
        .map(|e| {
            let v = draw.random_range(0..n / k) * k;
            let own = draw.random::<f64>() < purity;
            let group = if own { e % k } else { draw.random_range(0..k) };
            ((v + group) as u32, e as u32)
        })
        .collect();
    Hypergraph::from_incidences(n, m, pairs).unwrap()
}

fn disagreement(parts: &[Option<u32>], k: usize) -> usize {
    // Majority group of each cluster against v % k.
    let mut table = vec![vec![0usize; k]; k];
    for (v, part) in parts.iter().enumerate() {
        if let Some(c) = part {
            table[*c as usize][v % k] += 1;
        }
    }
    let total: usize = table.iter().flatten().sum();
    total
        - table
            .iter()
            .map(|row| row.iter().max().unwrap())
            .sum::<usize>()
}

#[test]
fn planted_groups_are_found_by_both_methods() {
    for (n, m, method) in [
        (240, 600, EigenMethod::Dense),
        (3000, 120, EigenMethod::Dense),
        (2400, 3000, EigenMethod::BlockLanczos),
    ] {
        let h = planted(n, m, 3, 0.8, 5);
        for embedding in [
            spectral::Embedding::UnitRows,
            spectral::Embedding::Eigenvectors,
            spectral::Embedding::RandomWalk,
        ] {
            let options = spectral::Options::default()
                .clusters(3)
                .embedding(embedding);
            let found = spectral::cluster(&h, &options).unwrap();
            assert_eq!((found.method, found.n_clusters), (method, 3));
            assert!(found.residual < 1e-8);
            let wrong = disagreement(&found.clusters, 3);
            // A node is in 12 to 25 hyperedges (4 in the second case: unit rows do best there).
            let allowed = if m < n && n == 3000 { n / 4 } else { n / 50 };
            assert!(wrong <= allowed, "{n} {embedding:?}: {wrong}");
        }
    }
}

#[test]
fn stated_outcomes() {
    let none = Hypergraph::from_edges(3, &[vec![], vec![]]).unwrap();
    let found = spectral::cluster(&none, &spectral::Options::default()).unwrap();
    assert_eq!((found.clusters, found.n_clusters), (vec![None; 3], 0));
    // All nodes alike: one place, one cluster.
    let one = Hypergraph::from_edges(4, &[vec![0, 1, 2, 3]]).unwrap();
    let found = spectral::cluster(&one, &spectral::Options::default().clusters(3)).unwrap();
    assert_eq!((found.n_clusters, found.eigenvalues.len()), (1, 1));
    assert!(matches!(
        spectral::cluster(&one, &spectral::Options::default().clusters(0)),
        Err(HypergraphError::TooFew {
            what: "clusters",
            ..
        })
    ));
    for bad in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(matches!(
            spectral::Laplacian::new(&one, Some(&[bad])),
            Err(HypergraphError::BadWeight { index: 0, .. })
        ));
    }
    assert!(spectral::Laplacian::new(&one, Some(&[])).is_err());
    assert!(
        spectral::Laplacian::new(&one, None)
            .unwrap()
            .apply(&[1.0])
            .is_err()
    );
}

fn hypergraphs() -> impl Strategy<Value = Hypergraph> {
    (0usize..12, 0usize..12).prop_flat_map(|(n, m)| {
        let edge = prop::collection::vec(0..n.max(1) as u32, 0..=n.min(6));
        prop::collection::vec(edge, m)
            .prop_map(move |edges| Hypergraph::from_edges(n, &edges).unwrap())
    })
}

proptest! {
    #[test]
    fn clustering_never_panics(
        h in hypergraphs(), clusters in 1usize..15, seed: u64,
        weights in prop::collection::vec(
            prop_oneof![Just(0.0), Just(5e-324), Just(1e308), 0.0..2.0f64], 12),
    ) {
        let options = spectral::Options::default().clusters(clusters).seed(seed).restarts(2);
        let w = &weights[..h.n_edges()];
        let laplacian = spectral::Laplacian::new(&h, Some(w)).unwrap();
        let found = laplacian.cluster(&options).unwrap();
        prop_assert_eq!(&found, &laplacian.cluster(&options).unwrap());
        prop_assert_eq!(found.clusters.len(), h.n_nodes());
        prop_assert!(found.inertia.is_finite() && found.residual < 1e-9);
        for (v, c) in found.clusters.iter().enumerate() {
            prop_assert_eq!(c.is_some(), laplacian.degrees()[v] > 0.0);
        }
        // Twice the weights (where finite) is the same Laplacian.
        if w.iter().all(|x| *x < 1e300 && *x > 1e-300) {
            let twice: Vec<f64> = w.iter().map(|x| 2.0 * x).collect();
            let again = spectral::Laplacian::new(&h, Some(&twice)).unwrap().cluster(&options);
            prop_assert_eq!(&found, &again.unwrap());
        }
    }
}
