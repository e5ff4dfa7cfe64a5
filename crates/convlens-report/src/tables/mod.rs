//! Analyses of many models as one table: a row for each layer.
//!
//! [`LayerRow`] is a row, and [`COLUMNS`] says what its fields mean; [`TableWriter`] writes rows as
//! CSV, JSON Lines or, with the feature `parquet`, Parquet.
//!
//! ```
//! use convlens_report::tables::{COLUMNS, LayerRow, TableWriter};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("zoo.csv");
//! let mut table = TableWriter::create(&path)?;
//! table.write(&LayerRow::of_failure("broken.pth", "not a checkpoint"))?;
//! table.finish()?;
//! let text = std::fs::read_to_string(&path)?;
//! assert_eq!(text.lines().next().unwrap().split(',').count(), COLUMNS.len());
//! assert!(text.contains("broken.pth,,failed,not a checkpoint,"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(feature = "parquet")]
mod parquet;
pub(crate) mod row;
mod writer;

pub use row::{COLUMNS, Column, ColumnKind, LayerRow, Pads, RowStatus, Sizes};
pub use writer::{TableFormat, TableWriter};
