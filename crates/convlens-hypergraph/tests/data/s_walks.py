"""Writes s_walks.json: s-walk measures of three hypergraphs by HyperNetX.

pip install hypernetx==2.4.3 networkx   (made with Python 3.11)
python s_walks.py > s_walks.json

Eccentricity is null where HyperNetX raises an error: the line graph of all hyperedges is not connected.
"""

import json
import random
import warnings

import hypernetx as hnx
import networkx as nx
from hypernetx.algorithms import (
    s_betweenness_centrality,
    s_closeness_centrality,
    s_eccentricity,
    s_harmonic_centrality,
)

warnings.simplefilter("ignore")
draw = random.Random(20200612)


def uniform(n_nodes, sizes):
    return [sorted(draw.sample(range(n_nodes), size)) for size in sizes]


HYPERGRAPHS = [
    # Two parts, a hyperedge of one node, and ones too small for larger s.
    [[0, 1, 2], [1, 2, 3], [2, 3, 4, 5], [4, 5, 6], [7, 8, 9], [8, 9, 10], [11], [9, 12], [0, 6]],
    uniform(40, [draw.randint(1, 6) for _ in range(30)]),
    uniform(30, [12] * 25),
]


def listed(found):
    return [float(found[v]) for v in sorted(found)]


def case(edges, s, of_edges):
    def fresh():
        return hnx.Hypergraph(dict(enumerate(edges)))

    names = range(len(edges)) if of_edges else sorted({v for e in edges for v in e})
    graph = fresh().get_linegraph(s=s, edges=of_edges)
    far = dict(nx.all_pairs_shortest_path_length(graph))
    try:
        eccentricity = listed(s_eccentricity(fresh(), s=s, edges=of_edges))
    except nx.NetworkXError:
        eccentricity = None
    return {
        "edges": edges,
        "s": s,
        "of_edges": of_edges,
        "names": list(names),
        "components": sorted(sorted(map(int, c)) for c in fresh().s_components(s=s, edges=of_edges)),
        "distances": [[far[a].get(b) for b in names] for a in names],
        "betweenness": listed(s_betweenness_centrality(fresh(), s=s, edges=of_edges, normalized=False)),
        "betweenness_normalized": listed(s_betweenness_centrality(fresh(), s=s, edges=of_edges)),
        "closeness": listed(s_closeness_centrality(fresh(), s=s, edges=of_edges)),
        "harmonic": listed(s_harmonic_centrality(fresh(), s=s, edges=of_edges)),
        "harmonic_normalized": listed(s_harmonic_centrality(fresh(), s=s, edges=of_edges, normalized=True)),
        "eccentricity": eccentricity,
    }


print(
    json.dumps(
        [
            case(edges, s, of_edges)
            for edges in HYPERGRAPHS
            for s in [1, 2, 3, 5]
            for of_edges in [True, False]
        ]
    )
)
