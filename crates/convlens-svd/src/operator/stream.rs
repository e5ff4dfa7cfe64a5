//! The spectrum frequency by frequency, in bounded memory.

use super::polyphase::periodic;
use super::values::SymbolValues;
use super::{FrequencyValues, OperatorSpectrum, SpectrumOptions};
use crate::lanes::Workspace;
use crate::parallel::map_with;
use crate::{ConvKernel, Rung, SvdError, scale};
use std::ops::ControlFlow;

/// Blocks that are computed at once, at most. Fixed, so that memory does not grow with threads.
const AT_ONCE: usize = 16;

impl OperatorSpectrum {
    /// Calls `visit` with the singular values at each frequency of the canonical half, in row-major order, until it
    /// breaks: the values that [`OperatorSpectrum::per_frequency`] would give, bit for bit, for grids on which they
    /// would not fit. Returns the worst rung that any frequency needed.
    ///
    /// # Errors
    /// As [`OperatorSpectrum::new`].
    ///
    /// # Complexity
    /// Memory: 8 bytes for each of the `prod(n / s) / 2` frequencies; the values of at most 16 blocks of some frequencies
    /// each; and for each thread the symbols of one batch, at most 16 of them. For 64 x 64 channels of 3 x 3 taps on 1024 x 1024
    /// samples that is under 20 MiB, where the symbols would take 32 GiB and the values 256 MiB. Kernels of more than 64 taps with
    /// [`Accuracy::Exact`](crate::Accuracy::Exact) hold a slab of symbols (all axes but the first) for each thread.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, OperatorSpectrum};
    /// use std::ops::ControlFlow;
    ///
    /// let kernel = ConvKernel::from_slice(&[-1.0, 2.0, -1.0], &[1, 1, 3])?;
    /// let mut sum = 0.0;
    /// OperatorSpectrum::for_each_frequency(&kernel, &[4096], &Default::default(), |at| {
    ///     sum += at.values[0].powi(2) * at.multiplicity as f64;
    ///     ControlFlow::Continue(())
    /// })?;
    /// // Parseval: the squares sum to n |W|^2.
    /// assert!((sum - 4096.0 * 6.0).abs() < 1e-8);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn for_each_frequency(
        kernel: &ConvKernel,
        grid: &[usize],
        options: &SpectrumOptions,
        mut visit: impl FnMut(FrequencyValues<'_>) -> ControlFlow<()>,
    ) -> Result<Rung, SvdError> {
        let (taps, frequency_grid, exponent) = periodic(kernel, grid)?;
        let values = SymbolValues::new(&taps, &frequency_grid, options)?;
        let (blocks, each) = (values.blocks().len(), values.values_per_frequency());
        let mut worst = Rung::Direct;
        for start in (0..blocks).step_by(AT_ONCE) {
            let round = start..(start + AT_ONCE).min(blocks);
            let found = map_with(round.clone(), Workspace::default, |work, i| {
                values.block(i, work)
            });
            for (i, found) in round.zip(found) {
                let (mut found, rung) = found?;
                worst = worst.max(rung);
                for value in &mut found {
                    *value = scale::restored(*value, exponent, "a singular value")?;
                }
                let frequencies = &values.frequencies()[values.blocks()[i].clone()];
                for (&f, found) in frequencies.iter().zip(found.chunks_exact(each)) {
                    if visit(FrequencyValues::new(f, &frequency_grid, found)).is_break() {
                        return Ok(worst);
                    }
                }
            }
        }
        Ok(worst)
    }
}
