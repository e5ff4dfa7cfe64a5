//! Leading singular triplets against the dense matrix.

use crate::kernels::{cases, random};
use crate::oracle::{Edge, dense};
use convlens_svd::layer::{SingularTriplet, TripletOptions};
use convlens_svd::{
    ConvKernel, Direction, Geometry, LayerOperator, LayerTriplets, PaddingMode, SvdError,
};
use proptest::prelude::*;

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Residuals of at most `bound`, recomputed here; unit vectors, orthogonal to each other, to 1e-13;
/// signs.
fn check(layer: &LayerOperator, found: &LayerTriplets, bound: f64) {
    let residual = |image: Vec<f64>, of: &[f64], sigma: f64| {
        let off: Vec<f64> = image.iter().zip(of).map(|(a, b)| a - sigma * b).collect();
        dot(&off, &off).sqrt()
    };
    for (i, t) in found.triplets.iter().enumerate() {
        let left = residual(layer.apply(&t.right).unwrap(), &t.left, t.sigma);
        let right = residual(layer.adjoint(&t.left).unwrap(), &t.right, t.sigma);
        assert!(
            left <= bound && right <= bound,
            "{left} {right} over {bound}"
        );
        // The same sums in the same order but for the power of two: rounding of 1e-15 times values
        // under 100.
        assert!((left - t.left_residual).abs() <= 1e-13);
        assert!((right - t.right_residual).abs() <= 1e-13);
        let largest = t.left.iter().fold(0.0f64, |m, x| m.max(x.abs()));
        let deciding = t.left.iter().find(|x| x.abs() >= largest * (1.0 - 1e-8));
        assert!(*deciding.unwrap() > 0.0);
        for (j, s) in found.triplets.iter().enumerate() {
            let unit = f64::from(i == j);
            assert!((dot(&t.left, &s.left) - unit).abs() < 1e-13);
            assert!((dot(&t.right, &s.right) - unit).abs() < 1e-13);
        }
    }
    let values = found.singular_values();
    assert!(values.windows(2).all(|w| w[0] >= w[1]));
}

fn all_converged(triplets: &[SingularTriplet]) -> bool {
    triplets.iter().all(|t| t.converged)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn leading_triplets_are_those_of_the_dense_matrix(
        case in cases(), count in 1..=6usize, seed in any::<u64>()
    ) {
        let layer = match LayerOperator::new(&case.kernel, &case.grid) {
            Err(SvdError::EmptyOutput { .. }) => return Err(TestCaseError::reject("no output")),
            layer => layer.unwrap(),
        };
        let count = count.min(layer.input_len()).min(layer.output_len());
        let options = TripletOptions::default().count(count).seed(seed);
        let found = LayerTriplets::new(&layer, &options).unwrap();
        let slow = dense(&case.kernel, &case.grid, Edge::Zeros).singular_values();
        prop_assert!(found.settled && all_converged(&found.triplets), "{found:?}");
        prop_assert_eq!(found.triplets.len(), count);
        // Converged: a value within 1e-8 of the largest. Values under 100; 1e-12 is rounding.
        for (t, exact) in found.triplets.iter().zip(&slow) {
            prop_assert!((t.sigma - exact).abs() <= 1e-8 * slow[0] + 1e-12, "{} {exact}", t.sigma);
        }
        check(&layer, &found, 1e-8 * slow[0] + 1e-12);
    }
}

/// Sixteen equal channels, each a layer with simple values: every value sixteen times. And the
/// identity: all values 1.
#[test]
fn every_copy_of_a_repeated_value_is_found() {
    let taps = [0.3, -1.0, 0.7];
    let same = Geometry::new(1).with_padding(&[(1, 1)]).with_groups(16);
    let kernel = ConvKernel::new(taps.repeat(16), &[16, 1, 3], same).unwrap();
    let layer = LayerOperator::new(&kernel, &[9]).unwrap();
    let options = TripletOptions::default().count(20);
    let found = LayerTriplets::new(&layer, &options).unwrap();
    let exact = dense(&kernel, &[9], Edge::Zeros).singular_values();
    assert!(found.settled && all_converged(&found.triplets));
    for (value, exact) in found.singular_values().iter().zip(&exact) {
        assert!((value - exact).abs() < 2e-8, "{value} {exact}");
    }
    check(&layer, &found, 2e-8);

    let eye = Geometry::new(2).with_groups(3);
    let kernel = ConvKernel::new(vec![1.0; 3], &[3, 1, 1, 1], eye).unwrap();
    let layer = LayerOperator::new(&kernel, &[5, 4]).unwrap();
    for count in [1, 7, 59, 60] {
        let found = LayerTriplets::new(&layer, &TripletOptions::default().count(count)).unwrap();
        assert!(found.settled && all_converged(&found.triplets));
        // Unit vectors in, the same out: rounding only.
        assert!(
            found
                .singular_values()
                .iter()
                .all(|v| (v - 1.0).abs() < 1e-14)
        );
        check(&layer, &found, 1e-13);
    }
}

/// Layers that are long enough for the preconditioner, in every geometry that it covers, against
/// dense matrices.
#[test]
fn long_layers_have_the_values_of_the_dense_matrix() {
    let one = || Geometry::new(1).with_padding(&[(1, 1)]);
    let two = Geometry::new(2).with_padding(&[(1, 1), (2, 0)]);
    let output_padding = vec![0];
    let transposed = Direction::Transposed { output_padding };
    let cases = [
        (random(&[3, 3, 3], one(), 31), vec![64]),
        (random(&[2, 3, 4], one().with_stride(&[2]), 32), vec![101]),
        (random(&[6, 2, 3], one().with_stride(&[2]), 33), vec![101]),
        (random(&[2, 2, 3], one().with_dilation(&[2]), 34), vec![70]),
        (random(&[4, 2, 3], one().with_groups(2), 35), vec![64]),
        (
            random(&[3, 2, 3], one().with_direction(transposed), 36),
            vec![60],
        ),
        (random(&[2, 2, 3, 3], two, 37), vec![50, 5]),
    ];
    for (i, (kernel, grid)) in cases.iter().enumerate() {
        let layer = LayerOperator::new(kernel, grid).unwrap();
        let options = TripletOptions::default().max_steps(3000);
        let found = LayerTriplets::new(&layer, &options).unwrap();
        let exact = layer.singular_values().unwrap();
        assert!(found.settled && all_converged(&found.triplets), "{i}");
        for (value, exact) in found.singular_values().iter().zip(&exact) {
            // Converged: within 1e-8 of the largest.
            assert!((value - exact).abs() <= 1e-8 * found.triplets[0].sigma);
        }
        check(&layer, &found, 1e-8 * exact[0] + 1e-12);
    }
}

/// A kernel that is a product, with its peak at frequency 0: values are products of those of the
/// channels and of each axis.
#[test]
fn values_of_large_separable_layers_are_products() {
    // Of the second, the symbol has four peaks of one height.
    for taps in [[0.5, 1.0, 0.7], [0.5, 1.0, -0.7]] {
        separable(taps, 48);
    }
}

fn separable(taps: [f64; 3], n: usize) {
    let mixing = random(&[8, 8], Geometry::new(0), 41);
    let weights = mixing.weights().iter().flat_map(|m| {
        let rows = taps.iter().flat_map(move |a| taps.map(|b| m * a * b));
        rows.collect::<Vec<f64>>()
    });
    let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
    let kernel = ConvKernel::new(weights.collect(), &[8, 8, 3, 3], same).unwrap();
    let layer = LayerOperator::new(&kernel, &[n, n]).unwrap();
    let found = LayerTriplets::new(&layer, &TripletOptions::default()).unwrap();
    let axis = Geometry::new(1).with_padding(&[(1, 1)]);
    let axis = ConvKernel::new(taps.to_vec(), &[1, 1, 3], axis).unwrap();
    let axis = LayerOperator::new(&axis, &[n])
        .unwrap()
        .singular_values()
        .unwrap();
    let channels = LayerOperator::new(&mixing, &[])
        .unwrap()
        .singular_values()
        .unwrap();
    let pairs = axis.iter().flat_map(|a| axis.iter().map(move |b| a * b));
    let all = pairs.flat_map(|p| channels.iter().map(move |c| c * p));
    let mut all: Vec<f64> = all.collect();
    all.sort_by(|a, b| b.total_cmp(a));
    assert!(found.settled && all_converged(&found.triplets));
    for (value, exact) in found.singular_values().iter().zip(&all) {
        // Converged: within 1e-8 of the largest.
        assert!((value - exact).abs() <= 1e-8 * all[0], "{value} {exact}");
    }
    check(&layer, &found, 1e-8 * all[0]);
}

#[test]
fn zero_layers_and_layers_of_low_rank() {
    let same = Geometry::new(1).with_padding(&[(1, 1)]);
    let zero = ConvKernel::new(vec![0.0; 12], &[2, 2, 3], same.clone()).unwrap();
    let layer = LayerOperator::new(&zero, &[6]).unwrap();
    let found = LayerTriplets::new(&layer, &TripletOptions::default()).unwrap();
    assert!(found.settled && all_converged(&found.triplets));
    // Any orthonormal vectors will do; there is no scale.
    assert_eq!(found.singular_values(), [0.0; 5]);
    for (i, a) in found.triplets.iter().enumerate() {
        for (j, b) in found.triplets.iter().enumerate() {
            let unit = f64::from(i == j);
            assert!((dot(&a.left, &b.left) - unit).abs() < 1e-13);
            assert!((dot(&a.right, &b.right) - unit).abs() < 1e-13);
        }
    }
    // Three equal filters: rank 4 of 12, the only value of a filter being sqrt(3) times that of
    // one.
    let kernel = ConvKernel::new([1.0, 1.0, 0.0].repeat(3), &[3, 1, 3], same).unwrap();
    let layer = LayerOperator::new(&kernel, &[4]).unwrap();
    let found = LayerTriplets::new(&layer, &TripletOptions::default().count(4)).unwrap();
    let exact = dense(&kernel, &[4], Edge::Zeros).singular_values();
    for (value, exact) in found.singular_values().iter().zip(&exact) {
        assert!((value - exact).abs() < 1e-13);
    }
}

/// The mode that no spectrum covers, by its definition on the matrix that `to_dense` gives.
#[test]
fn reflected_layers_have_triplets_too() {
    let geometry = Geometry::new(2)
        .with_padding(&[(1, 1), (2, 0)])
        .with_stride(&[1, 2])
        .with_padding_mode(PaddingMode::Reflect);
    let layer = LayerOperator::new(&random(&[5, 4, 3, 3], geometry, 21), &[6, 7]).unwrap();
    let found = LayerTriplets::new(&layer, &TripletOptions::default().seed(9)).unwrap();
    let exact = layer.singular_values().unwrap();
    for (t, exact) in found.triplets.iter().zip(&exact) {
        assert!(t.converged && (t.sigma - exact).abs() <= 1e-8 * found.triplets[0].sigma);
    }
    assert_eq!(
        (&found.left_shape[..], &found.right_shape[..]),
        (&[5, 6, 4][..], &[4, 6, 7][..])
    );
    check(&layer, &found, 1e-8 * exact[0]);
}

#[test]
fn steps_that_run_out_are_an_outcome() {
    let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
    let layer = LayerOperator::new(&random(&[8, 8, 3, 3], same, 22), &[12, 12]).unwrap();
    let few = TripletOptions::default().count(3).max_steps(3);
    let found = LayerTriplets::new(&layer, &few).unwrap();
    assert_eq!((found.steps, found.triplets.len()), (3, 3));
    assert!(!found.settled && !found.triplets[0].converged);
    let top = found.triplets[0].sigma;
    let best = LayerTriplets::new(&layer, &TripletOptions::default().count(3)).unwrap();
    assert!(best.settled && all_converged(&best.triplets));
    // Values of a projection are lower bounds.
    assert!(top < best.triplets[0].sigma);
    // A small basis gets there as well, by restarts.
    let small = TripletOptions::default().count(3).basis(6).max_steps(5000);
    let found = LayerTriplets::new(&layer, &small).unwrap();
    assert!(found.restarts > 1 && all_converged(&found.triplets));
    assert!((found.triplets[2].sigma - best.triplets[2].sigma).abs() < 2e-8 * top);
}

#[test]
fn extreme_scales_give_the_same_vectors() {
    let same = Geometry::new(1).with_padding(&[(1, 1)]);
    let base = random(&[2, 3, 3], same.clone(), 23);
    let of = |factor: f64| {
        let weights = base.weights().iter().map(|w| w * factor).collect();
        let kernel = ConvKernel::new(weights, base.shape(), same.clone()).unwrap();
        let layer = LayerOperator::new(&kernel, &[7]).unwrap();
        LayerTriplets::new(&layer, &TripletOptions::default().count(2)).unwrap()
    };
    let reference = of(1.0);
    for factor in [2f64.powi(-600), 2f64.powi(600)] {
        for (t, r) in of(factor).triplets.iter().zip(&reference.triplets) {
            assert_eq!((t.sigma / factor, &t.left), (r.sigma, &r.left));
            assert_eq!((&t.right, t.converged), (&r.right, true));
        }
    }
}

#[test]
fn options_are_checked_first() {
    let layer = LayerOperator::new(&random(&[1, 1, 3], Geometry::new(1), 1), &[9]).unwrap();
    let ok = TripletOptions::default().count(2);
    for options in [
        ok.count(0),
        ok.count(8),
        ok.basis(3),
        ok.max_steps(1),
        ok.tolerance(0.0),
        ok.tolerance(f64::NAN),
    ] {
        let refused = LayerTriplets::new(&layer, &options);
        assert!(
            matches!(refused, Err(SvdError::InvalidOption { .. })),
            "{options:?}"
        );
    }
}

#[cfg(feature = "rayon")]
#[test]
fn one_two_three_and_seven_threads_give_the_same_bits() {
    let same = Geometry::new(2).with_padding(&[(1, 1), (1, 1)]);
    let kernel = random(&[6, 9, 3, 3], same, 24);
    // 8100 and 5400 unknowns: several chunks of each basis, several ranges and blocks of the layer.
    let layer = LayerOperator::new(&kernel, &[30, 30]).unwrap();
    let options = TripletOptions::default().count(2).tolerance(1e-4);
    let results: Vec<LayerTriplets> = [1, 2, 3, 7]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().unwrap();
            pool.install(|| LayerTriplets::new(&layer, &options).unwrap())
        })
        .collect();
    for other in &results[1..] {
        assert_eq!(&results[0], other);
    }
}

#[cfg(feature = "serde")]
#[test]
fn triplets_round_trip() {
    let layer = LayerOperator::new(&random(&[2, 1, 3], Geometry::new(1), 25), &[9]).unwrap();
    let found = LayerTriplets::new(&layer, &TripletOptions::default().count(2)).unwrap();
    let text = serde_json::to_string(&found).unwrap();
    let back: LayerTriplets = serde_json::from_str(&text).unwrap();
    assert_eq!(back, found);
}
