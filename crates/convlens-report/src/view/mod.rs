//! What the templates show: texts and figures, without any arithmetic left to do.

mod fact;
mod geometry;
mod header;
mod layer;
mod overview;
mod separation;

pub(crate) use fact::{Fact, Slot};
pub(crate) use header::{HeaderView, settings};
pub(crate) use layer::LayerView;
pub(crate) use overview::{HEADS, Head, OverviewRow};
pub(crate) use separation::DepthView;
