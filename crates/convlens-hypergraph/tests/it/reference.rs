//! Values from outside: numpy, scipy and scikit-learn, see `tests/data/reference.py`.

use convlens_hypergraph::{
    IncidenceRule, Labels, SignalTable, feature_hypergraph, modularity,
    separation::{ClassProfiles, SplitOptions, classify_held_out, entropy, purity},
};
use serde_json::Value;

fn floats(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap();
    list.iter().map(|v| v.as_f64().unwrap()).collect()
}

fn integers(value: &Value) -> Vec<i64> {
    let list = value.as_array().unwrap();
    list.iter().map(|v| v.as_i64().unwrap()).collect()
}

#[test]
fn outside_values_are_reproduced() {
    let text = include_str!("../data/reference.json");
    let data: Value = serde_json::from_str(text).unwrap();
    let raw = integers(&data["labels"]);
    let labels = Labels::new(&raw).unwrap();
    let features = data["features"].as_u64().unwrap() as usize;
    let table = SignalTable::new(floats(&data["values"]), raw.len(), features).unwrap();
    let cases = data["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 3);
    for case in cases {
        let parameter = case["parameter"].as_f64().unwrap();
        let rule = match case["rule"].as_str().unwrap() {
            "top_quantile" => IncidenceRule::TopQuantile {
                fraction: parameter,
            },
            "z_score" => IncidenceRule::ZScore {
                threshold: parameter,
            },
            other => panic!("unknown rule {other}"),
        };
        let h = feature_hypergraph(&table, rule).unwrap();
        let edges: Vec<Vec<i64>> = (0..features)
            .map(|f| h.edge(f).iter().map(|&v| i64::from(v)).collect())
            .collect();
        let expected: Vec<Vec<i64>> = case["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(integers)
            .collect();
        assert_eq!(edges, expected, "{rule:?}");

        // Sums of a few hundred terms of order 1, in another order.
        let close = |name: &str, value: f64| {
            let expected = case[name].as_f64().unwrap();
            assert!(
                (value - expected).abs() < 1e-12,
                "{rule:?} {name}: {value}, not {expected}"
            );
        };
        close("purity", purity(&h, &labels).unwrap().unwrap());
        close("entropy", entropy(&h, &labels).unwrap().unwrap());
        let profiles = ClassProfiles::new(&h, &labels).unwrap();
        close("jaccard_separation", profiles.separation());
        for (name, weight) in [
            ("strict", modularity::Weight::Strict),
            ("majority", modularity::Weight::Majority),
            ("linear", modularity::Weight::Linear),
            ("pairwise", modularity::Weight::Pairwise),
        ] {
            close(
                name,
                modularity::modularity(&h, labels.class_of(), weight)
                    .unwrap()
                    .unwrap(),
            );
        }

        let split = SplitOptions::default().seed(7);
        let held_out = classify_held_out(&table, &labels, rule, split).unwrap();
        let inputs: Vec<i64> = held_out.test_inputs.iter().map(|&i| i64::from(i)).collect();
        // The script takes the split as given; this also freezes the draw.
        assert_eq!(inputs, integers(&data["held_out"]));
        assert_eq!(held_out.predicted, integers(&case["predicted"]), "{rule:?}");
    }
}
