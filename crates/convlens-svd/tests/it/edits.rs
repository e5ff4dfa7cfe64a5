//! Clipping against dense periodic matrices, and norms after normalization.

use crate::kernels::{Case, cases, random};
use crate::oracle::{Dense, Edge, dense, distance, exact};
use convlens_svd::edit::{ClipOptions, FinalStep, NormScope};
use convlens_svd::norm::DavidsonOptions;
use convlens_svd::{ConvKernel, Direction, Geometry, NormBracket, SvdError};
use proptest::prelude::*;

/// The case's channels and stride with a kernel as large as the grid that it reads.
fn full_support(case: &Case, seed: u64) -> ConvKernel {
    let geometry = case.kernel.geometry();
    let transposed = matches!(geometry.direction(), Direction::Transposed { .. });
    let reads = |(n, s): (&usize, &usize)| if transposed { n * s } else { *n };
    let mut shape = case.kernel.shape()[..2].to_vec();
    shape.extend(case.grid.iter().zip(geometry.stride()).map(reads));
    let mut geometry = geometry.clone().with_dilation(&vec![1; case.grid.len()]);
    if transposed {
        let output_padding = vec![0; case.grid.len()];
        geometry = geometry.with_direction(Direction::Transposed { output_padding });
    }
    random(&shape, geometry, seed)
}

/// `U (S - c)_+ V^T` of a dense matrix: with columns `b = sigma u` it is the sum of
/// `(1 - c / sigma) / sigma^2 b b^T A`.
fn dense_excess(a: &Dense, bound: f64) -> Dense {
    let tall = if a.rows >= a.cols {
        a.transposed().transposed()
    } else {
        a.transposed()
    };
    let (turned, mut e) = (tall.transposed(), Dense::zeros(tall.rows, tall.cols));
    for b in a.rotated() {
        let sigma = b.iter().map(|x| x * x).sum::<f64>().sqrt();
        if sigma > bound {
            let row = turned.apply(&b);
            let factor = (1.0 - bound / sigma) / (sigma * sigma);
            for (i, x) in b.iter().enumerate() {
                for (j, y) in row.iter().enumerate() {
                    e.data[i * tall.cols + j] += factor * x * y;
                }
            }
        }
    }
    if a.rows >= a.cols { e } else { e.transposed() }
}

/// The least change of the weights that brings the layer nearest to the dense matrix without its
/// excess: each weight's own matrix, entry by entry.
fn dense_change(case: &Case, excess: &Dense) -> Vec<f64> {
    let kernel = &case.kernel;
    let units: Vec<Vec<f64>> = (0..kernel.weights().len())
        .map(|i| {
            let mut unit = vec![0.0; kernel.weights().len()];
            unit[i] = 1.0;
            let unit = ConvKernel::new(unit, kernel.shape(), kernel.geometry().clone()).unwrap();
            dense(&unit, &case.grid, Edge::Circular).data
        })
        .collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let one = |unit: &Vec<f64>| {
        let alike = units.iter().filter(|other| *other == unit).count();
        dot(unit, &excess.data) / dot(unit, unit) / alike as f64
    };
    units.iter().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Nothing to crop: one round is the projection, and every value is the lesser of itself and
    /// the bound.
    #[test]
    fn a_kernel_of_the_grids_size_is_clipped_exactly(case in cases(), share in 0.1..1.2f64, seed in any::<u64>()) {
        let kernel = full_support(&case, seed);
        let slow = dense(&kernel, &case.grid, Edge::Circular);
        let values = slow.singular_values();
        let bound = share * values[0];
        let options = ClipOptions::default().tolerance(1e-9).rescale(FinalStep::None);
        let (clipped, report) = kernel.clip_spectrum(&case.grid, bound, &options).unwrap();
        prop_assert_eq!(report.rounds, usize::from(share < 1.0));
        let found = dense(&clipped, &case.grid, Edge::Circular).singular_values();
        let expected: Vec<f64> = values.iter().map(|s| s.min(bound)).collect();
        // The contract for the SVD, once in the code and once in each oracle, and the sums back to
        // the weights.
        let tolerance = 4.0 * exact(slow.rows, slow.cols, values[0]);
        prop_assert!(distance(&found, &expected) <= tolerance);
        let over: f64 = values.iter().map(|s| (s - bound).max(0.0).powi(2)).sum();
        let points = slow.data.iter().map(|a| a * a).sum::<f64>() / kernel.weights().iter().map(|w| w * w).sum::<f64>();
        prop_assert!((report.distances[0] - (over / points).sqrt()).abs() <= tolerance);
    }

    /// One round, for any geometry, strides and wrapping included: weight by weight the dense
    /// projection.
    #[test]
    fn one_round_is_the_dense_projection(case in cases(), share in 0.1..1.0f64) {
        let slow = dense(&case.kernel, &case.grid, Edge::Circular);
        let norm = slow.norm();
        let options = ClipOptions::default().rounds(1).tolerance(0.0).rescale(FinalStep::None);
        let (clipped, report) = case.kernel.clip_spectrum(&case.grid, share * norm, &options).unwrap();
        prop_assert_eq!(report.rounds, 1);
        let change = dense_change(&case, &dense_excess(&slow, share * norm));
        let expected: Vec<f64> = case.kernel.weights().iter().zip(&change).map(|(w, c)| w - c).collect();
        // The excess is off by the SVD's rounding; an average over the grid is off by no more.
        prop_assert!(distance(clipped.weights(), &expected) <= 4.0 * exact(slow.rows, slow.cols, norm));
        let (bracket, norm) = (&report.after, dense(&clipped, &case.grid, Edge::Circular).norm());
        prop_assert!(bracket.lower <= norm * (1.0 + 1e-13) && norm * (1.0 - 1e-13) <= bracket.upper);
    }

    /// Each projection is at most as long as the one before it, and the final step makes the bound
    /// hold.
    #[test]
    fn distances_never_grow_and_the_bound_holds(case in cases(), share in 0.05..1.2f64) {
        let slow = dense(&case.kernel, &case.grid, Edge::Circular);
        let norm = slow.norm();
        let bound = share * norm;
        let options = ClipOptions::default().rounds(6).tolerance(1e-3);
        let (clipped, report) = case.kernel.clip_spectrum(&case.grid, bound, &options).unwrap();
        prop_assert_eq!(report.distances.len(), report.rounds + 1);
        // Rounding of the values: the contract, in the weights' unit at most that.
        let rounding = exact(slow.rows, slow.cols, norm);
        prop_assert!(report.distances.windows(2).all(|d| d[1] <= d[0] + rounding), "{report:?}");
        prop_assert!(report.bound_met && report.after.upper <= bound);
        prop_assert!(dense(&clipped, &case.grid, Edge::Circular).norm() <= bound * (1.0 + 1e-13));
        prop_assert_eq!((clipped.shape(), clipped.geometry()), (case.kernel.shape(), case.kernel.geometry()));
        if share > 1.001 {
            prop_assert_eq!(&clipped, &case.kernel);
            prop_assert_eq!((report.rounds, report.scale, report.relative_change), (0, 1.0, 0.0));
        }
        let squares = |w: &mut dyn Iterator<Item = f64>| w.map(|x| x * x).sum::<f64>();
        let pairs = clipped.weights().iter().zip(case.kernel.weights());
        let change = squares(&mut pairs.map(|(a, b)| a - b)) / squares(&mut case.kernel.weights().iter().copied());
        prop_assert!((report.relative_change - change.sqrt()).abs() < 1e-13);
    }

    #[test]
    fn normalized_layers_have_at_most_the_target_norm(case in cases(), target in 0.01..100.0f64) {
        let options = DavidsonOptions::default();
        let grid = case.grid.clone();
        let scopes = [
            (NormScope::Circular { grid: grid.clone() }, &[Edge::Circular][..]),
            (NormScope::ZeroPadded { grid, options }, &[Edge::Zeros]),
            (NormScope::GridFree, &[Edge::Circular, Edge::Zeros]),
        ];
        for (scope, edges) in scopes {
            let (unit, report) = match case.kernel.normalize_spectrum(target, &scope) {
                Err(SvdError::EmptyOutput { .. }) => return Err(TestCaseError::reject("no output")),
                found => found.unwrap(),
            };
            prop_assert!(report.target_met && report.after.upper <= target);
            if report.before.upper == 0.0 {
                // No tap meets a sample: such a layer stays.
                prop_assert_eq!((report.factor, &unit), (1.0, &case.kernel));
                continue;
            }
            prop_assert!((report.factor * report.before.upper - target).abs() < 1e-12 * target);
            // Scaling changes a bracket's width by rounding only, but the search may stop a step
            // earlier or later.
            prop_assert!(report.after.upper >= target * (1.0 - 1e-9));
            for &edge in edges {
                if edge == Edge::Zeros && unit.geometry().output_size(unit.kernel_size(), &case.grid).is_err() {
                    continue;
                }
                let norm = dense(&unit, &case.grid, edge).norm();
                prop_assert!(norm <= target * (1.0 + 1e-13), "{scope:?} {norm}");
                if matches!(scope, NormScope::Circular { .. }) {
                    prop_assert!(norm >= target * (1.0 - 1e-9), "{norm}");
                }
            }
        }
    }
}

/// More rounds come nearer to the bound, on a random 3 x 3 layer on 8 x 8 samples.
#[test]
fn alternating_projection_converges() {
    let kernel = random(&[6, 4, 3, 3], Geometry::new(2), 21);
    let norm = NormBracket::circular(&kernel, &[8, 8]).unwrap().upper;
    let bound = 0.5 * norm;
    let after = |rounds| {
        let options = ClipOptions::default()
            .rounds(rounds)
            .tolerance(0.0)
            .rescale(FinalStep::None);
        kernel.clip_spectrum(&[8, 8], bound, &options).unwrap().1
    };
    let reports = [after(1), after(10), after(100)];
    let over: Vec<f64> = reports
        .iter()
        .map(|r| r.after.upper / bound - 1.0)
        .collect();
    assert!(
        over[0] > 0.05 && over[1] < 0.03 && over[2] < 0.003,
        "{over:?}"
    );
    assert!(!reports[0].bound_met && reports[0].scale == 1.0);
    assert_eq!(reports[2].distances[..11], reports[1].distances);
}

#[test]
fn clipping_does_not_depend_on_scale() {
    let base = random(&[3, 2, 3], Geometry::new(1).with_stride(&[2]), 22);
    let options = ClipOptions::default();
    let (reference, report) = base.clip_spectrum(&[8], 1.0, &options).unwrap();
    assert!(report.rounds > 0 && report.scale < 1.0);
    for e in [-1000, 1000] {
        let factor = 2f64.powi(e);
        let weights: Vec<f64> = base.weights().iter().map(|w| w * factor).collect();
        let kernel = ConvKernel::new(weights, base.shape(), base.geometry().clone()).unwrap();
        let (clipped, found) = kernel.clip_spectrum(&[8], factor, &options).unwrap();
        let back: Vec<f64> = clipped.weights().iter().map(|w| w / factor).collect();
        assert_eq!(back, reference.weights());
        assert_eq!(found.relative_change, report.relative_change);
        assert!(found.bound_met);
    }
}

/// Dense layers: the projection onto the norm ball, diag(3, 4) to diag(3, 3.5).
#[test]
fn dense_and_zero_layers() {
    let kernel = ConvKernel::from_slice(&[3.0, 0.0, 0.0, 4.0], &[2, 2]).unwrap();
    let (clipped, report) = kernel
        .clip_spectrum(&[], 3.5, &ClipOptions::default())
        .unwrap();
    // 1e-11: the final step goes by the bracket's upper end.
    assert!(distance(clipped.weights(), &[3.0, 0.0, 0.0, 3.5]) < 1e-11);
    assert_eq!((report.rounds, report.bound_met), (1, true));
    let zero = ConvKernel::from_slice(&[0.0; 4], &[2, 2]).unwrap();
    let (same, report) = zero
        .clip_spectrum(&[], 1.0, &ClipOptions::default())
        .unwrap();
    assert_eq!((&same, report.relative_change), (&zero, 0.0));
    let (same, report) = zero.normalize_spectrum(1.0, &NormScope::GridFree).unwrap();
    assert_eq!((&same, report.factor), (&zero, 1.0));
}

#[test]
fn extreme_weights_are_normalized_or_refused() {
    for scale in [1e-200, 1e200, 1e-300] {
        let kernel = ConvKernel::from_slice(&[scale, -scale], &[1, 1, 2]).unwrap();
        let (unit, report) = kernel
            .normalize_spectrum(2.0, &NormScope::GridFree)
            .unwrap();
        assert!(report.target_met && (unit.weights()[0] - 1.0).abs() < 0.01);
    }
    let kernel = ConvKernel::from_slice(&[1e-320], &[1, 1]).unwrap();
    let found = kernel.normalize_spectrum(1.0, &NormScope::GridFree);
    assert_eq!(found, Err(SvdError::Overflow { what: "the factor" }));
}

#[test]
fn faulty_options_are_refused_before_any_work() {
    let kernel = random(&[1, 1, 3], Geometry::new(1), 23);
    let clip = |bound: f64, options: ClipOptions| kernel.clip_spectrum(&[8], bound, &options);
    for bound in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let option = |e: SvdError| matches!(e, SvdError::InvalidOption { .. });
        assert!(clip(bound, ClipOptions::default()).is_err_and(option));
        let normalized = kernel.normalize_spectrum(bound, &NormScope::GridFree);
        assert!(normalized.is_err_and(option));
    }
    assert!(matches!(
        clip(1.0, ClipOptions::default().rounds(0)),
        Err(SvdError::InvalidOption {
            option: "rounds",
            ..
        })
    ));
    assert!(matches!(
        clip(1.0, ClipOptions::default().tolerance(f64::NAN)),
        Err(SvdError::InvalidOption {
            option: "tolerance",
            ..
        })
    ));
    let strided = random(&[1, 1, 3], Geometry::new(1).with_stride(&[2]), 23);
    assert!(matches!(
        strided.clip_spectrum(&[5], 1.0, &ClipOptions::default()),
        Err(SvdError::StrideDoesNotDivideGrid { .. })
    ));
}

#[cfg(feature = "rayon")]
#[test]
fn the_same_bits_at_any_number_of_threads() {
    let kernel = random(&[6, 3, 3, 3], Geometry::new(2).with_groups(2), 24);
    let results = [1, 2, 3, 7].map(|threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| kernel.clip_spectrum(&[9, 7], 1.0, &ClipOptions::default().rounds(3)))
            .unwrap()
    });
    assert!(results.iter().all(|r| r == &results[0] && r.1.rounds == 3));
}

#[cfg(feature = "serde")]
#[test]
fn reports_round_trip() {
    fn back<T: serde::Serialize + serde::de::DeserializeOwned>(value: &T) -> T {
        serde_json::from_str(&serde_json::to_string(value).unwrap()).unwrap()
    }
    let kernel = random(&[2, 2, 3], Geometry::new(1), 25);
    let (_, clip) = kernel
        .clip_spectrum(&[8], 0.5, &ClipOptions::default())
        .unwrap();
    assert_eq!(back(&clip), clip);
    let scope = NormScope::ZeroPadded {
        grid: vec![8],
        options: DavidsonOptions::default(),
    };
    let (_, normal) = kernel.normalize_spectrum(0.5, &scope).unwrap();
    assert_eq!(back(&normal), normal);
}
