//! Random hypergraphs with the degrees and sizes of another: what chance alone would give.
//!
//! [`Hypergraph::swapped`] keeps every degree and size exactly, [`configuration_model`] but for
//! merged incidences, [`chung_lu`] on average.
//!
//! ```
//! use convlens_hypergraph::Hypergraph;
//!
//! let h = Hypergraph::from_edges(8, &[[0, 1, 2], [2, 3, 4], [4, 5, 6], [6, 7, 0]])?;
//! let null = h.swapped(100, 1).hypergraph;
//! assert_eq!((null.degree(0), null.size(3)), (h.degree(0), h.size(3)));
//! # Ok::<(), convlens_hypergraph::HypergraphError>(())
//! ```

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::checks::{check_at_most, check_length, check_room, check_weights, grow, room};
use crate::draw::{below, shuffle, unit};
use crate::error::HypergraphError;
use crate::structure::csr::Csr;
use crate::structure::hypergraph::Hypergraph;

/// The most incidences that a draw may have.
const MAX_INCIDENCES: usize = u32::MAX as usize;

/// Draws a hypergraph whose nodes have the given degrees and whose hyperedges the given sizes *on
/// average*: node v is in hyperedge e with probability
///
/// ```text
/// min(1, degrees[v] sizes[e] / S),    S = sum of sizes,
/// ```
///
/// independently of all others (Aksoy, Kolda and Pinar 2017, "Measuring and modeling bipartite
/// graphs with community structure"; Chung and Lu 2002).
///
/// # Conventions
///
/// The means are exact if both lists have the sum S and no probability is cut at 1. With another
/// sum of degrees, degrees keep their means and sizes are scaled by the ratio of the sums.
///
/// # Errors
///
/// [`BadWeight`](HypergraphError::BadWeight) for a degree or size that is negative, NaN or
/// infinite; [`WeightOverflow`](HypergraphError::WeightOverflow) if S is beyond the range of f64;
/// [`TooMany`](HypergraphError::TooMany) beyond 2^32 - 1 nodes, hyperedges or incidences drawn,
/// [`OutOfMemory`](HypergraphError::OutOfMemory) if the allocator has no room for these.
///
/// # Complexity
///
/// O(nodes log nodes + hyperedges + incidences drawn), by skipping (Miller and Hagberg 2011).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::null_model::chung_lu;
///
/// let h = chung_lu(&[3.0; 200], &[6.0; 100], 1)?;
/// // 600 incidences are expected, give or take 24.
/// assert!(h.n_incidences().abs_diff(600) < 100);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[doc(alias = "random hypergraph")]
pub fn chung_lu(degrees: &[f64], sizes: &[f64], seed: u64) -> Result<Hypergraph, HypergraphError> {
    check_weights("expected degrees", degrees, degrees.len())?;
    check_weights("expected sizes", sizes, sizes.len())?;
    let total: f64 = sizes.iter().sum();
    if !total.is_finite() {
        let (what, index) = ("expected sizes", sizes.len() - 1);
        return Err(HypergraphError::WeightOverflow { what, index });
    }
    let mut order: Vec<u32> = (0..degrees.len() as u32).collect();
    order.sort_by(|&a, &b| {
        degrees[b as usize]
            .total_cmp(&degrees[a as usize])
            .then(a.cmp(&b))
    });
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut pairs = Vec::new();
    for (e, &size) in sizes.iter().enumerate() {
        let chance = |at: usize| (degrees[order[at] as usize] * (size / total)).min(1.0);
        let mut at = 0;
        // Chances fall along `order`: jump as if all had that of the last, and keep by the ratio.
        let mut bound = if order.is_empty() || size == 0.0 {
            0.0
        } else {
            chance(0)
        };
        while at < order.len() && bound > 0.0 {
            if bound < 1.0 {
                let u = unit(&mut rng);
                // 1 - u is in (0, 1]; the jump may be infinite.
                let jump = ((1.0 - u).ln() / (-bound).ln_1p()).floor();
                if jump >= (order.len() - at) as f64 {
                    break;
                }
                at += jump as usize;
            }
            let here = chance(at);
            if unit(&mut rng) * bound < here {
                check_at_most("incidences", pairs.len() + 1, MAX_INCIDENCES)?;
                grow("incidences", &mut pairs)?;
                pairs.push((order[at], e as u32));
            }
            bound = here;
            at += 1;
        }
    }
    Hypergraph::from_incidences(degrees.len(), sizes.len(), pairs)
}

/// A draw of the configuration model.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Configuration {
    /// The hypergraph; incidences that were drawn more than once are merged.
    pub hypergraph: Hypergraph,
    /// How many repeats were merged: degrees and sizes fall short by this many in total.
    pub merged: usize,
}

/// Draws a hypergraph with the given degrees and sizes by matching stubs (Chodrow 2020,
/// "Configuration models of random hypergraphs": the stub-labeled model): every node has one stub
/// per unit of degree, every hyperedge one per unit of size, and all matchings are equally likely.
///
/// # Conventions
///
/// A node that is matched with a hyperedge twice is in it once: [`Configuration::merged`] counts
/// these. To keep degrees and sizes exactly, swap ([`Hypergraph::swapped`]).
///
/// # Errors
///
/// [`LengthMismatch`](HypergraphError::LengthMismatch) if the sums of degrees and of sizes differ,
/// [`TooMany`](HypergraphError::TooMany) if they are above 2^32 - 1,
/// [`OutOfMemory`](HypergraphError::OutOfMemory) if the allocator has no room for so many
/// incidences.
///
/// # Complexity
///
/// O(nodes + hyperedges + incidences).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::null_model::configuration_model;
///
/// let drawn = configuration_model(&[2, 2, 1, 1], &[3, 3], 7)?;
/// assert_eq!(drawn.hypergraph.n_incidences() + drawn.merged, 6);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[doc(alias = "random hypergraph")]
pub fn configuration_model(
    degrees: &[usize],
    sizes: &[usize],
    seed: u64,
) -> Result<Configuration, HypergraphError> {
    let sum = |values: &[usize]| values.iter().fold(0usize, |a, &b| a.saturating_add(b));
    let (left, right) = (sum(degrees), sum(sizes));
    check_at_most("incidences", left, MAX_INCIDENCES)?;
    check_length("sums of degrees and of sizes", left, right)?;
    // Room for what `from_incidences` needs at its peak, pairs and both ways; then the stubs.
    check_room::<[u32; 5]>("incidences", left)?;
    let mut stubs: Vec<u32> = room("incidences", left)?;
    stubs.extend(stubs_of(degrees));
    // Only one side is shuffled: that makes every matching as likely as any other.
    shuffle(&mut stubs, &mut ChaCha8Rng::seed_from_u64(seed));
    let pairs = stubs.into_iter().zip(stubs_of(sizes));
    let hypergraph = Hypergraph::from_incidences(degrees.len(), sizes.len(), pairs)?;
    let merged = left - hypergraph.n_incidences();
    Ok(Configuration { hypergraph, merged })
}

fn stubs_of(counts: &[usize]) -> impl Iterator<Item = u32> + '_ {
    let each = counts.iter().enumerate();
    each.flat_map(|(i, &count)| std::iter::repeat_n(i as u32, count))
}

/// A hypergraph after a number of swaps.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swapped {
    /// The hypergraph.
    pub hypergraph: Hypergraph,
    /// Swaps that were tried.
    pub proposed: usize,
    /// Swaps that were made; the others would have put a node into a hyperedge twice.
    pub accepted: usize,
}

impl Hypergraph {
    /// A random hypergraph with the same degree for every node and the same size for every
    /// hyperedge: pairs of incidences (v, e), (w, f) are drawn and become (v, f), (w, e), unless
    /// one of these exists already.
    ///
    /// The chain stays where it is for a swap that cannot be made; its limit is uniform over all
    /// hypergraphs (without repeated incidences, hyperedges told apart) with these degrees and
    /// sizes (Besag and Clifford 1989; Carstens 2015). Ten proposals per incidence are usual.
    ///
    /// # Complexity
    ///
    /// O(incidences log incidences + proposals).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(6, &[vec![0, 1, 2], vec![2, 3], vec![3, 4, 5]])?;
    /// let null = h.swapped(100, 1);
    /// for v in 0..6 {
    ///     assert_eq!(null.hypergraph.degree(v), h.degree(v));
    /// }
    /// assert!(null.accepted > 0 && null.accepted <= null.proposed);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    #[doc(alias = "double edge swap")]
    #[doc(alias = "random hypergraph")]
    pub fn swapped(&self, proposals: usize, seed: u64) -> Swapped {
        let mut pairs: Vec<(u32, u32)> = self.incidences().collect();
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut accepted = 0;
        if pairs.len() > 1 {
            let mut present: HashSet<u64, BuildHasherDefault<Mix>> =
                pairs.iter().map(|&pair| key(pair)).collect();
            for _ in 0..proposals {
                let (i, j) = (below(pairs.len(), &mut rng), below(pairs.len(), &mut rng));
                let ((v, e), (w, f)) = (pairs[i], pairs[j]);
                let (a, b) = ((v, f), (w, e));
                if v == w || e == f || present.contains(&key(a)) || present.contains(&key(b)) {
                    continue;
                }
                present.remove(&key((v, e)));
                present.remove(&key((w, f)));
                present.insert(key(a));
                present.insert(key(b));
                (pairs[i], pairs[j]) = (a, b);
                accepted += 1;
            }
        }
        pairs.sort_unstable_by_key(|&(v, e)| (e, v));
        let by_edge = || pairs.iter().map(|&(v, e)| (e, v));
        let edges = Csr::group(self.n_edges(), pairs.len(), by_edge);
        Swapped {
            hypergraph: Self::from_edge_rows(self.n_nodes(), edges),
            proposed: proposals,
            accepted,
        }
    }
}

fn key((v, e): (u32, u32)) -> u64 {
    u64::from(v) << 32 | u64::from(e)
}

/// The finalizer of SplitMix64 (Steele, Lea and Flood 2014): pairs of indices need no more.
#[derive(Debug, Default)]
struct Mix(u64);

impl Hasher for Mix {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, value: u64) {
        let mut z = self.0 ^ value;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.0 = z ^ (z >> 31);
    }
}
