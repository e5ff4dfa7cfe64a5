"""A small residual network by both of PyTorch's ONNX exporters, and what PyTorch computes with it.

    pip install numpy==2.4.6 torch==2.15.0 onnx==1.23.2 onnxscript==0.7.2
    python make_resnet.py

Writes, beside this script,

- `resnet-torchscript.onnx` (dynamo=False, nothing folded), `resnet-dynamo-plain.onnx` (dynamo=True,
  optimize=False) and `resnet-dynamo.onnx` (dynamo=True, whose optimizer folds batch normalization), the latter again as
  `resnet-external/resnet.onnx` with its weights in another file;
- `resnet-reference.npz`: `images`, `labels` (the index of the largest logit), `logits`, the output of every
  convolution and dense layer before batch normalization, named by its module; and with `folded/` before the name
  those of the same network whose batch normalization PyTorch folded (`fuse_conv_bn_eval`).

Residual blocks with and without a projection, a bottleneck with grouped convolutions (ResNeXt), a depthwise
separable block, strides, an asymmetric kernel, a dilated one, biases and none, batch normalization with
statistics that are not the initial ones. Everything is seeded; weights are random, no training.
"""

import copy
import os

import numpy as np
import onnx
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

HERE = os.path.dirname(os.path.abspath(__file__))
torch.manual_seed(7)
torch.set_num_threads(1)


def conv(i, o, k, bn=True, **kwargs):
    layers = [nn.Conv2d(i, o, k, bias=not bn, **kwargs)]
    return nn.Sequential(*layers, nn.BatchNorm2d(o)) if bn else nn.Sequential(*layers)


class Basic(nn.Module):
    def __init__(self, i, o, stride):
        super().__init__()
        self.a = conv(i, o, 3, stride=stride, padding=1)
        self.b = conv(o, o, 3, padding=1)
        self.skip = None if stride == 1 and i == o else conv(i, o, 1, stride=stride)

    def forward(self, x):
        y = self.b(torch.relu(self.a(x)))
        return torch.relu(y + (x if self.skip is None else self.skip(x)))


class Grouped(nn.Module):
    """A ResNeXt bottleneck: 1 x 1, grouped and strided 3 x 3, 1 x 1."""

    def __init__(self, i, width, o, stride, groups):
        super().__init__()
        self.a = conv(i, width, 1)
        self.b = conv(width, width, 3, stride=stride, padding=1, groups=groups)
        self.c = conv(width, o, 1)
        self.skip = conv(i, o, 1, stride=stride)

    def forward(self, x):
        y = self.c(torch.relu(self.b(torch.relu(self.a(x)))))
        return torch.relu(y + self.skip(x))


class Separable(nn.Module):
    """Depthwise, dilated; then pointwise; with an activation that is not ReLU."""

    def __init__(self, channels):
        super().__init__()
        self.depthwise = conv(channels, channels, 3, padding=2, dilation=2, groups=channels)
        self.pointwise = conv(channels, channels, 1)

    def forward(self, x):
        return x + torch.nn.functional.silu(self.pointwise(self.depthwise(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv(3, 8, (5, 3), stride=(2, 1), padding=(2, 1))
        self.block1 = Basic(8, 8, 1)
        self.block2 = Basic(8, 12, 2)
        self.block3 = Grouped(12, 12, 16, 2, groups=3)
        self.block4 = Separable(16)
        self.mix = conv(16, 16, 2, bn=False, padding=1)
        self.hidden = nn.Linear(16, 24)
        self.head = nn.Linear(24, 5, bias=False)

    def forward(self, image):
        x = torch.relu(self.stem(image))
        x = torch.nn.functional.max_pool2d(x, 3, stride=1, padding=1)
        x = self.block4(self.block3(self.block2(self.block1(x))))
        x = torch.relu(self.mix(x)).mean((2, 3))
        return self.head(torch.relu(self.hidden(x)))


def fold(module):
    """Batch normalization into the convolution before it, throughout."""
    for name, child in module.named_children():
        if isinstance(child, nn.Sequential) and len(child) == 2:
            setattr(module, name, nn.Sequential(fuse_conv_bn_eval(child[0], child[1])))
        else:
            fold(child)
    return module


def outputs(net, images):
    held = {}

    def keep(name):
        return lambda _module, _input, output: held.__setitem__(name, output.numpy().copy())

    hooks = [
        m.register_forward_hook(keep(n))
        for n, m in net.named_modules()
        if isinstance(m, (nn.Conv2d, nn.Linear))
    ]
    with torch.no_grad():
        held["logits"] = net(images).numpy().copy()
    for hook in hooks:
        hook.remove()
    return held


net = Net().eval()
for module in net.modules():
    if isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.running_mean, 0.0, 0.3)
        nn.init.uniform_(module.running_var, 0.5, 2.0)
        nn.init.uniform_(module.weight, 0.5, 1.5)
        nn.init.normal_(module.bias, 0.0, 0.2)
folded = fold(copy.deepcopy(net)).eval()
images = torch.randn(5, 3, 15, 12)

batch = torch.export.Dim("batch")
torch.onnx.export(
    net,
    (images[:2],),
    os.path.join(HERE, "resnet-torchscript.onnx"),
    dynamo=False,
    training=torch.onnx.TrainingMode.PRESERVE,
    do_constant_folding=False,
    opset_version=17,
    input_names=["image"],
    output_names=["logits"],
    dynamic_axes={"image": {0: "batch"}, "logits": {0: "batch"}},
)
for name, optimize in [("resnet-dynamo-plain", False), ("resnet-dynamo", True)]:
    torch.onnx.export(
        net,
        (images[:2],),
        os.path.join(HERE, f"{name}.onnx"),
        dynamo=True,
        optimize=optimize,
        external_data=False,
        input_names=["image"],
        output_names=["logits"],
        dynamic_shapes=({0: batch},),
    )

# The same graph with its weights in a file of their own, as the second exporter writes by default.
os.makedirs(os.path.join(HERE, "resnet-external"), exist_ok=True)
onnx.save_model(
    onnx.load(os.path.join(HERE, "resnet-dynamo.onnx")),
    os.path.join(HERE, "resnet-external", "resnet.onnx"),
    save_as_external_data=True,
    location="resnet.onnx.data",
    size_threshold=256,
)

reference = outputs(net, images)
arrays = {"images": images.numpy(), "labels": reference["logits"].argmax(1), **reference}
arrays |= {f"folded/{k}": v for k, v in outputs(folded, images).items()}
np.savez_compressed(os.path.join(HERE, "resnet-reference.npz"), **arrays)
