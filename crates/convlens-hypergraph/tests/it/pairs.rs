//! The pairwise report: slow definitions, exact p-values, planted classes. Its calibration on noise
//! takes longer: `benches/hypergraph_calibration`.

use convlens_hypergraph::{
    Hypergraph, HypergraphError, IncidenceRule, Labels, feature_hypergraph,
    separation::{
        ClassPair, ClassProfiles, PairCorrection, PairOptions, SplitOptions, class_pairs,
        classify_held_out,
    },
};
use proptest::prelude::*;
use rand::RngExt;

use crate::common::{cyclic_labels, noise_table, planted_table, random_hypergraph, rng};

fn classes(pair: &ClassPair) -> [i64; 2] {
    [pair.first.class, pair.second.class]
}

fn holds(h: &Hypergraph, input: u32, feature: u32) -> bool {
    h.edge(feature as usize).contains(&input)
}

/// Held-out AUC by its definition: full log-likelihoods, every pair of held-out inputs.
fn slow_auc(h: &Hypergraph, of: [&[u32]; 2], held_out: &[u32]) -> f64 {
    let log_likelihood = |input: u32, class: usize| -> f64 {
        let fit: Vec<u32> = of[class]
            .iter()
            .copied()
            .filter(|i| !held_out.contains(i))
            .collect();
        (0..h.n_edges() as u32)
            .map(|f| {
                let m = fit.iter().filter(|&&i| holds(h, i, f)).count() as f64;
                let p = (m + 1.0) / (fit.len() as f64 + 2.0);
                if holds(h, input, f) {
                    p.ln()
                } else {
                    (1.0 - p).ln()
                }
            })
            .sum()
    };
    let score = |input: u32| log_likelihood(input, 0) - log_likelihood(input, 1);
    let test = |class: usize| of[class].iter().copied().filter(|i| held_out.contains(i));
    let (mut sum, mut pairs) = (0.0, 0.0);
    for a in test(0) {
        for b in test(1) {
            let ahead = score(a) - score(b);
            pairs += 1.0;
            // Equal scores may come out of other roundings.
            sum += if ahead.abs() < 1e-9 {
                0.5
            } else {
                f64::from(u8::from(ahead > 0.0))
            };
        }
    }
    sum / pairs
}

#[test]
fn every_number_by_its_definition() {
    for seed in 0..20 {
        let h = random_hypergraph(26, 7, 0.35, seed);
        let mut draw = rng(seed);
        let mut raw: Vec<i64> = vec![-4, -4, 9, 9, 2, 2];
        raw.extend((0..20).map(|_| [-4, 2, 9][draw.random_range(0..3)]));
        let labels = Labels::new(&raw).unwrap();
        let options = PairOptions::default()
            .permutations(3)
            .seed(seed)
            .top_features(99);
        let report = class_pairs(&h, &labels, &options).unwrap();
        assert_eq!(report.pairs.len(), 3);
        let profiles = ClassProfiles::new(&h, &labels).unwrap();
        let similarity = profiles.similarity();
        // The split is that of the classifier.
        let split = SplitOptions::default().seed(seed);
        let rule = IncidenceRule::default();
        let held_out = classify_held_out(&noise_table(26, 1, 0), &labels, rule, split).unwrap();
        for pair in &report.pairs {
            let [a, b] =
                classes(pair).map(|c| labels.classes().iter().position(|&k| k == c).unwrap());
            assert_eq!(
                [pair.first.inputs, pair.second.inputs],
                [labels.counts()[a], labels.counts()[b]]
            );
            assert!((pair.similarity.observed - similarity[a][b]).abs() < 1e-15);
            let inputs = |class: usize| -> Vec<u32> {
                (0..26)
                    .filter(|&i| labels.class_of()[i as usize] == class as u32)
                    .collect()
            };
            let slow = slow_auc(&h, [&inputs(a), &inputs(b)], &held_out.test_inputs);
            let auc = pair.auc.unwrap().observed;
            assert!(
                (auc - slow).abs() < 1e-12,
                "{seed} {:?}: {auc} {slow}",
                classes(pair)
            );
            assert_eq!(pair.features.len(), 7);
            for found in &pair.features {
                let f = found.feature as usize;
                assert_eq!(
                    [found.first_share, found.second_share],
                    [profiles.profile(a)[f], profiles.profile(b)[f]]
                );
                assert_eq!(found.difference, found.first_share - found.second_share);
            }
        }
    }
}

#[test]
fn p_values_are_those_of_all_arrangements() {
    // 4 + 4 inputs: 70 arrangements, each as likely.
    let h = random_hypergraph(8, 5, 0.4, 3);
    let labels = Labels::new(&[0_i64, 0, 0, 0, 1, 1, 1, 1]).unwrap();
    let options = PairOptions::default().permutations(9999).top_features(5);
    let report = class_pairs(&h, &labels, &options).unwrap();
    let pair = &report.pairs[0];
    let arrangements: Vec<Labels> = (0u32..256)
        .filter(|set| set.count_ones() == 4)
        .map(|set| {
            Labels::new(&(0..8).map(|i| i64::from(set >> i & 1)).collect::<Vec<_>>()).unwrap()
        })
        .collect();
    let profiles = arrangements
        .iter()
        .map(|l| ClassProfiles::new(&h, l).unwrap());
    let profiles: Vec<ClassProfiles> = profiles.collect();
    let share = |reached: usize| reached as f64 / 70.0;
    // Four standard deviations of a share among 9,999 draws.
    let close = |p: f64, exact: f64| {
        let sd = (exact * (1.0 - exact) / 9999.0).sqrt();
        assert!((p - exact).abs() < 4.0 * sd + 1e-4, "{p} {exact}");
    };
    let observed = pair.similarity.observed;
    let as_apart = profiles
        .iter()
        .filter(|p| p.similarity()[0][1] <= observed + 1e-12);
    close(pair.similarity.p_value, share(as_apart.count()));
    for found in &pair.features {
        let f = found.feature as usize;
        let size = |p: &ClassProfiles| (p.profile(0)[f] - p.profile(1)[f]).abs();
        let as_large = profiles
            .iter()
            .filter(|p| size(p) >= found.difference.abs() - 1e-12);
        close(found.p_value, share(as_large.count()));
    }
}

#[test]
fn planted_classes_come_apart_and_twins_stay() {
    // Classes 0 and 1 have features of their own, 2 and 3 the same ones.
    let truth = cyclic_labels(160, 4);
    let merged: Vec<i64> = truth
        .class_of()
        .iter()
        .map(|&c| i64::from(c.min(2)))
        .collect();
    let table = planted_table(&Labels::new(&merged).unwrap(), 12, 1.0, 5);
    let rule = IncidenceRule::TopQuantile { fraction: 0.25 };
    let h = feature_hypergraph(&table, rule).unwrap();
    for correction in [PairCorrection::MaxT, PairCorrection::Holm] {
        let options = PairOptions::default()
            .permutations(199)
            .correction(correction);
        let report = class_pairs(&h, &truth, &options).unwrap();
        let (twins, others) = report.pairs.split_first().unwrap();
        assert_eq!(classes(twins), [2, 3]);
        assert!(twins.similarity.p_value > 0.05 && twins.auc.unwrap().p_value > 0.05);
        assert!(twins.features.iter().all(|f| f.p_adjusted > 0.05));
        for pair in others {
            let auc = pair.auc.unwrap();
            assert!(auc.observed > 0.95, "{auc:?}");
            // Six tests by Holm, none or one by max-T; the twins do not count among the first five.
            let least = 1.0 / 200.0;
            assert_eq!((pair.similarity.p_value, auc.p_value), (least, least));
            assert!(pair.similarity.p_adjusted.unwrap() <= 6.0 * least + 1e-12);
            assert!(pair.similarity.effect.unwrap() < -5.0 && auc.effect.unwrap() > 5.0);
            // Features f = c modulo 3 are those of class c: they lead the list, on the right side.
            for found in &pair.features[..4] {
                let own = i64::from(found.feature % 3);
                let [a, b] = classes(pair).map(|c| c.min(2));
                assert!(own == a || own == b, "{pair:?}");
                assert_eq!(own == a, found.difference > 0.0);
            }
        }
    }
}

#[test]
fn small_classes_and_empty_hypergraphs_are_outcomes() {
    let options = PairOptions::default().permutations(19);
    let labels = Labels::new(&[1_i64, 2, 2, 2, 3]).unwrap();
    let h = random_hypergraph(5, 4, 0.5, 1);
    let report = class_pairs(&h, &labels, &options).unwrap();
    for pair in &report.pairs {
        assert!(pair.auc.is_none());
        assert!(pair.similarity.p_adjusted.is_some());
    }
    // No features at all, and features without members.
    for n_edges in [0, 3] {
        let h = Hypergraph::from_edges(5, &vec![vec![]; n_edges]).unwrap();
        let report = class_pairs(&h, &labels, &options).unwrap();
        for pair in &report.pairs {
            assert_eq!(
                (pair.similarity.observed, pair.similarity.p_value),
                (1.0, 1.0)
            );
            assert_eq!(pair.similarity.effect, None);
            assert!(
                pair.features
                    .iter()
                    .all(|f| f.difference == 0.0 && f.p_adjusted == 1.0)
            );
            assert_eq!(pair.features.len(), n_edges);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_labels_and_hypergraph_give_finite_numbers(
        raw in prop::collection::vec(0i64..4, 2..20),
        features in 0usize..5,
        p in 0.0..1.0_f64,
        seed in any::<u64>(),
        fraction in 0.001..0.999_f64,
        holm in any::<bool>(),
    ) {
        let Ok(labels) = Labels::new(&raw) else {
            return Ok(());
        };
        let h = random_hypergraph(raw.len(), features, p, seed);
        let correction = if holm { PairCorrection::Holm } else { PairCorrection::MaxT };
        let options = PairOptions::default()
            .permutations(9)
            .seed(seed)
            .test_fraction(fraction)
            .correction(correction);
        let report = class_pairs(&h, &labels, &options).unwrap();
        let k = labels.n_classes();
        prop_assert_eq!(report.pairs.len(), k * (k - 1) / 2);
        for pair in &report.pairs {
            prop_assert_eq!(pair.auc.is_some(), pair.first.inputs.min(pair.second.inputs) > 1);
            for m in pair.auc.iter().chain([&pair.similarity]) {
                prop_assert!((0.0..=1.0).contains(&m.observed) && m.null_sd.is_finite());
                prop_assert!(m.p_value > 0.0 && m.p_value <= m.p_adjusted.unwrap());
                prop_assert!(m.p_adjusted.unwrap() <= 1.0 && m.effect.is_none_or(f64::is_finite));
            }
            prop_assert!(pair.features.iter().all(|f| f.p_value <= f.p_adjusted && f.p_adjusted <= 1.0));
            prop_assert!(pair.features.is_sorted_by(|a, b| a.p_adjusted <= b.p_adjusted));
        }
    }
}

#[test]
fn bad_settings_are_refused() {
    let labels = cyclic_labels(6, 2);
    let h = random_hypergraph(6, 2, 0.5, 1);
    let run = |options: PairOptions| class_pairs(&h, &labels, &options).unwrap_err();
    let default = PairOptions::default();
    assert_eq!(
        run(default.permutations(0)),
        HypergraphError::NoPermutations
    );
    for fraction in [0.0, 1.0, f64::NAN] {
        assert!(matches!(
            run(default.test_fraction(fraction)),
            HypergraphError::Fraction {
                what: "test_fraction",
                ..
            }
        ));
    }
    let short = random_hypergraph(5, 2, 0.5, 1);
    assert!(matches!(
        class_pairs(&short, &labels, &default),
        Err(HypergraphError::LabelCount {
            labels: 6,
            inputs: 5
        })
    ));
}

#[cfg(feature = "rayon")]
#[test]
fn threads_do_not_change_a_bit() {
    let labels = cyclic_labels(60, 4);
    let table = planted_table(&labels, 9, 0.3, 11);
    let h = feature_hypergraph(&table, IncidenceRule::default()).unwrap();
    let options = PairOptions::default().permutations(101).seed(3);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| class_pairs(&h, &labels, &options).unwrap())
    };
    let one = run(1);
    for threads in [2, 3, 7] {
        assert_eq!(run(threads), one, "{threads} threads");
    }
}
