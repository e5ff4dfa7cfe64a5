//! Every way to build a hypergraph against the plain set of pairs.

use std::collections::BTreeMap;

use convlens_hypergraph::{
    Hypergraph, HypergraphError, WeightedHypergraph,
    structure::{DuplicateWeights, TableRule},
};
use proptest::prelude::*;

/// Sizes and `(node, edge, weight)` triplets with many duplicates. Weights are multiples of 1/4,
/// so that sums are exact.
fn triplets() -> impl Strategy<Value = (usize, usize, Vec<(u32, u32, f64)>)> {
    (1usize..8, 1usize..8).prop_flat_map(|(n, m)| {
        let weight = (-8i8..9).prop_map(|w| f64::from(w) / 4.0);
        let triplet = (0..n as u32, 0..m as u32, weight);
        (Just(n), Just(m), prop::collection::vec(triplet, 0..60))
    })
}

/// A compressed table: offsets, then the minor indices and values, in the order given.
fn compress(rows: usize, entries: &[(u32, u32, f64)]) -> (Vec<usize>, Vec<u32>, Vec<f64>) {
    let (mut offsets, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
    for r in 0..rows as u32 {
        for &(_, column, value) in entries.iter().filter(|t| t.0 == r) {
            indices.push(column);
            values.push(value);
        }
        offsets.push(indices.len());
    }
    (offsets, indices, values)
}

proptest! {
    #[test]
    fn sparse_forms_agree((n, m, entries) in triplets()) {
        let pairs = entries.iter().map(|&(v, e, _)| (v, e));
        let expected = Hypergraph::from_incidences(n, m, pairs).unwrap();
        let flipped: Vec<_> = entries.iter().map(|&(v, e, w)| (e, v, w)).collect();
        let (row_offsets, columns, row_values) = compress(n, &entries);
        let (column_offsets, rows, column_values) = compress(m, &flipped);
        let csr = Hypergraph::from_csr(m, &row_offsets, &columns).unwrap();
        let csc = Hypergraph::from_csc(n, &column_offsets, &rows).unwrap();
        prop_assert_eq!(&csr, &expected);
        prop_assert_eq!(&csc, &expected);
        let lists: Vec<Vec<u32>> = (0..m as u32)
            .map(|e| entries.iter().filter(|t| t.1 == e).map(|t| t.0).collect())
            .collect();
        prop_assert_eq!(&Hypergraph::from_edges(n, &lists).unwrap(), &expected);

        use DuplicateWeights::{First, Last, Max, Sum};
        for rule in [Sum, First, Last, Max] {
            let mut merged: BTreeMap<(u32, u32), f64> = BTreeMap::new();
            for &(v, e, w) in &entries {
                let entry = merged.entry((e, v));
                match rule {
                    Sum => *entry.or_insert(0.0) += w,
                    First => drop(entry.or_insert(w)),
                    Last => drop(entry.insert_entry(w)),
                    _ => drop(entry.and_modify(|old| *old = old.max(w)).or_insert(w)),
                }
            }
            let merged: Vec<f64> = merged.into_values().collect();
            let coo =
                WeightedHypergraph::from_triplets(n, m, entries.iter().copied(), rule).unwrap();
            prop_assert_eq!(coo.hypergraph(), &expected);
            prop_assert_eq!(coo.incidence_weights(), Some(&merged[..]));
            let csr =
                WeightedHypergraph::from_csr(m, &row_offsets, &columns, &row_values, rule).unwrap();
            let csc =
                WeightedHypergraph::from_csc(n, &column_offsets, &rows, &column_values, rule)
                    .unwrap();
            prop_assert_eq!(&csr, &coo);
            prop_assert_eq!(&csc, &coo);
        }
        let refused = DuplicateWeights::Refuse;
        let strict = WeightedHypergraph::from_triplets(n, m, entries.iter().copied(), refused);
        match strict {
            Ok(_) => prop_assert_eq!(expected.n_incidences(), entries.len()),
            Err(HypergraphError::DuplicateIncidence { node, edge }) => {
                let times = entries.iter().filter(|t| (t.0, t.1) == (node, edge)).count();
                prop_assert!(times > 1);
            }
            Err(other) => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn dense_tables_are_their_entries(
        (n, m) in (0usize..6, 0usize..6),
        seed in prop::collection::vec(-3i8..4, 36),
        bound in -3i8..4,
    ) {
        let values: Vec<f64> = seed[..n * m].iter().map(|&x| f64::from(x) * 0.5).collect();
        let bound = f64::from(bound) * 0.5;
        let rules: [(TableRule, &dyn Fn(f64) -> bool); 3] = [
            (TableRule::NonZero, &|x| x != 0.0),
            (TableRule::AtLeast(bound), &|x| x >= bound),
            (TableRule::Above(bound), &|x| x > bound),
        ];
        for (rule, inside) in rules {
            let h = Hypergraph::from_table(&values, n, m, rule).unwrap();
            prop_assert_eq!((h.n_nodes(), h.n_edges()), (n, m));
            for e in 0..m {
                let nodes: Vec<u32> =
                    (0..n as u32).filter(|&v| inside(values[v as usize * m + e])).collect();
                prop_assert_eq!(h.edge(e), &nodes[..]);
            }
            let bools: Vec<bool> = values.iter().map(|&x| inside(x)).collect();
            prop_assert_eq!(&Hypergraph::from_bool_table(&bools, n, m).unwrap(), &h);
            let weighted = WeightedHypergraph::from_table(&values, n, m, rule).unwrap();
            prop_assert_eq!(weighted.hypergraph(), &h);
            for (v, e) in h.incidences() {
                let value = values[v as usize * m + e as usize];
                prop_assert_eq!(weighted.incidence_weight(v, e as usize), Some(value));
            }
        }
    }

    /// Offsets of every kind: never a panic, and accepted only if they are well formed.
    #[test]
    fn only_well_formed_offsets_pass(
        offsets in prop::collection::vec(0usize..6, 0..6),
        entries in 0usize..6,
    ) {
        let indices = vec![0u32; entries];
        let fine = offsets.first() == Some(&0)
            && offsets.last() == Some(&entries)
            && offsets.windows(2).all(|w| w[0] <= w[1]);
        let built = Hypergraph::from_csr(1, &offsets, &indices);
        prop_assert_eq!(built.is_ok(), fine, "{:?}", built);
        let built = Hypergraph::from_csc(1, &offsets, &indices);
        prop_assert_eq!(built.is_ok(), fine, "{:?}", built);
    }
}

#[test]
fn malformed_tables_are_refused_by_name() {
    use HypergraphError as E;
    let offsets = |position, value, entries| {
        Err(E::Offsets {
            position,
            value,
            entries,
        })
    };
    assert_eq!(Hypergraph::from_csr(1, &[], &[]), Err(E::NoOffsets));
    assert_eq!(Hypergraph::from_csr(1, &[1, 1], &[0]), offsets(0, 1, 1));
    assert_eq!(Hypergraph::from_csr(1, &[0, 2, 1], &[0]), offsets(1, 2, 1));
    assert_eq!(
        Hypergraph::from_csr(1, &[0, 1, 0, 1], &[0]),
        offsets(2, 0, 1)
    );
    assert_eq!(Hypergraph::from_csr(1, &[0, 0], &[0]), offsets(1, 0, 1));
    assert_eq!(Hypergraph::from_csr(1, &[0], &[0]), offsets(0, 0, 1));
    assert_eq!(
        Hypergraph::from_csr(1, &[0, 1], &[7]),
        Err(E::EdgeOutOfRange {
            edge: 7,
            n_edges: 1
        })
    );
    assert_eq!(
        Hypergraph::from_csc(1, &[0, 1], &[7]),
        Err(E::NodeOutOfRange {
            node: 7,
            n_nodes: 1
        })
    );
    let shape = Hypergraph::from_table(&[1.0], usize::MAX, 2, TableRule::NonZero);
    assert!(matches!(shape, Err(E::TooMany { .. })));
    let shape = Hypergraph::from_bool_table(&[true], 1 << 31, 1 << 31);
    assert!(matches!(shape, Err(E::TableShape { len: 1, .. })));
    let bad = Hypergraph::from_table(&[0.0, 0.0, f64::INFINITY], 1, 3, TableRule::NonZero);
    assert!(matches!(
        bad,
        Err(E::NonFinite {
            input: 0,
            feature: 2,
            ..
        })
    ));
    let bad = Hypergraph::from_table(&[], 0, 0, TableRule::Above(f64::NAN));
    assert!(matches!(bad, Err(E::TableThreshold { .. })));
    let sum = DuplicateWeights::Sum;
    let bad = WeightedHypergraph::from_csr(1, &[0, 1], &[0], &[], sum);
    assert!(matches!(
        bad,
        Err(E::LengthMismatch {
            left: 1,
            right: 0,
            ..
        })
    ));
    let bad = WeightedHypergraph::from_triplets(1, 1, [(0, 0, 1.0), (0, 0, f64::NAN)], sum);
    assert!(matches!(bad, Err(E::NonFiniteWeight { index: 1, .. })));
    let bad = WeightedHypergraph::from_triplets(1, 1, [(0, 0, f64::MAX); 2], sum);
    assert!(matches!(bad, Err(E::NonFiniteWeight { index: 0, .. })));
}

#[test]
fn long_inputs_cross_the_blocks_of_the_builder() {
    // 3 blocks of 2^16 and some: the pairs must come out as they went in.
    let n = 200_003u32;
    let pairs = (0..n).map(|i| (i % 1009, i.wrapping_mul(2_654_435_761) % 97));
    let h = Hypergraph::from_incidences(1009, 97, pairs.clone()).unwrap();
    let set: std::collections::BTreeSet<(u32, u32)> = pairs.map(|(v, e)| (e, v)).collect();
    assert!(h.incidences().map(|(v, e)| (e, v)).eq(set));
}
