//! The JSON form of influence, pairs and exemplars: names as documented, and back to the same
//! value.

#![cfg(feature = "serde")]

use std::fmt::Debug;

use convlens_hypergraph::{
    IncidenceRule, feature_hypergraph, influence,
    separation::{
        ClassFeatures, ExemplarOptions, PairOptions, SignalPositions, class_pairs, exemplars,
    },
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::common::{cyclic_labels, planted_table};

fn round_trip<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T) -> Value {
    let text = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    serde_json::from_str(&text).unwrap()
}

#[test]
fn results_go_to_json_and_back() {
    let labels = cyclic_labels(12, 3);
    let table = planted_table(&labels, 4, 0.5, 1);
    let rule = IncidenceRule::CumulativeInfluence(influence::Rule::default().share(0.5));
    assert_eq!(
        round_trip(&rule),
        json!({"cumulative_influence": {"share": 0.5, "size": "positive_part", "border": "reach"}})
    );
    let h = feature_hypergraph(&table, rule).unwrap();

    let options = influence::Options::svd_profiler(0.5);
    for profile in influence::Profile::of_classes(&[&table], &labels, &options).unwrap() {
        let form = round_trip(&profile);
        assert_eq!(form["options"]["weights"], "below_last");
        assert_eq!(form["layers"][0]["features"], 4);
    }
    let classes = ClassFeatures::new(&h, &labels, 0.5).unwrap();
    assert_eq!(round_trip(&classes)["classes"], json!([0, 1, 2]));

    let report = class_pairs(&h, &labels, &PairOptions::default().permutations(9)).unwrap();
    let form = round_trip(&report);
    assert_eq!(form["options"]["correction"], "max_t");
    assert_eq!(form["pairs"][0]["similarity"]["alternative"], "less");

    let positions = SignalPositions::new((0..96).collect(), 12, 4, 2).unwrap();
    let found = exemplars(&table, &ExemplarOptions::default(), Some(&positions)).unwrap();
    let first = &found[0].highest[0];
    let start = (first.input * 4) * 2;
    assert_eq!(
        round_trip(&found)[0]["highest"][0]["position"],
        json!([start, start + 1])
    );
}
