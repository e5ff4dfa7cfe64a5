//! Which algorithm computes the values: a cost model.

use super::polyphase::Polyphase;

/// How the values at a frequency are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    /// Gram matrices of many frequencies in the lanes of vectors.
    Lanes,
    /// Gram matrices of a few frequencies in lanes, each decomposed by itself.
    GramMatrices,
    /// Each symbol by itself, its taps summed directly.
    Symbols,
    /// Each symbol by itself, slab by slab through a fast Fourier transform.
    Transforms,
}

/// The smaller side up to which lanes are faster than one matrix at a time: above it a batch outgrows the cache.
pub(super) const MOST_LANES: usize = 320;

/// Taps up to which a direct sum is cheaper than the transform of a slab, whose price is about `5 log2` of the grid and
/// three passes through memory.
const MOST_DIRECT: usize = 64;

impl Method {
    /// For the Gram matrices of symbols at so many frequencies.
    ///
    /// The taps of the Gram matrix are worth their making unless the kernel is nearly as large as the grid: `T^2 / 2`
    /// real products, against one complex product (four real ones) at each frequency.
    pub(super) fn for_gram(taps: &Polyphase, frequencies: usize) -> Self {
        let most = taps.most_taps();
        let n = taps.rows.min(taps.cols);
        let worth = most.saturating_mul(most) <= frequencies.saturating_mul(8).saturating_add(64);
        match n {
            _ if !worth => Self::for_symbols(taps),
            n if n <= MOST_LANES => Self::Lanes,
            _ => Self::GramMatrices,
        }
    }

    /// For the symbols themselves.
    pub(super) fn for_symbols(taps: &Polyphase) -> Self {
        if taps.most_taps() <= MOST_DIRECT {
            Self::Symbols
        } else {
            Self::Transforms
        }
    }
}
