"""Reference digits of DeepDataProfiler's influence profiles and their Jaccard similarities, made by running it.

    git clone https://github.com/pnnl/DeepDataProfiler     # in no package registry
    pip install torch numpy scipy
    PYTHONPATH=DeepDataProfiler python ddp_influence.py

What ran here: `SVDProfiler.influential_svd_neurons` (classes/svd_influential.py of commit fe4170c),
`ChannelProfiler.influence_generator` (classes/channel_profiler.py, 02ae9ab), `Profile` and its `+=` (classes/profile.py,
17b3474), algorithms/jaccard.py (5d3a615) and `matrix_convert` (utils/helpers.py, e2516ff), statements as they are there.
Patched: the package's `__init__.py` files import these modules alone (the whole package wants torchvision, and versions of
2020), and `TorchProfiler`, of which these functions use nothing but attributes named below, is an empty class.

Writes ddp_influence.json beside this file: what goes in (signals of singular directions averaged over positions; maps of
channels, of which the maximum counts) and what comes out. Everything is in double precision. Values are not tied: torch's sort is
not stable, so ties have no defined answer there.
"""

import importlib.metadata
import itertools
import json
import pathlib
import types

import numpy as np
import torch
from deep_data_profiler.algorithms.jaccard import avg_jaccard, instance_jaccard, jaccard
from deep_data_profiler.classes.channel_profiler import ChannelProfiler
from deep_data_profiler.classes.profile import Profile
from deep_data_profiler.classes.svd_influential import SVDProfiler

HERE = pathlib.Path(__file__).parent
VERSIONS = {name: importlib.metadata.version(name) for name in ("numpy", "scipy", "torch")}
FEATURES = (12, 7, 20)
CLASSES = 3
PER_CLASS = 5


def row(matrix):
    """Indices and values of a one-row sparse matrix, indices ascending, zeros left out."""
    dense = np.asarray(matrix.todense()).ravel()
    held = np.flatnonzero(dense)
    return [int(i) for i in held], [float(v) for v in dense[held]]


def svd_layer(signals, threshold):
    return SVDProfiler.influential_svd_neurons(torch.tensor(signals, dtype=torch.float64), threshold=threshold)


def channel_layer(maps, threshold):
    stub = types.SimpleNamespace(device="cpu", sght={1: ("conv", "conv")})
    activations = {"conv": torch.tensor(maps, dtype=torch.float64)[None]}
    return ChannelProfiler.influence_generator(stub, activations)(1, threshold)


def single_layers():
    rng = np.random.default_rng(7)
    svd = []
    for signals in [
        rng.standard_normal(12), rng.standard_t(1.5, 30), np.array([4.0, -2.0, 1.5, 0.5]), np.array([100.0, 1.0, -2.0]),
        np.array([3.0]), np.array([0.0, -1.0, 0.0, 2.5, 0.0]), 1e-9 * rng.standard_normal(9), rng.random(200),
    ]:
        for threshold in (0.1, 0.25, 0.5, 0.9):
            counts, weights = svd_layer(signals, threshold)
            held, values = row(weights)
            assert row(counts)[0] == held
            svd.append({"signals": list(map(float, signals)), "threshold": threshold, "held": held, "weights": values})
    channel = []
    for maps in [rng.standard_normal((8, 4, 4)), rng.standard_normal((30, 1, 2)), rng.random((16, 3, 5)),
                 np.array([4.0, -9.0, 2.0, 1.5, 0.5]).reshape(5, 1, 1), np.array([[[-1.0]], [[6.0]], [[-3.0]]])]:
        for threshold in (0.1, 0.25, 0.5, 0.9):
            counts, weights = channel_layer(maps, threshold)
            held, values = row(weights)
            assert row(counts)[0] == held
            channel.append({
                "maxima": [float(v) for v in maps.max(axis=(1, 2))],
                "threshold": threshold, "held": held, "weights": values,
            })
    return svd, channel


def profiles(threshold):
    """One profile per input over several layers, one per class, and how similar they are."""
    rng = np.random.default_rng(11)
    inputs, signals = [], []
    for i in range(CLASSES * PER_CLASS):
        layers = []
        for features in FEATURES:
            strength = np.ones(features)
            strength[i % CLASSES :: CLASSES] = 3.0
            layers.append(strength * rng.standard_normal(features))
        signals.append([list(map(float, layer)) for layer in layers])
        both = [svd_layer(layer, threshold) for layer in layers]
        inputs.append(Profile(
            neuron_counts={k: counts for k, (counts, _) in enumerate(both)},
            neuron_weights={k: weights for k, (_, weights) in enumerate(both)},
            num_inputs=1,
        ))
    classes = []
    for c in range(CLASSES):
        total = Profile()
        for profile in inputs[c::CLASSES]:
            total += profile
        classes.append(total)
    similar = lambda a, b: {
        "jaccard": float(jaccard(a, b)), "avg_jaccard": float(avg_jaccard(a, b)),
        "instance_jaccard": float(instance_jaccard(a, b)),
    }
    return {
        "threshold": threshold,
        "signals": signals,
        "inputs": [[row(p.neuron_weights[k]) for k in range(len(FEATURES))] for p in inputs],
        "classes": [
            [row(p.neuron_counts[k]) + row(p.neuron_weights[k]) for k in range(len(FEATURES))] for p in classes
        ],
        "size": [int(p.size) for p in classes],
        "total": [int(p.total) for p in classes],
        "input_pairs": [[i, j, similar(inputs[i], inputs[j])] for i, j in itertools.combinations(range(6), 2)],
        "class_pairs": [[i, j, similar(classes[i], classes[j])] for i, j in itertools.combinations(range(CLASSES), 2)],
        "input_in_class": [
            [i, c, similar(inputs[i], classes[c])] for i in range(len(inputs)) for c in range(CLASSES)
        ],
    }


def main():
    svd, channel = single_layers()
    data = {"versions": VERSIONS, "svd": svd, "channel": channel, "profiles": [profiles(t) for t in (0.1, 0.4)]}
    (HERE / "ddp_influence.json").write_text(json.dumps(data) + "\n")


if __name__ == "__main__":
    main()
