//! The spectrum against the dense periodic matrix and against Parseval.

use crate::kernels::{cases, random};
use crate::oracle::{Edge, dense, distance, exact};
use convlens_svd::{ConditionNumber, ConvKernel, Geometry, OperatorSpectrum, SvdError};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// All values, for any geometry, within the exact mode's contract. The contract is for the
    /// symbols' sizes; the dense matrix's sizes are used, as the oracle's own rounding grows with
    /// them.
    #[test]
    fn all_values_are_those_of_the_dense_periodic_matrix(case in cases()) {
        let slow = dense(&case.kernel, &case.grid, Edge::Circular);
        let expected = slow.singular_values();
        let spectrum = OperatorSpectrum::new(&case.kernel, &case.grid).unwrap();
        let bound = exact(slow.rows, slow.cols, expected[0]);
        prop_assert!(distance(&spectrum.singular_values(), &expected) <= bound);
    }

    /// sum sigma^2 = |dense periodic matrix|_F^2 = prod(n / s) |W wrapped|^2: 1e-13 relative for at
    /// most 1e3 terms.
    #[test]
    fn parseval(case in cases()) {
        let slow = dense(&case.kernel, &case.grid, Edge::Circular);
        let expected: f64 = slow.data.iter().map(|a| a * a).sum();
        let spectrum = OperatorSpectrum::new(&case.kernel, &case.grid).unwrap();
        let found: f64 = spectrum.singular_values().iter().map(|s| s * s).sum();
        prop_assert!((found - expected).abs() <= 1e-12 * expected);
    }

    /// The half spectrum, counted twice, is the whole; the surface holds its maximum.
    #[test]
    fn frequencies_cover_the_grid(case in cases()) {
        let spectrum = OperatorSpectrum::new(&case.kernel, &case.grid).unwrap();
        let points: usize = spectrum.frequency_grid().iter().product();
        let counted: usize = spectrum.per_frequency().map(|f| f.multiplicity).sum();
        prop_assert_eq!(counted, points);
        let surface = spectrum.norm_surface();
        prop_assert_eq!(surface.len(), points);
        prop_assert_eq!(surface.iter().copied().fold(0.0, f64::max), spectrum.norm());
        for at in spectrum.per_frequency() {
            let flat = at.frequency.iter().zip(spectrum.frequency_grid()).fold(0, |a, (f, n)| a * n + f);
            prop_assert_eq!(surface[flat], at.values[0]);
        }
    }
}

#[test]
fn values_do_not_depend_on_scale() {
    let base = random(&[3, 4, 3, 3], Geometry::new(2), 7);
    let reference = OperatorSpectrum::new(&base, &[5, 4]).unwrap();
    // Powers of two change no bit; 2^-1000 and 2^1000 are 1e-301 and 1e301.
    for e in [-1000, 1000] {
        let factor = 2f64.powi(e);
        let weights: Vec<f64> = base.weights().iter().map(|w| w * factor).collect();
        let kernel = ConvKernel::from_slice(&weights, base.shape()).unwrap();
        let found = OperatorSpectrum::new(&kernel, &[5, 4]).unwrap();
        let back: Vec<f64> = found.singular_values().iter().map(|s| s / factor).collect();
        assert_eq!(back, reference.singular_values());
    }
}

#[test]
fn a_value_past_the_range_is_an_error() {
    let kernel = ConvKernel::from_slice(&[f64::MAX; 4], &[2, 2, 1]).unwrap();
    let found = OperatorSpectrum::new(&kernel, &[3]);
    assert_eq!(
        found,
        Err(SvdError::Overflow {
            what: "a singular value"
        })
    );
}

#[test]
fn structured_kernels_have_their_known_values() {
    // A permutation of channels with shifts: every value is 1.
    let mut weights = vec![0.0; 3 * 3 * 3];
    for (out, (channel, tap)) in [(1, 0), (2, 2), (0, 1)].into_iter().enumerate() {
        weights[(out * 3 + channel) * 3 + tap] = 1.0;
    }
    let shifts = ConvKernel::from_slice(&weights, &[3, 3, 3]).unwrap();
    let spectrum = OperatorSpectrum::new(&shifts, &[8]).unwrap();
    assert!(
        spectrum
            .singular_values()
            .iter()
            .all(|s| (s - 1.0).abs() < 1e-14)
    );
    assert!(
        matches!(spectrum.condition_number(), ConditionNumber::Finite(c) if (c - 1.0).abs() < 1e-13)
    );

    // All ones: one frequency of norm 3 * 2 * 9, all others of rank one.
    let ones = ConvKernel::from_slice(&[1.0; 2 * 2 * 9], &[2, 2, 3, 3]).unwrap();
    let spectrum = OperatorSpectrum::new(&ones, &[4, 4]).unwrap();
    assert!((spectrum.norm() - 18.0).abs() < 1e-13);
    assert_eq!(spectrum.condition_number(), ConditionNumber::Infinite);

    let zero = ConvKernel::from_slice(&[0.0; 12], &[2, 2, 3]).unwrap();
    let spectrum = OperatorSpectrum::new(&zero, &[4]).unwrap();
    assert_eq!(
        (spectrum.norm(), spectrum.condition_number()),
        (0.0, ConditionNumber::Infinite)
    );
}

#[test]
fn typed_refusals() {
    let strided = random(&[1, 1, 3, 3], Geometry::new(2).with_stride(&[1, 2]), 1);
    assert_eq!(
        OperatorSpectrum::new(&strided, &[4, 5]),
        Err(SvdError::StrideDoesNotDivideGrid {
            axis: 1,
            stride: 2,
            grid: 5
        })
    );
    assert_eq!(
        OperatorSpectrum::new(&strided, &[4]),
        Err(SvdError::GridDims {
            expected: 2,
            got: 1
        })
    );
    assert_eq!(
        OperatorSpectrum::new(&strided, &[0, 2]),
        Err(SvdError::ZeroGrid { axis: 0 })
    );
    let huge = OperatorSpectrum::new(&strided, &[1 << 40, 1 << 40]);
    assert!(matches!(huge, Err(SvdError::SizeOverflow { .. })));
}
