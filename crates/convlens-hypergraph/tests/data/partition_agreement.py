"""Writes partition_agreement.json: agreement of partitions by scikit-learn, eigenvalues by numpy.

    pip install numpy scikit-learn
    python partition_agreement.py > partition_agreement.json

Made with numpy 2.4 and scikit-learn 1.9.1.
"""

import json

import numpy as np
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

rng = np.random.default_rng(5)


def case(a, b):
    a, b = np.asarray(a, dtype=int), np.asarray(b, dtype=int)
    return {
        "a": a.tolist(),
        "b": b.tolist(),
        "expected": float(expected_mutual_information(contingency_matrix(a, b, sparse=True), len(a))),
        "ari": float(adjusted_rand_score(a, b)),
        **{m: float(adjusted_mutual_info_score(a, b, average_method=m)) for m in ("arithmetic", "geometric", "max", "min")},
    }


cases = []
for n, k, l in [(20, 3, 4), (57, 2, 9), (200, 10, 10), (300, 40, 5), (12, 11, 2)]:
    a = rng.integers(0, k, n)
    cases.append(case(a, rng.integers(0, l, n)))
    noisy = np.where(rng.random(n) < 0.6, a % l, rng.integers(0, l, n))
    cases.append(case(a, noisy))
skew = (rng.random(250) ** 3 * 8).astype(int)
cases.append(case(skew, np.minimum(skew, 2)))
cases.append(case([0] * 9, [0, 1, 2] * 3))
cases.append(case([0] * 5, [1] * 5))
cases.append(case(np.arange(6), [0, 1, 2] * 2))


def laplacian(n, m, p):
    """Zhou, Huang and Schoelkopf 2006, section 5, as a dense matrix."""
    H = (rng.random((n, m)) < p).astype(float)
    H[np.arange(n), np.arange(n) % m] = 1.0  # no isolated node
    w = rng.uniform(0.2, 3.0, m).round(6)
    d, delta = H @ w, np.maximum(H.sum(0), 1)
    root = np.diag(d**-0.5)
    L = np.eye(n) - root @ H @ np.diag(w / delta) @ H.T @ root
    edges = [np.flatnonzero(H[:, e]).tolist() for e in range(m)]
    return {"n": n, "edges": edges, "weights": w.tolist(), "eigenvalues": np.linalg.eigvalsh(L).tolist()}


spectra = [laplacian(15, 40, 0.15), laplacian(40, 12, 0.2)]
print(json.dumps({"cases": cases, "spectra": spectra}))
