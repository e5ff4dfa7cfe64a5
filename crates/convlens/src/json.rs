//! The JSON form of an analysis, to and from texts, streams and files.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use convlens_model::atomic_file::AtomicFile;
use serde::Deserialize;

use crate::analysis::{Analysis, SCHEMA_VERSION};
use crate::error::Error;

impl Analysis {
    /// The analysis as compact JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] if the analysis cannot be encoded.
    pub fn to_json(&self) -> Result<String, Error> {
        serde_json::to_string(self).map_err(|e| Error::Json {
            path: None,
            source: e.into(),
        })
    }

    /// The analysis as indented JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] if the analysis cannot be encoded.
    pub fn to_json_pretty(&self) -> Result<String, Error> {
        serde_json::to_string_pretty(self).map_err(|e| Error::Json {
            path: None,
            source: e.into(),
        })
    }

    /// Writes the analysis as compact JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] if the analysis cannot be encoded, [`Error::Write`] if the writer fails.
    pub fn to_json_writer(&self, mut writer: impl Write) -> Result<(), Error> {
        let text = self.to_json()?;
        writer
            .write_all(text.as_bytes())
            .map_err(|source| Error::Write { path: None, source })
    }

    /// Writes the analysis to a file as indented JSON. The file appears whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Json`] if the analysis cannot be encoded, [`Error::Write`] if the file cannot be
    /// written.
    pub fn write_json(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let mut text = self.to_json_pretty().map_err(|e| e.in_file(path))?;
        text.push('\n');
        AtomicFile::write(path, text.as_bytes()).map_err(|source| Error::Write {
            path: Some(path.to_owned()),
            source,
        })
    }

    /// An analysis from its JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Schema`] if the JSON has another `schema_version`, [`Error::Json`] if it is no
    /// analysis.
    pub fn from_json(text: &str) -> Result<Analysis, Error> {
        #[derive(Deserialize)]
        struct Version {
            schema_version: u32,
        }
        let json = |e: serde_json::Error| Error::Json {
            path: None,
            source: e.into(),
        };
        let version: Version = serde_json::from_str(text).map_err(json)?;
        if version.schema_version != SCHEMA_VERSION {
            return Err(Error::Schema {
                path: None,
                found: version.schema_version,
                supported: SCHEMA_VERSION,
            });
        }
        serde_json::from_str(text).map_err(json)
    }

    /// An analysis from a reader of its JSON, which is read to its end.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the reader fails, and those of [`from_json`](Analysis::from_json).
    pub fn from_json_reader(mut reader: impl Read) -> Result<Analysis, Error> {
        let mut text = String::new();
        reader
            .read_to_string(&mut text)
            .map_err(|source| Error::Read { path: None, source })?;
        Analysis::from_json(&text)
    }

    /// An analysis from a file of its JSON.
    ///
    /// # Errors
    ///
    /// [`Error::Read`] if the file cannot be read, and those of
    /// [`from_json`](Analysis::from_json), which name the file.
    pub fn read_json(path: impl AsRef<Path>) -> Result<Analysis, Error> {
        let path = path.as_ref();
        let text = fs::read_to_string(path).map_err(|source| Error::Read {
            path: Some(PathBuf::from(path)),
            source,
        })?;
        Analysis::from_json(&text).map_err(|e| e.in_file(path))
    }
}
