//! Archives of NumPy arrays: `.npz`.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::error::ModelError;
use crate::npy::Array;

/// An opened `.npz` archive; arrays are decompressed on demand.
///
/// ```
/// use convlens_model::Npz;
///
/// let mut npz = Npz::open(convlens_fixtures::digits_heldout())?;
/// assert_eq!(npz.names(), ["images", "labels"]);
/// assert_eq!(npz.array("images")?.shape, [450, 1, 8, 8]);
/// # Ok::<(), convlens_model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct Npz {
    path: PathBuf,
    archive: ZipArchive<Cursor<Vec<u8>>>,
}

impl Npz {
    /// Opens an archive.
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`] if the file cannot be read, [`ModelError::Malformed`] if it is no
    /// archive.
    pub fn open(path: impl AsRef<Path>) -> Result<Npz, ModelError> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|cause| ModelError::Io {
            path: path.to_owned(),
            cause,
        })?;
        Npz::from_bytes(path, bytes)
    }

    /// Reads an archive from memory. `path` is the name under which errors speak of it.
    ///
    /// # Errors
    ///
    /// [`ModelError::Malformed`] if the bytes are no archive.
    pub fn from_bytes(
        path: impl Into<PathBuf>,
        bytes: impl Into<Vec<u8>>,
    ) -> Result<Npz, ModelError> {
        let path = path.into();
        match ZipArchive::new(Cursor::new(bytes.into())) {
            Ok(archive) => Ok(Npz { path, archive }),
            Err(e) => Err(ModelError::Malformed {
                path,
                format: "npz",
                reason: e.to_string(),
            }),
        }
    }

    /// The path or name it was opened under.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The arrays' names, in the archive's order.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let entries = (0..self.archive.len()).filter_map(|i| self.archive.name_for_index(i));
        entries
            .filter_map(|n| Some(n.ok()?.strip_suffix(".npy")?.to_owned()))
            .collect()
    }

    /// Reads one array.
    ///
    /// # Errors
    ///
    /// [`ModelError::NoSuchArray`] if there is none of this name, [`ModelError::Tensor`] if it
    /// cannot be decompressed or is no array of numbers.
    pub fn array(&mut self, name: &str) -> Result<Array, ModelError> {
        let Some(index) = self.archive.index_for_name(&format!("{name}.npy")) else {
            return Err(ModelError::NoSuchArray {
                path: self.path.clone(),
                array: name.to_owned(),
                held: self.names(),
            });
        };
        self.entry(index).map_err(|reason| ModelError::Tensor {
            path: self.path.clone(),
            tensor: name.to_owned(),
            reason,
        })
    }

    fn entry(&mut self, index: usize) -> Result<Array, String> {
        let entry = self.archive.by_index(index).map_err(|e| e.to_string())?;
        let size = entry.size();
        Array::read(entry, size)
    }
}
