//! An array read by rows, so that a data set of any length needs little memory.

use std::io::{BufReader, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::CrcReader;
use flate2::read::DeflateDecoder;

use super::array::Element;
use crate::error::{Cause, ModelError, concerning};
use crate::numbers::element_count;
use crate::source::{Source, Window};

/// An array in a file, read by rows: slices along its first dimension.
///
/// A compressed array is unpacked from its start to the requested rows, and on from there; going
/// back begins again. Its checksum is verified at its last row.
///
/// # Example
///
/// ```
/// use convlens_model::arrays::{Array, Npz, NpzWriter, Values};
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("images.npz");
/// let mut writer = NpzWriter::create(&path)?;
/// let values = Values::F32((0..24u8).map(f32::from).collect());
/// writer.append("images", &Array { shape: vec![4, 2, 3], values })?;
/// writer.finish()?;
///
/// let mut images = Npz::open(&path)?.rows("images")?;
/// assert_eq!((images.shape(), images.count()), (&[4, 2, 3][..], 4));
/// assert_eq!(images.read(1..2)?, [6.0, 7.0, 8.0, 9.0, 10.0, 11.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Rows {
    path: PathBuf,
    name: String,
    shape: Vec<usize>,
    place: Place,
}

/// Where the rows are.
#[derive(Debug)]
pub(crate) enum Place {
    Memory(Vec<f32>),
    Stored {
        source: Arc<Source>,
        begin: u64,
        element: Element,
    },
    Packed(Box<Packed>),
}

impl Rows {
    /// The shape's product must not overflow, which every header reader checks.
    pub(crate) fn new(path: PathBuf, name: &str, shape: Vec<usize>, place: Place) -> Self {
        Rows {
            path,
            name: name.to_owned(),
            shape,
            place,
        }
    }

    /// The file it lies in.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The dimensions, outermost first; the first counts the rows. Empty for a single number, which
    /// has one row.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of rows.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// The numbers of some rows, row-major, as `f32`: other types are rounded to it.
    ///
    /// # Errors
    ///
    /// [`ModelError::Tensor`] if `rows` reach beyond [`count`](Self::count) or end before they
    /// begin, if they cannot be read or unpacked, or if an f64 does not fit in `f32`.
    pub fn read(&mut self, rows: Range<usize>) -> Result<Vec<f32>, ModelError> {
        if rows.start > rows.end || rows.end > self.count() {
            let reason = format!("rows {rows:?} of {}", self.count());
            return Err(ModelError::tensor(&self.path, &self.name, reason.into()));
        }
        let row = element_count(self.shape.get(1..).unwrap_or_default()).unwrap_or(0);
        let (from, to) = (rows.start * row, rows.end * row);
        let read = match &mut self.place {
            Place::Memory(values) => Ok(values[from..to].to_vec()),
            Place::Stored {
                source,
                begin,
                element,
            } => {
                let [from, to] = [from, to].map(|n| n as u64 * element.size() as u64);
                let bytes = source.read(begin.saturating_add(from), to - from);
                bytes.and_then(|bytes| Ok(element.decode(&bytes)?.into_f32()))
            }
            Place::Packed(packed) => {
                let last = rows.end == self.shape.first().copied().unwrap_or(1);
                packed.read(from, to, last)
            }
        };
        read.map_err(concerning(format!("rows {} to {}", rows.start, rows.end)))
            .map_err(|source| ModelError::tensor(&self.path, &self.name, source))
    }
}

/// A compressed entry of an archive.
pub(crate) struct Packed {
    window: Window,
    /// Where the numbers begin once unpacked.
    offset: u64,
    element: Element,
    crc: u32,
    /// A reader, and how many numbers it has given; `None` before the first read and after a failed
    /// one.
    open: Option<(Unpacked, usize)>,
}

type Unpacked = CrcReader<DeflateDecoder<BufReader<Window>>>;

impl std::fmt::Debug for Packed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Packed")
            .field("window", &self.window)
            .field("element", &self.element)
            .finish_non_exhaustive()
    }
}

/// How many numbers are unpacked at once on the way to others.
const SKIP: usize = 1 << 16;

impl Packed {
    pub(crate) fn new(window: Window, offset: u64, element: Element, crc: u32) -> Self {
        Packed {
            window,
            offset,
            element,
            crc,
            open: None,
        }
    }

    /// Numbers `from..to`; `last` if nothing follows them.
    fn read(&mut self, from: usize, to: usize, last: bool) -> Result<Vec<f32>, Cause> {
        let (mut reader, mut at) = match self.open.take() {
            Some((reader, at)) if at <= from => (reader, at),
            _ => (self.unpack()?, 0),
        };
        let size = self.element.size();
        while at < from {
            let count = (from - at).min(SKIP);
            bytes(&mut reader, count as u64 * size as u64)?;
            at += count;
        }
        let found = bytes(&mut reader, (to - from) as u64 * size as u64)?;
        if last && reader.crc().sum() != self.crc {
            return Err("its checksum is wrong: the archive is damaged".into());
        }
        self.open = Some((reader, to));
        Ok(self.element.decode(&found)?.into_f32())
    }

    /// A reader at the first number.
    fn unpack(&self) -> Result<Unpacked, Cause> {
        let unpacked = DeflateDecoder::new(BufReader::new(self.window.clone()));
        let mut reader = CrcReader::new(unpacked);
        bytes(&mut reader, self.offset)?;
        Ok(reader)
    }
}

/// So many bytes; memory grows with what is there, not with the request.
fn bytes(reader: &mut impl Read, count: u64) -> Result<Vec<u8>, Cause> {
    let mut found = Vec::new();
    let read = reader.take(count).read_to_end(&mut found);
    match read {
        Ok(n) if n as u64 == count => Ok(found),
        Ok(_) => Err("its bytes are cut off".into()),
        Err(error) => Err(error.into()),
    }
}
