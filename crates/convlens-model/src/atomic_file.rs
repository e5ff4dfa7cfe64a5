//! Files that appear whole or not at all.
//!
//! [`AtomicFile`] is a writer whose file replaces the target in one step when it is finished;
//! [`AtomicFile::write`] does it for bytes in memory.
//!
//! ```
//! use convlens_model::atomic_file::AtomicFile;
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("result.json");
//! AtomicFile::write(&path, b"{}")?;
//! assert_eq!(std::fs::read(&path)?, b"{}");
//! # Ok::<(), std::io::Error>(())
//! ```

#[cfg(any(feature = "onnx", feature = "safetensors"))]
use std::fs::File;
use std::io::{Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A writer whose file appears, and replaces an older one, only when it is
/// [finished](AtomicFile::finish).
///
/// Until then it is `.convlens-*.tmp` in the same folder; dropped before, it is removed. A process
/// that is killed leaves that file behind, never half a result.
///
/// # Example
///
/// ```
/// use std::io::Write;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("result.txt");
/// let mut file = convlens_model::atomic_file::AtomicFile::create(&path)?;
/// file.write_all(b"whole")?;
/// assert!(!path.exists());
/// file.finish()?;
/// assert_eq!(std::fs::read(&path)?, b"whole");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct AtomicFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl AtomicFile {
    /// Begins a file that will appear at `path`.
    ///
    /// # Errors
    ///
    /// The error of creating a file in the folder of `path`.
    pub fn create(path: impl AsRef<Path>) -> Result<AtomicFile> {
        let path = path.as_ref().to_owned();
        let folder = path.parent().filter(|f| *f != Path::new(""));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".convlens-").suffix(".tmp");
        // As for any new file, the user's umask decides.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
        Ok(AtomicFile { file, path })
    }

    /// Writes a whole file.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create) and [`finish`](Self::finish).
    pub fn write(path: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
        let mut file = AtomicFile::create(path)?;
        file.write_all(bytes)?;
        file.finish()
    }

    /// The file before it replaces its target.
    #[cfg(any(feature = "onnx", feature = "safetensors"))]
    pub(crate) fn as_file(&self) -> &File {
        self.file.as_file()
    }

    /// Flushes everything to disk and moves the file into place.
    ///
    /// # Errors
    ///
    /// The operating system's; then the target is as it was.
    pub fn finish(self) -> Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(self.path)?;
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.file.flush()
    }
}

impl Seek for AtomicFile {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.file.seek(to)
    }
}
