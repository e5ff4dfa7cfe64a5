//! DeepDataProfiler's own digits: influential features, their weights, profiles and Jaccard
//! similarities.

use convlens_hypergraph::{HypergraphError, Labels, SignalTable, influence};
use serde_json::Value;

fn reference() -> Value {
    serde_json::from_str(include_str!("../data/ddp_influence.json")).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(|v| v.as_f64().unwrap()).collect()
}

fn indices(value: &Value) -> Vec<u32> {
    list(value)
        .iter()
        .map(|v| v.as_u64().unwrap() as u32)
        .collect()
}

/// Both add the same doubles in the same order and divide once; a mean over inputs adds a few
/// roundings.
fn close(ours: &[f64], theirs: &[f64]) {
    assert_eq!(ours.len(), theirs.len());
    for (a, b) in ours.iter().zip(theirs) {
        assert!((a - b).abs() <= 1e-14 * b.abs(), "{a} {b}");
    }
}

fn single(signals: &[f64], options: &influence::Options) -> influence::Layer {
    let profile = influence::Profile::of_input(&[signals], options).unwrap();
    profile.layers.into_iter().next().unwrap()
}

#[test]
fn svd_and_channel_layers() {
    let data = reference();
    for (key, signals, options, cases) in [
        (
            "svd",
            "signals",
            influence::Options::svd_profiler as fn(f64) -> _,
            32,
        ),
        (
            "channel",
            "maxima",
            influence::Options::channel_profiler,
            20,
        ),
    ] {
        assert_eq!(list(&data[key]).len(), cases);
        for case in list(&data[key]) {
            let options = options(case["threshold"].as_f64().unwrap());
            let layer = single(&numbers(&case[signals]), &options);
            assert_eq!(layer.held, indices(&case["held"]), "{case}");
            close(&layer.weights, &numbers(&case["weights"]));
        }
    }
}

/// The tables of the reference, one per layer, and the class of each input.
fn tables(case: &Value) -> (Vec<SignalTable>, Labels) {
    let inputs = list(&case["signals"]);
    let tables = (0..3).map(|layer| {
        let rows = inputs.iter().map(|input| numbers(&input[layer]));
        let values: Vec<f64> = rows.flatten().collect();
        let features = values.len() / inputs.len();
        SignalTable::new(values, inputs.len(), features).unwrap()
    });
    let labels: Vec<i64> = (0..inputs.len() as i64).map(|i| i % 3).collect();
    (tables.collect(), Labels::new(&labels).unwrap())
}

fn profiles(case: &Value) -> (Vec<influence::Profile>, Vec<influence::Profile>) {
    let (tables, labels) = tables(case);
    let tables: Vec<&SignalTable> = tables.iter().collect();
    let options = influence::Options::svd_profiler(case["threshold"].as_f64().unwrap());
    (
        influence::Profile::of_inputs(&tables, &options).unwrap(),
        influence::Profile::of_classes(&tables, &labels, &options).unwrap(),
    )
}

#[test]
fn profiles_of_inputs_and_classes() {
    for case in list(&reference()["profiles"]) {
        let (inputs, classes) = profiles(case);
        for (profile, theirs) in inputs.iter().zip(list(&case["inputs"])) {
            for (layer, theirs) in profile.layers.iter().zip(list(theirs)) {
                assert_eq!(layer.held, indices(&theirs[0]));
                close(&layer.weights, &numbers(&theirs[1]));
            }
        }
        for (c, (profile, theirs)) in classes.iter().zip(list(&case["classes"])).enumerate() {
            assert_eq!(profile.inputs, 5);
            assert_eq!(profile.n_held() as u64, case["size"][c].as_u64().unwrap());
            let counts = profile.layers.iter().flat_map(|layer| &layer.counts);
            let total = case["total"][c].as_u64().unwrap();
            assert_eq!(u64::from(counts.sum::<u32>()), total);
            for (layer, theirs) in profile.layers.iter().zip(list(theirs)) {
                assert_eq!(layer.held, indices(&theirs[0]));
                let counts: Vec<f64> = layer.counts.iter().map(|&c| f64::from(c)).collect();
                assert_eq!(counts, numbers(&theirs[1]));
                assert_eq!(indices(&theirs[2]), layer.held);
                close(&layer.weights, &numbers(&theirs[3]));
            }
        }
    }
}

#[test]
fn jaccard_similarities() {
    let mut compared = 0;
    for case in list(&reference()["profiles"]) {
        let (inputs, classes) = profiles(case);
        for (key, left, right) in [
            ("input_pairs", &inputs, &inputs),
            ("class_pairs", &classes, &classes),
            ("input_in_class", &inputs, &classes),
        ] {
            for entry in list(&case[key]) {
                let a = &left[entry[0].as_u64().unwrap() as usize];
                let b = &right[entry[1].as_u64().unwrap() as usize];
                for (ours, name) in [
                    (a.jaccard(b), "jaccard"),
                    (a.mean_layer_jaccard(b), "avg_jaccard"),
                    (a.contained_in(b), "instance_jaccard"),
                ] {
                    close(
                        &[ours.unwrap().unwrap()],
                        &[entry[2][name].as_f64().unwrap()],
                    );
                    compared += 1;
                }
            }
        }
    }
    assert_eq!(compared, 2 * 3 * (15 + 3 + 45));
}

#[test]
fn profiles_that_are_not_alike_are_refused() {
    let data = reference();
    let (inputs, _) = profiles(&data["profiles"][0]);
    let (others, _) = profiles(&data["profiles"][1]);
    let what = |result| match result {
        Err(HypergraphError::ProfileMismatch { what }) => what,
        other => panic!("{other:?}"),
    };
    assert_eq!(what(inputs[0].jaccard(&others[0])), "options");
    let options = inputs[0].options;
    let of = |rows: &[&[f64]]| influence::Profile::of_input(rows, &options).unwrap();
    let (one, two) = (of(&[&[1.0]]), of(&[&[1.0], &[1.0]]));
    assert_eq!(what(one.contained_in(&two)), "numbers of layers");
    let wide = of(&[&[1.0, 2.0]]);
    let features = "numbers of features in a layer";
    assert_eq!(what(one.weighted_jaccard(&wide)), features);
    assert!(one.clone().add(&wide).is_err());
}
