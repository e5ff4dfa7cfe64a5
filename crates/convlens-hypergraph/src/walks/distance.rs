//! s-distances, s-components and s-diameters.

use super::SWalks;
use super::chunks::map_chunks;
use crate::HypergraphError;

/// No s-walk.
const NONE: u32 = u32::MAX;

/// The s-distance of every pair of hyperedges.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct SDistances {
    n: usize,
    values: Vec<u32>,
}

impl SDistances {
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
pub enum SDiameter {
    /// No hyperedge has s nodes.
    Empty,
    /// Every two hyperedges of at least s nodes are joined by an s-walk.
    Connected {
        /// The largest s-distance.
        diameter: u32,
    },
    /// Some are not, and their distance is infinite.
    Disconnected {
        /// The number of s-components.
        components: usize,
        /// The largest diameter of an s-component.
        largest: u32,
    },
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
    /// # Complexity
    ///
    /// O(hyperedges × (hyperedges + joined pairs)), in parallel.
    pub fn all_distances(&self) -> SDistances {
        let n = self.n_edges();
        let mut values = vec![NONE; n * n];
        let rows = self.each_search(|source, distances, _| (source, distances.to_vec()));
        for (source, row) in rows {
            let start = source as usize * n;
            values[start..start + n].copy_from_slice(&row);
        }
        SDistances { n, values }
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
    pub fn diameter(&self) -> SDiameter {
        let diameters = self.component_diameters();
        let Some(&largest) = diameters.iter().max() else {
            return SDiameter::Empty;
        };
        match diameters.len() {
            1 => SDiameter::Connected { diameter: largest },
            components => SDiameter::Disconnected {
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
