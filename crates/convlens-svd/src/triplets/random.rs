//! Seeded start vectors.

const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// Entries uniform in `[-1, 1)` from SplitMix64 (Steele, Lea, Flood 2014). Draw 0 starts at the seed; the streams of
/// later draws start at mixed states, far from it.
pub(super) fn uniform(len: usize, seed: u64, draw: u64) -> Vec<f64> {
    let mut state = match draw {
        0 => seed,
        draw => mix(seed ^ mix(draw)),
    };
    let mut next = || {
        state = state.wrapping_add(GOLDEN);
        (mix(state) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
