"""WeightWatcher's randomized metrics over 100 seeds, for tests/it/randomized.rs.

    pip install weightwatcher==0.7.7 numpy==2.4.6 torch
    python randomized.py > randomized.json

The calls are those of `analyze(randomize=True, mp_fit=True)`: `random_eigenvalues` (5 draws pooled where a layer has under 100
eigenvalues, else 1) and `mp_fit` on them for `num_traps`, one draw and `jensen_shannon_distance` for `rand_distance`.
Weights are heavy-tailed, from a generator that the test repeats, so that there are traps to be found.
"""

import json
import sys

import numpy as np
import weightwatcher
from weightwatcher.RMT_Util import jensen_shannon_distance


def weights(rows, cols, power):
    """Knuth's MMIX generator, the upper 53 bits; `c / (1 - c^2 + 1/1024)^power` of `c` uniform on (-1, 1)."""
    state, values = 1, []
    for _ in range(rows * cols):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        c = 2 * (state >> 11) / 2**53 - 1
        values.append(c / (1 - c * c + 1 / 1024) ** power)
    return np.array(values).reshape(rows, cols)


watcher = weightwatcher.WeightWatcher()
print(f"weightwatcher {weightwatcher.__version__}, numpy {np.__version__}", file=sys.stderr)
cases = []
for rows, cols, power in [(48, 32, 0.45), (130, 104, 0.6)]:
    w = weights(rows, cols, power)
    evals = np.sort(np.linalg.svd(w, compute_uv=False) ** 2)
    count = len(evals)
    traps, distances, largest = [], [], []
    for seed in range(100):
        np.random.seed(seed)
        pooled = watcher.random_eigenvalues([w], count, 5 if count < 100 else 1)
        fit = watcher.mp_fit(pooled, rows, cols, 1, "", 0, 0, False, False, "", "r", 0.5, True, evals, randomize=True)
        traps.append(int(fit[0]))
        largest.append(float(np.max(pooled)))
        one = watcher.random_eigenvalues([w], count, 1)
        distances.append(float(jensen_shannon_distance(evals, one)))
    cases.append(
        {"rows": rows, "cols": cols, "power": power, "num_traps": traps, "max_rand_eval": largest, "rand_distance": distances}
    )
json.dump({"weightwatcher": weightwatcher.__version__, "cases": cases}, sys.stdout)
