//! Closeness, harmonic closeness and eccentricity.

use super::SWalks;

/// What a centrality is multiplied with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SNormalization {
    /// 1.
    None,
    /// 2 / ((n - 1)(n - 2)), n the number of hyperedges that have a node, those with fewer than s
    /// included; 1 for n < 3. HyperNetX's `normalized=True`, for harmonic closeness as well.
    #[default]
    HyperNetX,
    /// By the largest value that n hyperedges with at least s nodes allow: 2 / ((n - 1)(n - 2)) for
    /// betweenness, 1 / (n - 1) for harmonic closeness; 1 where that is not defined.
    Vertices,
}

impl SNormalization {
    /// The factor of s-betweenness.
    pub(super) fn of_pairs(self, walks: &SWalks) -> f64 {
        let pairs = |n: usize| match n {
            0..3 => 1.0,
            n => 2.0 / ((n as f64 - 1.0) * (n as f64 - 2.0)),
        };
        match self {
            Self::None => 1.0,
            Self::HyperNetX => pairs(walks.n_nonempty),
            Self::Vertices => pairs(walks.vertices.len()),
        }
    }

    fn of_harmonic(self, walks: &SWalks) -> f64 {
        match (self, walks.vertices.len()) {
            (Self::Vertices, n) if n > 1 => 1.0 / (n as f64 - 1.0),
            (Self::Vertices, _) => 1.0,
            _ => self.of_pairs(walks),
        }
    }
}

impl SWalks {
    /// s-closeness: (n - 1) / sum of d(e, f) over the f of the s-component of e, which has n
    /// hyperedges; 0 if e is alone in it. HyperNetX's `s_closeness_centrality`.
    ///
    /// # Complexity
    ///
    /// O(hyperedges × (hyperedges + joined pairs)), in parallel; the same bits for any number of
    /// threads.
    pub fn closeness(&self) -> Vec<f64> {
        self.of_each(0.0, |distances, reached| {
            let sum: u64 = reached
                .iter()
                .map(|&f| u64::from(distances[f as usize]))
                .sum();
            match sum {
                0 => 0.0,
                sum => (reached.len() as f64 - 1.0) / sum as f64,
            }
        })
    }

    /// Harmonic s-closeness: sum of 1 / d(e, f) over all f that an s-walk joins to e, times the
    /// normalisation. HyperNetX's `s_harmonic_centrality`, whose own default is
    /// [`SNormalization::None`].
    ///
    /// # Complexity
    ///
    /// As [`closeness`](Self::closeness).
    pub fn harmonic(&self, normalization: SNormalization) -> Vec<f64> {
        let factor = normalization.of_harmonic(self);
        self.of_each(0.0, |distances, reached| {
            let others = reached[1..].iter();
            let sum: f64 = others
                .map(|&f| 1.0 / f64::from(distances[f as usize]))
                .sum();
            // An empty sum of floats is -0.
            (sum + 0.0) * factor
        })
    }

    /// s-eccentricity: the largest s-distance from a hyperedge within its s-component; `None` for
    /// one with fewer than s nodes. HyperNetX has the same values where the line graph of all
    /// hyperedges is connected, and raises an error where it is not.
    ///
    /// # Complexity
    ///
    /// As [`closeness`](Self::closeness).
    pub fn eccentricity(&self) -> Vec<Option<u32>> {
        self.of_each(None, |distances, reached| {
            reached.last().map(|&f| distances[f as usize])
        })
    }

    fn of_each<R: Send + Clone>(
        &self,
        outside: R,
        f: impl Fn(&[u32], &[u32]) -> R + Sync + Send,
    ) -> Vec<R> {
        let mut values = vec![outside; self.n_edges()];
        let found = self.each_search(|_, distances, reached| f(distances, reached));
        for (&e, value) in self.vertices.iter().zip(found) {
            values[e as usize] = value;
        }
        values
    }
}
