//! The cumulative-influence rule and its profiles against slow definitions, on any input.

use convlens_hypergraph::{
    HypergraphError, IncidenceRule, Labels, MeasureKind, Separation, SeparationOptions,
    SignalTable, feature_hypergraph,
    influence::{self, ShareBorder},
    separation::classify_held_out,
};
use proptest::prelude::*;
use rand::RngExt;

use crate::common::{cyclic_labels, noise_table, planted_table, rng};

fn rules() -> impl Strategy<Value = influence::Rule> {
    let size = prop_oneof![
        Just(influence::Size::Magnitude),
        Just(influence::Size::PositivePart)
    ];
    let border = prop_oneof![Just(ShareBorder::Reach), Just(ShareBorder::Exceed)];
    // Sixteenths are exact, and no quotient of integers under 100 comes near one without being it.
    (1u8..16, size, border).prop_map(|(t, size, border)| {
        influence::Rule::default()
            .share(f64::from(t) / 16.0)
            .size(size)
            .border(border)
    })
}

fn influence(rule: influence::Rule, signal: f64) -> f64 {
    match rule.size {
        influence::Size::Magnitude => signal.abs(),
        _ => signal.max(0.0),
    }
}

fn any_signal() -> impl Strategy<Value = f64> {
    prop_oneof![
        5 => -3.0..3.0_f64,
        1 => Just(0.0),
        1 => Just(-0.0),
        1 => Just(f64::MAX),
        1 => Just(-f64::MIN_POSITIVE),
        1 => Just(f64::from_bits(1)),
        1 => any::<f64>(),
    ]
}

proptest! {
    /// The definition by all subsets: no smaller set carries enough, and the held one does.
    #[test]
    fn the_held_set_is_the_smallest_of_all(
        signals in prop::collection::vec(-9i8..10, 0..9),
        rule in rules(),
    ) {
        let signals: Vec<f64> = signals.into_iter().map(f64::from).collect();
        let influences: Vec<f64> = signals.iter().map(|&x| influence(rule, x)).collect();
        let total: f64 = influences.iter().sum();
        let enough = |sum: f64| match rule.border {
            ShareBorder::Reach => sum >= rule.share * total,
            _ => sum > rule.share * total,
        };
        let held = rule.held(&signals).unwrap();
        if total == 0.0 {
            prop_assert!(held.is_empty());
            return Ok(());
        }
        let smallest = (0u32..1 << signals.len())
            .filter(|set| {
                let members = (0..signals.len()).filter(|f| set >> f & 1 == 1);
                enough(members.map(|f| influences[f]).sum())
            })
            .map(u32::count_ones)
            .min();
        prop_assert_eq!(Some(held.len() as u32), smallest);
        prop_assert!(enough(held.iter().map(|&f| influences[f as usize]).sum()));
        // Whoever is left out is no more influential, and comes later where as influential.
        for f in 0..signals.len() as u32 {
            for &h in held.iter().filter(|_| !held.contains(&f)) {
                let (out, kept) = (influences[f as usize], influences[h as usize]);
                prop_assert!(out < kept || (out == kept && f > h));
            }
        }
    }

    #[test]
    fn no_panic_and_no_number_that_is_not_finite(
        first in prop::collection::vec(any_signal(), 4),
        second in prop::collection::vec(any_signal(), 4),
        share in prop_oneof![0.0..1.0_f64, any::<f64>()],
        rule in rules(),
        below in any::<bool>(),
    ) {
        let weights = if below { influence::Weights::BelowLast } else { influence::Weights::Held };
        let options = influence::Options::default().rule(rule.share(share)).weights(weights);
        let of = |row: &[f64]| influence::Profile::of_input(&[&row[..1], &row[1..]], &options);
        let (Ok(mut a), Ok(b)) = (of(&first), of(&second)) else {
            let bad = first.iter().chain(&second).any(|x| !x.is_finite());
            prop_assert!(bad || !(share > 0.0 && share < 1.0));
            return Ok(());
        };
        for similarity in [
            a.jaccard(&b), a.mean_layer_jaccard(&b), a.contained_in(&b), a.weighted_jaccard(&b),
        ] {
            prop_assert!(similarity.unwrap().is_none_or(|s| (0.0..=1.0).contains(&s)));
        }
        prop_assert_eq!(a.jaccard(&b).unwrap(), a.weighted_jaccard(&b).unwrap());
        a.add(&b).unwrap();
        for layer in &a.layers {
            prop_assert!(layer.weights.iter().all(|w| w.is_finite() && *w > 0.0));
            prop_assert!(layer.held.is_sorted() && layer.held.len() == layer.counts.len());
        }
    }

    #[test]
    fn weights_over_the_held_sum_to_one(signals in prop::collection::vec(-3.0..3.0_f64, 1..20), rule in rules()) {
        let options = influence::Options::default().rule(rule);
        let profile = influence::Profile::of_input(&[&signals], &options).unwrap();
        let layer = &profile.layers[0];
        // At most 20 terms.
        let sum: f64 = layer.weights.iter().sum();
        prop_assert!(layer.held.is_empty() || (sum - 1.0).abs() < 1e-14);
    }

    #[test]
    fn addition_does_not_mind_the_order(rows in prop::collection::vec(prop::collection::vec(-3.0..3.0_f64, 5), 2..6)) {
        let options = influence::Options::svd_profiler(0.5);
        let profiles: Vec<_> = rows
            .iter()
            .map(|row| influence::Profile::of_input(&[row], &options).unwrap())
            .collect();
        let sum = |order: &mut dyn Iterator<Item = &influence::Profile>| {
            let mut total = order.next().unwrap().clone();
            order.for_each(|p| total.add(p).unwrap());
            total
        };
        let forth = sum(&mut profiles.iter());
        let back = sum(&mut profiles.iter().rev());
        prop_assert_eq!(&forth.layers[0].held, &back.layers[0].held);
        prop_assert_eq!(&forth.layers[0].counts, &back.layers[0].counts);
        for (a, b) in forth.layers[0].weights.iter().zip(&back.layers[0].weights) {
            // A handful of means, each of a few roundings.
            prop_assert!((a - b).abs() <= 1e-14 * a.abs());
        }
        prop_assert_eq!(forth.weighted_jaccard(&back).unwrap(), Some(1.0));
    }

    #[test]
    fn a_hypergraph_holds_what_each_input_holds(
        rows in prop::collection::vec(prop::collection::vec(-3i8..4, 4), 1..12),
        rule in rules(),
    ) {
        let values: Vec<f64> = rows.iter().flatten().map(|&x| f64::from(x)).collect();
        let table = SignalTable::new(values, rows.len(), 4).unwrap();
        let h = feature_hypergraph(&table, IncidenceRule::CumulativeInfluence(rule)).unwrap();
        prop_assert_eq!((h.n_nodes(), h.n_edges()), (rows.len(), 4));
        for i in 0..rows.len() {
            prop_assert_eq!(h.node(i), rule.held(table.row(i)).unwrap());
        }
        if rows.len() >= 4 {
            let labels = cyclic_labels(rows.len(), 2);
            let options = SeparationOptions::default()
                .incidence_rule(IncidenceRule::CumulativeInfluence(rule))
                .permutations(3);
            let separation = Separation::new(&table, &labels, &options).unwrap();
            prop_assert_eq!(separation.incidences, h.n_incidences());
            for kind in MeasureKind::ALL {
                prop_assert!(separation.measure(kind).observed.is_finite());
            }
        }
    }
}

#[test]
fn random_labels_are_rejected_at_the_nominal_rate_under_the_rule() {
    let rule = IncidenceRule::CumulativeInfluence(influence::Rule::default().share(0.4));
    let mut p_values = vec![Vec::new(); MeasureKind::ALL.len()];
    for seed in 0..200 {
        let mut draw = rng(seed);
        let mut raw: Vec<i64> = vec![0, 0, 1, 1, 2, 2];
        raw.extend((0..34).map(|_| [0, 0, 1, 2][draw.random_range(0..4)]));
        let labels = Labels::new(&raw).unwrap();
        let options = SeparationOptions::default()
            .incidence_rule(rule)
            .permutations(99)
            .seed(seed);
        let separation = Separation::new(&noise_table(40, 8, seed), &labels, &options).unwrap();
        for (list, kind) in p_values.iter_mut().zip(MeasureKind::ALL) {
            list.push(separation.measure(kind).p_value);
        }
    }
    for (list, kind) in p_values.iter().zip(MeasureKind::ALL) {
        for (a, allowed) in [(0.01, 6), (0.05, 19), (0.1, 32)] {
            // 200 a and three binomial standard deviations.
            let rejected = list.iter().filter(|&&p| p <= a).count();
            assert!(rejected <= allowed, "{kind:?} {a}: {rejected}");
        }
        // Not by never rejecting: half of the p-values lie below 0.6, less three sd (21).
        assert!(list.iter().filter(|&&p| p <= 0.6).count() >= 79, "{kind:?}");
    }
}

#[test]
fn planted_classes_are_found_by_influence() {
    let labels = cyclic_labels(120, 4);
    let table = planted_table(&labels, 4, 3.0, 3);
    let rule = IncidenceRule::CumulativeInfluence(influence::Rule::default().share(0.4));
    let options = SeparationOptions::default()
        .incidence_rule(rule)
        .permutations(199);
    let separation = Separation::new(&table, &labels, &options).unwrap();
    // An own feature of 3 to 4 against three of 0 to 1: it carries at least half.
    assert_eq!(separation.incidences, 120);
    assert_eq!(separation.purity.observed, 1.0);
    assert_eq!(separation.accuracy.observed, 1.0);
    assert_eq!(separation.accuracy.p_value, 1.0 / 200.0);
    let held_out = classify_held_out(&table, &labels, rule, options.split()).unwrap();
    assert_eq!(held_out, separation.held_out);
}

#[test]
fn a_bad_share_is_refused_everywhere() {
    let labels = cyclic_labels(8, 2);
    let table = noise_table(8, 3, 1);
    let rule = influence::Rule::default().share(1.5);
    let incidence = IncidenceRule::CumulativeInfluence(rule);
    let refused = |error| matches!(error, HypergraphError::Fraction { what: "share", .. });
    assert!(refused(feature_hypergraph(&table, incidence).unwrap_err()));
    let options = SeparationOptions::default().incidence_rule(incidence);
    assert!(refused(
        Separation::new(&table, &labels, &options).unwrap_err()
    ));
    assert!(refused(
        classify_held_out(&table, &labels, incidence, options.split()).unwrap_err()
    ));
    let options = influence::Options::default().rule(rule);
    assert!(refused(
        influence::Profile::of_inputs(&[&table], &options).unwrap_err()
    ));
    assert!(refused(
        influence::Profile::of_classes(&[&table], &labels, &options).unwrap_err()
    ));
}

#[test]
fn tables_of_other_inputs_are_refused() {
    let options = influence::Options::default();
    let (a, b) = (noise_table(4, 2, 1), noise_table(5, 2, 1));
    assert!(matches!(
        influence::Profile::of_inputs(&[&a, &b], &options),
        Err(HypergraphError::LengthMismatch {
            left: 4,
            right: 5,
            ..
        })
    ));
    assert!(matches!(
        influence::Profile::of_classes(&[&a], &cyclic_labels(5, 2), &options),
        Err(HypergraphError::LabelCount { .. })
    ));
    assert_eq!(influence::Profile::of_inputs(&[], &options), Ok(vec![]));
}
