//! The Hypergraph Interchange Format: the standard's cases, round trips, hostile input.

use std::io::Read;

use convlens_hypergraph::{Hypergraph, HypergraphError, hif};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn files(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = format!("{}/tests/data/hif/{folder}", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// What is written, as JSON values: key order and white space do not count.
fn written(hif: &hif::Document) -> Value {
    let mut bytes = Vec::new();
    hif.write(&mut bytes).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn every_valid_case_is_read_and_written_back_unchanged() {
    let files = files("valid");
    assert_eq!(files.len(), 15);
    for (name, bytes) in files {
        let hif = hif::Document::read(&bytes[..]).unwrap_or_else(|e| panic!("{name}: {e}"));
        let original: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(written(&hif), original, "{name}");
        let h = hif.to_hypergraph().unwrap();
        let again = h.to_hif().unwrap().to_hypergraph().unwrap();
        assert_eq!(again, h, "{name}");
    }
}

#[test]
fn every_invalid_case_is_refused_and_the_error_names_the_place() {
    let expected = [
        ("bad_edge_field", "$.edges[0]"),
        ("bad_edge_without_id", "$.edges[0]"),
        ("bad_incidence_field", "$.incidences[0]"),
        ("bad_network_type", "$.network-type"),
        ("bad_node_field", "$.nodes[0]"),
        ("bad_node_float", "$.nodes[0].node"),
        ("bad_node_without_id", "$.nodes[0]"),
        ("bad_top_level_field", "$"),
        ("empty", "$"),
        ("extra_fields_with_direction", "$.incidences[0]"),
        ("invalid_direction_value", "$.incidences[0].direction"),
        ("metadata_as_list", "$.metadata"),
        ("missing_required_field_incidence", "$.incidences[1]"),
        ("missing_required_fields_with_direction", "$.incidences[0]"),
        (
            "single_incidence_with_direction_not_in_enum",
            "$.incidences[0].direction",
        ),
        (
            "single_incidence_with_weight_as_string",
            "$.incidences[0].weight",
        ),
    ];
    let files = files("invalid");
    assert_eq!(files.len(), expected.len());
    for ((name, bytes), (expected_name, expected_path)) in files.iter().zip(expected) {
        assert_eq!(name, expected_name);
        match hif::Document::read(&bytes[..]) {
            Err(HypergraphError::HifSchema {
                path, line, reason, ..
            }) => {
                assert_eq!(path, expected_path, "{name}");
                assert!(line >= 1 && !reason.is_empty(), "{name}");
            }
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn messages_say_what_is_wrong_and_where() {
    let message = |text: &str| {
        hif::Document::read(text.as_bytes())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        message(r#"{"incidences": [{"edge": 1, "node": 1.5}]}"#),
        "not HIF: $.incidences[0].node: invalid type: floating point `1.5`, expected a string or an \
         integer (line 1, column 40)"
    );
    assert_eq!(
        message(r#"{"nodes": [{"node": 1, "attr": {}}]}"#),
        "not HIF: $.nodes[0]: the key \"attr\" is not allowed here, only node, weight, attrs (line 1, \
         column 30)"
    );
    assert_eq!(
        message("{}"),
        "not HIF: $: the key \"incidences\" is missing (line 1, column 2)"
    );
}

/// Files that xgi 0.10.2 wrote (`tests/data/hif/peer/make_peer.py`).
#[test]
fn files_of_xgi_are_read() {
    let files = files("peer");
    let read = |name: &str| {
        let (_, bytes) = files.iter().find(|(n, _)| n == name).unwrap();
        hif::Document::read(&bytes[..])
            .unwrap()
            .to_hypergraph()
            .unwrap()
    };
    let h = read("xgi_undirected");
    let mut sizes: Vec<_> = h
        .edge_ids
        .iter()
        .cloned()
        .zip((0..3).map(|e| h.hypergraph.size(e)))
        .collect();
    sizes.sort();
    let expected = [
        (hif::Id::Integer(7), 2),
        ("first".into(), 3),
        ("none".into(), 0),
    ];
    assert_eq!(sizes, expected);
    assert_eq!(h.hypergraph.n_nodes(), 4); // 9 is isolated
    assert_eq!(h.metadata["name"], "three features");

    let d = read("xgi_directed");
    let directed: Vec<_> = d
        .hypergraph
        .incidences()
        .zip(d.directions.unwrap())
        .map(|((v, e), side)| {
            (
                d.edge_ids[e as usize].to_string(),
                d.node_ids[v as usize].to_string(),
                side,
            )
        })
        .collect();
    let tail = |e: &str, v: &str| (e.to_owned(), v.to_owned(), hif::IncidenceDirection::Tail);
    let head = |e: &str, v: &str| (e.to_owned(), v.to_owned(), hif::IncidenceDirection::Head);
    for expected in [
        tail("\"e\"", "1"),
        tail("\"e\"", "2"),
        head("\"e\"", "3"),
        tail("0", "3"),
        head("0", "1"),
    ] {
        assert!(directed.contains(&expected), "{expected:?}");
    }
    assert_eq!(directed.len(), 5);
}

#[test]
fn ids_are_strings_or_whole_numbers() {
    let id = |text: &str| {
        let text = format!(r#"{{"incidences": [{{"edge": 0, "node": {text}}}]}}"#);
        hif::Document::read(text.as_bytes()).map(|hif| hif.incidences[0].node.clone())
    };
    assert_eq!(id("1"), Ok(hif::Id::Integer(1)));
    assert_eq!(id("1.0"), Ok(hif::Id::Integer(1)));
    assert_eq!(id("-0.0"), Ok(hif::Id::Integer(0)));
    assert_eq!(id("2e3"), Ok(hif::Id::Integer(2000)));
    assert_eq!(id("\"1\""), Ok(hif::Id::Text("1".into())));
    assert_eq!(id("\"\""), Ok(hif::Id::Text(String::new())));
    assert_eq!(
        id("18446744073709551615"),
        Ok(hif::Id::Integer(u64::MAX.into()))
    );
    assert_eq!(
        id("-9223372036854775808"),
        Ok(hif::Id::Integer(i64::MIN.into()))
    );
    for bad in [
        "1.5",
        "true",
        "null",
        "[1]",
        "{}",
        "18446744073709551616",
        "1e300",
    ] {
        let Err(HypergraphError::HifSchema { path, .. }) = id(bad) else {
            panic!("{bad}: {:?}", id(bad));
        };
        assert_eq!(path, "$.incidences[0].node", "{bad}");
    }
}

#[test]
fn what_is_not_json_is_refused_as_such() {
    for bad in [
        "",
        " ",
        "{",
        r#"{"incidences": ["#,
        r#"{"incidences": []} x"#,
        r#"{"incidences": [], "metadata": {"x": NaN}}"#,
        r#"{"incidences": [{"edge": 1, "node": 2, "weight": 1e999}]}"#,
    ] {
        let error = hif::Document::read(bad.as_bytes()).unwrap_err();
        assert!(
            matches!(error, HypergraphError::HifSyntax { .. }),
            "{bad}: {error:?}"
        );
    }
    let deep = format!(
        r#"{{"metadata": {}1{}, "incidences": []}}"#,
        "{\"a\":".repeat(100_000),
        "}".repeat(100_000)
    );
    assert!(matches!(
        hif::Document::read(deep.as_bytes()),
        Err(HypergraphError::HifSyntax { path, .. }) if path == "$.metadata"
    ));
}

#[test]
fn keys_given_twice_and_nulls_are_refused() {
    for (bad, place) in [
        (r#"{"incidences": [], "incidences": []}"#, "$.incidences"),
        (
            r#"{"incidences": [{"edge": 1, "node": 1, "node": 2}]}"#,
            "$.incidences[0].node",
        ),
        (
            r#"{"incidences": [{"edge": 1, "node": 1, "weight": null}]}"#,
            "$.incidences[0].weight",
        ),
        (
            r#"{"incidences": [{"edge": 1, "node": 1, "attrs": []}]}"#,
            "$.incidences[0].attrs",
        ),
        (r#"{"incidences": null}"#, "$.incidences"),
        (r#"{"incidences": [1]}"#, "$.incidences[0]"),
        ("[]", "$"),
    ] {
        match hif::Document::read(bad.as_bytes()) {
            Err(HypergraphError::HifSchema { path, .. }) => assert_eq!(path, place, "{bad}"),
            other => panic!("{bad}: {other:?}"),
        }
    }
}

#[test]
fn a_failing_source_is_told_from_a_bad_file() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("the disk is gone"))
        }
    }
    let error = hif::Document::read((&b"{\"incidences\":"[..]).chain(Fails)).unwrap_err();
    assert_eq!(error.to_string(), "the HIF file cannot be read");
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the disk is gone");
}

#[test]
fn duplicates_merge_by_the_stated_rule() {
    let hif = hif::Document::read(
        json!({
            "incidences": [
                {"edge": "e", "node": "b", "direction": "head", "weight": 2, "attrs": {"x": 1, "y": 1}},
                {"edge": "e", "node": "b", "direction": "tail", "attrs": {"y": 2}},
                {"edge": "e", "node": "a", "direction": "tail"},
            ],
            "nodes": [{"node": "a"}, {"node": 1, "weight": 5}, {"node": "1", "weight": 7}, {"node": 1, "weight": 6}],
        })
        .to_string()
        .as_bytes(),
    )
    .unwrap();
    let h = hif.to_hypergraph().unwrap();
    let text = |id: &str| hif::Id::from(id);
    assert_eq!(
        h.node_ids,
        [text("a"), hif::Id::Integer(1), text("1"), text("b")]
    );
    assert_eq!(
        h.hypergraph,
        Hypergraph::from_edges(4, &[vec![0, 3]]).unwrap()
    );
    assert_eq!(h.node_weights, Some(vec![1.0, 6.0, 7.0, 1.0]));
    assert_eq!(h.edge_weights, None);
    assert_eq!(h.incidence_weights, Some(vec![1.0, 2.0]));
    assert_eq!(
        h.directions,
        Some(vec![
            hif::IncidenceDirection::Tail,
            hif::IncidenceDirection::Both
        ])
    );
    assert_eq!(
        Value::from(h.incidence_attrs[1].clone()),
        json!({"x": 1, "y": 2})
    );
}

#[test]
fn lists_that_do_not_fit_are_refused_on_the_way_out() {
    let h = || {
        hif::Document::from_hypergraph(&Hypergraph::from_edges(2, &[vec![0, 1]]).unwrap())
            .to_hypergraph()
            .unwrap()
    };
    let refused = |change: fn(&mut hif::AttributedHypergraph)| {
        let mut h = h();
        change(&mut h);
        h.to_hif().unwrap_err()
    };
    assert!(h().to_hif().is_ok());
    assert!(matches!(
        refused(|h| h.node_ids.truncate(1)),
        HypergraphError::LengthMismatch {
            what: "node",
            left: 2,
            right: 1
        }
    ));
    assert!(matches!(
        refused(|h| h.node_ids[1] = 0_u32.into()),
        HypergraphError::DuplicateName { .. }
    ));
    assert!(matches!(
        refused(|h| h.incidence_weights = Some(vec![1.0, f64::NAN])),
        HypergraphError::NonFiniteWeight {
            what: "incidence",
            index: 1,
            ..
        }
    ));
    assert!(matches!(
        refused(|h| h.directions = Some(Vec::new())),
        HypergraphError::LengthMismatch { .. }
    ));
    assert!(matches!(
        refused(|h| h.incidence_attrs.clear()),
        HypergraphError::LengthMismatch { .. }
    ));
    let mut hif = hif::Document::default();
    hif.incidences
        .push(hif::Incidence::new(hif::Id::Integer(i128::MAX), 1_u32));
    assert!(matches!(
        hif.write(Vec::new()),
        Err(HypergraphError::HifWrite { .. })
    ));
}

fn any_id() -> impl Strategy<Value = hif::Id> {
    prop_oneof![
        (0_i64..4).prop_map(hif::Id::from),
        any::<i64>().prop_map(hif::Id::from),
        any::<u64>().prop_map(hif::Id::from),
        "[ab\"\\\\\u{1}é]{0,2}".prop_map(hif::Id::from),
    ]
}

fn any_attrs() -> impl Strategy<Value = Option<Map<String, Value>>> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        ".{0,3}".prop_map(Value::from),
    ];
    let value = leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map(".{0,2}", inner, 0..3)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    });
    prop::option::of(
        prop::collection::btree_map(".{0,2}", value, 0..3).prop_map(|m| m.into_iter().collect()),
    )
}

fn any_weight() -> impl Strategy<Value = Option<serde_json::Number>> {
    prop_oneof![
        Just(None),
        any::<i64>().prop_map(|w| Some(w.into())),
        any::<f64>().prop_map(serde_json::Number::from_f64),
    ]
}

fn any_incidence() -> impl Strategy<Value = hif::Incidence> {
    let direction = prop::option::of(prop_oneof![
        Just(hif::Direction::Head),
        Just(hif::Direction::Tail)
    ]);
    (any_id(), any_id(), any_weight(), direction, any_attrs()).prop_map(
        |(edge, node, weight, direction, attrs)| hif::Incidence {
            edge,
            node,
            weight,
            direction,
            attrs,
        },
    )
}

fn any_elements() -> impl Strategy<Value = Option<Vec<hif::Element>>> {
    let element = (any_id(), any_weight(), any_attrs())
        .prop_map(|(id, weight, attrs)| hif::Element { id, weight, attrs });
    prop::option::of(prop::collection::vec(element, 0..5))
}

fn any_hif() -> impl Strategy<Value = hif::Document> {
    let incidences = prop::collection::vec(any_incidence(), 0..8);
    (incidences, any_elements(), any_elements(), any_attrs()).prop_map(
        |(incidences, nodes, edges, metadata)| hif::Document {
            network_type: None,
            metadata,
            incidences,
            nodes,
            edges,
        },
    )
}

proptest! {
    #[test]
    fn any_document_comes_back_as_it_was(hif in any_hif()) {
        let mut bytes = Vec::new();
        hif.write(&mut bytes).unwrap();
        prop_assert_eq!(hif::Document::read(&bytes[..]).unwrap(), hif);
    }

    #[test]
    fn any_hypergraph_with_its_data_comes_back_as_it_was(hif in any_hif()) {
        let h = hif.to_hypergraph().unwrap();
        let mut bytes = Vec::new();
        h.to_hif().unwrap().write(&mut bytes).unwrap();
        prop_assert_eq!(hif::Document::read(&bytes[..]).unwrap().to_hypergraph().unwrap(), h);
    }

    #[test]
    fn damaged_files_never_panic(
        hif in any_hif(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        cut in any::<bool>(),
    ) {
        let mut bytes = Vec::new();
        hif.write(&mut bytes).unwrap();
        let at = at.index(bytes.len());
        if cut {
            bytes.truncate(at);
        } else {
            bytes[at] = byte;
        }
        if let Ok(hif) = hif::Document::read(&bytes[..]) {
            prop_assert!(hif.to_hypergraph().is_ok());
        }
    }
}

#[test]
fn a_byte_order_mark_is_skipped_and_other_encodings_are_named() {
    let text = r#"{"incidences": [{"edge": "é", "node": 1}]}"#;
    let plain = hif::Document::read(text.as_bytes()).unwrap();
    let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
    assert_eq!(hif::Document::read(&marked[..]), Ok(plain));
    // A mark alone is an empty file; a source that gives a byte at a time is read as well.
    assert!(matches!(
        hif::Document::read(&b"\xEF\xBB\xBF"[..]),
        Err(HypergraphError::HifSyntax { .. })
    ));
    struct Drops<'a>(&'a [u8]);
    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            let len = buffer.len().min(1);
            self.0.read(&mut buffer[..len])
        }
    }
    assert!(hif::Document::read(Drops(&marked)).is_ok());

    let units = |big: bool, mark: bool| -> Vec<u8> {
        let text = format!("{}{text}", if mark { "\u{feff}" } else { "" });
        let bytes = |u: u16| {
            if big {
                u.to_be_bytes()
            } else {
                u.to_le_bytes()
            }
        };
        text.encode_utf16().flat_map(bytes).collect()
    };
    let wide = |big: bool, mark: bool| -> Vec<u8> {
        let text = format!("{}{text}", if mark { "\u{feff}" } else { "" });
        let bytes = |c: char| {
            if big {
                u32::from(c).to_be_bytes()
            } else {
                u32::from(c).to_le_bytes()
            }
        };
        text.chars().flat_map(bytes).collect()
    };
    for mark in [false, true] {
        for (bytes, expected) in [
            (units(false, mark), "UTF-16LE"),
            (units(true, mark), "UTF-16BE"),
            (wide(false, mark), "UTF-32LE"),
            (wide(true, mark), "UTF-32BE"),
        ] {
            let Err(HypergraphError::HifEncoding { encoding }) = hif::Document::read(&bytes[..])
            else {
                panic!("{expected}");
            };
            assert_eq!(encoding, expected);
        }
    }
}

#[test]
fn causes_are_in_the_source_and_not_in_the_text() {
    let error = hif::Document::read(&b"{\"incidences\": [}"[..]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the HIF file is not JSON (line 1, column 17, in $.incidences[0])"
    );
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "expected value");

    let mut document = hif::Document::default();
    let id = hif::Id::Integer(1 << 70);
    document.incidences.push(hif::Incidence::new(id, 1_u32));
    let error = document.write(std::io::sink()).unwrap_err();
    assert_eq!(error.to_string(), "the HIF file cannot be written");
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(source.contains("outside -2^63 ..= 2^64 - 1"), "{source}");
}
