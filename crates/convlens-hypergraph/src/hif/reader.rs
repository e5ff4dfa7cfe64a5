//! The reader: one record at a time, from any `Read`.

use std::cell::Cell;
use std::fmt;
use std::io::{BufReader, ErrorKind, Read};

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

use super::record::{Direction, Element, Id, Incidence, NetworkType};
use crate::error::{Cause, HypergraphError};

/// One step through a HIF file, in the order of the file.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// `network-type`.
    NetworkType(NetworkType),
    /// `metadata`.
    Metadata(Map<String, Value>),
    /// The array `incidences` begins.
    Incidences,
    /// The array `nodes` begins.
    Nodes,
    /// The array `edges` begins.
    Edges,
    /// An entry of `incidences`.
    Incidence(Incidence),
    /// An entry of `nodes`.
    Node(Element),
    /// An entry of `edges`.
    Edge(Element),
}

/// Reads a HIF file (version 0.1.0) record by record, in constant memory but for the largest record
/// and the metadata, and checks it against the schema on the way, offline.
///
/// When a record is refused, earlier events have already been delivered: discard them.
///
/// # Conventions
///
/// The file is in UTF-8, with or without a byte order mark. Refused beyond the schema, since a
/// reader would have to guess: a key given twice in a record or at
/// the top. Within `attrs` and `metadata`, the last of equal keys counts. Nesting goes down to 128
/// levels.
///
/// # Errors
///
/// [`HifSyntax`](HypergraphError::HifSyntax) if it is not JSON (`NaN` is not),
/// [`HifSchema`](HypergraphError::HifSchema) if it is not HIF; both name the JSON path, line and
/// column. [`HifEncoding`](HypergraphError::HifEncoding) for UTF-16 and UTF-32, with or without a
/// byte order mark; [`HifRead`](HypergraphError::HifRead) if the source fails.
///
/// # Complexity
///
/// O(bytes).
///
/// # Example
///
/// ```
/// use convlens_hypergraph::hif;
///
/// let text = br#"{"incidences": [{"edge": "a", "node": 1}, {"edge": "a", "node": 2}]}"#;
/// let mut incidences = 0;
/// hif::for_each_event(&text[..], |event| {
///     incidences += usize::from(matches!(event, hif::Event::Incidence(_)));
/// })?;
/// assert_eq!(incidences, 2);
///
/// let bad = br#"{"incidences": [{"edge": "a", "node": 1.5}]}"#;
/// let error = hif::for_each_event(&bad[..], |_| {}).unwrap_err();
/// assert!(error.to_string().contains("$.incidences[0].node"));
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
pub fn for_each_event(
    mut reader: impl Read,
    mut on_event: impl FnMut(Event),
) -> Result<(), HypergraphError> {
    let mut first = [0; 4];
    let len = read_up_to(&mut reader, &mut first).map_err(|error| HypergraphError::HifRead {
        source: Cause::new(error),
    })?;
    let text = without_mark(&first[..len])?;
    let place = Place::default();
    let reader = BufReader::new(text.chain(reader));
    let mut json = serde_json::Deserializer::from_reader(reader);
    let document = DocumentSeed {
        place: &place,
        on_event: &mut on_event,
    };
    document
        .deserialize(&mut json)
        .and_then(|()| json.end())
        .map_err(|error| blame(&error, &place))
}

/// Reads until the buffer is full or the source ends.
fn read_up_to(reader: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match reader.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(n) => len += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

/// The first bytes of a file without the byte order mark of UTF-8. JSON begins with an ASCII
/// character, so a zero byte next to it tells the other encodings (RFC 4627, section 3).
fn without_mark(first: &[u8]) -> Result<&[u8], HypergraphError> {
    let encoding = match first {
        [0xEF, 0xBB, 0xBF, rest @ ..] => return Ok(rest),
        [0xFF, 0xFE, 0, 0] | [1..=255, 0, 0, 0] => "UTF-32LE",
        [0, 0, 0xFE, 0xFF] | [0, 0, 0, 1..=255] => "UTF-32BE",
        [0xFF, 0xFE, ..] | [1..=255, 0, 1..=255, ..] => "UTF-16LE",
        [0xFE, 0xFF, ..] | [0, 1..=255, ..] => "UTF-16BE",
        _ => return Ok(first),
    };
    Err(HypergraphError::HifEncoding { encoding })
}

const TOP: &[&str] = &["network-type", "metadata", "incidences", "nodes", "edges"];

struct DocumentSeed<'a, F> {
    place: &'a Place,
    on_event: &'a mut F,
}

impl<'de, F: FnMut(Event)> DeserializeSeed<'de> for DocumentSeed<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, F: FnMut(Event)> Visitor<'de> for DocumentSeed<'_, F> {
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
                    on_event(Event::NetworkType(map.next_value()?));
                    None
                }
                "metadata" => {
                    on_event(Event::Metadata(map.next_value()?));
                    None
                }
                "incidences" => Some((Section::Incidences, Event::Incidences)),
                "nodes" => Some((Section::Nodes, Event::Nodes)),
                _ => Some((Section::Edges, Event::Edges)),
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
    begin: Event,
    place: &'a Place,
    on_event: &'a mut F,
}

impl<'de, F: FnMut(Event)> DeserializeSeed<'de> for RecordsSeed<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de, F: FnMut(Event)> Visitor<'de> for RecordsSeed<'_, F> {
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
fn event<E: de::Error>(section: Section, fields: Fields) -> Result<Event, E> {
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
    let element = |id, weight, attrs| Element { id, weight, attrs };
    Ok(match section {
        Section::Nodes => Event::Node(element(required(node, "node")?, weight, attrs)),
        Section::Edges => Event::Edge(element(required(edge, "edge")?, weight, attrs)),
        Section::Incidences => Event::Incidence(Incidence {
            edge: required(edge, "edge")?,
            node: required(node, "node")?,
            weight,
            direction,
            attrs,
        }),
    })
}

/// The arrays of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    Incidences,
    Nodes,
    Edges,
}

impl Section {
    /// The keys that the schema allows in a record.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Incidences => &["edge", "node", "weight", "direction", "attrs"],
            Self::Nodes => &["node", "weight", "attrs"],
            Self::Edges => &["edge", "weight", "attrs"],
        }
    }
}

/// The place that an error is blamed on. Serde's own errors know line and column only.
#[derive(Debug, Default)]
pub(super) struct Place {
    pub(super) field: Cell<Option<&'static str>>,
    pub(super) record: Cell<Option<u64>>,
    pub(super) key: Cell<Option<&'static str>>,
}

impl Place {
    /// Within this field of the document, outside of any record.
    pub(super) fn in_field(&self, field: Option<&'static str>) {
        self.field.set(field);
        self.record.set(None);
        self.key.set(None);
    }
}

impl fmt::Display for Place {
    /// As a JSON path: `$.incidences[3].node`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        if let Some(field) = self.field.get() {
            write!(f, ".{field}")?;
        }
        if let Some(record) = self.record.get() {
            write!(f, "[{record}]")?;
        }
        if let Some(key) = self.key.get() {
            write!(f, ".{key}")?;
        }
        Ok(())
    }
}

/// A key out of a list of allowed ones.
pub(super) struct KeySeed(pub(super) &'static [&'static str]);

impl<'de> DeserializeSeed<'de> for KeySeed {
    type Value = &'static str;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static str, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed {
    type Value = &'static str;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<&'static str, E> {
        match self.0.iter().find(|allowed| **allowed == key) {
            Some(allowed) => Ok(allowed),
            None => Err(E::custom(format!(
                "the key {key:?} is not allowed here, only {}",
                self.0.join(", ")
            ))),
        }
    }
}

/// The fields of one record, whatever the section.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub(super) edge: Option<Id>,
    pub(super) node: Option<Id>,
    pub(super) weight: Option<Number>,
    pub(super) direction: Option<Direction>,
    pub(super) attrs: Option<Map<String, Value>>,
}

pub(super) struct RecordSeed<'a> {
    pub(super) section: Section,
    pub(super) place: &'a Place,
}

impl<'de> DeserializeSeed<'de> for RecordSeed<'_> {
    type Value = Fields;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Fields, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for RecordSeed<'_> {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Fields::default();
        while let Some(key) = map.next_key_seed(KeySeed(self.section.keys()))? {
            self.place.key.set(Some(key));
            match key {
                "edge" => once(&mut fields.edge, &mut map)?,
                "node" => once(&mut fields.node, &mut map)?,
                "weight" => once(&mut fields.weight, &mut map)?,
                "direction" => once(&mut fields.direction, &mut map)?,
                _ => once(&mut fields.attrs, &mut map)?,
            }
            self.place.key.set(None);
        }
        Ok(fields)
    }
}

/// Reads a value, and refuses the second one of the same key.
fn once<'de, A: MapAccess<'de>, T: Deserialize<'de>>(
    slot: &mut Option<T>,
    map: &mut A,
) -> Result<(), A::Error> {
    if slot.is_some() {
        return Err(de::Error::custom("the key is given twice"));
    }
    *slot = Some(map.next_value()?);
    Ok(())
}

/// The error with the place it is blamed on.
pub(super) fn blame(error: &serde_json::Error, place: &Place) -> HypergraphError {
    let text = error.to_string();
    let (line, column) = (error.line(), error.column());
    let reason = text
        .strip_suffix(&format!(" at line {line} column {column}"))
        .unwrap_or(&text)
        .to_owned();
    match error.classify() {
        Category::Io => HypergraphError::HifRead {
            source: Cause::new(reason),
        },
        Category::Syntax | Category::Eof => HypergraphError::HifSyntax {
            path: place.to_string(),
            source: Cause::new(reason),
            line,
            column,
        },
        Category::Data => HypergraphError::HifSchema {
            path: place.to_string(),
            reason,
            line,
            column,
        },
    }
}
