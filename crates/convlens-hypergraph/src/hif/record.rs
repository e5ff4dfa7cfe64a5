//! The records of a HIF file, and the ids in them.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};
use serde_json::{Map, Number, Value};

use crate::structure::names::Name;

/// The id of a node or hyperedge in a HIF file: a string or an integer. `1` and `"1"` are two ids.
///
/// # Conventions
///
/// JSON Schema (draft 7) calls `1.0` an integer, so it is the id `1`, and is written as `1`; `1.5`
/// is refused. Integers reach from -2^63 to 2^64 - 1; integral numbers with a fraction or an
/// exponent are read up to 2^53, above which their digits are not known for sure.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Id {
    /// A whole number, within -2^63 ..= 2^64 - 1.
    Integer(i128),
    /// A text, which may be empty.
    Text(String),
}

impl From<i64> for Id {
    fn from(id: i64) -> Self {
        Self::Integer(i128::from(id))
    }
}

impl From<u64> for Id {
    fn from(id: u64) -> Self {
        Self::Integer(i128::from(id))
    }
}

impl From<u32> for Id {
    fn from(id: u32) -> Self {
        Self::Integer(i128::from(id))
    }
}

impl From<String> for Id {
    fn from(id: String) -> Self {
        Self::Text(id)
    }
}

impl From<&str> for Id {
    fn from(id: &str) -> Self {
        Self::Text(id.to_owned())
    }
}

impl From<Name> for Id {
    fn from(name: Name) -> Self {
        match name {
            Name::Integer(id) => id.into(),
            Name::Text(id) => Self::Text(id),
        }
    }
}

impl fmt::Display for Id {
    /// As in JSON: texts in quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(id) => write!(f, "{id}"),
            Self::Text(id) => write!(f, "{id:?}"),
        }
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(id) => serializer.serialize_str(id),
            Self::Integer(id) => match (u64::try_from(*id), i64::try_from(*id)) {
                (Ok(id), _) => serializer.serialize_u64(id),
                (_, Ok(id)) => serializer.serialize_i64(id),
                _ => Err(serde::ser::Error::custom(format!(
                    "the id {id} is outside -2^63 ..= 2^64 - 1"
                ))),
            },
        }
    }
}

/// Up to here every whole number is a double of its own.
const EXACT: f64 = 9_007_199_254_740_992.0;

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;

        impl Visitor<'_> for IdVisitor {
            type Value = Id;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an integer")
            }

            fn visit_u64<E: de::Error>(self, id: u64) -> Result<Id, E> {
                Ok(id.into())
            }

            fn visit_i64<E: de::Error>(self, id: i64) -> Result<Id, E> {
                Ok(id.into())
            }

            fn visit_f64<E: de::Error>(self, id: f64) -> Result<Id, E> {
                if id.fract() != 0.0 {
                    return Err(E::invalid_type(de::Unexpected::Float(id), &self));
                }
                if id.abs() > EXACT {
                    return Err(E::custom(format!(
                        "the integer {id:e} is too large for an id: give its digits, within -2^63 ..= 2^64 - 1"
                    )));
                }
                Ok(Id::Integer(id as i128))
            }

            fn visit_str<E: de::Error>(self, id: &str) -> Result<Id, E> {
                Ok(id.into())
            }

            fn visit_string<E: de::Error>(self, id: String) -> Result<Id, E> {
                Ok(Id::Text(id))
            }
        }

        deserializer.deserialize_any(IdVisitor)
    }
}

/// What kind of network a HIF file says it holds: its `network-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum NetworkType {
    /// Hyperedges are sets of nodes.
    Undirected,
    /// Hyperedges have tails and heads.
    Directed,
    /// An abstract simplicial complex. Faces are not added: the hyperedges are those of the file.
    Asc,
}

/// The side of a directed hyperedge on which a node lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The node is where the hyperedge leads to.
    Head,
    /// The node is where it comes from.
    Tail,
}

impl<'de> Deserialize<'de> for NetworkType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Words(&[
            ("undirected", Self::Undirected),
            ("directed", Self::Directed),
            ("asc", Self::Asc),
        ]))
    }
}

impl<'de> Deserialize<'de> for Direction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Words(&[("head", Self::Head), ("tail", Self::Tail)]))
    }
}

/// One of several words. (Serde's derived enums call a number in their place a syntax error.)
struct Words<T: 'static>(&'static [(&'static str, T)]);

impl<T: Copy> Visitor<'_> for Words<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = self.0.iter().map(|(word, _)| format!("{word:?}")).collect();
        f.write_str(&words.join(" or "))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        match self.0.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Ok(*value),
            None => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
        }
    }
}

/// An entry of `incidences`: one node in one hyperedge.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Incidence {
    /// The hyperedge.
    pub edge: Id,
    /// The node.
    pub node: Id,
    /// The incidence's weight, with the digits of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Number>,
    /// The side, if the hyperedge is directed. The schema asks for none even then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<Direction>,
    /// Anything else, as the file has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attrs: Option<Map<String, Value>>,
}

impl Incidence {
    /// An incidence without weight, direction or attributes.
    pub fn new(edge: impl Into<Id>, node: impl Into<Id>) -> Self {
        Self {
            edge: edge.into(),
            node: node.into(),
            weight: None,
            direction: None,
            attrs: None,
        }
    }
}

/// An entry of `nodes` or `edges`: one node or one hyperedge, which need not be in any incidence.
#[derive(Debug, Clone, PartialEq)]
pub struct Element {
    /// Which node or hyperedge.
    pub id: Id,
    /// Its weight, with the digits of the file.
    pub weight: Option<Number>,
    /// Anything else, as the file has it.
    pub attrs: Option<Map<String, Value>>,
}

impl Element {
    /// An entry without weight or attributes.
    pub fn new(id: impl Into<Id>) -> Self {
        Self {
            id: id.into(),
            weight: None,
            attrs: None,
        }
    }
}
