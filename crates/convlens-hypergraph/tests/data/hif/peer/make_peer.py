"""Writes the HIF files of xgi beside this script.

pip install xgi==0.10.2
python make_peer.py
"""

import pathlib

import xgi

here = pathlib.Path(__file__).parent

h = xgi.Hypergraph()
h["name"] = "three features"
h.add_nodes_from([(0, {"class": "zero"}), (1, {"class": "one"}), (2, {}), (9, {})])
h.add_edge([0, 1, 2], idx="first", strength=0.1)
h.add_edge([1, 2], idx=7)
h.add_edge([], idx="none")
xgi.write_hif(h, here / "xgi_undirected.json")

d = xgi.DiHypergraph()
d.add_edge(([1, 2], [3]), idx="e")
d.add_edge(([3], [1]), idx=0)
xgi.write_hif(d, here / "xgi_directed.json")
