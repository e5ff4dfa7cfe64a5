//! The pair of convolutions against the truncated kernel.

use crate::kernels::{cases, noise, random};
use crate::oracle::distance;
use convlens_svd::edit::{LowRank, Rank};
use convlens_svd::{ConvKernel, Direction, Geometry, LayerOperator, LayerSvd, SvdError};
use proptest::prelude::*;

/// The kernel of the first `r` directions of each group, term by term in the kernel's own layout.
fn truncated(kernel: &ConvKernel, svd: &LayerSvd, r: usize) -> ConvKernel {
    let transposed = matches!(kernel.geometry().direction(), Direction::Transposed { .. });
    let (rows, groups) = (kernel.c_out() / kernel.groups(), kernel.groups());
    let taps: usize = kernel.kernel_size().iter().product();
    let mut taken = vec![0; groups];
    let mut weights = vec![0.0; kernel.weights().len()];
    for (i, s) in svd.singular_values().iter().enumerate() {
        let (filter, u) = (svd.right_filter(i), svd.left_vector(i));
        taken[filter.group] += 1;
        if taken[filter.group] > r {
            continue;
        }
        for row in 0..rows {
            for (col, v) in filter.weights.iter().enumerate() {
                let (channel, tap) = (col / taps, col % taps);
                let (output, input) = (
                    filter.group * rows + row,
                    filter.group * filter.channels + channel,
                );
                let pair = if transposed {
                    input * rows + row
                } else {
                    output * filter.channels + channel
                };
                weights[pair * taps + tap] += s * u[output] * v;
            }
        }
    }
    ConvKernel::new(weights, kernel.shape(), kernel.geometry().clone()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Sums of at most 400 products of numbers under 20: 1e-11.
    #[test]
    fn the_pair_is_the_truncated_kernel(case in cases(), rank in 1..=5usize, seed in any::<u64>()) {
        let kernel = &case.kernel;
        let layer = match LayerOperator::new(kernel, &case.grid) {
            Err(SvdError::EmptyOutput { .. }) => return Err(TestCaseError::reject("no output")),
            layer => layer.unwrap(),
        };
        let svd = LayerSvd::new(kernel).unwrap();
        let pair = LowRank::new(&svd, Rank::Fixed(rank)).unwrap();
        let (rows, cols) = (svd.values().rows, svd.values().cols);
        prop_assert_eq!(pair.rank, rank.min(rows).min(cols));
        prop_assert_eq!((pair.first.groups(), pair.second.groups()), (kernel.groups(), kernel.groups()));
        prop_assert_eq!((pair.first.c_in(), pair.second.c_out()), (kernel.c_in(), kernel.c_out()));
        prop_assert_eq!(pair.first.c_out(), pair.rank * kernel.groups());
        let expected = truncated(kernel, &svd, pair.rank);
        if kernel.groups() == 1 {
            prop_assert!(distance(expected.weights(), &svd.reconstruct(pair.rank)) < 1e-13);
            prop_assert!((svd.values().reconstruction_error(pair.rank) - pair.relative_error).abs() < 1e-14);
        }
        let x = noise(layer.input_len(), seed);
        let first = LayerOperator::new(&pair.first, &case.grid).unwrap();
        let second = LayerOperator::new(&pair.second, first.output_size()).unwrap();
        prop_assert_eq!(second.output_size(), layer.output_size());
        let found = second.apply(&first.apply(&x).unwrap()).unwrap();
        let slow = LayerOperator::new(&expected, &case.grid).unwrap().apply(&x).unwrap();
        prop_assert!(distance(&found, &slow) < 1e-11);
        let squares = |w: &[f64]| w.iter().map(|x| x * x).sum::<f64>();
        let left: Vec<f64> = expected.weights().iter().zip(kernel.weights()).map(|(a, b)| a - b).collect();
        let error = (squares(&left) / squares(kernel.weights())).sqrt();
        prop_assert!((pair.relative_error - error).abs() < 1e-13);
        prop_assert_eq!(pair.parameters_before, kernel.weights().len());
        prop_assert_eq!(pair.parameters_after, kernel.groups() * pair.rank * (rows + cols));
    }

    /// The rank by energy or error is the least that does.
    #[test]
    fn chosen_ranks_are_the_least(case in cases(), share in 0.01..1.0f64) {
        let svd = LayerSvd::new(&case.kernel).unwrap();
        let error = |r: usize| LowRank::new(&svd, Rank::Fixed(r)).unwrap().relative_error;
        let by_error = LowRank::new(&svd, Rank::RelativeError(share)).unwrap();
        prop_assert!(by_error.relative_error <= share * (1.0 + 1e-14));
        prop_assert!(by_error.rank == 1 || error(by_error.rank - 1) > share * (1.0 - 1e-14));
        let by_energy = LowRank::new(&svd, Rank::Energy(share)).unwrap();
        let energy = |e: f64| 1.0 - e * e;
        prop_assert!(energy(by_energy.relative_error) >= share - 1e-14);
        prop_assert!(by_energy.rank == 1 || energy(error(by_energy.rank - 1)) < share + 1e-14);
    }

    /// The merged truncation, groups and all: its error is the one reported.
    #[test]
    fn reconstruction_errors_are_those_of_the_weights(case in cases(), r in 0..=6usize) {
        let svd = LayerSvd::new(&case.kernel).unwrap();
        let (mut left, mut all) = (0.0, 0.0);
        for (a, b) in svd.reconstruct(r).iter().zip(case.kernel.weights()) {
            left += (a - b) * (a - b);
            all += b * b;
        }
        let error: f64 = left / all;
        prop_assert!((svd.values().reconstruction_error(r) - error.sqrt()).abs() < 1e-13);
    }
}

#[test]
fn dense_zero_and_extreme_layers() {
    let kernel = random(&[5, 7], Geometry::new(0), 41);
    let pair = LowRank::new(&LayerSvd::new(&kernel).unwrap(), Rank::Fixed(2)).unwrap();
    assert_eq!(
        (pair.first.shape(), pair.second.shape()),
        (&[2, 7][..], &[5, 2][..])
    );
    let zero = LayerSvd::new(&ConvKernel::from_slice(&[0.0; 6], &[2, 3]).unwrap()).unwrap();
    let pair = LowRank::new(&zero, Rank::Energy(1.0)).unwrap();
    assert_eq!((pair.rank, pair.relative_error), (1, 0.0));
    assert_eq!(zero.values().reconstruction_error(0), 0.0);
    for e in [-1000, 1000] {
        let weights: Vec<f64> = kernel.weights().iter().map(|w| w * 2f64.powi(e)).collect();
        let svd = LayerSvd::new(&ConvKernel::from_slice(&weights, &[5, 7]).unwrap()).unwrap();
        let half = LowRank::new(&svd, Rank::Energy(0.5)).unwrap();
        assert!(half.relative_error > 0.0 && half.relative_error < 0.5f64.sqrt());
        // The same squares, added in another order.
        assert!((half.relative_error - svd.values().reconstruction_error(half.rank)).abs() < 1e-15);
    }
}

#[test]
fn faulty_ranks_are_refused() {
    let svd = LayerSvd::new(&random(&[2, 3], Geometry::new(0), 42)).unwrap();
    for rank in [
        Rank::Fixed(0),
        Rank::Energy(0.0),
        Rank::Energy(1.1),
        Rank::Energy(f64::NAN),
        Rank::RelativeError(1.0),
        Rank::RelativeError(-0.1),
    ] {
        let found = LowRank::new(&svd, rank);
        assert!(
            matches!(found, Err(SvdError::InvalidOption { .. })),
            "{rank:?}"
        );
    }
}
