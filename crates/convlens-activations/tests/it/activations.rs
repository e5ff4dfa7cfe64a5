//! The shipped network run on its held-out images, against PyTorch's own numbers.

use std::io::Write;

use convlens_activations::{
    ActivationsError, Aggregation, Basis, InputOptions, Inputs, RunOptions, Runner, Tap,
};
use convlens_model::arrays::{Npz, Values};
use convlens_model::{Format, LayerSpec, Model, OutputValue, error_chain};
use serde_json::Value;

fn identity(channels: usize) -> Basis {
    let vectors = (0..channels * channels).map(|i| f64::from(i % (channels + 1) == 0));
    Basis::new(vectors.collect(), channels).unwrap()
}

fn tap(layer: &LayerSpec, bases: Vec<Basis>) -> Tap {
    Tap::new(&layer.name, layer.output.clone().unwrap(), bases)
}

fn heldout() -> Inputs {
    Inputs::open(
        convlens_fixtures::digits_heldout(),
        &InputOptions::default(),
    )
    .unwrap()
}

fn head(inputs: &Inputs, n: usize) -> Inputs {
    let mut npz = Npz::open(convlens_fixtures::digits_heldout()).unwrap();
    let Values::F32(values) = npz.array("images").unwrap().values else {
        panic!()
    };
    let labels = inputs.labels().unwrap()[..n].to_vec();
    Inputs::new(
        "head",
        &[n, 1, 8, 8],
        values[..n * 64].to_vec(),
        Some(labels),
    )
    .unwrap()
}

#[test]
fn accuracy_through_rten_equals_pytorchs() {
    let text = std::fs::read_to_string(convlens_fixtures::digits_reference()).unwrap();
    let reference: Value = serde_json::from_str(&text).unwrap();
    let models = [
        ("final", convlens_fixtures::digits_onnx()),
        ("final", convlens_fixtures::digits_folded_onnx()),
        ("epoch3", convlens_fixtures::digits_epoch3_onnx()),
        ("init", convlens_fixtures::digits_init_onnx()),
    ];
    let inputs = heldout();
    for (name, path) in models {
        let runner = Runner::new(&Model::open(path).unwrap()).unwrap();
        let run = runner
            .run(&inputs, &[], &RunOptions::default(), &mut |_| ())
            .unwrap();
        let correct = &reference["held_out_accuracy"][name]["correct"];
        assert_eq!(
            run.correct(&inputs).map(|n| n as u64),
            correct.as_u64(),
            "{name}"
        );
    }
}

#[test]
fn taps_equal_pytorchs_activations() {
    let model = Model::open(convlens_fixtures::digits_onnx()).unwrap();
    let inputs = head(&heldout(), 8);
    let mut reference = Npz::open(convlens_fixtures::digits_activations()).unwrap();
    let cases = [
        ("conv1.weight", "conv1"),
        ("conv3.weight", "conv3"),
        ("fc1.weight", "fc1"),
        ("fc2.weight", "logits"),
    ];
    for (weight, array) in cases {
        let layer = model.layers().iter().find(|l| l.weight == weight).unwrap();
        let taps = [tap(layer, vec![identity(layer.shape[0]).with_peaks()])];
        let run = |how| {
            let options = RunOptions::default().aggregation(how).batch_size(3);
            let runner = Runner::new(&model).unwrap();
            let mut run = runner.run(&inputs, &taps, &options, &mut |_| ()).unwrap();
            run.taps.remove(0).unwrap().remove(0)
        };
        let expected = reference.array(array).unwrap();
        let Values::F32(values) = expected.values else {
            panic!()
        };
        let positions: usize = expected.shape[2..].iter().product();
        let (max, mean) = (run(Aggregation::Max), run(Aggregation::Mean));
        assert_eq!(max.values.len(), 2 * values.len() / positions);
        assert!(mean.peaks.is_none());
        let peaks = max.peaks.as_ref().unwrap();
        assert_eq!(peaks.grid, expected.shape[2..]);
        assert_eq!(peaks.indices.len(), max.values.len());
        for (i, map) in values.chunks(positions).enumerate() {
            let map: Vec<f64> = map.iter().map(|&v| f64::from(v)).collect();
            let top = map.iter().copied().fold(f64::MIN, f64::max);
            let low = map.iter().copied().fold(f64::MAX, f64::min);
            let average = map.iter().sum::<f64>() / positions as f64;
            // Two runtimes, single precision, up to 576 terms of order 1: about 1e-6 each.
            let close = |a: f64, b: f64| (a - b).abs() <= 2e-5 * (1.0 + b.abs());
            assert!(close(max.values[2 * i], top) && close(max.values[2 * i + 1], -low));
            // PyTorch's map has its maximum there too, up to the same error.
            let at = |sign: usize| map[peaks.indices[2 * i + sign] as usize];
            assert!(close(at(0), top) && close(at(1), low));
            assert!(close(mean.values[2 * i], average) && close(mean.values[2 * i + 1], -average));
        }
    }
}

#[test]
fn signals_do_not_depend_on_the_batch_size() {
    let model = Model::open(convlens_fixtures::digits_onnx()).unwrap();
    let inputs = head(&heldout(), 40);
    let taps: Vec<_> = model
        .layers()
        .iter()
        .map(|l| tap(l, vec![identity(l.shape[0])]))
        .collect();
    let run = |batch| {
        let options = RunOptions::default().batch_size(batch);
        Runner::new(&model)
            .unwrap()
            .run(&inputs, &taps, &options, &mut |_| ())
            .unwrap()
    };
    let (a, b) = (run(40), run(7));
    assert_eq!(a.predictions, b.predictions);
    for (x, y) in a.taps.iter().zip(&b.taps) {
        let (x, y) = (&x.as_ref().unwrap()[0], &y.as_ref().unwrap()[0]);
        assert_eq!((x.inputs, x.features), (y.inputs, y.features));
        // A matrix product may be blocked differently for another batch: single precision.
        assert!(
            x.values
                .iter()
                .zip(&y.values)
                .all(|(a, b)| (a - b).abs() <= 1e-5 * (1.0 + a.abs()))
        );
    }
}

#[test]
fn progress_ends_at_the_number_of_inputs() {
    let runner = Runner::new(&Model::open(convlens_fixtures::digits_onnx()).unwrap()).unwrap();
    let mut seen = Vec::new();
    let options = RunOptions::default().batch_size(100);
    runner
        .run(&heldout(), &[], &options, &mut |n| seen.push(n))
        .unwrap();
    assert_eq!(seen, [100, 200, 300, 400, 450]);
}

#[test]
fn a_tap_that_does_not_fit_leaves_the_others_alone() {
    let model = Model::open(convlens_fixtures::digits_onnx()).unwrap();
    let last = model.layers().last().unwrap();
    let good = tap(last, vec![identity(10)]);
    let wrong_width = tap(last, vec![identity(7)]);
    let output = OutputValue {
        name: "/nowhere".into(),
        ..last.output.clone().unwrap()
    };
    let unknown = Tap::new("nowhere", output, good.bases.clone());
    let runner = Runner::new(&model).unwrap();
    let taps = [wrong_width, good, unknown];
    let run = runner
        .run(&heldout(), &taps, &RunOptions::default(), &mut |_| ())
        .unwrap();
    assert!(run.taps[1].is_ok());
    for (i, part) in [(0, "7"), (2, "/nowhere")] {
        let error = run.taps[i].as_ref().unwrap_err();
        assert!(matches!(error, ActivationsError::Tap { .. }));
        assert!(error_chain(error).contains(part), "{error}");
    }
}

#[test]
fn an_output_whose_rows_are_not_the_inputs_is_no_table() {
    let model = Model::open(convlens_fixtures::onnx_case("sequence-first")).unwrap();
    let taps = [tap(&model.layers()[0], vec![identity(5)])];
    // Three inputs of three steps: the layer's first dimension is 3, but it counts steps.
    let inputs = Inputs::new("x", &[3, 3, 4], vec![0.5; 36], None).unwrap();
    let runner = Runner::new(&model).unwrap();
    let run = runner
        .run(&inputs, &taps, &RunOptions::default(), &mut |_| ())
        .unwrap();
    let error = error_chain(run.taps[0].as_ref().unwrap_err());
    assert!(
        error.contains("first dimension is not the batch"),
        "{error}"
    );
}

#[test]
fn inputs_that_do_not_fit_the_model_are_refused_with_both_shapes() {
    let runner = Runner::new(&Model::open(convlens_fixtures::digits_onnx()).unwrap()).unwrap();
    for shape in [vec![2, 1, 9, 9], vec![2, 3, 8, 8], vec![2, 64], vec![2]] {
        let values = vec![0.0; shape.iter().product()];
        let inputs = Inputs::new("x.npz", &shape, values, None).unwrap();
        let error = runner
            .run(&inputs, &[], &RunOptions::default(), &mut |_| ())
            .unwrap_err();
        assert!(
            matches!(error, ActivationsError::InputShape { .. }),
            "{error}"
        );
        assert!(error.to_string().contains("[?, 1, 8, 8]"), "{error}");
    }
}

#[test]
fn bad_inputs_are_refused_with_the_number_that_is_wrong() {
    let count = Inputs::new("x", &[3, 2], vec![0.0; 6], Some(vec![0, 1])).unwrap_err();
    assert_eq!(count.to_string(), "x: 2 labels for 3 inputs");
    let nan = Inputs::new("x", &[1, 2], vec![0.0, f32::NAN], None).unwrap_err();
    assert!(matches!(
        nan,
        ActivationsError::NonFiniteInput { index: 1, .. }
    ));
    for shape in [vec![], vec![0, 4]] {
        let error = Inputs::new("x", &shape, vec![], None).unwrap_err();
        assert!(matches!(error, ActivationsError::Empty { .. }));
    }
    for shape in [vec![2, 2], vec![usize::MAX, 2]] {
        let error = Inputs::new("x", &shape, vec![0.0; 3], None).unwrap_err();
        assert!(matches!(
            error,
            ActivationsError::ValueCount { values: 3, .. }
        ));
    }
}

/// A `.npz` archive of little-endian `f4` arrays.
fn npz(arrays: &[(&str, &[usize], &[f32])]) -> Npz {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, shape, values) in arrays {
        let dims: String = shape.iter().map(|d| format!("{d},")).collect();
        let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({dims}), }}\n");
        archive
            .start_file(
                format!("{name}.npy"),
                zip::write::SimpleFileOptions::default(),
            )
            .unwrap();
        archive.write_all(b"\x93NUMPY\x01\x00").unwrap();
        archive
            .write_all(&(header.len() as u16).to_le_bytes())
            .unwrap();
        archive.write_all(header.as_bytes()).unwrap();
        values
            .iter()
            .for_each(|v| archive.write_all(&v.to_le_bytes()).unwrap());
    }
    Npz::from_bytes("some.npz", archive.finish().unwrap().into_inner()).unwrap()
}

#[test]
fn arrays_are_found_by_name_or_by_being_the_only_batch() {
    let named = npz(&[
        ("y", &[2], &[3.0, 1.0]),
        ("x", &[2, 2], &[0.5; 4]),
        ("w", &[2, 2], &[0.0; 4]),
    ]);
    let inputs = Inputs::from_arrays(named).unwrap();
    assert_eq!(
        (inputs.shape(), inputs.labels()),
        (&[2, 2][..], Some(&[3, 1][..]))
    );
    let only = Inputs::from_arrays(npz(&[("photos", &[1, 2], &[0.5; 2])])).unwrap();
    assert_eq!((only.shape(), only.labels()), (&[1, 2][..], None));
    let mixed = npz(&[("photos", &[1, 2], &[0.5; 2]), ("names", &[9], &[])]);
    assert_eq!(
        Inputs::from_arrays(mixed).unwrap().count(),
        1,
        "an unreadable array is no input"
    );
    let two = npz(&[("a", &[1, 2], &[0.5; 2]), ("b", &[1, 3], &[0.5; 3])]);
    let error = Inputs::from_arrays(two).unwrap_err().to_string();
    assert!(
        error.contains("`a` [1, 2]") && error.contains("`b` [1, 3]"),
        "{error}"
    );
}

#[test]
fn labels_that_do_not_match_are_refused_by_file_and_number() {
    let count = npz(&[
        ("images", &[2, 2], &[0.5; 4]),
        ("labels", &[3], &[0.0, 1.0, 2.0]),
    ]);
    let error = Inputs::from_arrays(count).unwrap_err();
    assert_eq!(error.to_string(), "some.npz: 3 labels for 2 inputs");
    let fraction = npz(&[
        ("images", &[2, 2], &[0.5; 4]),
        ("labels", &[2], &[0.0, 1.5]),
    ]);
    let error = Inputs::from_arrays(fraction).unwrap_err();
    assert_eq!(
        error.to_string(),
        "some.npz: label 1 is 1.5; class labels are integers"
    );
}

#[test]
fn a_format_without_a_graph_cannot_run() {
    let model = Model::open(convlens_fixtures::digits_safetensors()).unwrap();
    assert!(matches!(
        Runner::new(&model),
        Err(ActivationsError::NotRunnable { .. })
    ));
}

#[test]
fn a_model_of_one_batch_size_runs_any_number_of_inputs() {
    // The same network with its batch fixed at 4: seven inputs need one that only fills the second
    // batch.
    let bytes = std::fs::read(convlens_fixtures::digits_onnx()).unwrap();
    let open = Model::from_bytes("open.onnx", Format::Onnx, bytes.clone()).unwrap();
    let fixed = Model::from_bytes("fixed.onnx", Format::Onnx, with_batch(&bytes, 4)).unwrap();
    assert_eq!(fixed.inputs()[0].shape.as_ref().unwrap()[0], Some(4));
    let inputs = head(&heldout(), 7);
    let run = |model: &Model| {
        let taps = [tap(&model.layers()[0], vec![identity(32).with_peaks()])];
        let options = RunOptions::default().batch_size(4);
        let runner = Runner::new(model).unwrap();
        runner.run(&inputs, &taps, &options, &mut |_| ()).unwrap()
    };
    let (a, b) = (run(&open), run(&fixed));
    assert_eq!(b.inputs, [0, 1, 2, 3, 4, 5, 6]);
    assert_eq!(a.predictions, b.predictions);
    let (a, b) = (
        &a.taps[0].as_ref().unwrap()[0],
        &b.taps[0].as_ref().unwrap()[0],
    );
    assert_eq!((b.inputs, b.values.len()), (7, 7 * 64));
    // A matrix product may be blocked differently for another batch: single precision.
    let close = |(a, b): (&f64, &f64)| (a - b).abs() <= 1e-5 * (1.0 + a.abs());
    assert!(a.values.iter().zip(&b.values).all(close));
}

/// The model with the symbolic batch of its input, a dimension named in the file, made a number.
fn with_batch(onnx: &[u8], batch: u8) -> Vec<u8> {
    // A dimension is the message { 2: name } or { 1: number }; both written in as many bytes, so
    // that no length around it changes: the number with as many padding bytes as its varint needs.
    let name = b"batch";
    let mut found = 0;
    let mut bytes = onnx.to_vec();
    for at in 0..bytes.len() - name.len() - 2 {
        if bytes[at] == 0x12 && bytes[at + 1] == 5 && &bytes[at + 2..at + 7] == name {
            bytes[at..at + 7].copy_from_slice(&[8, 0x80 | batch, 0x80, 0x80, 0x80, 0x80, 0]);
            found += 1;
        }
    }
    assert!(found > 0, "the file names its batch otherwise");
    bytes
}

#[test]
fn values_are_found_by_name_by_operator_and_by_glob() {
    let runner = Runner::new(&Model::open(convlens_fixtures::digits_onnx()).unwrap()).unwrap();
    let names = |asked: &[&str]| {
        let asked: Vec<String> = asked.iter().map(|n| (*n).to_owned()).collect();
        runner.value_names(&asked)
    };
    let conv1 = names(&["/conv1/Conv"]).unwrap();
    assert_eq!(conv1, ["/conv1/Conv_output_0"]);
    assert_eq!(
        names(&["/conv1/Conv_output_0", "/conv1/Conv"]).unwrap(),
        conv1
    );
    let all = names(&["*Conv*"]).unwrap();
    assert_eq!(all.len(), 3);
    // A pattern may match what was asked for already.
    assert_eq!(names(&["*Conv*", "/conv2/*"]).unwrap(), all);
    let error = names(&["conv1"]).unwrap_err().to_string();
    assert!(
        error.contains("`conv1`; it has `/conv1/Conv_output_0`"),
        "{error}"
    );
}
