//! Results of the first, plainer code, kept: what makes the permutations fast must not move a
//! p-value.

use convlens_hypergraph::{
    IncidenceRule, Labels, MeasureKind, Separation, SeparationOptions, SignalTable, influence,
    modularity, separate_layers,
};
use serde_json::Value;

use crate::common::{cyclic_labels, noise_table, planted_table};

const PERMUTATIONS: usize = 199;
const FIRST_MEASURES: [MeasureKind; 5] = [
    MeasureKind::Purity,
    MeasureKind::Entropy,
    MeasureKind::Modularity,
    MeasureKind::JaccardSeparation,
    MeasureKind::Accuracy,
];

/// Noise cut off at 0, as behind a ReLU, and rounded: ties everywhere.
fn tied_table(inputs: usize, features: usize, seed: u64) -> SignalTable {
    let noise = noise_table(inputs, features, seed);
    let values = (0..inputs)
        .flat_map(|i| noise.row(i).to_vec())
        .map(|v| ((v - 0.8) * 50.0).floor().max(0.0))
        .collect();
    SignalTable::new(values, inputs, features).unwrap()
}

/// Classes of very different sizes.
fn uneven_labels(inputs: usize) -> Labels {
    let raw: Vec<i64> = (0..inputs)
        .map(|i| match i % 20 {
            0 => 3,
            1..5 => 2,
            _ => 1,
        })
        .collect();
    Labels::new(&raw).unwrap()
}

fn cases() -> Vec<(&'static str, Vec<Separation>)> {
    let run = |labels: &Labels, features, rule, weight, test_fraction| {
        let n = labels.len();
        let tables = [
            noise_table(n, features, 1),
            planted_table(labels, features, 0.15, 2),
            tied_table(n, features, 3),
        ];
        let options = SeparationOptions::default()
            .incidence_rule(rule)
            .modularity(weight)
            .test_fraction(test_fraction)
            .permutations(PERMUTATIONS)
            .seed(77);
        separate_layers(&tables.each_ref(), labels, &options).unwrap()
    };
    let top = |fraction| IncidenceRule::TopQuantile { fraction };
    let z = |threshold| IncidenceRule::ZScore { threshold };
    let pairwise = modularity::Weight::Pairwise;
    vec![
        (
            "even classes, top tenth",
            run(&cyclic_labels(120, 4), 12, top(0.1), pairwise, 0.5),
        ),
        (
            "uneven classes, top tenth, 70 features",
            run(&uneven_labels(200), 70, top(0.1), pairwise, 0.3),
        ),
        (
            "top nine tenths, 130 features",
            run(
                &cyclic_labels(60, 3),
                130,
                top(0.9),
                modularity::Weight::Linear,
                0.5,
            ),
        ),
        (
            "z-scores",
            run(
                &uneven_labels(160),
                20,
                z(0.8),
                modularity::Weight::Majority,
                0.6,
            ),
        ),
        (
            "z-scores below the mean",
            run(
                &cyclic_labels(90, 9),
                5,
                z(-0.5),
                modularity::Weight::Strict,
                0.2,
            ),
        ),
        (
            "influence",
            run(
                &cyclic_labels(100, 5),
                16,
                IncidenceRule::CumulativeInfluence(influence::Rule::default().share(0.3)),
                pairwise,
                0.5,
            ),
        ),
    ]
}

/// p = r / (B + 1): the integer r.
fn rank(p: f64) -> u64 {
    (p * (PERMUTATIONS + 1) as f64).round() as u64
}

#[test]
fn p_values_are_those_of_the_first_code() {
    let text = include_str!("../data/frozen_separation.json");
    let frozen: Vec<Value> = serde_json::from_str(text).unwrap();
    let cases = cases();
    assert_eq!(frozen.len(), cases.len());
    for (kept, (name, layers)) in frozen.iter().zip(&cases) {
        assert_eq!(kept["case"], *name);
        let measures = layers
            .iter()
            .flat_map(|layer| FIRST_MEASURES.map(|kind| (kind, layer.measure(kind))));
        let kept = kept["measures"].as_array().unwrap();
        assert_eq!(kept.len(), layers.len() * FIRST_MEASURES.len());
        for (kept, (kind, found)) in kept.iter().zip(measures) {
            let ranks = (rank(found.p_value), rank(found.p_adjusted.unwrap()));
            let kept_ranks = (&kept["rank"], &kept["adjusted"]);
            assert_eq!(
                kept_ranks,
                (&ranks.0.into(), &ranks.1.into()),
                "{name} {kind:?}"
            );
            let numbers = [found.observed, found.null_mean, found.null_sd];
            for (kept, found) in kept["numbers"].as_array().unwrap().iter().zip(numbers) {
                // Sums of some thousand terms of order 1, perhaps in another order.
                assert!(
                    (kept.as_f64().unwrap() - found).abs() < 1e-12,
                    "{name} {kind:?}"
                );
            }
        }
    }
}
