"""Reference fits and likelihoods of power-law tails by powerlaw 2.0.0, weightwatcher 0.7.7 and scipy 1.17.1.

    pip install numpy==2.4.6 scipy==1.17.1 mpmath==1.4.1 powerlaw==2.0.0 weightwatcher==0.7.7
    python power_law_peers.py

Writes power_law_peers.json beside this file. For each spectrum:

- `powerlaw`: `Fit(values, parameter_ranges={"alpha": [1, 50]})`: alpha, xmin, D, sigma, n_tail, and for each alternative the
  log-likelihood where its optimizer ended, the ratio R, the normalized ratio and p;
- `weightwatcher`: its vectorised fitter (`WW_powerlaw.WWFit`) on the values above its threshold of 1e-5;
- `optimum`: the largest log-likelihood of each alternative on powerlaw's tail by scipy from many starts, in parameters that
  reach the power-law limit: where powerlaw is below it, its optimizer did not converge.

`discrete`: exact zeta fits by `scipy.special.zeta`.
"""

import contextlib
import io
import json
import pathlib
import warnings

import mpmath
import numpy as np
import powerlaw
import scipy
from scipy import optimize, special

with contextlib.redirect_stdout(io.StringIO()):
    from weightwatcher.WW_powerlaw import WWFit

HERE = pathlib.Path(__file__).parent
ALTERNATIVES = ["lognormal", "exponential", "stretched_exponential", "truncated_power_law"]


def by_powerlaw(values):
    fit = powerlaw.Fit(values, parameter_ranges={"alpha": [1, 50]}, verbose=0)
    found = {"alpha": fit.alpha, "xmin": fit.xmin, "distance": fit.D, "sigma": fit.sigma, "n_tail": fit.n}
    found["log_likelihood"] = np.sum(fit.power_law.loglikelihoods(fit.data))
    for name in ALTERNATIVES:
        law = getattr(fit, name)
        ratio, p = fit.distribution_compare("power_law", name)
        normalized, _ = fit.distribution_compare("power_law", name, normalized_ratio=True)
        found[name] = {
            "log_likelihood": np.sum(law.loglikelihoods(fit.data)),
            "ratio": ratio,
            "normalized": normalized,
            "p": p,
        }
    return found


def by_weightwatcher(values):
    with contextlib.redirect_stdout(io.StringIO()):
        fit = WWFit(values[values > 1e-5])
    # What `sigma` is divided by: the position in the sorted list, not the number of values at or above `xmin`.
    n = round(((fit.alpha - 1) / fit.sigma) ** 2)
    return {"alpha": fit.alpha, "xmin": fit.xmin, "distance": fit.D, "sigma": fit.sigma, "n_tail": n}


def best(function, starts):
    """The largest value over Nelder-Mead and Powell from every start."""
    values = []
    for start in starts:
        for method in ["Nelder-Mead", "Powell"]:
            end = optimize.minimize(lambda p: -function(p), start, method=method, options={"maxiter": 4000, "fatol": 1e-10, "ftol": 1e-12, "xatol": 1e-9, "xtol": 1e-9})
            if np.isfinite(end.fun):
                values.append(-end.fun)
    return max(values)


def optima(tail, xmin, power_law):
    """Suprema of the log-likelihoods above xmin; the power law is a limit of all but the exponential."""
    t = tail / xmin
    y = np.log(t)
    n = len(t)
    jacobian = -n * np.log(xmin)

    def lognormal(p):
        m, s = p[0], np.exp(p[1])
        z = (y - m) / s
        return jacobian + np.sum(-0.5 * z * z - y) - n * (np.log(s) + 0.5 * np.log(2 * np.pi) + special.log_ndtr(m / s))

    def stretched(p):
        beta = np.exp(p[0])
        c = n / np.sum(np.expm1(beta * y))
        return jacobian + n * (p[0] + np.log(c)) + np.sum((beta - 1) * y) - n

    def truncated(p):
        alpha, lam = 1 + abs(p[0]), np.exp(p[1])
        norm = float(mpmath.log(mpmath.expint(alpha, mpmath.mpf(lam))))
        return jacobian + np.sum(-alpha * y - lam * t) - n * norm

    rate = 1 / np.mean(t - 1)
    mean, deviation = np.mean(y), np.log(np.std(y))
    return {
        "exponential": jacobian + n * np.log(rate) - n,
        "lognormal": max(power_law, best(lognormal, [(mean, deviation), (0, deviation), (-3, deviation + 1), (-20, deviation + 2)])),
        "stretched_exponential": max(power_law, best(stretched, [(0,), (-1.5,), (-4,), (1,)])),
        "truncated_power_law": max(power_law, best(truncated, [(1 / mean, -3), (0.3, np.log(rate)), (1, 0), (1 / mean, -8)])),
    }


def discrete(values):
    """Exact zeta likelihood at every xmin; the distance of two step functions on the integers."""
    x = np.sort(values)
    found = None
    for xmin in np.unique(x)[:-1]:
        tail = x[x >= xmin]
        n = len(tail)
        if n < 10:
            break
        total = np.sum(np.log(tail))
        end = optimize.minimize_scalar(
            lambda a: n * np.log(special.zeta(a, xmin)) + a * total, bounds=(1.0001, 40), method="bounded", options={"xatol": 1e-12}
        )
        alpha = end.x
        grid = np.arange(xmin, tail[-1] + 1)
        law = 1 - special.zeta(alpha, grid + 1) / special.zeta(alpha, xmin)
        steps = np.searchsorted(tail, grid, side="right") / n
        distance = np.max(np.abs(law - steps))
        if found is None or distance < found["distance"]:
            found = {"alpha": alpha, "xmin": xmin, "distance": distance, "n_tail": n, "log_likelihood": -end.fun}
    return found


def plain(value):
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return float(value)


def spectra(rng):
    pareto = lambda n, alpha: (1 - rng.random(n)) ** (-1 / (alpha - 1))
    esd = lambda w: np.linalg.svd(w, compute_uv=False) ** 2 / max(w.shape)
    body = np.concatenate([rng.lognormal(-1, 0.7, 240), pareto(60, 3)])
    spiked = rng.standard_normal((200, 100)) + 8 * np.outer(rng.standard_normal(200), rng.standard_normal(100)) / 12
    return {
        "pareto_2.2": pareto(300, 2.2),
        "pareto_3": 0.01 * pareto(250, 3),
        "pareto_6": 40 * pareto(200, 6),
        "lognormal_1.2": rng.lognormal(0, 1.2, 250),
        "lognormal_0.4": rng.lognormal(2, 0.4, 200),
        "exponential": rng.exponential(2, 250),
        "weibull_0.5": rng.weibull(0.5, 250),
        "body_and_tail": body,
        "cut_off": rng.gamma(0.4, 5, 300),
        "gaussian_200x100": esd(rng.standard_normal((200, 100))),
        "gaussian_square": esd(rng.standard_normal((120, 120))),
        "t3_256x128": esd(rng.standard_t(3, (256, 128))),
        "t2_300x100": esd(rng.standard_t(2, (300, 100))),
        "spiked": esd(spiked),
        "tiny_15": pareto(15, 2.5),
        "tiny_7": pareto(7, 2.5),
        "ties": np.round(pareto(200, 2.2), 1),
        "pairs": np.repeat(esd(rng.standard_t(3, (128, 64))), 2),
    }


def main():
    assert (powerlaw.__version__, scipy.__version__, np.__version__) == ("2.0.0", "1.17.1", "2.4.6")
    rng = np.random.default_rng(20_240_611)
    cases = []
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    for name, values in spectra(rng).items():
        # What is written is what is fitted.
        values = np.array([float(f"{v:.12g}") for v in values])
        theirs = by_powerlaw(values)
        tail = values[values >= theirs["xmin"]]
        case = {
            "powerlaw": theirs,
            "weightwatcher": by_weightwatcher(values),
            "optimum": optima(tail, theirs["xmin"], theirs["log_likelihood"]),
        }
        cases.append({"name": name, **plain(case), "values": [float(v) for v in values]})
        print(name, flush=True)
    zipf = [discrete(x) | {"values": [int(v) for v in x]} for x in (rng.zipf(2.5, 400), rng.zipf(1.8, 200).clip(max=5000), rng.geometric(0.2, 300), rng.zipf(3.5, 500) + 2)]
    zipf = [{k: v if k == "values" else float(v) for k, v in case.items()} for case in zipf]
    (HERE / "power_law_peers.json").write_text(json.dumps({"cases": cases, "discrete": zipf}) + "\n")


if __name__ == "__main__":
    main()
