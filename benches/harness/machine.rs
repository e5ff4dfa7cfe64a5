//! What the numbers were measured on.

use std::fs;

/// The processor's name.
pub fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(':'));
    name.map_or_else(|| "unknown".to_owned(), |(_, name)| name.trim().to_owned())
}

/// Threads that the machine runs at once; 0 where it does not say.
pub fn hardware_threads() -> usize {
    std::thread::available_parallelism().map_or(0, usize::from)
}

/// The load average over a minute: past the threads of this run, others were at work and the ratios
/// are not to be trusted.
pub fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let first = text.split_whitespace().next().unwrap_or("unknown");
    first.to_owned()
}
