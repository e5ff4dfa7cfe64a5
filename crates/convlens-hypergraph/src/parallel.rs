//! The one place that knows whether rayon is there.

use std::ops::Range;

/// `(0..n).map(f)` with one scratch per worker, results in index order. `f` must not let the
/// scratch's past show in its result; then the result does not depend on the number of threads.
#[cfg(feature = "rayon")]
pub(crate) fn map_indexed<S, R: Send>(
    n: usize,
    scratch: impl Fn() -> S + Sync + Send,
    f: impl Fn(&mut S, usize) -> R + Sync + Send,
) -> Vec<R> {
    use rayon::prelude::*;
    (0..n)
        .into_par_iter()
        .with_min_len(8)
        .map_init(scratch, f)
        .collect()
}

/// `(0..n).map(f)` for few long tasks, which may be parallel themselves; results in index order.
#[cfg(feature = "rayon")]
pub(crate) fn map_long<R: Send>(n: usize, f: impl Fn(usize) -> R + Sync + Send) -> Vec<R> {
    use rayon::prelude::*;
    (0..n).into_par_iter().with_max_len(1).map(f).collect()
}

/// `(0..n).map(f)`.
#[cfg(not(feature = "rayon"))]
pub(crate) fn map_long<R>(n: usize, f: impl Fn(usize) -> R) -> Vec<R> {
    (0..n).map(f).collect()
}

/// `(0..n).map(f)` with one scratch, results in index order.
#[cfg(not(feature = "rayon"))]
pub(crate) fn map_indexed<S, R>(
    n: usize,
    scratch: impl Fn() -> S,
    f: impl Fn(&mut S, usize) -> R,
) -> Vec<R> {
    let mut scratch = scratch();
    (0..n).map(|i| f(&mut scratch, i)).collect()
}

/// Chunks that sources are cut into: enough to share them out evenly, few enough to add up.
const CHUNKS: usize = 64;

/// `f` of each chunk of `0..n`, in order.
pub(crate) fn map_chunks<R: Send>(n: usize, f: impl Fn(Range<usize>) -> R + Sync + Send) -> Vec<R> {
    let chunks = CHUNKS.min(n);
    map_long(chunks, |c| f(c * n / chunks..(c + 1) * n / chunks))
}

/// Adds up what each chunk found for each vertex, chunk after chunk.
pub(crate) fn add_up(n: usize, parts: Vec<Vec<f64>>) -> Vec<f64> {
    let mut total = vec![0.0; n];
    for part in parts {
        for (t, p) in total.iter_mut().zip(part) {
            *t += p;
        }
    }
    total
}
