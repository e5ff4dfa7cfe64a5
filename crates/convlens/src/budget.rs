//! What a spectrum or a norm would cost, before anything is allocated for it.
//!
//! All counts are `f64`: they cannot overflow, whatever sizes a file declares.

use convlens_svd::ConvKernel;

use crate::settings::Settings;

/// Bytes of the memory budget for each singular value: it is held, sorted and copied.
const VALUE_BYTES: f64 = 32.0;

/// Bytes of the memory budget for each complex number of a slab of symbols: it is held and
/// decomposed.
const SLAB_BYTES: f64 = 64.0;

/// Taps from which symbols are computed slab by slab; smaller kernels need no slab.
const SLAB_TAPS: f64 = 64.0;

/// Bytes of the memory budget for each number in an image with its padding: the norm's iteration
/// holds some twenty such images, and twice that for margins.
const UNKNOWN_BYTES: f64 = 512.0;

/// Steps that the iteration takes at most, each twice through the layer.
const STEPS: f64 = 200.0;

/// The sizes of a kernel, as numbers to multiply.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    groups: f64,
    /// The larger and the smaller number of channels of a group.
    sides: (f64, f64),
    taps: f64,
}

impl Sizes {
    fn of(kernel: &ConvKernel) -> Self {
        let groups = kernel.groups() as f64;
        let (a, b) = (
            kernel.c_out() as f64 / groups,
            kernel.c_in() as f64 / groups,
        );
        let taps = kernel.kernel_size().iter().map(|&k| k as f64).product();
        Sizes {
            groups,
            sides: (a.max(b), a.min(b)),
            taps,
        }
    }

    /// Symbol entries held at a time for a slab of so many frequencies.
    fn slab(&self, frequencies: f64) -> f64 {
        if self.taps > SLAB_TAPS {
            frequencies * self.entries()
        } else {
            self.entries()
        }
    }

    fn entries(&self) -> f64 {
        self.groups * self.sides.0 * self.sides.1
    }

    /// Multiplications for all singular values at half of `frequencies`, the symbols included.
    ///
    /// Values alone of an `m x n` complex matrix take about `16 n^2 (m - n / 3)` real ones,
    /// `n <= m` (four times the real count of Golub and Van Loan, 4th ed., section 8.6.3). A symbol
    /// takes a Fourier transform of each entry, `16 log2` of the grid or less for each frequency.
    fn spectrum(&self, frequencies: f64) -> f64 {
        let (m, n) = self.sides;
        let decompose = self.groups * 16.0 * n * n * (m - n / 3.0);
        let assemble =
            self.entries() * (4.0 * self.taps.min(64.0) + 16.0 * (1.0 + frequencies).log2());
        frequencies / 2.0 * (decompose + assemble)
    }
}

/// Why the operator's spectrum on this grid is out of reach, if it is.
pub(crate) fn spectrum(
    kernel: &ConvKernel,
    grid: &[usize],
    settings: &Settings,
) -> Result<(), String> {
    let sizes = Sizes::of(kernel);
    let frequencies: f64 = grid.iter().map(|&n| n as f64).product();
    let slab = sizes.slab(grid.iter().skip(1).map(|&n| n as f64).product());
    within(
        "singular values",
        frequencies * sizes.groups * sizes.sides.1,
        settings.memory_budget as f64 / VALUE_BYTES,
    )?;
    within("symbol entries at a time", slab, max_slab(settings))?;
    within(
        "multiplications",
        sizes.spectrum(frequencies),
        settings.operator_budget,
    )
}

/// Why the norm under zero padding on this grid is out of reach, if it is: three spectra on a grid
/// that holds the padding, and an iteration on images of that size.
pub(crate) fn padded_norm(
    kernel: &ConvKernel,
    grid: &[usize],
    settings: &Settings,
) -> Result<(), String> {
    let sizes = Sizes::of(kernel);
    let geometry = kernel.geometry();
    let reach = |axis: usize| {
        let (begin, end) = geometry.padding().get(axis).copied().unwrap_or((0, 0));
        let wide = geometry.dilation()[axis] as f64 * (kernel.kernel_size()[axis] as f64 - 1.0);
        let stretch = if geometry.is_transposed() {
            geometry.stride()[axis] as f64
        } else {
            1.0
        };
        stretch * grid[axis] as f64 + begin as f64 + end as f64 + wide
    };
    let positions: f64 = (0..grid.len()).map(reach).product();
    let slab = sizes.slab((1..grid.len()).map(reach).product());
    let channels = kernel.c_in().max(kernel.c_out()) as f64;
    let max_unknowns = settings.memory_budget as f64 / UNKNOWN_BYTES;
    within("unknowns", positions * channels, max_unknowns)?;
    within("symbol entries at a time", slab, max_slab(settings))?;
    let iteration = 2.0 * STEPS * sizes.entries() * sizes.taps * positions;
    let work = 3.0 * sizes.spectrum(positions) + iteration;
    within("multiplications", work, settings.operator_budget)
}

/// Why the norm without a grid is out of reach, if it is: a spectrum on twelve samples for each
/// degree of the symbol.
pub(crate) fn free_norm(kernel: &ConvKernel, settings: &Settings) -> Result<(), String> {
    let sizes = Sizes::of(kernel);
    let samples = |&k: &usize| (12.0 * (k as f64 - 1.0)).max(1.0);
    let frequencies: f64 = kernel.kernel_size().iter().map(samples).product();
    let slab: f64 = kernel
        .kernel_size()
        .iter()
        .skip(1)
        .map(samples)
        .product::<f64>();
    within(
        "symbol entries at a time",
        sizes.slab(slab),
        max_slab(settings),
    )?;
    within(
        "multiplications",
        sizes.spectrum(frequencies),
        settings.operator_budget,
    )
}

fn max_slab(settings: &Settings) -> f64 {
    settings.memory_budget as f64 / SLAB_BYTES
}

fn within(what: &str, needed: f64, limit: f64) -> Result<(), String> {
    if needed <= limit {
        Ok(())
    } else {
        Err(format!(
            "it would take {needed:.1e} {what}, over the limit of {limit:.1e}"
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use convlens_svd::Geometry;

    fn kernel(shape: &[usize], geometry: Geometry) -> ConvKernel {
        let weights = vec![1.0; shape.iter().product()];
        ConvKernel::new(weights, shape, geometry).unwrap()
    }

    #[test]
    fn usual_layers_are_within_reach() {
        let same = || Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
        let settings = Settings::default();
        for (c, n) in [(64, 56), (128, 28), (256, 14)] {
            let kernel = kernel(&[c, c, 3, 3], same());
            assert_eq!(spectrum(&kernel, &[n, n], &settings), Ok(()));
            assert_eq!(padded_norm(&kernel, &[n, n], &settings), Ok(()));
            assert_eq!(free_norm(&kernel, &settings), Ok(()));
        }
    }

    #[test]
    fn sizes_that_a_hostile_file_declares_are_refused_by_arithmetic() {
        let settings = Settings::default();
        let dilated = Geometry::new(2)
            .with_dilation(&[100_000_000; 2])
            .with_padding(&[(150_000_000, 150_000_000); 2]);
        let dilated = kernel(&[1, 2, 3, 3], dilated);
        assert_eq!(spectrum(&dilated, &[8, 8], &settings), Ok(()), "it wraps");
        assert!(padded_norm(&dilated, &[8, 8], &settings).is_err());
        assert_eq!(free_norm(&dilated, &settings), Ok(()), "dilation drops out");
        let plain = kernel(&[1, 1, 3, 3], Geometry::new(2));
        let error = spectrum(&plain, &[150_000, 150_000], &settings).unwrap_err();
        assert!(error.contains("2.2e10 singular values"), "{error}");
        assert!(spectrum(&plain, &[usize::MAX, usize::MAX], &settings).is_err());
    }
}
