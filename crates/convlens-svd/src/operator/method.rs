//! Which algorithm computes the values: a cost model.

use super::polyphase::Polyphase;

/// How the values at a frequency are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Gram matrices of many frequencies in the lanes of vectors.
    GramLanes,
    /// Gram matrices of a few frequencies in lanes, each decomposed by itself.
    GramMatrices,
    /// Symbols of many frequencies in the lanes of vectors.
    SymbolLanes,
    /// Each symbol by itself, its taps summed directly.
    Symbols,
    /// Each symbol by itself, slab by slab through a fast Fourier transform.
    Transforms,
}

/// The smaller side up to which Gram matrices go in lanes. Measured (AVX-512): above it a batch outgrows the caches, and
/// blocked algorithms on one matrix are faster.
const MOST_GRAM_LANES: usize = 512;

/// Entries of a symbol up to which symbols go in lanes, likewise.
const MOST_SYMBOL_LANES: usize = 320 * 320;

/// Frequencies from which lanes pay, as a task computes all its lanes.
const LEAST_LANES: usize = 2;

/// Taps up to which a direct sum is cheaper than the transform of a slab, whose price is about `5 log2` of the grid and
/// three passes through memory.
const MOST_DIRECT: usize = 64;

/// Coefficients of Gram matrices that are held at most: 128 MiB of them.
const MOST_COEFFICIENTS: usize = 1 << 24;

impl Method {
    /// For the Gram matrices of symbols at so many frequencies.
    ///
    /// The taps of the Gram matrix are worth their making unless the kernel is nearly as large as the grid: `T^2 / 2`
    /// real products, against one complex product (four real ones) at each frequency.
    pub(super) fn for_gram(taps: &Polyphase, frequencies: usize) -> Self {
        let (most, n) = (taps.most_taps(), taps.rows.min(taps.cols));
        let pairs = most.saturating_mul(most);
        let coefficients = (n * n).saturating_mul(pairs.saturating_mul(taps.groups.len()));
        let worth = pairs <= frequencies.saturating_mul(8).saturating_add(64);
        if !worth || coefficients > MOST_COEFFICIENTS.max(n * n * 81) || frequencies < LEAST_LANES {
            Self::for_symbols(taps, frequencies)
        } else if n <= MOST_GRAM_LANES {
            Self::GramLanes
        } else {
            Self::GramMatrices
        }
    }

    /// For the symbols themselves.
    pub(super) fn for_symbols(taps: &Polyphase, frequencies: usize) -> Self {
        let small = taps.rows.saturating_mul(taps.cols) <= MOST_SYMBOL_LANES;
        match taps.most_taps() {
            most if most > MOST_DIRECT => Self::Transforms,
            _ if small && frequencies >= LEAST_LANES => Self::SymbolLanes,
            _ => Self::Symbols,
        }
    }
}
