"""Reference digits of DeepDataProfiler's spectral analysis, made by running it.

    git clone https://github.com/pnnl/DeepDataProfiler     # in no package registry
    pip install powerlaw==1.5 torch numpy scipy matplotlib
    PYTHONPATH=DeepDataProfiler python ddp_spectral.py

What ran here: `algorithms/spectral_analysis.py` of commit 5d3a615, `utils/matrix_theory.py` and `utils/helpers.py`
(`get_children`) of commit e2516ff, statements as they are there. Patched: the package's `__init__.py` files import these modules alone
(the whole package wants torchvision, and versions of 2020). powerlaw 1.5 is the last release before 2.0, which
DeepDataProfiler does not know: under 2.0 its call would hold `alpha` under 3.

Writes ddp_spectral.json beside this file. For each layer: shape; singular values of the unfolded weights by numpy;
of DeepDataProfiler on a torch layer in double precision: eigenvalues, Q, alpha, eig_max, the universal metric of that
layer alone, the class that `layer_RMT` puts it in, and three points of its Marchenko-Pastur density; of the same call
`powerlaw.Fit(eigenvalues, verbose=False)`, what DeepDataProfiler drops: xmin, D, sigma. `single` is alpha and eig_max of the same
layer in single precision, as DeepDataProfiler meets it in a model.
"""

import contextlib
import importlib.metadata
import io
import json
import pathlib
import warnings

import numpy as np
import powerlaw
import torch
from deep_data_profiler.algorithms.spectral_analysis import SpectralAnalysis
from deep_data_profiler.utils.matrix_theory import marchpast_layer_fit

HERE = pathlib.Path(__file__).parent
VERSIONS = {name: importlib.metadata.version(name) for name in ("numpy", "scipy", "torch")}
VERSIONS["powerlaw"] = "1.5"


def layers():
    rng = np.random.default_rng(20261125)
    spiked = rng.standard_normal((150, 100))
    for k, strength in enumerate((1.5, 2.5, 4.0)):
        spiked[k, k] += strength * (150 * 100) ** 0.25
    low_rank = rng.standard_normal((60, 25)) @ rng.standard_normal((25, 40))
    return [
        ("gaussian", 0.1 * rng.standard_normal((120, 60))),
        ("student", 0.1 * rng.standard_t(3, (128, 64))),
        ("heavy", 0.02 * rng.standard_t(1.5, (90, 90))),
        ("wide", 0.05 * rng.standard_t(4, (48, 200))),
        ("spiked", 0.1 * spiked),
        ("square", 0.1 * rng.standard_normal((80, 80))),
        ("small", 0.3 * rng.standard_normal((16, 12))),
        ("tiny", 0.3 * rng.standard_normal((30, 5))),
        ("three", 0.3 * rng.standard_normal((10, 3))),
        ("two", 0.3 * rng.standard_normal((10, 2))),
        ("faint", 1e-4 * rng.standard_t(3, (64, 100))),
        ("rank_deficient", 0.1 * low_rank),
        ("conv", 0.1 * rng.standard_normal((24, 16, 3, 3))),
        ("conv_student", 0.05 * rng.standard_t(3, (32, 20, 3, 3))),
        ("conv_tall", 0.05 * rng.standard_t(3, (200, 3, 5, 5))),
        ("conv_oblong", 0.05 * rng.standard_t(3, (40, 8, 1, 7))),
    ]


def torch_layer(weights, dtype):
    if weights.ndim == 2:
        layer = torch.nn.Linear(weights.shape[1], weights.shape[0], bias=False, dtype=dtype)
    else:
        layer = torch.nn.Conv2d(weights.shape[1], weights.shape[0], weights.shape[2:], bias=False, dtype=dtype)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weights))
    return layer


def quietly(function, *args, **kwargs):
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return function(*args, **kwargs)


def profile(weights, dtype):
    analysis = SpectralAnalysis(torch.nn.Sequential(torch_layer(weights, dtype)))
    spectra = quietly(analysis.spectral_analysis)
    fits = quietly(analysis.fit_power_law, spectra)
    return analysis, spectra, fits


def main():
    cases = []
    for name, weights in layers():
        # Weights are held in single precision, as in a model file; all that follows starts from those.
        weights = weights.astype(np.float32).astype(np.float64)
        analysis, spectra, fits = profile(weights, torch.float64)
        (eigenvalues, q), (alpha, eig_max) = spectra[1], fits[1]
        fit = quietly(powerlaw.Fit, eigenvalues, verbose=False)
        assert fit.power_law.alpha == alpha
        x, density = quietly(marchpast_layer_fit, eigenvalues, q)
        points = [(float(x[i]), float(density[i])) for i in (600, 750, 900) if np.isfinite(density[i])]
        _, _, single = profile(weights, torch.float32)
        cases.append({
            "name": name,
            "shape": list(weights.shape),
            "singular_values": list(np.linalg.svd(weights.reshape(len(weights), -1), compute_uv=False)),
            "eigenvalues": [float(v) for v in eigenvalues],
            "Q": q, "alpha": float(alpha), "eig_max": float(eig_max),
            "xmin": float(fit.xmin), "D": float(fit.D), "sigma": float(fit.sigma),
            "universal": float(analysis.universal_metric(fits)),
            "prediction": analysis.layer_RMT(fits)[0].split(": ")[1],
            "density": points,
            "single": {"alpha": float(single[1][0]), "eig_max": float(single[1][1])},
        })
    # The metric of a model of all these layers: their mean.
    model = torch.nn.Sequential(*[torch_layer(w.astype(np.float32), torch.float64) for _, w in layers()])
    analysis = SpectralAnalysis(model)
    whole = quietly(analysis.universal_metric)
    (HERE / "ddp_spectral.json").write_text(
        json.dumps({"versions": VERSIONS, "universal_of_all": float(whole), "cases": cases}) + "\n"
    )


if __name__ == "__main__":
    main()
