//! Archives of NumPy arrays: `.npz`.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use prost::bytes::Bytes;
use zip::{CompressionMethod, ZipArchive};

use crate::error::ModelError;
use crate::npy::{self, Array};
use crate::rows::{ArrayRows, Packed, Rows};
use crate::source::{Source, Window};

/// An archive in a file or in memory.
pub(crate) type Archive = ZipArchive<BufReader<Window>>;

/// An array may unpack to this many bytes, or to [`RATIO`] times its packed size: far more than
/// weights and images come to, far less than what a bomb is made for.
const UNPACKED: u64 = 1 << 30;
const RATIO: u64 = 20;

/// The error is a reason without the file's name.
pub(crate) fn open_archive(source: Arc<Source>) -> Result<Archive, String> {
    ZipArchive::new(BufReader::new(Window::whole(source))).map_err(|e| e.to_string())
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
    source: Arc<Source>,
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
        match Source::open(path) {
            Ok(source) => Npz::new(path.to_owned(), source),
            Err(cause) => Err(ModelError::Io {
                path: path.to_owned(),
                cause,
            }),
        }
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
        Npz::new(path.into(), Source::Memory(Bytes::from(bytes.into())))
    }

    fn new(path: PathBuf, source: Source) -> Result<Npz, ModelError> {
        let source = Arc::new(source);
        match open_archive(Arc::clone(&source)) {
            Ok(archive) => Ok(Npz {
                path,
                source,
                archive,
            }),
            Err(reason) => Err(ModelError::Malformed {
                path,
                format: "npz",
                reason,
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
        let index = self.index(name)?;
        with_entry(&mut self.archive, index, |entry, size| {
            Array::read(entry, size)
        })
        .map_err(|reason| ModelError::tensor(&self.path, name, reason))
    }

    /// Opens one array to be read by rows, without ever holding it whole; only one in column-major order
    /// is.
    ///
    /// # Errors
    ///
    /// As [`array`](Self::array), for what the header alone shows.
    pub fn rows(&mut self, name: &str) -> Result<ArrayRows, ModelError> {
        let index = self.index(name)?;
        self.open_rows(index)
            .map(|(shape, rows)| ArrayRows::new(self.path.clone(), name, shape, rows))
            .map_err(|reason| ModelError::tensor(&self.path, name, reason))
    }

    fn open_rows(&mut self, index: usize) -> Result<(Vec<usize>, Rows), String> {
        let mut entry = self.archive.by_index(index).map_err(|e| e.to_string())?;
        let size = entry.size();
        let layout = npy::layout(&mut entry, size)?;
        let (method, packed, crc) = (entry.compression(), entry.compressed_size(), entry.crc32());
        let begin = entry.data_start().ok_or("it has no data")?;
        drop(entry);
        let rows = if layout.column_major {
            let read = |entry: &mut dyn Read, size| Array::read(entry, size);
            let array = with_entry(&mut self.archive, index, read)?;
            Rows::Held(array.values.into_f32())
        } else if method == CompressionMethod::Stored {
            Rows::Placed {
                source: Arc::clone(&self.source),
                begin: begin.saturating_add(layout.offset),
                element: layout.element,
            }
        } else {
            let window = Window::new(Arc::clone(&self.source), begin, packed);
            Rows::Packed(Box::new(Packed::new(
                window,
                layout.offset,
                layout.element,
                crc,
            )))
        };
        Ok((layout.shape, rows))
    }

    fn index(&self, name: &str) -> Result<usize, ModelError> {
        let index = self.archive.index_for_name(&format!("{name}.npy"));
        index.ok_or_else(|| ModelError::no_such_array(&self.path, name, self.names()))
    }
}
