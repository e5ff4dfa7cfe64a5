//! Shapes behind operators that only rearrange their input.

use std::collections::BTreeSet;

use super::super::graph::Graph;
use super::super::proto::NodeProto;
use super::dims::{Dim, axis_of};

/// `Reshape`: -1 takes what is left, and 0 copies unless the node allows zeros. Without a known
/// input only these dimensions are unknown.
pub(super) fn reshaped(x: Option<&[Dim]>, target: &[i64], copies_zero: bool) -> Vec<Dim> {
    let copied = |i: usize| copies_zero && target.get(i) == Some(&0);
    let mut out: Vec<Dim> = target
        .iter()
        .enumerate()
        .map(|(i, &t)| match x {
            Some(x) if copied(i) => x.get(i).copied().flatten(),
            None if copied(i) => None,
            _ => usize::try_from(t).ok(),
        })
        .collect();
    if let (Some(x), Some(free)) = (x, target.iter().position(|&t| t == -1)) {
        // A copied dimension stands on both sides, and cancels even where it is unknown.
        let (all, rest) = (
            product(x, copied),
            product(&out, |i| i == free || copied(i)),
        );
        out[free] = match (all, rest) {
            (Some(all), Some(rest)) if rest > 0 && all % rest == 0 => Some(all / rest),
            _ => None,
        };
    }
    out
}

/// `Transpose`: the given order, or the reverse.
pub(super) fn permuted(mut x: Vec<Dim>, order: Option<&[i64]>) -> Option<Vec<Dim>> {
    let Some(order) = order else {
        x.reverse();
        return Some(x);
    };
    if order.len() != x.len() {
        return None;
    }
    order
        .iter()
        .map(|&p| x.get(usize::try_from(p).ok()?).copied())
        .collect()
}

/// `Flatten` to a matrix.
pub(super) fn flattened(x: &[Dim], axis: i64) -> Option<Vec<Dim>> {
    // Unlike elsewhere, an axis equal to the rank is allowed: everything is rows.
    let axis = match axis {
        end if usize::try_from(end) == Ok(x.len()) => x.len(),
        axis => axis_of(axis, x.len())?,
    };
    let whole = |part: &[Dim]| product(part, |_| false);
    Some(vec![whole(&x[..axis]), whole(&x[axis..])])
}

/// `Unsqueeze`: new axes of size 1, counted in the output.
pub(super) fn unsqueezed(graph: &Graph, node: &NodeProto, x: &[Dim]) -> Option<Vec<Dim>> {
    let axes = axes(graph, node)?;
    let rank = x.len().checked_add(axes.len())?;
    let new = axes.iter().map(|&a| axis_of(a, rank));
    let new: BTreeSet<usize> = new.collect::<Option<_>>()?;
    let mut old = x.iter().copied();
    let out = (0..rank).map(|i| match new.contains(&i) {
        true => Some(Some(1)),
        false => old.next(),
    });
    out.collect()
}

/// `Squeeze`: without axes all of size 1, which must then be known.
pub(super) fn squeezed(graph: &Graph, node: &NodeProto, x: &[Dim]) -> Option<Vec<Dim>> {
    let gone: BTreeSet<usize> = match axes(graph, node) {
        Some(axes) => {
            let axes = axes.iter().map(|&a| axis_of(a, x.len()));
            axes.collect::<Option<_>>()?
        }
        None if node.input_name(1).is_some() || x.contains(&None) => return None,
        None => (0..x.len()).filter(|&i| x[i] == Some(1)).collect(),
    };
    let stays = x.iter().enumerate().filter(|(i, _)| !gone.contains(i));
    Some(stays.map(|(_, &d)| d).collect())
}

/// The axes of a node: an attribute, or the second input since operator set 13.
fn axes(graph: &Graph, node: &NodeProto) -> Option<Vec<i64>> {
    match (node.ints("axes"), node.input_name(1)) {
        (Some(axes), _) => Some(axes.to_vec()),
        (None, Some(name)) => graph.constant_integers(name),
        (None, None) => None,
    }
}

/// The product of all dimensions but those left out.
fn product(dims: &[Dim], left_out: impl Fn(usize) -> bool) -> Dim {
    let counted = dims.iter().enumerate().filter(|&(i, _)| !left_out(i));
    counted
        .map(|(_, &d)| d)
        .try_fold(1usize, |n, d| n.checked_mul(d?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reshape_fills_the_free_dimension_only_when_it_divides() {
        let x = [Some(2), Some(6), Some(4)];
        assert_eq!(reshaped(Some(&x), &[0, -1], true), [Some(2), Some(24)]);
        assert_eq!(reshaped(Some(&x), &[5, -1], true), [Some(5), None]);
        let x = [None, Some(6)];
        assert_eq!(reshaped(Some(&x), &[-1, 3], true), [None, Some(3)]);
    }

    #[test]
    fn a_copied_dimension_need_not_be_known() {
        let x = [None, Some(32)];
        let out = reshaped(Some(&x), &[0, 2, -1, 4], true);
        assert_eq!(out, [None, Some(2), Some(4), Some(4)]);
    }

    #[test]
    fn an_explicit_target_needs_no_input() {
        assert_eq!(
            reshaped(None, &[1, 2, 4], true),
            [Some(1), Some(2), Some(4)]
        );
        assert_eq!(reshaped(None, &[0, 2, -1], true), [None, Some(2), None]);
    }

    #[test]
    fn zeros_are_sizes_where_the_node_allows_them() {
        let x = [Some(3), Some(0)];
        assert_eq!(reshaped(Some(&x), &[0, 5], false), [Some(0), Some(5)]);
        assert_eq!(reshaped(Some(&x), &[0, 5], true), [Some(3), Some(5)]);
    }

    #[test]
    fn a_transpose_without_order_reverses() {
        let x = vec![None, Some(2), Some(3)];
        assert_eq!(
            permuted(x.clone(), None),
            Some(vec![Some(3), Some(2), None])
        );
        assert_eq!(permuted(x.clone(), Some(&[1, 0])), None);
        assert_eq!(
            permuted(x, Some(&[0, 2, 1])),
            Some(vec![None, Some(3), Some(2)])
        );
    }
}
