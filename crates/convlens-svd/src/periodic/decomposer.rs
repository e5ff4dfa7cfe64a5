//! Thin SVDs of a layer's symbols, several frequencies at a time.

use super::frequency::{Angles, multiplicity, unravel};
use super::symbol::{Symbol, Transfer};
use super::taps::transfer_taps;
use crate::accuracy::Algorithm;
use crate::dense::ThinSolver;
use crate::error::SvdError;
use crate::lanes::{Instructions, LaneSvd, SymbolTaps, ThinLanes, Workspace};
use crate::numeric;
use faer::MatRef;
use faer::traits::ComplexField;
use num_complex::Complex64;

/// The thin SVD `P(f) = U S V^H` of a layer's symbol at one frequency, all groups merged: see
/// [`OperatorSvd`](crate::OperatorSvd) for what its rows and columns stand for.
///
/// # Conventions
/// - Vectors are stored one after another, in the order of the values: `u` is row-major
///   `[values, left_len]`, the transpose of `U`. A vector covers the channels of its group only; it
///   is zero on the others.
/// - Values descend over all groups, the lower group first among equals. There are
///   `min(rows, cols)` of them per group.
/// - In each left vector the entry of largest magnitude is real and positive; among entries within
///   1e-8 (relative) of the largest, the one of lowest index decides. Where values repeat, only the
///   subspace they span is determined.
/// - At a frequency that is its own negative all entries are real.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FrequencySvd {
    /// The frequency `f`: an index on
    /// [`OperatorSvd::frequency_grid`](crate::OperatorSvd::frequency_grid), that is the angle
    /// `2 pi f_j / m_j` per sample of that grid.
    pub frequency: Vec<usize>,
    /// 2 where `-f` is another frequency (with the same values and the conjugate vectors), 1 where
    /// `f = -f`.
    pub multiplicity: usize,
    /// The singular values, descending.
    pub singular_values: Vec<f64>,
    /// The group of each value.
    pub groups: Vec<usize>,
    /// Left vectors, of `c_out / g` entries; for a transposed layer of `c_out / g * prod(s)`.
    pub u: Vec<Complex64>,
    /// Right vectors, of `c_in / g * prod(s)` entries; for a transposed layer of `c_in / g`.
    pub v: Vec<Complex64>,
    /// The worst algorithm that a group needed.
    pub algorithm: Algorithm,
}

impl FrequencySvd {
    /// The `i`-th left vector.
    ///
    /// # Panics
    /// If `i >= singular_values.len()`.
    pub fn left(&self, i: usize) -> &[Complex64] {
        nth(&self.u, i, self.singular_values.len())
    }

    /// The `i`-th right vector.
    ///
    /// # Panics
    /// If `i >= singular_values.len()`.
    pub fn right(&self, i: usize) -> &[Complex64] {
        nth(&self.v, i, self.singular_values.len())
    }

    /// That of `-f`: the conjugate.
    pub(super) fn conjugate(mut self, frequency: &[usize]) -> Self {
        self.frequency = frequency.to_vec();
        let both = self.u.iter_mut().chain(&mut self.v);
        both.for_each(|x| *x = x.conj());
        self
    }
}

fn nth(all: &[Complex64], i: usize, count: usize) -> &[Complex64] {
    let len = all.len() / count;
    &all[i * len..(i + 1) * len]
}

/// Entries of a symbol's columns over a unit matrix, up to which symbols go in lanes. Measured
/// (AVX-512): above, rotations of all pairs cost more than blocked algorithms on one matrix.
const MOST_ENTRIES: usize = 1 << 11;

/// With few columns there is nothing to block, as long as a batch stays in the cache.
const FEW_COLUMNS: usize = 8;
const MOST_ENTRIES_OF_FEW: usize = 1 << 13;

/// Thin SVDs of an operator's symbols.
#[derive(Debug)]
pub(super) struct Decomposer<'a> {
    transfer: &'a Transfer,
    angles: Angles,
    /// For each group, where symbols go in lanes.
    lanes: Option<Vec<SymbolTaps>>,
}

/// Memory of a [`Decomposer`], to be used again by the next task.
#[derive(Default)]
pub(super) struct Scratch {
    lanes: Workspace,
    complex: Option<ThinSolver<Complex64>>,
    /// Few frequencies are real.
    real: Option<ThinSolver<f64>>,
}

impl<'a> Decomposer<'a> {
    pub(super) fn new(transfer: &'a Transfer) -> Self {
        let (rows, cols) = (transfer.rows, transfer.columns.len());
        let (m, n) = (rows.max(cols), rows.min(cols));
        let most = if n <= FEW_COLUMNS {
            MOST_ENTRIES_OF_FEW
        } else {
            MOST_ENTRIES
        };
        let small = (m + n).saturating_mul(n) <= most;
        // With a column that holds no tap the rank is never full.
        let lanes = small && !transfer.has_empty_columns();
        let taps = |_| {
            let groups = 0..transfer.groups;
            groups.map(|group| transfer_taps(transfer, group)).collect()
        };
        Self {
            transfer,
            angles: Angles::new(&transfer.coarse),
            lanes: lanes.then_some(()).map(taps),
        }
    }

    /// The decomposition at one frequency, given by its row-major index.
    pub(super) fn one(&self, frequency: usize) -> Result<FrequencySvd, SvdError> {
        let mut found = self.decompose(&[frequency], &mut Scratch::default());
        found
            .pop()
            .unwrap_or_else(|| Ok(empty(self.transfer, frequency)))
    }

    /// The decompositions at some frequencies, given by their row-major indices. None depends on
    /// the others.
    pub(super) fn decompose(
        &self,
        frequencies: &[usize],
        scratch: &mut Scratch,
    ) -> Vec<Result<FrequencySvd, SvdError>> {
        let at = self.transfer;
        let mut found: Vec<_> = frequencies.iter().map(|&f| Ok(empty(at, f))).collect();
        for group in 0..at.groups {
            let left = match &self.lanes {
                Some(taps) => self.in_lanes(group, &taps[group], frequencies, scratch, &mut found),
                None => (0..frequencies.len()).collect(),
            };
            for i in left {
                extend(&mut found[i], |svd| one_by_one(svd, at, group, scratch));
            }
        }
        if at.groups > 1 {
            found.iter_mut().flatten().for_each(merge);
        }
        found
    }

    /// Appends the decompositions of one group; returns the places of those that are still to be
    /// found.
    fn in_lanes(
        &self,
        group: usize,
        taps: &SymbolTaps,
        frequencies: &[usize],
        scratch: &mut Scratch,
        found: &mut [Result<FrequencySvd, SvdError>],
    ) -> Vec<usize> {
        let at = self.transfer;
        let angles = |i: usize, out: &mut [[f64; 2]]| {
            self.angles.factors(frequencies[i], &taps.positions, out);
        };
        let mut left = Vec::new();
        let mut each = |i: usize, tall: Option<&LaneSvd>| match tall {
            Some(tall) => {
                let wide = at.rows < at.columns.len();
                extend(&mut found[i], |svd| {
                    append(svd, at, group, &InLanes { tall, wide })
                });
            }
            None => left.push(i),
        };
        let lanes = ThinLanes::new(taps, Instructions::default());
        lanes.decompose(frequencies.len(), &angles, &mut scratch.lanes, &mut each);
        left
    }
}

/// A decomposition of no group yet.
fn empty(at: &Transfer, flat: usize) -> FrequencySvd {
    let count = at.groups * at.rank();
    let (coarse, fine) = (count * at.rows, count * at.all_columns());
    let (left, right) = if at.transposed {
        (fine, coarse)
    } else {
        (coarse, fine)
    };
    FrequencySvd {
        frequency: unravel(flat, &at.coarse),
        multiplicity: multiplicity(flat, &at.coarse),
        singular_values: Vec::with_capacity(count),
        groups: Vec::with_capacity(count),
        u: Vec::with_capacity(left),
        v: Vec::with_capacity(right),
        algorithm: Algorithm::Direct,
    }
}

/// Adds to what was found, unless that has failed already.
fn extend(
    found: &mut Result<FrequencySvd, SvdError>,
    with: impl FnOnce(&mut FrequencySvd) -> Result<(), SvdError>,
) {
    let Ok(svd) = found else { return };
    if let Err(error) = with(svd) {
        *found = Err(error);
    }
}

/// Appends one group's decomposition, by a solver of one matrix.
fn one_by_one(
    svd: &mut FrequencySvd,
    at: &Transfer,
    group: usize,
    scratch: &mut Scratch,
) -> Result<(), SvdError> {
    fn solve<'s, T>(
        svd: &mut FrequencySvd,
        solver: &'s mut Option<ThinSolver<T>>,
        symbol: MatRef<'_, T>,
    ) -> Result<&'s ThinSolver<T>, SvdError>
    where
        T: ComplexField<Real = f64>,
    {
        let (rows, cols) = symbol.shape();
        let solver = solver.get_or_insert_with(|| ThinSolver::new(rows, cols));
        svd.algorithm = svd.algorithm.max(solver.solve(symbol)?);
        Ok(solver)
    }
    match at.symbol(group, &svd.frequency) {
        Symbol::Complex(a) => {
            let solver = solve(svd, &mut scratch.complex, a.as_ref())?;
            append(svd, at, group, solver)
        }
        Symbol::Real(a) => {
            let solver = solve(svd, &mut scratch.real, a.as_ref())?;
            append(svd, at, group, solver)
        }
    }
}

/// The decomposition of a symbol, values descending.
trait Decomposed<T> {
    fn value(&self, i: usize) -> f64;
    fn left(&self, i: usize) -> &[T];
    fn right(&self, i: usize) -> &[T];
}

impl<T: ComplexField<Real = f64>> Decomposed<T> for ThinSolver<T> {
    fn value(&self, i: usize) -> f64 {
        self.value(i)
    }

    fn left(&self, i: usize) -> &[T] {
        self.left(i)
    }

    fn right(&self, i: usize) -> &[T] {
        self.right(i)
    }
}

/// Of a symbol, or where it is wide of its adjoint.
struct InLanes<'a> {
    tall: &'a LaneSvd,
    wide: bool,
}

impl Decomposed<Complex64> for InLanes<'_> {
    fn value(&self, i: usize) -> f64 {
        self.tall.values[i]
    }

    fn left(&self, i: usize) -> &[Complex64] {
        self.tall.vector(self.wide, i)
    }

    fn right(&self, i: usize) -> &[Complex64] {
        self.tall.vector(!self.wide, i)
    }
}

/// Appends one group's decomposition.
fn append<T: Into<Complex64> + Copy>(
    svd: &mut FrequencySvd,
    at: &Transfer,
    group: usize,
    found: &impl Decomposed<T>,
) -> Result<(), SvdError> {
    for i in 0..at.rank() {
        let value = numeric::restored(found.value(i), at.exponent, "a singular value")?;
        svd.singular_values.push(value);
        svd.groups.push(group);
        let (from_u, from_v) = (svd.u.len(), svd.v.len());
        let (coarse, fine) = if at.transposed {
            (&mut svd.v, &mut svd.u)
        } else {
            (&mut svd.u, &mut svd.v)
        };
        coarse.extend(found.left(i).iter().map(|&x| x.into()));
        let start = fine.len();
        fine.resize(start + at.all_columns(), Complex64::ZERO);
        for (&column, &x) in at.columns.iter().zip(found.right(i)) {
            fine[start + column] = x.into();
        }
        fix_phase(&mut svd.u[from_u..], &mut svd.v[from_v..]);
    }
    Ok(())
}

/// Turns both vectors of a pair so that the deciding entry of the left one is real and positive.
fn fix_phase(u: &mut [Complex64], v: &mut [Complex64]) {
    let largest = u.iter().fold(0.0f64, |m, x| m.max(x.norm_sqr()));
    // 1 - 2e-8 for squares.
    let Some(pivot) = u
        .iter()
        .position(|x| x.norm_sqr() >= largest * (1.0 - 2e-8))
    else {
        return;
    };
    let size = u[pivot].norm_sqr().sqrt();
    if size == 0.0 {
        return;
    }
    let turn = u[pivot].conj() / size;
    let both = u.iter_mut().chain(v);
    if turn.im == 0.0 {
        // Real: a sign, and no rounding.
        both.for_each(|x| *x *= turn.re);
    } else {
        both.for_each(|x| *x *= turn);
    }
    u[pivot] = size.into();
}

/// Puts the pairs of all groups in descending order of their values.
fn merge(svd: &mut FrequencySvd) {
    let mut order: Vec<usize> = (0..svd.singular_values.len()).collect();
    let values = &svd.singular_values;
    order.sort_by(|&i, &j| values[j].total_cmp(&values[i]));
    let gather = |side: fn(&FrequencySvd, usize) -> &[Complex64]| -> Vec<Complex64> {
        let vectors = order.iter().flat_map(|&i| side(svd, i));
        vectors.copied().collect()
    };
    let (u, v) = (gather(FrequencySvd::left), gather(FrequencySvd::right));
    let values = order.iter().map(|&i| svd.singular_values[i]).collect();
    svd.groups = order.iter().map(|&i| svd.groups[i]).collect();
    (svd.u, svd.v, svd.singular_values) = (u, v, values);
}
