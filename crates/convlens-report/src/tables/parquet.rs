//! Rows to Parquet, column by column within groups of rows.

use std::io::{Error, Result, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{
    SerializedColumnWriter, SerializedFileWriter, SerializedRowGroupWriter,
};
use parquet::schema::types::Type;
use serde_json::Value;

use super::row::{COLUMNS, Column, ColumnKind, LayerRow};

/// Rows of one group: some 10 MB in memory.
const GROUP: usize = 8192;

/// The writer, and the rows that no group holds yet, each as its values by column.
pub(super) struct Rows<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    waiting: Vec<Value>,
}

impl<W: Write + Send> Rows<W> {
    pub(super) fn new(out: W) -> Result<Self> {
        let fields = COLUMNS
            .iter()
            .map(|c| field(c).map(Arc::new))
            .collect::<Result<_>>()?;
        let schema = Type::group_type_builder("layers")
            .with_fields(fields)
            .build();
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .build();
        let schema = Arc::new(schema.map_err(other)?);
        let writer = SerializedFileWriter::new(out, schema, Arc::new(properties)).map_err(other)?;
        Ok(Rows {
            writer,
            waiting: Vec::new(),
        })
    }

    pub(super) fn write(&mut self, row: &LayerRow) -> Result<()> {
        self.waiting.push(serde_json::to_value(row)?);
        if self.waiting.len() < GROUP {
            return Ok(());
        }
        self.flush()
    }

    pub(super) fn finish(mut self) -> Result<W> {
        self.flush()?;
        self.writer.into_inner().map_err(other)
    }

    fn flush(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.waiting);
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(other)?;
        for column in COLUMNS {
            write_column(&mut group, column, &rows)?;
        }
        group.close().map(drop).map_err(other)
    }
}

fn field(column: &Column) -> Result<Type> {
    let (physical, logical) = match column.kind {
        ColumnKind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        ColumnKind::Integer => (Physical::INT64, None),
        ColumnKind::Real => (Physical::DOUBLE, None),
    };
    Type::primitive_type_builder(column.name, physical)
        .with_logical_type(logical)
        .with_repetition(Repetition::OPTIONAL)
        .build()
        .map_err(other)
}

fn write_column<W: Write + Send>(
    group: &mut SerializedRowGroupWriter<'_, W>,
    column: &Column,
    rows: &[Value],
) -> Result<()> {
    let cells = || rows.iter().map(|row| &row[column.name]);
    // 1 where there is a value, 0 where it is missing.
    let levels: Vec<i16> = cells().map(|cell| i16::from(!cell.is_null())).collect();
    let next = group.next_column().map_err(other)?;
    let mut writer = next.ok_or_else(|| Error::other("fewer columns than the schema has"))?;
    write_cells(&mut writer, column.kind, cells(), &levels).map_err(other)?;
    writer.close().map_err(other)
}

fn write_cells<'a>(
    writer: &mut SerializedColumnWriter<'_>,
    kind: ColumnKind,
    cells: impl Iterator<Item = &'a Value>,
    levels: &[i16],
) -> std::result::Result<usize, ParquetError> {
    match kind {
        ColumnKind::Text => {
            let texts: Vec<ByteArray> = cells
                .filter_map(Value::as_str)
                .map(ByteArray::from)
                .collect();
            writer
                .typed::<ByteArrayType>()
                .write_batch(&texts, Some(levels), None)
        }
        ColumnKind::Integer => {
            let numbers: Vec<i64> = cells.filter_map(Value::as_i64).collect();
            writer
                .typed::<Int64Type>()
                .write_batch(&numbers, Some(levels), None)
        }
        ColumnKind::Real => {
            let numbers: Vec<f64> = cells.filter_map(Value::as_f64).collect();
            writer
                .typed::<DoubleType>()
                .write_batch(&numbers, Some(levels), None)
        }
    }
}

fn other(error: ParquetError) -> Error {
    Error::other(error)
}
