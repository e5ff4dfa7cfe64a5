"""Writes the tables of the Tracy-Widom laws, src/law/tracy_widom/table_beta{1,2}.rs.

    pip install python-flint==0.9.0 mpmath==1.4.1
    python tracy_widom_table.py        # about 3 minutes

Fredholm determinants by Gauss-Legendre quadrature (Bornemann 2010) in the ball
arithmetic of Arb, so that the rounding of each determinant is known to be under
1e-40 relative; 110 nodes, of which 100 give the same 30 digits. Kernels: F_1 =
det(1 - B), F_2 = det(1 - B) det(1 + B) with B(x, y) = Ai(x + y + s) on the
half-line (Ferrari and Spohn 2005).

- Unit panels [k, k + 1], k = -10 .. 7: log F below -2, log(1 - F) above, as a
  polynomial in u = 2 (s - k) - 1, truncated from the Chebyshev interpolant at 24 points.
- Above 8: log(1 - F) less its leading behavior, as a polynomial in
  v = 2 t / T - 1 with t = s^(-3/2) in (0, T], T = 8^(-3/2). There
  1 - F_1 = tr B - e_2(B) to 1e-20 and 1 - F_2 = tr B^2 to 1e-16.

`tracy_widom.py`, the reference values of the tests, shares no code and no library with this.
"""

import pathlib

import mpmath as mp
from flint import arb, arb_mat, ctx

mp.mp.dps = 60
ctx.dps = 110
TARGET = pathlib.Path(__file__).parents[2] / "src" / "law" / "tracy_widom"
FIRST, LAST, JOINT = -10, 8, -2
NODES, SAMPLES, TERMS, TAIL_TERMS = 110, 24, 14, 16


def legendre(n):
    return [arb.legendre_p_root(n, k, weight=True) for k in range(n)]


def digits(ball):
    return mp.mpf(ball.str(45, radius=False))


def logs(s, rule):
    """log F_1, log(1 - F_1), log F_2, log(1 - F_2)."""
    n, length = len(rule), arb(str(max(30 - float(s), 20.0)))
    s = arb(mp.nstr(s, 60))
    xs = [(1 + x) / 2 for x, _ in rule]
    roots = [(w / 2).sqrt() for _, w in rule]
    minus, plus = [[None] * n for _ in range(n)], [[None] * n for _ in range(n)]
    for i in range(n):
        for j in range(i + 1):
            b = length * roots[i] * roots[j] * (s + length * (xs[i] + xs[j])).airy_ai()
            one = 1 if i == j else 0
            minus[i][j] = minus[j][i] = one - b
            plus[i][j] = plus[j][i] = one + b
    f1 = arb_mat(minus).det()
    f2 = f1 * arb_mat(plus).det()
    return [digits(v.log()) for v in (f1, 1 - f1, f2, 1 - f2)]


def upper_logs(s, rule):
    """log(1 - F_1) and log(1 - F_2) for s >= 8 by traces."""
    s = arb(mp.nstr(s, 60))
    ai, slope = s.airy_ai(), s.airy()[1]
    length = 92 / s.sqrt()
    trace = sum((w * (s + length * (1 + x) / 2).airy_ai() for x, w in rule), arb(0)) * length / 4
    square = (2 * s * s * ai * ai - 2 * s * slope * slope - ai * slope) / 3
    return [digits((trace - (trace * trace - square) / 2).log()), digits(square.log())]


def points(count):
    return [mp.cos(mp.pi * (k + mp.mpf(1) / 2) / count) for k in range(count)]


def polynomial(values, terms):
    """Monomial coefficients of the truncated Chebyshev interpolant."""
    n = len(values)
    coefficients = [mp.mpf(0)] * terms
    previous, current = [mp.mpf(1)], [mp.mpf(0), mp.mpf(1)]
    for j in range(terms):
        c = mp.fsum(v * mp.cos(j * mp.pi * (k + mp.mpf(1) / 2) / n) for k, v in enumerate(values))
        c *= mp.mpf(1 if j == 0 else 2) / n
        for i, t in enumerate(previous):
            coefficients[i] += c * t
        following = [mp.mpf(0)] + [2 * t for t in current]
        for i, t in enumerate(previous):
            following[i] -= t
        previous, current = current, following
    return coefficients


def tail(beta, rule):
    top = mp.mpf(LAST) ** mp.mpf("-1.5")
    values = []
    for v in points(SAMPLES):
        t = (1 + v) / 2 * top
        s = t ** (-mp.mpf(2) / 3)
        leading = mp.mpf(2) / 3 / t + mp.log(s) * 3 / 4 + mp.log(4 * mp.sqrt(mp.pi))
        values.append(upper_logs(s, rule)[beta - 1] + beta * leading)
    return polynomial(values, TAIL_TERMS)


def row(coefficients, indent):
    return "".join(f"{indent}    {float(c)!r},\n" for c in coefficients)


def main():
    rule, fine = legendre(NODES), legendre(70)
    samples = {}
    for k in range(FIRST, LAST):
        samples[k] = [logs(k + (1 + u) / 2, rule) for u in points(SAMPLES)]
        print(k, flush=True)
    for beta in (1, 2):
        text = (
            f"//! Coefficients of the Tracy-Widom law of order {beta}.\n//!\n"
            "//! Made by tests/data/tracy_widom_table.py, which says what they are; not edited by hand.\n\n"
            f"/// Unit panels from {FIRST} to {LAST}.\n"
            f"pub(super) const PANELS: [[f64; {TERMS}]; {LAST - FIRST}] = [\n"
        )
        for k in range(FIRST, LAST):
            column = 2 * (beta - 1) + (0 if k < JOINT else 1)
            values = [sample[column] for sample in samples[k]]
            text += "    [\n" + row(polynomial(values, TERMS), "    ") + "    ],\n"
        text += f"];\n\n/// Above {LAST}.\npub(super) const TAIL: [f64; {TAIL_TERMS}] = [\n"
        text += row(tail(beta, fine), "") + "];\n"
        (TARGET / f"table_beta{beta}.rs").write_text(text)


if __name__ == "__main__":
    main()
