//! The unfolding SVD against Jacobi, reconstruction and its own algebra.

use crate::kernels::{cases, random};
use crate::oracle::{Dense, distance, exact};
use convlens_svd::{
    Accuracy, Algorithm, ConvKernel, Direction, Geometry, LayerSvd, LayerValues, NormBracket,
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn values_vectors_and_reconstruction(case in cases()) {
        let kernel = &case.kernel;
        let svd = LayerSvd::new(kernel).unwrap();
        let (rows, cols) = (svd.values().rows, svd.values().cols);
        let top = svd.singular_values()[0];
        prop_assert_eq!(svd.values().algorithm, Algorithm::Direct);
        prop_assert_eq!(svd.groups().len(), kernel.groups());
        prop_assert_eq!(svd.singular_values().len(), kernel.groups() * rows.min(cols));
        prop_assert!(svd.singular_values().windows(2).all(|w| w[0] >= w[1]));
        let values = LayerValues::new(kernel, Accuracy::Exact).unwrap().singular_values;
        prop_assert!(distance(&values, svd.singular_values()) <= exact(rows, cols, top));
        // Reconstruction: a backward stable SVD, entry by entry.
        let back = svd.reconstruct(usize::MAX);
        prop_assert!(distance(&back, kernel.weights()) <= exact(rows, cols, top));
        // Energy: 1 at the end, never falling, and the error of a truncation is what it leaves.
        let r = svd.singular_values().len() / 2;
        let part = svd.reconstruct(r);
        let error: f64 = part.iter().zip(kernel.weights()).map(|(a, b)| (a - b).powi(2)).sum();
        let frobenius: f64 = kernel.weights().iter().map(|w| w * w).sum();
        prop_assert!((1.0 - svd.values().energy(r) - error / frobenius).abs() < 1e-13);
        prop_assert!((svd.values().frobenius_norm - frobenius.sqrt()).abs() <= 1e-13 * frobenius.sqrt());
        prop_assert!((svd.values().energy(usize::MAX) - 1.0).abs() < 1e-14);
        // Signs: the largest entry of each left vector is positive.
        for i in 0..svd.singular_values().len() {
            let u = svd.left_vector(i);
            prop_assert_eq!(u.len(), kernel.c_out());
            let largest = u.iter().fold(0.0f64, |m, x| m.max(x.abs()));
            prop_assert!(u.iter().find(|x| x.abs() >= largest * (1.0 - 1e-8)).unwrap() > &0.0);
            let filter = svd.right_filter(i);
            prop_assert_eq!(filter.group, svd.group_of(i));
            prop_assert_eq!(filter.weights.len(), cols);
            let unit: f64 = filter.weights.iter().map(|x| x * x).sum();
            prop_assert!((unit - 1.0).abs() < 1e-13);
        }
    }
}

#[test]
fn values_are_those_of_jacobi_on_the_flattened_filters() {
    let kernel = random(&[7, 3, 3, 2], Geometry::new(2), 5);
    let slow = Dense {
        rows: 7,
        cols: 18,
        data: kernel.weights().to_vec(),
    };
    let expected = slow.singular_values();
    let svd = LayerSvd::new(&kernel).unwrap();
    assert!(distance(svd.singular_values(), &expected) <= exact(7, 18, expected[0]));
}

#[test]
fn ranks_of_a_rank_one_and_a_zero_kernel() {
    let weights: Vec<f64> = [1.0, 2.0, -3.0]
        .iter()
        .flat_map(|a| [0.5, 0.1, 0.7, -1.0].map(|b| a * b))
        .collect();
    let svd = LayerSvd::new(&ConvKernel::from_slice(&weights, &[3, 2, 2]).unwrap()).unwrap();
    assert_eq!((svd.values().rank, svd.values().rank_at(0.5)), (1, 1));
    assert!((svd.values().stable_rank - 1.0).abs() < 1e-14);
    assert!((svd.values().energy(1) - 1.0).abs() < 1e-14);
    let zero = LayerSvd::new(&ConvKernel::from_slice(&[0.0; 6], &[2, 3]).unwrap()).unwrap();
    assert_eq!(
        (
            zero.values().rank,
            zero.values().stable_rank,
            zero.values().energy(0)
        ),
        (0, 0.0, 1.0)
    );
    assert_eq!(
        (zero.values().frobenius_norm, zero.reconstruct(9)),
        (0.0, vec![0.0; 6])
    );
}

#[test]
fn extreme_scales_are_exact() {
    let base = random(&[4, 2, 3], Geometry::new(1), 6);
    let reference = LayerSvd::new(&base).unwrap();
    for e in [-1000, 1000] {
        let factor = 2f64.powi(e);
        let weights: Vec<f64> = base.weights().iter().map(|w| w * factor).collect();
        let svd = LayerSvd::new(&ConvKernel::from_slice(&weights, base.shape()).unwrap()).unwrap();
        let back: Vec<f64> = svd.singular_values().iter().map(|s| s / factor).collect();
        assert_eq!(back, reference.singular_values());
        assert_eq!(svd.groups()[0].u(), reference.groups()[0].u());
        assert_eq!(svd.values().stable_rank, reference.values().stable_rank);
    }
}

#[test]
fn values_through_the_gram_matrix_keep_their_contract() {
    // Wide, tall, square, over a block of 256; a rank that falls short; groups; a transposed
    // kernel; a scale whose squares would underflow.
    let deficient: Vec<f64> = (0..12 * 30)
        .map(|i| f64::from(i / 30 % 4) + f64::from(i % 30))
        .collect();
    let transposed = Geometry::new(1)
        .with_groups(2)
        .with_direction(Direction::Transposed {
            output_padding: vec![0],
        });
    let tiny: Vec<f64> = random(&[5, 8], Geometry::new(0), 3)
        .weights()
        .iter()
        .map(|w| w * 1e-200)
        .collect();
    let kernels = [
        random(&[20, 300], Geometry::new(0), 1),
        random(&[600, 10, 3], Geometry::new(1), 2),
        random(&[12, 4, 3, 3], Geometry::new(2).with_groups(3), 4),
        random(&[8, 3, 5], transposed, 5),
        ConvKernel::from_slice(&deficient, &[12, 30]).unwrap(),
        ConvKernel::from_slice(&tiny, &[5, 8]).unwrap(),
        ConvKernel::from_slice(&[0.0; 6], &[2, 3]).unwrap(),
    ];
    for kernel in &kernels {
        let svd = LayerSvd::new(kernel).unwrap();
        let exact = LayerValues::new(kernel, Accuracy::Exact).unwrap();
        let gram = LayerValues::new(kernel, Accuracy::Gram).unwrap();
        let (rows, cols) = (svd.values().rows, svd.values().cols);
        let top = svd.singular_values()[0];
        assert_eq!(gram.singular_values.len(), exact.singular_values.len());
        for (found, known) in gram.singular_values.iter().zip(svd.singular_values()) {
            // The contract: 8 eps max(m, n) on the squares, relative to the largest.
            let scaled = |s: &f64| if top > 0.0 { (s / top).powi(2) } else { 0.0 };
            let error = (scaled(found) - scaled(known)).abs();
            assert!(
                error <= 8.0 * f64::EPSILON * rows.max(cols) as f64,
                "{error:e}"
            );
        }
        assert_eq!(gram.rank, svd.values().rank);
        assert_eq!(
            (gram.algorithm, exact.algorithm),
            (Algorithm::Gram, Algorithm::Direct)
        );
        assert_eq!(gram.condition_number(), None);
        assert_eq!(svd.values().accuracy, Accuracy::Exact);
        assert!(svd.values().condition_number().is_some());
        assert_eq!(exact.rank, svd.values().rank);
        let close = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
        assert!(close(gram.stable_rank, svd.values().stable_rank));
        assert!(close(gram.frobenius_norm, svd.values().frobenius_norm));
    }
}

#[test]
fn a_dense_norm_from_either_accuracy_holds_the_norm() {
    let kernel = random(&[40, 30], Geometry::new(0), 6);
    let top = LayerSvd::new(&kernel).unwrap().singular_values()[0];
    for accuracy in [Accuracy::Exact, Accuracy::Gram] {
        let values = LayerValues::new(&kernel, accuracy).unwrap();
        let norm = NormBracket::dense(&values).unwrap();
        assert!(norm.lower <= top && top <= norm.upper);
        assert!(norm.relative_width() < 1e-12);
    }
    let conv = LayerValues::new(&random(&[2, 2, 3], Geometry::new(1), 7), Accuracy::Gram).unwrap();
    assert!(NormBracket::dense(&conv).is_err());
}
