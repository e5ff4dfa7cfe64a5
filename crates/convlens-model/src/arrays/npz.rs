//! Archives of NumPy arrays, `.npz`: read array by array or by rows, written by rows.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::array::{Array, Values};
use super::npy;
use super::rows::{Packed, Place, Rows};
use crate::atomic_file::AtomicFile;
use crate::error::{Cause, ModelError};
use crate::numbers::element_count;
use crate::source::{Source, Window};

/// An archive in a file or in memory.
pub(crate) type Archive = ZipArchive<BufReader<Window>>;

/// An array may unpack to this many bytes, or to [`RATIO`] times its packed size: far more than
/// weights and images come to, far less than what a bomb is made for.
const UNPACKED: u64 = 1 << 30;
const RATIO: u64 = 20;

/// The error is a reason without the file's name.
pub(crate) fn open_archive(source: Arc<Source>) -> Result<Archive, Cause> {
    Ok(ZipArchive::new(BufReader::new(Window::whole(source)))?)
}

/// Hands an entry and its unpacked size to a reader.
pub(crate) fn with_entry<T>(
    archive: &mut Archive,
    index: usize,
    read: impl FnOnce(&mut dyn Read, u64) -> Result<T, Cause>,
) -> Result<T, Cause> {
    let mut entry = archive.by_index(index)?;
    let (packed, unpacked) = (entry.compressed_size(), entry.size());
    if unpacked > UNPACKED.max(packed.saturating_mul(RATIO)) {
        return Err(format!("it unpacks from {packed} bytes to {unpacked}: refused").into());
    }
    read(&mut entry, unpacked)
}

/// An open `.npz` archive; arrays are decompressed on demand.
///
/// # Example
///
/// ```
/// use convlens_model::arrays::{Array, Npz, NpzWriter, Values};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("labels.npz");
/// let mut writer = NpzWriter::create(&path)?;
/// writer.append("labels", &Array { shape: vec![3], values: Values::I64(vec![2, 0, 1]) })?;
/// writer.finish()?;
///
/// let mut npz = Npz::open(&path)?;
/// assert_eq!(npz.names(), ["labels"]);
/// assert_eq!(npz.array("labels")?.values, Values::I64(vec![2, 0, 1]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
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
            Err(source) => Err(ModelError::Io {
                path: path.to_owned(),
                source,
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
        Npz::new(path.into(), Source::Memory(bytes.into()))
    }

    pub(super) fn new(path: PathBuf, source: Source) -> Result<Npz, ModelError> {
        let source = Arc::new(source);
        match open_archive(Arc::clone(&source)) {
            Ok(archive) => Ok(Npz {
                path,
                source,
                archive,
            }),
            Err(source) => Err(ModelError::Malformed {
                path,
                format: "npz",
                source,
            }),
        }
    }

    /// Its path, or the name it was read under.
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
        .map_err(|source| ModelError::tensor(&self.path, name, source))
    }

    /// Opens one array to be read by rows. It is never held in memory whole, unless it is stored in
    /// column-major order.
    ///
    /// # Errors
    ///
    /// As [`array`](Self::array), for what the header alone shows.
    pub fn rows(&mut self, name: &str) -> Result<Rows, ModelError> {
        let index = self.index(name)?;
        self.open_rows(index)
            .map(|(shape, place)| Rows::new(self.path.clone(), name, shape, place))
            .map_err(|source| ModelError::tensor(&self.path, name, source))
    }

    fn open_rows(&mut self, index: usize) -> Result<(Vec<usize>, Place), Cause> {
        let mut entry = self.archive.by_index(index)?;
        let size = entry.size();
        let layout = npy::layout(&mut entry, size)?;
        let (method, packed, crc) = (entry.compression(), entry.compressed_size(), entry.crc32());
        let begin = entry.data_start().ok_or("it has no data")?;
        drop(entry);
        let place = if layout.column_major {
            let read = |entry: &mut dyn Read, size| Array::read(entry, size);
            let array = with_entry(&mut self.archive, index, read)?;
            Place::Memory(array.values.into_f32())
        } else if method == CompressionMethod::Stored {
            Place::Stored {
                source: Arc::clone(&self.source),
                begin: begin.saturating_add(layout.offset),
                element: layout.element,
            }
        } else {
            let window = Window::new(Arc::clone(&self.source), begin, packed);
            Place::Packed(Box::new(Packed::new(
                window,
                layout.offset,
                layout.element,
                crc,
            )))
        };
        Ok((layout.shape, place))
    }

    fn index(&self, name: &str) -> Result<usize, ModelError> {
        let index = self.archive.index_for_name(&format!("{name}.npy"));
        index.ok_or_else(|| ModelError::NoSuchArray {
            path: self.path.clone(),
            array: name.to_owned(),
            available: self.names(),
        })
    }
}

/// Writes an uncompressed `.npz` archive whose arrays grow by rows, so that arrays of any length
/// need little memory.
///
/// Rows wait in nameless temporary files in the archive's folder, which take as much room again.
/// The archive appears whole or not at all ([`AtomicFile`]).
///
/// # Example
///
/// ```
/// use convlens_model::arrays::{Array, Npz, NpzWriter, Values};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("out.npz");
/// let mut writer = NpzWriter::create(&path)?;
/// for n in 0..3u8 {
///     let values = Values::F32(vec![f32::from(n); 4]);
///     writer.append("maps", &Array { shape: vec![2, 2], values })?;
/// }
/// writer.finish()?;
/// assert_eq!(Npz::open(&path)?.array("maps")?.shape, [6, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct NpzWriter {
    target: PathBuf,
    archive: AtomicFile,
    arrays: Vec<Growing>,
}

/// An array while it grows.
#[derive(Debug)]
struct Growing {
    name: String,
    rows: usize,
    row: Vec<usize>,
    descr: &'static str,
    data: BufWriter<File>,
}

impl NpzWriter {
    /// Begins an archive, which appears at `path` when it is [finished](NpzWriter::finish).
    ///
    /// # Errors
    ///
    /// [`ModelError::Write`] if no file can be made in the folder.
    pub fn create(path: impl AsRef<Path>) -> Result<NpzWriter, ModelError> {
        let target = path.as_ref().to_owned();
        match AtomicFile::create(&target) {
            Ok(archive) => Ok(NpzWriter {
                target,
                archive,
                arrays: Vec::new(),
            }),
            Err(source) => Err(ModelError::Write {
                path: target,
                source,
            }),
        }
    }

    /// Appends rows to the array of this name; the first rows create it. Floats are written as
    /// `<f4`, integers as `<i8`.
    ///
    /// # Errors
    ///
    /// [`ModelError::Tensor`] if the rows have another shape or type than earlier ones, or the
    /// number of values contradicts their shape; [`ModelError::Write`] if they cannot be written.
    pub fn append(&mut self, name: &str, rows: &Array) -> Result<(), ModelError> {
        let (&count, row) = rows.shape.split_first().unwrap_or((&1, &[]));
        let (descr, present) = match &rows.values {
            Values::F32(values) => ("<f4", values.len()),
            Values::I64(values) => ("<i8", values.len()),
        };
        if element_count(&rows.shape) != Some(present) {
            let reason = format!("{present} values of shape {:?}", rows.shape);
            return Err(ModelError::tensor(&self.target, name, reason.into()));
        }
        let index = match self.arrays.iter().position(|a| a.name == name) {
            Some(index) => index,
            None => {
                let data = tempfile::tempfile_in(folder_of(&self.target));
                self.arrays.push(Growing {
                    name: name.to_owned(),
                    rows: 0,
                    row: row.to_vec(),
                    descr,
                    data: BufWriter::new(data.map_err(|e| self.unwritten(e))?),
                });
                self.arrays.len() - 1
            }
        };
        let array = &mut self.arrays[index];
        if array.row != row || array.descr != descr {
            let reason = format!(
                "rows of shape {row:?} and type {descr} after rows of shape {:?} and type {}",
                array.row, array.descr
            );
            return Err(ModelError::tensor(&self.target, name, reason.into()));
        }
        array.rows += count;
        write_values(&mut array.data, &rows.values).map_err(|e| self.unwritten(e))
    }

    /// Writes the archive and moves it into place.
    ///
    /// # Errors
    ///
    /// [`ModelError::Write`] if it cannot be written; then nothing is left behind.
    pub fn finish(self) -> Result<(), ModelError> {
        let NpzWriter {
            target,
            archive,
            arrays,
        } = self;
        write_archive(archive, arrays).map_err(|source| ModelError::Write {
            path: target,
            source,
        })
    }

    fn unwritten(&self, source: std::io::Error) -> ModelError {
        ModelError::Write {
            path: self.target.clone(),
            source,
        }
    }
}

fn write_values(out: &mut impl Write, values: &Values) -> std::io::Result<()> {
    match values {
        Values::F32(values) => values
            .iter()
            .try_for_each(|v| out.write_all(&v.to_le_bytes())),
        Values::I64(values) => values
            .iter()
            .try_for_each(|v| out.write_all(&v.to_le_bytes())),
    }
}

fn write_archive(archive: AtomicFile, arrays: Vec<Growing>) -> std::io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(archive));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true);
    for array in arrays {
        zip.start_file(format!("{}.npy", array.name), options)?;
        zip.write_all(&npy_header(&array))?;
        let mut data = array.data.into_inner()?;
        data.seek(SeekFrom::Start(0))?;
        std::io::copy(&mut data, &mut zip)?;
    }
    zip.finish()?.into_inner()?.finish()
}

/// The header of a `.npy` file: version 1, or 2 for a shape that is too long for it. The data
/// behind it begin at a multiple of 64 bytes.
fn npy_header(array: &Growing) -> Vec<u8> {
    let dims = std::iter::once(&array.rows).chain(&array.row);
    let dims: String = dims.map(|d| format!("{d}, ")).collect();
    let text = format!(
        "{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
        array.descr,
        dims.trim_end()
    );
    let pad = |prefix: usize| {
        let unpadded = prefix + text.len() + 1;
        text.len() + 1 + (unpadded.next_multiple_of(64) - unpadded)
    };
    let mut bytes = b"\x93NUMPY".to_vec();
    let length = pad(10);
    let length = match u16::try_from(length) {
        Ok(short) => {
            bytes.extend([1, 0]);
            bytes.extend(short.to_le_bytes());
            length
        }
        Err(_) => {
            let length = pad(12);
            bytes.extend([2, 0]);
            bytes.extend((length as u32).to_le_bytes());
            length
        }
    };
    bytes.extend(text.as_bytes());
    bytes.extend(std::iter::repeat_n(b' ', length - text.len() - 1));
    bytes.push(b'\n');
    bytes
}

fn folder_of(file: &Path) -> &Path {
    match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
