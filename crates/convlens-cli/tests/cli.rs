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
    assert_eq!(json["schema_version"], 4);
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
fn a_users_own_weights_are_analysed_and_what_is_left_out_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let model = path(convlens_fixtures::digits_safetensors());
    let output = convlens(folder.path(), &["analyze", &model, "--out", "here"]);
    assert!(output.status.success());
    let text = stdout(&output);
    assert!(
        text.contains("Class separation is left out: no inputs were given"),
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
