//! Archives of NumPy arrays: `.npz`.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use crate::error::ModelError;
use crate::npy::Array;

/// An archive in a file or in memory.
pub(crate) type Archive = ZipArchive<Box<dyn Bytes>>;

/// What an archive is read from.
pub(crate) trait Bytes: Read + Seek + Send + Sync {}

impl<T: Read + Seek + Send + Sync> Bytes for T {}

impl std::fmt::Debug for dyn Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an archive's bytes")
    }
}

/// An array may unpack to this many bytes, or to [`RATIO`] times its packed size: far more than
/// weights and images come to, far less than what a bomb is made for.
const UNPACKED: u64 = 1 << 30;
const RATIO: u64 = 20;

/// The error is a reason without the file's name.
pub(crate) fn open_archive(file: File) -> Result<Archive, String> {
    let bytes: Box<dyn Bytes> = Box::new(BufReader::new(file));
    ZipArchive::new(bytes).map_err(|e| e.to_string())
}

/// Hands an entry and its unpacked size to a reader.
pub(crate) fn with_entry<T>(
    archive: &mut Archive,
    index: usize,
    read: impl FnOnce(&mut dyn Read, u64) -> Result<T, String>,
) -> Result<T, String> {
    let mut entry = archive.by_index(index).map_err(|e| e.to_string())?;
    let (packed, unpacked) = (entry.compressed_size(), entry.size());
    if unpacked > UNPACKED.max(packed.saturating_mul(RATIO)) {
        return Err(format!(
            "it unpacks from {packed} bytes to {unpacked}: refused"
        ));
    }
    read(&mut entry, unpacked)
}

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
    archive: Archive,
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
        let file = File::open(path).map_err(|cause| ModelError::Io {
            path: path.to_owned(),
            cause,
        })?;
        Npz::new(path.to_owned(), Box::new(BufReader::new(file)))
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
        Npz::new(path.into(), Box::new(Cursor::new(bytes.into())))
    }

    fn new(path: PathBuf, bytes: Box<dyn Bytes>) -> Result<Npz, ModelError> {
        match ZipArchive::new(bytes) {
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
        with_entry(&mut self.archive, index, |entry, size| {
            Array::read(entry, size)
        })
        .map_err(|reason| ModelError::Tensor {
            path: self.path.clone(),
            tensor: name.to_owned(),
            reason,
        })
    }
}
