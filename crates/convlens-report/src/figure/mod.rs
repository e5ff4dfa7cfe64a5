//! Figures: SVG texts, each with a title, a description and a legend.

mod canvas;
mod density;
mod frame;
mod picture;
mod separation;
mod spectra;

pub(crate) use density::density;
pub(crate) use picture::Figure;
pub(crate) use separation::{Heatmap, accuracy, heatmap, measures};
pub(crate) use spectra::{operator, scree, tail};
