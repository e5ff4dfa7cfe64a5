"""Reference values for the Airy function and the Tracy-Widom laws.

    pip install mpmath==1.4.1
    python tracy_widom.py              # about 10 minutes

Writes airy.csv and tracy_widom.csv beside this file. An independent route to what the
Rust code tabulates: mpmath at 50 digits, Gauss-Legendre quadrature of the Fredholm
determinants (Bornemann 2010), F_1 = det(1 - B), F_2 = det(1 - B) det(1 + B) with
B(x, y) = Ai(x + y + s) on the half-line (Ferrari and Spohn 2005), which is cut where
Ai is 1e-45. The density is F times the derivative of the logarithm of the determinant,
-tr((1 - B)^-1 B'), B'(x, y) = Ai'(x + y + s). At the points of CHECKED another
order of quadrature is asserted to give the same values to 1e-14 relative, in both tails.

The kernel depends on x + y only; Ai is summed from Taylor series about a grid of
centers, whose coefficients are checked against mpmath's own airyai.
"""

import pathlib

import mpmath as mp

mp.mp.dps = 50
HERE = pathlib.Path(__file__).parent
NODES, CHECK = 96, 104
TERMS = 70
# Both tails of both laws to 1e-10 and past it; off the panels' ends and their Chebyshev points.
POINTS = ["-12", "-10.3", "-9.71", "-8.83", "-8", "-7.61", "-7.27", "-6.93", "-6.5", "-6.17", "-5.59", "-5", "-4.41",
          "-4", "-3.37", "-3", "-2.5", "-2.02", "-2", "-1.98", "-1.5", "-1", "-0.5", "0", "0.5", "1", "1.5", "2", "2.73",
          "3", "3.61", "4", "4.87", "5.31", "6", "6.59", "7.29", "8", "8.43", "10", "13.7", "20"]
CHECKED = {"-12", "-8", "-5", "-2", "0", "4", "8", "20"}


class Airy:
    """Ai and Ai' from Taylor series of y'' = z y about centers half a unit apart."""

    def __init__(self):
        self.centers = {}

    def series(self, k):
        if k not in self.centers:
            z = mp.mpf(k) / 2
            a = [mp.airyai(z), mp.airyai(z, derivative=1)]
            for n in range(TERMS - 2):
                a.append((z * a[n] + (a[n - 1] if n else 0)) / ((n + 2) * (n + 1)))
            self.centers[k] = a
        return self.centers[k]

    def __call__(self, z):
        k = int(mp.nint(2 * z))
        h = z - mp.mpf(k) / 2
        value, slope = mp.mpf(0), mp.mpf(0)
        for a in reversed(self.series(k)):
            slope = slope * h + value
            value = value * h + a
        return value, slope


def gauss_legendre(n):
    xs, ws = [], []
    for i in range(n):
        x = mp.cos(mp.pi * (i + mp.mpf(3) / 4) / (n + mp.mpf(1) / 2))
        for _ in range(12):
            p0, p1 = mp.mpf(1), x
            for k in range(2, n + 1):
                p0, p1 = p1, ((2 * k - 1) * x * p1 - (k - 1) * p0) / k
            d = n * (x * p1 - p0) / (x * x - 1)
            x -= p1 / d
        xs.append((1 + x) / 2)
        ws.append(1 / ((1 - x * x) * d * d))
    return xs, ws


def log_det_and_slope(b, slope, sign):
    """log det(1 - sign B) and its derivative, by one elimination of [1 - sign B | B'].

    The determinant is returned as log1p of the pivots' excess, so that a value near 1 keeps its distance from 1.
    """
    n = len(b)
    a = [[-sign * b[i][j] for j in range(n)] + slope[i][:] for i in range(n)]
    log_det = mp.mpf(0)
    for k in range(n):
        pivot = 1 + a[k][k]
        log_det += mp.log1p(a[k][k])
        for i in range(k + 1, n):
            factor = a[i][k] / pivot
            if factor != 0:
                row, upper = a[i], a[k]
                for j in range(k + 1, 2 * n):
                    row[j] -= factor * upper[j]
    trace = mp.mpf(0)
    for column in range(n):
        x = [mp.mpf(0)] * n
        for i in range(n - 1, column - 1, -1):
            rest = mp.fsum(a[i][j] * x[j] for j in range(i + 1, n))
            x[i] = (a[i][n + column] - rest) / (1 + a[i][i])
        trace += x[column]
    return log_det, -sign * trace


def laws(s, rule, airy):
    xs, ws = rule
    n = len(xs)
    length = max(mp.mpf(28) - s, mp.mpf(20))
    b, slope = [[None] * n for _ in range(n)], [[None] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            scale = length * mp.sqrt(ws[i] * ws[j])
            value, derivative = airy(s + length * (xs[i] + xs[j]))
            b[i][j] = b[j][i] = scale * value
            slope[i][j] = slope[j][i] = scale * derivative
    minus, minus_slope = log_det_and_slope(b, slope, 1)
    plus, plus_slope = log_det_and_slope(b, slope, -1)
    row = []
    for log_f, log_slope in [(minus, minus_slope), (minus + plus, minus_slope + plus_slope)]:
        f = mp.exp(log_f)
        row += [f, -mp.expm1(log_f), f * log_slope]
    return row


def main():
    with open(HERE / "airy.csv", "w") as f:
        f.write("z,ai\n")
        for k in range(-50, 101):
            z = mp.mpf(k) / 4 + (mp.mpf(1) / 16 if k % 2 else 0)
            if z >= mp.mpf("-12.5"):
                f.write(f"{mp.nstr(z, 20)},{mp.nstr(mp.airyai(z), 20)}\n")
    airy = Airy()
    for z in ["-11.77", "-3.21", "0.24", "7.76", "41.23"]:
        value, slope = airy(mp.mpf(z))
        assert abs(value / mp.airyai(mp.mpf(z)) - 1) < 1e-40
        assert abs(slope / mp.airyai(mp.mpf(z), derivative=1) - 1) < 1e-40
    rule, check = gauss_legendre(NODES), gauss_legendre(CHECK)
    with open(HERE / "tracy_widom.csv", "w") as f:
        f.write("s,cdf1,survival1,pdf1,cdf2,survival2,pdf2\n")
        for point in POINTS:
            s = mp.mpf(point)
            row = laws(s, rule, airy)
            if point in CHECKED:
                for x, y in zip(row, laws(s, check, airy)):
                    assert abs(x / y - 1) < 1e-14, (point, x, y)
            f.write(",".join(mp.nstr(v, 20) for v in [s] + row) + "\n")
            f.flush()
            print(point, flush=True)


if __name__ == "__main__":
    main()
