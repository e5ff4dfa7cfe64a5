//! The memory of this process, from Linux's `/proc/self`; nothing elsewhere.

use std::fs;

/// Resident memory now, in KiB.
pub(crate) fn resident_kib() -> Option<u64> {
    status("VmRSS:")
}

/// The most resident memory since the start, or since [`reset_peak`], in KiB.
pub(crate) fn peak_kib() -> Option<u64> {
    status("VmHWM:")
}

/// Sets the peak back to what is resident now; where that is refused, the peak stays that of the
/// whole run.
pub(crate) fn reset_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

fn status(field: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}
