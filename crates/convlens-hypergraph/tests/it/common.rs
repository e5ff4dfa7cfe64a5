//! Seeded data.

use convlens_hypergraph::{Hypergraph, Labels, SignalTable};
use proptest::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub(crate) fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Uniform values in [0, 1).
pub(crate) fn noise_table(inputs: usize, features: usize, seed: u64) -> SignalTable {
    let mut rng = rng(seed);
    let values = (0..inputs * features)
        .map(|_| rng.random::<f64>())
        .collect();
    SignalTable::new(values, inputs, features).unwrap()
}

/// As [`noise_table`], plus `strength` on feature f for inputs of class f (modulo the classes).
pub(crate) fn planted_table(
    labels: &Labels,
    features: usize,
    strength: f64,
    seed: u64,
) -> SignalTable {
    let mut rng = rng(seed);
    let k = labels.classes().len();
    let values = labels
        .class_of()
        .iter()
        .flat_map(|&c| (0..features).map(move |f| f % k == c as usize))
        .map(|own| rng.random::<f64>() + if own { strength } else { 0.0 })
        .collect();
    SignalTable::new(values, labels.len(), features).unwrap()
}

/// Labels 0, 1, .., k - 1, 0, 1, ..
pub(crate) fn cyclic_labels(inputs: usize, k: usize) -> Labels {
    Labels::new(&(0..inputs).map(|i| (i % k) as i64).collect::<Vec<_>>()).unwrap()
}

/// Each incidence present with probability p.
pub(crate) fn random_hypergraph(n_nodes: usize, n_edges: usize, p: f64, seed: u64) -> Hypergraph {
    let mut rng = rng(seed);
    let edges: Vec<Vec<u32>> = (0..n_edges)
        .map(|_| {
            (0..n_nodes as u32)
                .filter(|_| rng.random::<f64>() < p)
                .collect()
        })
        .collect();
    Hypergraph::from_edges(n_nodes, &edges).unwrap()
}

/// Small hypergraphs with isolated nodes, empty hyperedges and equal ones, empty ones included.
pub(crate) fn hypergraphs() -> impl Strategy<Value = Hypergraph> {
    (0usize..10, 0usize..12).prop_flat_map(|(n, m)| {
        let pairs = if n == 0 || m == 0 { 0..1 } else { 0..50 };
        prop::collection::vec((0..n.max(1) as u32, 0..m.max(1) as u32), pairs)
            .prop_map(move |pairs| Hypergraph::from_incidences(n, m, pairs).unwrap())
    })
}
