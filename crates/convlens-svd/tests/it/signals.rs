//! Signals from the output and from the input of a layer agree.

use crate::kernels::{cases, noise, random};
use crate::oracle::distance;
use convlens_svd::{Geometry, LayerOperator, LayerSvd, PaddingMode, SvdError};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// U^T (y - b) = S V^T * x, for grouped and transposed layers too. Sums of at most 400 products
    /// of numbers under 20: 1e-11.
    #[test]
    fn of_the_output_and_of_the_input(case in cases(), seed in any::<u64>()) {
        let layer = match LayerOperator::new(&case.kernel, &case.grid) {
            Err(SvdError::EmptyOutput { .. }) => return Err(TestCaseError::reject("no output")),
            layer => layer.unwrap(),
        };
        let svd = LayerSvd::new(&case.kernel).unwrap();
        let (x, bias) = (noise(layer.input_len(), seed), noise(case.kernel.c_out(), !seed));
        let y = layer.apply(&x).unwrap();
        let positions = y.len() / bias.len();
        let shifted: Vec<f64> = y.iter().enumerate().map(|(i, y)| y + bias[i / positions]).collect();
        let of_output = svd.output_signals(&shifted, Some(&bias)).unwrap();
        prop_assert_eq!(of_output.len(), svd.singular_values().len() * positions);
        prop_assert!(distance(&of_output, &svd.output_signals(&y, None).unwrap()) < 1e-11);
        prop_assert!(distance(&of_output, &svd.input_signals(&x, &case.grid).unwrap()) < 1e-11);
        // Each is the product with a left vector, over all channels.
        for (i, map) in of_output.chunks(positions).enumerate() {
            let u = svd.left_vector(i);
            let slow: Vec<f64> = (0..positions)
                .map(|p| (0..u.len()).map(|o| u[o] * y[o * positions + p]).sum())
                .collect();
            prop_assert!(distance(map, &slow) < 1e-11);
        }
        // U times the signals is the output again: y lies in the range of U.
        let mut back = vec![0.0; y.len()];
        for (i, map) in of_output.chunks(positions).enumerate() {
            for (u, y) in svd.left_vector(i).iter().zip(back.chunks_mut(positions)) {
                y.iter_mut().zip(map).for_each(|(y, m)| *y += u * m);
            }
        }
        prop_assert!(distance(&back, &y) < 1e-11);
    }
}

#[test]
fn every_padding_mode_agrees() {
    for mode in [
        PaddingMode::Circular,
        PaddingMode::Reflect,
        PaddingMode::Replicate,
    ] {
        let geometry = Geometry::new(2)
            .with_padding(&[(1, 1), (2, 0)])
            .with_padding_mode(mode);
        let kernel = random(&[3, 2, 3, 3], geometry, 51);
        let layer = LayerOperator::new(&kernel, &[4, 5]).unwrap();
        let x = noise(layer.input_len(), 52);
        let svd = LayerSvd::new(&kernel).unwrap();
        let of_output = svd.output_signals(&layer.apply(&x).unwrap(), None).unwrap();
        let of_input = svd.input_signals(&x, &[4, 5]).unwrap();
        // Sums of 18 products of numbers under 4, then of 3.
        assert!(distance(&of_output, &of_input) < 1e-13);
    }
}

#[test]
fn faulty_signals_are_typed() {
    let svd = LayerSvd::new(&random(&[3, 1, 2], Geometry::new(1), 53)).unwrap();
    assert_eq!(
        svd.output_signals(&[0.0; 4], None),
        Err(SvdError::SignalChannels {
            channels: 3,
            got: 4
        })
    );
    assert_eq!(
        svd.output_signals(&[0.0; 6], Some(&[0.0])),
        Err(SvdError::FieldLength {
            field: "bias",
            expected: 3,
            got: 1
        })
    );
    assert_eq!(
        svd.input_signals(&[0.0; 4], &[5]),
        Err(SvdError::SignalLength {
            expected: 5,
            got: 4
        })
    );
    assert_eq!(svd.output_signals(&[], None), Ok(vec![]));
}

#[cfg(feature = "rayon")]
#[test]
fn the_same_bits_at_any_number_of_threads() {
    let svd = LayerSvd::new(&random(&[6, 2, 3], Geometry::new(1).with_groups(2), 54)).unwrap();
    let (x, y) = (noise(4 * 9, 55), noise(6 * 7, 56));
    let results = [1, 2, 3, 7].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            (
                svd.output_signals(&y, None).unwrap(),
                svd.input_signals(&x, &[9]).unwrap(),
            )
        })
    });
    assert!(results.iter().all(|r| r == &results[0]));
}
