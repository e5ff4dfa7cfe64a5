//! Hostile files: each ends in a typed error that names it, or in a result, and takes little
//! memory.
//!
//! A test binary of its own, because it counts what is allocated, and therefore runs its cases one
//! after the other.
#![allow(
    clippy::unwrap_used,
    reason = "the lint knows tests, but not their helpers"
)]

mod onnx;
mod tensors;

use std::path::Path;
use std::sync::Mutex;

use convlens_model::{Model, error_chain};
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// Peaks are of the whole process: one case at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// What opening and reading a file may allocate beside this many times its size, in bytes: buffers
/// of readers, tables of the parsers, a piece of 1 MiB read at once.
const BOUND: usize = 8 << 20;

/// Times the file's size: a layer of 50 bytes in the file becomes 1,800 in memory (its operator,
/// its tensor, what is known of it), and a pickle's instruction of one byte an object of 56 with
/// its place on a stack that doubles.
const TIMES: usize = 96;

/// What no case of this corpus may exceed beside its file's own size, in bytes: its largest holds
/// half a million elements that decode to some 200 each.
const OVER: usize = 256 << 20;

/// Opens a file of these bytes, decodes all its layers, and gives every error's text; memory is
/// watched.
fn all_errors(name: &str, bytes: &[u8]) -> Vec<String> {
    all_errors_within(name, bytes, BOUND)
}

/// As [`all_errors`], with a bound of its own.
fn all_errors_within(name: &str, bytes: &[u8], bound: usize) -> Vec<String> {
    let _alone = ALONE.lock().unwrap_or_else(|e| e.into_inner());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    ALLOCATED.reset_peak_usage();
    let before = ALLOCATED.current_usage();
    let errors = read_all(&path);
    let used = ALLOCATED.peak_usage().saturating_sub(before);
    let allowed = (TIMES * bytes.len() + bound).min(bytes.len() + OVER);
    assert!(
        used <= allowed,
        "{name}: {used} bytes allocated for a file of {}",
        bytes.len()
    );
    for error in &errors {
        assert!(error.contains(name), "the file is not named: {error}");
    }
    let left = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(left, 1, "{name}: a file was written");
    errors
}

fn read_all(path: &Path) -> Vec<String> {
    let model = match Model::open(path) {
        Ok(model) => model,
        Err(error) => return vec![error_chain(&error)],
    };
    let skipped = model.skipped().iter();
    // What is listed with its reason belongs to the file by being listed.
    let skipped = skipped.map(|s| format!("{}: {}: {}", path.display(), s.name, s.reason));
    let mut errors: Vec<String> = skipped.collect();
    for index in 0..model.layers().len() {
        errors.extend(model.kernel(index).err().map(|e| error_chain(&e)));
        errors.extend(model.bias(index).err().map(|e| error_chain(&e)));
    }
    errors
}

/// Asserts that a file gives an error or a reason with these words.
fn refused(name: &str, bytes: &[u8], words: &str) {
    let errors = all_errors(name, bytes);
    assert!(
        errors.iter().any(|e| e.contains(words)),
        "{name}: no `{words}` in {errors:?}"
    );
}
