"""Reference values for the Airy function and the Tracy-Widom laws.

Writes airy.csv and tracy_widom.csv beside this file. Needs mpmath only.
An independent route: 40 digits, no truncation shared with the Rust code (the
half-line is cut where Ai is 1e-45), and an order at which one more node changes
no printed digit.
"""

import pathlib

import mpmath as mp

mp.mp.dps = 40
HERE = pathlib.Path(__file__).parent


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


def determinants(s, rule):
    xs, ws = rule
    n = len(xs)
    length = max(mp.mpf(28) - s, mp.mpf(20))
    b = mp.matrix(n, n)
    for i in range(n):
        for j in range(i + 1):
            v = length * mp.sqrt(ws[i] * ws[j]) * mp.airyai(s + length * (xs[i] + xs[j]))
            b[i, j] = v
            b[j, i] = v
    one = mp.eye(n)
    minus, plus = mp.det(one - b), mp.det(one + b)
    return minus, minus * plus


def main():
    with open(HERE / "airy.csv", "w") as f:
        f.write("z,ai\n")
        for k in range(-50, 101):
            z = mp.mpf(k) / 4 + (mp.mpf(1) / 16 if k % 2 else 0)
            if z >= mp.mpf("-12.5"):
                f.write(f"{mp.nstr(z, 20)},{mp.nstr(mp.airyai(z), 20)}\n")
    rule, check = gauss_legendre(80), gauss_legendre(81)
    with open(HERE / "tracy_widom.csv", "w") as f:
        f.write("s,cdf1,survival1,cdf2,survival2\n")
        for s in ["-8", "-6.5", "-5", "-4", "-3", "-2.5", "-2", "-1.5", "-1", "-0.5", "0",
                  "0.5", "1", "1.5", "2", "3", "4", "6", "8", "10"]:
            s = mp.mpf(s)
            f1, f2 = determinants(s, rule)
            g1, g2 = determinants(s, check)
            assert abs(f1 - g1) < 1e-24 and abs(f2 - g2) < 1e-24, (s, f1 - g1, f2 - g2)
            row = [s, f1, 1 - f1, f2, 1 - f2]
            f.write(",".join(mp.nstr(v, 20) for v in row) + "\n")


if __name__ == "__main__":
    main()
