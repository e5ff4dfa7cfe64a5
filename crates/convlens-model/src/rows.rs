//! An array read by rows, so that a data set of any length passes through little memory.

use std::io::{BufReader, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::CrcReader;
use flate2::read::DeflateDecoder;

use crate::dtype::element_count;
use crate::element::Element;
use crate::error::ModelError;
use crate::source::{Source, Window};

/// An array in a file, read by rows: slices along its first dimension.
///
/// A compressed array is unpacked from its start to the rows that are asked for, and on from there;
/// going back begins again. Its checksum is checked at its last row.
///
/// # Example
///
/// ```
/// use convlens_model::Npz;
///
/// let mut images = Npz::open(convlens_fixtures::digits_heldout())?.rows("images")?;
/// assert_eq!(images.shape(), [450, 1, 8, 8]);
/// assert_eq!(images.read(10..12)?.len(), 2 * 64);
/// # Ok::<(), convlens_model::ModelError>(())
/// ```
#[derive(Debug)]
pub struct ArrayRows {
    path: PathBuf,
    name: String,
    shape: Vec<usize>,
    rows: Rows,
}

/// Where the rows are.
#[derive(Debug)]
pub(crate) enum Rows {
    Held(Vec<f32>),
    Placed {
        source: Arc<Source>,
        begin: u64,
        element: Element,
    },
    Packed(Box<Packed>),
}

impl ArrayRows {
    /// The shape's product must not overflow, which every header reader checks.
    pub(crate) fn new(path: PathBuf, name: &str, shape: Vec<usize>, rows: Rows) -> Self {
        ArrayRows {
            path,
            name: name.to_owned(),
            shape,
            rows,
        }
    }

    /// The file it lies in.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The dimensions, outermost first; the first counts the rows. Empty for a single number, which has one
    /// row.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of rows.
    #[must_use]
    pub fn count(&self) -> usize {
        self.shape.first().copied().unwrap_or(1)
    }

    /// The numbers of some rows, row-major; halves and doubles are rounded to `f32`, integers too.
    ///
    /// # Errors
    ///
    /// [`ModelError::Tensor`] if they cannot be read or unpacked, or a double does not fit into `f32`.
    ///
    /// # Panics
    ///
    /// If `rows` reach beyond [`count`](Self::count), or end before they begin.
    pub fn read(&mut self, rows: Range<usize>) -> Result<Vec<f32>, ModelError> {
        assert!(
            rows.start <= rows.end && rows.end <= self.count(),
            "rows {rows:?} of {}",
            self.count()
        );
        let row = element_count(self.shape.get(1..).unwrap_or_default()).unwrap_or(0);
        let (from, to) = (rows.start * row, rows.end * row);
        let read = match &mut self.rows {
            Rows::Held(values) => Ok(values[from..to].to_vec()),
            Rows::Placed {
                source,
                begin,
                element,
            } => {
                let [from, to] = [from, to].map(|n| (n * element.size()) as u64);
                let bytes = source.read(begin.saturating_add(from), to - from);
                bytes.and_then(|bytes| Ok(element.decode(&bytes)?.into_f32()))
            }
            Rows::Packed(packed) => {
                let last = rows.end == self.shape.first().copied().unwrap_or(1);
                packed.read(from, to, last)
            }
        };
        read.map_err(|reason| {
            let reason = format!("rows {} to {}: {reason}", rows.start, rows.end);
            ModelError::tensor(&self.path, &self.name, reason)
        })
    }
}

/// A compressed entry of an archive.
pub(crate) struct Packed {
    window: Window,
    /// Where the numbers begin once unpacked.
    offset: u64,
    element: Element,
    crc: u32,
    /// A reader, and how many numbers it has given; `None` before the first read and after a failed one.
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

/// Numbers that are unpacked at once on the way to others.
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
    fn read(&mut self, from: usize, to: usize, last: bool) -> Result<Vec<f32>, String> {
        let (mut reader, mut at) = match self.open.take() {
            Some((reader, at)) if at <= from => (reader, at),
            _ => (self.unpack()?, 0),
        };
        let size = self.element.size();
        while at < from {
            let count = (from - at).min(SKIP);
            bytes(&mut reader, (count * size) as u64)?;
            at += count;
        }
        let found = bytes(&mut reader, ((to - from) * size) as u64)?;
        if last && reader.crc().sum() != self.crc {
            return Err("its checksum is wrong: the archive is damaged".into());
        }
        self.open = Some((reader, to));
        Ok(self.element.decode(&found)?.into_f32())
    }

    /// A reader at the first number.
    fn unpack(&self) -> Result<Unpacked, String> {
        let unpacked = DeflateDecoder::new(BufReader::new(self.window.clone()));
        let mut reader = CrcReader::new(unpacked);
        bytes(&mut reader, self.offset)?;
        Ok(reader)
    }
}

/// So many bytes; memory grows with what is there, not with what is asked for.
fn bytes(reader: &mut impl Read, count: u64) -> Result<Vec<u8>, String> {
    let mut found = Vec::new();
    let read = reader.take(count).read_to_end(&mut found);
    match read {
        Ok(n) if n as u64 == count => Ok(found),
        Ok(_) => Err("its bytes are cut off".into()),
        Err(error) => Err(error.to_string()),
    }
}
