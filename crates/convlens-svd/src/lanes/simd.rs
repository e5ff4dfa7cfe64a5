//! Vectors of frequencies: one lane each, real and imaginary parts in vectors of their own.

use pulp::{Arch, Scalar128b, Simd, WithSimd};
use std::any::TypeId;

/// A complex number in each lane: `[re, im]`.
pub(super) type Complex<S> = [<S as Simd>::f64s; 2];

/// Long sums that run at once, as each waits for its own last addition: twice four of them keep
/// both multipliers busy.
pub(super) const AT_ONCE: usize = 4;

/// Terms from which a sum is long. Shorter ones overlap by themselves.
const LONG: usize = 32;

/// Coefficients and the entries that they belong to: groups of entries, then single ones.
type Parts<'c, 'o, T> = (
    (&'c [f64], &'o mut [[T; AT_ONCE]]),
    (&'c [f64], &'o mut [T]),
);

/// Coefficients, `stride` to an entry, and entries: those whose sums of so many terms run at once,
/// and the others.
#[inline(always)]
pub(super) fn by_length<'c, 'o, T>(
    coefficients: &'c [f64],
    stride: usize,
    terms: usize,
    out: &'o mut [T],
) -> Parts<'c, 'o, T> {
    let count = if terms < LONG { 0 } else { out.len() / AT_ONCE };
    let (first, rest) = coefficients.split_at(count * AT_ONCE * stride);
    let (together, alone) = out.split_at_mut(count * AT_ONCE);
    ((first, together.as_chunks_mut().0), (rest, alone))
}

/// Which instructions the lane kernels use.
///
/// Every choice keeps the same accuracy. Instructions with fused multiply-add round less often, so
/// results of two choices differ in the last bits; results of one choice are the same bits on every
/// processor that has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Instructions {
    /// The widest that the processor has, found at run time (AVX-512, AVX2 with FMA, NEON, else
    /// [`Self::Portable`]): the default.
    #[default]
    Detected,
    /// AVX2 with FMA where the processor has it, else [`Self::Portable`].
    Avx2,
    /// What every processor of the target has (SSE2 on x86-64), without fused multiply-add: the
    /// same bits everywhere.
    Portable,
}

impl Instructions {
    /// Runs `op` with the vectors of this choice.
    pub(super) fn run<Op: WithSimd>(self, op: Op) -> Op::Output {
        match self {
            Self::Detected => match Arch::new() {
                Arch::Scalar => op.with_simd(Scalar128b),
                arch => arch.dispatch(op),
            },
            Self::Avx2 => avx2(op),
            Self::Portable => op.with_simd(Scalar128b),
        }
    }

    /// Frequencies that go side by side.
    pub(super) fn lanes(self) -> usize {
        self.run(Lanes)
    }
}

#[cfg(target_arch = "x86_64")]
fn avx2<Op: WithSimd>(op: Op) -> Op::Output {
    match pulp::x86::V3::try_new() {
        Some(simd) => Arch::V3(simd).dispatch(op),
        None => op.with_simd(Scalar128b),
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn avx2<Op: WithSimd>(op: Op) -> Op::Output {
    op.with_simd(Scalar128b)
}

struct Lanes;

impl WithSimd for Lanes {
    type Output = usize;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> usize {
        S::F64_LANES
    }
}

/// Arithmetic on vectors, with `a b + c` fused where the instructions have it.
///
/// Everything here and all that calls it is `inline(always)`: only so is it compiled with the
/// instructions of `S`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ops<S>(pub(super) S);

impl<S: Simd> Ops<S> {
    #[inline(always)]
    pub(super) fn splat(self, x: f64) -> S::f64s {
        self.0.splat_f64s(x)
    }

    #[inline(always)]
    pub(super) fn zero(self) -> Complex<S> {
        [self.splat(0.0); 2]
    }

    #[inline(always)]
    pub(super) fn add(self, a: S::f64s, b: S::f64s) -> S::f64s {
        self.0.add_f64s(a, b)
    }

    #[inline(always)]
    pub(super) fn sub(self, a: S::f64s, b: S::f64s) -> S::f64s {
        self.0.sub_f64s(a, b)
    }

    #[inline(always)]
    pub(super) fn mul(self, a: S::f64s, b: S::f64s) -> S::f64s {
        self.0.mul_f64s(a, b)
    }

    #[inline(always)]
    pub(super) fn div(self, a: S::f64s, b: S::f64s) -> S::f64s {
        self.0.div_f64s(a, b)
    }

    #[inline(always)]
    pub(super) fn sqrt(self, a: S::f64s) -> S::f64s {
        self.0.sqrt_f64s(a)
    }

    /// `a b + c`.
    #[inline(always)]
    pub(super) fn madd(self, a: S::f64s, b: S::f64s, c: S::f64s) -> S::f64s {
        if TypeId::of::<S>() == TypeId::of::<Scalar128b>() {
            // Without the instruction, `mul_add` is a call to a library.
            self.add(self.mul(a, b), c)
        } else {
            self.0.mul_add_f64s(a, b, c)
        }
    }

    /// `c - a b`.
    #[inline(always)]
    pub(super) fn msub(self, a: S::f64s, b: S::f64s, c: S::f64s) -> S::f64s {
        if TypeId::of::<S>() == TypeId::of::<Scalar128b>() {
            self.sub(c, self.mul(a, b))
        } else {
            self.0.negate_mul_add_f64s(a, b, c)
        }
    }

    /// `c + a b` for complex numbers.
    #[inline(always)]
    pub(super) fn cmadd(self, a: Complex<S>, b: Complex<S>, c: Complex<S>) -> Complex<S> {
        [
            self.msub(a[1], b[1], self.madd(a[0], b[0], c[0])),
            self.madd(a[1], b[0], self.madd(a[0], b[1], c[1])),
        ]
    }

    /// `c + conj(a) b`.
    #[inline(always)]
    pub(super) fn cmadd_conj(self, a: Complex<S>, b: Complex<S>, c: Complex<S>) -> Complex<S> {
        [
            self.madd(a[1], b[1], self.madd(a[0], b[0], c[0])),
            self.msub(a[1], b[0], self.madd(a[0], b[1], c[1])),
        ]
    }

    /// `c - a conj(b)`.
    #[inline(always)]
    pub(super) fn cmsub_conj(self, a: Complex<S>, b: Complex<S>, c: Complex<S>) -> Complex<S> {
        [
            self.msub(a[1], b[1], self.msub(a[0], b[0], c[0])),
            self.madd(a[0], b[1], self.msub(a[1], b[0], c[1])),
        ]
    }

    /// `a` where the mask holds, else `b`.
    #[inline(always)]
    pub(super) fn select(self, mask: S::m64s, a: S::f64s, b: S::f64s) -> S::f64s {
        self.0.select_f64s(mask, a, b)
    }

    /// `|a|^2 + c`.
    #[inline(always)]
    pub(super) fn abs2(self, a: Complex<S>, c: S::f64s) -> S::f64s {
        self.madd(a[1], a[1], self.madd(a[0], a[0], c))
    }
}

/// The lanes of a vector.
#[inline(always)]
pub(super) fn numbers<S: Simd>(x: &S::f64s) -> &[f64] {
    bytemuck::cast_slice(std::slice::from_ref(x))
}

#[inline(always)]
pub(super) fn numbers_mut<S: Simd>(x: &mut S::f64s) -> &mut [f64] {
    bytemuck::cast_slice_mut(std::slice::from_mut(x))
}

/// Numbers that start on a cache line, to be seen as vectors.
#[derive(Debug, Default)]
pub(super) struct Aligned {
    data: Vec<f64>,
    start: usize,
    len: usize,
}

impl Aligned {
    /// Numbers in a cache line.
    const LINE: usize = 8;

    /// Makes room for `len` numbers, of any value.
    pub(super) fn fit(&mut self, len: usize) {
        if self.data.len() < len + Self::LINE {
            self.data = vec![0.0; len + Self::LINE];
            self.start = self.data.as_ptr().align_offset(64).min(Self::LINE);
        }
        self.len = len;
    }

    pub(super) fn real<S: Simd>(&mut self) -> &mut [S::f64s] {
        S::as_mut_simd_f64s(&mut self.data[self.start..self.start + self.len]).0
    }

    /// Pairs of vectors.
    pub(super) fn complex<S: Simd>(&mut self) -> &mut [Complex<S>] {
        self.real::<S>().as_chunks_mut().0
    }
}
