//! The command as a user runs it.
#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests, but not their helpers"
)]

mod zoo;

use std::path::Path;
use std::process::{Command, Output};

fn convlens(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_convlens"))
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn failure(output: &Output) -> String {
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr.clone()).unwrap();
    assert!(
        text.starts_with("error: ") && text.lines().count() == 1,
        "{text}"
    );
    text
}

fn path(path: std::path::PathBuf) -> String {
    path.to_str().unwrap().to_owned()
}

#[test]
fn without_arguments_the_demo_runs_anywhere_and_says_where_its_results_are() {
    let folder = tempfile::tempdir().unwrap();
    let output = convlens(folder.path(), &[]);
    assert!(output.status.success());
    assert!(
        output.stderr.is_empty(),
        "no progress where there is no terminal"
    );
    let text = stdout(&output);
    for part in [
        "/conv1/Conv",
        "/fc2/Gemm",
        "447 classified correctly",
        "convlens-report/report.html",
    ] {
        assert!(text.contains(part), "`{part}` is missing from:\n{text}");
    }
    let json =
        std::fs::read_to_string(folder.path().join("convlens-report/analysis.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["schema_version"], 5);
    assert_eq!(json["layers"].as_array().unwrap().len(), 5);
    for layer in json["layers"].as_array().unwrap() {
        for key in ["name", "kind", "shape", "separation"] {
            assert!(!layer[key].is_null());
        }
    }
    let html = std::fs::read_to_string(folder.path().join("convlens-report/report.html")).unwrap();
    assert!(html.contains("<svg"));
}

#[test]
fn a_users_own_weights_are_analyzed_and_what_is_left_out_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let model = path(convlens_fixtures::digits_safetensors());
    let output = convlens(folder.path(), &["analyze", &model, "--out", "here"]);
    assert!(output.status.success());
    let text = stdout(&output);
    assert!(
        text.contains("Class separation was not measured: no inputs were given"),
        "{text}"
    );
    assert!(text.contains("assumed"), "{text}");
    assert!(text.contains("Skipped tensor"), "{text}");
    assert!(folder.path().join("here/report.html").exists());
}

#[test]
fn bad_input_is_one_line_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    let run = |args: &[&str]| failure(&convlens(folder.path(), args));

    assert!(run(&["analyze", "missing.onnx"]).contains("missing.onnx"));
    write("text.onnx", b"not a model");
    assert!(run(&["analyze", "text.onnx"]).contains("text.onnx: not a valid ONNX file"));
    let whole = std::fs::read(convlens_fixtures::digits_safetensors()).unwrap();
    write("cut.safetensors", &whole[..whole.len() / 2]);
    assert!(run(&["analyze", "cut.safetensors"]).contains("cut.safetensors: not a valid"));
    write("model.h5", b"");
    assert!(run(&["analyze", "model.h5"]).contains("unknown model format"));

    let model = path(convlens_fixtures::digits_onnx());
    let inputs = |file: &str| run(&["analyze", &model, "--inputs", file]);
    write("text.npz", b"not an archive");
    assert!(inputs("text.npz").contains("text.npz: not a valid npz file"));
    let activations = path(convlens_fixtures::digits_activations());
    assert!(inputs(&activations).contains("cannot tell which array"));
}

#[test]
fn a_layer_with_nan_is_skipped_and_the_rest_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let model = path(convlens_fixtures::onnx_case("nan"));
    let output = convlens(folder.path(), &["analyze", &model]);
    assert!(output.status.success());
    let text = stdout(&output);
    assert!(
        text.contains("Skipped conv") && text.contains("NaN"),
        "{text}"
    );
}

#[test]
fn an_output_folder_that_cannot_be_made_is_found_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), b"").unwrap();
    let output = convlens(folder.path(), &["demo", "--out", "file/below"]);
    assert!(failure(&output).contains("file/below"));
}

#[test]
fn taps_are_listed_and_written() {
    let folder = tempfile::tempdir().unwrap();
    let model = path(convlens_fixtures::digits_onnx());
    let inputs = path(convlens_fixtures::digits_heldout());
    let listed = stdout(&convlens(folder.path(), &["taps", &model]));
    assert!(listed.contains("/conv1/Conv_output_0"), "{listed}");
    let args = [
        "taps",
        &model,
        "--inputs",
        &inputs,
        "--node",
        "/conv?/Conv",
        "--node",
    ];
    let ask = |node: &str, out: &str| {
        convlens(folder.path(), &[&args[..], &[node, "--out", out]].concat())
    };
    let output = ask("*output*", "x.npz");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(stdout(&output).contains("of 450 inputs to x.npz"));
    let mut npz = convlens::model::arrays::Npz::open(folder.path().join("x.npz")).unwrap();
    assert_eq!(
        npz.array("/conv1/Conv_output_0").unwrap().shape,
        [450, 32, 8, 8]
    );
    assert_eq!(npz.array("labels").unwrap().shape, [450]);
    let error = failure(&ask("no such", "y.npz"));
    assert!(error.contains("`no such`"), "{error}");
    assert!(!folder.path().join("y.npz").exists());
}

#[test]
fn images_are_fed_as_the_model_takes_them_and_broken_ones_are_named() {
    // The held-out digits as images of 16 x 16 pixels, one in ten of them broken.
    let folder = tempfile::tempdir().unwrap();
    let mut npz = convlens::model::arrays::Npz::open(convlens_fixtures::digits_heldout()).unwrap();
    let pixels = npz.array("images").unwrap().values.into_f32();
    let labels = npz.array("labels").unwrap().values.into_f32();
    let top = pixels.iter().copied().fold(0.0f32, f32::max);
    for (i, (image, label)) in pixels.chunks(64).zip(&labels).enumerate().take(200) {
        let at = folder.path().join(format!("digits/{label}"));
        std::fs::create_dir_all(&at).unwrap();
        let at = at.join(format!("{i:03}.png"));
        let level = |x: u32, y: u32| (image[(y * 8 + x) as usize] / top * 255.0).round() as u8;
        let digit = image::GrayImage::from_fn(8, 8, |x, y| image::Luma([level(x, y)]));
        digit.save(&at).unwrap();
        if i % 10 == 0 {
            std::fs::write(&at, "broken").unwrap();
        }
    }
    let model = path(convlens_fixtures::digits_onnx());
    let args = [
        "analyze",
        &model,
        "--inputs",
        "digits",
        "--permutations",
        "19",
        "--divisor",
    ];
    // The network was trained on pixels from 0 to `top`.
    let divisor = (255.0 / top).to_string();
    let output = convlens(folder.path(), &[&args[..], &[&divisor]].concat());
    let text = stdout(&output);
    assert!(text.contains("digits: 180 inputs, 10 classes"), "{text}");
    assert!(text.contains("Images: gray / "), "{text}");
    assert!(text.contains("Skipped 20 inputs, 0/"), "{text}");
    let json =
        std::fs::read_to_string(folder.path().join("convlens-report/analysis.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let inputs = &json["inputs"]["value"];
    assert_eq!(inputs["left_out"].as_array().unwrap().len(), 20);
    // 447 of 450 from the numbers themselves; 16 levels of gray survive the rounding to bytes.
    assert!(
        inputs["correct"].as_u64().unwrap() >= 177,
        "{}",
        inputs["correct"]
    );
}
