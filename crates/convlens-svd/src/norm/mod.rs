//! Operator norms as brackets.

mod bracket;
mod circular;
mod dense;
mod embedding;
mod lanczos;
mod margin;
mod options;
mod tight;
mod torus;
mod zero_padded;

pub use bracket::{NormBracket, NormMethod, NormPadding};
pub use options::LanczosOptions;
pub use tight::TightOptions;
