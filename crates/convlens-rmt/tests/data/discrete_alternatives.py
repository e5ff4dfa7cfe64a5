"""Reference likelihoods of other laws than the power law on counts, by scipy 1.17.1 and mpmath 1.4.1, and powerlaw 2.0.0.

    pip install numpy==2.4.6 scipy==1.17.1 mpmath==1.4.1 powerlaw==2.0.0
    python discrete_alternatives.py

Writes discrete_alternatives.json beside this file. For each sample of counts and its `xmin`:

- `power_law`: alpha and log-likelihood, by `scipy.special.zeta`;
- `optimum`: the largest log-likelihood of each law `P(X = x) = g(x) / sum of g from xmin on`, from several starts of
  Nelder and Mead in parameters that reach the power-law limit. The sum is 200,000 terms one by one and the rest by the
  integral, with the first two corrections of Euler and Maclaurin;
- `spot`: parameters of the optimum with the logarithm of the sum by mpmath with 30 digits (Lerch's function for the truncated
  power law, `nsum` for the others), where the direct sum is within 1e-10 of it;
- `powerlaw`: log-likelihoods of powerlaw 2.0.0, `discrete=True`, for the two laws that it normalizes exactly (geometric, Lerch).
"""

import json
import pathlib
import warnings

import mpmath
import numpy as np
import powerlaw
import scipy
from scipy import integrate, optimize, special

HERE = pathlib.Path(__file__).parent
TERMS = 200_000


def log_sum(h, a):
    """ln of the sum of exp(h(x)) over x = a, a + 1, ..; h smooth far out."""
    values = h(np.arange(a, a + TERMS, dtype=float))
    top = values.max()
    total = np.exp(values - top).sum()
    w = float(a + TERMS)
    at = lambda x: np.exp(h(x) - top)
    if at(w) > 0:
        # In ln x, over pieces that grow.
        edges = np.log(w) + np.concatenate([[0], np.geomspace(0.1, 700, 60)])
        for left, right in zip(edges, edges[1:]):
            part = integrate.quad(lambda y: np.exp(h(np.exp(y)) - top + y), left, right, epsabs=0, epsrel=1e-12)[0]
            total += part
            if part < 1e-18 * total:
                break
        slope = (at(w + 1) - at(w - 1)) / 2
        total += at(w) / 2 - slope / 12
    return top + np.log(total)


def best(function, starts):
    found = (-np.inf, None)
    for start in starts:
        for _ in range(2):
            end = optimize.minimize(lambda p: -function(p), start, method="Nelder-Mead", options={"maxiter": 2000, "fatol": 1e-11, "xatol": 1e-9})
            start = end.x
        if np.isfinite(end.fun) and -end.fun > found[0]:
            found = (-end.fun, end.x)
    return found


def fits(x, a):
    n, y = len(x), np.log(x / a)
    mean, variance = y.mean(), y.var()
    alpha = optimize.minimize_scalar(lambda s: np.log(special.zeta(s, a)) + s * np.log(x).mean(), bounds=(1.001, 60), method="bounded", options={"xatol": 1e-12}).x
    base = -n * np.log(special.zeta(alpha, a)) - alpha * np.log(x).sum()

    def lognormal(p):
        b, c = p[0], np.exp(p[1])
        h = lambda v: -(np.log(v / a) - mean) * (b + c * (np.log(v / a) - mean))
        return h(x).sum() - n * log_sum(h, a)

    def stretched(p):
        beta, c = np.exp(p[0]), np.exp(p[1])
        h = lambda v: (beta - 1) * np.log(v / a) - c * np.expm1(beta * np.log(v / a))
        return h(x).sum() - n * log_sum(h, a)

    def truncated(p):
        s, rate = abs(p[0]), np.exp(p[1])
        h = lambda v: -s * np.log(v / a) - rate * (v / a - 1)
        return h(x).sum() - n * log_sum(h, a)

    rate = np.log1p(1 / (x - a).mean())
    log_c = -np.log(2 * variance)
    ends = {
        "lognormal": best(lognormal, [(1, log_c), (alpha, log_c - 1), (alpha, log_c - 6)]),
        "stretched_exponential": best(stretched, [(0, np.log(rate * a)), (-1, np.log(rate * a) + 1), (-3, np.log(20 * (alpha - 1)))]),
        "truncated_power_law": best(truncated, [(alpha, np.log(rate * a) - 3), (0.3, np.log(rate * a)), (alpha, np.log(rate * a) - 8)]),
    }
    optimum = {name: max(base, value) for name, (value, _) in ends.items()}
    optimum["exponential"] = n * np.log(-np.expm1(-rate)) - rate * (x - a).sum()
    return {"alpha": alpha, "log_likelihood": base}, optimum, spots({k: p for k, (v, p) in ends.items() if v > base + 1e-3}, a, mean)


def spots(ends, a, mean):
    """The logarithm of the sum at the optimum, to 30 digits."""
    mpmath.mp.dps = 30
    found = {}
    for name, p in ends.items():
        first, second = mpmath.mpf(float(p[0])), mpmath.exp(mpmath.mpf(float(p[1])))
        log = lambda v: mpmath.log(mpmath.mpf(v) / a)
        if name == "truncated_power_law":
            s, unit = abs(first), mpmath.mpf(a)
            total = unit**s * mpmath.lerchphi(mpmath.exp(-second / a), s, a)
            found[name] = {"first": s, "second": second, "log_sum": mpmath.log(total)}
            continue
        if name == "lognormal":
            density = lambda v: mpmath.exp(-(log(v) - mean) * (first + second * (log(v) - mean)))
        else:
            beta = mpmath.exp(first)
            density = lambda v: mpmath.exp((beta - 1) * log(v) - second * mpmath.expm1(beta * log(v)))
        head = mpmath.fsum(density(v) for v in range(a, a + 3000))
        w = mpmath.mpf(a + 3000)
        rest = mpmath.quad(lambda t: density(mpmath.exp(t)) * mpmath.exp(t), [mpmath.log(w) + d for d in (0, 1, 2, 4, 8, 16, 32, 64, 128)])
        rest += density(w) / 2 - mpmath.diff(density, w) / 12 + mpmath.diff(density, w, 3) / 720
        found[name] = {"first": first if name == "lognormal" else beta, "second": second, "log_sum": mpmath.log(head + rest)}
    return {k: {f: float(v) for f, v in row.items()} for k, row in found.items()}


def by_powerlaw(x, a):
    fit = powerlaw.Fit(x, discrete=True, xmin=a, parameter_ranges={"alpha": [1, 50]}, verbose=0)
    return {name: float(np.sum(getattr(fit, name).loglikelihoods(fit.data))) for name in ("exponential", "truncated_power_law")}


def samples(rng):
    zipf = rng.zipf(2.5, 400)
    weights = np.arange(1, 3001) ** -1.6 * np.exp(-np.arange(1, 3001) / 60)
    return {
        "zipf_2.5": (zipf, 1),
        "zipf_1.8": (rng.zipf(1.8, 300).clip(max=100_000), 2),
        "lognormal": (np.ceil(rng.lognormal(1.5, 0.9, 300)).astype(int), 3),
        "geometric": (rng.geometric(0.15, 300), 1),
        "cut_off": (rng.choice(np.arange(1, 3001), 400, p=weights / weights.sum()), 1),
        "weibull": (np.ceil(8 * rng.weibull(0.6, 300)).astype(int), 2),
        "poisson_50": (rng.poisson(50, 200), 30),
        "large": (np.floor(1000 * (1 - rng.random(250)) ** (-1 / 1.7)).astype(int), 1000),
        "large_body": (np.ceil(rng.lognormal(9, 1.2, 250)).astype(int), 2000),
    }


def main():
    assert (powerlaw.__version__, scipy.__version__, np.__version__) == ("2.0.0", "1.17.1", "2.4.6")
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    cases = []
    for name, (values, a) in samples(np.random.default_rng(20_261_125)).items():
        x = values[values >= a]
        power_law, optimum, spot = fits(x.astype(float), a)
        plain = lambda row: {k: float(v) for k, v in row.items()}
        cases.append(
            {
                "name": name,
                "xmin": a,
                "power_law": plain(power_law),
                "optimum": plain(optimum),
                "mean_log": float(np.log(x / a).mean()),
                "spot": spot,
                "powerlaw": by_powerlaw(x, a),
                "values": [int(v) for v in values],
            }
        )
        print(name, cases[-1]["power_law"], cases[-1]["optimum"], spot, cases[-1]["powerlaw"], flush=True)
    (HERE / "discrete_alternatives.json").write_text(json.dumps({"cases": cases}) + "\n")


if __name__ == "__main__":
    main()
