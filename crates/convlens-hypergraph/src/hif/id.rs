//! Ids of nodes and hyperedges.

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// The id of a node or hyperedge in a HIF file: a string or an integer. `1` and `"1"` are two ids.
///
/// # Conventions
///
/// JSON Schema (draft 7) calls `1.0` an integer, so it is the id `1`, and is written as `1`; `1.5` is
/// refused. Integers reach from -2^63 to 2^64 - 1; integral numbers with a fraction or an exponent
/// are read up to 2^53, above which their digits are not known for sure.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum HifId {
    /// A whole number, within -2^63 ..= 2^64 - 1.
    Integer(i128),
    /// A text, which may be empty.
    Text(String),
}

impl From<i64> for HifId {
    fn from(id: i64) -> Self {
        Self::Integer(i128::from(id))
    }
}

impl From<u64> for HifId {
    fn from(id: u64) -> Self {
        Self::Integer(i128::from(id))
    }
}

impl From<u32> for HifId {
    fn from(id: u32) -> Self {
        Self::Integer(i128::from(id))
    }
}

impl From<String> for HifId {
    fn from(id: String) -> Self {
        Self::Text(id)
    }
}

impl From<&str> for HifId {
    fn from(id: &str) -> Self {
        Self::Text(id.to_owned())
    }
}

impl fmt::Display for HifId {
    /// As in JSON: texts in quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(id) => write!(f, "{id}"),
            Self::Text(id) => write!(f, "{id:?}"),
        }
    }
}

impl Serialize for HifId {
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

impl<'de> Deserialize<'de> for HifId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct IdVisitor;

        impl Visitor<'_> for IdVisitor {
            type Value = HifId;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an integer")
            }

            fn visit_u64<E: de::Error>(self, id: u64) -> Result<HifId, E> {
                Ok(id.into())
            }

            fn visit_i64<E: de::Error>(self, id: i64) -> Result<HifId, E> {
                Ok(id.into())
            }

            fn visit_f64<E: de::Error>(self, id: f64) -> Result<HifId, E> {
                if id.fract() != 0.0 {
                    return Err(E::invalid_type(de::Unexpected::Float(id), &self));
                }
                if id.abs() > EXACT {
                    return Err(E::custom(format!(
                        "the integer {id:e} is too large for an id: give its digits, within -2^63 ..= 2^64 - 1"
                    )));
                }
                Ok(HifId::Integer(id as i128))
            }

            fn visit_str<E: de::Error>(self, id: &str) -> Result<HifId, E> {
                Ok(id.into())
            }

            fn visit_string<E: de::Error>(self, id: String) -> Result<HifId, E> {
                Ok(HifId::Text(id))
            }
        }

        deserializer.deserialize_any(IdVisitor)
    }
}
