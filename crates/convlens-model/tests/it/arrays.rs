//! Arrays read and written by rows.

use convlens_model::ModelError;
use convlens_model::arrays::{Array, Arrays, Npz, NpzWriter, Values};
use std::io::Write;

use super::{Chain, data};

/// Every array that has rows, read by pieces of every size and backwards, is the array read whole.
fn rows_are_the_array(arrays: &mut Arrays, name: &str) {
    let whole = arrays.array(name).unwrap();
    let values = whole.values.clone().into_f32();
    let mut rows = arrays.rows(name).unwrap();
    assert_eq!(rows.shape(), whole.shape, "{name}");
    let count = rows.count();
    let row = values.len() / count.max(1);
    let same = |found: &[f32], expected: &[f32]| {
        assert!(
            found
                .iter()
                .map(|v| v.to_bits())
                .eq(expected.iter().map(|v| v.to_bits())),
            "{name}"
        );
    };
    for step in [1, 2, 7, 450] {
        for from in (0..count).step_by(step) {
            let to = (from + step).min(count);
            same(&rows.read(from..to).unwrap(), &values[from * row..to * row]);
        }
    }
    for from in (0..count).rev().step_by(1 + count / 40) {
        same(
            &rows.read(from..count).unwrap(),
            &values[from * row..count * row],
        );
    }
}

#[test]
fn rows_of_every_kind_of_file_are_those_of_the_whole_array() {
    for file in ["arrays.npz", "packed.npz", "all.safetensors", "one.npy"] {
        let mut arrays = Arrays::open(data(file)).unwrap();
        let mut read = 0;
        for name in arrays.names() {
            // Types that are not numbers read here, and doubles beyond f32, are refused by both.
            match arrays.array(&name) {
                Ok(array) if !array.shape.is_empty() => {
                    rows_are_the_array(&mut arrays, &name);
                    read += 1;
                }
                Ok(_) => assert_eq!(arrays.rows(&name).unwrap().count(), 1),
                Err(error) => assert!(matches!(error, ModelError::Tensor { .. }), "{error}"),
            }
        }
        assert!(read > 0, "{file}");
    }
    let mut digits = Npz::open(convlens_fixtures::digits_heldout())
        .unwrap()
        .into();
    rows_are_the_array(&mut digits, "images");
}

#[test]
fn a_damaged_archive_is_told_by_its_checksum_or_before() {
    let mut deflated = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    deflated
        .start_file("x.npy", zip::write::SimpleFileOptions::default())
        .unwrap();
    deflated.write_all(b"\x93NUMPY\x01\x00").unwrap();
    let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (50, 16), }\n";
    deflated
        .write_all(&(header.len() as u16).to_le_bytes())
        .unwrap();
    deflated.write_all(header.as_bytes()).unwrap();
    let values: Vec<u8> = (0..800u32).map(|i| (i * i % 251) as u8).collect();
    deflated.write_all(&values).unwrap();
    let bytes = deflated.finish().unwrap().into_inner();
    let read = |bytes: Vec<u8>| -> Result<(), ModelError> {
        let mut rows = Npz::from_bytes("x.npz", bytes)?.rows("x")?;
        (0..50).try_for_each(|i| rows.read(i..i + 1).map(drop))
    };
    read(bytes.clone()).unwrap();
    // The entry's data: after the local header of 30 bytes and the name, and up to the central
    // directory.
    let end = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    for at in (120..end).step_by(7) {
        let mut bad = bytes.clone();
        bad[at] ^= 0x10;
        let error = read(bad).unwrap_err().chain();
        assert!(error.contains("x.npz"), "{error}");
    }
}

#[test]
fn what_is_written_by_rows_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.npz");
    let mut writer = NpzWriter::create(&path).unwrap();
    let maps: Vec<f32> = (0..24).map(|v| v as f32 / 7.0).collect();
    for (from, to) in [(0, 1), (1, 4)] {
        let part = Array {
            shape: vec![to - from, 2, 3],
            values: Values::F32(maps[from * 6..to * 6].to_vec()),
        };
        writer.append("/conv1/Conv_output_0", &part).unwrap();
        let labels = Array {
            shape: vec![to - from],
            values: Values::I64((from..to).map(|n| n as i64 - 2).collect()),
        };
        writer.append("labels", &labels).unwrap();
    }
    let other = Array {
        shape: vec![1, 3, 2],
        values: Values::F32(vec![0.0; 6]),
    };
    let error = writer.append("/conv1/Conv_output_0", &other).unwrap_err();
    assert!(error.chain().contains("[3, 2]"), "{error}");
    assert!(!path.exists(), "an unfinished archive is not seen");
    writer.finish().unwrap();
    let mut npz = Npz::open(&path).unwrap();
    assert_eq!(npz.names(), ["/conv1/Conv_output_0", "labels"]);
    let read = npz.array("/conv1/Conv_output_0").unwrap();
    assert_eq!(
        (read.shape, read.values),
        (vec![4, 2, 3], Values::F32(maps))
    );
    let labels = npz.array("labels").unwrap();
    assert_eq!(labels.values, Values::I64(vec![-2, -1, 0, 1]));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let error = NpzWriter::create("no such folder/out.npz").unwrap_err();
    assert!(matches!(error, ModelError::Write { .. }));
    assert!(error.chain().contains("no such folder"), "{error}");
}
