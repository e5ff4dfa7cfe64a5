//! The memory of an analysis: that of its largest layer, whatever the file's size.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::checkpoint::write;

/// The peak of a process so far, in bytes; none once it has ended.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib << 10)
}

#[test]
fn a_file_of_128_mib_takes_twice_its_largest_layer_at_most() {
    let folder = tempfile::tempdir().unwrap();
    // The largest is 64 MiB as f64.
    let large: &[usize] = &[512, 16384];
    let layers = [("a", large), ("b", large), ("c", large), ("d", large)];
    write(&folder.path().join("large.safetensors"), &layers, 1);
    let mut child = Command::new(env!("CARGO_BIN_EXE_convlens"))
        .args(["analyze", "large.safetensors"])
        .current_dir(folder.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut highest = 0;
    while child.try_wait().unwrap().is_none() {
        highest = peak(child.id()).map_or(highest, |now| now.max(highest));
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(child.wait().unwrap().success());
    let layer = 8 * large.iter().product::<usize>() as u64;
    // The program itself takes some 30 MB. A second copy of the layer would be over this, and so
    // would two layers at once or the vectors of one; that it is over the layer shows that the peak
    // was seen.
    let bound = 2 * layer - (16 << 20);
    assert!(
        layer < highest && highest < bound,
        "{highest} bytes, for a layer of {layer}"
    );
}
