//! Randomized matrices and what spectra are beside them.

use convlens_rmt::{
    Esd, GaussianEnsemble, NullModel, NullSpectra, RmtError, bulk,
    null::{self, EdgeLaw, MeanTreatment, RandDistanceConvention, rank_paired_distance},
};
use faer::MatRef;
use proptest::prelude::*;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StudentT};

use crate::support::within_999;

fn decompose(matrix: &[f64], rows: usize, cols: usize) -> Result<Vec<f64>, RmtError> {
    let matrix = MatRef::from_row_major_slice(matrix, rows, cols);
    Ok(matrix.singular_values().expect("a finite matrix"))
}

/// Entries of Student's t with so many degrees of freedom, and a mean.
fn student(count: usize, degrees: f64, mean: f64, seed: u64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let law = StudentT::new(degrees).expect("positive");
    (0..count).map(|_| mean + law.sample(&mut rng)).collect()
}

#[test]
fn a_permutation_keeps_the_entries_and_a_gaussian_their_variance() {
    let weights = student(600, 8.0, 0.5, 1);
    let model = NullModel::new(&weights, 20, 30, null::Kind::Permutation).unwrap();
    let sorted = |mut values: Vec<f64>| {
        values.sort_by(f64::total_cmp);
        values
    };
    let mean = weights.iter().sum::<f64>() / 600.0;
    let centered: Vec<f64> = weights.iter().map(|w| w - mean).collect();
    let drawn = model.draw(4, 2);
    assert_ne!(drawn, centered);
    assert_eq!(sorted(drawn), sorted(centered));
    assert_eq!(model.draw(4, 2), model.draw(4, 2));
    assert_ne!(model.draw(4, 2), model.draw(4, 3));
    let component = model.mean_component();
    assert!((component.singular_value - mean * 600.0_f64.sqrt()).abs() < 1e-12);
    assert!(component.strength.unwrap() > 1.0);

    let kept = model.mean_treatment(MeanTreatment::Kept).draw(4, 2);
    let back = kept.iter().sum::<f64>() / 600.0;
    assert!((back - mean).abs() < 1e-12);

    let gaussian = NullModel::new(&weights, 20, 30, null::Kind::Gaussian).unwrap();
    let drawn: Vec<f64> = (0..20).flat_map(|r| gaussian.draw(4, r)).collect();
    let variance = drawn.iter().map(|w| w * w).sum::<f64>() / drawn.len() as f64;
    // 12,000 draws: a variance to 1.3%; four of that.
    assert!((variance / gaussian.sigma().powi(2) - 1.0).abs() < 0.05);
}

#[test]
fn dense_and_bidiagonal_gaussian_nulls_agree() {
    // Half of 500 largest eigenvalues pass the median of 4,000 others, within the exact central
    // 99.9% of the binomial.
    let weights = student(20 * 12, 8.0, 0.0, 1);
    let model = NullModel::new(&weights, 20, 12, null::Kind::Gaussian).unwrap();
    let dense = model.spectra(1, 500, decompose).unwrap();
    let fast = NullSpectra::gaussian(20, 12, model.sigma(), 2, 4000).unwrap();
    let median = fast.largest_quantile(0.5).unwrap();
    let above = dense.largest().iter().filter(|&&x| x > median).count();
    assert!(within_999(above, 500, 0.5), "{above}");
}

#[test]
fn a_mean_that_is_kept_is_a_trap_and_one_subtracted_is_not() {
    let weights = student(60 * 40, 30.0, 0.5, 3);
    let traps = |treatment| {
        let model = NullModel::new(&weights, 60, 40, null::Kind::Permutation).unwrap();
        let nulls = model
            .mean_treatment(treatment)
            .spectra(5, 60, decompose)
            .unwrap();
        nulls.traps(&bulk::Options::default()).unwrap()
    };
    let kept = traps(MeanTreatment::Kept);
    assert_eq!((kept.with_traps, kept.without_bulk), (60, 0));
    assert!(kept.p_value < 1e-100);
    let subtracted = traps(MeanTreatment::Subtracted);
    // 60 at 1%: five or more is a 3e-4 event.
    assert!(subtracted.with_traps < 5, "{subtracted:?}");
}

#[test]
fn heavy_entries_are_flagged_and_light_ones_are_not() {
    // t(3) has no fourth moment. 40 matrices of 64 x 48 of each kind.
    let verdict = |degrees: f64, seed: u64| {
        let weights = student(64 * 48, degrees, 0.0, seed);
        let model = NullModel::new(&weights, 64, 48, null::Kind::Permutation).unwrap();
        let traps = model
            .spectra(seed, 30, decompose)
            .unwrap()
            .traps(&bulk::Options::default())
            .unwrap();
        model.entry_tails().edge_law(Some(&traps))
    };
    let suspect = |degrees| {
        (0..40)
            .filter(|&seed| verdict(degrees, seed) != EdgeLaw::TracyWidom)
            .count()
    };
    // An entry past (64 * 48)^(1/4) = 7.4 deviations, 12.9 of t(3)'s own unit, among 3,072: 0.1%
    // each, so 95% of matrices have one; 30 of 40 or fewer at that rate is a 2e-5 event.
    let heavy = suspect(3.0);
    assert!(heavy > 30, "{heavy}");
    // Nearly Gaussian entries, 2% by the two levels together: six or more of 40 is a 2e-4 event.
    let light = suspect(200.0);
    assert!(light < 6, "{light}");
}

#[test]
fn p_values_of_the_largest_and_of_the_distance_are_uniform() {
    // 400 spectra, each against 19 nulls of its own: p is uniform on 0.05, 0.1, .. 1.
    let noise = GaussianEnsemble::new(24, 16, 1.0).unwrap();
    let (mut largest, mut histogram, mut ranks) = (0, 0, 0);
    for seed in 0..400 {
        let esd = noise.esd(77, seed).unwrap();
        let nulls = NullSpectra::gaussian(24, 16, 1.0, 1000 + seed, 19).unwrap();
        let far = |convention| nulls.rand_distance(&esd, convention).unwrap().p_value <= 0.2 + 1e-9;
        largest += usize::from(nulls.p_value_of_largest(&esd) <= 0.2 + 1e-9);
        histogram += usize::from(far(RandDistanceConvention::Histogram));
        ranks += usize::from(far(RandDistanceConvention::RankPaired));
    }
    assert!(within_999(largest, 400, 0.2), "{largest}");
    assert!(within_999(ranks, 400, 0.2), "{ranks}");
    // Histograms tie, and ties count against the spectrum: the rate may be under the nominal one,
    // not over it.
    assert!(
        histogram <= 80 || within_999(histogram, 400, 0.2),
        "{histogram}"
    );
    assert!(histogram > 40, "{histogram}");
}

#[test]
fn the_distance_of_weightwatcher_to_its_digits() {
    let data: serde_json::Value =
        serde_json::from_str(include_str!("../data/rand_distance.json")).unwrap();
    let list = |value: &serde_json::Value| -> Vec<f64> {
        let list = value.as_array().unwrap().iter();
        list.map(|x| x.as_f64().unwrap()).collect()
    };
    for case in data["cases"].as_array().unwrap() {
        let mut eigenvalues = list(&case["eigenvalues"]);
        eigenvalues.reverse();
        let found = rank_paired_distance(&eigenvalues, &list(&case["randomized"])).unwrap();
        // Closed form: the rounding of a few dozen terms that nearly cancel.
        let reference = case["rand_distance"].as_f64().unwrap();
        assert!((found / reference - 1.0).abs() < 1e-12);
    }
}

#[test]
fn entries_whose_squares_vanish_have_a_deviation() {
    let weights: Vec<f64> = (0..40).map(|i| 1e-200 * f64::from(i % 7)).collect();
    let same: Vec<f64> = weights.iter().map(|w| w * 1e200).collect();
    let model = |weights: &[f64]| NullModel::new(weights, 8, 5, null::Kind::Gaussian).unwrap();
    let (small, plain) = (model(&weights), model(&same));
    // Roundings of the scaling.
    assert!((small.sigma() / plain.sigma() * 1e200 - 1.0).abs() < 1e-14);
    let strength = |model: &NullModel| model.mean_component().strength.unwrap();
    assert!((strength(&small) / strength(&plain) - 1.0).abs() < 1e-13);
    assert!(small.draw(1, 0).iter().all(|&w| w != 0.0));
}

#[test]
fn bad_input_is_named() {
    let new =
        |weights: &[f64], rows, cols| NullModel::new(weights, rows, cols, null::Kind::Permutation);
    assert!(matches!(new(&[], 0, 0), Err(RmtError::EmptyShape { .. })));
    assert!(matches!(
        new(&[1.0; 5], 2, 3),
        Err(RmtError::WrongEntries { given: 5, .. })
    ));
    assert!(matches!(
        new(&[1.0; 5], usize::MAX, 3),
        Err(RmtError::WrongEntries { .. })
    ));
    assert!(matches!(
        new(&[1.0, f64::NAN], 1, 2),
        Err(RmtError::NonFinite { index: 1, .. })
    ));
    assert!(matches!(
        new(&[1e160, 1.0], 1, 2),
        Err(RmtError::SquareOverflows { .. })
    ));
    let model = new(&[1.0; 6], 2, 3).unwrap();
    assert!(model.spectra(0, 0, decompose).is_err());
    assert_eq!(model.mean_component().strength, None);
    assert_eq!(model.entry_tails().kurtosis, None);
    let nulls = model.spectra(0, 3, decompose).unwrap();
    assert_eq!(
        nulls.traps(&bulk::Options::default()).unwrap().without_bulk,
        3
    );
    let other = Esd::from_eigenvalues(&[1.0; 4], 4, 4).unwrap();
    assert!(
        nulls
            .rand_distance(&other, RandDistanceConvention::default())
            .is_err()
    );
    assert!(nulls.largest_quantile(f64::NAN).is_err());
    assert!(NullSpectra::gaussian(3, 3, 1.0, 0, 0).is_err());
    assert!(rank_paired_distance(&[1.0], &[1.0, 2.0]).is_err());
    assert_eq!(rank_paired_distance(&[0.0], &[0.0]), Ok(0.0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_matrix_has_finite_evidence(
        (rows, cols, weights) in (1_usize..12, 1_usize..12).prop_flat_map(|(r, c)| {
            let entry = prop_oneof![Just(0.0), -1e-300..1e-300_f64, -1.0..1.0_f64, -1e150..1e150_f64];
            (Just(r), Just(c), prop::collection::vec(entry, r * c))
        }),
        kept in any::<bool>(),
    ) {
        for kind in [null::Kind::Permutation, null::Kind::Gaussian] {
            let treatment = if kept { MeanTreatment::Kept } else { MeanTreatment::Subtracted };
            let model = NullModel::new(&weights, rows, cols, kind).unwrap().mean_treatment(treatment);
            let tails = model.entry_tails();
            prop_assert!(tails.largest_strength.is_finite() && (0.0..=1.0).contains(&tails.largest_p_value));
            prop_assert!((0.0..=1.0).contains(&tails.largest_share));
            prop_assert!(model.mean_component().strength.is_none_or(f64::is_finite));
            let nulls = model.spectra(1, 5, decompose).unwrap();
            let esd = Esd::from_singular_values(&decompose(&weights, rows, cols).unwrap(), rows, cols).unwrap();
            for convention in [RandDistanceConvention::Histogram, RandDistanceConvention::RankPaired] {
                let found = nulls.rand_distance(&esd, convention).unwrap();
                // sqrt(ln 2), and a rounding.
                prop_assert!((0.0..0.8326).contains(&found.distance), "{}", found.distance);
                prop_assert!((0.0..=1.0).contains(&found.p_value));
            }
            prop_assert!(nulls.traps(&bulk::Options::default()).is_ok());
        }
    }
}
