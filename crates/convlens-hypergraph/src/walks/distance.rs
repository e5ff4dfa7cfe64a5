//! s-distances, s-components, s-diameters, and the centralities that follow from distances.

use std::fmt;

use super::graph::SWalks;
use crate::checks::{room, square};
use crate::error::HypergraphError;
use crate::parallel::map_chunks;

/// No s-walk.
const NONE: u32 = u32::MAX;

/// The s-distance of every pair of hyperedges.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Distances {
    n: usize,
    values: Vec<u32>,
}

impl Distances {
    /// The s-distance of two hyperedges; `None` where no s-walk joins them.
    ///
    /// # Errors
    ///
    /// [`EdgeOutOfRange`](HypergraphError::EdgeOutOfRange).
    pub fn get(&self, a: u32, b: u32) -> Result<Option<u32>, HypergraphError> {
        let n_edges = self.n;
        for edge in [a, b] {
            if edge as usize >= n_edges {
                return Err(HypergraphError::EdgeOutOfRange { edge, n_edges });
            }
        }
        let value = self.values[a as usize * self.n + b as usize];
        Ok((value != NONE).then_some(value))
    }
}

/// The s-diameter: the largest s-distance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Diameter {
    /// No hyperedge has s nodes.
    Empty,
    /// Every two hyperedges of at least s nodes are joined by an s-walk.
    Connected {
        /// The largest s-distance.
        diameter: u32,
    },
    /// Some pairs are not joined: their distance is infinite.
    Disconnected {
        /// The number of s-components.
        components: usize,
        /// The largest diameter of an s-component.
        largest: u32,
    },
}

impl Diameter {
    /// The diameter, if every two hyperedges of at least s nodes are joined by an s-walk.
    pub fn value(&self) -> Option<&u32> {
        match self {
            Self::Connected { diameter } => Some(diameter),
            Self::Empty | Self::Disconnected { .. } => None,
        }
    }
}

impl fmt::Display for Diameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("no hyperedge has s nodes"),
            Self::Connected { diameter } => write!(f, "the s-diameter is {diameter}"),
            Self::Disconnected {
                components,
                largest,
            } => write!(
                f,
                "the s-diameter is infinite: {components} s-components, the widest of diameter \
                 {largest}"
            ),
        }
    }
}

impl SWalks {
    /// The s-components, as [`Hypergraph::s_components`](crate::Hypergraph::s_components).
    ///
    /// # Complexity
    ///
    /// O(hyperedges + joined pairs).
    pub fn components(&self) -> Vec<Vec<u32>> {
        let mut distances = vec![NONE; self.n_edges()];
        let mut components = Vec::new();
        for &first in &self.vertices {
            if distances[first as usize] == NONE {
                let mut component = Vec::new();
                self.search(first, &mut distances, &mut component);
                component.sort_unstable();
                components.push(component);
            }
        }
        components
    }

    /// The s-distance of two hyperedges: the length of the shortest s-walk; `None` if there is
    /// none. That of a hyperedge with at least s nodes to itself is 0.
    ///
    /// # Errors
    ///
    /// [`EdgeOutOfRange`](HypergraphError::EdgeOutOfRange).
    ///
    /// # Complexity
    ///
    /// O(hyperedges + joined pairs).
    pub fn distance(&self, a: u32, b: u32) -> Result<Option<u32>, HypergraphError> {
        self.check(b)?;
        Ok(self.distances_from(a)?[b as usize])
    }

    /// The s-distance of every hyperedge from one.
    ///
    /// # Errors
    ///
    /// [`EdgeOutOfRange`](HypergraphError::EdgeOutOfRange).
    ///
    /// # Complexity
    ///
    /// O(hyperedges + joined pairs): breadth first.
    pub fn distances_from(&self, source: u32) -> Result<Vec<Option<u32>>, HypergraphError> {
        self.check(source)?;
        let mut distances = vec![NONE; self.n_edges()];
        if self.vertices.binary_search(&source).is_ok() {
            self.search(source, &mut distances, &mut Vec::new());
        }
        let some = |d: u32| (d != NONE).then_some(d);
        Ok(distances.into_iter().map(some).collect())
    }

    /// The s-distances of all pairs; 4 bytes each.
    ///
    /// # Errors
    ///
    /// [`OutOfMemory`](HypergraphError::OutOfMemory) if that is more than the allocator gives.
    ///
    /// # Complexity
    ///
    /// O(hyperedges × (hyperedges + joined pairs)), in parallel.
    pub fn all_distances(&self) -> Result<Distances, HypergraphError> {
        let n = self.n_edges();
        let len = square("s-distances", n)?;
        let mut values = room("s-distances", len)?;
        values.resize(len, NONE);
        let rows = self.each_search(|source, distances, _| (source, distances.to_vec()));
        for (source, row) in rows {
            let start = source as usize * n;
            values[start..start + n].copy_from_slice(&row);
        }
        Ok(Distances { n, values })
    }

    /// The s-diameter over all hyperedges with at least s nodes.
    ///
    /// # Conventions
    ///
    /// HyperNetX's `edge_diameter` counts hyperedges with fewer than s nodes as vertices, and
    /// raises an error where the line graph is disconnected.
    ///
    /// # Complexity
    ///
    /// As [`all_distances`](Self::all_distances), without keeping them.
    pub fn diameter(&self) -> Diameter {
        let diameters = self.component_diameters();
        let Some(&largest) = diameters.iter().max() else {
            return Diameter::Empty;
        };
        match diameters.len() {
            1 => Diameter::Connected { diameter: largest },
            components => Diameter::Disconnected {
                components,
                largest,
            },
        }
    }

    /// The s-diameter of each of the [`components`](Self::components), in their order.
    ///
    /// # Complexity
    ///
    /// As [`all_distances`](Self::all_distances), without keeping them.
    pub fn component_diameters(&self) -> Vec<u32> {
        let eccentricity = self.eccentricity();
        let components = self.components();
        let of = |c: &Vec<u32>| c.iter().filter_map(|&e| eccentricity[e as usize]).max();
        components.iter().filter_map(of).collect()
    }

    /// `f(source, distances, reached)` of a search from each vertex, in order.
    pub(super) fn each_search<R: Send>(
        &self,
        f: impl Fn(u32, &[u32], &[u32]) -> R + Sync + Send,
    ) -> Vec<R> {
        let parts = map_chunks(self.vertices.len(), |range| {
            let mut distances = vec![NONE; self.n_edges()];
            let mut reached = Vec::new();
            let mut found = Vec::with_capacity(range.len());
            for &source in &self.vertices[range] {
                self.search(source, &mut distances, &mut reached);
                found.push(f(source, &distances, &reached));
                for e in reached.drain(..) {
                    distances[e as usize] = NONE;
                }
            }
            found
        });
        parts.into_iter().flatten().collect()
    }

    /// Breadth first from a vertex; `reached` gets what is met, by distance.
    fn search(&self, source: u32, distances: &mut [u32], reached: &mut Vec<u32>) {
        distances[source as usize] = 0;
        reached.push(source);
        let mut next = 0;
        while let Some(&e) = reached.get(next) {
            next += 1;
            for &f in self.row(e) {
                if distances[f as usize] == NONE {
                    distances[f as usize] = distances[e as usize] + 1;
                    reached.push(f);
                }
            }
        }
    }
}

/// The factor that a centrality is multiplied by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Normalization {
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

impl Normalization {
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
    #[doc(alias = "s_closeness_centrality")]
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
    /// normalization. HyperNetX's `s_harmonic_centrality`, whose own default is
    /// [`Normalization::None`].
    ///
    /// # Complexity
    ///
    /// As [`closeness`](Self::closeness).
    #[doc(alias = "s_harmonic_centrality")]
    pub fn harmonic(&self, normalization: Normalization) -> Vec<f64> {
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
    #[doc(alias = "s_eccentricity")]
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
