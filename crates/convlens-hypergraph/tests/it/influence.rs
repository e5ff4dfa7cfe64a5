//! The cumulative-influence rule and its profiles against slow definitions, on any input.

use convlens_hypergraph::{
    InfluenceOptions, InfluenceProfile, InfluenceRule, InfluenceSize, InfluenceWeights, ShareBorder,
};
use proptest::prelude::*;

fn rules() -> impl Strategy<Value = InfluenceRule> {
    let size = prop_oneof![
        Just(InfluenceSize::Magnitude),
        Just(InfluenceSize::PositivePart)
    ];
    let border = prop_oneof![Just(ShareBorder::Reach), Just(ShareBorder::Exceed)];
    // Sixteenths are exact, and no quotient of integers under 100 comes near one without being it.
    (1u8..16, size, border).prop_map(|(t, size, border)| {
        InfluenceRule::default()
            .share(f64::from(t) / 16.0)
            .size(size)
            .border(border)
    })
}

fn influence(rule: InfluenceRule, signal: f64) -> f64 {
    match rule.size {
        InfluenceSize::Magnitude => signal.abs(),
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
        let weights = if below { InfluenceWeights::BelowLast } else { InfluenceWeights::Held };
        let options = InfluenceOptions::default().rule(rule.share(share)).weights(weights);
        let of = |row: &[f64]| InfluenceProfile::of_input(&[&row[..1], &row[1..]], &options);
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
        let options = InfluenceOptions::default().rule(rule);
        let profile = InfluenceProfile::of_input(&[&signals], &options).unwrap();
        let layer = &profile.layers[0];
        // At most 20 terms.
        let sum: f64 = layer.weights.iter().sum();
        prop_assert!(layer.held.is_empty() || (sum - 1.0).abs() < 1e-14);
    }

    #[test]
    fn addition_does_not_mind_the_order(rows in prop::collection::vec(prop::collection::vec(-3.0..3.0_f64, 5), 2..6)) {
        let options = InfluenceOptions::svd_profiler(0.5);
        let profiles: Vec<_> = rows
            .iter()
            .map(|row| InfluenceProfile::of_input(&[row], &options).unwrap())
            .collect();
        let sum = |order: &mut dyn Iterator<Item = &InfluenceProfile>| {
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
}
