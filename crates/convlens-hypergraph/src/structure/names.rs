//! Names for the nodes or hyperedges of a hypergraph, beside it.

use std::collections::HashMap;
use std::fmt;

use crate::checks::check_count;
use crate::error::HypergraphError;

/// What a node or a hyperedge is called: a text or an integer. The text `"1"` and the integer 1
/// are different names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(untagged))]
pub enum Name {
    /// An integer.
    Integer(i64),
    /// A text; the empty one is a name too.
    Text(String),
}

impl From<i64> for Name {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl From<&str> for Name {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Name {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl fmt::Display for Name {
    /// The integer, or the text as it is, without quotes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(value) => value.fmt(f),
            Self::Text(text) => text.fmt(f),
        }
    }
}

/// Distinct names for the indices 0, 1, 2, .., looked up in either direction.
///
/// A [`Hypergraph`](crate::Hypergraph) knows indices only. Keep one `Names` for its nodes and one
/// for its hyperedges beside it; for class labels see [`Labels`](crate::Labels).
///
/// # Complexity
///
/// O(1) expected for each look-up and insertion. Texts are held twice, once for each way.
///
/// # Example
///
/// ```
/// use convlens_hypergraph::{Hypergraph, Name, Names};
///
/// let (mut people, mut papers) = (Names::new(), Names::new());
/// let mut pairs = Vec::new();
/// for (person, paper) in [("Ada", 1843), ("Charles", 1843), ("Ada", 1844)] {
///     pairs.push((people.get_or_insert(person)?, papers.get_or_insert(paper)?));
/// }
/// let h = Hypergraph::from_incidences(people.len(), papers.len(), pairs)?;
/// let paper = papers.index_of(&Name::from(1844)).expect("inserted above");
/// assert_eq!(h.edge(paper as usize), &[0]);
/// assert_eq!(people.name(0), Some(&Name::from("Ada")));
/// assert!(people.insert("Ada").is_err());
/// # Ok::<(), convlens_hypergraph::HypergraphError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Names {
    names: Vec<Name>,
    integers: HashMap<i64, u32>,
    texts: HashMap<String, u32>,
}

impl Names {
    /// No names yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The names of indices 0, 1, 2, .. in this order.
    ///
    /// # Errors
    ///
    /// [`DuplicateName`](HypergraphError::DuplicateName) for the first name that was there before;
    /// [`TooMany`](HypergraphError::TooMany) beyond `u32` indices.
    pub fn from_names<N: Into<Name>>(
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, HypergraphError> {
        let mut all = Self::new();
        for name in names {
            all.insert(name)?;
        }
        Ok(all)
    }

    /// Adds a name and returns its index.
    ///
    /// # Errors
    ///
    /// As [`from_names`](Self::from_names). Nothing is added then.
    pub fn insert(&mut self, name: impl Into<Name>) -> Result<u32, HypergraphError> {
        let name = name.into();
        if self.index_of(&name).is_some() {
            let name = match name {
                Name::Integer(value) => value.to_string(),
                Name::Text(text) => format!("{text:?}"),
            };
            return Err(HypergraphError::DuplicateName { name });
        }
        self.push(name)
    }

    /// The index of a name, which is added if it is new.
    ///
    /// # Errors
    ///
    /// [`TooMany`](HypergraphError::TooMany) beyond `u32` indices.
    pub fn get_or_insert(&mut self, name: impl Into<Name>) -> Result<u32, HypergraphError> {
        let name = name.into();
        match self.index_of(&name) {
            Some(index) => Ok(index),
            None => self.push(name),
        }
    }

    fn push(&mut self, name: Name) -> Result<u32, HypergraphError> {
        check_count("names", self.len() + 1)?;
        let index = self.len() as u32;
        match &name {
            Name::Integer(value) => self.integers.insert(*value, index),
            Name::Text(text) => self.texts.insert(text.clone(), index),
        };
        self.names.push(name);
        Ok(index)
    }

    /// The index of a name.
    pub fn index_of(&self, name: &Name) -> Option<u32> {
        match name {
            Name::Integer(value) => self.integers.get(value).copied(),
            Name::Text(text) => self.index_of_text(text),
        }
    }

    /// The index of a text, without a [`Name`] made of it.
    pub fn index_of_text(&self, text: &str) -> Option<u32> {
        self.texts.get(text).copied()
    }

    /// The name of an index.
    pub fn name(&self, index: u32) -> Option<&Name> {
        self.names.get(index as usize)
    }

    /// All names in the order of their indices.
    pub fn as_slice(&self) -> &[Name] {
        &self.names
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names of the indices in `kept`, renumbered in that order: with the maps of a
    /// [`Restriction`](crate::structure::Restriction), the names of what it kept.
    ///
    /// # Errors
    ///
    /// [`DuplicateName`](HypergraphError::DuplicateName) if an index is there twice,
    /// [`IndexOutOfRange`](HypergraphError::IndexOutOfRange) unless every index is below
    /// [`len`](Self::len).
    pub fn select(&self, kept: &[u32]) -> Result<Self, HypergraphError> {
        let mut all = Self::new();
        for &index in kept {
            let name = self.name(index).ok_or(HypergraphError::IndexOutOfRange {
                what: "name",
                index,
                len: self.len(),
            })?;
            all.insert(name.clone())?;
        }
        Ok(all)
    }
}

impl PartialEq for Names {
    /// The same names in the same order.
    fn eq(&self, other: &Self) -> bool {
        self.names == other.names
    }
}

impl Eq for Names {}

#[cfg(feature = "serde")]
impl serde::Serialize for Names {
    /// The list of names.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.names.serialize(serializer)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Names {
    /// A list of names; refuses duplicates.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<Name>::deserialize(deserializer)?;
        Self::from_names(names).map_err(serde::de::Error::custom)
    }
}
