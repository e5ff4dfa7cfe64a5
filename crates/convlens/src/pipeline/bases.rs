//! The directions onto which a layer's output is projected.

use convlens_activations::Basis;
use convlens_svd::LayerSvd;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

use crate::analysis::BasisKind;
use crate::settings::Settings;

/// The bases of every layer, in the order of [`all`]; further rotations follow.
pub(super) const KINDS: [BasisKind; 3] = [
    BasisKind::Singular,
    BasisKind::Channels,
    BasisKind::Rotation,
];

/// Keeps the rotations' random numbers apart from those of permutations and splits, which come from
/// the same seed.
const ROTATION: u64 = u64::from_be_bytes(*b"rotation");

/// The three bases of a layer, all with the same number of directions: the rank of the kernel or
/// the setting, whichever is less; then the rotations beyond the first. The error is the reason why there are none.
pub(super) fn all(svd: &LayerSvd, settings: &Settings, layer: u64) -> Result<Vec<Basis>, String> {
    let directions = svd.numerical_rank().min(settings.directions);
    if directions == 0 {
        return Err("its weights are all zero".into());
    }
    let leading: Vec<Vec<f64>> = (0..directions).map(|i| svd.left_vector(i)).collect();
    let channels = leading[0].len();
    let loudest = loudest_channels(svd, channels);
    let unit = |c: usize| (0..channels).map(move |i| f64::from(u8::from(i == c)));
    let mut rng = ChaCha8Rng::seed_from_u64(settings.seed ^ ROTATION);
    rng.set_stream(layer);
    let further = std::iter::repeat_n(&BasisKind::Rotation, settings.rotations - 1);
    Ok(KINDS
        .iter()
        .chain(further)
        .map(|kind| match kind {
            BasisKind::Singular => {
                let basis = Basis::new(leading.concat(), channels);
                // Its features have exemplars, which say where the maximum is.
                if settings.exemplars > 0 {
                    basis.with_peaks()
                } else {
                    basis
                }
            }
            BasisKind::Channels => {
                let chosen = loudest.iter().take(directions);
                Basis::new(chosen.flat_map(|&c| unit(c)).collect(), channels)
            }
            BasisKind::Rotation => {
                Basis::new(orthonormal(directions, channels, &mut rng), channels)
            }
        })
        .collect())
}

/// Output channels by the norm of their filter, descending; equal ones by index.
fn loudest_channels(svd: &LayerSvd, channels: usize) -> Vec<usize> {
    let mut energy = vec![0.0; channels];
    for (i, s) in svd.singular_values().iter().enumerate() {
        for (e, u) in energy.iter_mut().zip(svd.left_vector(i)) {
            *e += (s * u) * (s * u);
        }
    }
    let mut order: Vec<usize> = (0..channels).collect();
    order.sort_by(|&a, &b| energy[b].total_cmp(&energy[a]).then(a.cmp(&b)));
    order
}

/// `rows` orthonormal vectors, uniform over all such frames (Gaussian rows, orthogonalised; Mezzadri
/// 2007): Gram and Schmidt's process, run twice for accuracy.
fn orthonormal(rows: usize, channels: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let mut frame: Vec<Vec<f64>> = Vec::with_capacity(rows);
    while frame.len() < rows.min(channels) {
        let mut v: Vec<f64> = (0..channels).map(|_| StandardNormal.sample(rng)).collect();
        for _ in 0..2 {
            for u in &frame {
                let along = dot(u, &v);
                v.iter_mut().zip(u).for_each(|(v, u)| *v -= along * u);
            }
        }
        let norm = dot(&v, &v).sqrt();
        // A draw within the span of the others has probability zero; draw again if rounding says so.
        if norm > 1e-8 {
            v.iter_mut().for_each(|x| *x /= norm);
            frame.push(v);
        }
    }
    frame.concat()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use convlens_svd::ConvKernel;

    #[test]
    fn a_random_frame_is_orthonormal_and_depends_on_the_seed_alone() {
        let frame = |seed| orthonormal(5, 8, &mut ChaCha8Rng::seed_from_u64(seed));
        let rows: Vec<Vec<f64>> = frame(3).chunks(8).map(<[f64]>::to_vec).collect();
        for (i, u) in rows.iter().enumerate() {
            for (j, v) in rows.iter().enumerate() {
                // Twice is enough: a few units of rounding for 8 terms.
                assert!((dot(u, v) - f64::from(u8::from(i == j))).abs() < 1e-14);
            }
        }
        assert_eq!(frame(3), frame(3));
        assert_ne!(frame(3), frame(4));
    }

    #[test]
    fn channels_come_in_the_order_of_their_filters_norms() {
        let kernel =
            ConvKernel::from_slice(&[1., 0., 0., 0., 3., 0., 0., 2., 2.], &[3, 3]).unwrap();
        let svd = LayerSvd::new(&kernel).unwrap();
        assert_eq!(loudest_channels(&svd, 3), [1, 2, 0]);
    }
}
