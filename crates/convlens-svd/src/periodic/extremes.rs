//! One value alone: the largest, or the smallest.

use super::frequency::{negated, unravel};
use super::source::SpectrumOptions;
use super::spectrum::OperatorSpectrum;
use super::symbol::{Polyphase, periodic};
use super::values::SymbolValues;
use crate::accuracy::{Accuracy, ConditionNumber};
use crate::error::SvdError;
use crate::kernel::ConvKernel;
use crate::lanes::Workspace;
use crate::numeric;
use crate::parallel::map_with;

/// Blocks of the first round; each round is twice as long as the one before.
const FIRST_ROUND: usize = 8;

/// Frequencies of one task of the first solves: what fills the lanes of one batch.
const SCOUTS: usize = 8;

/// Error of an eigenvalue of a Gram matrix, over `eps max(m, n) sigma_max^2`: the margin within
/// which the smallest value is looked for. Eight times what the tests allow.
const GRAM_ERROR: f64 = 64.0;

/// One singular value of a layer under periodic padding, and where it stands.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct ExtremeValue {
    /// The singular value.
    pub value: f64,
    /// A frequency at which it stands, an index on the frequency grid (`n / s`; `n` for a
    /// transposed layer).
    pub frequency: Vec<usize>,
}

impl OperatorSpectrum {
    /// The largest singular value alone: the operator's norm under periodic padding, many times
    /// faster than the spectrum.
    ///
    /// A frequency whose Gram matrix `G` has `theta^2 I - G` positive definite cannot hold a value
    /// over `theta`; with the largest value so far for `theta`, that is one Cholesky factorization
    /// for most of the frequencies, and a decomposition for about the logarithm of their number.
    /// Conventions as in [`OperatorSpectrum`]; the error is within [`Accuracy::Exact`]'s (the
    /// largest value loses nothing through the Gram matrix).
    ///
    /// # Errors
    /// As [`OperatorSpectrum::new`].
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, OperatorSpectrum};
    ///
    /// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
    /// let largest = OperatorSpectrum::largest(&kernel, &[64], &Default::default())?;
    /// assert!((largest.value - 4.0).abs() < 1e-14);
    /// assert_eq!(largest.frequency, [32]);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    #[doc(alias = "spectral_norm")]
    #[doc(alias = "power iteration")]
    pub fn largest(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &SpectrumOptions,
    ) -> Result<ExtremeValue, SvdError> {
        let (taps, coarse, exponent) = periodic(kernel, grid)?;
        let (value, at) = largest(&taps, &coarse, options)?;
        extreme(value, at, &coarse, exponent)
    }

    /// The smallest of the `min(rows, cols)` singular values of each symbol alone, always
    /// [`Accuracy::Exact`].
    ///
    /// Gram matrices tell which frequencies may hold it; their symbols are decomposed.
    ///
    /// # Errors
    /// As [`OperatorSpectrum::new`].
    pub fn smallest_only(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &SpectrumOptions,
    ) -> Result<ExtremeValue, SvdError> {
        let (taps, coarse, exponent) = periodic(kernel, grid)?;
        let (value, at, _) = smallest(&taps, &coarse, options)?;
        extreme(value, at, &coarse, exponent)
    }

    /// The condition number alone, from the largest and the smallest value, always
    /// [`Accuracy::Exact`].
    ///
    /// # Errors
    /// As [`OperatorSpectrum::new`].
    pub fn condition_number_only(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &SpectrumOptions,
    ) -> Result<ConditionNumber, SvdError> {
        let (taps, coarse, _) = periodic(kernel, grid)?;
        let (least, _, most) = smallest(&taps, &coarse, options)?;
        Ok(ConditionNumber::new(
            most,
            least,
            (taps.rows, taps.full_cols),
        ))
    }
}

fn extreme(
    value: f64,
    at: usize,
    frequency_grid: &[usize],
    exponent: i32,
) -> Result<ExtremeValue, SvdError> {
    Ok(ExtremeValue {
        value: numeric::restored(value, exponent, "a singular value")?,
        frequency: unravel(at, frequency_grid),
    })
}

/// The two largest values at each frequency of the whole grid, through Gram matrices; 0 for a
/// second that is not there.
pub(crate) fn two_largest(taps: &Polyphase, grid: &[usize]) -> Result<Vec<[f64; 2]>, SvdError> {
    let options = SpectrumOptions::default().accuracy(Accuracy::Gram);
    let values = SymbolValues::new(taps, grid, &options)?;
    let blocks = values.blocks();
    let found = map_with(0..blocks.len(), Workspace::default, |work, i| {
        values.block(i, work)
    });
    let mut out = vec![[0.0; 2]; grid.iter().product()];
    for (block, found) in blocks.iter().zip(found) {
        let (found, _) = found?;
        let each = found.chunks_exact(values.values_per_frequency());
        for (&f, found) in values.frequencies()[block.clone()].iter().zip(each) {
            let two = [0, 1].map(|i| found.get(i).copied().unwrap_or(0.0));
            out[f] = two;
            out[negated(f, grid)] = two;
        }
    }
    Ok(out)
}

/// The largest value and its frequency.
///
/// Frequencies spread over the grid are solved first, then blocks in rounds: one block is solved
/// only where it may hold more than the largest value of the rounds before. Rounds are fixed, so
/// what is solved, and every bit of the result, does not depend on the threads. A value larger by
/// [`super::values::SLACK`], relative, may be missed.
pub(crate) fn largest(
    taps: &Polyphase,
    grid: &[usize],
    options: &SpectrumOptions,
) -> Result<(f64, usize), SvdError> {
    let values = SymbolValues::new(taps, grid, &options.accuracy(Accuracy::Gram))?;
    let (blocks, each) = (values.blocks(), values.values_per_frequency());
    let mut best = (0.0, 0);
    let keep = |best: &mut (f64, usize), frequencies: &[usize], found: &[f64]| {
        for (&f, found) in frequencies.iter().zip(found.chunks_exact(each)) {
            if found[0] > best.0 {
                *best = (found[0], f);
            }
        }
    };
    let scouts = values.spread();
    if 2 * scouts.len() <= values.frequencies().len() {
        let parts: Vec<&[usize]> = scouts.chunks(SCOUTS).collect();
        let found = map_with(0..parts.len(), Workspace::default, |work, i| {
            values.at(parts[i], work)
        });
        for (part, found) in parts.into_iter().zip(found) {
            keep(&mut best, part, &found?.0);
        }
    }
    let (mut next, mut round) = (0, FIRST_ROUND);
    while next < blocks.len() {
        let end = (next + round).min(blocks.len());
        let theta = best.0;
        let found = map_with(next..end, Workspace::default, |work, i| {
            if values.all_below(i, theta, work) {
                Ok(None)
            } else {
                values.block(i, work).map(|(values, _)| Some(values))
            }
        });
        for (i, found) in (next..end).zip(found) {
            if let Some(found) = found? {
                keep(&mut best, &values.frequencies()[blocks[i].clone()], &found);
            }
        }
        (next, round) = (end, 2 * round);
    }
    Ok(best)
}

/// The smallest value, its frequency, and the largest value.
fn smallest(
    taps: &Polyphase,
    grid: &[usize],
    options: &SpectrumOptions,
) -> Result<(f64, usize, f64), SvdError> {
    let rough = SymbolValues::new(taps, grid, &options.accuracy(Accuracy::Gram))?;
    let each = rough.values_per_frequency();
    let ends = map_with(0..rough.blocks().len(), Workspace::default, |work, i| {
        let (values, _) = rough.block(i, work)?;
        let ends = values.chunks_exact(each).map(|v| (v[0], v[each - 1]));
        Ok(ends.collect::<Vec<_>>())
    });
    let ends = ends.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    let most = ends.iter().fold(0.0f64, |m, e| m.max(e.0));
    let least = ends.iter().fold(f64::INFINITY, |m, e| m.min(e.1));
    let sides = taps.rows.max(taps.cols) as f64;
    let reach = least * least + 2.0 * GRAM_ERROR * sides * f64::EPSILON * most * most;
    let candidates: Vec<usize> = (0..ends.len())
        .filter(|&i| ends[i].1 * ends[i].1 <= reach)
        .map(|i| rough.frequencies()[i])
        .collect();
    let exact = SymbolValues::of_symbols(taps, grid)?;
    let found = map_with(0..candidates.len(), Workspace::default, |work, i| {
        let (values, _) = exact.at(&candidates[i..=i], work)?;
        Ok((values[each - 1], candidates[i]))
    });
    let mut best = (f64::INFINITY, 0);
    for found in found {
        let found = found?;
        if found.0 < best.0 {
            best = found;
        }
    }
    Ok((best.0, best.1, most))
}
