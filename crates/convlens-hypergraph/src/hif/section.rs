//! Where in a HIF file the reader is, which keys are allowed there, and one record.

use std::cell::Cell;
use std::fmt;

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{HifDirection, HifId};

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
    pub(super) edge: Option<HifId>,
    pub(super) node: Option<HifId>,
    pub(super) weight: Option<Number>,
    pub(super) direction: Option<HifDirection>,
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
