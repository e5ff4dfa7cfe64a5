"""Write the reference values that the tests hold the Rust code to, from the trained snapshots.

Run from the root of the repository, after `tools/train_digits.py`:

    python tools/make_references.py

`digits-reference.json`: how many held-out images PyTorch classifies rightly with each snapshot
(the only place where the held-out images are scored), and the singular values of each layer of
the final model, by `numpy.linalg.svd` in float64 of the weights unfolded to `[c_out, rest]`.

`digits-activations.npz`: for the first eight held-out images, what PyTorch computes in float32
at the outputs of `conv1` (before batch normalization), `conv3` (likewise) and `fc1` (bias added,
before the ReLU), and the logits.
"""

import json

import numpy as np
import sklearn
import torch
from safetensors.torch import load_file
from train_digits import (
    DATA,
    EARLY_EPOCH,
    EPOCHS,
    HELD_OUT,
    SEED,
    SPLIT_SEED,
    count_correct,
    load_net,
    make_repeatable,
    split_digits,
)

SNAPSHOTS = {"init": "digits-init", "epoch3": "digits-epoch3", "final": "digits"}
LAYERS = ("conv1", "conv2", "conv3", "fc1", "fc2")
TAPS = ("conv1", "conv3", "fc1")
IMAGES = 8


def unfolding_singular_values(weight):
    """The weight flattened to one row per output, and its singular values, descending."""
    matrix = weight.double().numpy().reshape(weight.shape[0], -1)
    return matrix.shape, np.linalg.svd(matrix, compute_uv=False)


def activations(net, images):
    """The outputs of the tapped layers, and the logits."""
    outputs = {}
    for name in TAPS:
        keep = lambda module, args, out, name=name: outputs.update({name: out.numpy()})
        net.get_submodule(name).register_forward_hook(keep)
    with torch.no_grad():
        outputs["logits"] = net(torch.from_numpy(images)).numpy()
    return outputs


def main():
    make_repeatable(SEED)
    (train_images, _), (images, labels) = split_digits()
    states = {key: load_file(DATA / f"{stem}.safetensors") for key, stem in SNAPSHOTS.items()}
    correct = {key: count_correct(load_net(state), images, labels) for key, state in states.items()}
    layers = []
    for name in LAYERS:
        weight = states["final"][f"{name}.weight"]
        unfolded, values = unfolding_singular_values(weight)
        layers.append(
            {
                "name": name,
                "shape": list(weight.shape),
                "unfolded_shape": list(unfolded),
                "singular_values": values.tolist(),
            }
        )
    reference = {
        "versions": {
            "torch": torch.__version__.split("+")[0],
            "numpy": np.__version__,
            "scikit_learn": sklearn.__version__,
        },
        "split": {"seed": SPLIT_SEED, "train": len(train_images), "held_out": HELD_OUT},
        "training": {"seed": SEED, "epochs": EPOCHS, "early_epoch": EARLY_EPOCH},
        "held_out_accuracy": {
            key: {"correct": count, "total": len(labels)} for key, count in correct.items()
        },
        "layers": layers,
    }
    (DATA / "digits-reference.json").write_text(json.dumps(reference, indent=1) + "\n")
    taps = activations(load_net(states["final"]), images[:IMAGES])
    np.savez_compressed(DATA / "digits-activations.npz", **taps)
    for key, count in correct.items():
        print(f"{key}: {count} of {len(labels)} held-out images right ({count / len(labels):.4f})")


if __name__ == "__main__":
    main()
