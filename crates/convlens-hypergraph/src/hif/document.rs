//! A whole HIF file, and the way from it to a hypergraph and back.

use std::collections::HashMap;
use std::io::{BufWriter, Read, Write};

use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};
use serde_json::{Map, Number, Value};

use super::reader::{Event, for_each_event};
use super::record::{Direction, Element, Id, Incidence, NetworkType};
use crate::checks::{check_count, check_length};
use crate::error::{Cause, HypergraphError};
use crate::structure::hypergraph::Hypergraph;

/// A file in the Hypergraph Interchange Format, version 0.1.0 (Coll et al. 2025, "HIF: The
/// hypergraph interchange format for higher-order networks", Network Science 13, e21), record for
/// record.
///
/// # Conventions
///
/// Reading and writing give the same records in the same order, with weights and attributes as they
/// were; an array that was absent stays absent. Only key order, white space and integral ids such
/// as `1.0` (now `1`) are normalized, and numbers in attributes beyond 64 bits are rounded to
/// doubles. Nothing is merged here: [`to_hypergraph`](Self::to_hypergraph) does that.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::hif;
///
/// let text = r#"{
///     "incidences": [{"edge": "a", "node": 1}, {"edge": "a", "node": 2}],
///     "nodes": [{"node": "lonely"}]
/// }"#;
/// let hif = hif::Document::read(text.as_bytes())?;
/// let mut again = Vec::new();
/// hif.write(&mut again)?;
/// assert_eq!(hif::Document::read(&again[..])?, hif);
///
/// let h = hif.to_hypergraph()?.hypergraph;
/// assert_eq!((h.n_nodes(), h.n_edges(), h.n_incidences()), (3, 1, 2));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[doc(alias = "json")]
#[doc(alias = "hypergraph interchange format")]
pub struct Document {
    /// `network-type`.
    pub network_type: Option<NetworkType>,
    /// `metadata`.
    pub metadata: Option<Map<String, Value>>,
    /// `incidences`, which every file has.
    pub incidences: Vec<Incidence>,
    /// `nodes`: isolated ones, and those with a weight or attributes.
    pub nodes: Option<Vec<Element>>,
    /// `edges`: empty ones, and those with a weight or attributes.
    pub edges: Option<Vec<Element>>,
}

impl Document {
    /// Reads a file, strictly ([`for_each_event`]).
    ///
    /// # Errors
    ///
    /// As [`for_each_event`].
    pub fn read(reader: impl Read) -> Result<Self, HypergraphError> {
        let mut hif = Self::default();
        for_each_event(reader, |event| match event {
            Event::NetworkType(kind) => hif.network_type = Some(kind),
            Event::Metadata(metadata) => hif.metadata = Some(metadata),
            Event::Incidences => {}
            Event::Nodes => hif.nodes = Some(Vec::new()),
            Event::Edges => hif.edges = Some(Vec::new()),
            Event::Incidence(incidence) => hif.incidences.push(incidence),
            Event::Node(node) => hif.nodes.get_or_insert_default().push(node),
            Event::Edge(edge) => hif.edges.get_or_insert_default().push(edge),
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
        let failed = |source| HypergraphError::HifWrite { source };
        let mut writer = BufWriter::new(writer);
        serde_json::to_writer(&mut writer, self).map_err(|error| failed(Cause::new(error)))?;
        writer.flush().map_err(|error| failed(Cause::new(error)))
    }
}

impl Serialize for Document {
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
                map.serialize_entry(field, &Listed { key, elements })?;
            }
        }
        map.end()
    }
}

/// Entries of `nodes` or `edges`, whose ids go by different keys.
struct Listed<'a> {
    key: &'static str,
    elements: &'a [Element],
}

impl Serialize for Listed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.elements.len()))?;
        for element in self.elements {
            seq.serialize_element(&Keyed {
                key: self.key,
                element,
            })?;
        }
        seq.end()
    }
}

struct Keyed<'a> {
    key: &'static str,
    element: &'a Element,
}

impl Serialize for Keyed<'_> {
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

type Attrs = Map<String, Value>;

/// On which side of its hyperedge a node lies, after records of the same incidence are merged.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum IncidenceDirection {
    /// No record names a side.
    #[default]
    None,
    /// In the head.
    Head,
    /// In the tail.
    Tail,
    /// In both: one record says head, another tail.
    Both,
}

impl IncidenceDirection {
    fn with(self, direction: Option<Direction>) -> Self {
        let Some(direction) = direction else {
            return self;
        };
        match (self, direction) {
            (Self::None | Self::Head, Direction::Head) => Self::Head,
            (Self::None | Self::Tail, Direction::Tail) => Self::Tail,
            _ => Self::Both,
        }
    }

    /// The records that say it.
    fn records(self) -> &'static [Option<Direction>] {
        match self {
            Self::None => &[None],
            Self::Head => &[Some(Direction::Head)],
            Self::Tail => &[Some(Direction::Tail)],
            Self::Both => &[Some(Direction::Tail), Some(Direction::Head)],
        }
    }
}

/// A hypergraph with the ids, weights, directions and attributes of a HIF file, by index.
///
/// # Conventions
///
/// - Nodes are numbered in the order of `nodes`, then of `incidences`, hyperedges likewise; the
///   order of the two arrays in the file does not matter.
/// - **Merging.** Entries of the same node, hyperedge or incidence are one. The last weight counts;
///   attributes are united, and the last value of a repeated key counts; a node that is both in the
///   head and in the tail of a hyperedge is [`Both`](IncidenceDirection::Both).
/// - Weights are `None` if no entry of that kind has one; otherwise entries without a weight get 1.
/// - Values per incidence are in the order of [`Hypergraph::incidences`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct AttributedHypergraph {
    /// The incidences.
    pub hypergraph: Hypergraph,
    /// Id of each node.
    pub node_ids: Vec<Id>,
    /// Id of each hyperedge.
    pub edge_ids: Vec<Id>,
    /// Weight of each node.
    pub node_weights: Option<Vec<f64>>,
    /// Weight of each hyperedge.
    pub edge_weights: Option<Vec<f64>>,
    /// Weight of each incidence.
    pub incidence_weights: Option<Vec<f64>>,
    /// Side of each incidence; `None` if no record has one.
    pub directions: Option<Vec<IncidenceDirection>>,
    /// Attributes of each node.
    pub node_attrs: Vec<Attrs>,
    /// Attributes of each hyperedge.
    pub edge_attrs: Vec<Attrs>,
    /// Attributes of each incidence.
    pub incidence_attrs: Vec<Attrs>,
    /// `network-type`.
    pub network_type: Option<NetworkType>,
    /// `metadata`.
    pub metadata: Attrs,
}

impl Document {
    /// The hypergraph of the file, duplicates merged ([`AttributedHypergraph`]).
    ///
    /// # Errors
    ///
    /// [`TooMany`](HypergraphError::TooMany) if `u32` cannot name all nodes or hyperedges.
    ///
    /// # Complexity
    ///
    /// O(records), by hashing ids.
    pub fn to_hypergraph(&self) -> Result<AttributedHypergraph, HypergraphError> {
        let mut nodes = Numbered::default();
        let mut edges = Numbered::default();
        nodes.add_all(self.nodes.as_deref().unwrap_or_default());
        edges.add_all(self.edges.as_deref().unwrap_or_default());
        let pairs: Vec<(usize, usize)> = self
            .incidences
            .iter()
            .map(|i| (nodes.index(&i.node), edges.index(&i.edge)))
            .collect();
        check_count("nodes", nodes.ids.len())?;
        check_count("hyperedges", edges.ids.len())?;
        let pairs: Vec<(u32, u32)> = pairs
            .into_iter()
            .map(|(v, e)| (v as u32, e as u32))
            .collect();
        let hypergraph =
            Hypergraph::from_incidences(nodes.ids.len(), edges.ids.len(), pairs.iter().copied())?;

        let mut merged = vec![Merged::default(); hypergraph.n_incidences()];
        let mut directions = vec![IncidenceDirection::None; hypergraph.n_incidences()];
        for (record, &(v, e)) in self.incidences.iter().zip(&pairs) {
            let Some(at) = hypergraph.incidence_index(v, e as usize) else {
                continue; // built from these pairs: each is there
            };
            merged[at].add(record.weight.as_ref(), record.attrs.as_ref());
            directions[at] = directions[at].with(record.direction);
        }
        let (incidence_weights, incidence_attrs) = split(merged);
        let (node_weights, node_attrs) = split(nodes.merged);
        let (edge_weights, edge_attrs) = split(edges.merged);
        let directed = self.incidences.iter().any(|i| i.direction.is_some());
        Ok(AttributedHypergraph {
            hypergraph,
            node_ids: nodes.ids,
            edge_ids: edges.ids,
            node_weights,
            edge_weights,
            incidence_weights,
            directions: directed.then_some(directions),
            node_attrs,
            edge_attrs,
            incidence_attrs,
            network_type: self.network_type,
            metadata: self.metadata.clone().unwrap_or_default(),
        })
    }

    /// The incidences of a hypergraph, with the indices of nodes and hyperedges as ids. Every node
    /// and hyperedge has an entry, so that isolated ones and their order are kept.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_hypergraph::{Hypergraph, hif};
    ///
    /// let h = Hypergraph::from_edges(4, &[vec![2, 0], vec![]])?;
    /// assert_eq!(hif::Document::from_hypergraph(&h).to_hypergraph()?.hypergraph, h);
    /// # Ok::<(), convlens_hypergraph::HypergraphError>(())
    /// ```
    pub fn from_hypergraph(h: &Hypergraph) -> Self {
        let elements = |n: usize| (0..n as u32).map(Element::new).collect();
        Self {
            network_type: Some(NetworkType::Undirected),
            metadata: None,
            incidences: h.incidences().map(|(v, e)| Incidence::new(e, v)).collect(),
            nodes: Some(elements(h.n_nodes())),
            edges: Some(elements(h.n_edges())),
        }
    }
}

impl AttributedHypergraph {
    /// The file that [`Document::to_hypergraph`] reads as this.
    ///
    /// # Errors
    ///
    /// [`LengthMismatch`](HypergraphError::LengthMismatch) if a list is not as long as what it
    /// describes; [`NonFiniteWeight`](HypergraphError::NonFiniteWeight) for a weight that JSON
    /// cannot hold; [`DuplicateName`](HypergraphError::DuplicateName) if two nodes or two
    /// hyperedges share an id.
    pub fn to_hif(&self) -> Result<Document, HypergraphError> {
        let h = &self.hypergraph;
        let elements = |what, n, ids: &[Id], weights: &Option<Vec<f64>>, attrs: &[Attrs]| {
            check_length(what, n, ids.len())?;
            check_length(what, n, attrs.len())?;
            check_distinct(ids)?;
            let weights = numbers(what, n, weights)?;
            Ok::<_, HypergraphError>(
                ids.iter()
                    .zip(weights)
                    .zip(attrs)
                    .map(|((id, weight), attrs)| Element {
                        id: id.clone(),
                        weight,
                        attrs: some_attrs(attrs),
                    })
                    .collect(),
            )
        };
        let nodes = elements(
            "node",
            h.n_nodes(),
            &self.node_ids,
            &self.node_weights,
            &self.node_attrs,
        )?;
        let edges = elements(
            "hyperedge",
            h.n_edges(),
            &self.edge_ids,
            &self.edge_weights,
            &self.edge_attrs,
        )?;
        let n = h.n_incidences();
        check_length("incidence", n, self.incidence_attrs.len())?;
        if let Some(directions) = &self.directions {
            check_length("incidence", n, directions.len())?;
        }
        let weights = numbers("incidence", n, &self.incidence_weights)?;
        let mut incidences = Vec::with_capacity(n);
        for (at, ((v, e), weight)) in h.incidences().zip(weights).enumerate() {
            let direction = self
                .directions
                .as_ref()
                .map_or_else(Default::default, |d| d[at]);
            for &direction in direction.records() {
                incidences.push(Incidence {
                    edge: self.edge_ids[e as usize].clone(),
                    node: self.node_ids[v as usize].clone(),
                    weight: weight.clone(),
                    direction,
                    attrs: some_attrs(&self.incidence_attrs[at]),
                });
            }
        }
        Ok(Document {
            network_type: self.network_type,
            metadata: some_attrs(&self.metadata),
            incidences,
            nodes: Some(nodes),
            edges: Some(edges),
        })
    }
}

/// Nodes or hyperedges as they are met.
#[derive(Default)]
struct Numbered {
    ids: Vec<Id>,
    merged: Vec<Merged>,
    by_id: HashMap<Id, usize>,
}

impl Numbered {
    fn index(&mut self, id: &Id) -> usize {
        if let Some(&index) = self.by_id.get(id) {
            return index;
        }
        let index = self.ids.len();
        self.by_id.insert(id.clone(), index);
        self.ids.push(id.clone());
        self.merged.push(Merged::default());
        index
    }

    fn add_all(&mut self, elements: &[Element]) {
        for element in elements {
            let index = self.index(&element.id);
            self.merged[index].add(element.weight.as_ref(), element.attrs.as_ref());
        }
    }
}

/// What several records of one thing say together.
#[derive(Default, Clone)]
struct Merged {
    weight: Option<f64>,
    attrs: Attrs,
}

impl Merged {
    fn add(&mut self, weight: Option<&Number>, attrs: Option<&Attrs>) {
        self.weight = weight.and_then(Number::as_f64).or(self.weight);
        for (key, value) in attrs.into_iter().flatten() {
            self.attrs.insert(key.clone(), value.clone());
        }
    }
}

fn split(merged: Vec<Merged>) -> (Option<Vec<f64>>, Vec<Attrs>) {
    let weighted = merged.iter().any(|m| m.weight.is_some());
    let weights = weighted.then(|| merged.iter().map(|m| m.weight.unwrap_or(1.0)).collect());
    (weights, merged.into_iter().map(|m| m.attrs).collect())
}

fn some_attrs(attrs: &Attrs) -> Option<Attrs> {
    (!attrs.is_empty()).then(|| attrs.clone())
}

fn check_distinct(ids: &[Id]) -> Result<(), HypergraphError> {
    let mut seen = std::collections::HashSet::with_capacity(ids.len());
    match ids.iter().find(|id| !seen.insert(*id)) {
        None => Ok(()),
        Some(id) => Err(HypergraphError::DuplicateName {
            name: id.to_string(),
        }),
    }
}

/// `n` weights for JSON.
fn numbers(
    what: &'static str,
    n: usize,
    weights: &Option<Vec<f64>>,
) -> Result<Vec<Option<Number>>, HypergraphError> {
    let Some(weights) = weights else {
        return Ok(vec![None; n]);
    };
    check_length(what, n, weights.len())?;
    weights
        .iter()
        .enumerate()
        .map(|(index, &value)| match Number::from_f64(value) {
            Some(number) => Ok(Some(number)),
            None => Err(HypergraphError::NonFiniteWeight { what, index, value }),
        })
        .collect()
}
