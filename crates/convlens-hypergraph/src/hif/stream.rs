//! The reader: one record at a time, from any `Read`.

use std::fmt;
use std::io::{BufReader, Read};

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::problem::blame;
use super::section::{Fields, KeySeed, Place, RecordSeed, Section};
use super::{HifElement, HifIncidence, HifNetworkType};
use crate::HypergraphError;

/// One step through a HIF file, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum HifEvent {
    /// `network-type`.
    NetworkType(HifNetworkType),
    /// `metadata`.
    Metadata(Map<String, Value>),
    /// The array `incidences` begins.
    Incidences,
    /// The array `nodes` begins.
    Nodes,
    /// The array `edges` begins.
    Edges,
    /// An entry of `incidences`.
    Incidence(HifIncidence),
    /// An entry of `nodes`.
    Node(HifElement),
    /// An entry of `edges`.
    Edge(HifElement),
}

/// Reads a HIF file (version 0.1.0) record by record, in constant memory but for the largest record
/// and the metadata, and checks it against the schema on the way, offline.
///
/// Events already seen stand when a later record is refused: take them as void then.
///
/// # Conventions
///
/// Refused beyond the schema, since a reader would have to guess: a key given twice in a record or at
/// the top. Within `attrs` and `metadata`, the last of equal keys counts. Nesting goes down to 128
/// levels.
///
/// # Errors
///
/// [`HifSyntax`](HypergraphError::HifSyntax) if it is not JSON (`NaN` is not),
/// [`HifSchema`](HypergraphError::HifSchema) if it is not HIF; both name the JSON path, line and column.
/// [`HifRead`](HypergraphError::HifRead) if the source fails.
///
/// # Complexity
///
/// O(bytes).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{HifEvent, for_each_hif_event};
///
/// let text = br#"{"incidences": [{"edge": "a", "node": 1}, {"edge": "a", "node": 2}]}"#;
/// let mut incidences = 0;
/// for_each_hif_event(&text[..], |event| {
///     incidences += usize::from(matches!(event, HifEvent::Incidence(_)));
/// })?;
/// assert_eq!(incidences, 2);
///
/// let bad = br#"{"incidences": [{"edge": "a", "node": 1.5}]}"#;
/// let error = for_each_hif_event(&bad[..], |_| {}).unwrap_err();
/// assert!(error.to_string().contains("$.incidences[0].node"));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn for_each_hif_event(
    reader: impl Read,
    mut on_event: impl FnMut(HifEvent),
) -> Result<(), HypergraphError> {
    let place = Place::default();
    let mut json = serde_json::Deserializer::from_reader(BufReader::new(reader));
    let document = DocumentSeed {
        place: &place,
        on_event: &mut on_event,
    };
    document
        .deserialize(&mut json)
        .and_then(|()| json.end())
        .map_err(|error| blame(&error, &place))
}

const TOP: &[&str] = &["network-type", "metadata", "incidences", "nodes", "edges"];

struct DocumentSeed<'a, F> {
    place: &'a Place,
    on_event: &'a mut F,
}

impl<'de, F: FnMut(HifEvent)> DeserializeSeed<'de> for DocumentSeed<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(HifEvent)> Visitor<'de> for DocumentSeed<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { place, on_event } = self;
        let mut seen = Vec::with_capacity(TOP.len());
        while let Some(key) = map.next_key_seed(KeySeed(TOP))? {
            place.in_field(Some(key));
            if seen.contains(&key) {
                return Err(de::Error::custom("the key is given twice"));
            }
            seen.push(key);
            let section = match key {
                "network-type" => {
                    on_event(HifEvent::NetworkType(map.next_value()?));
                    None
                }
                "metadata" => {
                    on_event(HifEvent::Metadata(map.next_value()?));
                    None
                }
                "incidences" => Some((Section::Incidences, HifEvent::Incidences)),
                "nodes" => Some((Section::Nodes, HifEvent::Nodes)),
                _ => Some((Section::Edges, HifEvent::Edges)),
            };
            if let Some((section, begin)) = section {
                map.next_value_seed(RecordsSeed {
                    section,
                    begin,
                    place,
                    on_event: &mut *on_event,
                })?;
            }
            place.in_field(None);
        }
        if seen.contains(&"incidences") {
            Ok(())
        } else {
            Err(de::Error::custom("the key \"incidences\" is missing"))
        }
    }
}

struct RecordsSeed<'a, F> {
    section: Section,
    begin: HifEvent,
    place: &'a Place,
    on_event: &'a mut F,
}

impl<'de, F: FnMut(HifEvent)> DeserializeSeed<'de> for RecordsSeed<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(HifEvent)> Visitor<'de> for RecordsSeed<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut array: A) -> Result<(), A::Error> {
        let Self {
            section,
            begin,
            place,
            on_event,
        } = self;
        on_event(begin);
        for index in 0.. {
            place.record.set(Some(index));
            let Some(fields) = array.next_element_seed(RecordSeed { section, place })? else {
                break;
            };
            on_event(event(section, fields)?);
        }
        Ok(())
    }
}

/// The record with its required keys.
fn event<E: de::Error>(section: Section, fields: Fields) -> Result<HifEvent, E> {
    let required = |id: Option<_>, key: &str| {
        id.ok_or_else(|| E::custom(format!("the key {key:?} is missing")))
    };
    let Fields {
        edge,
        node,
        weight,
        direction,
        attrs,
    } = fields;
    let element = |id, weight, attrs| HifElement { id, weight, attrs };
    Ok(match section {
        Section::Nodes => HifEvent::Node(element(required(node, "node")?, weight, attrs)),
        Section::Edges => HifEvent::Edge(element(required(edge, "edge")?, weight, attrs)),
        Section::Incidences => HifEvent::Incidence(HifIncidence {
            edge: required(edge, "edge")?,
            node: required(node, "node")?,
            weight,
            direction,
            attrs,
        }),
    })
}
