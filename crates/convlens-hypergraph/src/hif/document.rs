//! A whole HIF file.

use std::io::{BufWriter, Read, Write};

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Number, Value};

use super::{HifElement, HifEvent, HifIncidence, HifNetworkType, for_each_hif_event};
use crate::HypergraphError;

/// A file in the Hypergraph Interchange Format, version 0.1.0 (Coll et al. 2025, "HIF: The hypergraph
/// interchange format for higher-order networks", Network Science 13, e21), record for record.
///
/// # Conventions
///
/// Reading and writing give the same records in the same order, with weights and attributes as they
/// were; an array that was absent stays absent. Only key order, white space and integral ids such
/// as `1.0` (now `1`) are normalised, and numbers in attributes beyond 64 bits are rounded to doubles.
/// Nothing is merged here: that is [`to_hypergraph`](Self::to_hypergraph)'s work.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::Hif;
///
/// let text = r#"{"incidences":[{"edge":"a","node":1},{"edge":"a","node":2}],"nodes":[{"node":"lonely"}]}"#;
/// let hif = Hif::read(text.as_bytes())?;
/// let mut again = Vec::new();
/// hif.write(&mut again)?;
/// assert_eq!(Hif::read(&again[..])?, hif);
///
/// let h = hif.to_hypergraph()?.hypergraph;
/// assert_eq!((h.n_nodes(), h.n_edges(), h.n_incidences()), (3, 1, 2));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Hif {
    /// `network-type`.
    pub network_type: Option<HifNetworkType>,
    /// `metadata`.
    pub metadata: Option<Map<String, Value>>,
    /// `incidences`, which every file has.
    pub incidences: Vec<HifIncidence>,
    /// `nodes`: isolated ones, and those with a weight or attributes.
    pub nodes: Option<Vec<HifElement>>,
    /// `edges`: empty ones, and those with a weight or attributes.
    pub edges: Option<Vec<HifElement>>,
}

impl Hif {
    /// Reads a file, strictly ([`for_each_hif_event`]).
    ///
    /// # Errors
    ///
    /// As [`for_each_hif_event`].
    pub fn read(reader: impl Read) -> Result<Self, HypergraphError> {
        let mut hif = Self::default();
        for_each_hif_event(reader, |event| match event {
            HifEvent::NetworkType(kind) => hif.network_type = Some(kind),
            HifEvent::Metadata(metadata) => hif.metadata = Some(metadata),
            HifEvent::Incidences => {}
            HifEvent::Nodes => hif.nodes = Some(Vec::new()),
            HifEvent::Edges => hif.edges = Some(Vec::new()),
            HifEvent::Incidence(incidence) => hif.incidences.push(incidence),
            HifEvent::Node(node) => hif.nodes.get_or_insert_default().push(node),
            HifEvent::Edge(edge) => hif.edges.get_or_insert_default().push(edge),
        })?;
        Ok(hif)
    }

    /// Writes the file as compact JSON.
    ///
    /// # Errors
    ///
    /// [`HifWrite`](HypergraphError::HifWrite) if the sink fails, or for an integer id outside
    /// -2^63 ..= 2^64 - 1.
    pub fn write(&self, writer: impl Write) -> Result<(), HypergraphError> {
        let failed = |reason: String| HypergraphError::HifWrite { reason };
        let mut writer = BufWriter::new(writer);
        serde_json::to_writer(&mut writer, self).map_err(|error| failed(error.to_string()))?;
        writer.flush().map_err(|error| failed(error.to_string()))
    }
}

impl Serialize for Hif {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(kind) = &self.network_type {
            map.serialize_entry("network-type", kind)?;
        }
        if let Some(metadata) = &self.metadata {
            map.serialize_entry("metadata", metadata)?;
        }
        map.serialize_entry("incidences", &self.incidences)?;
        for (field, key, elements) in [
            ("nodes", "node", &self.nodes),
            ("edges", "edge", &self.edges),
        ] {
            if let Some(elements) = elements {
                map.serialize_entry(field, &Elements { key, elements })?;
            }
        }
        map.end()
    }
}

/// Entries of `nodes` or `edges`, whose ids go by different keys.
struct Elements<'a> {
    key: &'static str,
    elements: &'a [HifElement],
}

impl Serialize for Elements<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.elements.len()))?;
        for element in self.elements {
            seq.serialize_element(&Element {
                key: self.key,
                element,
            })?;
        }
        seq.end()
    }
}

struct Element<'a> {
    key: &'static str,
    element: &'a HifElement,
}

impl Serialize for Element<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(self.key, &self.element.id)?;
        if let Some(weight) = &self.element.weight {
            map.serialize_entry::<_, Number>("weight", weight)?;
        }
        if let Some(attrs) = &self.element.attrs {
            map.serialize_entry("attrs", attrs)?;
        }
        map.end()
    }
}
