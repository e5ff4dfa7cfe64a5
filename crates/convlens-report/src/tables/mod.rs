//! Analyses of many models as one table: a row for each layer.

mod column;
#[cfg(feature = "parquet")]
mod parquet;
mod row;
mod writer;

pub use column::{COLUMNS, Column, ColumnKind};
pub use row::{LayerRow, RowStatus};
pub use writer::{TableFormat, TableWriter};
