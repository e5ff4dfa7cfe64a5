//! safetensors headers, pickles and arrays, written by hand.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

use super::{all_errors, all_errors_within, refused};

fn safetensors(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

#[test]
fn safetensors_headers_that_lie_are_refused() {
    let one = |shape: &str, from: u64, to: u64| {
        format!(r#"{{"w":{{"dtype":"F32","shape":{shape},"data_offsets":[{from},{to}]}}}}"#)
    };
    let two = |a: [u64; 2], b: [u64; 2]| {
        let w = |name, [from, to]: [u64; 2]| {
            format!(r#""{name}":{{"dtype":"F32","shape":[2,2],"data_offsets":[{from},{to}]}}"#)
        };
        format!("{{{},{}}}", w("a", a), w("b", b))
    };
    let cases = [
        ("overlapping", two([0, 16], [8, 24]), 24),
        ("the same", two([0, 16], [0, 16]), 16),
        ("a hole", two([0, 16], [32, 48]), 48),
        ("beyond", one("[2,2]", 0, 16), 8),
        ("far beyond", one("[2,2]", 1 << 62, (1 << 62) + 16), 16),
        ("backwards", one("[2,2]", 16, 0), 16),
        ("too many", one("[4294967296,4294967296]", 0, 16), 16),
        ("overflow", one("[9223372036854775807,3]", 0, 16), 16),
        ("negative", one("[-2,-2]", 0, 16), 16),
        ("fraction", one("[2.5,2]", 0, 20), 20),
        ("short", one("[2,2]", 0, 15), 15),
        ("text", r#"{"w":"nothing"}"#.into(), 0),
        ("deep", "[".repeat(100_000), 0),
        (
            "deep in a value",
            format!(r#"{{"w":{}"#, r#"{"a":"#.repeat(50_000)),
            0,
        ),
    ];
    for (what, header, data) in cases {
        let errors = all_errors("x.safetensors", &safetensors(&header, data));
        assert!(!errors.is_empty(), "{what}");
    }
    for length in [0, 1, 1 << 20, 1 << 40, 1 << 63, u64::MAX] {
        let mut bytes = safetensors(&one("[2,2]", 0, 16), 16);
        bytes[..8].copy_from_slice(&u64::to_le_bytes(length));
        let errors = all_errors("length.safetensors", &bytes);
        assert!(!errors.is_empty(), "{length}");
    }
    // The same name twice: one of the two is the tensor, or neither.
    let twice = r#"{"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},"w":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#;
    all_errors("twice.safetensors", &safetensors(twice, 16));
}

#[test]
fn indices_that_reach_outside_or_into_themselves_are_refused() {
    for file in [
        "../up.safetensors",
        "/etc/passwd",
        "x.safetensors.index.json",
        "",
        "a\u{0}b",
    ] {
        let index = format!(r#"{{"weight_map":{{"w":{}}}}}"#, serde_json::json!(file));
        let errors = all_errors("x.safetensors.index.json", index.as_bytes());
        assert!(!errors.is_empty(), "{file}");
    }
    let deep = format!(r#"{{"weight_map":{}"#, "[".repeat(100_000));
    assert!(!all_errors("deep.safetensors.index.json", deep.as_bytes()).is_empty());
}

fn archive(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in entries {
        writer.start_file(*name, stored).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// An integer of a pickle.
fn long(value: i64) -> Vec<u8> {
    [&[0x8a, 8][..], &value.to_le_bytes()].concat()
}

fn tuple(values: &[i64]) -> Vec<u8> {
    let mut bytes = vec![b'('];
    values.iter().for_each(|&v| bytes.extend(long(v)));
    bytes.push(b't');
    bytes
}

/// A checkpoint of one tensor `w`, a view of a storage that says it has `numel` numbers and has 4.
fn checkpoint(numel: i64, offset: i64, size: &[i64], stride: &[i64]) -> Vec<u8> {
    let string = |s: &str| [&[b'X'][..], &(s.len() as u32).to_le_bytes(), s.as_bytes()].concat();
    let storage = [
        b"((".to_vec(),
        string("storage"),
        b"ctorch\nFloatStorage\n".to_vec(),
        string("0"),
        string("cpu"),
        long(numel),
        b"tQ".to_vec(),
    ];
    let pickle = [
        vec![0x80, 2, b'}'],
        string("w"),
        b"ctorch._utils\n_rebuild_tensor_v2\n".to_vec(),
        storage.concat(),
        long(offset),
        tuple(size),
        tuple(stride),
        vec![0x89],
        b"ccollections\nOrderedDict\n)RtRs.".to_vec(),
    ];
    let numbers: Vec<u8> = [1.0f32, 2.0, 3.0, 4.0]
        .iter()
        .flat_map(|v| v.to_le_bytes())
        .collect();
    archive(&[
        ("a/data.pkl", &pickle.concat()),
        ("a/byteorder", b"little"),
        ("a/data/0", &numbers),
        ("a/version", b"3\n"),
    ])
}

#[test]
fn views_that_are_larger_than_their_storage_are_refused_unallocated() {
    assert!(all_errors("good.pth", &checkpoint(4, 0, &[2, 2], &[2, 1])).is_empty());
    let big = 1 << 40;
    let cases: [(i64, i64, &[i64], &[i64]); 12] = [
        (4, 0, &[big, big], &[0, 0]),
        (4, 0, &[1 << 20, 1 << 20], &[0, 0]),
        (4, 0, &[1 << 20, 4], &[0, 1]),
        (4, 0, &[big, 2], &[1, 0]),
        (4, 0, &[2, 2], &[big, 1]),
        (4, 0, &[2, 2], &[i64::MAX, i64::MAX]),
        (4, 0, &[2, 2], &[-1, -1]),
        (4, 3, &[2, 2], &[2, 1]),
        (4, i64::MAX, &[2, 2], &[2, 1]),
        (4, -1, &[2, 2], &[2, 1]),
        (4, 0, &[-2, -2], &[2, 1]),
        (i64::MAX, 0, &[1 << 30, 1 << 30], &[1 << 30, 1]),
    ];
    for (numel, offset, size, stride) in cases {
        let errors = all_errors("view.pth", &checkpoint(numel, offset, size, stride));
        assert!(!errors.is_empty(), "{numel} {offset} {size:?} {stride:?}");
    }
    all_errors("ranks.pth", &checkpoint(4, 0, &[2, 2], &[1]));
    all_errors("many.pth", &checkpoint(4, 0, &[1; 200], &[1; 200]));
}

/// What the reader of pickles copies at most when a pickle names one object again and again: 64
/// MiB, and a million objects of 56 bytes.
const COPIES: usize = 128 << 20;

#[test]
fn pickles_that_nest_or_grow_without_end_are_refused() {
    let n = 100_000;
    let pickles = [
        ("marks", b"(".repeat(n)),
        (
            "tuples",
            [vec![0x80, 2, b')'], vec![0x85; n], vec![b'.']].concat(),
        ),
        (
            "lists",
            [vec![0x80, 2], vec![b']'; n], vec![b'a'; n - 1], vec![b'.']].concat(),
        ),
        (
            "dictionaries",
            [vec![0x80, 2], b"}K\x01".repeat(n), vec![b'.']].concat(),
        ),
        // Each step twice as much as the one before.
        (
            "doubling",
            [
                b"\x80\x02)".to_vec(),
                b"q\x00h\x00\x86".repeat(60),
                b".".to_vec(),
            ]
            .concat(),
        ),
        (
            "memo",
            [b"\x80\x02]r\xff\xff\xff\xff".to_vec(), b".".to_vec()].concat(),
        ),
        ("a long string", b"\x80\x02X\xff\xff\xff\x7f.".to_vec()),
        (
            "a longer string",
            b"\x80\x04\x8d\xff\xff\xff\xff\xff\xff\xff\x7f.".to_vec(),
        ),
        ("a long number", b"\x80\x02\x8b\xff\xff\xff\x7f.".to_vec()),
        (
            "a frame",
            b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f.".to_vec(),
        ),
        (
            "bytes",
            b"\x80\x05\x96\xff\xff\xff\xff\xff\xff\xff\x7f.".to_vec(),
        ),
    ];
    for (what, pickle) in pickles {
        all_errors_within("bare.pt", &pickle, COPIES);
        let packed = archive(&[("a/data.pkl", &pickle), ("a/version", b"3")]);
        let errors = all_errors_within("packed.pth", &packed, COPIES);
        assert!(!errors.is_empty(), "{what}");
    }
}

fn npy(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

#[test]
fn arrays_that_lie_about_their_size_are_refused_unallocated() {
    let header =
        |shape: &str| format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}");
    for shape in [
        "(99999999, 99999999)",
        "(4294967296, 4294967296)",
        "(2, 3)",
        "(-2, -2)",
        "(1e9,)",
        "(2,2",
        "((2,2),)",
    ] {
        let file = npy(&header(shape), 16);
        assert!(!all_errors("x.npy", &file).is_empty(), "{shape}");
        let packed = archive(&[("w.npy", &file)]);
        assert!(!all_errors("x.npz", &packed).is_empty(), "{shape}");
    }
    for text in [
        "",
        "{",
        "'descr'",
        "{'descr': '<f4', 'shape': (2,2)}",
        &"(".repeat(60_000),
    ] {
        refused("header.npy", &npy(text, 16), "NumPy");
    }
}

#[test]
fn an_entry_that_says_it_is_small_and_is_not_is_refused() {
    // The directory's word for an entry's size, changed from 80 + 16 bytes to a gigabyte and to
    // nothing.
    let file = npy(
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }",
        16,
    );
    let bytes = archive(&[("w.npy", &file)]);
    let directory = bytes.windows(4).rposition(|w| w == b"PK\x01\x02").unwrap();
    for size in [0u32, 1, 1 << 30, u32::MAX] {
        let mut bad = bytes.clone();
        // Compressed and uncompressed size, in the central directory.
        bad[directory + 20..directory + 24].copy_from_slice(&size.to_le_bytes());
        bad[directory + 24..directory + 28].copy_from_slice(&size.to_le_bytes());
        let errors = all_errors("size.npz", &bad);
        assert!(!errors.is_empty(), "{size}");
    }
}
