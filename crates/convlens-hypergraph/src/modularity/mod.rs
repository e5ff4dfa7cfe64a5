//! Hypergraph modularity of a given partition.

mod clustering;
mod degree_tax;
mod louvain;
mod refine;
mod weight;

pub use clustering::{
    ModularityClustering, ModularityOptions, modularity_clustering, refine_partition,
};
pub use weight::ModularityWeight;

pub(crate) use degree_tax::DegreeTax;

use crate::{Hypergraph, HypergraphError};

/// Modularity of a partition A_1, .., A_k of the nodes (Kamiński, Poulin, Prałat, Szufel and
/// Théberge 2019, "Clustering via hypergraph modularity"; with weights w(c, d) as in Kamiński,
/// Prałat and Théberge 2020, "Community detection algorithm using hypergraph modularity"):
///
/// q = (1 / |E|) sum_i [ sum_e w(|e ∩ A_i|, |e|)
///                       - sum_d |E_d| sum_c w(c, d) P(Bin(d, vol(A_i) / vol(V)) = c) ].
///
/// E_d are the hyperedges with d nodes, vol(A) is the sum of the degrees in A. The first part is
/// the *edge contribution*, the second the *degree tax*: what the hypergraph Chung-Lu model with
/// the same degrees and sizes gives on average.
///
/// # Conventions
///
/// `parts[v]` numbers the part of node v from 0. Empty hyperedges are left out of |E|. A hyperedge
/// of one node stays in, and contributes 1 - 1 = 0 under every weight (HyperNetX drops it first).
/// `None` if no hyperedge has a node.
///
/// # Errors
///
/// [`PartitionLength`](HypergraphError::PartitionLength) unless there is one part per node,
/// [`PartOutOfRange`](HypergraphError::PartOutOfRange) for a part number beyond the number of
/// nodes.
///
/// # Complexity
///
/// O(nodes + incidences + parts × sum of the distinct hyperedge sizes).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, ModularityWeight, modularity};
///
/// // Two hyperedges, each its own part: contribution 1, tax 2 (1/2)² = 1/2 on sizes of two.
/// let h = Hypergraph::from_edges(4, &[vec![0, 1], vec![2, 3]])?;
/// let q = modularity(&h, &[0, 0, 1, 1], ModularityWeight::Linear)?;
/// assert!((q.unwrap() - 0.5).abs() < 1e-15);
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn modularity(
    h: &Hypergraph,
    parts: &[u32],
    weight: ModularityWeight,
) -> Result<Option<f64>, HypergraphError> {
    check_parts(h, parts)?;
    let n_parts = parts.iter().max().map_or(0, |&p| p as usize + 1);
    let mut volumes = vec![0u64; n_parts];
    for (v, &part) in parts.iter().enumerate() {
        volumes[part as usize] += h.degree(v) as u64;
    }
    let mut counts = vec![0u32; n_parts];
    let mut contribution = 0.0;
    for e in 0..h.n_edges() {
        for &v in h.edge(e) {
            counts[parts[v as usize] as usize] += 1;
        }
        let size = h.size(e) as u32;
        for &v in h.edge(e) {
            // Each part is met once: its count is taken away with it.
            let count = std::mem::take(&mut counts[parts[v as usize] as usize]);
            contribution += weight.of(count, size);
        }
    }
    Ok(DegreeTax::new(h, weight).modularity(contribution, &volumes))
}

fn check_parts(h: &Hypergraph, parts: &[u32]) -> Result<(), HypergraphError> {
    let n_nodes = h.n_nodes();
    if parts.len() != n_nodes {
        return Err(HypergraphError::PartitionLength {
            parts: parts.len(),
            n_nodes,
        });
    }
    if let Some(&part) = parts.iter().find(|&&p| p as usize >= n_nodes) {
        return Err(HypergraphError::PartOutOfRange { part, n_nodes });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bad_partitions_are_refused() {
        let h = Hypergraph::from_edges(2, &[vec![0, 1]]).unwrap();
        let linear = ModularityWeight::Linear;
        assert_eq!(
            modularity(&h, &[0], linear),
            Err(HypergraphError::PartitionLength {
                parts: 1,
                n_nodes: 2
            })
        );
        assert_eq!(
            modularity(&h, &[0, u32::MAX], linear),
            Err(HypergraphError::PartOutOfRange {
                part: u32::MAX,
                n_nodes: 2
            })
        );
        let empty = Hypergraph::from_edges(2, &[vec![]]).unwrap();
        assert_eq!(modularity(&empty, &[0, 1], linear), Ok(None));
    }
}
