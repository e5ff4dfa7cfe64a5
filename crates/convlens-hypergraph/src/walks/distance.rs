//! s-distances, eccentricities and diameters.

use super::SWalks;
use super::search::{FAR, Search};
use crate::parallel::map_indexed;

/// The s-diameters of a hypergraph: the largest s-distance within each s-component.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct SDiameter {
    /// The s-components, hyperedges ascending, components by their first hyperedge. Hyperedges that are
    /// alone are components too.
    pub components: Vec<Vec<u32>>,
    /// The diameter of each component; 0 for a hyperedge alone.
    pub diameters: Vec<u32>,
    /// The largest of them; 0 without hyperedges.
    pub largest: u32,
}

impl SDiameter {
    /// The diameter of the hypergraph, if s-walks join all of its hyperedges; else it is infinite.
    pub fn if_connected(&self) -> Option<u32> {
        (self.components.len() == 1).then_some(self.largest)
    }
}

impl SWalks {
    /// The s-distance: the length of the shortest s-walk from one hyperedge to another; `None` if there
    /// is none. 0 from a hyperedge to itself.
    ///
    /// # Panics
    ///
    /// Unless both are below `n_edges()`.
    ///
    /// # Complexity
    ///
    /// O(V + E).
    pub fn distance(&self, from: usize, to: usize) -> Option<u32> {
        assert!(to < self.n_edges(), "hyperedge {to} of {}", self.n_edges());
        let mut search = Search::of(self);
        search.run(self, from as u32);
        finite(search.distance[to])
    }

    /// The s-distances from one hyperedge to all.
    ///
    /// # Panics
    ///
    /// Unless `from < n_edges()`.
    ///
    /// # Complexity
    ///
    /// O(V + E).
    pub fn distances_from(&self, from: usize) -> Vec<Option<u32>> {
        let mut search = Search::of(self);
        search.run(self, from as u32);
        search.distance.iter().map(|&d| finite(d)).collect()
    }

    /// The s-distances between all pairs: row i holds those from hyperedge i.
    ///
    /// # Complexity
    ///
    /// O(V (V + E)) time and O(V²) memory.
    pub fn distances(&self) -> Vec<Vec<Option<u32>>> {
        self.for_each_source(|search| search.distance.iter().map(|&d| finite(d)).collect())
    }

    /// The s-eccentricity of each hyperedge: the largest s-distance to any that an s-walk reaches; 0 for
    /// one that is alone. (HyperNetX refuses hypergraphs that are not s-connected.)
    ///
    /// # Complexity
    ///
    /// O(V (V + E)).
    pub fn eccentricity(&self) -> Vec<u32> {
        self.for_each_source(|search| search.n_levels() as u32 - 1)
    }

    /// The s-components and the diameter of each.
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
    /// let diameter = h.s_walks(1).diameter();
    /// assert_eq!(diameter.components, [vec![0, 1, 2], vec![3]]);
    /// assert_eq!(diameter.diameters, [2, 0]);
    /// assert_eq!(diameter.if_connected(), None);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn diameter(&self) -> SDiameter {
        let eccentricity = self.eccentricity();
        let components = self.components();
        let widest = |c: &Vec<u32>| c.iter().map(|&e| eccentricity[e as usize]).max();
        let diameters: Vec<u32> = components.iter().filter_map(widest).collect();
        SDiameter {
            largest: diameters.iter().copied().max().unwrap_or(0),
            components,
            diameters,
        }
    }

    /// The components, hyperedges ascending in each, by their first hyperedge. Unlike
    /// [`Hypergraph::s_components`](crate::Hypergraph::s_components), hyperedges with fewer than s
    /// nodes are components of their own, as in HyperNetX.
    ///
    /// # Complexity
    ///
    /// O(V + E).
    pub fn components(&self) -> Vec<Vec<u32>> {
        let mut seen = vec![false; self.n_edges()];
        let mut components = Vec::new();
        for first in 0..self.n_edges() {
            if std::mem::replace(&mut seen[first], true) {
                continue;
            }
            let mut component = vec![first as u32];
            let mut at = 0;
            while at < component.len() {
                for &w in self.neighbours(component[at] as usize) {
                    if !std::mem::replace(&mut seen[w as usize], true) {
                        component.push(w);
                    }
                }
                at += 1;
            }
            component.sort_unstable();
            components.push(component);
        }
        components
    }

    /// A value of the search from each hyperedge.
    pub(super) fn for_each_source<R: Send>(
        &self,
        value: impl Fn(&Search) -> R + Sync + Send,
    ) -> Vec<R> {
        map_indexed(
            self.n_edges(),
            || Search::of(self),
            |search, source| {
                search.run(self, source as u32);
                value(search)
            },
        )
    }
}

fn finite(distance: u32) -> Option<u32> {
    (distance != FAR).then_some(distance)
}
