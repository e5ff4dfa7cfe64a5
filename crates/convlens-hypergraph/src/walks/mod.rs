//! s-walks: walks over hyperedges in which consecutive hyperedges share at least s nodes.
//!
//! [`Hypergraph::s_walks`](crate::Hypergraph::s_walks) gives [`SWalks`] for one s, and its methods
//! the measures: distances, components, diameter, betweenness, closeness, harmonic closeness and
//! eccentricity. [`Overlaps`] counts the overlaps of all pairs once, for all s.
//!
//! ```
//! use convlens_hypergraph::{Hypergraph, walks};
//!
//! // Four hyperedges in a ring.
//! let h = Hypergraph::from_edges(8, &[[0, 1, 2], [2, 3, 4], [4, 5, 6], [6, 7, 0]])?;
//! let s_walks = h.s_walks(1)?;
//! assert_eq!(s_walks.distance(0, 2)?, Some(2));
//! assert_eq!(s_walks.betweenness(walks::Normalization::None), [0.5; 4]);
//! assert_eq!(h.s_walks(2)?.components().len(), 4); // no two share two nodes
//! # Ok::<(), convlens_hypergraph::HypergraphError>(())
//! ```

mod betweenness;
mod distance;
mod graph;

pub use distance::{Diameter, Distances, Normalization};
pub use graph::{Overlaps, SWalks};
