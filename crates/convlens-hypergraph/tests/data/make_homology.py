"""Betti numbers of HyperNetX on seeded hypergraphs, beside this file as `homology.json`.

pip install hypernetx==2.4.3
python make_homology.py
"""

import json
import pathlib
import random
import warnings

import hypernetx as hnx
from hypernetx.algorithms.homology.homology_mod2 import betti_numbers

warnings.filterwarnings("ignore")
rng = random.Random(20220815)
cases = []
shapes = [(8, 9, 2, 3), (9, 14, 3, 3), (10, 20, 2, 3), (8, 12, 2, 4), (9, 24, 3, 4)]
for n, m, low, high in shapes * 4:
    edges = [sorted(rng.sample(range(n), rng.randint(low, high))) for _ in range(m)]
    h = hnx.Hypergraph({i: e for i, e in enumerate(edges)})
    found = betti_numbers(h, k=[1, 2])
    cases.append({"n_nodes": n, "edges": edges, "betti": [int(found.get(k, 0)) for k in (1, 2)]})

here = pathlib.Path(__file__).parent
(here / "homology.json").write_text(json.dumps({"hypernetx": hnx.__version__, "cases": cases}))
