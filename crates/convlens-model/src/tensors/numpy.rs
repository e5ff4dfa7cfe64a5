//! NumPy arrays as weights: every array of an archive is a tensor.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::layers::{TensorInfo, skipped};
use crate::arrays::npy;
use crate::arrays::npz::{Archive, open_archive, with_entry};
use crate::error::{Cause, error_chain};
use crate::layer::{DType, SkipReason, Skipped};
use crate::source::{Source, Window};

/// An open archive, or one array.
#[derive(Debug)]
pub(crate) enum Arrays {
    Archive {
        archive: Mutex<Archive>,
        entries: HashMap<String, usize>,
    },
    One {
        name: String,
        source: Arc<Source>,
    },
}

impl Arrays {
    /// Reads the headers alone.
    pub(super) fn open(
        path: &Path,
        source: Source,
    ) -> Result<(Self, Vec<TensorInfo>, Vec<Skipped>), Cause> {
        let source = Arc::new(source);
        if path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("npy"))
        {
            let name = path
                .file_stem()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let (shape, dtype) = npy::describe(Window::whole(Arc::clone(&source)), source.len())?;
            let info = TensorInfo {
                name: name.clone(),
                shape,
                dtype,
            };
            return Ok((Arrays::One { name, source }, vec![info], Vec::new()));
        }
        let mut archive = open_archive(source)?;
        let mut entries = HashMap::new();
        let mut infos = Vec::new();
        let mut left_out = Vec::new();
        for index in 0..archive.len() {
            let Some((name, described)) = describe(&mut archive, index) else {
                continue;
            };
            match described {
                Ok((shape, dtype)) => {
                    infos.push(TensorInfo {
                        name: name.clone(),
                        shape,
                        dtype,
                    });
                    entries.insert(name, index);
                }
                Err(cause) => {
                    let reason = SkipReason::Unreadable(error_chain(&*cause));
                    left_out.push(skipped(&name, reason));
                }
            }
        }
        let archive = Mutex::new(archive);
        Ok((Arrays::Archive { archive, entries }, infos, left_out))
    }

    pub(super) fn read(&self, name: &str) -> Result<Vec<f64>, Cause> {
        let absent = "it is not in the file";
        match self {
            Arrays::One { name: only, source } => {
                if name != only {
                    return Err(absent.into());
                }
                npy::floats(Window::whole(Arc::clone(source)), source.len())
            }
            Arrays::Archive { archive, entries } => {
                let &index = entries.get(name).ok_or(absent)?;
                let mut archive = archive.lock().unwrap_or_else(PoisonError::into_inner);
                with_entry(&mut archive, index, |entry, size| npy::floats(entry, size))
            }
        }
    }
}

type Described = Result<(Vec<usize>, Result<DType, String>), Cause>;

/// An array's name, shape and type; `None` for an entry that is no array.
fn describe(archive: &mut Archive, index: usize) -> Option<(String, Described)> {
    let name = archive
        .name_for_index(index)?
        .ok()?
        .strip_suffix(".npy")?
        .to_owned();
    let described = with_entry(archive, index, |entry, size| npy::describe(entry, size));
    Some((name, described))
}
