"""WeightWatcher's `analyze(mp_fit=True, randomize=True)` on layers in memory, timed for `rmt_peers.py`.

The building of the model is not timed, and a first `analyze` on the first two layers warms up.
"""

import logging
import time

import numpy as np
import torch
import weightwatcher


def model(entries):
    layers = []
    for entry in entries:
        shape = entry["shape"]
        weights = torch.from_numpy(np.fromfile(entry["path"], dtype="<f8").astype(np.float32).reshape(shape))
        if len(shape) == 2:
            layer = torch.nn.Linear(shape[1], shape[0], bias=False)
        else:
            layer = torch.nn.Conv2d(shape[1], shape[0], shape[2:], bias=False)
        with torch.no_grad():
            layer.weight.copy_(weights)
        layers.append(layer)
    return layers


def timed(layers):
    watcher = weightwatcher.WeightWatcher(model=torch.nn.Sequential(*layers), log_level=logging.ERROR)
    start = time.perf_counter()
    details = watcher.analyze(mp_fit=True, randomize=True)
    return time.perf_counter() - start, details


def analyze(entries, runs):
    """Seconds of each run, and alpha and num_spikes of each layer, by which the caller checks that the same work was done."""
    layers = model(entries)
    timed(layers[:2])
    found = [timed(layers) for _ in range(runs)]
    details = found[-1][1]
    return {
        "threads": torch.get_num_threads(),
        "seconds": [seconds for seconds, _ in found],
        "alpha": [float(v) for v in details["alpha"]],
        "num_spikes": [int(v) for v in details["num_spikes"]],
    }
