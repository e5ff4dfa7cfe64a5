//! The results folder of a batch: for each model its analysis, and a record of the file, the
//! options and the outcome, by which a batch resumes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use convlens::model::atomic_file::AtomicFile;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::terminal::shown;

/// The end of a record's file name, after the result's name.
const SUFFIX: &str = ".record.json";

/// A finished model, analyzed or failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    /// Its path, as on the command line.
    pub(crate) model: String,
    /// The state of its file.
    pub(crate) file: FileState,
    /// The states of the other files that hold its weights, by the names in the model's file.
    pub(crate) parts: BTreeMap<String, FileState>,
    /// The version of the program.
    pub(crate) convlens_version: String,
    /// All options that the analysis depends on.
    pub(crate) options: Value,
    /// Why there is no analysis.
    pub(crate) failure: Option<String>,
}

/// Size and modification time of a file, by which a change is noticed; both `None` for an
/// unreadable file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct FileState {
    bytes: Option<u64>,
    /// Nanoseconds since 1970.
    modified: Option<u64>,
}

impl FileState {
    /// The state of inputs: of a file, or of a folder with its files and those of its subfolders,
    /// as in a folder of images by class.
    pub(crate) fn of_inputs(path: &Path) -> Self {
        let within = |folder: &Path| {
            let entries = fs::read_dir(folder).into_iter().flatten().flatten();
            entries.map(|entry| entry.path()).collect::<Vec<_>>()
        };
        let classes = within(path);
        let files = classes.iter().flat_map(|class| within(class));
        let all = classes.iter().cloned().chain(files);
        all.map(|path| Self::of(&path))
            .fold(Self::of(path), Self::with)
    }

    /// The state of both: the sum of the sizes, and the later time.
    fn with(self, other: Self) -> Self {
        FileState {
            bytes: match (self.bytes, other.bytes) {
                (Some(sum), Some(one)) => Some(sum.saturating_add(one)),
                (sum, one) => sum.or(one),
            },
            modified: self.modified.max(other.modified),
        }
    }

    /// The state of a file.
    pub(crate) fn of(path: &Path) -> Self {
        let metadata = fs::metadata(path).ok();
        let modified = metadata.as_ref().and_then(|m| m.modified().ok());
        let since = modified.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        FileState {
            bytes: metadata.map(|m| m.len()),
            modified: since.and_then(|since| since.as_nanos().try_into().ok()),
        }
    }
}

/// The files of one model's result.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    folder: PathBuf,
    name: String,
}

impl Place {
    /// The place in a folder for a model. Its name depends on the model's path alone: the last two
    /// parts, for the reader, and a hash of the whole path (64-bit FNV-1a; Fowler, Noll and Vo
    /// 1991).
    pub(crate) fn of(folder: &Path, model: &Path) -> Self {
        let parts: Vec<_> = model.components().rev().take(2).collect();
        let readable: Vec<_> = parts
            .iter()
            .rev()
            .map(|c| c.as_os_str().to_string_lossy())
            .collect();
        let plain = |c: char| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        };
        let readable: String = readable.join("_").chars().map(plain).collect();
        let readable = readable.trim_start_matches(['.', '_', '-']);
        let bytes = model.as_os_str().as_encoded_bytes();
        let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Place {
            folder: folder.to_owned(),
            name: format!("{}-{hash:016x}", &readable[..readable.len().min(80)]),
        }
    }

    /// All results in a folder, sorted.
    pub(crate) fn all(folder: &Path) -> Result<Vec<Place>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).with_context(|| shown(folder))? {
            let name = entry.with_context(|| shown(folder))?.file_name();
            if let Some(name) = name.to_str().and_then(|name| name.strip_suffix(SUFFIX)) {
                found.push(Place {
                    folder: folder.to_owned(),
                    name: name.to_owned(),
                });
            }
        }
        found.sort();
        Ok(found)
    }

    pub(crate) fn analysis(&self) -> PathBuf {
        self.folder.join(format!("{}.json", self.name))
    }

    pub(crate) fn report(&self) -> PathBuf {
        self.folder.join(format!("{}.html", self.name))
    }

    fn record(&self) -> PathBuf {
        self.folder.join(format!("{}{SUFFIX}", self.name))
    }

    /// Reads the record.
    pub(crate) fn read(&self) -> Result<Record> {
        let path = self.record();
        let text = fs::read(&path).with_context(|| shown(&path))?;
        serde_json::from_slice(&text).with_context(|| shown(&path))
    }

    /// Writes the record. It marks a result as complete, and so is written last.
    pub(crate) fn write(&self, record: &Record) -> Result<()> {
        let path = self.record();
        let text = serde_json::to_vec_pretty(record)?;
        AtomicFile::write(&path, &text).with_context(|| shown(&path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_stable_readable_and_differ_with_the_whole_path() {
        let name = |path: &str| Place::of(Path::new(""), Path::new(path)).name;
        // The hash of the empty string and of "a" are in the authors' list of test vectors.
        assert_eq!(name(""), "-cbf29ce484222325");
        assert_eq!(name("a"), "a-af63dc4c8601ec8c");
        assert!(name("zoo/resnet 18/model.onnx").starts_with("resnet_18_model.onnx-"));
        assert_ne!(name("a/x/m.pth"), name("b/x/m.pth"));
        assert!(name("../../etc/.hidden").starts_with("etc_.hidden-"));
        assert!(name(&"x".repeat(300)).len() < 100);
        assert!(name("größe.pth").is_ascii());
    }

    #[test]
    fn a_change_of_a_file_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("m.pth"), "one").unwrap();
        let before = FileState::of(&at("m.pth"));
        assert_eq!(before.bytes, Some(3));
        assert_eq!(before, FileState::of(&at("m.pth")));
        fs::write(at("m.pth"), "three").unwrap();
        assert_ne!(before, FileState::of(&at("m.pth")));
        assert_eq!(FileState::of(&at("none.pth")).modified, None);
    }

    #[test]
    fn a_change_of_one_image_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir_all(at("images/dog")).unwrap();
        fs::write(at("images/dog/a.png"), "one").unwrap();
        let state = || FileState::of_inputs(&at("images"));
        let before = state();
        assert_eq!(before, state());
        fs::write(at("images/dog/a.png"), "three").unwrap();
        let changed = state();
        assert_eq!(
            changed.bytes.unwrap() - before.bytes.unwrap(),
            2,
            "{changed:?}"
        );
        fs::write(at("images/dog/b.png"), "one").unwrap();
        assert_ne!(changed, state());
    }
}
