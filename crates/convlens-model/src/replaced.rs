//! Files that are there whole or not at all.

use std::fs::File;
use std::io::{Result, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// A file that takes its place, and that of a file that is there, only when it is [finished](ReplacedFile::finish).
///
/// Until then it stands in the same folder as `.convlens-*.tmp`; dropped before, it is removed. A process that is killed
/// leaves that name behind, never half a result.
///
/// # Example
///
/// ```
/// use std::io::Write;
///
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("result.txt");
/// let mut file = convlens_model::ReplacedFile::create(&path)?;
/// file.write_all(b"whole")?;
/// assert!(!path.exists());
/// file.finish()?;
/// assert_eq!(std::fs::read(&path)?, b"whole");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct ReplacedFile {
    file: NamedTempFile,
    path: PathBuf,
}

impl ReplacedFile {
    /// Begins a file.
    ///
    /// # Errors
    ///
    /// What the operating system says of a new file in the path's folder.
    pub fn create(path: impl AsRef<Path>) -> Result<ReplacedFile> {
        let path = path.as_ref().to_owned();
        let folder = path.parent().filter(|f| *f != Path::new(""));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".convlens-").suffix(".tmp");
        // As any file that a program makes: the user's umask decides.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let file = builder.tempfile_in(folder.unwrap_or(Path::new(".")))?;
        Ok(ReplacedFile { file, path })
    }

    /// Writes a whole file.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create) and [`finish`](Self::finish).
    pub fn write(path: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
        let mut file = ReplacedFile::create(path)?;
        file.write_all(bytes)?;
        file.finish()
    }

    /// The file as it is before it takes its place.
    pub(crate) fn as_file(&self) -> &File {
        self.file.as_file()
    }

    /// Writes to the disk what is not there yet, and puts the file in its place.
    ///
    /// # Errors
    ///
    /// What the operating system says; what was at the path is there still.
    pub fn finish(self) -> Result<()> {
        self.file.as_file().sync_all()?;
        self.file.persist(self.path)?;
        Ok(())
    }
}

impl Write for ReplacedFile {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> Result<()> {
        self.file.flush()
    }
}

impl Seek for ReplacedFile {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.file.seek(to)
    }
}
