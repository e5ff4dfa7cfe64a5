"""Writes small files of tensors, and what torch, safetensors and numpy read in them.

pip install torch==2.15.0 numpy==2.4.6 safetensors
python make_tensors.py

`expected.json` holds for each file each tensor's shape and, for floats that are to be read, its values as the hexadecimal
digits of big-endian doubles: equality with it is equality of all bits.
"""

import json
import os
import pathlib
import struct

import numpy as np
import torch
from safetensors.torch import load_file, save_file

here = pathlib.Path(__file__).parent
torch.manual_seed(20220815)
expected = {}


def bits(values):
    return "".join(struct.pack(">d", v).hex() for v in values)


def expect(file, tensors):
    expected[file] = {
        name: {
            "shape": list(t.shape),
            "bits": bits(t.to(torch.float64).flatten().tolist())
            if t.is_floating_point() and name != "repeated"
            else None,
        }
        for name, t in tensors.items()
    }


state = {
    "conv.weight": torch.randn(4, 3, 3, 3),
    "conv.bias": torch.randn(4),
    "half.weight": torch.randn(3, 5).to(torch.float16),
    "brain.weight": torch.randn(3, 5).to(torch.bfloat16),
    "double.weight": torch.randn(2, 3, dtype=torch.float64),
    "steps": torch.tensor(7),
    "table": torch.arange(6).reshape(2, 3),
}
base = torch.randn(6, 4)
views = {
    "transposed": base.t(),
    "rows": base[1:3],
    "columns": base[:, ::2],
    "whole": base,
    "repeated": torch.randn(3, 1).expand(3, 2000),
}


def save(name, value, tensors, **kw):
    torch.save(value, here / name, **kw)
    expect(name, tensors)


save("state.pth", state, state)
save("legacy.pt", state, state, _use_new_zipfile_serialization=False)
save("views.pth", views, views)
save("views_legacy.th", views, views, _use_new_zipfile_serialization=False)
save(
    "nested.ckpt",
    {"epoch": 3, "state_dict": state, "optimizer": {"state": {0: {"exp_avg": torch.randn(4, 3, 3, 3)}}}},
    state,
)
save(
    "model_key.bin",
    {"model": state, "optimizer": {"exp_avg": torch.randn(4, 3)}, "lr": 0.1},
    state,
)
save("parallel.pth", {f"module.{k}": v for k, v in state.items()}, {f"module.{k}": v for k, v in state.items()})
save("compiled.pth", {f"_orig_mod.{k}": v for k, v in state.items()}, {f"_orig_mod.{k}": v for k, v in state.items()})


class Net(torch.nn.Module):
    """A module with children called like the keys of checkpoints."""

    def __init__(self):
        super().__init__()
        self.model = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.BatchNorm2d(2))
        self.head = torch.nn.Linear(2, 3)


net = Net()
save("module.pth", net, net.state_dict())


class Evil:
    def __reduce__(self):
        return os.system, ("touch pwned",)


torch.save({"weight": torch.zeros(2, 2), "payload": Evil()}, here / "evil.pth")

plain = {k: v for k, v in state.items()}
save_file(plain, here / "all.safetensors")
expect("all.safetensors", load_file(here / "all.safetensors"))

def save_sharded(folder, stem, extension, write):
    """Two files and their index, named as transformers names them."""
    (here / folder).mkdir(exist_ok=True)
    names = list(plain)
    parts = {f"{stem}-00001-of-00002.{extension}": names[:3], f"{stem}-00002-of-00002.{extension}": names[3:]}
    for file, members in parts.items():
        write({n: plain[n] for n in members}, here / folder / file)
    index = {"metadata": {"total_size": 0}, "weight_map": {n: f for f, m in parts.items() for n in m}}
    (here / folder / f"{stem}.{extension}.index.json").write_text(json.dumps(index, indent=1))
    expect(folder, plain)


save_sharded("sharded", "model", "safetensors", save_file)
save_sharded("sharded_bin", "pytorch_model", "bin", torch.save)

arrays = {
    "row": np.asarray(torch.randn(3, 4)),
    "column": np.asfortranarray(torch.randn(2, 3, 4).numpy()),
    "half": torch.randn(2, 2).numpy().astype(np.float16),
    "double": torch.randn(2, 2, dtype=torch.float64).numpy(),
    "count": np.arange(4),
}
np.savez(here / "arrays.npz", **arrays)
np.savez_compressed(here / "packed.npz", **arrays)
np.save(here / "one.npy", arrays["column"])
as_torch = {k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in arrays.items()}
expect("arrays.npz", as_torch)
expect("packed.npz", as_torch)
expect("one.npy", {"one": as_torch["column"]})

(here / "expected.json").write_text(json.dumps(expected, indent=0))
