//! The configuration model.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::draw::shuffle;
use crate::{Hypergraph, HypergraphError};

/// A draw of the configuration model.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Configuration {
    /// The hypergraph, incidences that were drawn more than once merged.
    pub hypergraph: Hypergraph,
    /// How many were lost to that: degrees and sizes fall short by so many in all.
    pub merged: usize,
}

/// Draws a hypergraph with given degrees and sizes by matching stubs (Chodrow 2020, "Configuration models
/// of random hypergraphs": the stub-labelled model): every node has one stub for each hyperedge it is
/// to be in, every hyperedge one for each node, and all matchings are equally likely.
///
/// # Conventions
///
/// A node that is matched with a hyperedge twice is in it once: [`Configuration::merged`] counts
/// these. To keep degrees and sizes exactly, swap ([`Hypergraph::swapped`]).
///
/// # Errors
///
/// [`LengthMismatch`](HypergraphError::LengthMismatch) if the sums of degrees and of sizes differ, or do
/// not fit in memory's range; [`TooMany`](HypergraphError::TooMany) as for
/// [`Hypergraph::from_incidences`].
///
/// # Complexity
///
/// O(nodes + hyperedges + incidences).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::configuration_model;
///
/// let drawn = configuration_model(&[2, 2, 1, 1], &[3, 3], 7)?;
/// assert_eq!(drawn.hypergraph.n_incidences() + drawn.merged, 6);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn configuration_model(
    degrees: &[usize],
    sizes: &[usize],
    seed: u64,
) -> Result<Configuration, HypergraphError> {
    let sum = |values: &[usize]| values.iter().fold(0usize, |a, &b| a.saturating_add(b));
    let (left, right) = (sum(degrees), sum(sizes));
    if left != right || left == usize::MAX {
        return Err(HypergraphError::LengthMismatch {
            what: "sums of degrees and of sizes",
            left,
            right,
        });
    }
    // Only one side is shuffled: that makes every matching as likely as any other.
    let mut stubs: Vec<u32> = stubs(degrees).collect();
    shuffle(&mut stubs, &mut ChaCha8Rng::seed_from_u64(seed));
    let pairs = stubs.into_iter().zip(self::stubs(sizes));
    let hypergraph = Hypergraph::from_incidences(degrees.len(), sizes.len(), pairs)?;
    let merged = left - hypergraph.n_incidences();
    Ok(Configuration { hypergraph, merged })
}

fn stubs(counts: &[usize]) -> impl Iterator<Item = u32> + '_ {
    let each = counts.iter().enumerate();
    each.flat_map(|(i, &count)| std::iter::repeat_n(i as u32, count))
}
