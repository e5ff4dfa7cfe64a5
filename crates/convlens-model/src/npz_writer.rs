//! Writing NumPy archives whose arrays grow by rows.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::error::ModelError;
use crate::npy::{Array, ArrayValues};
use crate::replaced::ReplacedFile;

/// Writes an uncompressed `.npz` archive whose arrays grow by rows, so that arrays of any length pass through
/// little memory.
///
/// Rows wait in nameless temporary files in the archive's folder, which take as much room again; the archive
/// appears whole, or not at all.
///
/// # Example
///
/// ```
/// use convlens_model::{Array, ArrayValues, Npz, NpzWriter};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("out.npz");
/// let mut writer = NpzWriter::create(&path)?;
/// for n in 0..3u8 {
///     let values = ArrayValues::F32(vec![f32::from(n); 4]);
///     writer.append("maps", &Array { shape: vec![2, 2], values })?;
/// }
/// writer.finish()?;
/// assert_eq!(Npz::open(&path)?.array("maps")?.shape, [6, 2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct NpzWriter {
    target: PathBuf,
    archive: ReplacedFile,
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
    /// Begins an archive, which appears at `path` when it is finished.
    ///
    /// # Errors
    ///
    /// [`ModelError::Write`] if no file can be made in the folder.
    pub fn create(path: impl AsRef<Path>) -> Result<NpzWriter, ModelError> {
        let target = path.as_ref().to_owned();
        match ReplacedFile::create(&target) {
            Ok(archive) => Ok(NpzWriter {
                target,
                archive,
                arrays: Vec::new(),
            }),
            Err(cause) => Err(ModelError::Write {
                path: target,
                cause,
            }),
        }
    }

    /// Appends rows to the array of this name, which begins with its first rows. Floats are written as `<f4`,
    /// integers as `<i8`.
    ///
    /// # Errors
    ///
    /// [`ModelError::Tensor`] if the rows have another shape or type than those before, or their number
    /// contradicts their shape; [`ModelError::Write`] if they cannot be written.
    pub fn append(&mut self, name: &str, rows: &Array) -> Result<(), ModelError> {
        let (&count, row) = rows.shape.split_first().unwrap_or((&1, &[]));
        let (descr, present) = match &rows.values {
            ArrayValues::F32(values) => ("<f4", values.len()),
            ArrayValues::I64(values) => ("<i8", values.len()),
        };
        if crate::dtype::element_count(&rows.shape) != Some(present) {
            let reason = format!("{present} values of shape {:?}", rows.shape);
            return Err(ModelError::tensor(&self.target, name, reason));
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
            return Err(ModelError::tensor(&self.target, name, reason));
        }
        array.rows += count;
        write_values(&mut array.data, &rows.values).map_err(|e| self.unwritten(e))
    }

    /// Writes the archive and puts it in its place.
    ///
    /// # Errors
    ///
    /// [`ModelError::Write`] if it cannot be written; nothing is left behind then.
    pub fn finish(self) -> Result<(), ModelError> {
        let NpzWriter {
            target,
            archive,
            arrays,
        } = self;
        write_archive(archive, arrays).map_err(|cause| ModelError::Write {
            path: target,
            cause,
        })
    }

    fn unwritten(&self, cause: std::io::Error) -> ModelError {
        ModelError::Write {
            path: self.target.clone(),
            cause,
        }
    }
}

fn write_values(out: &mut impl Write, values: &ArrayValues) -> std::io::Result<()> {
    match values {
        ArrayValues::F32(values) => values
            .iter()
            .try_for_each(|v| out.write_all(&v.to_le_bytes())),
        ArrayValues::I64(values) => values
            .iter()
            .try_for_each(|v| out.write_all(&v.to_le_bytes())),
    }
}

fn write_archive(archive: ReplacedFile, arrays: Vec<Growing>) -> std::io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(archive));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(true);
    for array in arrays {
        zip.start_file(format!("{}.npy", array.name), options)?;
        zip.write_all(&header(&array))?;
        let mut data = array.data.into_inner()?;
        data.seek(SeekFrom::Start(0))?;
        std::io::copy(&mut data, &mut zip)?;
    }
    zip.finish()?.into_inner()?.finish()
}

/// The header of a `.npy` file, version 1, or 2 for shapes that do not fit into it; the data after it begin at
/// a multiple of 64 bytes.
fn header(array: &Growing) -> Vec<u8> {
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
