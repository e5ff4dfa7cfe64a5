//! Ordered maps, with rayon where the feature is on. Tasks never depend on the number of threads.

/// `[f(0), .., f(n - 1)]`, in index order.
pub(crate) fn map_ordered<T: Send>(n: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    map_with(0..n, || (), |(), i| f(i))
}

/// `f` of each index, in order, with scratch memory that tasks may find as another task left it.
pub(crate) fn map_with<T: Send, W>(
    indices: std::ops::Range<usize>,
    scratch: impl Fn() -> W + Sync + Send,
    f: impl Fn(&mut W, usize) -> T + Sync + Send,
) -> Vec<T> {
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        indices.into_par_iter().map_init(scratch, f).collect()
    }
    #[cfg(not(feature = "rayon"))]
    {
        let mut work = scratch();
        indices.map(|i| f(&mut work, i)).collect()
    }
}

/// Runs `f(i, chunk)` on each chunk of `data`. The caller fixes the length of a chunk by the
/// problem, not by the threads.
pub(crate) fn for_each_chunk(
    data: &mut [f64],
    chunk: usize,
    f: impl Fn(usize, &mut [f64]) + Sync + Send,
) {
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        data.par_chunks_mut(chunk)
            .enumerate()
            .for_each(|(i, part)| f(i, part));
    }
    #[cfg(not(feature = "rayon"))]
    {
        data.chunks_mut(chunk)
            .enumerate()
            .for_each(|(i, part)| f(i, part));
    }
}

/// Runs `f` on each task, in no order. Tasks write to disjoint places, so the order does not show.
pub(crate) fn for_each_task<T: Send>(tasks: Vec<T>, f: impl Fn(T) + Sync + Send) {
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        tasks.into_par_iter().for_each(f);
    }
    #[cfg(not(feature = "rayon"))]
    {
        tasks.into_iter().for_each(f);
    }
}

/// `f(i, chunk)` of each chunk of `data`, in index order.
pub(crate) fn map_chunks<T: Send>(
    data: &mut [f64],
    chunk: usize,
    f: impl Fn(usize, &mut [f64]) -> T + Sync + Send,
) -> Vec<T> {
    #[cfg(feature = "rayon")]
    {
        use rayon::prelude::*;
        data.par_chunks_mut(chunk)
            .enumerate()
            .map(|(i, part)| f(i, part))
            .collect()
    }
    #[cfg(not(feature = "rayon"))]
    {
        data.chunks_mut(chunk)
            .enumerate()
            .map(|(i, part)| f(i, part))
            .collect()
    }
}
