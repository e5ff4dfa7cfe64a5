//! What the binaries that time convlens beside other tools share: the other tools' process, tables,
//! output.

mod machine;
mod out;
mod process;
mod table;

pub use machine::{hardware_threads, load, processor};
pub use out::{Out, tell};
pub use process::PeerProcess;
pub use table::{Table, median, ratio, seconds};
