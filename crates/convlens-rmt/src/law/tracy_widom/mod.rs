//! The Tracy-Widom laws: tables of Fredholm determinants, and asymptotic series beyond them.

mod law;
mod left_tail;
mod log_tail;
mod moments;
mod table_beta1;
mod table_beta2;

// The determinants themselves, in double precision: an independent route for the tests.
#[cfg(test)]
mod airy;
#[cfg(test)]
mod fredholm;
#[cfg(test)]
mod quadrature;
#[cfg(test)]
mod tests;

pub use law::{Beta, TracyWidom};
