//! Where a file's bytes are read from, a piece at a time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
#[cfg(feature = "numpy")]
use std::sync::Arc;
use std::sync::{Mutex, PoisonError};

use crate::error::Cause;
#[cfg(any(feature = "onnx", feature = "safetensors"))]
use crate::layer::DType;

/// Bytes decoded at once: enough to keep a disk busy, little beside a layer.
#[cfg(any(feature = "onnx", feature = "safetensors"))]
const PIECE: u64 = 1 << 20;

/// Bytes in memory, or a file that stays open and is read by position.
#[derive(Debug)]
pub(crate) enum Source {
    #[cfg(any(feature = "safetensors", feature = "numpy"))]
    Memory(Vec<u8>),
    File {
        file: Mutex<File>,
        len: u64,
    },
}

impl Source {
    pub(crate) fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        Ok(Source::File {
            file: Mutex::new(file),
            len,
        })
    }

    pub(crate) fn len(&self) -> u64 {
        match self {
            #[cfg(any(feature = "safetensors", feature = "numpy"))]
            Source::Memory(bytes) => bytes.len() as u64,
            Source::File { len, .. } => *len,
        }
    }

    /// Fills a buffer from `offset` on, as far as the source goes; gives how much that is.
    fn fill(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = self.len().saturating_sub(offset);
        let count = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        let buffer = &mut buffer[..count];
        match self {
            #[cfg(any(feature = "safetensors", feature = "numpy"))]
            Source::Memory(bytes) => {
                // Within the source's length, so within what can be addressed.
                let from = usize::try_from(offset).unwrap_or(usize::MAX);
                match bytes.get(from..).and_then(|rest| rest.get(..count)) {
                    Some(piece) => buffer.copy_from_slice(piece),
                    None => return Ok(0),
                }
            }
            Source::File { file, .. } => {
                // Every read seeks first, so that a reader that panicked leaves nothing behind.
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(offset))?;
                file.read_exact(buffer)?;
            }
        }
        Ok(count)
    }

    /// `len` bytes from `offset` on; nothing is allocated unless the source is that long.
    pub(crate) fn read(&self, offset: u64, len: u64) -> Result<Vec<u8>, Cause> {
        let cut_off = || "its bytes are cut off".into();
        if offset.checked_add(len).is_none_or(|end| end > self.len()) {
            return Err(cut_off());
        }
        let size = usize::try_from(len)?;
        let mut piece = vec![0; size];
        match self.fill(offset, &mut piece) {
            Ok(filled) if filled == size => Ok(piece),
            Ok(_) => Err(cut_off()),
            Err(error) => Err(error.into()),
        }
    }

    /// Writes all bytes, by pieces.
    #[cfg(feature = "safetensors")]
    pub(crate) fn copy_to(&self, out: &mut impl std::io::Write) -> std::io::Result<()> {
        let mut done = 0;
        while done < self.len() {
            let piece = PIECE.min(self.len() - done);
            let bytes = self.read(done, piece).map_err(std::io::Error::other)?;
            out.write_all(&bytes)?;
            done += piece;
        }
        Ok(())
    }

    /// The numbers in `len` bytes from `offset` on, decoded by pieces, so that only they are held
    /// whole.
    #[cfg(any(feature = "onnx", feature = "safetensors"))]
    pub(crate) fn floats(&self, dtype: DType, offset: u64, len: u64) -> Result<Vec<f64>, Cause> {
        if offset.checked_add(len).is_none_or(|end| end > self.len()) {
            return Err("its bytes are cut off".into());
        }
        let count = usize::try_from(len)? / dtype.size();
        let mut values = Vec::with_capacity(count);
        let mut done = 0;
        while done < len {
            let piece = PIECE.min(len - done);
            dtype.decode_into(&self.read(offset + done, piece)?, &mut values);
            done += piece;
        }
        Ok(values)
    }
}

/// A part of a source, as a reader with a position of its own.
#[cfg(feature = "numpy")]
#[derive(Debug, Clone)]
pub(crate) struct Window {
    source: Arc<Source>,
    begin: u64,
    end: u64,
    at: u64,
}

#[cfg(feature = "numpy")]
impl Window {
    /// Bytes `begin..begin + len`, as far as the source goes.
    pub(crate) fn new(source: Arc<Source>, begin: u64, len: u64) -> Self {
        let end = begin.saturating_add(len).min(source.len());
        Window {
            source,
            begin,
            end,
            at: begin.min(end),
        }
    }

    /// The whole source.
    pub(crate) fn whole(source: Arc<Source>) -> Self {
        let len = source.len();
        Window::new(source, 0, len)
    }
}

#[cfg(feature = "numpy")]
impl Read for Window {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let size = buffer.len().min(left);
        let count = self.source.fill(self.at, &mut buffer[..size])?;
        self.at += count as u64;
        Ok(count)
    }
}

#[cfg(feature = "numpy")]
impl Seek for Window {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let target = match to {
            SeekFrom::Start(n) => self.begin.checked_add(n),
            SeekFrom::End(n) => self.end.checked_add_signed(n),
            SeekFrom::Current(n) => self.at.checked_add_signed(n),
        };
        match target.filter(|&at| at >= self.begin) {
            Some(at) => {
                // Beyond the end there is nothing to read, as in a file.
                self.at = at.min(self.end);
                Ok(at - self.begin)
            }
            None => Err(std::io::ErrorKind::InvalidInput.into()),
        }
    }
}
