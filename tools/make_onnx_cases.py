"""Write small odd or broken ONNX files, and what a reader should find in them.

Run from the root of the repository, in an environment with `tools/requirements.txt`:

    python tools/make_onnx_cases.py

Each file goes to `crates/convlens-fixtures/data/onnx-cases/` and passes `onnx.checker`; ONNX
Runtime runs each but `loss-of-shape.onnx`, whose custom operator it cannot know. `expected.json`
lists, by file, every Conv, ConvTranspose, Gemm and MatMul node in file order: its operator, name,
output, the name and dims of its constant weight (null where both operands are activations), and
`input_spatial`, the spatial size of its input by `onnx.shape_inference`: null where a dimension
is symbolic or unknown, `[]` for Gemm and MatMul, which have none.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper, shape_inference

FOLDER = Path(__file__).resolve().parent.parent / "crates/convlens-fixtures/data/onnx-cases"
OPSET = 17
IR_VERSION = 8
CUSTOM_DOMAIN = "org.example"
LINEAR = ("Conv", "ConvTranspose", "Gemm", "MatMul")
BATCH = 2
SYMBOLIC_SIZE = 9


class Graph:
    """Collects nodes and weights; each weight is drawn from a seed of its own name."""

    def __init__(self, shape, dtype=TensorProto.FLOAT):
        self.nodes, self.weights = [], []
        self.input = helper.make_tensor_value_info("input", dtype, ["batch", *shape])
        self.last = "input"

    def values(self, name, shape):
        seed = list(name.encode())
        return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)

    def weight(self, name, shape, values=None):
        """An initialiser, unless one of that name is there already."""
        if name not in [w.name for w in self.weights]:
            values = self.values(name, shape) if values is None else values
            self.weights.append(numpy_helper.from_array(values, name))
        return name

    def node(self, op, scope, *inputs, take=None, domain="", **attributes):
        """Append a node named `/scope/Op` that reads the last output (or `take`)."""
        name = f"/{scope}/{op}" if scope else f"/{op}"
        output = f"{name}_output_0"
        take = [self.last] if take is None else take
        self.nodes.append(
            helper.make_node(op, [*take, *inputs], [output], name, domain=domain, **attributes)
        )
        self.last = output
        return output

    def conv(self, scope, shape, bias=True, op="Conv", weight=None, **attributes):
        """A convolution with a weight of the given file layout."""
        inputs = [self.weight(weight or f"{scope}.weight", shape)]
        if bias:
            count = shape[0] if op == "Conv" else shape[1] * attributes.get("group", 1)
            inputs.append(self.weight(f"{scope}.bias", [count]))
        return self.node(op, scope, *inputs, kernel_shape=shape[2:], **attributes)

    def gemm(self, scope, outputs, inputs, trans_b):
        shape = [outputs, inputs] if trans_b else [inputs, outputs]
        weight = self.weight(f"{scope}.weight", shape)
        bias = self.weight(f"{scope}.bias", [outputs])
        self.node("Gemm", scope, weight, bias, transB=trans_b)

    def model(self, rank, domains=()):
        """The finished model; its output, of this rank, is named `output`."""
        self.nodes[-1].output[0] = "output"
        dims = ["batch", *(f"out_{axis}" for axis in range(1, rank))]
        output = helper.make_tensor_value_info("output", TensorProto.FLOAT, dims)
        graph = helper.make_graph(self.nodes, "case", [self.input], [output], self.weights)
        opsets = [helper.make_opsetid("", OPSET), *(helper.make_opsetid(d, 1) for d in domains)]
        model = helper.make_model(graph, opset_imports=opsets, producer_name="make_onnx_cases")
        model.ir_version = IR_VERSION
        return model


def grouped():
    g = Graph([4, 13, 11])
    g.conv("grouped", [6, 2, 3, 3], group=2, strides=[2, 1], pads=[0, 1, 1, 2], dilations=[2, 2])
    g.node("Relu", "")
    g.conv("depthwise", [6, 1, 3, 3], bias=False, group=6, pads=[1, 1, 1, 1])
    g.node("GlobalAveragePool", "")
    g.node("Flatten", "", axis=1)
    g.gemm("head", 5, 6, trans_b=0)
    return g.model(2)


def transpose():
    g = Graph([2, 6, 5])
    g.conv("down", [4, 2, 3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
    up = dict(strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])
    g.conv("up", [4, 6, 3, 3], op="ConvTranspose", **up)
    g.conv("up_grouped", [6, 2, 2, 2], op="ConvTranspose", group=3, strides=[2, 2], bias=False)
    return g.model(4)


def nan():
    g = Graph([1, 6, 6])
    g.conv("fine", [3, 1, 3, 3])
    values = g.values("broken.weight", [2, 3, 3, 3])
    values.flat[5] = np.nan
    g.weight("broken.weight", None, values)
    g.conv("broken", [2, 3, 3, 3])
    return g.model(4)


def conv1d():
    g = Graph([3, 16])
    g.conv("conv1", [5, 3, 4], strides=[2], pads=[1, 1])
    g.conv("conv2", [2, 5, 3], dilations=[2])
    return g.model(3)


def conv3d():
    g = Graph([1, 4, 5, 6])
    g.conv("conv1", [3, 1, 2, 3, 3], pads=[0, 1, 1, 0, 1, 1])
    g.conv("conv2", [2, 3, 3, 3, 3], strides=[1, 2, 2], pads=[1] * 6)
    return g.model(5)


def matmul_add():
    g = Graph([1, 4, 4])
    g.conv("conv1", [2, 1, 3, 3])
    g.node("Flatten", "", axis=1)
    for scope, rows, columns in (("fc1", 8, 6), ("fc2", 6, 3)):
        g.node("MatMul", scope, g.weight(f"{scope}.weight", [rows, columns]))
        g.node("Add", scope, g.weight(f"{scope}.bias", [columns]))
    return g.model(2)


def same_upper():
    g = Graph([1, 8, 9])
    g.conv("conv1", [3, 1, 3, 3], auto_pad="SAME_UPPER", strides=[2, 2])
    g.conv("conv2", [2, 3, 2, 2], auto_pad="SAME_UPPER")
    return g.model(4)


def dynamic_size():
    g = Graph([1, "height", "width"])
    g.conv("conv1", [3, 1, 3, 3], pads=[1, 1, 1, 1])
    g.conv("conv2", [2, 3, 3, 3])
    g.node("GlobalAveragePool", "")
    g.node("Flatten", "", axis=1)
    g.gemm("head", 4, 2, trans_b=1)
    return g.model(2)


def embedding():
    g = Graph([4], TensorProto.INT64)
    table = g.weight("embedding.weight", [10, 8])
    tokens = g.node("Gather", "embedding", take=[table, "input"], axis=0)
    turned = g.node("Transpose", "attention", perm=[0, 2, 1])
    g.node("MatMul", "attention", take=[tokens, turned])
    g.node("Flatten", "", axis=1)
    g.gemm("head", 3, 16, trans_b=1)
    return g.model(2)


def loss_of_shape():
    g = Graph([1, 8, 8])
    g.conv("before", [3, 1, 3, 3], pads=[1, 1, 1, 1])
    g.node("Mystery", "custom", domain=CUSTOM_DOMAIN)
    g.conv("after", [2, 3, 3, 3])
    g.node("GlobalAveragePool", "")
    g.node("Flatten", "", axis=1)
    g.gemm("head", 3, 2, trans_b=1)
    return g.model(2, [CUSTOM_DOMAIN])


def constant_weights():
    g = Graph([1, 5, 5])
    for name, shape in (("conv1.weight", [3, 1, 3, 3]), ("conv1.bias", [3])):
        value = numpy_helper.from_array(g.values(name, shape), "value")
        g.nodes.append(helper.make_node("Constant", [], [name], f"/{name}/Constant", value=value))
    g.node("Conv", "conv1", "conv1.weight", "conv1.bias", kernel_shape=[3, 3])
    return g.model(4)


def same_weight_twice():
    g = Graph([4, 6, 6])
    g.conv("first", [4, 4, 3, 3], bias=False, weight="shared.weight", pads=[1, 1, 1, 1])
    g.node("Relu", "")
    g.conv("second", [4, 4, 3, 3], bias=False, weight="shared.weight", strides=[2, 2])
    return g.model(4)


def sequence_first():
    g = Graph([3, 4])
    g.node("Transpose", "first", perm=[1, 0, 2])
    g.node("MatMul", "head", g.weight("head.weight", [4, 5]))
    g.node("Transpose", "last", perm=[1, 0, 2])
    return g.model(3)


CASES = (grouped, transpose, nan, conv1d, conv3d, matmul_add, same_upper, dynamic_size)
CASES += (embedding, loss_of_shape, constant_weights, same_weight_twice)
CASES += (sequence_first,)


def spatial_size(node, shapes):
    """The input's dims after batch and channels; None where one of them is not a number."""
    if node.op_type not in ("Conv", "ConvTranspose"):
        return []
    dims = shapes.get(node.input[0])
    return None if dims is None or None in dims[2:] else dims[2:]


def expectations(model):
    """What a reader should find, with the shapes of ONNX's own shape inference."""
    graph = shape_inference.infer_shapes(model, strict_mode=True).graph
    shapes = {}
    for info in [*graph.input, *graph.value_info, *graph.output]:
        kind = info.type.tensor_type
        if kind.HasField("shape"):
            shapes[info.name] = [
                d.dim_value if d.HasField("dim_value") else None for d in kind.shape.dim
            ]
    dims = {w.name: list(w.dims) for w in graph.initializer}
    constants = [node for node in graph.node if node.op_type == "Constant"]
    dims |= {node.output[0]: list(node.attribute[0].t.dims) for node in constants}
    return [
        {
            "op": node.op_type,
            "node": node.name,
            "output": node.output[0],
            "weight": node.input[1] if node.input[1] in dims else None,
            "weight_dims": dims.get(node.input[1]),
            "input_spatial": spatial_size(node, shapes),
        }
        for node in graph.node
        if node.op_type in LINEAR
    ]


def run_once(model):
    """That the file runs: its author did not write nonsense."""
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    (entry,) = session.get_inputs()
    shape = [d if isinstance(d, int) else SYMBOLIC_SIZE for d in entry.shape]
    shape[0] = BATCH
    dtype = np.int64 if "int64" in entry.type else np.float32
    return session.run(None, {"input": np.ones(shape, dtype)})[0].shape


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    expected = {}
    for case in CASES:
        model = case()
        name = case.__name__.replace("_", "-") + ".onnx"
        onnx.checker.check_model(model, full_check=True)
        expected[name] = expectations(model)
        known = all(node.domain == "" for node in model.graph.node)
        shape = run_once(model) if known else "not run"
        onnx.save(model, FOLDER / name)
        print(f"{name}: {(FOLDER / name).stat().st_size:,} bytes, output {shape}")
    (FOLDER / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")


if __name__ == "__main__":
    main()
