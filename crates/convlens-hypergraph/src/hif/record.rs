//! The records of a HIF file.

use std::fmt;

use serde::Serialize;
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde_json::{Map, Number, Value};

use super::HifId;

/// What kind of network a HIF file says it holds: its `network-type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HifNetworkType {
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
pub enum HifDirection {
    /// The node is where the hyperedge leads to.
    Head,
    /// The node is where it comes from.
    Tail,
}

impl<'de> Deserialize<'de> for HifNetworkType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Words(&[
            ("undirected", Self::Undirected),
            ("directed", Self::Directed),
            ("asc", Self::Asc),
        ]))
    }
}

impl<'de> Deserialize<'de> for HifDirection {
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
pub struct HifIncidence {
    /// The hyperedge.
    pub edge: HifId,
    /// The node.
    pub node: HifId,
    /// The incidence's weight, with the digits of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<Number>,
    /// The side, if the hyperedge is directed. The schema asks for none even then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<HifDirection>,
    /// Anything else, as the file has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attrs: Option<Map<String, Value>>,
}

impl HifIncidence {
    /// An incidence without weight, direction or attributes.
    pub fn new(edge: impl Into<HifId>, node: impl Into<HifId>) -> Self {
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
pub struct HifElement {
    /// Which node or hyperedge.
    pub id: HifId,
    /// Its weight, with the digits of the file.
    pub weight: Option<Number>,
    /// Anything else, as the file has it.
    pub attrs: Option<Map<String, Value>>,
}

impl HifElement {
    /// An entry without weight or attributes.
    pub fn new(id: impl Into<HifId>) -> Self {
        Self {
            id: id.into(),
            weight: None,
            attrs: None,
        }
    }
}
