"""The peers of convlens-hypergraph, each in its own words, and the process that times them for `hypergraph-peers`.

One JSON object a line. It says hello with versions and variants; then, for each request, one answer:

- {"load": path}: the hypergraph of the next calls, JSON: a list of hyperedges, each a list of node numbers;
- {"variant": name, "task": task, "s": s, "loops": k}: the least and the median seconds of k calls, and what the last one found.

Imports, reading, printing and the building of the hypergraph (where it is not the task) are outside the clock. HyperNetX
keeps what it has computed, so each of its calls gets a new hypergraph. A new task is a new name in TASKS.
"""

import json
import statistics
import sys
import time
import warnings

import hypernetx as hnx
import networkx as nx
import numpy as np
import xgi
from hypernetx.algorithms.homology.homology_mod2 import betti_numbers


def build_hypernetx(edges):
    return hnx.Hypergraph(edges)


def build_xgi(edges):
    return xgi.Hypergraph(edges)


# What is timed: (task, peer) to (make ready, call, what was found as JSON).
TASKS = {
    ("construction", "hypernetx"): (
        lambda edges: edges,
        lambda edges, s: build_hypernetx(edges),
        lambda h: list(h.shape),
    ),
    ("construction", "xgi"): (
        lambda edges: edges,
        lambda edges, s: build_xgi(edges),
        lambda h: [h.num_nodes, h.num_edges],
    ),
    ("line_graph", "hypernetx"): (
        build_hypernetx,
        lambda h, s: h.get_linegraph(s=s),
        lambda g: sorted([min(a, b), max(a, b)] for a, b in g.edges),
    ),
    ("line_graph", "xgi"): (
        build_xgi,
        lambda h, s: xgi.to_line_graph(h, s=s),
        lambda g: sorted([min(a, b), max(a, b)] for a, b in g.edges),
    ),
    ("components", "hypernetx"): (
        build_hypernetx,
        lambda h, s: list(h.s_components(s=s, return_singletons=True)),
        lambda found: sorted(sorted(c) for c in found),
    ),
    ("components", "xgi"): (
        build_xgi,
        lambda h, s: list(nx.connected_components(xgi.to_line_graph(h, s=s))),
        lambda found: sorted(sorted(c) for c in found),
    ),
    ("betweenness", "hypernetx"): (
        build_hypernetx,
        lambda h, s: hnx.algorithms.s_betweenness_centrality(h, s=s),
        lambda found: [found[e] for e in sorted(found)],
    ),
    ("betweenness", "xgi"): (
        build_xgi,
        lambda h, s: nx.betweenness_centrality(xgi.to_line_graph(h, s=s)),
        lambda found: [found[e] for e in sorted(found)],
    ),
    ("homology", "hypernetx"): (
        build_hypernetx,
        lambda h, s: betti_numbers(h, k=[1, 2]),
        lambda found: [int(found.get(k, 0)) for k in (1, 2)],
    ),
}


class Peers:
    def __init__(self):
        self.edges = {}

    def answer(self, ask):
        if "load" in ask:
            with open(ask["load"]) as file:
                self.edges = dict(enumerate(json.load(file)))
            return {}
        ready, call, read = TASKS[ask["task"], ask["variant"]]
        seconds = []
        for _ in range(ask["loops"]):
            given = ready(self.edges)
            start = time.perf_counter()
            found = call(given, ask["s"])
            seconds.append(time.perf_counter() - start)
        return {
            "least": min(seconds),
            "median": statistics.median(seconds),
            "found": read(found),
        }


def say(answer):
    print(json.dumps(answer, default=lambda value: value.item()), flush=True)


def main():
    warnings.simplefilter("ignore")
    versions = {"Python": sys.version.split()[0]}
    for module in [hnx, xgi, nx, np]:
        versions[module.__name__] = module.__version__
    say({
        "versions": ", ".join(f"{k} {v}" for k, v in versions.items()),
        "variants": [{"task": task, "name": name} for task, name in TASKS],
    })
    peers = Peers()
    for line in sys.stdin:
        try:
            say(peers.answer(json.loads(line)))
        except Exception as error:  # the driver prints it
            say({"error": f"{type(error).__name__}: {error}"})


main()
