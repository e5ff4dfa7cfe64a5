//! Files in the Hypergraph Interchange Format (HIF) 0.1: a strict reader, a writer, and the way to
//! a [`Hypergraph`](crate::Hypergraph) and back.
//!
//! [`Document::read`] and [`Document::write`] keep a file record for record;
//! [`Document::to_hypergraph`] merges its records into an [`AttributedHypergraph`] with ids,
//! weights, directions and attributes; [`for_each_event`] streams a file of any size.
//!
//! ```
//! use convlens_hypergraph::{Hypergraph, hif};
//!
//! let h = Hypergraph::from_edges(3, &[vec![0, 1], vec![1, 2]])?;
//! let mut file = Vec::new();
//! hif::Document::from_hypergraph(&h).write(&mut file)?;
//! assert_eq!(hif::Document::read(&file[..])?.to_hypergraph()?.hypergraph, h);
//! # Ok::<(), convlens_hypergraph::HypergraphError>(())
//! ```

mod document;
mod reader;
mod record;

pub use crate::error::Cause;
pub use document::{AttributedHypergraph, Document, IncidenceDirection};
pub use reader::{Event, for_each_event};
pub use record::{Direction, Element, Id, Incidence, NetworkType};
