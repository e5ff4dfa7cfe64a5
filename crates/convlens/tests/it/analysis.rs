//! The whole flow on the shipped network, at initialization and trained.

use std::path::PathBuf;
use std::sync::LazyLock;

use convlens::activations::{InputOptions, Inputs};
use convlens::analysis::Sign;
use convlens::hypergraph::{IncidenceRule, mcnemar};
use convlens::model::Model;
use convlens::rmt::{DefinitionVerdict, ValidationOptions};
use convlens::svd::{ConvKernel, Rung};
use convlens::{
    Analysis, BasisKind, CancelToken, Error, Outcome, Settings, Stage, validate_definitions,
};
use serde_json::Value;

pub(super) fn open(path: PathBuf) -> Model {
    Model::open(path).unwrap()
}

pub(super) fn heldout() -> Inputs {
    Inputs::open(
        convlens_fixtures::digits_heldout(),
        &InputOptions::default(),
    )
    .unwrap()
}

/// An analysis that nobody watches.
fn analyze<'a>(
    model: &'a Model,
    inputs: impl Into<Option<&'a Inputs>>,
    settings: &Settings,
) -> Result<Analysis, Error> {
    Analysis::builder(model)
        .inputs(inputs)
        .settings(settings.clone())
        .run()
}

fn with_inputs(model: PathBuf) -> Analysis {
    analyze(&open(model), &heldout(), &Settings::default()).unwrap()
}

fn weights_only(model: PathBuf) -> Analysis {
    analyze(&open(model), None, &Settings::default()).unwrap()
}

pub(super) static TRAINED: LazyLock<Analysis> =
    LazyLock::new(|| with_inputs(convlens_fixtures::digits_onnx()));

fn read_back(analysis: &Analysis) -> Analysis {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("analysis.json");
    analysis.write_json(&path).unwrap();
    Analysis::read_json(&path).unwrap()
}

#[test]
fn json_read_back_equals_what_was_written() {
    assert_eq!(read_back(&TRAINED), *TRAINED);
}

#[test]
fn every_road_to_json_leads_back() {
    let compact = TRAINED.to_json().unwrap();
    let pretty = TRAINED.to_json_pretty().unwrap();
    let mut written = Vec::new();
    TRAINED.to_json_writer(&mut written).unwrap();
    assert_eq!(written, compact.as_bytes());
    assert!(pretty.lines().count() > 1 && compact.lines().count() == 1);
    for text in [&compact, &pretty] {
        assert_eq!(Analysis::from_json(text).unwrap(), *TRAINED);
        assert_eq!(
            Analysis::from_json_reader(text.as_bytes()).unwrap(),
            *TRAINED
        );
    }
    let value: Value = serde_json::from_str(&compact).unwrap();
    let bases = &value["layers"][0]["separation"]["value"]["bases"];
    let names: Vec<&String> = bases.as_object().unwrap().keys().collect();
    assert_eq!(names, ["channels", "rotations", "singular"]);
}

#[test]
fn no_road_from_json_takes_another_schema() {
    let mut value: Value = serde_json::from_str(&TRAINED.to_json().unwrap()).unwrap();
    value["schema_version"] = 4.into();
    let old = value.to_string();
    for error in [
        Analysis::from_json(&old).unwrap_err(),
        Analysis::from_json_reader(old.as_bytes()).unwrap_err(),
    ] {
        assert!(
            matches!(
                error,
                Error::Schema {
                    found: 4,
                    supported: 5,
                    ..
                }
            ),
            "{error}"
        );
    }
    let error = serde_json::from_str::<Analysis>(&old)
        .unwrap_err()
        .to_string();
    assert!(error.contains("schema version 4"), "{error}");
}

#[test]
fn errors_are_short_and_have_their_cause_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.json");
    for error in [
        Analysis::read_json(&path).unwrap_err(),
        Analysis::from_json("{").unwrap_err(),
        TRAINED.write_json(path.join("deeper.json")).unwrap_err(),
    ] {
        let cause = std::error::Error::source(&error).unwrap();
        assert!(
            !error.to_string().contains(&cause.to_string()),
            "{error}: {cause}"
        );
    }
}

#[test]
fn another_schema_is_refused_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("analysis.json");
    std::fs::write(&path, r#"{"schema_version": 999, "layers": "whatever"}"#).unwrap();
    let error = Analysis::read_json(&path).unwrap_err();
    assert!(matches!(error, Error::Schema { found: 999, .. }), "{error}");
}

#[test]
fn every_feature_has_its_exemplars_and_their_places() {
    for layer in &TRAINED.layers {
        let separation = layer.separation.value().unwrap();
        assert_eq!(separation.exemplars.len(), 2 * separation.directions);
        for (f, signed) in separation.exemplars.iter().enumerate() {
            let sign = [Sign::Positive, Sign::Negative][f % 2];
            assert_eq!((signed.direction, signed.sign), (f / 2, sign));
            assert_eq!(signed.inputs.len(), 5);
            assert!(signed.inputs.is_sorted_by(|a, b| a.signal >= b.signal));
            for exemplar in &signed.inputs {
                let position = exemplar.position.as_ref().unwrap();
                // Rows and columns of a convolution's output; nothing for a dense layer.
                assert_eq!(position.len(), layer.shape.len() - 2, "{}", layer.name);
                assert!(position.iter().all(|&x| x < 8));
            }
        }
    }
    let settings = Settings::default().exemplars(0).permutations(1);
    let model = open(convlens_fixtures::digits_onnx());
    let without = analyze(&model, &heldout(), &settings).unwrap();
    for layer in &without.layers {
        assert!(layer.separation.value().unwrap().exemplars.is_empty());
    }
}

#[test]
fn singular_values_equal_numpys() {
    let text = std::fs::read_to_string(convlens_fixtures::digits_reference()).unwrap();
    let reference: Value = serde_json::from_str(&text).unwrap();
    let expected = reference["layers"].as_array().unwrap();
    assert_eq!(expected.len(), TRAINED.layers.len());
    for (layer, expected) in TRAINED.layers.iter().zip(expected) {
        assert_eq!(
            layer.weight,
            Some(format!("{}.weight", expected["name"].as_str().unwrap()))
        );
        let values: Vec<f64> = serde_json::from_value(expected["singular_values"].clone()).unwrap();
        let found = &layer.unfolding.singular_values;
        assert_eq!(found.len(), values.len());
        for (a, b) in found.iter().zip(&values) {
            // Two backward-stable SVDs of the same f64 matrix differ by some eps * sigma_max.
            assert!(
                (a - b).abs() <= 1e-13 * values[0],
                "{}: {a} {b}",
                layer.name
            );
        }
    }
}

#[test]
fn every_layer_has_every_result() {
    assert!(TRAINED.inputs.value().is_some());
    for layer in &TRAINED.layers {
        let operator = layer.operator.value().unwrap();
        let norm = layer.norm.value().unwrap();
        assert!(
            norm.lower > 0.0 && norm.lower <= norm.upper,
            "{}",
            layer.name
        );
        assert!(operator.quantiles.is_sorted_by(|a, b| a >= b));
        assert_eq!(operator.quantiles[0], operator.norm);
        assert_eq!(operator.quantiles.last(), Some(&operator.smallest));
        let separation = layer.separation.value().unwrap();
        let rank = layer.unfolding.rank;
        assert_eq!(separation.directions, rank.min(32));
        for kind in [
            BasisKind::Singular,
            BasisKind::Channels,
            BasisKind::Rotation,
        ] {
            let found = separation.basis(kind).unwrap();
            assert_eq!(found.features, 2 * separation.directions);
            assert!(found.accuracy.p_adjusted.unwrap() >= found.accuracy.p_value);
        }
    }
    // Two layers are large enough for spectral statistics to mean something.
    let fitted = |l: &&convlens::LayerAnalysis| {
        l.statistics
            .value()
            .is_some_and(|s| s.marchenko_pastur.fit().is_some_and(|f| f.m >= 64))
    };
    assert!(TRAINED.layers.iter().filter(fitted).count() >= 2);
}

#[test]
fn training_changed_what_the_last_two_layers_separate() {
    let init = with_inputs(convlens_fixtures::digits_init_onnx());
    for layer in ["/fc1/Gemm", "/fc2/Gemm"] {
        let correct = |analysis: &Analysis| {
            let layer = analysis.layers.iter().find(|l| l.name == layer).unwrap();
            let separation = layer.separation.value().unwrap();
            separation
                .basis(BasisKind::Singular)
                .unwrap()
                .held_out
                .correct
                .clone()
        };
        // The same seed and labels give the same held-out images, so the test is a paired one.
        let test = mcnemar(&correct(&TRAINED), &correct(&init)).unwrap();
        println!("{layer}: {test:?}");
        assert!(test.p_value < 0.01, "{layer}: {test:?}");
    }
}

#[test]
fn metrics_and_phase_agree_with_the_fits() {
    let trained = weights_only(convlens_fixtures::digits_safetensors());
    for layer in &trained.layers {
        let statistics = layer.statistics.value().unwrap();
        let metrics = &statistics.metrics;
        assert_eq!(metrics.num_evals, statistics.esd.m(), "{}", layer.name);
        assert_eq!(metrics.matrix_rank, layer.unfolding.rank, "{}", layer.name);
        let bulk = statistics.marchenko_pastur.fit().map(|fit| fit.spikes);
        assert_eq!(metrics.bulk.fit().map(|fit| fit.num_spikes), bulk);
        let tail = statistics.power_law.fit().map(|fit| fit.alpha);
        assert_eq!(metrics.alpha(), tail, "{}", layer.name);
        // A layer with spikes is not called noise.
        let spiked = bulk.is_some_and(|spikes| spikes > 0);
        let random = statistics.phase.phase() == Some(convlens::rmt::Phase::RandomLike);
        assert!(!(spiked && random), "{}", layer.name);
    }
}

#[test]
fn training_lifts_eigenvalues_out_of_the_noise() {
    let spikes = |analysis: &Analysis, weight: &str| {
        let layer = analysis
            .layers
            .iter()
            .find(|l| l.weight.as_deref() == Some(weight))
            .unwrap();
        layer
            .statistics
            .value()
            .unwrap()
            .marchenko_pastur
            .fit()
            .unwrap()
            .spikes
    };
    let init = weights_only(convlens_fixtures::digits_init_safetensors());
    let trained = weights_only(convlens_fixtures::digits_safetensors());
    for weight in ["conv2.weight", "conv3.weight", "fc1.weight"] {
        // Independent draws at initialization: a false alarm has a chance of 1% in each layer.
        assert!(spikes(&init, weight) <= 1, "{weight}");
        assert!(spikes(&trained, weight) >= 3, "{weight}");
    }
}

#[test]
fn weights_alone_give_everything_but_what_needs_a_graph() {
    let analysis = weights_only(convlens_fixtures::digits_safetensors());
    assert!(analysis.inputs.reason().is_some());
    let conv = analysis
        .layers
        .iter()
        .find(|l| l.weight.as_deref() == Some("conv2.weight"))
        .unwrap();
    assert_eq!(conv.grid, None);
    assert!(!conv.assumptions.is_empty());
    assert!(conv.operator.reason().unwrap().contains("not known"));
    assert!(
        conv.norm.value().unwrap().grid.is_none(),
        "no invented grid"
    );
    assert!(conv.statistics.value().is_some());
    assert!(conv.separation.reason().is_some());
    assert_eq!(read_back(&analysis), analysis);
}

#[test]
fn inputs_for_a_file_without_a_graph_are_said_to_be_of_no_use() {
    let model = open(convlens_fixtures::digits_safetensors());
    let analysis = analyze(&model, &heldout(), &Settings::default()).unwrap();
    assert!(analysis.inputs.reason().unwrap().contains("no graph"));
}

#[test]
fn a_bad_layer_is_skipped_by_name_and_the_rest_goes_on() {
    let analysis = weights_only(convlens_fixtures::onnx_case("nan"));
    assert_eq!(analysis.layers.len(), 1);
    let [skipped] = &analysis.skipped[..] else {
        panic!("{:?}", analysis.skipped)
    };
    assert!(
        skipped.reason.contains("NaN") && skipped.reason.contains('5'),
        "{}",
        skipped.reason
    );
    assert!(
        !skipped.reason.contains("/onnx-cases/"),
        "no folders: {}",
        skipped.reason
    );
    assert!(skipped.reason.contains("nan.onnx") && skipped.reason.contains(&skipped.name));
}

#[test]
fn odd_models_give_an_analysis_that_survives_json() {
    for case in convlens_fixtures::ONNX_CASES {
        let analysis = weights_only(convlens_fixtures::onnx_case(case));
        assert!(!analysis.layers.is_empty(), "{case}");
        assert_eq!(read_back(&analysis), analysis, "{case}");
    }
}

/// As [`analyze`], but panics when any stage begins.
fn refused(model: &Model, inputs: &Inputs, settings: &Settings) -> Error {
    Analysis::builder(model)
        .inputs(inputs)
        .settings(settings.clone())
        .progress(|p| panic!("{} began", p.stage))
        .run()
        .unwrap_err()
}

#[test]
fn inputs_that_do_not_fit_stop_before_any_work() {
    let model = open(convlens_fixtures::digits_onnx());
    let inputs = Inputs::new("big.npz", &[2, 1, 9, 9], vec![0.0; 162], None).unwrap();
    let error = refused(&model, &inputs, &Settings::default());
    let text = error.to_string();
    assert!(
        text.contains("big.npz") && text.contains("digits.onnx"),
        "{text}"
    );
}

#[test]
fn inputs_without_labels_leave_only_the_separation_out() {
    let model = open(convlens_fixtures::digits_onnx());
    let inputs = Inputs::new("x.npz", &[2, 1, 8, 8], vec![0.5; 128], None).unwrap();
    let analysis = analyze(&model, &inputs, &Settings::default()).unwrap();
    assert!(analysis.inputs.value().is_some());
    for layer in &analysis.layers {
        assert!(layer.separation.reason().unwrap().contains("labels"));
    }
}

#[test]
fn a_layer_beyond_the_budget_says_so() {
    let conv2 = |budget| {
        let settings = Settings::default().operator_budget(budget);
        let model = open(convlens_fixtures::digits_onnx());
        analyze(&model, None, &settings)
            .unwrap()
            .layers
            .swap_remove(1)
    };
    let none = conv2(0.0);
    for reason in [none.operator.reason(), none.norm.reason()] {
        assert!(reason.unwrap().contains("over the limit"), "{reason:?}");
    }
    // Enough for a spectrum, too little for an iteration on images: the norm holds for all grids.
    let some = conv2(5e8);
    assert!(some.operator.value().is_some());
    assert!(some.norm.value().unwrap().grid.is_none());
}

#[test]
fn settings_out_of_range_are_named() {
    let model = open(convlens_fixtures::digits_onnx());
    let bad = [
        ("directions", Settings::default().directions(0)),
        (
            "false_alarm_rate",
            Settings::default().false_alarm_rate(1.5),
        ),
        (
            "operator_budget",
            Settings::default().operator_budget(f64::NAN),
        ),
    ];
    for (name, settings) in bad {
        let error = analyze(&model, None, &settings).unwrap_err();
        assert!(
            matches!(error, Error::Setting { setting, .. } if setting == name),
            "{error}"
        );
    }
}

#[test]
fn settings_of_the_separation_are_checked_before_any_work() {
    let model = open(convlens_fixtures::digits_onnx());
    let rule = IncidenceRule::TopQuantile { fraction: 7.0 };
    let bad = [
        Settings::default().permutations(0),
        Settings::default().incidence_rule(rule),
    ];
    for settings in bad {
        let error = refused(&model, &heldout(), &settings);
        assert!(matches!(error, Error::Separation(_)), "{error}");
    }
}

#[test]
fn a_class_with_one_input_leaves_what_the_model_did() {
    let model = open(convlens_fixtures::digits_onnx());
    let labels = Some(vec![0, 0, 1]);
    let inputs = Inputs::new("x.npz", &[3, 1, 8, 8], vec![0.5; 192], labels).unwrap();
    let analysis = analyze(&model, &inputs, &Settings::default()).unwrap();
    assert!(analysis.inputs.value().unwrap().correct.is_some());
    for layer in &analysis.layers {
        assert!(
            layer.separation.reason().unwrap().contains("class 1"),
            "{:?}",
            layer.separation
        );
    }
}

#[test]
fn stages_are_told_in_order_and_to_their_end() {
    let mut log: Vec<(Stage, usize, usize)> = Vec::new();
    let model = open(convlens_fixtures::digits_onnx());
    let inputs = heldout();
    let analysis = Analysis::builder(&model)
        .inputs(&inputs)
        .settings(Settings::default().permutations(9))
        .progress(|p| match log.last_mut() {
            Some(last) if p.done > 0 => {
                assert_eq!((last.0, last.1), (p.stage, p.total));
                assert!(p.done > last.2, "{p:?} after {last:?}");
                last.2 = p.done;
            }
            _ => log.push((p.stage, p.total, 0)),
        })
        .run()
        .unwrap();
    assert!(matches!(analysis.inputs, Outcome::Value(_)));
    let expected = [
        (Stage::Weights, 5, 5),
        (Stage::Activations, 450, 450),
        (Stage::Separation, 3, 3),
    ];
    assert_eq!(log, expected);
}

/// What is left of an analysis that is canceled when so many steps of a stage are done.
fn canceled_at(stage: Stage, done: usize) -> Option<Box<Analysis>> {
    let model = open(convlens_fixtures::digits_onnx());
    let (inputs, token) = (heldout(), CancelToken::new());
    let error = Analysis::builder(&model)
        .inputs(&inputs)
        .settings(Settings::default().permutations(9))
        .progress(|p| {
            if (p.stage, p.done) == (stage, done) {
                token.cancel();
            }
            assert!((p.stage, p.done) <= (stage, done), "{p:?} after the end");
        })
        .cancel(&token)
        .run()
        .unwrap_err();
    match error {
        Error::Canceled { partial } => partial,
        other => panic!("{other}"),
    }
}

#[test]
fn a_canceled_analysis_gives_the_layers_that_it_finished() {
    assert_eq!(canceled_at(Stage::Weights, 0), None);
    for (stage, done, layers) in [
        (Stage::Weights, 2, 2),
        (Stage::Weights, 5, 5),
        (Stage::Activations, 64, 5),
        (Stage::Separation, 1, 5),
    ] {
        let partial = canceled_at(stage, done).unwrap();
        assert_eq!(partial.layers.len(), layers, "{stage} {done}");
        for (layer, whole) in partial.layers.iter().zip(&TRAINED.layers) {
            assert_eq!(
                (&layer.norm, &layer.unfolding),
                (&whole.norm, &whole.unfolding)
            );
            assert_eq!(layer.separation.reason(), Some("the analysis was canceled"));
        }
        let missed = partial
            .skipped
            .iter()
            .filter(|s| s.reason.contains("canceled"));
        assert_eq!(missed.count(), 5 - layers);
        assert_eq!(read_back(&partial), *partial);
    }
}

#[test]
fn an_analysis_can_run_on_another_thread() {
    fn can_cross<T: Send>(value: T) -> T {
        value
    }
    let model = open(convlens_fixtures::digits_safetensors());
    let token = CancelToken::new();
    let (sender, receiver) = std::sync::mpsc::channel();
    let builder = can_cross(Analysis::builder(&model).cancel(&token).progress(move |p| {
        sender.send(p.done).unwrap();
    }));
    std::thread::scope(|scope| {
        let run = scope.spawn(|| builder.run());
        assert_eq!(receiver.recv().unwrap(), 0);
        token.cancel();
        let error = run.join().unwrap().unwrap_err();
        assert!(matches!(error, Error::Canceled { .. }), "{error}");
    });
}

#[test]
fn random_kernels_follow_the_law_and_trained_ones_do_not() {
    let options = ValidationOptions::default().seed(5);
    let verdicts = |path: PathBuf| -> Vec<DefinitionVerdict> {
        let model = open(path);
        let index = model
            .layers()
            .iter()
            .position(|l| l.weight == "conv3.weight");
        let kernel = model.kernel(index.unwrap()).unwrap();
        let found = validate_definitions(&kernel, &[8, 8], &options).unwrap();
        let results = found.definitions.iter();
        results.map(|d| d.result().unwrap().verdict).collect()
    };
    let trained = verdicts(convlens_fixtures::digits_safetensors());
    assert_eq!(trained, [DefinitionVerdict::Separates; 3]);
    let init = verdicts(convlens_fixtures::digits_init_safetensors());
    assert_eq!(init, [DefinitionVerdict::TrainedLikeNull; 3]);
}

#[test]
fn kernels_without_three_definitions_are_refused_by_name() {
    let dense = ConvKernel::from_slice(&[1.0; 6], &[2, 3]).unwrap();
    let conv = ConvKernel::from_slice(&[1.0; 12], &[2, 2, 3]).unwrap();
    for (kernel, grid, named) in [(&dense, vec![], "kernel"), (&conv, vec![2], "grid")] {
        let refused = validate_definitions(kernel, &grid, &ValidationOptions::default());
        assert!(matches!(refused, Err(Error::Setting { setting, .. }) if setting == named));
    }
}

#[test]
fn a_layer_over_the_memory_budget_is_skipped_with_its_reason() {
    let model = open(convlens_fixtures::digits_safetensors());
    let with = |budget| analyze(&model, None, &Settings::default().memory_budget(budget));
    let weights = |l: &convlens::LayerAnalysis| l.shape.iter().product::<usize>() as u64;
    let all = with(u64::MAX).unwrap();
    let largest = all.layers.iter().max_by_key(|l| weights(l)).unwrap();
    // Its values take over three times its size as f64: this is too little for it, and enough for
    // the smallest.
    let some = with(16 * weights(largest)).unwrap();
    let skipped = some
        .skipped
        .iter()
        .find(|s| s.name == largest.name)
        .unwrap();
    assert!(
        skipped.reason.contains("over the budget of"),
        "{}",
        skipped.reason
    );
    assert!(!some.layers.is_empty() && some.layers.len() < all.layers.len());
    for layer in &some.layers {
        assert!(all.layers.contains(layer), "{} changed", layer.name);
    }
    let none = with(0).unwrap_err();
    assert!(
        matches!(none, Error::NoLayers { .. }) && none.to_string().contains("budget"),
        "{none}"
    );
}

#[test]
fn vectors_over_the_memory_budget_leave_the_separation_out() {
    let model = open(convlens_fixtures::digits_onnx());
    let kernel = &model.layers()[2].shape;
    // Values take at most five times the kernel, vectors more than six times.
    let budget = 8 * 5 * kernel.iter().product::<usize>() as u64;
    let settings = Settings::default().permutations(9).memory_budget(budget);
    let analysis = analyze(&model, &heldout(), &settings).unwrap();
    let layer = analysis.layers.iter().find(|l| l.shape == *kernel).unwrap();
    let reason = layer.separation.reason().unwrap();
    assert!(reason.contains("singular vectors"), "{reason}");
    assert!(layer.statistics.value().is_some());
    assert!(analysis.layers[0].separation.value().is_some());
}

#[test]
fn a_large_matrix_in_f32_goes_through_its_gram_matrix_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, dtype: &str, bytes: &[u8]| {
        let header = format!(
            r#"{{"fc.weight":{{"dtype":"{dtype}","shape":[32,131072],"data_offsets":[0,{}]}}}}"#,
            bytes.len()
        );
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(header.as_bytes());
        file.extend_from_slice(bytes);
        let path = folder.path().join(name);
        std::fs::write(&path, file).unwrap();
        weights_only(path).layers.swap_remove(0)
    };
    let weights =
        || (0..32u32 * 131_072).map(|i| (i.wrapping_mul(2_654_435_761) >> 8) as f32 / 1.6e7 - 0.5);
    let narrow: Vec<u8> = weights().flat_map(f32::to_le_bytes).collect();
    let wide: Vec<u8> = weights().flat_map(|w| f64::from(w).to_le_bytes()).collect();
    let gram = write("narrow.safetensors", "F32", &narrow);
    let exact = write("wide.safetensors", "F64", &wide);
    assert_eq!(
        (gram.unfolding.rung, exact.unfolding.rung),
        (Rung::Gram, Rung::Direct)
    );
    assert!(gram.operator.reason().unwrap().contains("Gram"));
    assert!(exact.operator.value().is_some());
    let (top, values) = (
        exact.unfolding.singular_values[0],
        &exact.unfolding.singular_values,
    );
    for (found, known) in gram.unfolding.singular_values.iter().zip(values) {
        // The contract of `Accuracy::Gram`, on squares relative to the largest.
        let error = ((found / top).powi(2) - (known / top).powi(2)).abs();
        assert!(error <= 8.0 * f64::EPSILON * 131_072.0, "{error:e}");
    }
    let norm = gram.norm.value().unwrap();
    assert!(norm.lower <= top && top <= norm.upper);
}
