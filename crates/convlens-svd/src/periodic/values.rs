//! The singular values of symbols, in blocks of frequencies that are computed independently.

use super::frequency::{Angles, canonical, check_frequencies, unravel};
use super::source::{Source, SpectrumOptions};
use super::symbol::Polyphase;
use crate::accuracy::Algorithm;
use crate::error::SvdError;
use crate::kernel::checked_product;
use crate::lanes::Workspace;
use std::ops::Range;

/// Work for one block at least, in multiply-adds, so that handing it out costs nothing beside it.
const BLOCK_WORK: usize = 1 << 17;

/// By how much, relative, a value may pass [`SymbolValues::all_below`] unseen: without it, equal
/// values at many frequencies would all be solved.
const SLACK: f64 = 32.0 * f64::EPSILON;

/// Points of an axis that [`SymbolValues::spread`] takes.
const SPREAD: usize = 4;

/// The values of some frequencies, equally many for each and descending there, and the worst
/// algorithm.
pub(crate) type Values = (Vec<f64>, Algorithm);

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
    /// The values at every frequency, where each group has one tap: a phase changes none.
    constant: Option<Values>,
}

impl<'a> SymbolValues<'a> {
    /// Prepares the values of `taps` on a grid of frequencies.
    pub(crate) fn new(
        taps: &'a Polyphase,
        grid: &[usize],
        options: &SpectrumOptions,
    ) -> Result<Self, SvdError> {
        // A dense layer is one frequency of a one-point grid.
        let grid: &[usize] = if grid.is_empty() { &[1] } else { grid };
        let points = check_frequencies(grid)?;
        checked_product(&[points, taps.values, taps.groups.len()])?;
        checked_product(&[taps.rows, taps.cols, taps.groups.len()])?;
        let source = Source::new(taps, grid, options)?;
        Self::from_source(taps, grid, source)
    }

    /// Prepares exact values at any few frequencies: symbols by direct sums.
    pub(crate) fn of_symbols(taps: &'a Polyphase, grid: &[usize]) -> Result<Self, SvdError> {
        checked_product(&[taps.rows, taps.cols])?;
        let grid = if grid.is_empty() { &[1] } else { grid };
        Self::from_source(taps, grid, Source::symbols(taps))
    }

    fn from_source(
        taps: &'a Polyphase,
        grid: &[usize],
        source: Source<'a>,
    ) -> Result<Self, SvdError> {
        let mut values = Self {
            taps,
            grid: grid.to_vec(),
            angles: Angles::new(&grid[..taps.dims().min(grid.len())]),
            frequencies: canonical(grid),
            blocks: Vec::new(),
            source,
            constant: None,
        };
        values.blocks = values.cut(&grid[1..]);
        if taps.most_taps() <= 1 {
            let one = values.at(&[0], &mut Workspace::default())?;
            values.constant = Some(one);
        }
        Ok(values)
    }

    /// Fixed blocks: whole batches of lanes, single slabs, or as many matrices as make some work.
    fn cut(&self, rest: &[usize]) -> Vec<Range<usize>> {
        let count = self.frequencies.len();
        if let Source::Slabs(_) = self.source {
            let slab: usize = rest.iter().product();
            let mut blocks: Vec<Range<usize>> = Vec::new();
            for part in self.frequencies.chunk_by(|a, b| a / slab == b / slab) {
                let start = blocks.last().map_or(0, |b| b.end);
                blocks.push(start..start + part.len());
            }
            return blocks;
        }
        let n = self.taps.rows.min(self.taps.cols);
        let unit = self.source.frequencies_per_task();
        let work = [
            self.taps.rows,
            self.taps.cols,
            n,
            self.taps.groups.len(),
            unit,
        ];
        let work = work.iter().fold(1usize, |w, &x| w.saturating_mul(x));
        let size = unit * (BLOCK_WORK / work).clamp(1, 64);
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
    pub(crate) fn block(&self, i: usize, work: &mut Workspace) -> Result<Values, SvdError> {
        self.at(&self.frequencies[self.blocks[i].clone()], work)
    }

    /// The values at any frequencies.
    pub(crate) fn at(
        &self,
        frequencies: &[usize],
        work: &mut Workspace,
    ) -> Result<Values, SvdError> {
        if let Some((one, algorithm)) = &self.constant {
            return Ok((one.repeat(frequencies.len()), *algorithm));
        }
        let (each, values) = (self.values_per_frequency(), self.taps.values);
        let mut out = vec![0.0; frequencies.len() * each];
        let mut worst = Algorithm::Direct;
        for group in 0..self.taps.groups.len() {
            // Where a stride leaves more columns than taps, the rest stays zero.
            let mut put = |at: usize, found: &[f64]| {
                let place = &mut out[at * each + group * values..][..found.len()];
                place.copy_from_slice(found);
            };
            let places = (frequencies, &self.angles);
            let algorithm = self
                .source
                .values(self.taps, group, places, work, &mut put)?;
            worst = worst.max(algorithm);
        }
        if self.taps.groups.len() > 1 {
            for values in out.chunks_exact_mut(each) {
                values.sort_unstable_by(|a, b| b.total_cmp(a));
            }
        }
        Ok((out, worst))
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

    /// Whether no value of a block exceeds `theta`, as far as the Gram matrices tell; false where
    /// there are none.
    pub(crate) fn all_below(&self, i: usize, theta: f64, work: &mut Workspace) -> bool {
        if let Some((one, _)) = &self.constant {
            return one[0] <= theta;
        }
        let frequencies = &self.frequencies[self.blocks[i].clone()];
        let theta2 = theta * theta * (1.0 + 2.0 * SLACK);
        theta > 0.0
            && self
                .source
                .all_below(theta2, (frequencies, &self.angles), work)
    }
}
