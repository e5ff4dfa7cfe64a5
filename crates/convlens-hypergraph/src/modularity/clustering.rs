//! Partitions of high modularity.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::louvain::{louvain, renumber};
use super::refine::Moves;
use super::{ModularityWeight, check_parts, modularity};
use crate::{Hypergraph, HypergraphError};

/// Settings of [`modularity_clustering`] and [`refine_partition`].
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{ModularityOptions, ModularityWeight};
///
/// let options = ModularityOptions::default().weight(ModularityWeight::Linear).seed(4);
/// assert_eq!((options.max_passes, options.seed), (100, 4));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ModularityOptions {
    /// Weight of the modularity that is raised. Default [`ModularityWeight::Pairwise`].
    pub weight: ModularityWeight,
    /// Seed of the orders in which nodes are visited. Default 0.
    pub seed: u64,
    /// The most passes over all nodes in the last step. Default 100. 0 leaves the start as it is.
    pub max_passes: usize,
}

impl Default for ModularityOptions {
    fn default() -> Self {
        Self {
            weight: ModularityWeight::default(),
            seed: 0,
            max_passes: 100,
        }
    }
}

impl ModularityOptions {
    /// Sets the weight of the modularity.
    #[must_use]
    pub fn weight(mut self, weight: ModularityWeight) -> Self {
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

/// The outcome of [`modularity_clustering`] and [`refine_partition`].
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ModularityClustering {
    /// The part of each node, numbered by first appearance.
    pub parts: Vec<u32>,
    /// Number of parts.
    pub n_parts: usize,
    /// Modularity of the start and after each pass that moved a node, never falling but for
    /// rounding; the last is that of `parts`. Empty if no hyperedge has a node.
    pub modularity: Vec<f64>,
    /// Whether the last pass moved nothing: no single node can raise modularity by joining the part
    /// of a neighbour.
    pub settled: bool,
    /// The settings.
    pub options: ModularityOptions,
}

/// A partition of high hypergraph modularity: Louvain on the 2-section (Kumar et al. 2020's
/// weights, without their reweighting), then single moves that raise the hypergraph modularity
/// itself ([`refine_partition`]), as Kamiński, Prałat and Théberge (2020) do.
///
/// # Conventions
///
/// A heuristic: no optimum is promised. Isolated nodes are parts of their own. The same seed gives
/// the same bits.
///
/// # Complexity
///
/// The 2-section takes the sum of squared sizes in time, and as much memory where pairs do not
/// repeat: do not use this on hyperedges of very many nodes. Then as [`refine_partition`].
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, ModularityOptions, modularity_clustering};
///
/// let edges = [vec![0, 1, 2], vec![0, 1], vec![1, 2], vec![2, 3], vec![3, 4, 5], vec![4, 5], vec![3, 4]];
/// let h = Hypergraph::from_edges(6, &edges)?;
/// let found = modularity_clustering(&h, &ModularityOptions::default());
/// assert_eq!(found.parts, [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn modularity_clustering(h: &Hypergraph, options: &ModularityOptions) -> ModularityClustering {
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let start = louvain(h, &mut rng);
    refine(h, start, options, &mut rng)
}

/// Raises the modularity of a partition by moving single nodes to parts of their neighbours until
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
/// use convlens_hypergraph::{Hypergraph, ModularityOptions, refine_partition};
///
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![0, 1], vec![2, 3]])?;
/// let found = refine_partition(&h, &[0, 1, 2, 2], &ModularityOptions::default())?;
/// assert_eq!(found.parts, [0, 0, 1, 1]);
/// assert!(found.modularity[0] < found.modularity[1]);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn refine_partition(
    h: &Hypergraph,
    parts: &[u32],
    options: &ModularityOptions,
) -> Result<ModularityClustering, HypergraphError> {
    check_parts(h, parts)?;
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    Ok(refine(h, parts.to_vec(), options, &mut rng))
}

fn refine(
    h: &Hypergraph,
    start: Vec<u32>,
    options: &ModularityOptions,
    rng: &mut ChaCha8Rng,
) -> ModularityClustering {
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
    ModularityClustering {
        parts,
        n_parts,
        modularity: steps,
        settled,
        options: *options,
    }
}
