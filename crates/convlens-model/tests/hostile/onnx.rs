//! ONNX graphs, written as protocol buffers by hand.

use super::{all_errors, refused};

/// A field of bytes: a message, a string, packed numbers.
fn field(tag: u64, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    [&varint(tag << 3 | 2)[..], &varint(body.len() as u64), body].concat()
}

fn number(tag: u64, value: i64) -> Vec<u8> {
    [varint(tag << 3), varint(value as u64)].concat()
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn node(op: &str, inputs: &[&str], outputs: &[&str], attributes: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::new();
    inputs.iter().for_each(|name| body.extend(field(1, name)));
    outputs.iter().for_each(|name| body.extend(field(2, name)));
    body.extend(field(4, op));
    attributes.iter().for_each(|a| body.extend(field(5, a)));
    field(1, body)
}

fn ints(name: &str, values: &[i64]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|&v| number(8, v)).collect();
    [field(1, name), values, number(20, 7)].concat()
}

fn int(name: &str, value: i64) -> Vec<u8> {
    [field(1, name), number(3, value), number(20, 2)].concat()
}

fn text(name: &str, value: &str) -> Vec<u8> {
    [field(1, name), field(4, value), number(20, 3)].concat()
}

/// An initialiser of f32 numbers, as many as there are bytes for.
fn tensor(name: &str, dims: &[i64], numbers: usize) -> Vec<u8> {
    let dims: Vec<u8> = dims.iter().flat_map(|&d| number(1, d)).collect();
    let raw: Vec<u8> = (0..numbers)
        .flat_map(|i| (i as f32).to_le_bytes())
        .collect();
    field(
        5,
        [dims, number(2, 1), field(8, name), field(9, raw)].concat(),
    )
}

fn input(name: &str, dims: &[i64]) -> Vec<u8> {
    let dims: Vec<u8> = dims.iter().flat_map(|&d| field(1, number(1, d))).collect();
    let tensor = [number(1, 1), field(2, dims)].concat();
    field(11, [field(1, name), field(2, field(1, tensor))].concat())
}

fn model(graph: &[Vec<u8>]) -> Vec<u8> {
    let opset = [field(1, ""), number(2, 13)].concat();
    [number(1, 8), field(7, graph.concat()), field(8, opset)].concat()
}

/// A model of one convolution of 2 channels by a 2 x 2 x 3 x 3 kernel.
fn conv(attributes: &[Vec<u8>]) -> Vec<u8> {
    model(&[
        node("Conv", &["x", "w"], &["y"], attributes),
        tensor("w", &[2, 2, 3, 3], 36),
        input("x", &[1, 2, 8, 8]),
    ])
}

#[test]
fn the_models_written_here_are_models() {
    assert!(all_errors("good.onnx", &conv(&[ints("strides", &[2, 2])])).is_empty());
}

#[test]
fn cycles_end() {
    let w = || tensor("w", &[2, 2, 3, 3], 36);
    let cycle = [
        node("Relu", &["b"], &["a"], &[]),
        node("Relu", &["a"], &["b"], &[]),
        node("Conv", &["a", "w"], &["y"], &[]),
        w(),
    ];
    all_errors("cycle.onnx", &model(&cycle));
    let own = [
        node("Identity", &["v"], &["v"], &[]),
        node("Transpose", &["t"], &["u"], &[]),
        node("Transpose", &["u"], &["t"], &[]),
        node("Conv", &["x", "v"], &["y"], &[]),
        node("MatMul", &["y", "t"], &["z"], &[]),
        w(),
    ];
    refused("own.onnx", &model(&own), "computed at run time");
    // An operator that takes its own output, and a weight whose name a later operator gives away
    // again.
    let again = [
        node("Conv", &["y", "w"], &["y"], &[]),
        node("Identity", &["w"], &["w"], &[]),
        node("Conv", &["y", "w"], &["z"], &[]),
        w(),
    ];
    all_errors("again.onnx", &model(&again));
}

#[test]
fn what_is_missing_is_said() {
    let absent = [
        node("Conv", &["x", "nowhere"], &["y"], &[]),
        input("x", &[1, 2, 8, 8]),
    ];
    refused("absent.onnx", &model(&absent), "computed at run time");
    let short = [node("Conv", &["x"], &["y"], &[])];
    all_errors("short.onnx", &model(&short));
    let none = [node("Conv", &[], &[], &[])];
    all_errors("none.onnx", &model(&none));
}

#[test]
fn dimensions_that_cannot_be_are_refused_unallocated() {
    let dims: [&[i64]; 9] = [
        &[-1, 2, 3, 3],
        &[i64::MIN, 1, 1, 1],
        &[1 << 62, 1 << 62, 3, 3],
        &[1 << 40, 1 << 20],
        &[1 << 61],
        &[0, 2, 3, 3],
        &[2, 2, 3, 4],
        &[2, 2, 3],
        &[],
    ];
    for dims in dims {
        let graph = [
            node("Conv", &["x", "w"], &["y"], &[]),
            node("Gemm", &["x", "w"], &["z"], &[]),
            tensor("w", dims, 36),
            input("x", &[1, 2, 8, 8]),
        ];
        let errors = all_errors("dims.onnx", &model(&graph));
        assert!(!errors.is_empty(), "{dims:?}");
    }
    // Shapes of values, which nothing checks against data.
    for size in [-5, 0, 1 << 62, i64::MAX] {
        let graph = [
            node("Conv", &["x", "w"], &["y"], &[ints("strides", &[1, 1])]),
            node("Flatten", &["y"], &["f"], &[]),
            node("Reshape", &["f", "s"], &["g"], &[]),
            tensor("w", &[2, 2, 3, 3], 36),
            input("x", &[size, 2, size, size]),
        ];
        all_errors("sizes.onnx", &model(&graph));
    }
}

#[test]
fn absurd_attributes_are_refused_or_harmless() {
    let big = 1 << 62;
    for name in [
        "strides",
        "dilations",
        "kernel_shape",
        "pads",
        "output_padding",
        "output_shape",
    ] {
        let bad: [&[i64]; 8] = [
            &[0, 0],
            &[-1, -1],
            &[big, big],
            &[i64::MAX, 1],
            &[1],
            &[1, 1, 1],
            &[],
            &[big, big, big, big],
        ];
        for values in bad {
            all_errors("attributes.onnx", &conv(&[ints(name, values)]));
            let transposed = [
                node("ConvTranspose", &["x", "w"], &["y"], &[ints(name, values)]),
                node("MaxPool", &["y"], &["p"], &[ints(name, values)]),
                tensor("w", &[2, 2, 3, 3], 36),
                input("x", &[1, 2, 8, 8]),
            ];
            all_errors("transposed.onnx", &model(&transposed));
        }
    }
    for group in [0, -1, 3, big, i64::MIN] {
        let errors = all_errors("group.onnx", &conv(&[int("group", group)]));
        assert!(!errors.is_empty(), "group {group}");
    }
    all_errors("pad.onnx", &conv(&[text("auto_pad", "SIDEWAYS")]));
    // A type that contradicts the field that is filled.
    all_errors(
        "type.onnx",
        &conv(&[int("strides", 2), ints("group", &[1, 1])]),
    );
}

#[test]
fn long_chains_and_many_tensors_take_no_longer_than_they_are() {
    // Were anything quadratic, 10^10 steps would be felt.
    const N: usize = 100_000;
    let name = |i: usize| format!("v{i}");
    let mut chain = vec![tensor("v0", &[2, 2, 3, 3], 36), input("x0", &[1, 2, 8, 8])];
    for i in 1..N {
        let (from, to) = (name(i - 1), name(i));
        chain.push(node("Identity", &[&from], &[&to], &[]));
        let (from, to) = (format!("x{}", i - 1), format!("x{i}"));
        chain.push(node("Relu", &[&from], &[&to], &[]));
    }
    let (x, w) = (format!("x{}", N - 1), name(N - 1));
    chain.push(node("Conv", &[&x, &w], &["y"], &[]));
    assert!(all_errors("chain.onnx", &model(&chain)).is_empty());

    let mut many = vec![input("x", &[1, 1])];
    for i in 0..N {
        let w = name(i);
        many.push(node("MatMul", &["x", &w], &[&format!("y{i}")], &[]));
        many.push(tensor(&w, &[1, 1], 1));
    }
    assert!(all_errors("many.onnx", &model(&many)).is_empty());
}

#[test]
fn elements_that_are_nothing_but_many_are_refused_before_they_are_decoded() {
    let empty = |tag: u64, count: usize| field(tag, Vec::new()).repeat(count);
    let of_node = |body: Vec<u8>| model(&[field(1, body)]);
    let relu = || node("Relu", &["x"], &["y"], &[]);
    let count = 1 << 19;
    // An empty one of these takes 56 to 208 bytes in memory, one of those below 24 to 48; in the
    // file it takes two.
    let large = [
        ("nodes", model(&[empty(1, count)])),
        ("tensors", model(&[empty(5, count), relu()])),
        ("values", model(&[empty(13, count), relu()])),
        ("attributes", of_node(empty(5, count))),
    ];
    let small = [
        ("inputs", of_node(empty(1, count))),
        ("graphs", of_node(field(5, empty(11, count)))),
        ("entries", of_node(field(5, field(5, empty(13, count))))),
        (
            "dimensions",
            model(&[field(13, field(2, field(1, field(2, empty(1, count)))))]),
        ),
        ("operator sets", [empty(8, count), conv(&[])].concat()),
    ];
    let words = "in memory: refused";
    for (name, bytes) in &large {
        refused(&format!("{name}.onnx"), bytes, words);
    }
    // As many of them are no burden to a file that holds more than them, and it is read.
    for (name, bytes) in large.into_iter().chain(small) {
        let more = field(100, vec![0; 20 * count]);
        let errors = all_errors(&format!("{name}.onnx"), &[bytes, more].concat());
        assert!(!errors.iter().any(|e| e.contains(words)), "{errors:?}");
    }
}

#[test]
fn names_that_are_no_text_are_refused() {
    let bytes = conv(&[]);
    let at = bytes.windows(4).position(|w| w == b"Conv").unwrap();
    let mut bad = bytes.clone();
    bad[at] = 0xff;
    refused("names.onnx", &bad, "ONNX");
}

#[test]
fn names_that_are_used_twice_do_no_harm() {
    let graph = [
        node("Conv", &["x", "w"], &["y"], &[]),
        node("Conv", &["x", "w"], &["y"], &[]),
        tensor("w", &[2, 2, 3, 3], 36),
        tensor("w", &[1, 2, 1, 1], 2),
        input("x", &[1, 2, 8, 8]),
        input("x", &[1, 5]),
    ];
    all_errors("twice.onnx", &model(&graph));
}

#[test]
fn graphs_within_graphs_without_end_are_refused() {
    // If within If within If, far beyond the depth of any stack.
    let mut inner = Vec::new();
    for _ in 0..20_000 {
        let attribute = [field(1, "then_branch"), field(6, inner), number(20, 5)].concat();
        inner = node("If", &["c"], &["y"], &[attribute]);
        if inner.len() > 1 << 19 {
            break;
        }
    }
    all_errors("nest.onnx", &model(&[inner]));
    // Groups, an old form of nesting: a start without an end, again and again.
    let mut groups = model(&[]);
    groups.extend(std::iter::repeat_n(varint(3 << 3 | 3), 1 << 18).flatten());
    refused("groups.onnx", &groups, "ONNX");
}
