"""The peers of convlens-hypergraph, each in its own words, and the process that times them for `hypergraph-peers`.

One JSON object a line. It says hello with versions and variants; then, for each request, one answer:

- {"load": path}: the hypergraph of the next tasks, JSON `{"nodes": n, "edges": [[..], ..]}`;
- {"task": task, "variant": name, "s": s}: the seconds of one call, and what it found.

Imports, reading, printing and the building of the peer's own hypergraph are outside the clock, except where building it
is the task. What a peer remembers between calls is cleared before each.
"""

import contextlib
import io
import json
import sys
import time
import warnings

import hypernetx as hnx
import hypernetx.algorithms.metrics.s_centrality_measures as measures
import networkx as nx
from hypernetx.algorithms.homology.homology_mod2 import betti_numbers
import pandas as pd
import xgi

SILENT = io.StringIO()


class Peers:
    def __init__(self):
        self.edges = None
        self.frame = None
        self.hnx = None
        self.xgi = None

    def load(self, path):
        with open(path) as file:
            self.edges = json.load(file)["edges"]
        pairs = [(e, v) for e, nodes in enumerate(self.edges) for v in nodes]
        self.frame = pd.DataFrame(pairs, columns=["edges", "nodes"])
        self.hnx = None
        self.xgi = xgi.Hypergraph(self.edges)

    def fresh_hnx(self):
        """One that remembers nothing."""
        return hnx.Hypergraph({e: nodes for e, nodes in enumerate(self.edges)})


def build_hnx_dict(peers, ready, s):
    h = hnx.Hypergraph(ready)
    return len(h.edges)


def build_hnx_frame(peers, ready, s):
    h = hnx.Hypergraph(ready, edge_col="edges", node_col="nodes")
    return len(h.edges)


def build_xgi(peers, ready, s):
    return xgi.Hypergraph(ready).num_edges


def line_hnx(peers, h, s):
    return h.get_linegraph(s=s, edges=True).number_of_edges()


def line_xgi(peers, h, s):
    return xgi.to_line_graph(h, s=s).number_of_edges()


def components_hnx(peers, h, s):
    return len(list(h.s_connected_components(s=s, edges=True, return_singletons=True)))


def components_xgi(peers, h, s):
    return nx.number_connected_components(xgi.to_line_graph(h, s=s))


def betweenness_hnx(peers, h, s):
    found = measures.s_betweenness_centrality(h, s=s, edges=True)
    return [float(found[e]) for e in range(len(peers.edges))]


def homology_hnx(peers, h, s):
    found = betti_numbers(h, k=[1, 2])
    return [float(found.get(k, 0)) for k in (1, 2)]


EDGES = lambda peers: {e: nodes for e, nodes in enumerate(peers.edges)}
LISTS = lambda peers: peers.edges
FRAME = lambda peers: peers.frame
HNX = lambda peers: peers.fresh_hnx()
XGI = lambda peers: peers.xgi

# Task, variant, function, and what it is handed.
VARIANTS = [
    ("build", "HyperNetX, dict", build_hnx_dict, EDGES),
    ("build", "HyperNetX, DataFrame", build_hnx_frame, FRAME),
    ("build", "xgi", build_xgi, LISTS),
    ("line graph", "HyperNetX", line_hnx, HNX),
    ("line graph", "xgi", line_xgi, XGI),
    ("components", "HyperNetX", components_hnx, HNX),
    ("components", "xgi", components_xgi, XGI),
    ("betweenness", "HyperNetX", betweenness_hnx, HNX),
    ("homology", "HyperNetX", homology_hnx, HNX),
]


def answer(peers, ask):
    if "load" in ask:
        peers.load(ask["load"])
        return {}
    _, _, function, prepare = next(v for v in VARIANTS if v[0] == ask["task"] and v[1] == ask["variant"])
    with contextlib.redirect_stdout(SILENT):
        ready = prepare(peers)
        start = time.perf_counter()
        found = function(peers, ready, ask["s"])
        seconds = time.perf_counter() - start
    return {"seconds": seconds, "found": found if isinstance(found, list) else [float(found)]}


def say(object):
    print(json.dumps(object), flush=True)


def main():
    warnings.simplefilter("ignore")
    versions = {"Python": sys.version.split()[0]}
    for module in [hnx, xgi, nx, pd]:
        versions[module.__name__] = getattr(module, "__version__", "unknown")
    say({
        "versions": ", ".join(f"{k} {v}" for k, v in versions.items()),
        "variants": [{"task": task, "name": name} for task, name, _, _ in VARIANTS],
    })
    peers = Peers()
    for line in sys.stdin:
        try:
            say(answer(peers, json.loads(line)))
        except Exception as error:
            say({"error": f"{type(error).__name__}: {error}"})


main()
