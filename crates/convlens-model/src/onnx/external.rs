//! Tensors whose numbers lie in another file beside the model's.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::graph::Graph;
use super::proto::TensorProto;
use crate::source::Source;

/// The files in the model's folder or below that hold tensors, with the names that the model gives them.
pub(crate) fn files(graph: &Graph, folder: &Path) -> Vec<(String, PathBuf)> {
    let external = graph.tensors().filter(|tensor| tensor.is_external());
    let names: BTreeSet<&str> = external
        .filter_map(|tensor| tensor.entry("location"))
        .collect();
    names
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), below(folder, name).ok()?)))
        .filter(|(_, path)| path.is_file())
        .collect()
}

impl TensorProto {
    /// All elements in row-major order, from the file that `external_data` names where they are not here.
    ///
    /// `folder` is the model's: a path may lead into it or below, and nowhere else.
    pub(crate) fn floats_in(&self, folder: Option<&Path>) -> Result<Vec<f64>, String> {
        if !self.is_external() {
            return self.floats();
        }
        let folder = folder.ok_or("its data lie in another file, and the model is in memory")?;
        let dtype = self.float_type()?;
        let declared = self
            .declared_count()?
            .checked_mul(dtype.size())
            .and_then(|bytes| u64::try_from(bytes).ok())
            .ok_or("its shape overflows")?;
        let location = self
            .entry("location")
            .ok_or("it names no file for its data")?;
        let offset = self.number("offset")?.unwrap_or(0);
        if let Some(length) = self.number("length")?
            && length != declared
        {
            return Err(format!(
                "{declared} bytes declared, {length} of its file named"
            ));
        }
        let path = below(folder, location)?;
        let named = |reason: String| format!("its file `{location}`: {reason}");
        if !path.is_file() {
            return Err(named("there is none".into()));
        }
        let source = Source::open(&path).map_err(|e| named(e.to_string()))?;
        source.floats(dtype, offset, declared).map_err(named)
    }

    fn entry(&self, key: &str) -> Option<&str> {
        let entry = self.external_data.iter().find(|entry| entry.key == key)?;
        Some(&entry.value)
    }

    fn number(&self, key: &str) -> Result<Option<u64>, String> {
        let parse = |text: &str| {
            text.parse()
                .map_err(|_| format!("the {key} of its data is `{text}`, no size"))
        };
        self.entry(key).map(parse).transpose()
    }
}

/// A path below a folder, spelled without a way out of it.
fn below(folder: &Path, location: &str) -> Result<PathBuf, String> {
    let path = Path::new(location);
    let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if location.is_empty() || !path.components().all(inside) {
        return Err(format!("its file `{location}` is not beside the model"));
    }
    Ok(folder.join(path))
}
