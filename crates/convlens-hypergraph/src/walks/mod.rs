//! s-walks: walks over hyperedges of which neighbours share at least s nodes.

mod all_s;
mod betweenness;
mod centrality;
mod chunks;
mod distance;
mod graph;
mod pairs;

pub use all_s::Overlaps;
pub use centrality::SNormalization;
pub use distance::{SDiameter, SDistances};
pub use graph::SWalks;
