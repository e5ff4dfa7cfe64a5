//! The fast paths to values: Gram matrices in lanes, single extremes, streaming.

use crate::kernels::{Case, cases, random};
use crate::oracle::{Edge, dense, distance, exact};
use convlens_svd::periodic::{Instructions, SpectrumOptions};
use convlens_svd::{Accuracy, Algorithm, ConditionNumber, ConvKernel, Geometry, OperatorSpectrum};
use proptest::prelude::*;
use std::ops::ControlFlow;

const INSTRUCTIONS: [Instructions; 3] = [
    Instructions::Detected,
    Instructions::Avx2,
    Instructions::Portable,
];

fn gram(instructions: Instructions) -> SpectrumOptions {
    SpectrumOptions::default()
        .accuracy(Accuracy::Gram)
        .instructions(instructions)
}

/// Largest difference of squares over `eps max(m, n) sigma_max^2`: the `c` of [`Accuracy::Gram`].
fn gram_error(found: &[f64], expected: &[f64], sides: usize) -> f64 {
    let square = |values: &[f64]| values.iter().map(|s| s * s).collect::<Vec<_>>();
    let most = distance(&square(found), &square(expected));
    most / (f64::EPSILON * sides as f64 * expected[0] * expected[0])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Every instruction set keeps the contract of the Gram mode against the dense matrix, for any
    /// geometry. The sides are those of the dense matrix, whose own rounding grows with them.
    #[test]
    fn gram_values_are_those_of_the_dense_matrix(case in cases()) {
        let slow = dense(&case.kernel, &case.grid, Edge::Circular);
        let expected = slow.singular_values();
        for instructions in INSTRUCTIONS {
            let options = gram(instructions);
            let spectrum = OperatorSpectrum::with_options(&case.kernel, &case.grid, &options).unwrap();
            let found = spectrum.singular_values();
            prop_assert_eq!(found.len(), expected.len());
            prop_assert!(gram_error(&found, &expected, slow.rows.max(slow.cols)) < 8.0);
        }
    }

    #[test]
    fn extremes_are_those_of_the_whole_spectrum(case in cases()) {
        let Case { kernel, grid } = &case;
        let whole = OperatorSpectrum::new(kernel, grid).unwrap();
        let slow = dense(kernel, grid, Edge::Circular);
        let bound = 2.0 * exact(slow.rows, slow.cols, whole.norm());
        for instructions in INSTRUCTIONS {
            let options = SpectrumOptions::default().instructions(instructions);
            let largest = OperatorSpectrum::largest(kernel, grid, &options).unwrap();
            prop_assert!((largest.value - whole.norm()).abs() <= bound);
            let smallest = OperatorSpectrum::smallest_only(kernel, grid, &options).unwrap();
            prop_assert!((smallest.value - whole.smallest()).abs() <= bound);
            let at = |f: &[usize]| {
                let found = whole.per_frequency().find(|at| at.frequency == f).unwrap();
                (found.values[0], found.values[found.values.len() - 1])
            };
            prop_assert!((at(&largest.frequency).0 - whole.norm()).abs() <= bound);
            prop_assert!((at(&smallest.frequency).1 - whole.smallest()).abs() <= bound);
        }
    }

    #[test]
    fn streaming_gives_the_bits_of_the_whole(case in cases(), accuracy in prop_oneof![Just(Accuracy::Exact), Just(Accuracy::Gram)]) {
        let options = SpectrumOptions::default().accuracy(accuracy);
        let whole = OperatorSpectrum::with_options(&case.kernel, &case.grid, &options).unwrap();
        let mut expected = whole.per_frequency();
        let mut same = true;
        let algorithm = OperatorSpectrum::for_each_frequency(&case.kernel, &case.grid, &options, |at| {
            same &= expected.next() == Some(at);
            ControlFlow::Continue(())
        });
        prop_assert_eq!(algorithm.unwrap(), whole.algorithm());
        prop_assert!(same && expected.next().is_none());
    }
}

/// Sizes at which lanes are full, and one past; more frequencies than one block; a side of 1, 2 and
/// 3.
#[test]
fn lanes_agree_with_exact_values_on_larger_layers() {
    for (shape, grid) in [
        ([1, 7, 3, 3], [16, 16]),
        ([2, 2, 3, 3], [33, 7]),
        ([3, 64, 3, 3], [12, 12]),
        ([16, 16, 3, 3], [16, 16]),
        ([17, 33, 5, 3], [9, 8]),
        ([64, 64, 3, 3], [8, 8]),
    ] {
        let kernel = random(&shape, Geometry::new(2), 21);
        let exact_spectrum = OperatorSpectrum::new(&kernel, &grid).unwrap();
        for instructions in INSTRUCTIONS {
            let spectrum =
                OperatorSpectrum::with_options(&kernel, &grid, &gram(instructions)).unwrap();
            assert_eq!(spectrum.algorithm(), Algorithm::Gram);
            let sides = shape[0].max(shape[1]);
            for (a, b) in spectrum.per_frequency().zip(exact_spectrum.per_frequency()) {
                assert_eq!(
                    (&a.frequency, a.multiplicity),
                    (&b.frequency, b.multiplicity)
                );
                let worst = gram_error(a.values, b.values, sides)
                    * (b.values[0] / exact_spectrum.norm()).powi(2);
                assert!(worst < 8.0, "{shape:?} {instructions:?} {worst}");
            }
        }
    }
}

/// Shifted permutations, all ones, rank one, zero, and one channel that is decoupled: repeated
/// values, zeros in every place.
#[test]
fn structured_kernels_do_not_break_lockstep() {
    let channels = 12;
    let filled = |entry: &dyn Fn(usize, usize, usize) -> f64| {
        let cells = (0..channels * channels * 9)
            .map(|e| entry(e / (9 * channels), e / 9 % channels, e % 9));
        ConvKernel::new(
            cells.collect(),
            &[channels, channels, 3, 3],
            Geometry::new(2),
        )
        .unwrap()
    };
    let kernels = [
        filled(&|o, i, p| f64::from(i == (o + 5) % channels && p == (2 * o) % 9)),
        filled(&|_, _, _| 1.0),
        filled(&|o, i, p| (o + 1) as f64 * (i as f64 - 3.0) * [0.1, -2.0, 1.0][p % 3]),
        filled(&|_, _, _| 0.0),
        filled(&|o, i, p| f64::from(o == i) * if p == 4 { 10f64.powi(-(o as i32)) } else { 0.0 }),
        filled(&|o, i, p| {
            if o == 3 || i == 3 {
                f64::from(o == i)
            } else {
                ((7 * o + 3 * i * i + p) % 5) as f64
            }
        }),
    ];
    for (which, kernel) in kernels.iter().enumerate() {
        let grid = [9, 8];
        let expected = OperatorSpectrum::new(kernel, &grid)
            .unwrap()
            .singular_values();
        for instructions in INSTRUCTIONS {
            let options = gram(instructions);
            let found = OperatorSpectrum::with_options(kernel, &grid, &options).unwrap();
            let found = found.singular_values();
            if expected[0] == 0.0 {
                assert!(found.iter().all(|&v| v == 0.0));
            } else {
                let error = gram_error(&found, &expected, channels);
                assert!(error < 8.0, "kernel {which}, {instructions:?}: {error}");
            }
        }
    }
}

#[test]
fn condition_numbers_alone_are_exact() {
    // Diagonal 1, 1e-10: through the Gram matrix the smallest value would be lost.
    let weights = vec![1.0, 0.0, 0.0, 1e-10];
    let kernel = ConvKernel::new(weights, &[2, 2, 1], Geometry::new(1)).unwrap();
    let options = SpectrumOptions::default();
    let ConditionNumber::Finite(found) =
        OperatorSpectrum::condition_number_only(&kernel, &[64], &options).unwrap()
    else {
        panic!("full rank")
    };
    // sigma_min is exact to eps sigma_max = 2e-16, over 1e-10.
    assert!((found * 1e-10 - 1.0).abs() < 1e-5, "{found}");
    let ones = ConvKernel::from_slice(&[1.0; 36], &[2, 2, 3, 3]).unwrap();
    let found = OperatorSpectrum::condition_number_only(&ones, &[6, 6], &options).unwrap();
    assert_eq!(found, ConditionNumber::Infinite);
}

#[test]
fn a_stream_can_be_stopped() {
    let kernel = random(&[2, 3, 3], Geometry::new(1), 4);
    let mut seen = 0;
    OperatorSpectrum::for_each_frequency(&kernel, &[1000], &Default::default(), |_| {
        seen += 1;
        if seen == 5 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .unwrap();
    assert_eq!(seen, 5);
}

/// Instruction sets differ by rounding only, and each repeats itself.
#[test]
fn scales_of_two_change_no_bit() {
    let base = random(&[6, 5, 3, 3], Geometry::new(2), 17);
    for instructions in INSTRUCTIONS {
        let of = |e: i32| {
            let weights = base.weights().iter().map(|w| w * 2f64.powi(e)).collect();
            let kernel = ConvKernel::new(weights, base.shape(), Geometry::new(2)).unwrap();
            let spectrum =
                OperatorSpectrum::with_options(&kernel, &[7, 6], &gram(instructions)).unwrap();
            let values = spectrum.singular_values();
            values.iter().map(|v| v * 2f64.powi(-e)).collect::<Vec<_>>()
        };
        assert_eq!(of(0), of(900));
        assert_eq!(of(0), of(-900));
    }
}
