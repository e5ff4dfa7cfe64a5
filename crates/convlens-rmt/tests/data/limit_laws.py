"""Reference values of the limit laws: limit_laws.json beside this file.

    pip install mpmath==1.4.1 scipy==1.17.1
    python limit_laws.py               # about a minute

Each value comes from the definition by mpmath at 30 digits: the density as written in the
literature, its integral by quadrature, the transform as the integral of p(x) / (x - z), the quantile as the root of
the integrated distribution. Porter-Thomas: scipy.stats.chi2 and beta for the quantiles, mpmath's incomplete beta for the
distribution. Spacing ratios: quadrature of the densities of Atas et al. (2013), whose constants are checked to
give mass 1.
"""

import json
import pathlib

import mpmath as mp
import scipy.stats

mp.mp.dps = 30
OUT = {"mpmath": mp.__version__, "scipy": scipy.__version__}


def num(x):
    return float(x)


def marchenko_pastur(q, sigma2):
    q, v = mp.mpf(q), mp.mpf(sigma2)
    a, b = v * (1 - 1 / mp.sqrt(q)) ** 2, v * (1 + 1 / mp.sqrt(q)) ** 2

    def pdf(x):
        return q * mp.sqrt((b - x) * (x - a)) / (2 * mp.pi * v * x)

    def integral(f, upto):
        # x = a + (b - a) sin^2 u: the square-root edges become smooth.
        end = mp.asin(mp.sqrt((upto - a) / (b - a)))

        def g(u):
            s, c = mp.sin(u), mp.cos(u)
            x = a + (b - a) * s * s
            # pdf dx = q sqrt((b - x)(x - a)) dx / (2 pi v x), with (b - x)(x - a) = (b - a)^2 s^2 c^2.
            over_x = s * s / x if a > 0 else 1 / (b - a)
            return f(x) * q * (b - a) ** 2 * c * c * over_x / (mp.pi * v)

        return mp.quad(g, mp.linspace(0, end, 5))

    xs = [a + (b - a) * mp.mpf(t) for t in ("0.01", "0.2", "0.5", "0.93")]
    points = [
        {"x": num(x), "pdf": num(pdf(mp.mpf(num(x)))), "cdf": num(integral(lambda y: 1, mp.mpf(num(x))))}
        for x in xs
    ]
    quantiles = []
    for p in ("0.05", "0.5", "0.9"):
        x = mp.findroot(lambda y: integral(lambda _: 1, y) - mp.mpf(p), (a, b), solver="anderson", tol=1e-40)
        quantiles.append({"p": float(p), "x": num(x)})
    moments = [num(integral(lambda x: x ** k, b)) for k in range(9)]
    zs = [(num(b) * 1.5, 0.0), (-0.7, 0.0), (num(a + b) / 2, 0.3), (num(a + b) / 2, -0.05), (-1.0, 2.0), (30.0, 40.0)]
    if a > 0.05:
        zs.append((num(a) / 2, 0.0))
    transform = []
    for re, im in zs:
        z = mp.mpc(re, im)
        m = integral(lambda x: 1 / (x - z), b)
        transform.append({"z": [re, im], "m": [num(mp.re(m)), num(mp.im(m))]})
    return {"q": float(q), "sigma2": float(v), "points": points, "quantiles": quantiles, "moments": moments,
            "stieltjes": transform}


def semicircle():
    def pdf(x):
        return mp.sqrt(4 - x * x) / (2 * mp.pi)

    # x = -2 cos t.
    def cdf(x):
        return mp.quad(lambda t: 2 * mp.sin(t) ** 2 / mp.pi, [0, mp.acos(-x / 2)])

    xs = [mp.mpf(x) for x in (-1.9999, -1.5, -0.25, 0.5, 1.75, 1.9999)]
    return {"radius": 2.0, "points": [{"x": num(x), "pdf": num(pdf(x)), "cdf": num(cdf(x)), "survival": num(cdf(-x))}
                                      for x in xs],
            "absolute_moments": [num(2 * mp.quad(lambda t: (2 * mp.cos(t)) ** k * 2 * mp.sin(t) ** 2 / mp.pi,
                                                 [0, mp.pi / 2])) for k in range(8)]}


def porter_thomas():
    rows = []
    for n in (0, 2, 3, 10, 64, 1000):
        for x in (0.001, 0.1, 1.0, 1.9, 4.5, 9.75, 30.0):
            y = mp.mpf(x)
            if n == 0:
                pdf, sf = mp.exp(-y / 2) / mp.sqrt(2 * mp.pi * y), mp.erfc(mp.sqrt(y / 2))
                cdf = mp.erf(mp.sqrt(y / 2))
            elif x >= n:
                continue
            else:
                b = mp.mpf(n - 1) / 2
                pdf = (y / n) ** mp.mpf("-0.5") * (1 - y / n) ** (b - 1) / mp.beta(0.5, b) / n
                cdf = mp.betainc(0.5, b, 0, y / n, regularized=True)
                sf = mp.betainc(b, 0.5, 0, 1 - y / n, regularized=True)
            rows.append({"n": n, "x": x, "pdf": num(pdf), "cdf": num(cdf), "survival": num(sf)})
    quantiles = []
    for n in (0, 3, 64):
        law = scipy.stats.chi2(1) if n == 0 else scipy.stats.beta(0.5, (n - 1) / 2, scale=n)
        quantiles += [{"n": n, "p": p, "x": float(law.ppf(p))} for p in (0.01, 0.5, 0.95, 0.999)]
    return {"points": rows, "quantiles": quantiles}


def ratios():
    laws = {
        "poisson": lambda r: 2 / (1 + r) ** 2,
        "goe": lambda r: 2 * mp.mpf(27) / 8 * (r + r * r) / (1 + r + r * r) ** mp.mpf("2.5"),
        "gue": lambda r: 2 * 81 * mp.sqrt(3) / (4 * mp.pi) * (r + r * r) ** 2 / (1 + r + r * r) ** 4,
    }
    rows = {}
    for name, pdf in laws.items():
        assert abs(mp.quad(pdf, [0, 1]) - 1) < 1e-25
        rows[name] = {
            "mean": num(mp.quad(lambda r: r * pdf(r), [0, 1])),
            "points": [{"r": r, "pdf": num(pdf(mp.mpf(r))), "cdf": num(mp.quad(pdf, [0, mp.mpf(r)]))}
                       for r in (0.01, 0.125, 0.5, 0.75, 1.0)],
        }
    return rows


OUT["marchenko_pastur"] = [marchenko_pastur(*p) for p in ((1, 1), (1, 0.3), (1.0625, 2), (2, 1), (9, 0.04), (400, 3))]
OUT["semicircle"] = semicircle()
OUT["porter_thomas"] = porter_thomas()
OUT["spacing_ratios"] = ratios()
path = pathlib.Path(__file__).parent / "limit_laws.json"
path.write_text(json.dumps(OUT) + "\n")
