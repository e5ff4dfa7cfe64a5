//! A fact with its meaning, and the place of a figure.

use crate::figure::Figure;

/// A name and what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) name: &'static str,
    pub(crate) value: String,
    /// What the name means.
    pub(crate) meaning: &'static str,
}

impl Fact {
    pub(super) fn new(name: &'static str, value: impl Into<String>, meaning: &'static str) -> Self {
        Fact {
            name,
            // No line break within an equation.
            value: value.into().replace(" = ", "\u{a0}=\u{a0}"),
            meaning,
        }
    }
}

/// The place of a figure: the figure, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Slot {
    Figure(Figure),
    Missing { title: &'static str, reason: String },
}
