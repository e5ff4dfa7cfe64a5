//! The singular values of symbols, in blocks of frequencies that are computed independently.

use super::angles::Angles;
use super::frequency::{canonical, unravel};
use super::gram_taps::gram_taps;
use super::method::Method;
use super::polyphase::Polyphase;
use super::slab::Slabs;
use super::symbol::DirectSum;
use super::{Accuracy, SpectrumOptions};
use crate::dense::{hermitian_eigenvalues, is_positive_definite, singular_values};
use crate::lanes::{GramTaps, Solver, Workspace};
use crate::{Rung, SvdError, kernel::checked_product};
use faer::{MatMut, MatRef};
use num_complex::Complex64;
use std::ops::Range;

/// Work for one block at least, in multiply-adds, so that handing it out costs nothing beside it.
const BLOCK_WORK: usize = 1 << 17;

/// By how much, relative, a value may pass [`SymbolValues::all_below`] unseen: without it, equal values at many frequencies
/// would all be solved.
pub(crate) const SLACK: f64 = 32.0 * f64::EPSILON;

/// Points of an axis that [`SymbolValues::spread`] takes.
const SPREAD: usize = 4;

/// The values at the canonical half of the frequencies of a grid, block by block.
#[derive(Debug)]
pub(crate) struct SymbolValues<'a> {
    taps: &'a Polyphase,
    grid: Vec<usize>,
    angles: Angles,
    /// Row-major indices, ascending: those that are at most that of their negative.
    frequencies: Vec<usize>,
    blocks: Vec<Range<usize>>,
    source: Source<'a>,
}

#[derive(Debug)]
enum Source<'a> {
    Gram {
        taps: Vec<GramTaps>,
        options: SpectrumOptions,
        lanes: bool,
    },
    Direct(Vec<DirectSum<'a>>),
    Slabs(Slabs),
}

/// The values of one block, equally many for each frequency and descending there, and the worst rung.
pub(crate) type BlockValues = (Vec<f64>, Rung);

impl<'a> SymbolValues<'a> {
    /// Prepares the values of `taps` on a grid of frequencies.
    pub(crate) fn new(
        taps: &'a Polyphase,
        grid: &[usize],
        options: &SpectrumOptions,
    ) -> Result<Self, SvdError> {
        // A dense layer is one frequency of a one-point grid.
        let (grid, taps_grid): (&[usize], &[usize]) = match grid {
            [] => (&[1], &[]),
            grid => (grid, grid),
        };
        let points = checked_product(grid)?;
        checked_product(&[points, taps.values, taps.groups.len()])?;
        checked_product(&[taps.rows, taps.cols, taps.groups.len()])?;
        let method = match options.accuracy {
            Accuracy::Gram => Method::for_gram(taps, points / 2 + 1),
            Accuracy::Exact => Method::for_symbols(taps),
        };
        let source = match method {
            Method::Lanes | Method::GramMatrices => Source::Gram {
                taps: taps
                    .groups
                    .iter()
                    .map(|g| gram_taps(taps, g, taps_grid))
                    .collect(),
                options: *options,
                lanes: method == Method::Lanes,
            },
            Method::Symbols => Source::Direct(taps.groups.iter().map(DirectSum::new).collect()),
            Method::Transforms => {
                let slab = checked_product(&grid[1..])?;
                checked_product(&[slab, taps.rows, taps.cols])?;
                Source::Slabs(Slabs::new(grid))
            }
        };
        Ok(Self::from_source(taps, grid, source))
    }

    /// Prepares exact values at any few frequencies: symbols by direct sums.
    pub(crate) fn of_symbols(taps: &'a Polyphase, grid: &[usize]) -> Result<Self, SvdError> {
        checked_product(&[taps.rows, taps.cols])?;
        let grid = if grid.is_empty() { &[1] } else { grid };
        let sums = taps.groups.iter().map(DirectSum::new).collect();
        Ok(Self::from_source(taps, grid, Source::Direct(sums)))
    }

    fn from_source(taps: &'a Polyphase, grid: &[usize], source: Source<'a>) -> Self {
        let dims = taps.groups[0].keys().next().map_or(0, Vec::len);
        let mut values = Self {
            taps,
            grid: grid.to_vec(),
            angles: Angles::new(&grid[..dims.min(grid.len())]),
            frequencies: canonical(grid),
            blocks: Vec::new(),
            source,
        };
        values.blocks = values.cut(&grid[1..]);
        values
    }

    /// Fixed blocks: whole batches of lanes, single slabs, or as many matrices as make some work.
    fn cut(&self, rest: &[usize]) -> Vec<Range<usize>> {
        let count = self.frequencies.len();
        if let Source::Slabs(_) = self.source {
            let slab: usize = rest.iter().product();
            let slab_of = |i: usize| self.frequencies[i] / slab;
            let mut blocks: Vec<Range<usize>> = Vec::new();
            for i in 0..count {
                match blocks.last_mut() {
                    Some(block) if slab_of(block.start) == slab_of(i) => block.end = i + 1,
                    _ => blocks.push(i..i + 1),
                }
            }
            return blocks;
        }
        let n = self.taps.rows.min(self.taps.cols);
        let work = self.taps.rows * self.taps.cols * n * self.taps.groups.len();
        let unit = match &self.source {
            Source::Gram { taps, options, .. } => {
                Solver::new(&taps[0], options.instructions).frequencies_per_task()
            }
            _ => 1,
        };
        let size = unit * (BLOCK_WORK / (work * unit).max(1)).clamp(1, 64);
        (0..count)
            .step_by(size)
            .map(|start| start..(start + size).min(count))
            .collect()
    }

    /// Row-major indices of the canonical half of the frequencies, ascending.
    pub(crate) fn frequencies(&self) -> &[usize] {
        &self.frequencies
    }

    /// The blocks, as ranges of [`Self::frequencies`].
    pub(crate) fn blocks(&self) -> &[Range<usize>] {
        &self.blocks
    }

    /// Values at each frequency.
    pub(crate) fn values_per_frequency(&self) -> usize {
        self.taps.values * self.taps.groups.len()
    }

    /// The values of a block.
    pub(crate) fn block(&self, i: usize, work: &mut Workspace) -> Result<BlockValues, SvdError> {
        self.at(&self.frequencies[self.blocks[i].clone()], work)
    }

    /// Canonical frequencies on a coarse grid of their own.
    pub(crate) fn spread(&self) -> Vec<usize> {
        let on_it = |f: usize| {
            let index = unravel(f, &self.grid);
            let mut axes = index.iter().zip(&self.grid);
            axes.all(|(&f, &n)| f.is_multiple_of(n.div_ceil(SPREAD)))
        };
        let mut spread = self.frequencies.clone();
        spread.retain(|&f| on_it(f));
        spread
    }

    /// Whether no value of a block exceeds `theta`, as far as the Gram matrices tell; false where there are none.
    pub(crate) fn all_below(&self, i: usize, theta: f64, work: &mut Workspace) -> bool {
        let Source::Gram {
            taps,
            options,
            lanes,
        } = &self.source
        else {
            return false;
        };
        let frequencies = &self.frequencies[self.blocks[i].clone()];
        let theta2 = theta * theta * (1.0 + 2.0 * SLACK);
        theta > 0.0
            && taps.iter().all(|taps| {
                let solver = Solver::new(taps, options.instructions);
                let angles = |i: usize, out: &mut [[f64; 2]]| {
                    self.angles.at(frequencies[i], &taps.offsets, out);
                };
                let count = frequencies.len();
                if *lanes {
                    return solver.all_below(theta2, count, &angles, work);
                }
                let mut below = true;
                solver.matrices(count, &angles, work, &mut |_, g| {
                    below = below && shifted_is_definite(theta2, g, taps.n);
                });
                below
            })
    }

    /// The values at any frequencies.
    pub(crate) fn at(
        &self,
        frequencies: &[usize],
        work: &mut Workspace,
    ) -> Result<BlockValues, SvdError> {
        let each = self.values_per_frequency();
        let mut out = vec![0.0; frequencies.len() * each];
        let mut worst = Rung::Direct;
        for group in 0..self.taps.groups.len() {
            let place = group * self.taps.values;
            let mut put = |at: usize, values: &mut dyn Iterator<Item = f64>| {
                let place = &mut out[at * each + place..][..self.taps.values];
                place.iter_mut().zip(values).for_each(|(p, v)| *p = v);
            };
            let rung = match &self.source {
                Source::Gram {
                    taps,
                    options,
                    lanes,
                } => {
                    let solver = Solver::new(&taps[group], options.instructions);
                    self.by_gram(&solver, frequencies, *lanes, work, &mut put)?;
                    Rung::Gram
                }
                Source::Direct(sums) => {
                    let symbols = |f| sums[group].at(f, &self.angles);
                    self.by_symbols(frequencies, symbols, &mut put)?
                }
                Source::Slabs(slabs) => {
                    let slab = slabs.len();
                    let mut worst = Rung::Direct;
                    let parts = frequencies.chunk_by(|a, b| a / slab == b / slab);
                    let mut start = 0;
                    for part in parts {
                        let put =
                            &mut |i: usize, v: &mut dyn Iterator<Item = f64>| put(start + i, v);
                        worst = worst.max(self.by_slab(slabs, group, part, put)?);
                        start += part.len();
                    }
                    worst
                }
            };
            worst = worst.max(rung);
        }
        if self.taps.groups.len() > 1 {
            for values in out.chunks_exact_mut(each.max(1)) {
                values.sort_unstable_by(|a, b| b.total_cmp(a));
            }
        }
        Ok((out, worst))
    }

    /// Square roots of the eigenvalues of the Gram matrices.
    fn by_gram(
        &self,
        solver: &Solver<'_>,
        frequencies: &[usize],
        lanes: bool,
        work: &mut Workspace,
        put: &mut dyn FnMut(usize, &mut dyn Iterator<Item = f64>),
    ) -> Result<(), SvdError> {
        let (n, per_task) = (solver.taps().n, solver.frequencies_per_task());
        let mut eigenvalues = vec![0.0; per_task * n];
        for (task, part) in frequencies.chunks(per_task).enumerate() {
            let angles = |i: usize, out: &mut [[f64; 2]]| {
                self.angles.at(part[i], &solver.taps().offsets, out);
            };
            let found = &mut eigenvalues[..part.len() * n];
            if !(lanes && solver.eigenvalues(part.len(), &angles, work, found)) {
                let mut failed = false;
                solver.matrices(part.len(), &angles, work, &mut |i, g| {
                    let values = hermitian_eigenvalues(MatRef::from_row_major_slice(g, n, n));
                    match values {
                        Some(values) => found[i * n..(i + 1) * n].copy_from_slice(&values),
                        None => failed = true,
                    }
                });
                if failed {
                    return Err(SvdError::NoConvergence { rows: n, cols: n });
                }
            }
            for (i, values) in found.chunks_exact(n).enumerate() {
                let descending = values.iter().rev();
                put(
                    task * per_task + i,
                    &mut descending.map(|l| l.max(0.0).sqrt()),
                );
            }
        }
        Ok(())
    }

    fn by_symbols(
        &self,
        frequencies: &[usize],
        symbol: impl Fn(usize) -> Vec<Complex64>,
        put: &mut dyn FnMut(usize, &mut dyn Iterator<Item = f64>),
    ) -> Result<Rung, SvdError> {
        let mut worst = Rung::Direct;
        for (i, &f) in frequencies.iter().enumerate() {
            let symbol = symbol(f);
            let matrix = MatRef::from_row_major_slice(&symbol, self.taps.rows, self.taps.cols);
            let (values, rung) = singular_values(matrix)?;
            put(i, &mut values.into_iter());
            worst = worst.max(rung);
        }
        Ok(worst)
    }

    fn by_slab(
        &self,
        slabs: &Slabs,
        group: usize,
        frequencies: &[usize],
        put: &mut dyn FnMut(usize, &mut dyn Iterator<Item = f64>),
    ) -> Result<Rung, SvdError> {
        let Some(&first) = frequencies.first() else {
            return Ok(Rung::Direct);
        };
        let (slab, entries) = (slabs.len(), self.taps.rows * self.taps.cols);
        let symbols = slabs.symbols(&self.taps.groups[group], first / slab, entries);
        let symbol = |f: usize| {
            symbols
                .iter()
                .skip(f % slab)
                .step_by(slab)
                .copied()
                .collect()
        };
        self.by_symbols(frequencies, symbol, put)
    }
}

/// Whether `theta2 I - g` is positive definite.
fn shifted_is_definite(theta2: f64, g: &[Complex64], n: usize) -> bool {
    let mut shifted: Vec<Complex64> = g.iter().map(|z| -z).collect();
    shifted.iter_mut().step_by(n + 1).for_each(|z| *z += theta2);
    is_positive_definite(MatMut::from_row_major_slice_mut(&mut shifted, n, n))
}
