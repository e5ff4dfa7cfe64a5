"""s-walk measures of HyperNetX on seeded hypergraphs, beside this file as `s_walks.json`.

pip install hypernetx==2.4.3
python make_s_walks.py
"""

import json
import pathlib
import random
import warnings

import hypernetx as hnx
import hypernetx.algorithms.metrics.s_centrality_measures as m

warnings.filterwarnings("ignore")
rng = random.Random(20220815)
cases = []


def hypergraph(n, sizes):
    return [sorted(rng.sample(range(n), k)) for k in sizes]


shapes = [
    (12, [3] * 10),
    (20, [rng.randint(1, 5) for _ in range(15)]),
    (30, [rng.randint(2, 12) for _ in range(40)]),
    (8, [5] * 12),
    (40, [2] * 30),
]
for n, sizes in shapes:
    edges = hypergraph(n, sizes)
    h = hnx.Hypergraph({i: e for i, e in enumerate(edges)})
    for s in (1, 2, 3):
        for by_edges in (True, False):
            keys = list(range(len(edges))) if by_edges else sorted(h.nodes)
            of = lambda d: [float(d[k]) for k in keys]
            g = h.get_linegraph(s=s, edges=by_edges)
            import networkx as nx

            components = sorted(sorted(int(v) for v in c) for c in nx.connected_components(g))
            case = {
                "n_nodes": n,
                "edges": edges,
                "s": s,
                "over": "edges" if by_edges else "nodes",
                "keys": [int(k) for k in keys],
                "components": components,
                "betweenness": of(m.s_betweenness_centrality(h, s=s, edges=by_edges)),
                "betweenness_pairs": of(m.s_betweenness_centrality(h, s=s, edges=by_edges, normalized=False)),
                "closeness": of(m.s_closeness_centrality(h, s=s, edges=by_edges)),
                "harmonic": of(m.s_harmonic_centrality(h, s=s, edges=by_edges)),
                "harmonic_normalized": of(m.s_harmonic_centrality(h, s=s, edges=by_edges, normalized=True)),
                "eccentricity": None,
                "distances": [],
            }
            if nx.is_connected(g):
                case["eccentricity"] = of(m.s_eccentricity(h, s=s, edges=by_edges))
                case["diameter"] = h.edge_diameter(s=s) if by_edges else h.diameter(s=s)
            distance = h.edge_distance if by_edges else h.distance
            for _ in range(12):
                a, b = rng.choice(keys), rng.choice(keys)
                d = distance(a, b, s=s)
                case["distances"].append([int(a), int(b), None if d == float("inf") else int(d)])
            cases.append(case)

here = pathlib.Path(__file__).parent
(here / "s_walks.json").write_text(json.dumps({"hypernetx": hnx.__version__, "cases": cases}))
