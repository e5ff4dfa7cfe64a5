"""Reference layer metrics of WeightWatcher, powerlaw and DeepDataProfiler's formulae.

    pip install weightwatcher==0.7.7 powerlaw==2.0.0 torch numpy scipy
    python layer_metrics.py

Writes layer_metrics.json beside this file. For each layer: its singular values, slice by slice for a convolution;
the row of WeightWatcher's own `analyze(mp_fit=True, detX=True)` on a torch layer that holds it; `hard_rank` of its
RMT_Util; the fit of the Python package `powerlaw` (alpha allowed up to 50, and with the package's own default, under 3);
and DeepDataProfiler's numbers. That library is not in the package registry: its formulae were read in its sources
(pnnl/DeepDataProfiler, `spectral_analysis.py` of commit 5d3a615, `matrix_theory.py` of commit e2516ff) and are written
anew here.

WeightWatcher runs on the CPU: with CUDA it works in half precision and with other thresholds.
"""

import contextlib
import importlib.metadata
import io
import json
import logging
import math
import pathlib
import warnings

import numpy as np
import powerlaw
import torch
import weightwatcher
from weightwatcher import RMT_Util

HERE = pathlib.Path(__file__).parent
VERSIONS = {name: importlib.metadata.version(name) for name in ("weightwatcher", "powerlaw", "numpy", "scipy")}
COLUMNS = (
    "N M Q rf num_evals norm log_norm spectral_norm log_spectral_norm lambda_max stable_rank matrix_rank entropy "
    "rank_loss weak_rank_loss sv_max sv_min alpha D xmin xmax sigma num_pl_spikes alpha_weighted log_alpha_norm "
    "num_fingers raw_alpha warning status num_spikes sigma_mp mp_softrank bulk_min bulk_max W_scale detX_num detX_val "
    "detX_val_unrescaled ERG_gap"
).split()


def layers():
    """Name, weights, options of `analyze`."""
    rng = np.random.default_rng(20261124)
    spiked = rng.standard_normal((150, 100))
    for k, strength in enumerate((1.5, 2.5, 4.0)):
        spiked[k, k] += strength * (150 * 100) ** 0.25
    outlier = rng.standard_t(2.5, (120, 80))
    outlier[0, 0] += 400.0
    low_rank = rng.standard_normal((60, 25)) @ rng.standard_normal((25, 40))
    return [
        ("gaussian", 0.1 * rng.standard_normal((120, 60)), {}),
        ("student", 0.1 * rng.standard_t(3, (128, 64)), {}),
        ("spiked", 0.1 * spiked, {}),
        ("square", 0.1 * rng.standard_normal((80, 80)), {}),
        ("wide", 0.05 * rng.standard_t(4, (48, 200)), {}),
        ("small", 0.3 * rng.standard_normal((16, 12)), {}),
        ("tiny", 0.3 * rng.standard_normal((30, 9)), {}),
        ("classifier", classifier(), {}),
        ("outlier", 0.05 * outlier, {"fix_fingers": "clip_xmax"}),
        ("fingers", with_fingers(), {"fix_fingers": "clip_xmax"}),
        ("rank_deficient", 0.1 * low_rank, {}),
        ("conv", 0.1 * rng.standard_normal((24, 16, 3, 3)), {}),
        ("conv_student", 0.05 * rng.standard_t(3, (32, 20, 3, 3)), {}),
        ("conv_slice", 0.1 * rng.standard_normal((40, 28, 3, 3)), {"pool": False}),
    ]


def classifier():
    """Ten rows, one direction planted: under 20 eigenvalues, where the least distance and the penalized one differ."""
    weights = np.random.default_rng(62).standard_normal((10, 64))
    weights[0, 0] += 3 * 640**0.25
    return 0.1 * weights


def with_fingers():
    """A spectrum whose few largest values look like a steep tail of their own until some are cut."""
    rng = np.random.default_rng(91)
    values = np.concatenate([rng.standard_normal(60) ** 2 + 0.3, (1 - rng.random(20)) ** (-1 / 3)])
    left, _ = np.linalg.qr(rng.standard_normal((120, 80)))
    right, _ = np.linalg.qr(rng.standard_normal((80, 80)))
    return left * np.sqrt(values) @ right.T


def torch_layer(weights):
    if weights.ndim == 2:
        layer = torch.nn.Linear(weights.shape[1], weights.shape[0], bias=False)
    else:
        layer = torch.nn.Conv2d(weights.shape[1], weights.shape[0], weights.shape[2:], bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weights))
    return torch.nn.Sequential(layer)


def plain(value):
    if isinstance(value, str):
        return value
    value = float(value)
    return value if math.isfinite(value) else None


def by_weightwatcher(weights, options):
    """The first row: the layer, or its first slice with pool=False."""
    with contextlib.redirect_stdout(io.StringIO()):
        watcher = weightwatcher.WeightWatcher(model=torch_layer(weights), log_level=logging.ERROR)
        details = watcher.analyze(mp_fit=True, detX=True, **options)
    row = details.iloc[0]
    summary = {k: plain(v) for k, v in watcher.get_summary(details.iloc[[0]]).items()}
    return {name: plain(row[name]) for name in COLUMNS if name in row}, summary


def by_powerlaw(values, **options):
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        fit = powerlaw.Fit(values, verbose=0, **options)
    return {"alpha": float(fit.alpha), "xmin": float(fit.xmin), "D": float(fit.D), "sigma": float(fit.sigma)}


def by_deepdataprofiler(weights, squares):
    """Eigenvalues over the number of rows (output channels); sigma from the largest; natural logarithm."""
    rows, columns = weights.shape[0], weights[0].size
    values = squares / rows
    q = max(rows, columns) / min(rows, columns)
    sigma = np.sqrt(values.max() / (1 + 1 / np.sqrt(q)) ** 2)
    free = by_powerlaw(values[values > 0], parameter_ranges={"alpha": [1, 50]})
    return {
        "rows": rows, "Q": q, "eig_max": float(values.max()), "sigma": float(sigma),
        "bulk_min": float((sigma * (1 - 1 / np.sqrt(q))) ** 2), "bulk_max": float((sigma * (1 + 1 / np.sqrt(q))) ** 2),
        "alpha": free["alpha"], "universal": float(free["alpha"] * np.log(values.max())),
    }


def main():
    cases = []
    for name, weights, options in layers():
        # Weights are held in single precision, as in a model file; all that follows starts from those.
        weights = weights.astype(np.float32).astype(np.float64)
        if weights.ndim == 2:
            slices = [weights]
        else:
            slices = [weights[:, :, i, j] for i in range(weights.shape[2]) for j in range(weights.shape[3])]
        if options.get("pool") is False:
            slices = slices[:1]
        singular = [np.linalg.svd(w, compute_uv=False) for w in slices]
        squares = np.concatenate(singular) ** 2
        unfolded = np.linalg.svd(weights.reshape(len(weights), -1), compute_uv=False)
        row, summary = by_weightwatcher(weights, options)
        cases.append({
            "name": name,
            "shape": list(weights.shape),
            "options": options,
            "singular_values": [list(s) for s in singular],
            "unfolded_singular_values": list(unfolded) if weights.ndim == 4 else None,
            "weightwatcher": row,
            "summary": summary,
            "hard_rank": int(RMT_Util.hard_rank(slices[0], singular[0])),
            "powerlaw": by_powerlaw(squares[squares > 0], parameter_ranges={"alpha": [1, 50]}),
            "powerlaw_default": by_powerlaw(squares[squares > 0]),
            "deepdataprofiler": by_deepdataprofiler(weights, unfolded**2),
        })
    assert VERSIONS["weightwatcher"] == "0.7.7" and VERSIONS["powerlaw"] == "2.0.0", VERSIONS
    (HERE / "layer_metrics.json").write_text(json.dumps({"versions": VERSIONS, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
