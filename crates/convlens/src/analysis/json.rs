//! The JSON form: what is read back equals what was written, bit for bit.

use std::fs;
use std::path::Path;

use convlens_model::ReplacedFile;
use serde::Deserialize;

use super::{Analysis, SCHEMA_VERSION};
use crate::error::Error;

impl Analysis {
    /// Writes the analysis as indented JSON; the file is there whole or not at all.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the file cannot be written, [`Error::Json`] if the analysis cannot be
    /// encoded.
    pub fn write_json(&self, path: impl AsRef<Path>) -> Result<(), Error> {
        let path = path.as_ref();
        let mut text = serde_json::to_string_pretty(self).map_err(|cause| Error::Json {
            path: path.to_owned(),
            cause,
        })?;
        text.push('\n');
        ReplacedFile::write(path, text.as_bytes()).map_err(|cause| Error::Io {
            path: path.to_owned(),
            cause,
        })
    }

    /// Reads an analysis back.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] if the file cannot be read, [`Error::Schema`] if it has another
    /// `schema_version`, [`Error::Json`] if it is no analysis.
    pub fn read_json(path: impl AsRef<Path>) -> Result<Analysis, Error> {
        #[derive(Deserialize)]
        struct Version {
            schema_version: u32,
        }
        let path = path.as_ref();
        let json = |cause| Error::Json {
            path: path.to_owned(),
            cause,
        };
        let text = fs::read_to_string(path).map_err(|cause| Error::Io {
            path: path.to_owned(),
            cause,
        })?;
        let Version {
            schema_version: found,
        } = serde_json::from_str(&text).map_err(json)?;
        if found != SCHEMA_VERSION {
            let supported = SCHEMA_VERSION;
            return Err(Error::Schema {
                path: path.to_owned(),
                found,
                supported,
            });
        }
        serde_json::from_str(&text).map_err(json)
    }
}
