//! Geometry from the user, and layers by glob.

use convlens_model::hints::{LayerHint, Sizes};
use convlens_model::{Assumption, LayerKind, Model, ModelError, SkipReason};

use super::Chain;

fn digits() -> Model {
    Model::open(convlens_fixtures::digits_safetensors()).unwrap()
}

fn read(name: &str, text: &str) -> Result<Vec<LayerHint>, ModelError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    std::fs::write(&file, text).unwrap();
    LayerHint::read_file(&file)
}

#[test]
fn hints_give_a_file_of_tensors_the_geometry_of_its_graph() {
    let hints = read(
        "digits.toml",
        "[[layer]]\nname = 'conv*'\npadding = 1\ngrid = [8, 8]\n[[layer]]\nname = 'conv3.weight'\nstride = [2, 2]\n",
    );
    let mut tensors = digits();
    tensors.apply_hints(&hints.unwrap()).unwrap();
    let graph = Model::open(convlens_fixtures::digits_onnx()).unwrap();
    for layer in graph.layers() {
        let given = tensors
            .layers()
            .iter()
            .find(|l| l.name == layer.weight)
            .unwrap();
        assert_eq!(
            (&given.geometry, &given.grid),
            (&layer.geometry, &layer.grid),
            "{}",
            layer.weight
        );
        let expected: &[_] = match layer.kind {
            LayerKind::Dense => &[],
            _ => &[Assumption::HintedGeometry],
        };
        assert_eq!(given.assumptions, expected);
    }
}

#[test]
fn toml_and_json_say_the_same() {
    let toml = read(
        "a.toml",
        "[[layer]]\nname = 'a'\nstride = 2\ndilation = [1, 2]\ngroups = 4\ntransposed = true\ngrid = [5, 6]\n",
    );
    let json = read(
        "a.json",
        r#"{"layer": [{"name": "a", "stride": 2, "dilation": [1, 2], "groups": 4, "transposed": true, "grid": [5, 6]}]}"#,
    );
    assert_eq!(toml.unwrap(), json.unwrap());
    for (name, bad) in [
        ("a.toml", "[[layer]]\nname = 'a'\nstrides = 2\n"),
        ("a.toml", "[[layer]]\nstride = 2\n"),
        ("a.toml", "stride = 2"),
        ("a.toml", "[[layer]]\nname = 'a'\nstride = -1\n"),
        ("a.json", "[]"),
        ("a.json", ""),
    ] {
        assert!(
            matches!(read(name, bad), Err(ModelError::Malformed { .. })),
            "{bad}"
        );
    }
    assert!(matches!(
        LayerHint::read_file("no/such.toml"),
        Err(ModelError::Io { .. })
    ));
}

#[test]
fn hints_that_do_not_fit_are_refused_and_change_nothing() {
    let hint = |name: &str, change: fn(&mut LayerHint)| {
        let mut hint = LayerHint::new(name);
        change(&mut hint);
        hint
    };
    let reason = |hint: LayerHint| {
        let mut model = digits();
        let before = model.layers().to_vec();
        let good = LayerHint::new("conv1*");
        let error = model.apply_hints(&[good, hint]).unwrap_err().chain();
        assert_eq!(model.layers(), before);
        error
    };
    assert!(reason(hint("nothing*", |_| {})).ends_with("`nothing*`: it matches no convolution"));
    assert!(reason(hint("fc*", |_| {})).ends_with("it matches no convolution"));
    assert!(reason(hint("[", |_| {})).contains("not a valid glob"));
    assert!(reason(hint("*", |h| h.stride = Some(Sizes::All(0)))).contains("at least 1"));
    assert!(reason(hint("*", |h| h.groups = Some(0))).contains("at least 1"));
    assert!(reason(hint("*", |h| h.grid = Some(Sizes::Each(vec![1, 0])))).contains("is empty"));
    assert!(
        reason(hint("conv2*", |h| h.grid = Some(Sizes::Each(vec![8]))))
            .ends_with("layer `conv2.weight`: grid [8] has 1 axes, the layer has 2")
    );
    let mut graph = Model::open(convlens_fixtures::digits_onnx()).unwrap();
    let error = graph
        .apply_hints(&[LayerHint::new("*")])
        .unwrap_err()
        .chain();
    assert!(error.contains("has its own geometry"), "{error}");
}

#[test]
fn sizes_that_overflow_are_refused_by_the_kernel_not_by_a_panic() {
    let mut hint = LayerHint::new("*");
    hint.dilation = Some(Sizes::All(usize::MAX));
    hint.stride = Some(Sizes::All(usize::MAX));
    let mut model = digits();
    if model.apply_hints(&[hint]).is_ok() {
        let _ = model.kernel(0);
    }
}

#[test]
fn layers_are_chosen_by_glob_and_the_others_are_listed() {
    let mut model = digits();
    model.select(&["conv[12]*", "fc2*"]).unwrap();
    let names: Vec<_> = model.layers().iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names, ["conv1.weight", "conv2.weight", "fc2.weight"]);
    let left: Vec<_> = model
        .skipped()
        .iter()
        .filter(|s| s.reason == SkipReason::NotSelected)
        .map(|s| (s.name.as_str(), s.kind.as_str()))
        .collect();
    assert_eq!(left, [("conv3.weight", "conv"), ("fc1.weight", "dense")]);
    assert!(model.kernel(2).is_ok());
    for bad in ["conv9*", "[", "***"] {
        assert!(
            matches!(model.select(&[bad]), Err(ModelError::Hint { .. })),
            "{bad}"
        );
    }
    assert_eq!(model.layers().len(), 3);
}
