//! Many models, killed and resumed, dealt out and joined; and the memory of one large model.

mod batch;
mod checkpoint;
#[cfg(target_os = "linux")]
mod memory;
mod merge;
