//! Batches of Gram matrices through the lane kernels: eigenvalues, and whether all are under a
//! level.
//!
//! *Whether `theta I - G` is positive definite.*
//! Cholesky without pivoting, row by row (Golub and Van Loan, 4th ed., section 4.2.5): it runs to
//! its end with positive pivots if, up to rounding, all eigenvalues of `G` are under `theta`
//! (Higham 2002, theorem 10.7). Two rows by two columns go together. A quarter of the work of a
//! tridiagonalization.
//!
//! *Eigenvalues of real symmetric tridiagonal matrices.*
//! Root-free QL with the shift of Wilkinson (Pal, Walker, Kahan; Parlett 1998, section 8.15;
//! Reinsch 1973). `B` batches go side by side, so that one waits for its division while the other
//! computes. A sweep runs over the whole window: where a lane is decoupled (`r = p + e^2 = 0`), the
//! rotation is the identity and the chase starts anew behind it; where a lane has converged
//! already, its shift is its eigenvalue, and a sweep is one more similarity. Each lane is checked
//! for convergence by itself; what has not converged is said, and left to the caller.

use super::householder::{TridiagonalVectors, row_start, tridiagonalize};
use super::simd::{Aligned, Complex, Instructions, Ops, numbers};
use super::taps::{GramTaps, evaluate_gram};
use super::workspace::{Angles, SIDE_BY_SIDE, Workspace, batches_per_task, write_angles};
use num_complex::Complex64;
use pulp::{Simd, WithSimd};

/// The lane kernels on one group's Gram taps.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Solver<'a> {
    taps: &'a GramTaps,
    instructions: Instructions,
}

impl<'a> Solver<'a> {
    pub(crate) fn new(taps: &'a GramTaps, instructions: Instructions) -> Self {
        Self { taps, instructions }
    }

    /// The taps.
    pub(crate) fn taps(&self) -> &'a GramTaps {
        self.taps
    }

    /// Frequencies of one task.
    pub(crate) fn frequencies_per_task(&self) -> usize {
        batches_per_task(self.taps.n) * self.instructions.lanes()
    }

    /// The eigenvalues at `count` frequencies (at most [`Self::frequencies_per_task`]), ascending,
    /// `n` for each, into `out`. False where a lane did not converge or is not finite; `out` is
    /// then to be computed another way.
    pub(crate) fn eigenvalues(
        &self,
        count: usize,
        angles: Angles<'_>,
        work: &mut Workspace,
        out: &mut [f64],
    ) -> bool {
        let taps = self.taps;
        self.instructions.run(Eigenvalues {
            taps,
            count,
            angles,
            work,
            out,
        })
    }

    /// Calls `each(i, G)` with the Gram matrix at each of `count` frequencies, Hermitian, `n x n`.
    pub(crate) fn matrices(
        &self,
        count: usize,
        angles: Angles<'_>,
        work: &mut Workspace,
        each: &mut dyn FnMut(usize, &[Complex64]),
    ) {
        let taps = self.taps;
        self.instructions.run(Matrices {
            taps,
            count,
            angles,
            work,
            each,
        });
    }

    /// Whether all eigenvalues at `count` frequencies are under `theta`, up to rounding.
    pub(crate) fn all_below(
        &self,
        theta: f64,
        count: usize,
        angles: Angles<'_>,
        work: &mut Workspace,
    ) -> bool {
        let taps = self.taps;
        self.instructions.run(Below {
            taps,
            theta,
            count,
            angles,
            work,
        })
    }
}

impl Workspace {
    fn fit(&mut self, taps: &GramTaps, lanes: usize) {
        let n = taps.n;
        self.matrix.fit(2 * row_start(n) * lanes);
        self.vectors.fit(8 * n * lanes);
        self.tridiagonal.fit(2 * (SIDE_BY_SIDE + 1) * n * lanes);
        self.fit_angles(&taps.offsets, lanes);
    }

    /// The Gram matrices of the batch that starts at frequency `first`; lanes past the end repeat
    /// the last frequency.
    #[inline(always)]
    fn evaluate<S: Simd>(
        &mut self,
        ops: Ops<S>,
        taps: &GramTaps,
        first: usize,
        count: usize,
        angles: Angles<'_>,
    ) {
        let memory = (&mut self.row[..], &mut self.angles);
        let angle = write_angles(ops, first, count, angles, &taps.offsets, memory);
        evaluate_gram(ops, taps, angle, self.matrix.complex::<S>());
    }
}

struct Eigenvalues<'a> {
    taps: &'a GramTaps,
    count: usize,
    angles: Angles<'a>,
    work: &'a mut Workspace,
    out: &'a mut [f64],
}

impl WithSimd for Eigenvalues<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let Self {
            taps,
            count,
            angles,
            work,
            out,
        } = self;
        let (ops, n, lanes) = (Ops(simd), taps.n, S::F64_LANES);
        work.fit(taps, lanes);
        for batch in 0..SIDE_BY_SIDE {
            // A batch past the end repeats the one before.
            if batch == 0 || batch * lanes < count {
                work.evaluate(ops, taps, batch * lanes, count, angles);
                let vectors = split_vectors(work.vectors.complex::<S>(), n);
                let (_, _, one_d, one_e2) = split_tridiagonal::<S>(&mut work.tridiagonal, n);
                tridiagonalize(ops, work.matrix.complex::<S>(), vectors, one_d, one_e2);
            }
            let (d, e2, one_d, one_e2) = split_tridiagonal::<S>(&mut work.tridiagonal, n);
            for i in 0..n {
                d[i][batch] = one_d[i];
                e2[i][batch] = one_e2[i];
            }
        }
        let (d, e2, ..) = split_tridiagonal::<S>(&mut work.tridiagonal, n);
        let converged = eigenvalues(ops, d, e2);
        let mut finite = true;
        for (at, values) in out.chunks_exact_mut(n).take(count).enumerate() {
            let (batch, lane) = (at / lanes, at % lanes);
            for (value, d) in values.iter_mut().zip(d.iter()) {
                *value = numbers::<S>(&d[batch])[lane];
                finite &= value.is_finite();
            }
            values.sort_unstable_by(f64::total_cmp);
        }
        converged && finite
    }
}

struct Matrices<'a> {
    taps: &'a GramTaps,
    count: usize,
    angles: Angles<'a>,
    work: &'a mut Workspace,
    each: &'a mut dyn FnMut(usize, &[Complex64]),
}

impl WithSimd for Matrices<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            taps,
            count,
            angles,
            work,
            each,
        } = self;
        let (ops, n, lanes) = (Ops(simd), taps.n, S::F64_LANES);
        work.fit(taps, lanes);
        let mut one = vec![Complex64::ZERO; n * n];
        for first in (0..count).step_by(lanes) {
            work.evaluate(ops, taps, first, count, angles);
            let matrix = work.matrix.complex::<S>();
            for lane in 0..lanes.min(count - first) {
                for i in 0..n {
                    for (j, entry) in matrix[row_start(i)..=row_start(i) + i].iter().enumerate() {
                        let [re, im] = [0, 1].map(|part| numbers::<S>(&entry[part])[lane]);
                        one[i * n + j] = Complex64::new(re, im);
                        one[j * n + i] = Complex64::new(re, -im);
                    }
                }
                each(first + lane, &one);
            }
        }
    }
}

struct Below<'a> {
    taps: &'a GramTaps,
    theta: f64,
    count: usize,
    angles: Angles<'a>,
    work: &'a mut Workspace,
}

impl WithSimd for Below<'_> {
    type Output = bool;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> bool {
        let Self {
            taps,
            theta,
            count,
            angles,
            work,
        } = self;
        let (ops, n, lanes) = (Ops(simd), taps.n, S::F64_LANES);
        work.fit(taps, lanes);
        for first in (0..count).step_by(lanes) {
            work.evaluate(ops, taps, first, count, angles);
            let inverse = &mut work.tridiagonal.real::<S>()[..n];
            if !below(ops, theta, work.matrix.complex::<S>(), inverse) {
                return false;
            }
        }
        true
    }
}

/// `d` and `e^2` of all batches side by side, then of one batch.
type Tridiagonal<'a, S> = (
    &'a mut [[<S as Simd>::f64s; SIDE_BY_SIDE]],
    &'a mut [[<S as Simd>::f64s; SIDE_BY_SIDE]],
    &'a mut [<S as Simd>::f64s],
    &'a mut [<S as Simd>::f64s],
);

fn split_tridiagonal<S: Simd>(memory: &mut Aligned, n: usize) -> Tridiagonal<'_, S> {
    let (both, one) = memory.real::<S>().split_at_mut(2 * SIDE_BY_SIDE * n);
    let (d, e2) = both.as_chunks_mut().0.split_at_mut(n);
    let (one_d, one_e2) = one.split_at_mut(n);
    (d, e2, one_d, one_e2)
}

fn split_vectors<S: Simd>(vectors: &mut [Complex<S>], n: usize) -> TridiagonalVectors<'_, S> {
    let (v, rest) = vectors.split_at_mut(n);
    let (w, rest) = rest.split_at_mut(n);
    let (x, p) = rest.split_at_mut(n);
    TridiagonalVectors { v, w, x, p }
}

/// Overwrites the packed lower triangle `a` of `n` rows by the factor of `theta I - a`. `inverse`
/// has `n` entries. Returns whether every pivot of every lane was positive.
#[inline(always)]
pub(super) fn below<S: Simd>(
    ops: Ops<S>,
    theta: f64,
    a: &mut [Complex<S>],
    inverse: &mut [S::f64s],
) -> bool {
    let n = inverse.len();
    let theta = ops.splat(theta);
    let mut least = ops.splat(f64::INFINITY);
    let mut i = 0;
    while i < n {
        let rows = (n - i).min(2);
        let (done, rest) = a.split_at_mut(row_start(i));
        let (row0, row1) = rest[..row_start(i + rows) - row_start(i)].split_at_mut(i + 1);
        let mut j = 0;
        while j + 1 < i {
            let above = [
                &done[row_start(j)..row_start(j) + j + 1],
                &done[row_start(j + 1)..row_start(j + 1) + j + 2],
            ];
            if rows == 2 {
                block(ops, above, j, [row0, row1], inverse);
            } else {
                single(ops, above[0], j, row0, inverse);
                single(ops, above[1], j + 1, row0, inverse);
            }
            j += 2;
        }
        least = pivot(ops, theta, row0, i, inverse, least);
        if rows == 2 {
            single(ops, row0, i, row1, inverse);
            least = pivot(ops, theta, row1, i + 1, inverse, least);
        }
        i += rows;
    }
    ops.0.reduce_min_f64s(least) > 0.0
}

/// Entries `(i, j), (i, j + 1), (i + 1, j), (i + 1, j + 1)` of the factor.
#[inline(always)]
fn block<S: Simd>(
    ops: Ops<S>,
    above: [&[Complex<S>]; 2],
    j: usize,
    [row0, row1]: [&mut [Complex<S>]; 2],
    inverse: &[S::f64s],
) {
    let mut acc = [ops.zero(); 4];
    let columns = above[0][..j].iter().zip(&above[1][..j]);
    for ((&u, &v), (&x, &y)) in columns.zip(row0[..j].iter().zip(&row1[..j])) {
        acc[0] = ops.cmsub_conj(x, u, acc[0]);
        acc[1] = ops.cmsub_conj(x, v, acc[1]);
        acc[2] = ops.cmsub_conj(y, u, acc[2]);
        acc[3] = ops.cmsub_conj(y, v, acc[3]);
    }
    let (corner, inverse) = (above[1][j], [inverse[j], inverse[j + 1]]);
    finish(ops, &mut row0[j..j + 2], [acc[0], acc[1]], corner, inverse);
    finish(ops, &mut row1[j..j + 2], [acc[2], acc[3]], corner, inverse);
}

/// Two neighbors of a row, from their sums over the columns before both; `corner` couples them.
#[inline(always)]
fn finish<S: Simd>(
    ops: Ops<S>,
    entries: &mut [Complex<S>],
    sums: [Complex<S>; 2],
    corner: Complex<S>,
    inverse: [S::f64s; 2],
) {
    let first = scaled(ops, difference(ops, sums[0], entries[0]), inverse[0]);
    let rest = ops.cmsub_conj(first, corner, difference(ops, sums[1], entries[1]));
    entries[0] = first;
    entries[1] = scaled(ops, rest, inverse[1]);
}

/// Entry `(i, j)` of the factor.
#[inline(always)]
fn single<S: Simd>(
    ops: Ops<S>,
    above: &[Complex<S>],
    j: usize,
    row: &mut [Complex<S>],
    inverse: &[S::f64s],
) {
    let mut acc = ops.zero();
    for (&u, &x) in above[..j].iter().zip(&row[..j]) {
        acc = ops.cmsub_conj(x, u, acc);
    }
    row[j] = scaled(ops, difference(ops, acc, row[j]), inverse[j]);
}

/// The reciprocal of the pivot of row `i`; the least squared pivot so far.
#[inline(always)]
fn pivot<S: Simd>(
    ops: Ops<S>,
    theta: S::f64s,
    row: &[Complex<S>],
    i: usize,
    inverse: &mut [S::f64s],
    least: S::f64s,
) -> S::f64s {
    let (mut even, mut odd) = (ops.splat(0.0), ops.splat(0.0));
    for x in &row[..i] {
        even = ops.madd(x[0], x[0], even);
        odd = ops.madd(x[1], x[1], odd);
    }
    let square = ops.sub(ops.sub(theta, row[i][0]), ops.add(even, odd));
    let positive = ops.0.greater_than_f64s(square, ops.splat(0.0));
    let safe = ops.select(positive, square, ops.splat(1.0));
    inverse[i] = ops.div(ops.splat(1.0), ops.sqrt(safe));
    // A pivot that is not a number counts as negative.
    let square = ops.select(positive, square, ops.splat(-1.0));
    ops.0.min_f64s(least, square)
}

/// `sum - entry`: off the diagonal, `theta I - G` has the entries `-g`.
#[inline(always)]
fn difference<S: Simd>(ops: Ops<S>, sum: Complex<S>, entry: Complex<S>) -> Complex<S> {
    [ops.sub(sum[0], entry[0]), ops.sub(sum[1], entry[1])]
}

#[inline(always)]
fn scaled<S: Simd>(ops: Ops<S>, a: Complex<S>, by: S::f64s) -> Complex<S> {
    [ops.mul(a[0], by), ops.mul(a[1], by)]
}

/// Sweeps for one eigenvalue; LAPACK allows 30, for one matrix.
const MOST_SWEEPS: usize = 40;

/// Squares under this are zero beside matrices of the size of 1.
const TINY: f64 = 1e-200;

/// Replaces the diagonal `d` by the eigenvalues, in no order. `e2[k]` is the squared off-diagonal
/// between `k - 1` and `k`, and is overwritten. Returns whether every lane converged.
///
/// An off-diagonal is dropped at `eps` times the largest entry: the error is of the order of
/// `eps |T|`, absolute.
#[inline(always)]
pub(super) fn eigenvalues<S: Simd, const B: usize>(
    ops: Ops<S>,
    d: &mut [[S::f64s; B]],
    e2: &mut [[S::f64s; B]],
) -> bool {
    let cut = thresholds(ops, d, e2);
    let n = d.len();
    let mut converged = true;
    for l in 0..n.saturating_sub(1) {
        let mut sweeps = 0;
        while above(ops, &e2[l + 1], &cut) {
            if sweeps == MOST_SWEEPS {
                converged = false;
                break;
            }
            sweep(ops, &mut d[l..], &mut e2[l..]);
            sweeps += 1;
        }
    }
    converged
}

/// `eps^2` times the square of the largest entry.
#[inline(always)]
fn thresholds<S: Simd, const B: usize>(
    ops: Ops<S>,
    d: &[[S::f64s; B]],
    e2: &[[S::f64s; B]],
) -> [S::f64s; B] {
    let mut largest = [ops.splat(0.0); B];
    for (d, e2) in d.iter().zip(e2) {
        for b in 0..B {
            let most = ops.0.max_f64s(ops.mul(d[b], d[b]), e2[b]);
            largest[b] = ops.0.max_f64s(largest[b], most);
        }
    }
    for x in &mut largest {
        *x = ops.mul(*x, ops.splat(f64::EPSILON * f64::EPSILON));
    }
    largest
}

/// Whether any lane of any batch is above its bound, or not a number.
#[inline(always)]
fn above<S: Simd, const B: usize>(ops: Ops<S>, x: &[S::f64s; B], bound: &[S::f64s; B]) -> bool {
    let (zero, mut least) = (ops.splat(0.0), ops.splat(1.0));
    for b in 0..B {
        let within = ops.0.less_than_or_equal_f64s(x[b], bound[b]);
        least = ops.select(within, least, zero);
    }
    ops.0.reduce_min_f64s(least) < 0.5
}

/// One QL sweep over the window, from its last row to its first.
#[inline(always)]
fn sweep<S: Simd, const B: usize>(ops: Ops<S>, d: &mut [[S::f64s; B]], e2: &mut [[S::f64s; B]]) {
    let n = d.len();
    let (zero, one, tiny) = (ops.splat(0.0), ops.splat(1.0), ops.splat(TINY));
    let (mut sigma, mut gamma, mut p) = ([zero; B], [zero; B], [zero; B]);
    let (mut c, mut s) = ([one; B], [zero; B]);
    for b in 0..B {
        sigma[b] = shift(ops, d[0][b], d[1][b], e2[1][b]);
        gamma[b] = ops.sub(d[n - 1][b], sigma[b]);
        p[b] = ops.mul(gamma[b], gamma[b]);
    }
    for i in (0..n - 1).rev() {
        let (bb, alpha) = (e2[i + 1], d[i]);
        for b in 0..B {
            let r = ops.add(p[b], bb[b]);
            if i + 2 < n {
                e2[i + 2][b] = ops.mul(s[b], r);
            }
            let coupled = ops.0.greater_than_f64s(r, tiny);
            let inverse = ops.div(one, ops.select(coupled, r, one));
            let old_c = c[b];
            let old_gamma = gamma[b];
            c[b] = ops.select(coupled, ops.mul(p[b], inverse), one);
            s[b] = ops.select(coupled, ops.mul(bb[b], inverse), zero);
            let stretch = ops.div(r, p[b]);
            let moved = ops.mul(c[b], ops.sub(alpha[b], sigma[b]));
            gamma[b] = ops.msub(s[b], old_gamma, moved);
            d[i + 1][b] = ops.add(old_gamma, ops.sub(alpha[b], gamma[b]));
            let square = ops.mul(gamma[b], gamma[b]);
            let regular = ops.0.greater_than_f64s(p[b], tiny);
            let turned = ops.select(coupled, ops.mul(old_c, bb[b]), square);
            p[b] = ops.select(regular, ops.mul(square, stretch), turned);
        }
    }
    for b in 0..B {
        e2[1][b] = ops.mul(s[b], p[b]);
        d[0][b] = ops.add(sigma[b], gamma[b]);
    }
}

/// The eigenvalue of `[[a, e], [e, b]]` nearer to `a`, from `e^2`.
#[inline(always)]
fn shift<S: Simd>(ops: Ops<S>, a: S::f64s, b: S::f64s, e2: S::f64s) -> S::f64s {
    let zero = ops.splat(0.0);
    let half = ops.mul(ops.sub(b, a), ops.splat(0.5));
    let root = ops.sqrt(ops.madd(half, half, e2));
    let negative = ops.0.less_than_f64s(half, zero);
    let reach = ops.add(half, ops.select(negative, ops.sub(zero, root), root));
    let defined = ops.0.greater_than_f64s(ops.mul(reach, reach), zero);
    let step = ops.div(e2, ops.select(defined, reach, ops.splat(1.0)));
    ops.sub(a, ops.select(defined, step, zero))
}
