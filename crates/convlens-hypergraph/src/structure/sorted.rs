//! Sets as lists that ascend without repeats.

use std::cmp::Ordering;

/// Whether `large` holds all of `small`. O(small × log large).
pub(super) fn includes(large: &[u32], small: &[u32]) -> bool {
    let mut rest = large;
    small.iter().all(|v| {
        rest = &rest[rest.partition_point(|u| u < v)..];
        rest.first() == Some(v)
    })
}

/// Calls `visit` with each element of either list, ascending, and where it is: `Less` in `a` only,
/// `Greater` in `b` only, `Equal` in both.
pub(super) fn merge(a: &[u32], b: &[u32], mut visit: impl FnMut(u32, Ordering)) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let order = a[i].cmp(&b[j]);
        visit(a[i].min(b[j]), order);
        i += usize::from(order.is_le());
        j += usize::from(order.is_ge());
    }
    a[i..].iter().for_each(|&v| visit(v, Ordering::Less));
    b[j..].iter().for_each(|&v| visit(v, Ordering::Greater));
}

/// The elements whose place, as [`merge`] tells it, is wanted.
pub(super) fn select(a: &[u32], b: &[u32], wanted: impl Fn(Ordering) -> bool) -> Vec<u32> {
    let mut selected = Vec::new();
    merge(a, b, |v, order| {
        if wanted(order) {
            selected.push(v);
        }
    });
    selected
}
