//! The `convlens` command.
#![forbid(unsafe_code)]
fn main() {}
