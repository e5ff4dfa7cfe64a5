"""Reference power-law fits.

Writes power_law.json beside this file: for each data set the values, the fit of
the Python package `powerlaw` 2.0.0 (one-step distance, alpha allowed up to 50:
its own default stops at 3), and a direct O(n^2) numpy fit by the supremum
distance. Needs numpy and powerlaw.
"""

import json
import pathlib
import warnings

import numpy as np
import powerlaw

HERE = pathlib.Path(__file__).parent


def brute_force(values, min_tail):
    """Clauset, Shalizi and Newman with the two-sided step distance."""
    x = np.sort(values)
    best = None
    for xmin in np.unique(x):
        tail = x[x >= xmin]
        n = len(tail)
        if n < min_tail or tail[-1] == xmin:
            continue
        alpha = 1 + n / np.sum(np.log(tail / xmin))
        law = 1 - (tail / xmin) ** (1 - alpha)
        below = np.searchsorted(tail, tail, side="left") / n
        upto = np.searchsorted(tail, tail, side="right") / n
        d = max(np.max(np.abs(law - below)), np.max(np.abs(upto - law)))
        if best is None or d < best[0]:
            best = (d, alpha, xmin, n)
    d, alpha, xmin, n = best
    return {"alpha": alpha, "xmin": xmin, "distance": d, "n_tail": n}


def by_package(values):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = powerlaw.Fit(values, parameter_ranges={"alpha": [1, 50]}, verbose=0)
    n = int(np.sum(values >= fit.xmin))
    return {"alpha": float(fit.alpha), "xmin": float(fit.xmin), "distance": float(fit.D), "n_tail": n}


def main():
    rng = np.random.default_rng(20240607)
    sets = {
        "pareto_2.5": (1 - rng.random(300)) ** (-1 / 1.5),
        "pareto_4_small": 0.01 * (1 - rng.random(60)) ** (-1 / 3),
        "lognormal": rng.lognormal(0, 1.2, 250),
        "t3_matrix": np.linalg.svd(rng.standard_t(3, (128, 64)), compute_uv=False) ** 2 / 128,
        "gaussian_matrix": np.linalg.svd(rng.standard_normal((150, 100)), compute_uv=False) ** 2 / 150,
        "ties": np.round((1 - rng.random(200)) ** (-1 / 1.2), 1),
    }
    cases = []
    for name, values in sets.items():
        # What is written is what is fitted.
        values = np.array([float(f"{v:.12g}") for v in values])
        cases.append({
            "name": name,
            "one_step": by_package(values),
            "supremum": brute_force(values, 2),
            "supremum_min_tail_20": brute_force(values, 20),
            "values": [float(v) for v in values],
        })
    assert powerlaw.__version__ == "2.0.0"
    (HERE / "power_law.json").write_text(json.dumps({"cases": cases}) + "\n")


if __name__ == "__main__":
    main()
