//! The matrix-free layer against the dense matrix, and the two decompositions against the layer.

use crate::kernels::{cases, noise, random};
use crate::oracle::{Edge, dense, distance};
use convlens_svd::{ConvKernel, ConvLayer, Geometry, LayerSvd, PaddingMode, SvdError};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Sums of at most 1e3 products of numbers under 1: 1e-12.
    #[test]
    fn apply_and_adjoint_are_those_of_the_dense_matrix(case in cases(), seed in any::<u64>()) {
        let layer = match ConvLayer::new(&case.kernel, &case.grid) {
            Err(SvdError::EmptyOutput { .. }) => return Err(TestCaseError::reject("no output")),
            layer => layer.unwrap(),
        };
        let slow = dense(&case.kernel, &case.grid, Edge::Zeros);
        prop_assert_eq!((layer.output_len(), layer.input_len()), (slow.rows, slow.cols));
        let (x, y) = (noise(slow.cols, seed), noise(slow.rows, !seed));
        prop_assert!(distance(&layer.apply(&x).unwrap(), &slow.apply(&x)) < 1e-12);
        prop_assert!(distance(&layer.adjoint(&y).unwrap(), &slow.transposed().apply(&y)) < 1e-12);
    }
}

/// The paper's factorisation: the layer is the right filters, then S, then the 1 x 1 convolution U. For each direction,
/// the signal of an input is u^T y = sigma * (filter applied to x).
#[test]
fn signals_of_the_unfolding_are_those_of_the_layer() {
    let geometry = Geometry::new(2)
        .with_stride(&[2, 1])
        .with_padding(&[(1, 0), (2, 1)])
        .with_dilation(&[1, 2])
        .with_groups(2);
    let kernel = random(&[6, 2, 3, 2], geometry.clone(), 3);
    let grid = [5, 6];
    let layer = ConvLayer::new(&kernel, &grid).unwrap();
    let x = noise(layer.input_len(), 4);
    let y = layer.apply(&x).unwrap();
    let positions = y.len() / 6;
    let svd = LayerSvd::new(&kernel).unwrap();
    for i in 0..svd.singular_values().len() {
        let u = svd.left_vector(i);
        let signal: Vec<f64> = (0..positions)
            .map(|p| (0..6).map(|o| u[o] * y[o * positions + p]).sum())
            .collect();
        let filter = svd.right_filter(i);
        let single = ConvKernel::new(
            filter.weights,
            &[1, 2, 3, 2],
            geometry.clone().with_groups(1),
        );
        let part = &x[filter.group * 2 * 30..(filter.group + 1) * 2 * 30];
        let found = ConvLayer::new(&single.unwrap(), &grid)
            .unwrap()
            .apply(part)
            .unwrap();
        let scaled: Vec<f64> = found.iter().map(|v| v * svd.singular_values()[i]).collect();
        // Sums of about 30 products of numbers under 4.
        assert!(distance(&signal, &scaled) < 1e-13);
    }
}

/// Under circular padding a plane wave is an eigenfunction: A (v e^{i w x}) = sigma u e^{i w x} for the triplets of the
/// symbol. For one channel sigma is the modulus of the response.
#[test]
fn a_plane_wave_is_stretched_by_the_symbol() {
    let geometry = Geometry::new(1)
        .with_padding(&[(1, 1)])
        .with_padding_mode(PaddingMode::Circular);
    let kernel = random(&[1, 1, 3], geometry, 11);
    let layer = ConvLayer::new(&kernel, &[8]).unwrap();
    let spectrum = convlens_svd::OperatorSpectrum::new(&kernel, &[8]).unwrap();
    for at in spectrum.per_frequency() {
        let angle = |x: usize| std::f64::consts::TAU * (at.frequency[0] * x) as f64 / 8.0;
        let cos = layer
            .apply(&(0..8).map(|x| angle(x).cos()).collect::<Vec<_>>())
            .unwrap();
        let sin = layer
            .apply(&(0..8).map(|x| angle(x).sin()).collect::<Vec<_>>())
            .unwrap();
        for (c, s) in cos.iter().zip(&sin) {
            assert!((c.hypot(*s) - at.values[0]).abs() < 1e-14);
        }
    }
}

#[test]
fn faulty_signals_and_paddings_are_typed() {
    let kernel = random(&[1, 1, 3], Geometry::new(1), 5);
    let layer = ConvLayer::new(&kernel, &[4]).unwrap();
    assert_eq!(
        layer.apply(&[1.0]),
        Err(SvdError::SignalLength {
            expected: 4,
            got: 1
        })
    );
    assert_eq!(
        layer.adjoint(&[1.0]),
        Err(SvdError::SignalLength {
            expected: 2,
            got: 1
        })
    );
    let transposed = convlens_svd::Direction::Transposed {
        output_padding: vec![0],
    };
    let geometry = Geometry::new(1)
        .with_direction(transposed)
        .with_padding_mode(PaddingMode::Circular);
    let refused = ConvLayer::new(&random(&[1, 1, 3], geometry, 5), &[4]);
    assert!(matches!(refused, Err(SvdError::Unsupported { .. })));
}
