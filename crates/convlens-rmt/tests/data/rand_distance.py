"""Reference values of WeightWatcher's rand_distance, for tests/it/null.rs.

    pip install weightwatcher==0.7.7 numpy==2.4.6
    python rand_distance.py > rand_distance.json

Eigenvalues are those of a seeded t(3) matrix and of its permutation; `jensen_shannon_distance` is WeightWatcher's own.
"""

import json
import sys

import numpy as np
import weightwatcher
from weightwatcher.RMT_Util import jensen_shannon_distance

print(f"weightwatcher {weightwatcher.__version__}, numpy {np.__version__}", file=sys.stderr)
cases = []
for rows, cols, seed in [(24, 12, 1), (40, 40, 2)]:
    rng = np.random.default_rng(seed)
    w = rng.standard_t(3, size=(rows, cols)) + np.outer(rng.standard_normal(rows), rng.standard_normal(cols))
    evals = np.sort(np.linalg.svd(w, compute_uv=False) ** 2)
    shuffled = rng.permutation(w.ravel()).reshape(w.shape)
    rand = np.sort(np.linalg.svd(shuffled, compute_uv=False) ** 2)
    cases.append(
        {
            "eigenvalues": evals.tolist(),
            "randomized": rand.tolist(),
            "rand_distance": float(jensen_shannon_distance(evals, rand)),
        }
    )
json.dump({"weightwatcher": weightwatcher.__version__, "cases": cases}, sys.stdout)
