//! The directions onto which a layer's output is projected.

use convlens_activations::Basis;
use convlens_model::error_chain;
use convlens_svd::LayerSvd;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, StandardNormal};

use crate::settings::Settings;

/// Keeps the rotations' random numbers apart from those of permutations and splits, which come from
/// the same seed.
const ROTATION: u64 = u64::from_be_bytes(*b"rotation");

/// One thing for each basis of a layer: its vectors, its signals, its separation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ByBasis<T> {
    pub(crate) singular: T,
    pub(crate) channels: T,
    /// At least one.
    pub(crate) rotations: Vec<T>,
}

impl<T> ByBasis<T> {
    /// As a list for a collector, which knows no names; undone by [`of_list`](Self::of_list).
    pub(crate) fn into_list(self) -> Vec<T> {
        let mut list = vec![self.singular, self.channels];
        list.extend(self.rotations);
        list
    }

    /// What was made of a list of [`into_list`](Self::into_list), one for one.
    pub(crate) fn of_list(list: Vec<T>) -> Option<Self> {
        let mut list = list.into_iter();
        Some(ByBasis {
            singular: list.next()?,
            channels: list.next()?,
            rotations: list.collect(),
        })
    }
}

/// The bases of a layer, all with the same number of directions: the rank of the kernel or the
/// setting, whichever is less. The error is the reason why there are none.
pub(crate) fn of_layer(
    svd: &LayerSvd,
    settings: &Settings,
    layer: u64,
) -> Result<ByBasis<Basis>, String> {
    let basis = |vectors, channels| Basis::new(vectors, channels).map_err(|e| error_chain(&e));
    let directions = svd.values().rank.min(settings.directions);
    if directions == 0 {
        return Err("its weights are all zero".into());
    }
    let leading: Vec<Vec<f64>> = (0..directions).map(|i| svd.left_vector(i)).collect();
    let channels = leading[0].len();
    let loudest = loudest_channels(svd, channels);
    let chosen = loudest.iter().take(directions);
    let unit = |c: usize| (0..channels).map(move |i| f64::from(u8::from(i == c)));
    let singular = basis(leading.concat(), channels)?;
    let mut rng = ChaCha8Rng::seed_from_u64(settings.seed ^ ROTATION);
    rng.set_stream(layer);
    Ok(ByBasis {
        // Its features have exemplars, which say where the maximum is.
        singular: if settings.exemplars > 0 {
            singular.with_peaks()
        } else {
            singular
        },
        channels: basis(chosen.flat_map(|&c| unit(c)).collect(), channels)?,
        rotations: (0..settings.rotations)
            .map(|_| basis(orthonormal(directions, channels, &mut rng), channels))
            .collect::<Result<_, _>>()?,
    })
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

/// `rows` orthonormal vectors, uniform over all such frames (Gaussian rows, orthogonalized;
/// Mezzadri 2007): Gram and Schmidt's process, run twice for accuracy.
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
        // A draw within the span of the others has probability zero; rounding may still give one.
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
