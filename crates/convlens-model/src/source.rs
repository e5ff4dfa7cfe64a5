//! Where a file's bytes are read from, a piece at a time.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use prost::bytes::Bytes;

use crate::dtype::DType;

/// Bytes decoded at once: enough to keep a disk busy, little beside a layer.
const PIECE: u64 = 1 << 20;

/// Bytes in memory, or a file that stays open and is read by position.
#[derive(Debug)]
pub(crate) enum Source {
    Memory(Bytes),
    File { file: Mutex<File>, len: u64 },
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
            Source::Memory(bytes) => bytes.len() as u64,
            Source::File { len, .. } => *len,
        }
    }

    /// `len` bytes from `offset` on; nothing is allocated unless the source is that long.
    pub(crate) fn read(&self, offset: u64, len: u64) -> Result<Vec<u8>, String> {
        let cut_off = || "its bytes are cut off".to_owned();
        let end = offset.checked_add(len).filter(|&end| end <= self.len());
        let end = end.ok_or_else(cut_off)?;
        let size = usize::try_from(len).map_err(|_| cut_off())?;
        match self {
            Source::Memory(bytes) => {
                let range = usize::try_from(offset).ok().zip(usize::try_from(end).ok());
                let piece = range.and_then(|(from, to)| bytes.get(from..to));
                piece.map(<[u8]>::to_vec).ok_or_else(cut_off)
            }
            Source::File { file, .. } => {
                // Every read seeks first, so that a reader that panicked leaves nothing behind.
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                let mut piece = vec![0; size];
                file.seek(SeekFrom::Start(offset))
                    .and_then(|_| file.read_exact(&mut piece))
                    .map_err(|e| e.to_string())?;
                Ok(piece)
            }
        }
    }

    /// Writes all bytes, by pieces.
    pub(crate) fn copy_to(&self, out: &mut impl Write) -> std::io::Result<()> {
        let mut done = 0;
        while done < self.len() {
            let piece = PIECE.min(self.len() - done);
            let bytes = self.read(done, piece).map_err(std::io::Error::other)?;
            out.write_all(&bytes)?;
            done += piece;
        }
        Ok(())
    }

    /// The numbers in `len` bytes from `offset` on, decoded by pieces: only they are ever held whole.
    pub(crate) fn floats(&self, dtype: DType, offset: u64, len: u64) -> Result<Vec<f64>, String> {
        if offset.checked_add(len).is_none_or(|end| end > self.len()) {
            return Err("its bytes are cut off".into());
        }
        let count = usize::try_from(len).map_err(|e| e.to_string())? / dtype.size();
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
