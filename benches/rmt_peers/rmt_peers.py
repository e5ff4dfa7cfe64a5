"""The peers of convlens-rmt, each in its own words, and the process that times them for `rmt-peers`.

One JSON object a line. It says hello with versions and variants; then, for each request, one answer:

- {"load": path}: the values of the next fits, raw little-endian f64;
- {"variant": name, "loops": k}: the mean seconds of one of k calls, and alpha, xmin and D of the last;
- {"analyze": [{"shape": [..], "path": path}, ..], "runs": k}: see analyze.py; weights are raw little-endian f64, row-major.

Imports, reading and printing are outside the clock. A new table's variants go into VARIANTS under its mode.
"""

import contextlib
import io
import json
import sys
import time
import warnings

import numpy as np
import powerlaw
import scipy
import torch

SILENT = io.StringIO()
with contextlib.redirect_stdout(SILENT):
    import weightwatcher
    from analyze import analyze
    from weightwatcher.WW_powerlaw import WWFit


def by_weightwatcher(values):
    """WeightWatcher's own vectorised fitter: what `analyze` calls by default."""
    fit = WWFit(values)
    return fit.alpha, fit.xmin, fit.D


def by_powerlaw(values):
    """With the range of alpha opened: by default it ends at 3."""
    fit = powerlaw.Fit(values, parameter_ranges={"alpha": [1, 50]}, verbose=0)
    return fit.alpha, fit.xmin, fit.D


VARIANTS = [
    ("power_law", "weightwatcher", by_weightwatcher),
    ("power_law", "powerlaw", by_powerlaw),
]


class Peers:
    def __init__(self):
        self.values = None

    def answer(self, ask):
        if "load" in ask:
            self.values = np.fromfile(ask["load"], dtype="<f8")
            return {}
        if "analyze" in ask:
            with contextlib.redirect_stdout(SILENT):
                return analyze(ask["analyze"], ask["runs"])
        function = next(f for _, name, f in VARIANTS if name == ask["variant"])
        with contextlib.redirect_stdout(SILENT):
            start = time.perf_counter()
            for _ in range(ask["loops"]):
                alpha, xmin, distance = function(self.values)
            seconds = (time.perf_counter() - start) / ask["loops"]
        return {"seconds": seconds, "alpha": float(alpha), "xmin": float(xmin), "distance": float(distance)}


def say(answer):
    print(json.dumps(answer), flush=True)


def main():
    warnings.simplefilter("ignore")
    versions = {"Python": sys.version.split()[0]}
    for module in [np, scipy, powerlaw, torch, weightwatcher]:
        versions[module.__name__] = getattr(module, "__version__", "unknown")
    say({
        "versions": ", ".join(f"{k} {v}" for k, v in versions.items()),
        "variants": [{"mode": mode, "name": name} for mode, name, _ in VARIANTS],
    })
    peers = Peers()
    for line in sys.stdin:
        try:
            say(peers.answer(json.loads(line)))
        except Exception as error:  # the driver prints it
            say({"error": f"{type(error).__name__}: {error}"})


main()
