//! Louvain on the weighted 2-section.

use rand_chacha::ChaCha8Rng;

use crate::Hypergraph;
use crate::draw::shuffle;

/// A weighted graph: neighbours without the node itself, ascending, and what both ends of a loop
/// weigh together (a node's strength is their sum).
#[derive(Debug)]
struct Graph {
    neighbours: Vec<Vec<(u32, f64)>>,
    loops: Vec<f64>,
}

/// Parts by Louvain (Blondel et al. 2008) on the 2-section in which each pair of a hyperedge with d
/// nodes weighs 1 / (d - 1), so that strengths are degrees (Kumar et al. 2020). Numbered by first
/// appearance.
pub(super) fn louvain(h: &Hypergraph, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut graph = two_section(h);
    let mut parts: Vec<u32> = (0..h.n_nodes() as u32).collect();
    loop {
        let (level, moved) = local_moves(&graph, rng);
        if !moved {
            return parts;
        }
        let (level, n_parts) = renumber(&level);
        parts.iter_mut().for_each(|p| *p = level[*p as usize]);
        graph = aggregate(&graph, &level, n_parts);
    }
}

fn two_section(h: &Hypergraph) -> Graph {
    let neighbours = (0..h.n_nodes())
        .map(|v| {
            let mut list = Vec::new();
            for &e in h.node(v) {
                let nodes = h.edge(e as usize);
                let share = 1.0 / (nodes.len().max(2) - 1) as f64;
                let others = nodes.iter().filter(|&&u| u as usize != v);
                list.extend(others.map(|&u| (u, share)));
            }
            merge(list)
        })
        .collect();
    Graph {
        neighbours,
        loops: vec![0.0; h.n_nodes()],
    }
}

/// Sorted by neighbour, weights of the same one summed.
fn merge(mut list: Vec<(u32, f64)>) -> Vec<(u32, f64)> {
    list.sort_by_key(|x| x.0);
    list.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1 += next.1;
        }
        same
    });
    list
}

/// Passes over the nodes in seeded orders until none moves.
fn local_moves(graph: &Graph, rng: &mut ChaCha8Rng) -> (Vec<u32>, bool) {
    let n = graph.loops.len();
    let strengths: Vec<f64> = (0..n)
        .map(|v| graph.loops[v] + graph.neighbours[v].iter().map(|x| x.1).sum::<f64>())
        .collect();
    let total: f64 = strengths.iter().sum();
    let mut parts: Vec<u32> = (0..n as u32).collect();
    let mut volumes = strengths.clone();
    let mut links = vec![0.0; n];
    let mut order = parts.clone();
    let mut any = false;
    // Each move raises modularity by more than rounding, so this ends; the bound is for safety.
    for _ in 0..100 {
        let mut moved = false;
        shuffle(&mut order, rng);
        for &v in &order {
            let v = v as usize;
            let from = parts[v];
            let mut near = vec![from];
            for &(u, w) in &graph.neighbours[v] {
                let part = parts[u as usize];
                links[part as usize] += w;
                near.push(part);
            }
            volumes[from as usize] -= strengths[v];
            let value = |p: u32| {
                links[p as usize]
                    - strengths[v] * volumes[p as usize] / total.max(f64::MIN_POSITIVE)
            };
            near.sort_unstable();
            near.dedup();
            let mut best = (value(from) + 1e-10 * strengths[v], from);
            for &part in &near {
                if value(part) > best.0 {
                    best = (value(part), part);
                }
            }
            near.iter().for_each(|&p| links[p as usize] = 0.0);
            volumes[best.1 as usize] += strengths[v];
            parts[v] = best.1;
            moved |= best.1 != from;
        }
        any |= moved;
        if !moved {
            break;
        }
    }
    (parts, any)
}

/// Parts numbered by first appearance, and how many there are.
pub(super) fn renumber(parts: &[u32]) -> (Vec<u32>, usize) {
    let bound = parts.iter().max().map_or(0, |&p| p as usize + 1);
    let mut number = vec![u32::MAX; bound];
    let mut next = 0;
    let renumbered = parts
        .iter()
        .map(|&p| {
            let slot = &mut number[p as usize];
            if *slot == u32::MAX {
                *slot = next;
                next += 1;
            }
            *slot
        })
        .collect();
    (renumbered, next as usize)
}

fn aggregate(graph: &Graph, parts: &[u32], n_parts: usize) -> Graph {
    let mut loops = vec![0.0; n_parts];
    let mut lists = vec![Vec::new(); n_parts];
    for (v, &part) in parts.iter().enumerate() {
        loops[part as usize] += graph.loops[v];
        for &(u, w) in &graph.neighbours[v] {
            let other = parts[u as usize];
            if other == part {
                loops[part as usize] += w;
            } else {
                lists[part as usize].push((other, w));
            }
        }
    }
    Graph {
        neighbours: lists.into_iter().map(merge).collect(),
        loops,
    }
}
