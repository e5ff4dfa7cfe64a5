"""One small classifier in every operator set from 7 to 21, and the shapes that ONNX's own inference gives.

    pip install onnx numpy
    python make_opsets.py

writes `opsets/` beside this file. Version: onnx 1.23.2.
Between these operator sets the axes of Unsqueeze and Squeeze (13), the pads of Pad (11), the bounds of Clip (11), the ratio
of Dropout (12), the scales of Upsample and Resize (9, 10, 11), and the attributes of BatchNormalization (9, 14) moved.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference

HERE = Path(__file__).parent / "opsets"
HERE.mkdir(exist_ok=True)
rng = np.random.default_rng(0)


def model(opset):
    nodes, constants = [], []

    def constant(name, values, dtype=np.float32):
        constants.append(numpy_helper.from_array(np.asarray(values, dtype), name))
        return name

    def add(op, inputs, output, **attributes):
        nodes.append(helper.make_node(op, inputs, [output], name=f"n_{output}", **attributes))
        return output

    def axes(name, values):
        return ([constant(name, values, np.int64)], {}) if opset >= 13 else ([], {"axes": values})

    if opset >= 11:
        x = add("Pad", ["x", constant("pads", [0, 0, 1, 2, 0, 0, 0, 1], np.int64)], "padded", mode="constant")
    else:
        x = add("Pad", ["x"], "padded", pads=[0, 0, 1, 2, 0, 0, 0, 1], mode="constant", value=0.0)
    weight = constant("conv.weight", rng.normal(size=(4, 2, 3, 3)))
    x = add("Conv", [x, weight], "conv", kernel_shape=[3, 3], strides=[2, 1], pads=[1, 1, 1, 1])
    norm = [constant(f"bn.{n}", rng.uniform(0.5, 1.5, 4)) for n in ("weight", "bias", "mean", "var")]
    x = add("BatchNormalization", [x, *norm], "normed", epsilon=1e-3)
    if opset >= 11:
        x = add("Clip", [x, constant("low", 0.0), constant("high", 6.0)], "clipped")
    else:
        x = add("Clip", [x], "clipped", min=0.0, max=6.0)
    if opset >= 12:
        x = add("Dropout", [x, constant("ratio", 0.5)], "dropped")
    else:
        x = add("Dropout", [x], "dropped", ratio=0.5)
    if opset >= 11:
        roi = "" if opset >= 13 else constant("roi", [])
        x = add("Resize", [x, roi, constant("scales", [1, 1, 2, 2])], "upsampled", mode="nearest")
    elif opset == 10:
        x = add("Resize", [x, constant("scales", [1, 1, 2, 2])], "upsampled", mode="nearest")
    elif opset == 9:
        x = add("Upsample", [x, constant("scales", [1, 1, 2, 2])], "upsampled", mode="nearest")
    else:
        x = add("Upsample", [x], "upsampled", mode="nearest", scales=[1.0, 1.0, 2.0, 2.0])
    weight = constant("up.weight", rng.normal(size=(4, 3, 2, 2)))
    x = add("ConvTranspose", [x, weight], "up", strides=[2, 2], group=1)
    inputs, attributes = axes("axes", [2])
    x = add("Unsqueeze", [x, *inputs], "wide", **attributes)
    x = add("Squeeze", [x, *inputs], "narrow", **attributes)
    weight = constant("deep.weight", rng.normal(size=(3, 1, 3, 3)))
    x = add("Conv", [x, weight], "deep", group=3, dilations=[2, 2], auto_pad="VALID")
    x = add("AveragePool", [x], "pooled", kernel_shape=[3, 3], strides=[2, 2])
    x = add("GlobalAveragePool", [x], "global")
    x = add("Flatten", [x], "flat")
    weight = constant("fc1.weight", rng.normal(size=(5, 3)))
    x = add("Gemm", [x, weight, constant("fc1.bias", np.zeros(5))], "fc1", transB=1)
    if opset >= 12:
        shape = add("Constant", [], "shape", value_ints=[-1, 5])
    elif opset < 9:
        shape = constant("shape", [-1, 5], np.int64)
    else:
        shape = add("Constant", [], "shape", value=numpy_helper.from_array(np.array([-1, 5], np.int64)))
    x = add("Reshape", [x, shape], "shaped")
    x = add("MatMul", [x, constant("fc2.weight", rng.normal(size=(5, 2)))], "y")
    graph = helper.make_graph(
        nodes,
        "classifier",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 2, "height", "width"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["batch", 2])],
        constants,
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    made.ir_version = 6 if opset < 15 else 9
    onnx.checker.check_model(made, full_check=True)
    return made


expected = {}
for opset in range(7, 22):
    made = model(opset)
    onnx.save(made, HERE / f"{opset:02}.onnx")
    fixed = onnx.ModelProto()
    fixed.CopyFrom(made)
    for dim, size in zip(fixed.graph.input[0].type.tensor_type.shape.dim, (1, 2, 20, 18)):
        dim.dim_value = size
    inferred = shape_inference.infer_shapes(fixed, strict_mode=True, data_prop=True).graph
    sizes = {
        value.name: [d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in [*inferred.value_info, *inferred.output]
    }
    expected[f"{opset:02}"] = {
        node.name: sizes[node.input[0]]
        for node in inferred.node
        if node.op_type in ("Conv", "ConvTranspose", "Gemm", "MatMul")
    }
(HERE / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
