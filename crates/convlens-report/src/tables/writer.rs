//! Writes rows to a file, one after another.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use convlens::model::atomic_file::AtomicFile;

use super::row::LayerRow;
use crate::error::ReportError;

/// The file formats of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TableFormat {
    /// Comma-separated values with a header (RFC 4180); a missing value is empty.
    Csv,
    /// One JSON object per line; a missing value is `null`.
    Jsonl,
    /// Apache Parquet, compressed with Snappy, for DuckDB, Polars, pandas and Spark. Needs the
    /// feature `parquet`.
    Parquet,
}

impl TableFormat {
    /// The format that a path's extension names: `.csv`, `.jsonl` or `.ndjson`, `.parquet`.
    #[must_use]
    pub fn of_path(path: &Path) -> Option<TableFormat> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" => Some(TableFormat::Csv),
            "jsonl" | "ndjson" => Some(TableFormat::Jsonl),
            "parquet" => Some(TableFormat::Parquet),
            _ => None,
        }
    }
}

/// A table that is being written. The file appears, whole, at [`finish`](TableWriter::finish) and
/// replaces one of the same name; a writer that is dropped earlier leaves nothing behind.
///
/// # Complexity
///
/// Memory for one row; for Parquet, for the rows of the current group, 8192 at most.
///
/// # Example
///
/// ```
/// use convlens::model::{Format, Model};
/// use convlens::Analysis;
/// use convlens_report::tables::{LayerRow, TableWriter};
///
/// // A safetensors file with one dense layer, as another tool would write it.
/// let header = r#"{"fc.weight":{"dtype":"F32","shape":[16,8],"data_offsets":[0,512]}}"#;
/// let weights = (0..128_i16).map(|i| f32::from(i * 37 % 101) / 101.0 - 0.5);
/// let mut file = (header.len() as u64).to_le_bytes().to_vec();
/// file.extend(header.bytes());
/// file.extend(weights.flat_map(f32::to_le_bytes));
///
/// let model = Model::from_bytes("weights.safetensors", Format::Safetensors, file)?;
/// let analysis = Analysis::builder(&model).run()?;
/// let folder = tempfile::tempdir()?;
/// let path = folder.path().join("zoo.csv");
/// let mut table = TableWriter::create(&path)?;
/// for row in LayerRow::of_analysis("weights.safetensors", &analysis) {
///     table.write(&row)?;
/// }
/// table.finish()?;
/// let text = std::fs::read_to_string(&path)?;
/// assert!(text.starts_with("model,format,status,reason,layer,"));
/// assert!(text.contains("weights.safetensors,safetensors,analyzed,,fc.weight,dense,"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[doc(alias("csv", "jsonl", "parquet"))]
pub struct TableWriter {
    path: PathBuf,
    sink: Sink,
}

type File = BufWriter<AtomicFile>;

enum Sink {
    Csv(Box<csv::Writer<File>>),
    Jsonl(File),
    #[cfg(feature = "parquet")]
    Parquet(Box<super::parquet::Rows<File>>),
}

impl std::fmt::Debug for Sink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Sink::Csv(_) => "Csv",
            Sink::Jsonl(_) => "Jsonl",
            #[cfg(feature = "parquet")]
            Sink::Parquet(_) => "Parquet",
        })
    }
}

impl TableWriter {
    /// Starts a table in the format that the path's extension names.
    ///
    /// # Errors
    ///
    /// [`ReportError::TableFormat`] for any other extension, and for `.parquet` without the feature
    /// `parquet`; [`ReportError::Io`] if no file can be made in the folder.
    pub fn create(path: impl AsRef<Path>) -> Result<TableWriter, ReportError> {
        let path = path.as_ref().to_owned();
        let format = TableFormat::of_path(&path);
        let open = || {
            let file = AtomicFile::create(&path);
            file.map(BufWriter::new).map_err(|e| io(&path, e))
        };
        let sink = match format {
            Some(TableFormat::Csv) => Sink::Csv(Box::new(csv::Writer::from_writer(open()?))),
            Some(TableFormat::Jsonl) => Sink::Jsonl(open()?),
            #[cfg(feature = "parquet")]
            Some(TableFormat::Parquet) => {
                let rows = super::parquet::Rows::new(open()?);
                Sink::Parquet(Box::new(rows.map_err(|e| io(&path, e))?))
            }
            _ => return Err(ReportError::TableFormat { path }),
        };
        Ok(TableWriter { path, sink })
    }

    /// Writes one row.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`] if it cannot be written.
    pub fn write(&mut self, row: &LayerRow) -> Result<(), ReportError> {
        let written = match &mut self.sink {
            Sink::Csv(csv) => csv.serialize(row).map_err(std::io::Error::from),
            Sink::Jsonl(file) => serde_json::to_writer(&mut *file, row)
                .map_err(std::io::Error::from)
                .and_then(|()| file.write_all(b"\n")),
            #[cfg(feature = "parquet")]
            Sink::Parquet(rows) => rows.write(row),
        };
        written.map_err(|e| io(&self.path, e))
    }

    /// Moves the finished file into its place.
    ///
    /// # Errors
    ///
    /// [`ReportError::Io`] if it cannot be written; an earlier file at the path is left as it was.
    pub fn finish(self) -> Result<(), ReportError> {
        let file = match self.sink {
            Sink::Csv(csv) => csv.into_inner().map_err(|e| e.into_error()),
            Sink::Jsonl(file) => Ok(file),
            #[cfg(feature = "parquet")]
            Sink::Parquet(rows) => rows.finish(),
        };
        file.and_then(|file| file.into_inner().map_err(|e| e.into_error()))
            .and_then(AtomicFile::finish)
            .map_err(|e| io(&self.path, e))
    }
}

fn io(path: &Path, source: std::io::Error) -> ReportError {
    ReportError::Io {
        path: path.to_owned(),
        source,
    }
}
