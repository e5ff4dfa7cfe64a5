//! Singular vectors per frequency against the symbol's definition, the dense periodic matrix and
//! the layer itself.

use crate::kernels::{Case, cases, noise, random};
use crate::oracle::{Dense, Edge, dense, distance, exact};
use convlens_svd::periodic::{FrequencySvd, WavePart};
use convlens_svd::{
    Algorithm, ConvKernel, Direction, Geometry, LayerOperator, OperatorSpectrum, OperatorSvd,
    PaddingMode, SvdError,
};
use num_complex::Complex64;
use proptest::prelude::*;
use std::f64::consts::TAU;

fn unravel(mut flat: usize, grid: &[usize]) -> Vec<usize> {
    let mut at = vec![0; grid.len()];
    for (i, &n) in at.iter_mut().zip(grid).rev() {
        *i = flat % n;
        flat /= n;
    }
    at
}

/// The same layer with circular padding that keeps the grid: output `n / s`. The beginning is a
/// seeded split.
pub(crate) fn circular(case: &Case) -> ConvKernel {
    let (kernel, g) = (&case.kernel, case.kernel.geometry());
    let axes = g.dilation().iter().zip(kernel.kernel_size());
    let padding: Vec<(usize, usize)> = axes
        .zip(g.padding())
        .map(|((d, k), p)| {
            let extent = d * (k - 1);
            let begin = p.0 % (extent + 1);
            (begin, extent - begin)
        })
        .collect();
    let geometry = Geometry::new(g.spatial_dims())
        .with_stride(g.stride())
        .with_dilation(g.dilation())
        .with_groups(g.groups())
        .with_padding(&padding)
        .with_padding_mode(PaddingMode::Circular);
    ConvKernel::new(kernel.weights().to_vec(), kernel.shape(), geometry).unwrap()
}

fn is_transposed(kernel: &ConvKernel) -> bool {
    matches!(kernel.geometry().direction(), Direction::Transposed { .. })
}

/// The symbol by its definition, `[all rows, all columns]` of the forward reading: the response at
/// the coarse grid's origin to the wave of each channel and phase.
fn symbol(kernel: &ConvKernel, grid: &[usize], frequency: &[usize]) -> (usize, Vec<Complex64>) {
    let g = kernel.geometry();
    let fine: Vec<usize> = if is_transposed(kernel) {
        grid.iter().zip(g.stride()).map(|(n, s)| n * s).collect()
    } else {
        grid.to_vec()
    };
    let phases: usize = g.stride().iter().product();
    let (rows, channels) = (kernel.shape()[0], kernel.shape()[1]);
    let cols = channels * phases * g.groups();
    let taps: usize = kernel.kernel_size().iter().product();
    let mut out = vec![Complex64::ZERO; rows * cols];
    for row in 0..rows {
        let group = row / (rows / g.groups());
        for channel in 0..channels {
            for tap in 0..taps {
                let w = kernel.weights()[(row * channels + channel) * taps + tap];
                let (mut phase, mut angle) = (0, 0.0);
                for (axis, p) in unravel(tap, kernel.kernel_size()).into_iter().enumerate() {
                    let (s, n) = (g.stride()[axis], fine[axis] as i64);
                    let x = (g.dilation()[axis] * p) as i64 - g.padding()[axis].0 as i64;
                    let x = x.rem_euclid(n) as usize;
                    phase = phase * s + x % s;
                    angle += TAU * (frequency[axis] * (x / s)) as f64 / (fine[axis] / s) as f64;
                }
                let col = (group * channels + channel) * phases + phase;
                out[row * cols + col] += w * Complex64::from_polar(1.0, angle);
            }
        }
    }
    (cols, out)
}

/// Row-major `U S V^H` over all channels, in the forward reading.
fn rebuilt(kernel: &ConvKernel, at: &FrequencySvd, cols: usize) -> Vec<Complex64> {
    let rows = kernel.shape()[0];
    let mut out = vec![Complex64::ZERO; rows * cols];
    for (i, (&s, &group)) in at.singular_values.iter().zip(&at.groups).enumerate() {
        let (coarse, fine) = if is_transposed(kernel) {
            (at.right(i), at.left(i))
        } else {
            (at.left(i), at.right(i))
        };
        for (r, u) in coarse.iter().enumerate() {
            for (c, v) in fine.iter().enumerate() {
                out[(group * coarse.len() + r) * cols + group * fine.len() + c] += s * u * v.conj();
            }
        }
    }
    out
}

/// The largest defect of `<x_i, x_j> = [i = j]`, within groups.
fn orthogonality(at: &FrequencySvd, side: fn(&FrequencySvd, usize) -> &[Complex64]) -> f64 {
    let count = at.singular_values.len();
    let pairs = (0..count).flat_map(|i| (0..count).map(move |j| (i, j)));
    pairs
        .filter(|&(i, j)| at.groups[i] == at.groups[j])
        .map(|(i, j)| {
            let products = side(at, i).iter().zip(side(at, j));
            let dot: Complex64 = products.map(|(x, y)| x.conj() * y).sum();
            (dot - f64::from(u8::from(i == j))).norm()
        })
        .fold(0.0, f64::max)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// At every frequency: values of the spectrum, U S V^H = symbol, orthonormality, the phase
    /// convention, and realness where f = -f. Bounds: the exact mode's contract, and 1e-13 for
    /// inner products of at most 50 terms.
    #[test]
    fn every_frequency_is_decomposed(case in cases()) {
        let spectrum = OperatorSpectrum::new(&case.kernel, &case.grid).unwrap();
        let svd = OperatorSvd::new(&case.kernel, &case.grid).unwrap();
        prop_assert_eq!(svd.frequency_grid(), spectrum.frequency_grid());
        let points: usize = svd.frequency_grid().iter().product();
        let streamed: Vec<_> = svd.iter().collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(streamed.iter().map(|at| at.multiplicity).sum::<usize>(), points);
        for (at, values) in streamed.iter().zip(spectrum.per_frequency()) {
            prop_assert_eq!(&at.frequency, &values.frequency);
            prop_assert_eq!(at.multiplicity, values.multiplicity);
            let bound = exact(svd.left_len(), svd.right_len(), spectrum.norm());
            prop_assert!(distance(&at.singular_values, values.values) <= bound);
            prop_assert_eq!(at, &svd.at(&at.frequency).unwrap());
        }
        for flat in 0..points {
            let at = svd.at(&unravel(flat, svd.frequency_grid())).unwrap();
            let (cols, expected) = symbol(&case.kernel, &case.grid, &at.frequency);
            let found = rebuilt(&case.kernel, &at, cols);
            let bound = exact(expected.len() / cols, cols, spectrum.norm());
            let error = found.iter().zip(&expected).map(|(x, y)| (x - y).norm()).fold(0.0, f64::max);
            prop_assert!(error <= bound, "{error}");
            prop_assert!(orthogonality(&at, FrequencySvd::left) < 1e-13);
            prop_assert!(orthogonality(&at, FrequencySvd::right) < 1e-13);
            for i in 0..at.singular_values.len() {
                let u = at.left(i);
                let largest = u.iter().map(|x| x.norm()).fold(0.0, f64::max);
                let pivot = u.iter().find(|x| x.norm() >= largest * (1.0 - 1e-8)).unwrap();
                prop_assert!(pivot.im == 0.0 && pivot.re > 0.0);
            }
            if at.multiplicity == 1 {
                prop_assert!(at.u.iter().chain(&at.v).all(|x| x.im == 0.0));
            }
        }
    }

    /// A v = sigma u and A^T u = sigma v for the dense periodic matrix with the layer's own
    /// beginning, of both parts of every pair. All pairs of the canonical half together are an
    /// orthonormal basis' worth: as many as the matrix has.
    #[test]
    fn pairs_are_singular_vectors_of_the_dense_matrix(case in cases()) {
        let slow = dense(&case.kernel, &case.grid, Edge::Circular);
        let svd = OperatorSvd::new(&case.kernel, &case.grid).unwrap();
        let norm = OperatorSpectrum::new(&case.kernel, &case.grid).unwrap().norm();
        let bound = exact(slow.rows, slow.cols, norm);
        let adjoint = slow.transposed();
        let (mut count, mut lefts) = (0, Vec::new());
        for at in svd.iter() {
            let at = at.unwrap();
            for i in 0..at.singular_values.len() {
                for part in [WavePart::Cosine, WavePart::Sine].into_iter().take(at.multiplicity) {
                    let pair = svd.pair(&at, i, part).unwrap();
                    check_pair(&slow, &adjoint, &pair.left, pair.singular_value, &pair.right, bound)?;
                    lefts.push(pair.left);
                    count += 1;
                }
            }
        }
        let points: usize = svd.frequency_grid().iter().product();
        prop_assert_eq!(count, points * svd.values_per_frequency());
        for (i, x) in lefts.iter().enumerate().take(12) {
            for (j, y) in lefts.iter().enumerate() {
                let dot: f64 = x.iter().zip(y).map(|(x, y)| x * y).sum();
                prop_assert!((dot - f64::from(u8::from(i == j))).abs() < 1e-13);
            }
        }
    }

    /// The same for the layer as PyTorch defines it, with circular padding that keeps the grid.
    #[test]
    fn pairs_are_singular_vectors_of_the_circular_layer(case in cases()) {
        prop_assume!(!is_transposed(&case.kernel));
        let kernel = circular(&case);
        let layer = LayerOperator::new(&kernel, &case.grid).unwrap();
        let svd = OperatorSvd::new(&kernel, &case.grid).unwrap();
        prop_assert_eq!(layer.output_size(), svd.frequency_grid());
        let norm = OperatorSpectrum::new(&kernel, &case.grid).unwrap().norm();
        let bound = exact(layer.output_len(), layer.input_len(), norm);
        for at in svd.iter().take(4) {
            let at = at.unwrap();
            let pair = svd.pair(&at, 0, WavePart::Cosine).unwrap();
            let scaled = |x: &[f64]| x.iter().map(|x| pair.singular_value * x).collect::<Vec<_>>();
            prop_assert!(distance(&layer.apply(&pair.right).unwrap(), &scaled(&pair.left)) <= bound);
            prop_assert!(distance(&layer.adjoint(&pair.left).unwrap(), &scaled(&pair.right)) <= bound);
        }
    }

    /// sum sigma^2 = |dense periodic matrix|_F^2: 1e-12 relative for at most 1e3 terms.
    #[test]
    fn parseval(case in cases()) {
        let slow = dense(&case.kernel, &case.grid, Edge::Circular);
        let expected: f64 = slow.data.iter().map(|a| a * a).sum();
        let svd = OperatorSvd::new(&case.kernel, &case.grid).unwrap();
        let squares = svd.iter().map(|at| {
            let at = at.unwrap();
            at.multiplicity as f64 * at.singular_values.iter().map(|s| s * s).sum::<f64>()
        });
        prop_assert!((squares.sum::<f64>() - expected).abs() <= 1e-12 * expected);
    }
}

fn check_pair(
    slow: &Dense,
    adjoint: &Dense,
    left: &[f64],
    value: f64,
    right: &[f64],
    bound: f64,
) -> Result<(), TestCaseError> {
    let scaled = |x: &[f64]| x.iter().map(|x| value * x).collect::<Vec<_>>();
    prop_assert!(distance(&slow.apply(right), &scaled(left)) <= bound);
    prop_assert!(distance(&adjoint.apply(left), &scaled(right)) <= bound);
    for x in [left, right] {
        let norm: f64 = x.iter().map(|x| x * x).sum();
        prop_assert!((norm - 1.0).abs() < 1e-13);
    }
    Ok(())
}

#[test]
fn a_larger_layer_needs_no_ladder() {
    for (shape, stride) in [([48, 48, 3, 3], 1), ([20, 12, 3, 3], 2), ([40, 9, 1, 1], 2)] {
        let kernel = random(&shape, Geometry::new(2).with_stride(&[stride, stride]), 3);
        let svd = OperatorSvd::new(&kernel, &[8, 6]).unwrap();
        let spectrum = OperatorSpectrum::new(&kernel, &[8, 6]).unwrap();
        for (at, values) in svd.iter().zip(spectrum.per_frequency()) {
            let at = at.unwrap();
            assert_eq!(at.algorithm, Algorithm::Direct);
            let bound = exact(svd.left_len(), svd.right_len(), spectrum.norm());
            assert!(distance(&at.singular_values, values.values) <= bound);
            // 1e-13: inner products of at most 48 terms, of vectors good to eps / 16 of a step's
            // largest value.
            assert!(orthogonality(&at, FrequencySvd::left) < 1e-13);
            assert!(orthogonality(&at, FrequencySvd::right) < 1e-13);
        }
    }
}

#[test]
fn vectors_do_not_depend_on_scale() {
    let base = random(&[3, 4, 3, 3], Geometry::new(2), 7);
    let reference = OperatorSvd::new(&base, &[5, 4]).unwrap();
    // Powers of two change no bit; 2^-1000 and 2^1000 are 1e-301 and 1e301.
    for e in [-1000, 1000] {
        let factor = 2f64.powi(e);
        let weights: Vec<f64> = base.weights().iter().map(|w| w * factor).collect();
        let kernel = ConvKernel::from_slice(&weights, base.shape()).unwrap();
        let svd = OperatorSvd::new(&kernel, &[5, 4]).unwrap();
        for (found, expected) in svd.iter().zip(reference.iter()) {
            let (found, mut expected) = (found.unwrap(), expected.unwrap());
            expected
                .singular_values
                .iter_mut()
                .for_each(|s| *s *= factor);
            assert_eq!(found, expected);
        }
    }
    let kernel = ConvKernel::from_slice(&[f64::MAX; 4], &[2, 2, 1]).unwrap();
    let what = "a singular value";
    let found = OperatorSvd::new(&kernel, &[3]).unwrap().at(&[0]);
    assert_eq!(found, Err(SvdError::Overflow { what }));
}

#[test]
fn structured_kernels() {
    let check =
        |kernel: &ConvKernel, grid: &[usize], expected: &dyn Fn(&FrequencySvd) -> Vec<f64>| {
            for at in OperatorSvd::new(kernel, grid).unwrap().iter() {
                let at = at.unwrap();
                // Values of at most 18, symbols of side 3.
                assert!(distance(&at.singular_values, &expected(&at)) < 1e-13);
                assert!(orthogonality(&at, FrequencySvd::left) < 1e-13);
                assert!(orthogonality(&at, FrequencySvd::right) < 1e-13);
            }
        };
    // The identity, and a permutation of channels with shifts: every value is 1.
    let mut weights = vec![0.0; 3 * 3 * 3];
    for (out, (channel, tap)) in [(1, 0), (2, 2), (0, 1)].into_iter().enumerate() {
        weights[(out * 3 + channel) * 3 + tap] = 1.0;
    }
    let shifts = ConvKernel::from_slice(&weights, &[3, 3, 3]).unwrap();
    check(&shifts, &[8], &|_| vec![1.0; 3]);
    let identity = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let identity = ConvKernel::from_slice(&identity, &[3, 3, 1]).unwrap();
    check(&identity, &[4], &|_| vec![1.0; 3]);
    // All ones: rank one; at frequency 0 the value is sqrt(2 * 2) * 9. The kernel wraps nowhere on
    // 4 x 4.
    let ones = ConvKernel::from_slice(&[1.0; 2 * 2 * 9], &[2, 2, 3, 3]).unwrap();
    check(&ones, &[4, 4], &|at| {
        let wave = |f: usize| 1.0 + 2.0 * (TAU * f as f64 / 4.0).cos();
        vec![
            2.0 * (wave(at.frequency[0]) * wave(at.frequency[1])).abs(),
            0.0,
        ]
    });
    // Depthwise: the gains of each channel, largest first.
    let depthwise = Geometry::new(1).with_groups(3);
    let weights = [1.0, 0.0, -2.0, 0.0, 3.0, 0.0];
    let kernel = ConvKernel::new(weights.to_vec(), &[3, 1, 2], depthwise).unwrap();
    check(&kernel, &[5], &|_| vec![3.0, 2.0, 1.0]);
    let at = OperatorSvd::new(&kernel, &[5]).unwrap().at(&[1]).unwrap();
    assert_eq!(at.groups, [2, 1, 0]);
    // Nothing at all.
    let zero = ConvKernel::from_slice(&[0.0; 12], &[2, 2, 3]).unwrap();
    check(&zero, &[4], &|_| vec![0.0; 2]);
    // A dense layer has one frequency, and the vectors of its matrix.
    let kernel = ConvKernel::from_slice(&[0.0, -2.0, 1.0, 0.0], &[2, 2]).unwrap();
    let svd = OperatorSvd::new(&kernel, &[]).unwrap();
    let at = svd.at(&[]).unwrap();
    assert!(distance(&at.singular_values, &[2.0, 1.0]) < 1e-15);
    let pair = svd.pair(&at, 0, WavePart::Cosine).unwrap();
    assert!(
        distance(&pair.left, &[1.0, 0.0]) < 1e-15 && distance(&pair.right, &[0.0, -1.0]) < 1e-15
    );
}

#[cfg(feature = "rayon")]
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let geometry = Geometry::new(2).with_stride(&[2, 1]).with_groups(2);
    let kernel = random(&[36, 10, 3, 3], geometry, 12);
    let svd = OperatorSvd::new(&kernel, &[14, 9]).unwrap();
    let results: Vec<Vec<FrequencySvd>> = [1, 2, 3, 7]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            let pool = pool.build().unwrap();
            pool.install(|| svd.iter().collect::<Result<_, _>>().unwrap())
        })
        .collect();
    let bits = |all: &[FrequencySvd]| -> Vec<u64> {
        let of = |x: &Complex64| [x.re.to_bits(), x.im.to_bits()];
        let vectors = all
            .iter()
            .flat_map(|at| at.u.iter().chain(&at.v))
            .flat_map(of);
        let values = all.iter().flat_map(|at| &at.singular_values);
        vectors.chain(values.map(|s| s.to_bits())).collect()
    };
    for other in &results[1..] {
        assert_eq!(bits(&results[0]), bits(other));
    }
}

#[test]
fn typed_refusals() {
    let kernel = ConvKernel::from_slice(&noise(6, 1), &[2, 1, 3]).unwrap();
    let svd = OperatorSvd::new(&kernel, &[4]).unwrap();
    let (expected, got) = (1, 2);
    assert_eq!(svd.at(&[0, 0]), Err(SvdError::GridDims { expected, got }));
    let outside = SvdError::FrequencyRange {
        axis: 0,
        frequency: 4,
        grid: 4,
    };
    assert_eq!(svd.at(&[4]), Err(outside.clone()));
    let mut at = svd.at(&[2]).unwrap();
    let pair = svd.pair(&at, 1, WavePart::Cosine);
    assert_eq!(pair, Err(SvdError::PairRange { index: 1, count: 1 }));
    let pair = svd.pair(&at, 0, WavePart::Sine);
    assert!(matches!(pair, Err(SvdError::Unsupported { .. })));
    at.frequency = vec![4];
    assert_eq!(svd.pair(&at, 0, WavePart::Cosine), Err(outside));
    let other = OperatorSvd::new(&random(&[3, 1, 3], Geometry::new(1), 1), &[4]).unwrap();
    let at = other.at(&[0]).unwrap();
    let pair = svd.pair(&at, 0, WavePart::Cosine);
    assert_eq!(
        pair,
        Err(SvdError::SignalLength {
            expected: 2,
            got: 3
        })
    );
    let strided = random(&[1, 1, 3], Geometry::new(1).with_stride(&[2]), 1);
    let refused = OperatorSvd::new(&strided, &[5]);
    assert!(matches!(
        refused,
        Err(SvdError::StrideDoesNotDivideGrid { .. })
    ));
    let huge = OperatorSvd::new(&strided, &[1 << 62]);
    assert!(matches!(huge, Err(SvdError::SizeOverflow { .. })));
}

#[cfg(feature = "serde")]
#[test]
fn results_come_back_from_json() {
    let svd = OperatorSvd::new(&random(&[2, 3, 3], Geometry::new(1), 2), &[6]).unwrap();
    let at = svd.at(&[1]).unwrap();
    let text = serde_json::to_string(&at).unwrap();
    assert_eq!(serde_json::from_str::<FrequencySvd>(&text).unwrap(), at);
    let pair = svd.pair(&at, 1, WavePart::Sine).unwrap();
    let text = serde_json::to_string(&pair).unwrap();
    assert!(text.contains("\"sine\""));
    assert_eq!(
        serde_json::from_str::<convlens_svd::periodic::SingularPair>(&text).unwrap(),
        pair
    );
}
