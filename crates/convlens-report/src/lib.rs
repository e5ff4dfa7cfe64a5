#![doc = include_str!("../README.md")]
//!
//! # Contents
//!
//! - [`render`]: an [`Analysis`](convlens::Analysis) to the text of a page.
//! - [`write_html`]: the same, to a file.
//! - [`TableWriter`]: the layers of many analyses as one table, CSV, JSON Lines or (feature `parquet`) Parquet;
//!   [`LayerRow`] is a row, [`COLUMNS`] says what its fields mean.
//! - [`ReportError`].
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]

mod conclusions;
mod error;
mod figure;
mod information;
mod number;
mod page;
mod tables;
mod view;

pub use error::ReportError;
pub use page::{render, write_html};
pub use tables::{COLUMNS, Column, ColumnKind, LayerRow, RowStatus, TableFormat, TableWriter};
