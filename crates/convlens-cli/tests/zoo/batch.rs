//! `convlens batch`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::checkpoint::{write, zoo};
use crate::{convlens, failure, stdout};

/// The files of a folder whose names end so, with their bytes.
pub(crate) fn files(folder: &Path, end: &str) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(Result::unwrap);
    let named = entries.map(|e| (e.file_name().into_string().unwrap(), e.path()));
    let chosen = named.filter(|(name, _)| name.ends_with(end));
    chosen
        .map(|(name, path)| (name, fs::read(path).unwrap()))
        .collect()
}

/// What a rewritten file would not keep: its last change and, where there is one, its inode.
fn identity(path: &Path) -> (std::time::SystemTime, u64) {
    let metadata = fs::metadata(path).unwrap();
    #[cfg(unix)]
    let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let inode = 0;
    (metadata.modified().unwrap(), inode)
}

#[test]
fn a_batch_that_is_killed_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    zoo(&at("zoo"), 200);
    let whole = convlens(folder.path(), &["batch", "zoo", "--out", "whole"]);
    assert!(failure(&whole).contains("1 of 201 models failed"));
    let text = stdout(&whole);
    assert!(
        text.contains("Failed zoo/late/broken.safetensors: "),
        "{text}"
    );
    assert!(
        text.contains("201 models: 200 analyzed, 0 already done, 1 failed"),
        "{text}"
    );
    let expected = files(&at("whole"), ".json");
    assert_eq!(expected.len(), 200 + 201, "analyses and records");

    // Killed when some, but not all, are done.
    let arguments = ["batch", "zoo", "--out", "out", "--jobs", "2"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_convlens"))
        .args(arguments)
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while files(&at("out"), ".record.json").len() < 40 {
        assert!(
            begun.elapsed() < Duration::from_secs(120),
            "nothing gets done"
        );
        std::thread::sleep(Duration::from_millis(2));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let done: Vec<String> = files(&at("out"), ".record.json").into_keys().collect();
    assert!(done.len() < 200, "it was killed too late to tell");
    let paths = || {
        let analyses = done
            .iter()
            .map(|name| name.replace(".record.json", ".json"));
        done.iter()
            .cloned()
            .chain(analyses)
            .map(|name| at("out").join(name))
    };
    let before: Vec<_> = paths().map(|path| identity(&path)).collect();

    // What a process leaves that dies while it writes, and a result without a record: neither is
    // one.
    fs::write(at("out").join(".convlens-half.tmp"), b"{\"schema").unwrap();
    let open = expected
        .keys()
        .find(|name| name.ends_with(".record.json") && !done.contains(name));
    let open = open.unwrap().replace(".record.json", ".json");
    fs::write(at("out").join(&open), b"{\"schema").unwrap();

    let resumed = convlens(folder.path(), &arguments);
    assert!(failure(&resumed).contains("1 of 201 models failed"));
    let kept = format!(
        "{} analyzed, {} already done, 1 failed",
        200 - done.len(),
        done.len()
    );
    assert!(stdout(&resumed).contains(&kept), "{}", stdout(&resumed));
    let after: Vec<_> = paths().map(|path| identity(&path)).collect();
    assert_eq!(before, after, "a finished result was written again");
    assert!(
        files(&at("out"), ".json") == expected,
        "the results differ from those of one run"
    );
}

#[test]
fn what_changed_is_analyzed_again_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    zoo(&folder.path().join("zoo"), 4);
    fs::remove_file(folder.path().join("zoo/late/broken.safetensors")).unwrap();
    let run = |more: &[&str]| {
        let output = convlens(
            folder.path(),
            &[&["batch", "zoo", "--out", "out"], more].concat(),
        );
        assert!(output.status.success() && output.stderr.is_empty());
        stdout(&output)
    };
    assert!(run(&[]).contains("4 analyzed, 0 already done"));
    assert!(run(&[]).contains("0 analyzed, 4 already done"));
    assert!(
        run(&["--jobs", "3"]).contains("0 analyzed, 4 already done"),
        "results do not depend on jobs"
    );
    write(
        &folder.path().join("zoo/early/step0001.safetensors"),
        &[("fc.weight", &[5, 9])],
        1,
    );
    assert!(run(&[]).contains("1 analyzed, 3 already done"));
    assert!(run(&["--seed", "1"]).contains("4 analyzed, 0 already done"));
    assert!(run(&["--seed", "1", "--layers", "fc*"]).contains("4 analyzed, 0 already done"));
    assert!(
        run(&["--seed", "1", "--layers", "fc*", "--rerun"]).contains("4 analyzed, 0 already done")
    );
    assert_eq!(files(&folder.path().join("out"), ".html").len(), 0);
    assert!(
        run(&["--seed", "1", "--layers", "fc*", "--reports"])
            .contains("0 analyzed, 4 already done")
    );
    assert_eq!(files(&folder.path().join("out"), ".html").len(), 4);
    // A file that fails now is no longer kept as it was.
    fs::write(
        folder.path().join("zoo/early/step0000.safetensors"),
        b"no header",
    )
    .unwrap();
    let output = convlens(folder.path(), &["batch", "zoo", "--out", "out"]);
    assert!(failure(&output).contains("1 of 4 models failed"));
}

#[test]
fn a_model_of_several_files_is_analyzed_again_when_one_of_them_changed() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join("zoo").join(name);
    fs::create_dir(folder.path().join("zoo")).unwrap();
    let index = r#"{"weight_map": {"a.weight": "a.safetensors", "b.weight": "b.safetensors"}}"#;
    fs::write(at("model.safetensors.index.json"), index).unwrap();
    write(&at("a.safetensors"), &[("a.weight", &[4, 5])], 1);
    write(&at("b.safetensors"), &[("b.weight", &[4, 5])], 2);
    let run = || {
        let output = convlens(folder.path(), &["batch", "zoo", "--out", "out"]);
        assert!(output.status.success() && output.stderr.is_empty());
        stdout(&output)
    };
    assert!(run().contains("1 analyzed, 0 already done"));
    assert!(run().contains("0 analyzed, 1 already done"));
    write(&at("b.safetensors"), &[("b.weight", &[4, 6])], 2);
    assert!(run().contains("1 analyzed, 0 already done"));
    assert!(run().contains("0 analyzed, 1 already done"));
}

#[test]
fn bad_arguments_of_a_batch_are_found_before_the_work() {
    let folder = tempfile::tempdir().unwrap();
    zoo(&folder.path().join("zoo"), 1);
    let run = |arguments: &[&str]| {
        let output = convlens(
            folder.path(),
            &[&["batch", "--out", "out"], arguments].concat(),
        );
        assert!(!output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(run(&["zoo", "--shard", "3/3"]).contains("shards count from 0"));
    assert!(run(&["zoo", "--jobs", "0"]).contains("jobs"));
    assert!(run(&["none*.pth"]).contains("none*.pth: nothing matches"));
    assert!(run(&["zoo", "--directions", "0"]).contains("directions"));
    fs::create_dir(folder.path().join("empty")).unwrap();
    assert!(run(&["empty"]).contains("no models were found"));
    assert!(!folder.path().join("out").exists());
}
