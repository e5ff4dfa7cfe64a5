//! s-closeness and s-harmonic closeness.

use super::SWalks;
use super::search::Search;

/// In which units harmonic closeness is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum HarmonicScale {
    /// The plain sum. As HyperNetX by default.
    #[default]
    Sum,
    /// Divided by n - 1: the mean of 1 / distance, in [0, 1] (Rochat 2009).
    Mean,
    /// Times `2 / ((n - 1)(n - 2))`: HyperNetX's `normalized=True`.
    HyperNetX,
}

impl SWalks {
    /// The s-closeness of each hyperedge e: with c hyperedges in its s-component,
    ///
    /// ```text
    /// (c - 1) / sum over f of the component of d_s(e, f),
    /// ```
    ///
    /// and 0 for a hyperedge that is alone. It compares hyperedges of one component (Aksoy et al.
    /// 2020); over several, see [`harmonic_closeness`](Self::harmonic_closeness).
    ///
    /// # Complexity
    ///
    /// O(V (V + E)).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(6, &[vec![0, 1], vec![1, 2], vec![2, 3], vec![4, 5]])?;
    /// assert_eq!(h.s_walks(1).closeness(), [2.0 / 3.0, 1.0, 2.0 / 3.0, 0.0]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn closeness(&self) -> Vec<f64> {
        self.for_each_source(|search| {
            let total: u64 = steps(search).map(|(d, count)| d * count).sum();
            match total {
                0 => 0.0,
                total => (search.order.len() - 1) as f64 / total as f64,
            }
        })
    }

    /// The s-harmonic closeness of each hyperedge e: the sum of `1 / d_s(e, f)` over all others, where
    /// those that no s-walk reaches add 0 (Marchiori and Latora 2000).
    ///
    /// # Complexity
    ///
    /// O(V (V + E)).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{HarmonicScale, Hypergraph};
    ///
    /// let h = Hypergraph::from_edges(6, &[vec![0, 1], vec![1, 2], vec![2, 3], vec![4, 5]])?;
    /// let harmonic = h.s_walks(1).harmonic_closeness(HarmonicScale::Sum);
    /// assert_eq!(harmonic, [1.5, 2.0, 1.5, 0.0]);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn harmonic_closeness(&self, scale: HarmonicScale) -> Vec<f64> {
        let n = self.n_edges();
        let factor = match scale {
            HarmonicScale::Mean if n > 1 => 1.0 / (n - 1) as f64,
            HarmonicScale::HyperNetX if n > 2 => 2.0 / ((n - 1) as f64 * (n - 2) as f64),
            _ => 1.0,
        };
        self.for_each_source(|search| {
            let sum: f64 = steps(search)
                .map(|(d, count)| count as f64 / d as f64)
                .sum();
            sum * factor
        })
    }
}

/// Each distance from 1 on, and how many are that far.
fn steps(search: &Search) -> impl Iterator<Item = (u64, u64)> + '_ {
    (1..search.n_levels()).map(|level| (level as u64, search.level(level).len() as u64))
}
