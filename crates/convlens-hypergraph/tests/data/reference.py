"""Writes reference.json: class separation of one table by numpy, scipy and scikit-learn.

Run with numpy, scipy and scikit-learn installed:  python reference.py > reference.json
"""

import json

import numpy as np
from scipy.stats import binom, entropy
from sklearn.naive_bayes import BernoulliNB

INPUTS, FEATURES = 60, 8
# The split drawn by the crate with seed 7: an input of this script, not a result.
HELD_OUT = [0, 2, 4, 5, 6, 12, 13, 16, 21, 22, 23, 24, 25, 26, 28, 31, 33, 34, 35, 36, 37, 41, 45, 46, 48, 50, 53, 56, 57, 59]

rng = np.random.default_rng(20240)
labels = np.array([0] * 26 + [3] * 20 + [11] * 14)
classes = np.unique(labels)
values = rng.normal(size=(INPUTS, FEATURES)).round(6)
for f in range(FEATURES):
    values[labels == classes[f % 3], f] += [1.5, 0.8, 2.0, 0.4][f % 4]
values[:, 6] = np.maximum(values[:, 6], 0.0)  # ties at 0, like a ReLU
values = values.round(6)


def members(rule, parameter, reference):
    """inputs x features, thresholds from the rows in `reference`."""
    out = np.zeros((INPUTS, FEATURES), dtype=int)
    for f in range(FEATURES):
        column, ref = values[:, f], np.sort(values[reference, f])[::-1]
        if rule == "top_quantile":
            k = min(max(int(np.floor(parameter * len(ref) + 0.5)), 1), len(ref) - 1)
            inside = ref[ref > ref[k]]
            if len(inside):
                out[:, f] = column >= (inside.min() + ref[k]) / 2
        else:
            out[:, f] = (column - ref.mean()) / ref.std(ddof=1) >= parameter
    return out


def modularity(edges, w):
    """Sum over parts and edges, straight from the definition."""
    sizes = edges.sum(axis=0)
    keep = sizes > 0
    total = 0.0
    for c in classes:
        inside = edges[labels == c].sum(axis=0)
        p = edges[labels == c].sum() / edges.sum()
        for d, n in zip(sizes[keep], inside[keep]):
            k = np.arange(1, d + 1)
            weights = np.array([w(x, d) for x in k])
            total += (w(n, d) if n else 0.0) - weights @ binom.pmf(k, d, p)
    return total / keep.sum()


WEIGHTS = {
    "strict": lambda c, d: float(c == d),
    "majority": lambda c, d: float(c > d / 2),
    "linear": lambda c, d: c / d if c > d / 2 else 0.0,
    "pairwise": lambda c, d: c * (c - 1) / (d * (d - 1)) if d > 1 else 1.0,
}

cases = []
for rule, parameter in [("top_quantile", 0.1), ("top_quantile", 0.35), ("z_score", 0.75)]:
    edges = members(rule, parameter, np.arange(INPUTS))
    counts = np.array([edges[labels == c].sum(axis=0) for c in classes])
    sizes = counts.sum(axis=0)
    shares = np.array([edges[labels == c].mean(axis=0) for c in classes])
    jaccard = [
        np.minimum(shares[a], shares[b]).sum() / np.maximum(shares[a], shares[b]).sum()
        for a in range(3)
        for b in range(a)
    ]
    fit = np.setdiff1d(np.arange(INPUTS), HELD_OUT)
    held = members(rule, parameter, fit)
    bayes = BernoulliNB(alpha=1.0, fit_prior=False).fit(held[fit], labels[fit])
    scores = np.sort(bayes.predict_joint_log_proba(held[HELD_OUT]), axis=1)
    assert (scores[:, -1] - scores[:, -2]).min() > 1e-6, "no ties in the reference"
    case = {
        "rule": rule,
        "parameter": parameter,
        "edges": [np.flatnonzero(edges[:, f]).tolist() for f in range(FEATURES)],
        "purity": counts.max(axis=0).sum() / sizes.sum(),
        "entropy": sum(entropy(counts[:, f]) * sizes[f] for f in range(FEATURES) if sizes[f])
        / sizes.sum(),
        "jaccard_separation": 1 - np.mean(jaccard),
        "predicted": bayes.predict(held[HELD_OUT]).tolist(),
    }
    case.update({name: modularity(edges, w) for name, w in WEIGHTS.items()})
    cases.append(case)

print(
    json.dumps(
        {
            "features": FEATURES,
            "labels": labels.tolist(),
            "values": values.ravel().tolist(),
            "held_out": HELD_OUT,
            "cases": cases,
        }
    )
)
