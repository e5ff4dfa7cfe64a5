"""Writes hypernetx_modularity.json: modularity of random partitions by HyperNetX.

    pip install hypernetx
    python hypernetx_modularity.py > hypernetx_modularity.json

Made with hypernetx 2.4.3. All hyperedges weigh 1 and have at least two nodes, no node is isolated:
there the definitions agree.
"""

import json
import random

import hypernetx as hnx
import hypernetx.algorithms.clustering.hypergraph_modularity as hmod

random.seed(11)
cases = []
for n, m, largest, k in [(12, 20, 4, 3), (30, 40, 9, 4), (25, 60, 12, 2)]:
    edges = [sorted(random.sample(range(n), random.randint(2, largest))) for _ in range(m)]
    edges += [[v, (v + 1) % n] for v in range(0, n, 2)]
    parts = [v % k if random.random() < 0.7 else random.randrange(k) for v in range(n)]
    h = hnx.Hypergraph({e: nodes for e, nodes in enumerate(edges)})
    sets = [{v for v in range(n) if parts[v] == p} for p in range(k)]
    values = {f.__name__: float(hmod.modularity(h, sets, f)) for f in (hmod.strict, hmod.majority, hmod.linear)}
    cases.append({"n": n, "edges": edges, "parts": parts, **values})
print(json.dumps(cases))
