//! Exemplars and the class-level hypergraph against slow definitions, on any input.

use convlens_hypergraph::{
    HypergraphError, Labels, SignalTable,
    separation::{
        ClassFeatures, ClassProfiles, ExemplarEnds, ExemplarOptions, Feature, FeatureExemplars,
        Sign, SignalPositions, exemplars,
    },
};
use proptest::prelude::*;

use crate::common::{cyclic_labels, noise_table, random_hypergraph};

fn any_tables() -> impl Strategy<Value = SignalTable> {
    (1usize..12, 1usize..4).prop_flat_map(|(inputs, features)| {
        let value = prop_oneof![
            3 => (-2i8..3).prop_map(f64::from),
            1 => Just(-0.0),
            1 => Just(f64::MAX),
            1 => Just(f64::MIN),
            1 => -1.0..1.0_f64,
        ];
        prop::collection::vec(value, inputs * features)
            .prop_map(move |values| SignalTable::new(values, inputs, features).unwrap())
    })
}

proptest! {
    #[test]
    fn exemplars_are_the_head_of_a_stable_sort(table in any_tables(), count in 0usize..15) {
        let coordinates = (0..(table.inputs() * table.features() * 2) as u32).collect();
        let positions =
            SignalPositions::new(coordinates, table.inputs(), table.features(), 2).unwrap();
        let options = ExemplarOptions::default().count(count).ends(ExemplarEnds::Both);
        let found = exemplars(&table, &options, Some(&positions)).unwrap();
        prop_assert_eq!(found.len(), table.features());
        for feature in &found {
            let f = feature.feature as usize;
            for (list, sign) in [(&feature.highest, 1.0), (&feature.lowest, -1.0)] {
                let mut order: Vec<usize> = (0..table.inputs()).collect();
                // A stable sort keeps the lower input first; the comparison of floats takes -0 for
                // 0.
                order.sort_by(|&a, &b| {
                    (sign * table.value(b, f)).partial_cmp(&(sign * table.value(a, f))).unwrap()
                });
                order.truncate(count);
                let inputs: Vec<usize> = list.iter().map(|e| e.input as usize).collect();
                prop_assert_eq!(&inputs, &order);
                for exemplar in list {
                    let i = exemplar.input as usize;
                    prop_assert_eq!(exemplar.signal, table.value(i, f));
                    let start = ((i * table.features() + f) * 2) as u32;
                    prop_assert_eq!(exemplar.position.clone(), Some(vec![start, start + 1]));
                }
            }
        }
        let without = exemplars(&table, &options.ends(ExemplarEnds::Highest), None).unwrap();
        for (a, b) in without.iter().zip(&found) {
            prop_assert!(a.lowest.is_empty() && a.highest.iter().all(|e| e.position.is_none()));
            prop_assert_eq!(a.highest.len(), b.highest.len());
        }
    }

    #[test]
    fn a_class_holds_what_enough_of_it_hold(seed in 0u64..1000, k in 2usize..5, p in 0.01..1.0_f64) {
        let (n, m) = (k * 3 + 1, 6);
        let h = random_hypergraph(n, m, 0.4, seed);
        let labels = cyclic_labels(n, k);
        let classes = ClassFeatures::new(&h, &labels, p).unwrap();
        let profiles = ClassProfiles::new(&h, &labels).unwrap();
        for (c, held) in classes.held.iter().enumerate() {
            for f in 0..m as u32 {
                let members = h.edge(f as usize).iter();
                let members = members.filter(|&&i| labels.class_of()[i as usize] == c as u32).count();
                let enough = members as f64 >= p * labels.counts()[c] as f64;
                // p is a random double: no share of up to 13 inputs is within rounding of it.
                prop_assert_eq!(held.contains(&f), enough);
                prop_assert_eq!(enough, profiles.profile(c)[f as usize] >= p);
            }
        }
        let level = classes.hypergraph().unwrap();
        prop_assert_eq!((level.n_nodes(), level.n_edges()), (m, k));
        let (shared, jaccard) = (classes.shared(), classes.jaccard());
        for line in level.s_line_graph(1).unwrap().edges {
            let (a, b) = (line.a as usize, line.b as usize);
            prop_assert_eq!(shared[a][b], line.overlap as usize);
        }
        for (a, row) in shared.iter().enumerate() {
            prop_assert_eq!(row[a], level.size(a));
            prop_assert!(jaccard[a][a].is_none_or(|j| j == 1.0));
            for (b, &count) in row.iter().enumerate() {
                prop_assert_eq!(count, shared[b][a]);
                let both = level.edge(a).iter().filter(|f| level.edge(b).contains(f)).count();
                prop_assert_eq!(count, both);
            }
        }
    }
}

#[test]
fn shares_at_the_border_count() {
    // 3 of 10 is 0.3, and 1 of 1 is 1.
    let h = convlens_hypergraph::Hypergraph::from_edges(11, &[vec![0, 1, 2, 10]]).unwrap();
    let mut raw = vec![0_i64; 10];
    raw.push(1);
    let labels = Labels::new(&raw).unwrap();
    let held = |p| ClassFeatures::new(&h, &labels, p).unwrap().held;
    assert_eq!(held(0.3), [vec![0], vec![0]]);
    assert_eq!(held(0.31), [vec![], vec![0]]);
    assert_eq!(held(1.0), [vec![], vec![0]]);
    for share in [0.0, 1.1, -1.0, f64::NAN] {
        assert!(matches!(
            ClassFeatures::new(&h, &labels, share),
            Err(HypergraphError::Share { .. })
        ));
    }
    let short = cyclic_labels(5, 2);
    assert!(ClassFeatures::new(&h, &short, 0.5).is_err());
}

#[test]
fn positions_of_another_table_are_refused() {
    let table = SignalTable::new(vec![0.0; 6], 3, 2).unwrap();
    let positions = |inputs, features| {
        SignalPositions::new(vec![0; inputs * features], inputs, features, 1).unwrap()
    };
    for (inputs, features) in [(2, 2), (3, 1)] {
        assert!(matches!(
            exemplars(
                &table,
                &ExemplarOptions::default(),
                Some(&positions(inputs, features))
            ),
            Err(HypergraphError::LengthMismatch { .. })
        ));
    }
    assert!(exemplars(&table, &ExemplarOptions::default(), Some(&positions(3, 2))).is_ok());
}

#[test]
fn every_entry_says_its_direction_and_sign() {
    let feature = |direction, sign| Feature { direction, sign };
    let columns = vec![
        feature(0, Sign::Positive),
        feature(0, Sign::Negative),
        feature(7, Sign::Negative),
    ];
    let table = noise_table(5, 3, 0);
    let plain = exemplars(&table, &ExemplarOptions::default(), None).unwrap();
    let named = table.clone().with_columns(columns).unwrap();
    let found = exemplars(&named, &ExemplarOptions::default(), None).unwrap();
    let seen = |list: &[FeatureExemplars]| -> Vec<(u32, u32, Sign)> {
        list.iter()
            .map(|f| (f.feature, f.direction, f.sign))
            .collect()
    };
    assert_eq!(seen(&plain), [0, 1, 2].map(|f| (f, f, Sign::Positive)));
    assert_eq!(
        seen(&found),
        [
            (0, 0, Sign::Positive),
            (1, 0, Sign::Negative),
            (2, 7, Sign::Negative)
        ]
    );
    assert!(table.with_columns(vec![]).is_err());
}
