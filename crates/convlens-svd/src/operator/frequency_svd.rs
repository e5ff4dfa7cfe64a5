//! The thin SVD at one frequency.

use super::transfer::{Symbol, Transfer};
use crate::dense::ThinSolver;
use crate::{Rung, SvdError, scale};
use faer::MatRef;
use faer::traits::ComplexField;
use num_complex::Complex64;

/// The thin SVD `P(f) = U S V^H` of a layer's symbol at one frequency, all groups merged: see
/// [`OperatorSvd`](crate::OperatorSvd) for what its rows and columns stand for.
///
/// # Conventions
/// - Vectors are stored one after another, in the order of the values: `u` is row-major `[values, left_len]`, the
///   transpose of `U`. A vector covers the channels of its group only; it is zero on the others.
/// - Values descend over all groups, the lower group first among equals. There are `min(rows, cols)` of them per group.
/// - In each left vector the entry of largest magnitude is real and positive; among entries within 1e-8 (relative) of
///   the largest, the one of lowest index decides. Where values repeat, only the subspace they span is determined.
/// - At a frequency that is its own negative all entries are real.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct FrequencySvd {
    /// The frequency `f`: an index on [`OperatorSvd::frequency_grid`](crate::OperatorSvd::frequency_grid), that is the
    /// angle `2 pi f_j / m_j` per sample of that grid.
    pub frequency: Vec<usize>,
    /// 2 where `-f` is another frequency (with the same values and the conjugate vectors), 1 where `f = -f`.
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
    pub rung: Rung,
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

/// Memory for the decompositions of one operator's symbols.
pub(super) struct Decomposer<'a> {
    transfer: &'a Transfer,
    complex: ThinSolver<Complex64>,
    /// Few frequencies are real.
    real: Option<ThinSolver<f64>>,
}

impl<'a> Decomposer<'a> {
    pub(super) fn new(transfer: &'a Transfer) -> Self {
        Self {
            transfer,
            complex: ThinSolver::new(transfer.rows, transfer.columns.len()),
            real: None,
        }
    }

    pub(super) fn decompose(&mut self, frequency: &[usize]) -> Result<FrequencySvd, SvdError> {
        let at = self.transfer;
        let (rank, multiplicity) = (at.rank(), 2 - usize::from(at.is_self_conjugate(frequency)));
        let mut svd = FrequencySvd {
            frequency: frequency.to_vec(),
            multiplicity,
            singular_values: Vec::with_capacity(at.groups * rank),
            groups: Vec::with_capacity(at.groups * rank),
            u: Vec::new(),
            v: Vec::new(),
            rung: Rung::Direct,
        };
        let (coarse, fine) = (
            at.groups * rank * at.rows,
            at.groups * rank * at.all_columns(),
        );
        let (left, right) = if at.transposed {
            (fine, coarse)
        } else {
            (coarse, fine)
        };
        svd.u.reserve_exact(left);
        svd.v.reserve_exact(right);
        for group in 0..at.groups {
            match at.symbol(group, frequency) {
                Symbol::Complex(a) => append(&mut svd, at, group, &mut self.complex, a.as_ref())?,
                Symbol::Real(a) => {
                    let (rows, cols) = a.shape();
                    let solver = self.real.get_or_insert_with(|| ThinSolver::new(rows, cols));
                    append(&mut svd, at, group, solver, a.as_ref())?;
                }
            }
        }
        if at.groups > 1 {
            merge(&mut svd);
        }
        Ok(svd)
    }
}

/// Appends the decomposition of one group.
fn append<T>(
    svd: &mut FrequencySvd,
    at: &Transfer,
    group: usize,
    solver: &mut ThinSolver<T>,
    symbol: MatRef<'_, T>,
) -> Result<(), SvdError>
where
    T: ComplexField<Real = f64> + Into<Complex64> + Copy,
{
    svd.rung = svd.rung.max(solver.solve(symbol)?);
    for i in 0..at.rank() {
        let value = scale::restored(solver.value(i), at.exponent, "a singular value")?;
        svd.singular_values.push(value);
        svd.groups.push(group);
        let (from_u, from_v) = (svd.u.len(), svd.v.len());
        let (coarse, fine) = if at.transposed {
            (&mut svd.v, &mut svd.u)
        } else {
            (&mut svd.u, &mut svd.v)
        };
        coarse.extend(solver.left(i).iter().map(|&x| x.into()));
        let start = fine.len();
        fine.resize(start + at.all_columns(), Complex64::ZERO);
        for (&column, &x) in at.columns.iter().zip(solver.right(i)) {
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
