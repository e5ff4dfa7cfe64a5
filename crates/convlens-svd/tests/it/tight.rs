//! Tight brackets against the norms of dense matrices.

use crate::kernels::{cases, random};
use crate::oracle::{Edge, dense};
use convlens_svd::norm::{DavidsonOptions, Method, Padding, TightOptions};
use convlens_svd::{ConvKernel, Direction, Geometry, NormBracket, SvdError};
use proptest::prelude::*;

/// The dense norm is computed with rounding of its own: 1e-13 of it, for Jacobi on at most 200
/// columns.
fn holds(bracket: &NormBracket, norm: f64) -> bool {
    bracket.lower <= norm * (1.0 + 1e-13) && norm * (1.0 - 1e-13) <= bracket.upper
}

fn factorizations(bracket: &NormBracket) -> usize {
    match bracket.method {
        Method::DavidsonAndCholesky { factorizations, .. } => factorizations,
        _ => 0,
    }
}

fn same(dims: usize) -> Geometry {
    Geometry::new(dims).with_padding(&vec![(1, 1); dims])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    /// Whatever the search found: with its usual options, and with a single step, which mostly is
    /// far off.
    #[test]
    fn tight_brackets_hold_the_dense_norm(case in cases(), seed in any::<u64>(), one in any::<bool>()) {
        let usual = TightOptions::default();
        let steps = if one { 1 } else { usual.davidson.max_iterations };
        let options = usual.davidson(usual.davidson.seed(seed).max_iterations(steps));
        let bracket = match NormBracket::tight(&case.kernel, &case.grid, &options) {
            Err(SvdError::EmptyOutput { .. }) => return Err(TestCaseError::reject("no output")),
            bracket => bracket.unwrap(),
        };
        let norm = dense(&case.kernel, &case.grid, Edge::Zeros).norm();
        prop_assert!(holds(&bracket, norm), "{bracket:?} {norm}");
        prop_assert!(bracket.relative_width() <= 1e-6, "{bracket:?} {norm}");
        prop_assert_eq!(bracket.padding, Padding::Zeros);
    }
}

/// Several panels of several channels, on the side of the inputs and of the outputs, transposed,
/// and in three dimensions: the layouts that small cases do not reach. The oracle is the crate's
/// dense SVD of the whole matrix.
#[test]
fn layers_of_many_panels() {
    let strided = same(2).with_stride(&[2, 1]);
    let transposed = Direction::Transposed {
        output_padding: vec![1, 0],
    };
    let cases = [
        (random(&[6, 5, 3, 3], same(2), 40), vec![7, 12]),
        (random(&[5, 6, 3, 3], same(2), 41), vec![12, 7]),
        (random(&[9, 8, 3, 3], strided.clone(), 42), vec![12, 6]),
        (
            random(&[8, 7, 3, 3], strided.with_direction(transposed), 43),
            vec![6, 6],
        ),
        (random(&[3, 3, 3, 3, 3], same(3), 44), vec![4, 6, 5]),
        (
            random(&[10, 10, 5], same(1).with_dilation(&[2]), 45),
            vec![40],
        ),
        (random(&[120, 100, 3], same(1), 46), vec![5]),
        (
            random(&[12, 3, 3, 3], same(2).with_groups(4), 47),
            vec![8, 8],
        ),
    ];
    for (kernel, grid) in cases {
        let layer = convlens_svd::LayerOperator::new(&kernel, &grid).unwrap();
        let norm = layer.singular_values().unwrap()[0];
        for iterations in [1000, 2] {
            let usual = TightOptions::default();
            let davidson = usual.davidson.max_iterations(iterations);
            let bracket = NormBracket::tight(&kernel, &grid, &usual.davidson(davidson)).unwrap();
            // The contract of the dense SVD, 50 eps sqrt(n), is under 1e-12.
            assert!(bracket.lower <= norm * (1.0 + 1e-12) && norm * (1.0 - 1e-12) <= bracket.upper);
            assert!(bracket.relative_width() <= 1e-6, "{bracket:?}");
            // Two steps are not enough: some factorizations fail.
            assert!(factorizations(&bracket) >= if iterations == 2 { 2 } else { 1 });
        }
    }
}

#[test]
fn other_widths_are_met() {
    let kernel = random(&[4, 4, 3, 3], same(2), 48);
    let norm = dense(&kernel, &[6, 6], Edge::Zeros).norm();
    for width in [1e-2, 1e-4, 1e-8] {
        let bracket =
            NormBracket::tight(&kernel, &[6, 6], &TightOptions::default().width(width)).unwrap();
        assert!(
            holds(&bracket, norm) && bracket.relative_width() <= width,
            "{bracket:?}"
        );
    }
    // Under the rounding: as narrow as it gets, and valid.
    let bracket =
        NormBracket::tight(&kernel, &[6, 6], &TightOptions::default().width(1e-15)).unwrap();
    assert!(
        holds(&bracket, norm) && bracket.relative_width() < 1e-3,
        "{bracket:?}"
    );
}

/// Repeated largest value, low rank, zero, and weights that no output reads.
#[test]
fn corner_cases() {
    let options = TightOptions::default();
    let equal = ConvKernel::new(
        [0.3, -1.0, 0.7].repeat(8),
        &[8, 1, 3],
        same(1).with_groups(8),
    );
    let equal = equal.unwrap();
    let bracket = NormBracket::tight(&equal, &[9], &options).unwrap();
    assert!(holds(&bracket, dense(&equal, &[9], Edge::Zeros).norm()));
    assert_eq!(
        (bracket.relative_width() <= 1e-6, factorizations(&bracket)),
        (true, 8)
    );

    let low = ConvKernel::new([1.0, 2.0, -1.0].repeat(9), &[3, 3, 3], same(1)).unwrap();
    let bracket = NormBracket::tight(&low, &[7], &options).unwrap();
    assert!(holds(&bracket, dense(&low, &[7], Edge::Zeros).norm()));
    assert!(bracket.relative_width() <= 1e-6);

    let zero = ConvKernel::new(vec![0.0; 12], &[2, 2, 3], same(1)).unwrap();
    let bracket = NormBracket::tight(&zero, &[6], &options).unwrap();
    assert_eq!((bracket.lower, bracket.upper), (0.0, 0.0));

    // One sample: only the middle tap reads it. The others are 1e200 times as large, or the middle
    // one is zero.
    for middle in [1e-200, 0.0] {
        let kernel = ConvKernel::new(vec![1.0, middle, -3.0], &[1, 1, 3], same(1)).unwrap();
        let bracket = NormBracket::tight(&kernel, &[1], &options).unwrap();
        assert!(bracket.lower <= middle && middle <= bracket.upper);
        assert!(bracket.relative_width() <= 1e-6);
    }
    // All outputs read padding only.
    let outside = Geometry::new(1).with_padding(&[(9, 0)]).with_stride(&[40]);
    let kernel = random(&[2, 2, 3], outside, 49);
    let bracket = NormBracket::tight(&kernel, &[5], &options).unwrap();
    assert_eq!((bracket.lower, bracket.upper), (0.0, 0.0));
    // One sample, on which the embedding is exact, from a single step of the search: all levels
    // below the bound fail, and the lower end comes from a trial above it.
    let transposed = Direction::Transposed {
        output_padding: vec![0],
    };
    let geometry = Geometry::new(1)
        .with_stride(&[3])
        .with_direction(transposed);
    let weights = vec![0.98, -0.97, 0.90, -0.87, -0.92, 0.005];
    let kernel = ConvKernel::new(weights, &[2, 1, 3], geometry).unwrap();
    let one = options.davidson(options.davidson.max_iterations(1));
    let bracket = NormBracket::tight(&kernel, &[1], &one).unwrap();
    assert!(holds(&bracket, dense(&kernel, &[1], Edge::Zeros).norm()));
    assert!(bracket.relative_width() <= 1e-6 && factorizations(&bracket) > 1);
    // A dense layer has no padding.
    let matrix = ConvKernel::from_slice(&[3.0, 0.0, 0.0, 4.0], &[2, 2]).unwrap();
    let bracket = NormBracket::tight(&matrix, &[], &options).unwrap();
    assert_eq!(
        (bracket.method.clone(), holds(&bracket, 4.0)),
        (Method::Dense, true)
    );
}

#[test]
fn extreme_scales() {
    let base = random(&[3, 2, 3], same(1), 50);
    let options = TightOptions::default();
    let reference = NormBracket::tight(&base, &[9], &options).unwrap();
    for factor in [2f64.powi(-600), 2f64.powi(600)] {
        let weights = base.weights().iter().map(|w| w * factor).collect();
        let kernel = ConvKernel::new(weights, base.shape(), same(1)).unwrap();
        let found = NormBracket::tight(&kernel, &[9], &options).unwrap();
        assert_eq!(
            (found.lower / factor, found.upper / factor),
            (reference.lower, reference.upper)
        );
    }
}

#[test]
fn what_is_too_large_is_refused_before_any_work() {
    let kernel = random(&[2, 2, 3, 3], same(2), 51);
    let options = TightOptions::default();
    // 2 * 2^40 unknowns: counted, not allocated.
    let refused = NormBracket::tight(&kernel, &[1 << 20, 1 << 20], &options);
    assert!(matches!(refused, Err(SvdError::TooLarge { needed, limit, .. }) if needed > limit));
    for options in [options.max_bytes(10_000), options.max_work(10_000)] {
        let refused = NormBracket::tight(&kernel, &[8, 8], &options);
        assert!(matches!(
            refused,
            Err(SvdError::TooLarge { limit: 10_000, .. })
        ));
    }
    for options in [
        options.width(0.0),
        options.width(f64::NAN),
        options.width(1.0),
        options.davidson(DavidsonOptions::default().max_iterations(0)),
    ] {
        let refused = NormBracket::tight(&kernel, &[8, 8], &options);
        assert!(matches!(refused, Err(SvdError::InvalidOption { .. })));
    }
}

/// The tensor of a safetensors file (Hugging Face's format: length, JSON header, data) as f64.
fn tensor(bytes: &[u8], name: &str) -> (Vec<usize>, Vec<f64>) {
    let len = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header: serde_json::Value = serde_json::from_slice(&bytes[8..8 + len]).unwrap();
    let numbers = |key: &str| -> Vec<usize> {
        let list = header[name][key].as_array().unwrap();
        list.iter().map(|v| v.as_u64().unwrap() as usize).collect()
    };
    let (shape, at) = (numbers("shape"), numbers("data_offsets"));
    let data = bytes[8 + len + at[0]..8 + len + at[1]].chunks_exact(4);
    let data = data.map(|b| f64::from(f32::from_le_bytes(b.try_into().unwrap())));
    (shape, data.collect())
}

/// The trained digits network on its own 8 x 8 images: the embedding's bracket is open by percents,
/// the tight one is not.
#[test]
fn a_trained_network_on_small_images() {
    let bytes = std::fs::read(convlens_fixtures::digits_safetensors()).unwrap();
    for (name, stride) in [("conv1", 1), ("conv2", 1), ("conv3", 2)] {
        let (shape, weights) = tensor(&bytes, &format!("{name}.weight"));
        let geometry = same(2).with_stride(&[stride, stride]);
        let kernel = ConvKernel::new(weights, &shape, geometry).unwrap();
        let loose =
            NormBracket::zero_padded(&kernel, &[8, 8], &DavidsonOptions::default()).unwrap();
        let tight = NormBracket::tight(&kernel, &[8, 8], &TightOptions::default()).unwrap();
        println!(
            "{name}: embedding {:.2e}, tight {:.2e}, norm {:.6}, {:?}",
            loose.relative_width(),
            tight.relative_width(),
            tight.lower,
            tight.method
        );
        assert!(tight.relative_width() <= 1e-6, "{tight:?}");
        assert!(loose.relative_width() > 1e-3, "{loose:?}");
        assert!(loose.lower <= tight.upper && tight.lower <= loose.upper);
    }
}

#[cfg(feature = "rayon")]
#[test]
fn one_two_three_and_seven_threads_give_the_same_bits() {
    let kernel = random(&[12, 12, 3, 3], same(2).with_groups(1), 52);
    let grouped = random(&[12, 3, 3, 3], same(2).with_groups(4), 53);
    let results: Vec<_> = [1, 2, 3, 7]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(|| {
                // A single step of the search, so that inverse iteration has its part.
                let loose = DavidsonOptions::default().max_iterations(1);
                let options = TightOptions::default().davidson(loose);
                [&kernel, &grouped].map(|k| NormBracket::tight(k, &[9, 11], &options).unwrap())
            })
        })
        .collect();
    for other in &results[1..] {
        assert_eq!(&results[0], other);
    }
}

#[cfg(feature = "serde")]
#[test]
fn tight_brackets_round_trip() {
    let kernel = random(&[2, 2, 3], same(1), 54);
    let bracket = NormBracket::tight(&kernel, &[7], &TightOptions::default()).unwrap();
    let text = serde_json::to_string(&bracket).unwrap();
    assert!(text.contains("davidson_and_cholesky"), "{text}");
    assert_eq!(serde_json::from_str::<NormBracket>(&text).unwrap(), bracket);
}

/// Under the width that rounding allows, asking for less gives what is reached, not what the search
/// started from.
#[test]
fn narrower_widths_are_not_wider() {
    let widths = [
        1e-3,
        1e-6,
        1e-9,
        1e-12,
        1e-14,
        1e-15,
        f64::EPSILON,
        f64::EPSILON / 2.0,
        1e-17,
        1e-30,
        f64::MIN_POSITIVE,
    ];
    for (kernel, grid) in [
        (random(&[4, 4, 3, 3], same(2), 48), vec![6, 6]),
        (random(&[6, 2, 3], same(1).with_groups(2), 55), vec![12]),
    ] {
        let norm = convlens_svd::LayerOperator::new(&kernel, &grid).unwrap();
        let norm = norm.singular_values().unwrap()[0];
        for width in widths {
            let options = TightOptions::default().width(width);
            let bracket = NormBracket::tight(&kernel, &grid, &options).unwrap();
            assert!(bracket.lower <= norm * (1.0 + 1e-12) && norm * (1.0 - 1e-12) <= bracket.upper);
            // What rounding allows on 144 unknowns is about 1e-12.
            let reached = bracket.relative_width();
            assert!(reached <= width.max(1e-10), "{width:e}: {reached:e}");
        }
    }
}
