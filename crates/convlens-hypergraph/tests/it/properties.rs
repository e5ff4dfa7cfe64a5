//! Invariants over generated cases.

use convlens_hypergraph::{
    Hypergraph, HypergraphError, IncidenceRule, Labels, MeasureKind, Separation, SeparationOptions,
    SignalTable, feature_hypergraph, influence, modularity, separate_layers,
    separation::{ClassProfiles, entropy, mcnemar, purity},
};
use proptest::prelude::*;

fn hypergraphs() -> impl Strategy<Value = Hypergraph> {
    (0usize..20, 0usize..15).prop_flat_map(|(n, m)| {
        let pairs = if n == 0 || m == 0 { 0..1 } else { 0..80 };
        prop::collection::vec((0..n.max(1) as u32, 0..m.max(1) as u32), pairs)
            .prop_map(move |pairs| Hypergraph::from_incidences(n, m, pairs).unwrap())
    })
}

/// A table with many ties and some extremes, a label per input (each class at least twice), and
/// an order of the inputs.
fn labeled_tables() -> impl Strategy<Value = (Vec<Vec<f64>>, Vec<i64>, Vec<usize>)> {
    (2usize..5, 1usize..6, 0usize..20).prop_flat_map(|(k, features, extra)| {
        let n = 2 * k + extra;
        let value = prop_oneof![
            4 => (-3i8..4).prop_map(f64::from),
            2 => -1.0..1.0f64,
            1 => prop_oneof![Just(f64::MAX), Just(f64::MIN), Just(5e-324), Just(-0.0)],
        ];
        let rows = prop::collection::vec(prop::collection::vec(value, features), n);
        let tail = prop::collection::vec(0..k as i64, extra);
        let labels =
            tail.prop_map(move |tail| (0..2 * k).map(|i| (i % k) as i64).chain(tail).collect());
        (
            rows,
            labels,
            Just((0..n).collect::<Vec<_>>()).prop_shuffle(),
        )
    })
}

fn rules() -> impl Strategy<Value = IncidenceRule> {
    prop_oneof![
        (0.01..0.99f64).prop_map(|fraction| IncidenceRule::TopQuantile { fraction }),
        (-2.0..2.0f64).prop_map(|threshold| IncidenceRule::ZScore { threshold }),
        (0.01..0.99f64).prop_map(|share| {
            IncidenceRule::CumulativeInfluence(influence::Rule::default().share(share))
        }),
    ]
}

fn table(rows: &[Vec<f64>]) -> SignalTable {
    SignalTable::new(rows.concat(), rows.len(), rows[0].len()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_dual_of_the_dual_is_the_hypergraph(h in hypergraphs()) {
        let dual = h.dual();
        prop_assert_eq!(dual.n_nodes(), h.n_edges());
        prop_assert_eq!(dual.n_incidences(), h.n_incidences());
        for v in 0..h.n_nodes() {
            prop_assert_eq!(dual.edge(v), h.node(v));
            prop_assert!(h.node(v).is_sorted_by(|a, b| a < b));
        }
        prop_assert_eq!(dual.dual(), h);
    }

    #[test]
    fn degrees_and_sizes_sum_to_the_incidences(h in hypergraphs()) {
        let degrees: usize = (0..h.n_nodes()).map(|v| h.degree(v)).sum();
        let sizes: usize = (0..h.n_edges()).map(|e| h.size(e)).sum();
        prop_assert_eq!((degrees, sizes), (h.n_incidences(), h.n_incidences()));
        let edges: Vec<Vec<u32>> = (0..h.n_edges()).map(|e| h.edge(e).to_vec()).collect();
        prop_assert_eq!(Hypergraph::from_edges(h.n_nodes(), &edges).unwrap(), h);
    }

    #[test]
    fn components_partition_the_large_hyperedges(h in hypergraphs(), s in 1usize..5) {
        let line = h.s_line_graph(s).unwrap();
        let mut all = h.s_components(s).unwrap().concat();
        all.sort_unstable();
        prop_assert_eq!(all, line.vertices);
        let finer = h.s_components(s + 1).unwrap();
        let coarser = h.s_components(s).unwrap();
        for component in finer {
            prop_assert!(coarser.iter().any(|c| component.iter().all(|e| c.contains(e))));
        }
    }

    #[test]
    fn raw_pairs_never_panic(
        n in 0usize..4, m in 0usize..4,
        pairs in prop::collection::vec((0u32..5, 0u32..5), 0..6),
    ) {
        let fits = pairs.iter().all(|&(v, e)| (v as usize) < n && (e as usize) < m);
        prop_assert_eq!(Hypergraph::from_incidences(n, m, pairs).is_ok(), fits);
    }

    #[test]
    fn measures_do_not_see_the_order_of_inputs(
        (rows, labels, order) in labeled_tables(), rule in rules(),
    ) {
        let moved_rows: Vec<Vec<f64>> = order.iter().map(|&i| rows[i].clone()).collect();
        let moved_labels: Vec<i64> = order.iter().map(|&i| labels[i]).collect();
        let (labels, moved) = (Labels::new(&labels).unwrap(), Labels::new(&moved_labels).unwrap());
        let h = feature_hypergraph(&table(&rows), rule).unwrap();
        let g = feature_hypergraph(&table(&moved_rows), rule).unwrap();
        for e in 0..h.n_edges() {
            let mut back: Vec<u32> = g.edge(e).iter().map(|&i| order[i as usize] as u32).collect();
            back.sort_unstable();
            prop_assert_eq!(back, h.edge(e));
        }
        // Counts are the same integers, so the measures are the same bits.
        prop_assert_eq!(purity(&h, &labels), purity(&g, &moved));
        prop_assert_eq!(entropy(&h, &labels), entropy(&g, &moved));
        let linear = modularity::Weight::Linear;
        prop_assert_eq!(
            modularity::modularity(&h, labels.class_of(), linear).unwrap().is_some(),
            h.n_incidences() > 0
        );
        let profiles = ClassProfiles::new(&h, &labels).unwrap();
        prop_assert_eq!(&profiles, &ClassProfiles::new(&g, &moved).unwrap());
        let baseline = labels.counts().iter().copied().max().unwrap() as f64;
        if let Some(p) = purity(&h, &labels).unwrap() {
            prop_assert!(p > 0.0 && p <= 1.0 && baseline > 0.0);
        }
    }

    #[test]
    fn top_quantile_hyperedges_are_no_larger_than_asked(
        (rows, _, _) in labeled_tables(), fraction in 0.01..0.99f64,
    ) {
        let h = feature_hypergraph(&table(&rows), IncidenceRule::TopQuantile { fraction }).unwrap();
        let k = ((fraction * rows.len() as f64).round() as usize).clamp(1, rows.len() - 1);
        for f in 0..h.n_edges() {
            prop_assert!(h.size(f) <= k);
            let mut distinct: Vec<f64> = rows.iter().map(|r| r[f] + 0.0).collect();
            distinct.sort_by(f64::total_cmp);
            distinct.dedup();
            if distinct.len() == rows.len() {
                prop_assert_eq!(h.size(f), k);
            }
            if distinct.len() == 1 {
                prop_assert_eq!(h.size(f), 0);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn separation_never_panics_and_stays_finite(
        (rows, labels, _) in labeled_tables(), rule in rules(), seed: u64,
        test_fraction in 0.01..0.99f64, permutations in 1usize..12,
    ) {
        let options = SeparationOptions::default()
            .incidence_rule(rule).seed(seed).test_fraction(test_fraction).permutations(permutations);
        let separation = Separation::new(&table(&rows), &Labels::new(&labels).unwrap(), &options).unwrap();
        for kind in MeasureKind::ALL {
            let m = separation.measure(kind);
            prop_assert!(m.observed.is_finite() && m.null_mean.is_finite() && m.null_sd.is_finite());
            prop_assert!(m.effect.is_none_or(f64::is_finite));
            prop_assert!(m.p_value >= 1.0 / (permutations + 1) as f64 && m.p_value <= 1.0);
        }
        for kind in [MeasureKind::Purity, MeasureKind::JaccardSeparation, MeasureKind::Accuracy] {
            let observed = separation.measure(kind).observed;
            prop_assert!((-1e-12..=1.0).contains(&observed), "{:?} {}", kind, observed);
        }
        let mut n = 0;
        for (row, c) in separation.profile_similarity.iter().zip(0..) {
            prop_assert_eq!(row[c], 1.0);
            n += row.len();
        }
        prop_assert_eq!(n, separation.classes.len().pow(2));
    }

    #[test]
    fn mcnemar_is_symmetric(pairs in prop::collection::vec(any::<(bool, bool)>(), 0..60)) {
        let (a, b): (Vec<bool>, Vec<bool>) = pairs.into_iter().unzip();
        let (forth, back) = (mcnemar(&a, &b).unwrap(), mcnemar(&b, &a).unwrap());
        prop_assert_eq!(forth.p_value, back.p_value);
        prop_assert_eq!((forth.only_a, forth.only_b), (back.only_b, back.only_a));
        prop_assert!(forth.p_value > 0.0 && forth.p_value <= 1.0);
    }

    #[test]
    fn labels_never_panic(raw in prop::collection::vec(any::<i64>(), 0..20)) {
        match Labels::new(&raw) {
            Ok(labels) => {
                prop_assert_eq!(labels.counts().iter().sum::<usize>(), raw.len());
                for (c, l) in labels.class_of().iter().zip(&raw) {
                    prop_assert_eq!(labels.classes()[*c as usize], *l);
                }
            }
            Err(HypergraphError::NoLabels) => prop_assert!(raw.is_empty()),
            Err(HypergraphError::OneClass { count, .. }) => prop_assert_eq!(count, raw.len()),
            Err(other) => prop_assert!(false, "{}", other),
        }
    }
}

/// Values of which some are no numbers, labels of which some are alone, and not one for each input.
fn careless_input() -> impl Strategy<Value = (Vec<f64>, usize, usize, Vec<i64>)> {
    (0usize..9, 0usize..4).prop_flat_map(|(inputs, features)| {
        let value = prop_oneof![
            30 => (0i8..3).prop_map(f64::from),
            1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY)],
        ];
        let labels = prop_oneof![
            3 => prop::collection::vec(0i64..3, inputs),
            1 => prop::collection::vec(0i64..3, 0..12),
        ];
        let len = prop_oneof![9 => Just(inputs * features), 1 => 0usize..20];
        let values = len.prop_flat_map(move |len| prop::collection::vec(value.clone(), len));
        (values, Just(inputs), Just(features), labels)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn bad_input_is_refused_by_its_name(
        (values, inputs, features, raw) in careless_input(), rule in rules(),
    ) {
        let bad = values.iter().position(|v| !v.is_finite());
        let table = match SignalTable::new(values.clone(), inputs, features) {
            Ok(table) => table,
            Err(HypergraphError::EmptyTable { .. }) => {
                prop_assert!(inputs == 0 || features == 0);
                return Ok(());
            }
            Err(HypergraphError::TableShape { len, .. }) => {
                prop_assert_ne!(len, inputs * features);
                return Ok(());
            }
            Err(HypergraphError::NonFinite { input, feature, .. }) => {
                prop_assert_eq!(Some(input * features + feature), bad);
                return Ok(());
            }
            Err(other) => return Err(TestCaseError::fail(other.to_string())),
        };
        prop_assert_eq!(bad, None);
        let Ok(labels) = Labels::new(&raw) else {
            prop_assert!(raw.iter().all(|l| l == &raw[0]));
            return Ok(());
        };
        let options = SeparationOptions::default().incidence_rule(rule).permutations(3);
        let layers = separate_layers(&[&table, &table], &labels, &options);
        let single = labels.counts().iter().position(|&n| n == 1);
        match (layers, single) {
            (Err(HypergraphError::LabelCount { labels, .. }), _) => {
                prop_assert_eq!(labels, raw.len());
                prop_assert_ne!(raw.len(), inputs);
            }
            (Err(HypergraphError::SmallClass { class, count: 1, min: 2 }), Some(c)) => {
                prop_assert_eq!(class, labels.classes()[c]);
            }
            (Ok(layers), None) => {
                prop_assert_eq!(raw.len(), inputs);
                for (layer, kind) in layers.iter().flat_map(|l| MeasureKind::ALL.map(|k| (l, k))) {
                    let m = layer.measure(kind);
                    prop_assert!(m.observed.is_finite() && m.null_mean.is_finite());
                    // Without an incidence nothing is said: p = 1. (Two inputs may tie at the top
                    // of all, and one of them be alone at the top of the fitting half.)
                    let silent = layer.incidences == 0 && kind != MeasureKind::Accuracy;
                    prop_assert!(!silent || m.p_value == 1.0);
                    prop_assert!(m.p_adjusted.unwrap() >= m.p_value);
                }
            }
            (other, _) => prop_assert!(false, "{:?}", other.map(|_| ())),
        }
    }
}
