//! Some inputs, and those that could not be used.

use std::fmt;

/// A batch of inputs, concatenated.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Batch {
    /// Which inputs they are, ascending.
    pub inputs: Vec<usize>,
    /// Their numbers, row-major.
    pub values: Vec<f32>,
    /// The inputs among and before these that could not be used.
    pub left_out: Vec<LeftOut>,
}

#[cfg(any(feature = "files", feature = "image"))]
impl Batch {
    pub(super) fn push(
        &mut self,
        input: usize,
        read: Result<impl AsRef<[f32]>, String>,
        name: impl FnOnce() -> String,
    ) {
        match read {
            Ok(values) => {
                self.inputs.push(input);
                self.values.extend(values.as_ref());
            }
            Err(reason) => self.left_out.push(LeftOut::new(name(), reason)),
        }
    }
}

/// An input that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LeftOut {
    /// Its file as listed, or its number.
    pub name: String,
    /// Why it is left out, with all causes.
    pub reason: String,
}

#[cfg(any(feature = "files", feature = "image"))]
impl LeftOut {
    pub(crate) fn new(name: impl fmt::Display, reason: impl Into<String>) -> Self {
        LeftOut {
            name: name.to_string(),
            reason: reason.into(),
        }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.reason)
    }
}
