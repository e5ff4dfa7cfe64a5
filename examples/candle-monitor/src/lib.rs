//! A small convolutional network for handwritten digits, trained in candle and watched by convlens.
//!
//! [`network`] is plain candle. [`watch`] is all that convlens needs: the weights of each layer,
//! and its outputs on some images. [`train`] puts the two together.

mod data;
mod network;
mod train;
mod watch;

pub use data::Digits;
pub use network::Network;
pub use train::{Epoch, train};
pub use watch::{LayerReport, watch};
