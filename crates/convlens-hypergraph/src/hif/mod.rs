//! The Hypergraph Interchange Format: strict reader, writer, and the way to a [`Hypergraph`](crate::Hypergraph).

mod convert;
mod document;
mod id;
mod problem;
mod record;
mod section;
mod stream;

pub use convert::{HifHypergraph, HifIncidenceDirection};
pub use document::Hif;
pub use id::HifId;
pub use record::{HifDirection, HifElement, HifIncidence, HifNetworkType};
pub use stream::{HifEvent, for_each_hif_event};
