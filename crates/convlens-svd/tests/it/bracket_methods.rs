//! Gram iteration and reshaped norms: against dense matrices, against closed forms, and against
//! each other.

use crate::kernels::{cases, random};
use crate::oracle::{Edge, dense, plain};
use convlens_svd::norm::bounds::{self, GramOptions};
use convlens_svd::norm::{DavidsonOptions, Method, Padding};
use convlens_svd::{ConvKernel, Direction, Geometry, NormBracket, PaddingMode, SvdError};
use proptest::prelude::*;

/// The three brackets that hold for every grid.
fn grid_free(kernel: &ConvKernel) -> [(&'static str, NormBracket); 3] {
    let options = GramOptions::default();
    [
        ("gram", bounds::gram_grid_free(kernel, &options).unwrap()),
        (
            "space",
            bounds::gram_in_space(kernel, &options.spatial_iterations(2)).unwrap(),
        ),
        ("reshaped", bounds::reshaped(kernel).unwrap()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Jacobi's own rounding: 1e-13 of the norm.
    #[test]
    fn they_hold_the_dense_norm_with_zero_and_circular_padding(case in cases()) {
        let (kernel, grid) = (&case.kernel, &case.grid);
        let circular = dense(kernel, grid, Edge::Circular).norm();
        let bracket = bounds::gram_circular(kernel, grid, &GramOptions::default()).unwrap();
        prop_assert!(bracket.lower <= circular * (1.0 + 1e-13), "{bracket:?} {circular}");
        prop_assert!(circular * (1.0 - 1e-13) <= bracket.upper, "{bracket:?} {circular}");
        // r^(1 / 2^7) for the rank r <= 2 of these symbols is 1.0055; the lower end is better than
        // that.
        prop_assert!(bracket.relative_width() < 0.006, "{bracket:?}");
        let zeros = plain(kernel).dense(grid, Edge::Zeros).map_or(0.0, |d| d.norm());
        let reference = NormBracket::grid_free(kernel).unwrap();
        for (name, bracket) in grid_free(kernel) {
            prop_assert!(circular.max(zeros) * (1.0 - 1e-13) <= bracket.upper, "{name} {bracket:?}");
            prop_assert!(bracket.lower <= reference.upper, "{name} {bracket:?} {reference:?}");
            prop_assert!(reference.lower <= bracket.upper, "{name} {bracket:?} {reference:?}");
        }
    }

    /// More products give no worse an upper end: the Frobenius norm is submultiplicative, and so
    /// are both norms that the form in space takes. 1e-11: margins.
    #[test]
    fn upper_ends_fall_with_the_number_of_products(case in cases()) {
        let (kernel, grid) = (&case.kernel, &case.grid);
        let options = GramOptions::default();
        let mut before = [f64::INFINITY; 3];
        for t in 1..=4 {
            let options = options.iterations(t).spatial_iterations(t.min(3));
            let found = [
                bounds::gram_circular(kernel, grid, &options),
                bounds::gram_grid_free(kernel, &options),
                bounds::gram_in_space(kernel, &options),
            ].map(|bracket| bracket.unwrap().upper);
            for (now, before) in found.iter().zip(before) {
                prop_assert!(*now <= before * (1.0 + 1e-11), "{t} {now} {before}");
            }
            before = found;
        }
    }
}

/// With one channel a symbol is a number: its Frobenius norm is its modulus, and Gram iteration is
/// exact at each sample.
#[test]
fn one_channel_is_exact_at_the_samples() {
    for seed in 0..8 {
        let kernel = random(&[1, 1, 4, 3], Geometry::new(2), seed);
        let exact = NormBracket::circular(&kernel, &[6, 5]).unwrap();
        let options = GramOptions::default().iterations(1);
        let gram = bounds::gram_circular(&kernel, &[6, 5], &options).unwrap();
        assert!(gram.relative_width() < 1e-11, "{gram:?}");
        assert!(gram.lower <= exact.upper && exact.lower <= gram.upper);
        let options = GramOptions::default();
        let (a, b) = (
            bounds::gram_grid_free(&kernel, &options),
            NormBracket::grid_free(&kernel),
        );
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!((a.upper / b.upper - 1.0).abs() < 1e-11, "{a:?} {b:?}");
    }
}

/// Kernels whose reshapings and suprema are known in closed form.
#[test]
fn reshaped_norms_in_closed_form() {
    let near =
        |found: f64, exact: f64| assert!((found / exact - 1.0).abs() < 1e-11, "{found} {exact}");
    // All ones, 2 -> 3 channels, 3 x 5 taps: every reshaping has one value, sqrt(2 * 3 * 15), the
    // factor is sqrt(15), and both ends are the value at frequency zero: sqrt(6) * 15.
    let ones = ConvKernel::from_slice(&[1.0; 90], &[3, 2, 3, 5]).unwrap();
    let bracket = bounds::reshaped(&ones).unwrap();
    near(bracket.lower, 6f64.sqrt() * 15.0);
    near(bracket.upper, 6f64.sqrt() * 15.0);
    assert_eq!(
        bracket.method,
        Method::ReshapedNorms {
            factor: 15f64.sqrt()
        }
    );
    assert_eq!(
        (bracket.padding, bracket.grid),
        (Padding::ZerosOrCircular, None)
    );
    // An alternating checkerboard peaks at (pi, pi): 9.
    let checks: Vec<f64> = (0..9)
        .map(|i| if i % 2 == 0 { 1.0 } else { -1.0 })
        .collect();
    let bracket =
        bounds::reshaped(&ConvKernel::from_slice(&checks, &[1, 1, 3, 3]).unwrap()).unwrap();
    near(bracket.lower, 9.0);
    near(bracket.upper, 9.0);
    // The identity as a 3 x 3 kernel of one axis each: the reshapings by one axis are shifts of
    // norm 1 at most, as is the norm.
    let mut diagonal = vec![0.0; 9];
    (0..3).for_each(|i| diagonal[4 * i] = 1.0);
    let bracket =
        bounds::reshaped(&ConvKernel::from_slice(&diagonal, &[1, 1, 3, 3]).unwrap()).unwrap();
    // The taps 1 + z w + (z w)^2: sup 3 at frequency zero; M_S for one axis is the 3 x 3 identity,
    // times sqrt(9).
    near(bracket.lower, 3.0);
    near(bracket.upper, 3.0);
    // A stride of 3 on 3 taps leaves one position: the unfolding, exact.
    let strided = random(&[4, 2, 3], Geometry::new(1).with_stride(&[3]), 5);
    let bracket = bounds::reshaped(&strided).unwrap();
    assert_eq!(bracket.method, Method::ReshapedNorms { factor: 1.0 });
    let unfolding = convlens_svd::LayerSvd::new(&strided)
        .unwrap()
        .singular_values()[0];
    near(bracket.lower, unfolding);
    near(bracket.upper, unfolding);
}

/// Stride, dilation and direction leave these brackets of the lattice where theory has them.
#[test]
fn dilation_and_direction_do_not_matter_to_the_lattice() {
    let plain = random(&[4, 3, 3, 2], Geometry::new(2), 3);
    let dilated = random(&[4, 3, 3, 2], Geometry::new(2).with_dilation(&[2, 3]), 3);
    let direction = Direction::Transposed {
        output_padding: vec![0, 0],
    };
    let transposed = random(&[4, 3, 3, 2], Geometry::new(2).with_direction(direction), 3);
    for kernel in [&dilated, &transposed] {
        for ((name, a), (_, b)) in grid_free(&plain).into_iter().zip(grid_free(kernel)) {
            assert_eq!((a.lower, a.upper), (b.lower, b.upper), "{name}");
        }
    }
}

/// Widths on random 3 x 3 kernels, which `Method` quotes, and what must be true of them: every
/// lower end is at most every upper end of the same quantity, and the zero-padded norm lies under
/// all grid-free upper ends.
#[test]
fn widths_on_random_three_by_three_kernels() {
    for channels in [4, 16] {
        let mut widths = vec![Vec::new(); 6];
        for seed in 0..4 {
            let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
            let kernel = random(&[channels, channels, 3, 3], same, seed);
            let (grid, gram) = ([8, 8], GramOptions::default());
            let zeros =
                NormBracket::zero_padded(&kernel, &grid, &DavidsonOptions::default()).unwrap();
            let circular = NormBracket::circular(&kernel, &grid).unwrap();
            let by_gram = bounds::gram_circular(&kernel, &grid, &gram).unwrap();
            let free = NormBracket::grid_free(&kernel).unwrap();
            let sampled = bounds::gram_grid_free(&kernel, &gram).unwrap();
            let space = bounds::gram_in_space(&kernel, &gram).unwrap();
            let reshaped = bounds::reshaped(&kernel).unwrap();
            assert!(circular.lower <= by_gram.upper && by_gram.lower <= circular.upper);
            let suprema = [&free, &sampled, &space, &reshaped];
            for a in suprema {
                assert!(suprema.iter().all(|b| a.lower <= b.upper));
                assert!(zeros.lower <= a.upper && circular.lower <= a.upper);
            }
            if channels == 4 {
                let norm = dense(&kernel, &grid, Edge::Zeros).norm();
                assert!(zeros.lower <= norm * (1.0 + 1e-13) && norm <= zeros.upper * (1.0 + 1e-13));
                assert!(suprema.iter().all(|b| norm <= b.upper * (1.0 + 1e-13)));
            }
            let found = [&zeros, &by_gram, &free, &sampled, &space, &reshaped];
            found
                .iter()
                .zip(&mut widths)
                .for_each(|(b, w)| w.push(b.relative_width()));
        }
        let names = [
            "zero_padded",
            "gram_circular",
            "grid_free",
            "gram_grid_free",
            "gram_in_space",
            "reshaped",
        ];
        let worst: Vec<f64> = widths
            .iter()
            .map(|w| w.iter().copied().fold(0.0, f64::max))
            .collect();
        for (name, width) in names.iter().zip(&worst) {
            println!(
                "{channels} channels: {name} at most {:.3}% wide",
                100.0 * width
            );
        }
        // What the table of `Method` says, rounded up; the kernels are seeded. In theory: r^(1 /
        // 2^7) for Gram iteration of rank r, the factor of twelve samples per degree on two axes,
        // and 1 - 1 / sqrt(9) for the reshaped norms.
        for (width, most) in worst.iter().zip([0.037, 1e-5, 0.0175, 0.0175, 0.26, 0.43]) {
            assert!(*width <= most, "{channels} channels: {worst:?}");
        }
    }
}

#[test]
fn extreme_scales_change_no_bit_and_zero_is_zero() {
    let base = random(&[3, 2, 3, 2], Geometry::new(2).with_stride(&[2, 1]), 4);
    let all = |kernel: &ConvKernel| {
        let circular = bounds::gram_circular(kernel, &[4, 5], &GramOptions::default()).unwrap();
        let [a, b, c] = grid_free(kernel).map(|(_, bracket)| bracket);
        [circular, a, b, c].map(|bracket| (bracket.lower, bracket.upper))
    };
    for e in [-1000, -600, 600, 1000] {
        let factor = 2f64.powi(e);
        let weights = base.weights().iter().map(|w| w * factor).collect();
        let kernel = ConvKernel::new(weights, base.shape(), base.geometry().clone()).unwrap();
        assert_eq!(
            all(&kernel).map(|(l, u)| (l / factor, u / factor)),
            all(&base)
        );
    }
    let zero = ConvKernel::new(vec![0.0; 36], base.shape(), base.geometry().clone()).unwrap();
    assert_eq!(all(&zero), [(0.0, 0.0); 4]);
    let huge = ConvKernel::from_slice(&[f64::MAX; 6], &[1, 2, 3]).unwrap();
    let options = GramOptions::default();
    for refused in [
        bounds::gram_circular(&huge, &[5], &options),
        bounds::gram_grid_free(&huge, &options),
        bounds::gram_in_space(&huge, &options),
        bounds::reshaped(&huge),
    ] {
        assert_eq!(refused, Err(SvdError::Overflow { what: "the norm" }));
    }
}

/// A hundred products: the last are of rank one, and neither end breaks.
#[test]
fn many_products_close_the_bracket() {
    let kernel = random(&[6, 5, 3], Geometry::new(1), 8);
    let options = GramOptions::default().iterations(64);
    let gram = bounds::gram_circular(&kernel, &[7], &options).unwrap();
    let exact = NormBracket::circular(&kernel, &[7]).unwrap();
    assert!(gram.relative_width() < 1e-11, "{gram:?}");
    assert!(gram.lower <= exact.upper && exact.lower <= gram.upper);
}

#[test]
fn dense_layers_have_one_frequency_and_one_reshaping() {
    let kernel = ConvKernel::from_slice(&[3.0, 0.0, 0.0, 4.0, 0.0, 0.0], &[3, 2]).unwrap();
    let options = GramOptions::default();
    for bracket in [
        bounds::gram_circular(&kernel, &[], &options).unwrap(),
        bounds::gram_grid_free(&kernel, &options).unwrap(),
        bounds::gram_in_space(&kernel, &options.spatial_iterations(6)).unwrap(),
        bounds::reshaped(&kernel).unwrap(),
    ] {
        assert!(bracket.lower <= 4.0 && 4.0 <= bracket.upper, "{bracket:?}");
        // 4^64 and 3^64 in a sum: 1e-8 of it, to the power 1 / 64.
        assert!(bracket.relative_width() < 1e-9, "{bracket:?}");
    }
}

#[test]
fn refusals_are_typed() {
    let kernel = random(&[2, 2, 3], Geometry::new(1), 1);
    let options = GramOptions::default();
    for (options, option) in [
        (options.iterations(0), "iterations"),
        (options.iterations(65), "iterations"),
        (options.samples_per_degree(1), "samples_per_degree"),
        (options.samples_per_degree(usize::MAX), "samples_per_degree"),
        (options.spatial_iterations(0), "spatial_iterations"),
        (options.spatial_iterations(7), "spatial_iterations"),
    ] {
        for refused in [
            bounds::gram_circular(&kernel, &[4], &options),
            bounds::gram_grid_free(&kernel, &options),
            bounds::gram_in_space(&kernel, &options),
        ] {
            assert!(
                matches!(refused, Err(SvdError::InvalidOption { option: o, .. }) if o == option)
            );
        }
    }
    for mode in [PaddingMode::Reflect, PaddingMode::Replicate] {
        let mirrored = random(&[2, 2, 3], Geometry::new(1).with_padding_mode(mode), 1);
        for refused in [
            bounds::gram_grid_free(&mirrored, &options),
            bounds::gram_in_space(&mirrored, &options),
            bounds::reshaped(&mirrored),
        ] {
            assert!(matches!(refused, Err(SvdError::Unsupported { .. })));
        }
    }
    assert!(matches!(
        bounds::gram_circular(&kernel, &[0], &options),
        Err(SvdError::ZeroGrid { axis: 0 })
    ));
}

#[cfg(feature = "rayon")]
#[test]
fn the_same_bits_at_any_number_of_threads() {
    let kernel = random(&[10, 6, 3, 3], Geometry::new(2).with_groups(2), 12);
    let options = GramOptions::default();
    let results: Vec<_> = [1, 2, 3, 7]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| {
                [
                    bounds::gram_circular(&kernel, &[9, 7], &options).unwrap(),
                    bounds::gram_grid_free(&kernel, &options).unwrap(),
                    bounds::gram_in_space(&kernel, &options).unwrap(),
                    bounds::reshaped(&kernel).unwrap(),
                ]
            })
        })
        .collect();
    assert!(results.iter().all(|found| found == &results[0]));
}

#[cfg(feature = "serde")]
#[test]
fn brackets_and_options_go_through_json() {
    let kernel = random(&[2, 2, 3], Geometry::new(1), 2);
    let options = GramOptions::default().iterations(3);
    let text = serde_json::to_string(&options).unwrap();
    assert_eq!(serde_json::from_str::<GramOptions>(&text).unwrap(), options);
    let bracket = bounds::gram_circular(&kernel, &[5], &options).unwrap();
    for bracket in grid_free(&kernel)
        .map(|(_, bracket)| bracket)
        .into_iter()
        .chain([bracket])
    {
        let text = serde_json::to_string(&bracket).unwrap();
        assert_eq!(serde_json::from_str::<NormBracket>(&text).unwrap(), bracket);
    }
}
