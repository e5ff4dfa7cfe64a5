//! Squared singular values of real bidiagonal matrices, all lanes in lockstep.
//!
//! The differential quotient-difference algorithm with shifts (Fernando and Parlett 1994) on the
//! squares `q_i` of the diagonal and `e_i` of the superdiagonal: a step takes `B` to the bidiagonal
//! `C` with `C^T C = B B^T - tau I`. No subtraction but that of the shift, so small values lose
//! nothing to large ones; what is dropped is an `e` under `eps^2` of the largest entry, which moves
//! singular values by `eps` times the norm at most. Some batches go side by side, so that one waits
//! for its division while the other computes.
//!
//! *Shift.* The smaller eigenvalue `t` of the trailing 2 x 2 block of `B B^T` is at least the
//! smallest of all (Cauchy). A step with it that fails at its very last `d < 0` gives the lower
//! bound `t + d`, which is right to third order (Rutishauser 1960): so each step is probed with
//! `t`, then taken with `t + d`. Where a lane fails earlier, its small values have yet to come
//! down: it steps without shift, which brings them and cannot fail.
//!
//! *Lanes.* Where `e = 0`, a lane falls into blocks: shifts go to its last block alone, and each
//! index keeps the sum of its own shifts. A lane whose last value has converged steps without shift
//! until the others have.

use super::simd::Ops;
use super::workspace::SIDE_BY_SIDE as WIDTH;
use pulp::Simd;

/// Steps for one value, each a trial and a step.
const MOST_STEPS: usize = 60;

/// Squares under this are zero beside matrices of the size of 1.
const TINY: f64 = 1e-290;

type Wide<S> = [<S as Simd>::f64s; WIDTH];

/// The arrays, as long as the matrix: `q` and `e` twice, and the sums of shifts.
#[derive(Debug)]
pub(super) struct Arrays<'a, S: Simd> {
    pub(super) q: &'a mut [Wide<S>],
    pub(super) e: &'a mut [Wide<S>],
    pub(super) next_q: &'a mut [Wide<S>],
    pub(super) next_e: &'a mut [Wide<S>],
    pub(super) shifts: &'a mut [Wide<S>],
}

/// Replaces `q` by the squared singular values, in no order. Returns whether every lane converged.
#[inline(always)]
pub(super) fn squared_values<S: Simd>(ops: Ops<S>, arrays: Arrays<'_, S>) -> bool {
    let Arrays {
        q,
        e,
        next_q,
        next_e,
        shifts,
    } = arrays;
    let (n, zero) = (q.len(), ops.splat(0.0));
    let cut = drop_negligible(ops, q, e);
    shifts.fill([zero; WIDTH]);
    let mut converged = true;
    for last in (1..n).rev() {
        let mut steps = 0;
        while coupled(ops, &e[last - 1]) {
            if steps == MOST_STEPS {
                converged = false;
                break;
            }
            let start = last_block(ops, e, last);
            let mut shift = [zero; WIDTH];
            for b in 0..WIDTH {
                let active = ops.0.greater_than_f64s(e[last - 1][b], zero);
                let trial = trailing(ops, q[last - 1][b], e[last - 1][b], q[last][b]);
                shift[b] = ops.select(active, trial, zero);
            }
            let probe = step(ops, [q, e], None, last, &start, &shift, &cut);
            refine(ops, &mut shift, &probe);
            let out = Some([&mut *next_q, &mut *next_e]);
            let taken = step(ops, [q, e], out, last, &start, &shift, &cut);
            if failed(ops, &taken) {
                // Rounding made a shift too large: those lanes step without.
                for (b, shift) in shift.iter_mut().enumerate() {
                    let low = ops.0.min_f64s(taken.least[b], taken.last[b]);
                    let sound = ops.0.greater_than_or_equal_f64s(low, zero);
                    *shift = ops.select(sound, *shift, zero);
                }
                let out = Some([&mut *next_q, &mut *next_e]);
                step(ops, [q, e], out, last, &start, &shift, &cut);
            }
            add_shifts(ops, &mut shifts[..=last], &start, &shift);
            q[..=last].swap_with_slice(&mut next_q[..=last]);
            e[..last].swap_with_slice(&mut next_e[..last]);
            steps += 1;
        }
    }
    for (q, shift) in q.iter_mut().zip(shifts.iter()) {
        for b in 0..WIDTH {
            q[b] = ops.add(q[b], shift[b]);
        }
    }
    converged
}

/// What a step found: the least `d` before the last, and the last.
struct Found<S: Simd> {
    least: Wide<S>,
    last: Wide<S>,
}

/// Sets negligible `e` to zero and returns the bound: `eps^2` times the largest entry.
#[inline(always)]
fn drop_negligible<S: Simd>(ops: Ops<S>, q: &[Wide<S>], e: &mut [Wide<S>]) -> Wide<S> {
    let zero = ops.splat(0.0);
    let mut cut = [zero; WIDTH];
    for (q, e) in q.iter().zip(e.iter()) {
        for b in 0..WIDTH {
            cut[b] = ops.0.max_f64s(cut[b], ops.0.max_f64s(q[b], e[b]));
        }
    }
    for cut in &mut cut {
        *cut = ops.mul(*cut, ops.splat(f64::EPSILON * f64::EPSILON));
    }
    for e in e.iter_mut() {
        for b in 0..WIDTH {
            let kept = ops.0.greater_than_f64s(e[b], cut[b]);
            e[b] = ops.select(kept, e[b], zero);
        }
    }
    cut
}

/// Whether any lane has `e > 0` (or not a number).
#[inline(always)]
fn coupled<S: Simd>(ops: Ops<S>, e: &Wide<S>) -> bool {
    let (zero, mut least) = (ops.splat(0.0), ops.splat(1.0));
    for e in e {
        let done = ops.0.less_than_or_equal_f64s(*e, zero);
        least = ops.select(done, least, zero);
    }
    ops.0.reduce_min_f64s(least) < 0.5
}

/// The first index of each lane's last block, as a number.
#[inline(always)]
fn last_block<S: Simd>(ops: Ops<S>, e: &[Wide<S>], last: usize) -> Wide<S> {
    let zero = ops.splat(0.0);
    let mut start = [zero; WIDTH];
    for (i, e) in e[..last].iter().enumerate() {
        let behind = ops.splat((i + 1) as f64);
        for b in 0..WIDTH {
            let open = ops.0.greater_than_f64s(e[b], zero);
            start[b] = ops.select(open, start[b], behind);
        }
    }
    start
}

/// The smaller eigenvalue of `[[a + c, sqrt(b c)], [sqrt(b c), b]]`: its product with the larger
/// one is `a b`.
#[inline(always)]
fn trailing<S: Simd>(ops: Ops<S>, a: S::f64s, c: S::f64s, b: S::f64s) -> S::f64s {
    let (zero, half) = (ops.splat(0.0), ops.splat(0.5));
    let top = ops.add(a, c);
    let difference = ops.mul(half, ops.sub(top, b));
    let root = ops.sqrt(ops.madd(difference, difference, ops.mul(b, c)));
    let larger = ops.add(ops.mul(half, ops.add(top, b)), root);
    let regular = ops.0.greater_than_f64s(larger, ops.splat(TINY));
    let safe = ops.select(regular, larger, ops.splat(1.0));
    ops.select(regular, ops.mul(a, ops.div(b, safe)), zero)
}

/// From a trial shift and its step to a shift that is a lower bound.
#[inline(always)]
fn refine<S: Simd>(ops: Ops<S>, shift: &mut Wide<S>, probe: &Found<S>) {
    let zero = ops.splat(0.0);
    for (b, shift) in shift.iter_mut().enumerate() {
        let late = ops.0.greater_than_or_equal_f64s(probe.least[b], zero);
        let over = ops.0.min_f64s(probe.last[b], zero);
        let lowered = ops.add(*shift, over);
        let lowered = ops.mul(lowered, ops.splat(1.0 - 4.0 * f64::EPSILON));
        *shift = ops.select(late, ops.0.max_f64s(lowered, zero), zero);
    }
}

#[inline(always)]
fn failed<S: Simd>(ops: Ops<S>, found: &Found<S>) -> bool {
    let mut least = ops.splat(0.0);
    for b in 0..WIDTH {
        least = ops
            .0
            .min_f64s(least, ops.0.min_f64s(found.least[b], found.last[b]));
    }
    ops.0.reduce_min_f64s(least) < 0.0
}

/// One step over the indices up to `last`, written to `out` or only tried. Indices before `start`
/// take no shift.
#[inline(always)]
fn step<S: Simd>(
    ops: Ops<S>,
    [q, e]: [&[Wide<S>]; 2],
    mut out: Option<[&mut [Wide<S>]; 2]>,
    last: usize,
    start: &Wide<S>,
    shift: &Wide<S>,
    cut: &Wide<S>,
) -> Found<S> {
    let (zero, one, tiny) = (ops.splat(0.0), ops.splat(1.0), ops.splat(TINY));
    let mut d = [zero; WIDTH];
    let mut least = [ops.splat(f64::INFINITY); WIDTH];
    for b in 0..WIDTH {
        let shifted = ops.0.less_than_or_equal_f64s(start[b], zero);
        d[b] = ops.sub(q[0][b], ops.select(shifted, shift[b], zero));
    }
    for i in 0..last {
        let (e_i, q_next, index) = (e[i], q[i + 1], ops.splat((i + 1) as f64));
        let (mut new_q, mut new_e) = ([zero; WIDTH], [zero; WIDTH]);
        for b in 0..WIDTH {
            least[b] = ops.0.min_f64s(least[b], d[b]);
            let sum = ops.add(d[b], e_i[b]);
            let regular = ops.0.greater_than_f64s(sum, tiny);
            let t = ops.div(q_next[b], ops.select(regular, sum, one));
            let within = ops.0.less_than_or_equal_f64s(start[b], index);
            let tau = ops.select(within, shift[b], zero);
            new_q[b] = ops.select(regular, sum, zero);
            let moved = ops.select(regular, ops.mul(e_i[b], t), zero);
            let kept = ops.0.greater_than_f64s(moved, cut[b]);
            new_e[b] = ops.select(kept, moved, zero);
            let carried = ops.select(regular, ops.mul(d[b], t), q_next[b]);
            d[b] = ops.sub(carried, tau);
        }
        if let Some([next_q, next_e]) = &mut out {
            next_q[i] = new_q;
            next_e[i] = new_e;
        }
    }
    if let Some([next_q, _]) = out {
        next_q[last] = d;
    }
    Found { least, last: d }
}

/// Adds the shift to the sums of the indices from `start` on.
#[inline(always)]
fn add_shifts<S: Simd>(ops: Ops<S>, shifts: &mut [Wide<S>], start: &Wide<S>, shift: &Wide<S>) {
    let zero = ops.splat(0.0);
    for (i, sum) in shifts.iter_mut().enumerate() {
        let index = ops.splat(i as f64);
        for b in 0..WIDTH {
            let within = ops.0.less_than_or_equal_f64s(start[b], index);
            sum[b] = ops.add(sum[b], ops.select(within, shift[b], zero));
        }
    }
}
