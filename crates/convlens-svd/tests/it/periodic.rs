//! Apply, adjoint and pseudo-inverse by Fourier transform, against the dense periodic matrix and
//! the layer itself.

use crate::kernels::{cases, noise, random};
use crate::operator_svd::circular;
use crate::oracle::{Dense, Edge, dense, distance, exact};
use convlens_svd::periodic::PseudoInverseOptions;
use convlens_svd::{
    ConvKernel, Direction, Geometry, LayerOperator, OperatorSpectrum, PeriodicOperator, SvdError,
};
use proptest::prelude::*;

fn euclid(x: &[f64]) -> f64 {
    x.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn product(a: &Dense, b: &Dense) -> Dense {
    let columns = b.transposed();
    let mut out = Dense::zeros(b.cols, a.rows);
    for (to, column) in out.data.chunks_mut(a.rows).zip(columns.data.chunks(b.rows)) {
        to.copy_from_slice(&a.apply(column));
    }
    out.transposed()
}

/// The matrix of the pseudo-inverse, column by column, and the rank that it reports.
fn pseudo_inverse(operator: &PeriodicOperator, options: &PseudoInverseOptions) -> (Dense, usize) {
    let (rows, cols) = (operator.input_len(), operator.output_len());
    let mut out = Dense::zeros(cols, rows);
    let mut rank = 0;
    for (j, column) in out.data.chunks_mut(rows).enumerate() {
        let mut unit = vec![0.0; cols];
        unit[j] = 1.0;
        let found = operator.pseudo_inverse(&unit, options).unwrap();
        column.copy_from_slice(&found.signal);
        rank = found.rank;
    }
    (out.transposed(), rank)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The dense periodic matrix and its transpose, with the layer's own beginning, any geometry.
    #[test]
    fn apply_and_adjoint_are_those_of_the_dense_matrix(case in cases(), seed in any::<u64>()) {
        let slow = dense(&case.kernel, &case.grid, Edge::Circular);
        let operator = PeriodicOperator::new(&case.kernel, &case.grid).unwrap();
        prop_assert_eq!((operator.output_len(), operator.input_len()), (slow.rows, slow.cols));
        let norm = operator.norm().unwrap();
        let (x, y) = (noise(slow.cols, seed), noise(slow.rows, seed ^ 1));
        // Backward error of an FFT and of sums of at most 500 terms: well within the exact mode's
        // contract.
        let bound = exact(slow.rows, slow.cols, norm);
        let found = operator.apply(&x).unwrap();
        prop_assert!(distance(&found, &slow.apply(&x)) <= bound * euclid(&x));
        let found = operator.adjoint(&y).unwrap();
        prop_assert!(distance(&found, &slow.transposed().apply(&y)) <= bound * euclid(&y));
    }

    /// The layer as PyTorch defines it, with circular padding that keeps the grid.
    #[test]
    fn apply_and_adjoint_are_those_of_the_circular_layer(case in cases(), seed in any::<u64>()) {
        let forward = matches!(case.kernel.geometry().direction(), Direction::Forward);
        prop_assume!(forward);
        let kernel = circular(&case);
        let layer = LayerOperator::new(&kernel, &case.grid).unwrap();
        let operator = PeriodicOperator::new(&kernel, &case.grid).unwrap();
        prop_assert_eq!(operator.output_size(), layer.output_size());
        let bound = exact(layer.output_len(), layer.input_len(), operator.norm().unwrap());
        let x = noise(layer.input_len(), seed);
        let found = operator.apply(&x).unwrap();
        prop_assert!(distance(&found, &layer.apply(&x).unwrap()) <= bound * euclid(&x));
        let y = noise(layer.output_len(), seed ^ 1);
        let found = operator.adjoint(&y).unwrap();
        prop_assert!(distance(&found, &layer.adjoint(&y).unwrap()) <= bound * euclid(&y));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// The four conditions of Penrose (1955), by dense products, and the rank. The cutoff lies in a
    /// gap of the spectrum (checked), so that both sides mean the same matrix. Errors grow as the
    /// condition number, so it enters the bounds.
    #[test]
    fn the_four_penrose_conditions(case in cases()) {
        let a = dense(&case.kernel, &case.grid, Edge::Circular);
        let spectrum = OperatorSpectrum::new(&case.kernel, &case.grid).unwrap();
        let (norm, cut) = (spectrum.norm(), 1e-7);
        let kept: Vec<f64> = spectrum.singular_values().iter().copied().filter(|s| *s > cut * norm).collect();
        prop_assume!(spectrum.singular_values().iter().all(|s| *s > 1e-5 * norm || *s < 1e-12 * norm));
        let operator = PeriodicOperator::new(&case.kernel, &case.grid).unwrap();
        let (p, rank) = pseudo_inverse(&operator, &PseudoInverseOptions::default().relative_cutoff(cut));
        prop_assert_eq!(rank, kept.len());
        let least = kept[kept.len() - 1];
        let bound = exact(a.rows, a.cols, norm / least);
        let (ap, pa) = (product(&a, &p), product(&p, &a));
        prop_assert!(distance(&product(&ap, &a).data, &a.data) <= bound * norm);
        prop_assert!(distance(&product(&pa, &p).data, &p.data) <= bound / least);
        prop_assert!(distance(&ap.data, &ap.transposed().data) <= bound);
        prop_assert!(distance(&pa.data, &pa.transposed().data) <= bound);
    }
}

#[test]
fn a_full_rank_layer_is_undone_and_the_default_cutoff_is_recorded() {
    let geometry = Geometry::new(2)
        .with_stride(&[2, 2])
        .with_padding(&[(1, 1), (1, 1)]);
    // 12 outputs for 2 * 4 inputs: the layer is injective.
    let kernel = random(&[12, 2, 3, 3], geometry, 5);
    let operator = PeriodicOperator::new(&kernel, &[6, 4]).unwrap();
    let x = noise(operator.input_len(), 9);
    let y = operator.apply(&x).unwrap();
    let back = operator
        .pseudo_inverse(&y, &PseudoInverseOptions::default())
        .unwrap();
    assert_eq!(back.relative_cutoff, 12.0 * f64::EPSILON);
    assert_eq!(back.rank, operator.input_len());
    let spectrum = OperatorSpectrum::new(&kernel, &[6, 4]).unwrap();
    let condition = spectrum.norm() / spectrum.smallest();
    assert!(distance(&back.signal, &x) < exact(12, 8, condition) * euclid(&x));
}

#[test]
fn structured_kernels() {
    let options = PseudoInverseOptions::default();
    // All ones on 3 points: the mean times 6, rank one. Its pseudo-inverse spreads the sum over 2 *
    // 2 * 3 * 3.
    let ones = ConvKernel::from_slice(&[1.0; 12], &[2, 2, 3]).unwrap();
    let operator = PeriodicOperator::new(&ones, &[3]).unwrap();
    let found = operator
        .pseudo_inverse(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &options)
        .unwrap();
    assert_eq!(found.rank, 1);
    assert!(distance(&found.signal, &[21.0 / 36.0; 6]) < 1e-14);
    // A zero layer has the zero pseudo-inverse.
    let zero = ConvKernel::from_slice(&[0.0; 6], &[2, 1, 3]).unwrap();
    let operator = PeriodicOperator::new(&zero, &[4]).unwrap();
    let found = operator.pseudo_inverse(&[1.0; 8], &options).unwrap();
    assert_eq!((found.rank, found.signal), (0, vec![0.0; 4]));
    // A dense layer.
    let swap = ConvKernel::from_slice(&[0.0, 2.0, 4.0, 0.0], &[2, 2]).unwrap();
    let operator = PeriodicOperator::new(&swap, &[]).unwrap();
    assert_eq!(operator.apply(&[1.0, 2.0]).unwrap(), [4.0, 4.0]);
    let found = operator.pseudo_inverse(&[4.0, 4.0], &options).unwrap();
    assert!(distance(&found.signal, &[1.0, 2.0]) < 1e-15);
}

#[test]
fn scales_leave_no_trace() {
    let base = random(&[3, 2, 3], Geometry::new(1), 7);
    let reference = PeriodicOperator::new(&base, &[6]).unwrap();
    let options = PseudoInverseOptions::default();
    let (x, y) = (noise(12, 1), noise(18, 2));
    let expected = reference.apply(&x).unwrap();
    let inverse = reference.pseudo_inverse(&y, &options).unwrap();
    // Powers of two change no bit; 2^-1000 and 2^1000 are 1e-301 and 1e301. The signal is scaled to
    // stay in range.
    for e in [-1000, 1000] {
        let factor = 2f64.powi(e);
        let times = |x: &[f64], f: f64| x.iter().map(|x| x * f).collect::<Vec<_>>();
        let kernel = ConvKernel::from_slice(&times(base.weights(), factor), base.shape()).unwrap();
        let operator = PeriodicOperator::new(&kernel, &[6]).unwrap();
        assert_eq!(operator.apply(&x).unwrap(), times(&expected, factor));
        assert_eq!(operator.apply(&times(&x, 1.0 / factor)).unwrap(), expected);
        let found = operator
            .pseudo_inverse(&times(&y, factor), &options)
            .unwrap();
        assert_eq!(found.signal, inverse.signal);
    }
    let kernel = ConvKernel::from_slice(&[f64::MAX; 2], &[1, 1, 2]).unwrap();
    let operator = PeriodicOperator::new(&kernel, &[3]).unwrap();
    assert_eq!(
        operator.apply(&[1.0; 3]),
        Err(SvdError::Overflow { what: "an output" })
    );
}

#[cfg(feature = "rayon")]
#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let geometry = Geometry::new(2).with_stride(&[2, 1]).with_groups(2);
    let kernel = random(&[10, 6, 3, 3], geometry, 12);
    let (x, y) = (noise(12 * 14 * 9, 1), noise(10 * 7 * 9, 2));
    let results: Vec<_> = [1, 2, 3, 7]
        .into_iter()
        .map(|threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(|| {
                let operator = PeriodicOperator::new(&kernel, &[14, 9]).unwrap();
                let options = PseudoInverseOptions::default();
                let inverse = operator.pseudo_inverse(&y, &options).unwrap();
                let all = [
                    operator.apply(&x).unwrap(),
                    operator.adjoint(&y).unwrap(),
                    inverse.signal,
                ];
                all.concat().iter().map(|x| x.to_bits()).collect::<Vec<_>>()
            })
        })
        .collect();
    for other in &results[1..] {
        assert_eq!(&results[0], other);
    }
}

#[test]
fn typed_refusals() {
    let operator = PeriodicOperator::new(&random(&[2, 1, 3], Geometry::new(1), 1), &[4]).unwrap();
    let (expected, got) = (4, 3);
    assert_eq!(
        operator.apply(&[0.0; 3]),
        Err(SvdError::SignalLength { expected, got })
    );
    let infinite = [0.0, f64::INFINITY, 0.0, 0.0];
    let (index, value) = (1, f64::INFINITY);
    assert_eq!(
        operator.apply(&infinite),
        Err(SvdError::NonFiniteSignal { index, value })
    );
    for bad in [-0.1, 1.0, f64::NAN] {
        let options = PseudoInverseOptions::default().relative_cutoff(bad);
        let found = operator.pseudo_inverse(&[0.0; 8], &options);
        assert!(matches!(
            found,
            Err(SvdError::InvalidOption {
                option: "relative_cutoff",
                ..
            })
        ));
    }
    let strided = random(&[1, 1, 3], Geometry::new(1).with_stride(&[2]), 1);
    let refused = PeriodicOperator::new(&strided, &[5]).map(|_| ());
    let (axis, stride, grid) = (0, 2, 5);
    assert_eq!(
        refused,
        Err(SvdError::StrideDoesNotDivideGrid { axis, stride, grid })
    );
}
