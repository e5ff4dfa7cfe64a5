//! The Tracy-Widom laws, by Fredholm determinants.

mod airy;
mod fredholm;
mod law;
mod quadrature;

pub use law::{Beta, TracyWidom};
