#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod conclusions;
mod derived;
mod error;
mod figure;
pub mod number;
mod page;
pub mod tables;
mod view;

pub use error::ReportError;
pub use page::{render, write_html};
pub use tables::{LayerRow, TableWriter};
