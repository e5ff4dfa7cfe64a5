//! `convlens merge`.

use std::fs;

use super::batch::files;
use super::checkpoint::zoo;
use crate::{convlens, failure, stdout};

#[test]
fn shards_joined_equal_the_whole() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    zoo(&at("zoo"), 20);
    let batch =
        |arguments: &[&str]| convlens(folder.path(), &[&["batch", "zoo"], arguments].concat());
    let merge = |arguments: &[&str]| {
        let output = convlens(folder.path(), &[&["merge"], arguments].concat());
        assert!(output.status.success(), "{}", failure(&output));
        stdout(&output)
    };
    batch(&["--out", "whole"]);
    for shard in ["0", "1", "2"] {
        let jobs = if shard == "1" { "2" } else { "1" };
        batch(&[
            "--out",
            &format!("part{shard}"),
            "--shard",
            &format!("{shard}/3"),
            "--jobs",
            jobs,
        ]);
        assert_eq!(files(&at(&format!("part{shard}")), ".record.json").len(), 7);
    }
    // Two linear layers and a bias for each model, and the broken one.
    let said = merge(&["part2", "part0", "part1", "--out", "parts.csv"]);
    assert!(
        said.contains("61 rows from 21 models, 1 of them failed\n"),
        "{said}"
    );
    let said = merge(&["whole", "part0", "--out", "whole.csv"]);
    assert!(
        said.contains("Ignored 7 more results of the same models"),
        "{said}"
    );
    let table = fs::read_to_string(at("parts.csv")).unwrap();
    assert!(fs::read_to_string(at("whole.csv")).unwrap() == table);
    assert_eq!(table.lines().count(), 62);
    for part in [
        "zoo/late/broken.safetensors,,failed,",
        ",fc.bias,tensor,",
        ",analyzed,,conv.weight,conv,",
    ] {
        assert!(table.contains(part), "{part}");
    }
    merge(&["part0", "part1", "part2", "--out", "parts.jsonl"]);
    let lines = fs::read_to_string(at("parts.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 61);
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["model"], "zoo/early/step0000.safetensors");
    assert_eq!(first["shape"], "8x4x3x3");
}

#[test]
fn an_analysis_wins_over_a_failure_and_a_lost_one_is_a_failure() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    zoo(&at("zoo"), 2);
    let whole = at("zoo/early/step0000.safetensors");
    let bytes = fs::read(&whole).unwrap();
    fs::write(&whole, b"cut").unwrap();
    convlens(folder.path(), &["batch", "zoo", "--out", "first"]);
    fs::write(&whole, bytes).unwrap();
    convlens(folder.path(), &["batch", "zoo", "--out", "second"]);
    let text = stdout(&convlens(
        folder.path(),
        &["merge", "first", "second", "--out", "t.csv"],
    ));
    assert!(
        text.contains("from 3 models, 1 of them failed\nIgnored 3 more results"),
        "{text}"
    );
    let table = fs::read_to_string(at("t.csv")).unwrap();
    assert!(
        table.contains("step0000.safetensors,safetensors,analyzed"),
        "{table}"
    );

    let lost = files(&at("second"), ".json").into_keys();
    let lost = lost.filter(|name| name.contains("step0001") && !name.ends_with(".record.json"));
    lost.for_each(|name| fs::remove_file(at("second").join(name)).unwrap());
    let text = stdout(&convlens(
        folder.path(),
        &["merge", "second", "--out", "t.csv"],
    ));
    assert!(text.contains("from 3 models, 2 of them failed"), "{text}");

    fs::remove_file(at("zoo/late/broken.safetensors")).unwrap();
    convlens(
        folder.path(),
        &["batch", "zoo/late", "--seed", "7", "--out", "other"],
    );
    let text = stdout(&convlens(
        folder.path(),
        &["merge", "other", "second", "--out", "t.csv"],
    ));
    assert!(
        text.contains("made with 2 different sets of options"),
        "{text}"
    );

    let run = |arguments: &[&str]| failure(&convlens(folder.path(), arguments));
    assert!(run(&["merge", "zoo", "--out", "t.csv"]).contains("no results of `convlens batch`"));
    assert!(run(&["merge", "second", "--out", "t.xlsx"]).contains("t.xlsx: unknown table format"));
    assert!(run(&["merge", "nowhere", "--out", "t.csv"]).contains("nowhere: "));
}
