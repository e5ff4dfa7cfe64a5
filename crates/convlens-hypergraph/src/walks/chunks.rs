//! Sources in fixed chunks, so that sums do not depend on the number of threads.

use std::ops::Range;

use crate::parallel::map_long;

/// Chunks that sources are cut into: enough to share them out evenly, few enough to add up.
const CHUNKS: usize = 64;

/// `f` of each chunk of `0..n`, in order.
pub(super) fn map_chunks<R: Send>(n: usize, f: impl Fn(Range<usize>) -> R + Sync + Send) -> Vec<R> {
    let chunks = CHUNKS.min(n);
    map_long(chunks, |c| f(c * n / chunks..(c + 1) * n / chunks))
}

/// Adds up what each chunk found for each vertex, chunk after chunk.
pub(super) fn add_up(n: usize, parts: Vec<Vec<f64>>) -> Vec<f64> {
    let mut total = vec![0.0; n];
    for part in parts {
        for (t, p) in total.iter_mut().zip(part) {
            *t += p;
        }
    }
    total
}
