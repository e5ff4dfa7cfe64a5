"""WeightWatcher's `analyze(mp_fit=True, randomize=True)` on layers in memory, timed.

    pip install weightwatcher==0.7.7 torch numpy
    python analyze.py FOLDER RUNS

FOLDER holds layers.json, a list of {"shape": [..], "file": NAME}, and for each layer its weights as raw little-endian f32,
row-major. Answers one JSON line: versions, seconds of each run, and alpha and num_spikes of each layer, by which the caller checks that
the same work was done.

Imports and the building of the model are not timed, and a first `analyze` on the first two layers warms up.
"""

import contextlib
import importlib.metadata
import io
import json
import logging
import pathlib
import sys
import time
import warnings

import numpy as np
import torch

warnings.simplefilter("ignore")
with contextlib.redirect_stdout(io.StringIO()):
    import weightwatcher


def model(folder):
    layers = []
    for entry in json.loads((folder / "layers.json").read_text()):
        shape = entry["shape"]
        weights = torch.from_numpy(np.fromfile(folder / entry["file"], dtype="<f4").reshape(shape))
        if len(shape) == 2:
            layer = torch.nn.Linear(shape[1], shape[0], bias=False)
        else:
            layer = torch.nn.Conv2d(shape[1], shape[0], shape[2:], bias=False)
        with torch.no_grad():
            layer.weight.copy_(weights)
        layers.append(layer)
    return layers


def analyze(layers):
    watcher = weightwatcher.WeightWatcher(model=torch.nn.Sequential(*layers), log_level=logging.ERROR)
    start = time.perf_counter()
    details = watcher.analyze(mp_fit=True, randomize=True)
    return time.perf_counter() - start, details


def main():
    folder, runs = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    layers = model(folder)
    with contextlib.redirect_stdout(io.StringIO()):
        analyze(layers[:2])
        timed = [analyze(layers) for _ in range(runs)]
    details = timed[-1][1]
    names = ("weightwatcher", "torch", "numpy", "scipy", "scikit-learn")
    print(json.dumps({
        "versions": ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names),
        "threads": torch.get_num_threads(),
        "seconds": [seconds for seconds, _ in timed],
        "alpha": [float(v) for v in details["alpha"]],
        "num_spikes": [int(v) for v in details["num_spikes"]],
    }))


if __name__ == "__main__":
    main()
