//! Layers of graphs that are built here: constants behind other nodes, and what is listed as left
//! out.

pub(super) mod build;
mod shapes;

use convlens_svd::ConvKernel;

use self::build::{attribute, floats, graph, int, integers, ints, node, open, value};
use super::proto::{AttributeProto, GraphProto, NodeProto, TensorProto, ValueInfo};

use crate::error::ModelError;
use crate::layer::{DType, SkipReason};
use crate::model::Model;

fn transpose(attributes: &[AttributeProto]) -> NodeProto {
    node("Transpose", &["w"], &["wt"], attributes)
}

#[test]
fn a_transposed_weight_is_the_layer_as_multiplied() {
    // x [N, 3] by the transpose of w [2, 3]: two output channels.
    let mat_mul = node("MatMul", &["x", "wt"], &["y"], &[]);
    let gemm = node("Gemm", &["x", "wt"], &["y"], &[]);
    for last in [mat_mul, gemm] {
        for attributes in [vec![ints("perm", &[1, 0])], vec![]] {
            let nodes = vec![transpose(&attributes), last.clone()];
            let model = open(graph(&[-1, 3], nodes, vec![floats("w", &[2, 3])]));
            assert!(model.skipped().is_empty(), "{:?}", model.skipped());
            let layer = &model.layers()[0];
            assert_eq!(
                (layer.weight.as_str(), &layer.shape[..]),
                ("w", &[2, 3][..])
            );
            let kernel = model.kernel(0).unwrap();
            assert_eq!(kernel.weights(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        }
    }
}

#[test]
fn an_order_that_swaps_nothing_is_no_transpose() {
    let nodes = vec![
        transpose(&[ints("perm", &[0, 1])]),
        node("MatMul", &["x", "wt"], &["y"], &[]),
    ];
    let model = open(graph(&[-1, 2], nodes, vec![floats("w", &[2, 3])]));
    assert!(model.layers().is_empty());
    let kinds: Vec<_> = model.skipped().iter().map(|s| s.kind.as_str()).collect();
    assert_eq!(kinds, ["Transpose", "MatMul"]);
    let reason = &model.skipped()[1].reason;
    assert_eq!(reason, &SkipReason::NoConstantWeight);
    assert_eq!(
        reason.to_string(),
        "its weights are computed at run time, not stored in the file"
    );
}

#[test]
fn a_cast_between_floats_leads_to_the_stored_weight() {
    let nodes = vec![
        node(
            "Constant",
            &[],
            &["c"],
            &[AttributeProto {
                t: Some(Box::new(TensorProto {
                    data_type: 10,
                    float_data: vec![],
                    // One and two as binary16.
                    int32_data: vec![0x3c00, 0x4000],
                    ..floats("", &[2, 1])
                })),
                ..attribute("value")
            }],
        ),
        node("Cast", &["c"], &["w"], &[int("to", 1)]),
        node("Cast", &["c"], &["i"], &[int("to", 7)]),
        node("MatMul", &["x", "w"], &["y"], &[]),
        node("MatMul", &["x", "i"], &["z"], &[]),
    ];
    let model = open(graph(&[-1, 2], nodes, vec![]));
    assert_eq!(model.layers().len(), 1);
    assert_eq!(model.layers()[0].dtype, DType::F16);
    assert_eq!(model.kernel(0).unwrap().weights(), [1.0, 2.0]);
}

fn with_bias(op: &str, weight: &[i64], bias: &[i64], attributes: &[AttributeProto]) -> GraphProto {
    let nodes = vec![node(op, &["x", "w", "b"], &["y"], attributes)];
    let count = bias.iter().product::<i64>();
    let bias = TensorProto {
        name: "b".into(),
        ..TensorProto::of_floats(bias.to_vec(), (1..=count).map(|v| v as f32).collect())
    };
    graph(&[], nodes, vec![floats("w", weight), bias])
}

#[test]
fn a_bias_has_one_number_for_each_output_channel() {
    let bias = |shape: &[i64]| open(with_bias("Gemm", &[2, 3], shape, &[])).bias(0);
    for shape in [&[][..], &[1], &[1, 1]] {
        assert_eq!(bias(shape).unwrap().unwrap(), [1.0; 3], "{shape:?}");
    }
    for shape in [&[3][..], &[1, 3]] {
        assert_eq!(bias(shape).unwrap().unwrap(), [1.0, 2.0, 3.0], "{shape:?}");
    }
    let error = bias(&[2]).unwrap_err();
    assert!(matches!(error, ModelError::Tensor { .. }));
    assert!(crate::error_chain(&error).contains("2 biases for 3 output channels"));
    // Two groups of three output channels each.
    let grouped = with_bias("ConvTranspose", &[4, 3, 1], &[6], &[int("group", 2)]);
    assert_eq!(open(grouped).bias(0).unwrap().unwrap().len(), 6);
}

#[test]
fn a_weight_of_many_axes_is_listed_and_not_kept() {
    let nodes = vec![node("Conv", &["x", "w"], &["y"], &[])];
    let model = open(graph(&[1; 20], nodes, vec![floats("w", &[1; 20])]));
    let SkipReason::Unreadable(reason) = &model.skipped()[0].reason else {
        panic!("{:?}", model.skipped())
    };
    assert!(reason.contains("20 axes"), "{reason}");
    assert_eq!(model.inputs()[0].shape, None);
}

#[test]
fn equal_names_are_numbered_apart() {
    // A node named like a number already given keeps all names apart.
    let mut nodes = vec![node("MatMul", &["x", "w"], &["y"], &[]); 3000];
    nodes[1].name = "w#2".into();
    let model = open(graph(&[-1, 2], nodes, vec![floats("w", &[2, 2])]));
    let names: Vec<_> = model.layers().iter().map(|l| l.name.as_str()).collect();
    assert_eq!(names[..4], ["w", "w#2", "w#3", "w#4"]);
    assert_eq!(names[2999], "w#3000");
}

#[test]
fn an_operator_of_another_domain_is_no_layer() {
    let mut conv = node("Conv", &["x", "w"], &["t"], &[]);
    conv.domain = "my.domain".into();
    let mut relu = node("Relu", &["t"], &["y"], &[]);
    relu.domain = "my.domain".into();
    let model = open(graph(
        &[1, 2, 4],
        vec![conv, relu],
        vec![floats("w", &[2, 2, 3])],
    ));
    assert!(model.layers().is_empty());
    let [skipped] = model.skipped() else {
        panic!("{:?}", model.skipped())
    };
    assert!(
        skipped
            .reason
            .to_string()
            .contains("Conv of the domain my.domain")
    );
}

#[test]
fn subgraphs_are_listed() {
    let one = AttributeProto {
        g: Some(vec![].into()),
        ..attribute("body")
    };
    let many = AttributeProto {
        graphs: vec![vec![].into()],
        ..attribute("bodies")
    };
    let nodes = vec![
        node("Loop", &["n", "c", "x"], &["a"], &[one]),
        node("Branches", &["c"], &["b"], &[many]),
    ];
    let model = open(graph(&[1], nodes, vec![]));
    let reasons: Vec<_> = model.skipped().iter().map(|s| &s.reason).collect();
    let subgraph = SkipReason::Unsupported("a subgraph".into());
    assert_eq!(reasons, [&subgraph, &subgraph]);
}

#[test]
fn a_scalar_input_and_an_undeclared_shape_differ() {
    let mut graph = graph(&[], vec![node("Relu", &["x"], &["y"], &[])], vec![]);
    graph.input.push(ValueInfo {
        name: "bare".into(),
        r#type: None,
    });
    let mut tokens = value("tokens", &[-1, 7]);
    tokens
        .r#type
        .as_mut()
        .unwrap()
        .tensor_type
        .as_mut()
        .unwrap()
        .elem_type = 7;
    graph.input.push(tokens);
    let model = open(graph);
    let found: Vec<_> = model
        .inputs()
        .iter()
        .map(|i| (i.shape.clone(), i.dtype))
        .collect();
    let expected = [
        (Some(vec![]), Some(DType::F32)),
        (None, None),
        (Some(vec![None, Some(7)]), None),
    ];
    assert_eq!(found, expected);
}

#[test]
fn an_edited_gemm_is_stored_without_its_transposition_and_factor() {
    let mut alpha = attribute("alpha");
    alpha.f = Some(-2.0);
    let gemm = node("Gemm", &["x", "w"], &["y"], &[alpha]);
    let listed = floats("w", &[3, 2]);
    let raw = TensorProto {
        raw_data: Some(
            listed
                .float_data
                .iter()
                .flat_map(|v| v.to_le_bytes())
                .collect::<Vec<u8>>()
                .into(),
        ),
        float_data: Vec::new(),
        ..listed.clone()
    };
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("edited.onnx");

    let model = open(graph(&[-1, 3], vec![gemm.clone()], vec![raw]));
    let kernel = model.kernel(0).unwrap();
    assert_eq!(kernel.weights(), [-0.0, -4.0, -8.0, -2.0, -6.0, -10.0]);
    let edited = ConvKernel::from_slice(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &[2, 3]).unwrap();
    model.save_with(&[(0, &edited)], &to).unwrap();
    let again = Model::open(&to).unwrap();
    assert_eq!(again.kernel(0).unwrap().weights(), edited.weights());
    let stored = [-0.5f32, -2.0, -1.0, -2.5, -1.5, -3.0].map(f32::to_le_bytes);
    let bytes = std::fs::read(&to).unwrap();
    assert!(bytes.windows(24).any(|w| w == stored.as_flattened()));

    // Numbers that are a list of the message have no bytes of their own to replace.
    let model = open(graph(&[-1, 3], vec![gemm], vec![listed]));
    let error = model.save_with(&[(0, &edited)], &to).unwrap_err();
    assert!(error.to_string().contains("list of numbers"), "{error}");
}

#[test]
fn quantized_weights_are_listed_as_such() {
    let nodes = vec![
        node("DequantizeLinear", &["q", "scale"], &["w"], &[]),
        node("Conv", &["x", "w"], &["y"], &[]),
        node("QLinearConv", &["y", "s", "z", "q"], &["u"], &[]),
        node("MatMulInteger", &["u", "q"], &["v"], &[]),
        node("DequantizeLinear", &["v", "scale"], &["f"], &[]),
        node("MatMul", &["x", "f"], &["p"], &[]),
    ];
    let scale = floats("scale", &[1]);
    let model = open(graph(
        &[1, 2, 4, 4],
        nodes,
        vec![integers("q", &[1, 2, 3, 4]), scale],
    ));
    assert!(model.layers().is_empty());
    let reason = |kind: &str| {
        let found = model.skipped().iter().find(|s| s.kind == kind);
        found.map(|s| s.reason.to_string()).unwrap_or_default()
    };
    for (kind, operator) in [
        ("Conv", "DequantizeLinear"),
        ("QLinearConv", "QLinearConv"),
        ("MatMulInteger", "MatMulInteger"),
    ] {
        let expected =
            format!("its weights are quantized ({operator}); export the model with float weights");
        assert_eq!(reason(kind), expected);
    }
    // What is dequantized while the model runs is no weight.
    assert_eq!(
        reason("MatMul"),
        "its weights are computed at run time, not stored in the file"
    );
}

#[test]
fn a_normalization_belongs_to_a_layer_only_if_it_alone_takes_its_output() {
    let norm = |x: &str, y: &str, attributes: &[AttributeProto]| {
        node(
            "BatchNormalization",
            &[x, "g", "b", "m", "v"],
            &[y],
            attributes,
        )
    };
    let numbers = || ["g", "b", "m", "v"].map(|n| floats(n, &[2]));
    let norm_of = |nodes: Vec<NodeProto>| {
        let weights = [
            vec![floats("w", &[2, 2, 1, 1]), floats("d", &[2, 2])],
            numbers().into(),
        ];
        let model = open(graph(&[1, 2, 4, 4], nodes, weights.concat()));
        model.layers()[0].batch_norm.clone()
    };
    let conv = || node("Conv", &["x", "w"], &["y"], &[]);
    assert_eq!(
        norm_of(vec![conv(), norm("y", "z", &[])]).as_deref(),
        Some("z")
    );
    let other = node("Relu", &["y"], &["r"], &[]);
    assert_eq!(norm_of(vec![conv(), norm("y", "z", &[]), other]), None);
    let training = [int("training_mode", 1)];
    assert_eq!(norm_of(vec![conv(), norm("y", "z", &training)]), None);
    let positions = [int("spatial", 0)];
    assert_eq!(norm_of(vec![conv(), norm("y", "z", &positions)]), None);
    // A dense layer on maps has its channels last, the normalization second.
    let dense = node("MatMul", &["x", "d"], &["y"], &[]);
    assert_eq!(norm_of(vec![dense, norm("y", "z", &[])]), None);
}
