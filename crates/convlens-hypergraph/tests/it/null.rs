//! The permutation null: sharp on planted classes, joint over layers. Its calibration on noise
//! takes longer: `benches/hypergraph_calibration`.

use convlens_hypergraph::{
    IncidenceRule, MeasureKind, Separation, SeparationOptions, modularity, separate_layers,
    separation::max_t_adjusted,
};
use rand::RngExt;

use crate::common::{cyclic_labels, noise_table, planted_table, rng};

/// The most rejections at level a among n true nulls that a valid test shows, but for bad luck of
/// three standard deviations (one-sided probability about 1e-3).
fn allowed(a: f64, n: u64) -> usize {
    let n = n as f64;
    (n * a + 3.0 * (n * a * (1.0 - a)).sqrt()) as usize
}

#[test]
fn separated_classes_reach_the_least_p() {
    let labels = cyclic_labels(120, 4);
    let table = planted_table(&labels, 4, 2.0, 3);
    let options = SeparationOptions::default()
        .incidence_rule(IncidenceRule::TopQuantile { fraction: 0.25 })
        .modularity(modularity::Weight::Pairwise)
        .permutations(199);
    let separation = Separation::new(&table, &labels, &options).unwrap();
    assert_eq!(separation.accuracy.observed, 1.0);
    assert_eq!(separation.purity.observed, 1.0);
    assert_eq!(separation.entropy.observed, 0.0);
    assert_eq!(separation.jaccard_separation.observed, 1.0);
    assert!(separation.held_out.correct.iter().all(|&c| c));
    for kind in MeasureKind::ALL {
        let measure = separation.measure(kind);
        assert_eq!(measure.p_value, 1.0 / 200.0, "{kind:?}");
        // Far out on the right side: more than ten null standard deviations.
        let effect = measure.effect.unwrap();
        let outward = if kind == MeasureKind::Entropy {
            -effect
        } else {
            effect
        };
        assert!(outward > 10.0, "{kind:?} {effect}");
    }
    // Contribution 1, tax 4 (1/4)².
    assert!((separation.modularity.observed - 0.75).abs() < 1e-12);

    // Linear modularity has contribution 1 too, and next to no tax. But no permutation gives any
    // class a majority of a hyperedge of 30, so its null has no spread and it has no effect.
    let options = options.modularity(modularity::Weight::Linear);
    let linear = Separation::new(&table, &labels, &options)
        .unwrap()
        .modularity;
    assert!(linear.observed > 0.99 && linear.p_value == 1.0 / 200.0);
    assert_eq!(linear.effect, None);
    let noise = noise_table(120, 4, 5);
    let layers = separate_layers(&[&noise, &table], &labels, &options).unwrap();
    assert_eq!(layers[1].modularity.p_adjusted, Some(1.0 / 200.0));
}

#[test]
fn the_null_of_accuracy_centers_on_guessing() {
    // Four balanced classes: a classifier of permuted labels is right one time in four. The
    // mean of 999 draws of 60 test inputs has sd below sqrt(0.25 * 0.75 / 60 / 999) * 2 (draws
    // share the table): 0.0036. Bound: 5 sd.
    let labels = cyclic_labels(120, 4);
    let table = planted_table(&labels, 8, 0.5, 4);
    let separation = Separation::new(&table, &labels, &SeparationOptions::default()).unwrap();
    assert_eq!(separation.options.permutations, 999);
    assert!((separation.accuracy.null_mean - 0.25).abs() < 0.018);
    assert_eq!(separation.held_out.majority_accuracy, 0.25);
}

#[test]
fn draws_reproduce_the_measures() {
    let labels = cyclic_labels(60, 3);
    let table = planted_table(&labels, 5, 0.3, 6);
    let options = SeparationOptions::default().permutations(49).seed(9);
    let (separation, draws) = Separation::new_with_draws(&table, &labels, &options).unwrap();
    for kind in MeasureKind::ALL {
        let (measure, null) = (separation.measure(kind), draws.get(kind));
        assert_eq!(null.len(), 49);
        let mean = null.iter().sum::<f64>() / 49.0;
        // The same 49 numbers, summed in the same order.
        assert_eq!(measure.null_mean, mean);
    }
}

#[test]
fn layers_share_permutations_and_are_corrected_together() {
    let labels = cyclic_labels(80, 4);
    let tables = [
        noise_table(80, 6, 1),
        planted_table(&labels, 12, 0.6, 2),
        noise_table(80, 30, 3),
    ];
    let refs: Vec<_> = tables.iter().collect();
    let options = SeparationOptions::default().permutations(199).seed(4);
    let layers = separate_layers(&refs, &labels, &options).unwrap();
    let singles: Vec<_> = tables
        .iter()
        .map(|t| Separation::new_with_draws(t, &labels, &options).unwrap())
        .collect();
    for kind in MeasureKind::ALL {
        let sign = if kind == MeasureKind::Entropy {
            -1.0
        } else {
            1.0
        };
        let observed: Vec<f64> = singles
            .iter()
            .map(|s| sign * s.0.measure(kind).observed)
            .collect();
        let draws: Vec<Vec<f64>> = singles
            .iter()
            .map(|s| s.1.get(kind).iter().map(|d| sign * d).collect())
            .collect();
        let adjusted = max_t_adjusted(&observed, &draws).unwrap();
        for ((layer, single), p) in layers.iter().zip(&singles).zip(adjusted) {
            let measure = layer.measure(kind);
            assert_eq!(measure.p_adjusted, Some(p), "{kind:?}");
            assert!(p >= measure.p_value);
            assert_eq!(single.0.measure(kind).p_adjusted, None);
            assert_eq!(single.0.held_out, layer.held_out);
        }
    }
    assert_eq!(layers[1].accuracy.p_adjusted, Some(1.0 / 200.0));
    assert!(
        layers
            .iter()
            .all(|l| l.held_out.test_inputs == layers[0].held_out.test_inputs)
    );
    assert_eq!(separate_layers(&[], &labels, &options).unwrap(), []);
}

#[test]
fn the_same_table_twice_costs_nothing() {
    // Perfectly dependent layers: the maximum over both is either one, so p is not doubled as
    // Bonferroni's would be. This needs the permutations to be the same for both.
    let labels = cyclic_labels(60, 3);
    let table = planted_table(&labels, 5, 0.1, 7);
    let options = SeparationOptions::default().permutations(99);
    let layers = separate_layers(&[&table, &table], &labels, &options).unwrap();
    for kind in MeasureKind::ALL {
        let measure = layers[1].measure(kind);
        assert_eq!(measure.p_adjusted, Some(measure.p_value), "{kind:?}");
    }
}

#[test]
fn max_t_holds_the_family_wise_rate() {
    // Three independent null layers, 400 families, B = 99.
    let families = 400;
    let mut rejected = 0;
    for seed in 0..families {
        let mut rng = rng(seed);
        let mut next = || rng.random::<f64>();
        let observed = [next(), next().powi(3), 100.0 * next()];
        let draws: Vec<Vec<f64>> = vec![
            (0..99).map(|_| next()).collect(),
            (0..99).map(|_| next().powi(3)).collect(),
            (0..99).map(|_| 100.0 * next()).collect(),
        ];
        let p = max_t_adjusted(&observed, &draws).unwrap();
        rejected += usize::from(p.iter().any(|&p| p <= 0.05));
    }
    assert!(rejected <= allowed(0.05, families), "{rejected}");
    // And it does reject: 20 expected, less three sd (13).
    assert!(rejected >= 7, "{rejected}");
}
