//! How large hyperedges are, and in how many each node is.

use super::hypergraph::Hypergraph;

/// Degrees of the nodes and sizes of the hyperedges of a hypergraph.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Statistics {
    /// Number of nodes.
    pub n_nodes: usize,
    /// Number of hyperedges.
    pub n_edges: usize,
    /// Number of incidences.
    pub n_incidences: usize,
    /// Incidences / (nodes × hyperedges): the share of the incidence table that is filled. `None`
    /// without nodes or without hyperedges.
    pub density: Option<f64>,
    /// Nodes in no hyperedge.
    pub isolated_nodes: usize,
    /// Hyperedges without nodes.
    pub empty_edges: usize,
    /// Hyperedges of one node.
    pub singleton_edges: usize,
    /// Over the nodes: in how many hyperedges each is.
    pub degrees: Distribution,
    /// Over the hyperedges: how many nodes each has.
    pub sizes: Distribution,
}

/// How often each value occurs among some counts.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Distribution {
    /// `(value, how often)` for the values that occur, ascending.
    pub counts: Vec<(usize, usize)>,
    /// `None` if there are no values at all.
    pub summary: Option<Summary>,
}

/// Smallest and largest value, mean and median of some counts.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Summary {
    /// The least value.
    pub min: usize,
    /// The largest value.
    pub max: usize,
    /// The mean.
    pub mean: f64,
    /// The middle value; of an even number of values the mean of the middle two.
    pub median: f64,
}

impl Hypergraph {
    /// Degree and size statistics.
    ///
    /// # Complexity
    ///
    /// O(n log n) in the number of nodes and of hyperedges.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::Hypergraph;
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![0, 1, 2], vec![0], vec![]])?;
    /// let s = h.statistics();
    /// assert_eq!(s.sizes.counts, [(0, 1), (1, 1), (3, 1)]);
    /// assert_eq!(s.degrees.counts, [(0, 1), (1, 2), (2, 1)]);
    /// let sizes = s.sizes.summary.expect("there are hyperedges");
    /// assert_eq!((sizes.min, sizes.max, sizes.median), (0, 3, 1.0));
    /// assert_eq!((s.isolated_nodes, s.empty_edges, s.singleton_edges), (1, 1, 1));
    /// assert_eq!(s.density, Some(4.0 / 12.0));
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn statistics(&self) -> Statistics {
        let (n_nodes, n_edges) = (self.n_nodes(), self.n_edges());
        let degrees = Distribution::of(self.nodes.rows().map(<[u32]>::len).collect());
        let sizes = Distribution::of(self.edges.rows().map(<[u32]>::len).collect());
        // In f64: the product of two counts may be beyond usize.
        let cells = n_nodes as f64 * n_edges as f64;
        Statistics {
            n_nodes,
            n_edges,
            n_incidences: self.n_incidences(),
            density: (cells > 0.0).then(|| self.n_incidences() as f64 / cells),
            isolated_nodes: degrees.count(0),
            empty_edges: sizes.count(0),
            singleton_edges: sizes.count(1),
            degrees,
            sizes,
        }
    }
}

impl Distribution {
    fn of(mut values: Vec<usize>) -> Self {
        values.sort_unstable();
        let runs = values.chunk_by(|a, b| a == b);
        Self {
            counts: runs.map(|run| (run[0], run.len())).collect(),
            summary: Summary::of(&values),
        }
    }

    /// How often `value` occurs.
    pub fn count(&self, value: usize) -> usize {
        let found = self.counts.binary_search_by_key(&value, |&(v, _)| v);
        found.map_or(0, |i| self.counts[i].1)
    }
}

impl Summary {
    fn of(ascending: &[usize]) -> Option<Self> {
        let (&min, &max) = (ascending.first()?, ascending.last()?);
        let n = ascending.len();
        let (low, high) = (ascending[(n - 1) / 2], ascending[n / 2]);
        // The sum of degrees is the number of incidences, which fits.
        let sum: usize = ascending.iter().sum();
        Some(Self {
            min,
            max,
            mean: sum as f64 / n as f64,
            median: (low as f64 + high as f64) / 2.0,
        })
    }
}
