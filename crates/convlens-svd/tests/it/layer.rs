//! The matrix-free layer against the dense matrix, and the two decompositions against the layer.

use crate::kernels::{cases, noise, random};
use crate::oracle::{Edge, dense, distance};
use convlens_svd::{ConvKernel, Geometry, LayerOperator, LayerSvd, PaddingMode, SvdError};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Sums of at most 1e3 products of numbers under 1: 1e-12.
    #[test]
    fn apply_and_adjoint_are_those_of_the_dense_matrix(case in cases(), seed in any::<u64>()) {
        let layer = match LayerOperator::new(&case.kernel, &case.grid) {
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

/// Wide enough in channels and positions for several blocks and ranges of the products of matrices;
/// every padding mode, against the matrix by the definition (`to_dense` adds single entries).
#[test]
fn products_of_matrices_are_direct_sums() {
    let modes = [
        PaddingMode::Zeros,
        PaddingMode::Circular,
        PaddingMode::Reflect,
        PaddingMode::Replicate,
    ];
    let plain = Geometry::new(2).with_padding(&[(1, 1), (2, 1)]);
    let mut layers: Vec<(ConvKernel, Vec<usize>)> = modes
        .into_iter()
        .map(|mode| {
            let geometry = plain.clone().with_padding_mode(mode);
            (random(&[9, 10, 3, 3], geometry, 30), vec![11, 13])
        })
        .collect();
    let strided = plain.clone().with_stride(&[2, 3]).with_dilation(&[1, 2]);
    let transposed = convlens_svd::Direction::Transposed {
        output_padding: vec![0, 1],
    };
    layers.push((
        random(&[20, 5, 3, 2], strided.clone().with_groups(2), 31),
        vec![12, 14],
    ));
    layers.push((
        random(&[8, 6, 3, 2], strided.with_direction(transposed), 32),
        vec![5, 6],
    ));
    layers.push((
        random(&[5, 3, 7], Geometry::new(1).with_padding(&[(3, 3)]), 33),
        vec![700],
    ));
    layers.push((
        random(&[4, 2, 2, 2, 3], Geometry::new(3), 34),
        vec![5, 6, 7],
    ));
    layers.push((random(&[30, 40], Geometry::new(0), 35), vec![]));
    for (kernel, grid) in layers {
        let layer = LayerOperator::new(&kernel, &grid).unwrap();
        let (rows, cols) = (layer.output_len(), layer.input_len());
        let matrix = layer.to_dense().unwrap();
        let (x, y) = (noise(cols, 1), noise(rows, 2));
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
        let slow: Vec<f64> = matrix.chunks(cols).map(|row| dot(row, &x)).collect();
        // Sums of at most 200 products of numbers under 1.
        assert!(distance(&layer.apply(&x).unwrap(), &slow) < 1e-13);
        let mut back = vec![f64::NAN; cols];
        layer.adjoint_into(&y, &mut back).unwrap();
        for (j, found) in back.iter().enumerate() {
            let slow: f64 = (0..rows).map(|i| matrix[i * cols + j] * y[i]).sum();
            assert!((found - slow).abs() < 1e-13);
        }
        let mut out = vec![f64::NAN; rows];
        layer.apply_into(&x, &mut out).unwrap();
        assert_eq!(out, layer.apply(&x).unwrap());
        assert!(layer.apply_into(&x, &mut out[1..]).is_err());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// The matrix is the oracle's, entry by entry, and its values are those that Jacobi rotations
    /// find.
    #[test]
    fn the_dense_form_and_its_values_are_the_oracles(case in cases()) {
        let layer = match LayerOperator::new(&case.kernel, &case.grid) {
            Err(SvdError::EmptyOutput { .. }) => return Err(TestCaseError::reject("no output")),
            layer => layer.unwrap(),
        };
        let slow = dense(&case.kernel, &case.grid, Edge::Zeros);
        prop_assert_eq!(&layer.to_dense().unwrap(), &slow.data);
        let (found, exact) = (layer.singular_values().unwrap(), slow.singular_values());
        // Twice the contract: Jacobi has rounding of its own.
        let bound = 2.0 * crate::oracle::exact(slow.rows, slow.cols, exact[0]);
        prop_assert!(distance(&found, &exact) <= bound);
    }
}

/// Circular padding with a stride that does not divide the grid: no spectrum by symbols, but a
/// dense one. And with one that does, both agree.
#[test]
fn strides_that_do_not_divide_the_grid_have_dense_values() {
    let geometry = |stride: usize| {
        Geometry::new(1)
            .with_padding(&[(1, 1)])
            .with_stride(&[stride])
            .with_padding_mode(PaddingMode::Circular)
    };
    let uneven = random(&[2, 3, 3], geometry(2), 36);
    let refused = convlens_svd::OperatorSpectrum::new(&uneven, &[7]);
    assert!(matches!(
        refused,
        Err(SvdError::StrideDoesNotDivideGrid { .. })
    ));
    let layer = LayerOperator::new(&uneven, &[7]).unwrap();
    let values = layer.singular_values().unwrap();
    let slow = crate::oracle::Dense {
        rows: 8,
        cols: 21,
        data: layer.to_dense().unwrap(),
    };
    assert!(distance(&values, &slow.singular_values()) < 1e-13);
    let even = LayerOperator::new(&uneven, &[8])
        .unwrap()
        .singular_values()
        .unwrap();
    let spectrum = convlens_svd::OperatorSpectrum::new(&uneven, &[8]).unwrap();
    assert!(distance(&even, &spectrum.singular_values()) < 1e-13);
}

#[test]
fn large_dense_forms_are_refused() {
    let layer = LayerOperator::new(&random(&[4, 4, 1], Geometry::new(1), 37), &[4096]).unwrap();
    let refused = SvdError::TooLarge {
        what: "the number of entries of the dense matrix",
        needed: 1 << 28,
        limit: 1 << 26,
    };
    assert_eq!(layer.to_dense().unwrap_err(), refused);
    assert_eq!(layer.singular_values().unwrap_err(), refused);
}

/// The paper's factorization: the layer is the right filters, then S, then the 1 x 1 convolution U.
/// For each direction, the signal of an input is u^T y = sigma * (filter applied to x).
#[test]
fn signals_of_the_unfolding_are_those_of_the_layer() {
    let geometry = Geometry::new(2)
        .with_stride(&[2, 1])
        .with_padding(&[(1, 0), (2, 1)])
        .with_dilation(&[1, 2])
        .with_groups(2);
    let kernel = random(&[6, 2, 3, 2], geometry.clone(), 3);
    let grid = [5, 6];
    let layer = LayerOperator::new(&kernel, &grid).unwrap();
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
        let found = LayerOperator::new(&single.unwrap(), &grid)
            .unwrap()
            .apply(part)
            .unwrap();
        let scaled: Vec<f64> = found.iter().map(|v| v * svd.singular_values()[i]).collect();
        // Sums of about 30 products of numbers under 4.
        assert!(distance(&signal, &scaled) < 1e-13);
    }
}

/// Under circular padding a plane wave is an eigenfunction: A (v e^{i w x}) = sigma u e^{i w x} for
/// the triplets of the symbol. For one channel sigma is the modulus of the response.
#[test]
fn a_plane_wave_is_stretched_by_the_symbol() {
    let geometry = Geometry::new(1)
        .with_padding(&[(1, 1)])
        .with_padding_mode(PaddingMode::Circular);
    let kernel = random(&[1, 1, 3], geometry, 11);
    let layer = LayerOperator::new(&kernel, &[8]).unwrap();
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
    let layer = LayerOperator::new(&kernel, &[4]).unwrap();
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
    let refused = LayerOperator::new(&random(&[1, 1, 3], geometry, 5), &[4]);
    assert!(matches!(refused, Err(SvdError::Unsupported { .. })));
}
