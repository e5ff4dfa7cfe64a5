//! Operator norms as brackets.

mod bracket;
mod circular;
mod dense;
mod embedding;
mod gram;
mod lanczos;
mod lattice;
mod margin;
mod options;
mod reshaped;
mod tight;
mod torus;
mod zero_padded;

pub use bracket::{NormBracket, NormMethod, NormPadding};
pub use gram::GramOptions;
pub use options::LanczosOptions;
pub use tight::TightOptions;
