//! Partitions of high modularity: Louvain on the 2-section, then single moves.

use std::collections::{BTreeMap, BTreeSet};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::score::{DegreeTax, Weight, check_parts, modularity};
use crate::draw::shuffle;
use crate::error::HypergraphError;
use crate::structure::hypergraph::Hypergraph;

/// Settings of [`cluster`] and [`refine`].
///
/// # Example
///
/// ```
/// use convlens_hypergraph::modularity;
///
/// let options = modularity::Options::default().weight(modularity::Weight::Linear).seed(4);
/// assert_eq!((options.max_passes, options.seed), (100, 4));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// Weight of the modularity that is raised. Default [`Weight::Pairwise`].
    pub weight: Weight,
    /// Seed of the orders in which nodes are visited. Default 0.
    pub seed: u64,
    /// The most passes over all nodes in the last step. Default 100. 0 leaves the start as it is.
    pub max_passes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            weight: Weight::default(),
            seed: 0,
            max_passes: 100,
        }
    }
}

impl Options {
    /// Sets the weight of the modularity.
    #[must_use]
    pub fn weight(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// Sets the seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets the most passes of the last step.
    #[must_use]
    pub fn max_passes(mut self, max_passes: usize) -> Self {
        self.max_passes = max_passes;
        self
    }
}

/// The outcome of [`cluster`] and [`refine`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Clustering {
    /// The part of each node, numbered by first appearance.
    pub parts: Vec<u32>,
    /// Number of parts.
    pub n_parts: usize,
    /// Modularity of the start and after each pass that moved a node, never falling but for
    /// rounding; the last is that of `parts`. Empty if no hyperedge has a node.
    pub modularity: Vec<f64>,
    /// Whether the last pass moved nothing: no single node can raise modularity by joining the part
    /// of a neighbor.
    pub settled: bool,
    /// The settings.
    pub options: Options,
}

/// A partition of high hypergraph modularity: Louvain on the 2-section (Kumar et al. 2020's
/// weights, without their reweighting), then single moves that raise the hypergraph modularity
/// itself ([`refine`]), as Kamiński, Prałat and Théberge (2020) do.
///
/// # Conventions
///
/// A heuristic: no optimum is promised. Isolated nodes are parts of their own. The same seed gives
/// the same bits.
///
/// # Complexity
///
/// The 2-section takes the sum of squared sizes in time, and as much memory where pairs do not
/// repeat: do not use this on hyperedges of very many nodes. Then as [`refine`].
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, modularity};
///
/// // Two groups of three nodes, joined by one hyperedge.
/// let edges: [&[u32]; 7] = [&[0, 1, 2], &[0, 1], &[1, 2], &[2, 3], &[3, 4, 5], &[4, 5], &[3, 4]];
/// let h = Hypergraph::from_edges(6, &edges)?;
/// let found = modularity::cluster(&h, &modularity::Options::default());
/// assert_eq!(found.parts, [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[doc(alias = "louvain")]
#[doc(alias = "community detection")]
pub fn cluster(h: &Hypergraph, options: &Options) -> Clustering {
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let start = louvain(h, &mut rng);
    raise(h, start, options, &mut rng)
}

/// Raises the modularity of a partition by moving single nodes to parts of their neighbors until
/// nothing is gained: the last step of Kamiński, Prałat and Théberge (2020).
///
/// # Conventions
///
/// A move is made if |E| times modularity gains more than 1e-9. HyperNetX's `last_step` asks for
/// 0.1, and adds the volume to the part tried last instead of the best one, so its paths differ.
///
/// # Errors
///
/// As [`modularity()`].
///
/// # Complexity
///
/// For each pass and node: its degree times the parts met in its hyperedges, and one degree tax
/// (the number of distinct sizes; for majority and linear, their sum) for each such part.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, modularity};
///
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![0, 1], vec![2, 3]])?;
/// let found = modularity::refine(&h, &[0, 1, 2, 2], &modularity::Options::default())?;
/// assert_eq!(found.parts, [0, 0, 1, 1]);
/// assert!(found.modularity[0] < found.modularity[1]);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn refine(
    h: &Hypergraph,
    parts: &[u32],
    options: &Options,
) -> Result<Clustering, HypergraphError> {
    check_parts(h, parts)?;
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    Ok(raise(h, parts.to_vec(), options, &mut rng))
}

fn raise(h: &Hypergraph, start: Vec<u32>, options: &Options, rng: &mut ChaCha8Rng) -> Clustering {
    let mut moves = Moves::new(h, start, options.weight);
    // The parts are checked, so there is a value wherever a hyperedge has a node.
    let value = |parts: &[u32]| modularity(h, parts, options.weight).ok().flatten();
    let mut steps: Vec<f64> = value(&moves.parts).into_iter().collect();
    let mut settled = h.n_incidences() == 0;
    for _ in 0..options.max_passes {
        if settled || moves.pass(rng) == 0 {
            settled = true;
            break;
        }
        steps.extend(value(&moves.parts));
    }
    let (parts, n_parts) = renumber(&moves.parts);
    Clustering {
        parts,
        n_parts,
        modularity: steps,
        settled,
        options: *options,
    }
}

/// A weighted graph: neighbors without the node itself, ascending, and what both ends of a loop
/// weigh together (a node's strength is their sum).
#[derive(Debug)]
struct Graph {
    neighbors: Vec<Vec<(u32, f64)>>,
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
    let neighbors = (0..h.n_nodes())
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
        neighbors,
        loops: vec![0.0; h.n_nodes()],
    }
}

/// Sorted by neighbor, weights of the same one summed.
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
        .map(|v| graph.loops[v] + graph.neighbors[v].iter().map(|x| x.1).sum::<f64>())
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
            for &(u, w) in &graph.neighbors[v] {
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
        for &(u, w) in &graph.neighbors[v] {
            let other = parts[u as usize];
            if other == part {
                loops[part as usize] += w;
            } else {
                lists[part as usize].push((other, w));
            }
        }
    }
    Graph {
        neighbors: lists.into_iter().map(merge).collect(),
        loops,
    }
}

/// A gain (in units of one hyperedge) below this is rounding.
const LEAST_GAIN: f64 = 1e-9;

/// A partition with what its moves need: nodes of each part in each hyperedge, volumes, taxes.
#[derive(Debug)]
pub(super) struct Moves<'a> {
    h: &'a Hypergraph,
    weight: Weight,
    tax: DegreeTax,
    pub(super) parts: Vec<u32>,
    counts: Vec<BTreeMap<u32, u32>>,
    volumes: Vec<u64>,
    taxes: Vec<f64>,
}

impl<'a> Moves<'a> {
    /// Part numbers must be below the number of nodes.
    pub(super) fn new(h: &'a Hypergraph, parts: Vec<u32>, weight: Weight) -> Self {
        let mut counts = vec![BTreeMap::new(); h.n_edges()];
        let mut volumes = vec![0; h.n_nodes()];
        for (v, e) in h.incidences() {
            let part = parts[v as usize];
            *counts[e as usize].entry(part).or_default() += 1;
            volumes[part as usize] += 1;
        }
        let tax = DegreeTax::new(h, weight);
        let taxes = volumes.iter().map(|&v| tax.of_part(v)).collect();
        Self {
            h,
            weight,
            tax,
            parts,
            counts,
            volumes,
            taxes,
        }
    }

    /// Visits every node once in a seeded order and moves it to the part of a neighbor that
    /// raises modularity most (the lowest of equals); returns the number of moves.
    pub(super) fn pass(&mut self, rng: &mut ChaCha8Rng) -> usize {
        let mut order: Vec<u32> = (0..self.h.n_nodes() as u32).collect();
        shuffle(&mut order, rng);
        let mut moves = 0;
        for v in order {
            let v = v as usize;
            let near: BTreeSet<u32> = self
                .h
                .node(v)
                .iter()
                .flat_map(|&e| self.counts[e as usize].keys().copied())
                .collect();
            let mut best = (LEAST_GAIN, self.parts[v]);
            for to in near {
                let gain = self.gain(v, to);
                if gain > best.0 {
                    best = (gain, to);
                }
            }
            if best.1 != self.parts[v] {
                self.shift(v, best.1);
                moves += 1;
            }
        }
        moves
    }

    /// What |E| times modularity gains when node `v` goes to part `to`.
    pub(super) fn gain(&self, v: usize, to: u32) -> f64 {
        let from = self.parts[v];
        if from == to {
            return 0.0;
        }
        let mut gain = 0.0;
        for &e in self.h.node(v) {
            let size = self.h.size(e as usize) as u32;
            let count = |part| self.counts[e as usize].get(&part).copied().unwrap_or(0);
            let w = |c| self.weight.of(c, size);
            let (a, b) = (count(from), count(to));
            gain += w(a - 1) - w(a) + w(b + 1) - w(b);
        }
        let (a, b) = (from as usize, to as usize);
        let degree = self.h.degree(v) as u64;
        let after =
            self.tax.of_part(self.volumes[a] - degree) + self.tax.of_part(self.volumes[b] + degree);
        gain - (after - self.taxes[a] - self.taxes[b])
    }

    fn shift(&mut self, v: usize, to: u32) {
        let from = std::mem::replace(&mut self.parts[v], to);
        for &e in self.h.node(v) {
            let counts = &mut self.counts[e as usize];
            *counts.entry(to).or_default() += 1;
            if let Some(count) = counts.get_mut(&from) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(&from);
                }
            }
        }
        let degree = self.h.degree(v) as u64;
        self.volumes[from as usize] -= degree;
        self.volumes[to as usize] += degree;
        for part in [from, to] {
            self.taxes[part as usize] = self.tax.of_part(self.volumes[part as usize]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::below;
    use rand::SeedableRng;

    #[test]
    fn gains_are_differences_of_modularity() {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        for weight in [
            Weight::Strict,
            Weight::Majority,
            Weight::Linear,
            Weight::Pairwise,
        ] {
            let edges: Vec<Vec<u32>> = (0..30)
                .map(|e| (0..1 + e % 7).map(|_| below(20, &mut rng) as u32).collect())
                .collect();
            let h = Hypergraph::from_edges(20, &edges).unwrap();
            let parts: Vec<u32> = (0..20).map(|_| below(5, &mut rng) as u32).collect();
            let mut moves = Moves::new(&h, parts, weight);
            for _ in 0..100 {
                let (v, to) = (below(20, &mut rng), below(6, &mut rng) as u32);
                let before = modularity(&h, &moves.parts, weight).unwrap().unwrap();
                let gain = moves.gain(v, to);
                moves.shift(v, to);
                let after = modularity(&h, &moves.parts, weight).unwrap().unwrap();
                // Sums of 30 terms below 1, times 30 hyperedges.
                assert!((gain - 30.0 * (after - before)).abs() < 1e-11);
            }
        }
    }
}
