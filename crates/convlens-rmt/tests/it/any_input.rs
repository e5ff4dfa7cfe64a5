//! Every entry point on hostile values: nothing panics, and no result holds a number that is not
//! finite.
//!
//! The values are those that break formulae: none, one, ties, zeros, negatives, NaN, infinities,
//! denormals, both ends of the range of an `f64` and mixtures of them. Tests beside this one draw
//! at random; here each is met for certain.

use std::fmt::Debug;

use convlens_rmt::{
    Compat, Denoised, DiscretePowerLaw, Esd, HaarNull, Hill, LayerMetrics, MarchenkoPastur,
    ModelMetrics, NullModel, NullSpectra, Phase, PowerLaw, RmtError, TracyWidom,
    bulk::{self, DenoiseRule, KsSimulation, NoiseLevel},
    law::{DysonIndex, QuarterCircle, Semicircle},
    metrics::farms::{self, Farms, LayerMatrices, SmallMatrix, Steps},
    metrics::{self, FingerRule},
    null::{self, MeanTreatment, RandDistanceConvention, rank_paired_distance},
    phase,
    spacing::{self, Repeats},
    tail::{
        self, Bootstrap, ComparisonOptions, GofOptions, HillThreshold, IntervalMethod, KsConvention,
    },
    validation,
    vectors::SetNull,
};

/// Slices of up to 60 values.
fn slices() -> Vec<Vec<f64>> {
    let tiny = f64::from_bits(1);
    let mut all = vec![vec![], vec![1.0, 2.0]];
    for value in [
        0.0,
        -0.0,
        1.0,
        -1.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        tiny,
        1e-300,
        1e300,
        f64::MAX,
    ] {
        all.extend([1, 12, 40].map(|count| vec![value; count]));
    }
    let of = |f: &dyn Fn(u32) -> f64| (0..60).map(f).collect::<Vec<f64>>();
    all.extend([
        of(&|i| f64::from_bits(u64::from(i))),
        of(&|i| 10_f64.powi(10 * i as i32 - 300)),
        of(&|i| 1e300 / f64::from(i + 1)),
        of(&|i| 1e-300 * f64::from(i * i)),
        of(&|i| 1e150 / f64::from(i + 1)),
        of(&|i| 1e-160 * f64::from(i * i)),
        of(&|i| 1.0 + f64::from(i) * f64::EPSILON),
        of(&|i| if i == 0 { f64::MAX } else { 1.0 }),
        of(&|i| if i % 2 == 0 { f64::MAX } else { tiny }),
        of(&|i| if i % 2 == 0 { f64::MAX } else { -f64::MAX }),
        of(&|i| if i == 30 { f64::NAN } else { 1.0 }),
        of(&|i| if i < 59 { 0.0 } else { 1.0 }),
        of(&|i| f64::from(i) - 30.0),
        of(&|i| f64::from(i / 5)),
        of(&|i| 0.5_f64.powi(i as i32)),
    ]);
    all
}

/// `what` on `values`: an error, or a result without a number that is not finite.
fn finite<T: Debug>(what: &str, values: &[f64], found: Result<T, RmtError>) -> Option<T> {
    let found = found.ok()?;
    let words = format!("{found:?}");
    // Numbers are printed as words of their own.
    let mut words = words.split(|c: char| !c.is_alphanumeric());
    let bad = words.find(|word| matches!(*word, "inf" | "NaN"));
    assert_eq!(bad, None, "{what} on {values:?}");
    Some(found)
}

#[test]
fn tails() {
    let base = tail::Options::default().min_tail(2);
    let boot = |method| {
        base.clone()
            .bootstrap(Bootstrap::new(1).replicates(20).method(method))
    };
    let gof = GofOptions::new(1).replicates(20);
    let options = [
        tail::Options::default(),
        base.clone().ks(KsConvention::OneStep),
        tail::Options::compat(Compat::WeightWatcher),
        tail::Options::compat(Compat::Powerlaw),
        base.clone().xmin(1.0).goodness_of_fit(gof),
        base.clone().xmax(2.0).goodness_of_fit(gof),
        base.clone().xmin(f64::from_bits(1)).xmax(f64::MAX),
        base.clone().goodness_of_fit(gof),
        boot(IntervalMethod::Percentile),
        boot(IntervalMethod::BiasCorrected),
        boot(IntervalMethod::LogBasic),
        boot(IntervalMethod::LogStudentized),
    ];
    for values in &slices() {
        for option in &options {
            let uneven: Vec<f64> = (0..values.len())
                .map(|i| if i % 2 == 0 { 1e-100 } else { 1e100 })
                .collect();
            finite("curve", values, PowerLaw::curve(values, option));
            finite(
                "weighted",
                values,
                PowerLaw::fit_weighted(values, &uneven, option),
            );
            let outcome = finite("fit", values, PowerLaw::fit(values, option));
            let Some(fit) = outcome.as_ref().and_then(|o| o.value()) else {
                continue;
            };
            let law = fit.law();
            finite("law", values, law.quantile(1.0 - 1e-16));
            finite("draws", values, Ok(law.sample(3, 1)));
            for other in [
                ComparisonOptions::default(),
                ComparisonOptions::compat(Compat::Powerlaw),
            ] {
                finite("compare", values, fit.compare(values, &other));
            }
        }
        for threshold in [
            HillThreshold::Count(1),
            HillThreshold::Count(usize::MAX),
            HillThreshold::MinimumDistance { least: 1 },
            HillThreshold::TempBalance,
        ] {
            finite("Hill", values, Hill::estimate(values, threshold));
        }
        finite("Hill plot", values, Hill::plot(values));
        // Their bits reach u64::MAX.
        let counts: Vec<u64> = values.iter().map(|x| x.to_bits()).collect();
        let discrete = tail::DiscreteOptions::default().min_tail(2);
        for option in [
            discrete,
            discrete.xmin(u64::MAX),
            discrete.xmax(u64::MAX),
            discrete.xmin(1).xmax(1 << 60),
            discrete.bootstrap(Bootstrap::new(1).replicates(3)),
        ] {
            finite(
                "discrete curve",
                values,
                DiscretePowerLaw::curve(&counts, &option),
            );
            let outcome = finite("discrete", values, DiscretePowerLaw::fit(&counts, &option));
            if let Some(fit) = outcome.as_ref().and_then(|o| o.value()) {
                assert!(fit.law().sample(3, 1).iter().all(|&x| x >= fit.xmin));
            }
        }
    }
}

#[test]
fn spectra() {
    for values in &slices() {
        let m = values.len();
        for (rows, cols) in [(m, m), (3 * m, m), (m, usize::MAX)] {
            for rule in [
                DenoiseRule::HardThreshold,
                DenoiseRule::ShrinkFrobenius,
                DenoiseRule::ShrinkOperator,
                DenoiseRule::ShrinkNuclear,
            ] {
                for noise in [NoiseLevel::Median, NoiseLevel::Known(1e-150)] {
                    let found = Denoised::from_singular_values(values, rows, cols, rule, noise);
                    finite("denoise", values, found);
                }
            }
            for esd in [
                Esd::from_singular_values(values, rows, cols),
                Esd::from_eigenvalues(values, rows, cols),
            ] {
                if let Some(esd) = finite("esd", values, esd) {
                    of_spectrum(&esd, values);
                }
            }
        }
        let multiplicities = vec![u32::MAX; m];
        let operator = validation::Spectrum::operator(values, &multiplicities, 60, 60, 9);
        if let Some(spectrum) = finite("operator", values, operator) {
            validated(&spectrum, values);
        }
        finite("ranks", values, rank_paired_distance(values, &vec![1.0; m]));
        for repeats in [Repeats::Refuse, Repeats::Merge] {
            let options = spacing::Options::default().repeats(repeats).tolerance(0.0);
            finite(
                "spacing",
                values,
                spacing::Ratios::measure(values, &options),
            );
        }
    }
}

fn of_spectrum(esd: &Esd, values: &[f64]) {
    for estimator in [
        bulk::Estimator::Adaptive,
        bulk::Estimator::Mean,
        bulk::Estimator::Median,
        bulk::Estimator::Likelihood,
        bulk::Estimator::KolmogorovSmirnov,
    ] {
        let mut options = bulk::Options::default().estimator(estimator);
        if esd.n() < 200 {
            options = options.ks_test(KsSimulation::new(1).replicates(2));
        }
        finite("bulk", values, MarchenkoPastur::fit(esd, &options));
    }
    for options in [
        metrics::Options::default(),
        metrics::Options::default().fingers(FingerRule::clip()),
        metrics::Options::compat(Compat::WeightWatcher),
        metrics::Options::compat(Compat::DeepDataProfiler),
    ] {
        for metrics in [
            LayerMetrics::new(esd, &options),
            LayerMetrics::pooled(
                &[esd.clone(), esd.clone()],
                &tail::Options::default(),
                &options,
            ),
        ] {
            if let Some(layer) = finite("metrics", values, metrics) {
                let summary = ModelMetrics::new([("layer", &layer)]);
                finite("summary", values, Ok((summary.universal(), summary)));
            }
        }
    }
    finite(
        "phase",
        values,
        Phase::classify(esd, &phase::Options::default()),
    );
    validated(&validation::Spectrum::unfolding(esd), values);
    if esd.n() < 200 {
        let nulls = NullSpectra::gaussian(esd.n(), esd.m(), 1.0, 1, 4).expect("a good shape");
        for convention in [
            RandDistanceConvention::Histogram,
            RandDistanceConvention::RankPaired,
        ] {
            finite("rand", values, nulls.rand_distance(esd, convention));
        }
        finite("p", values, Ok(nulls.p_value_of_largest(esd)));
    }
}

/// Against itself as the null.
fn validated(spectrum: &validation::Spectrum, values: &[f64]) {
    let options = validation::Options::default().replicates(39);
    let found =
        validation::Validation::run::<RmtError>(std::slice::from_ref(spectrum), &options, |_| {
            Ok(vec![spectrum.clone()])
        });
    finite("validation", values, found);
}

#[test]
fn matrices_and_vectors() {
    for values in &slices() {
        let n = values.len();
        for kind in [null::Kind::Permutation, null::Kind::Gaussian] {
            for treatment in [MeanTreatment::Kept, MeanTreatment::Subtracted] {
                let model = NullModel::new(values, n, 1, kind);
                let Some(model) = finite("null", values, model) else {
                    continue;
                };
                let model = model.mean_treatment(treatment);
                let norm = |column: &[f64], _: usize, _: usize| {
                    let largest = column.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
                    Ok::<_, RmtError>(vec![largest])
                };
                let nulls = model.spectra(1, 3, norm);
                if let Some(nulls) = finite("null spectra", values, nulls) {
                    let traps = nulls.traps(&bulk::Options::default());
                    let traps = finite("traps", values, traps);
                    let tails = model.entry_tails();
                    finite("entries", values, Ok(tails));
                    finite("edge", values, Ok(tails.edge_law(traps.as_ref())));
                }
                finite("mean", values, Ok(model.mean_component()));
            }
        }
        if let Ok(null) = HaarNull::new(n, 19, 1) {
            finite("vector", values, null.test(values));
            for set in [SetNull::Orthonormal, SetNull::Independent] {
                finite("vectors", values, null.test_set(values, set));
            }
        }
        for options in [
            farms::Options::default().rows(3),
            farms::Options::default().rows(usize::MAX),
            farms::Options::default().ratio(1e300),
            farms::Options::default()
                .small(SmallMatrix::Shrink)
                .ratio(1e-300),
            farms::Options::default()
                .small(SmallMatrix::Shrink)
                .steps(Steps::PerSide(usize::MAX)),
            farms::Options::default()
                .rows(1)
                .steps(Steps::Stride(usize::MAX)),
        ] {
            for (rows, cols) in [(n, 1), (1, n), (6, 10), (usize::MAX, 3)] {
                let found = LayerMatrices::dense(values, rows, cols).and_then(|layer| {
                    Farms::analyze(
                        &layer,
                        &options,
                        &tail::Options::default(),
                        |window, rows, cols| {
                            let largest = window.iter().fold(0.0_f64, |a, b| a.max(b.abs()));
                            Ok::<_, String>(vec![largest; rows.min(cols)])
                        },
                    )
                });
                finite("FARMS", values, found);
            }
        }
    }
}

#[test]
fn laws_at_the_ends_of_the_range() {
    // Draws of a law whose tail does not fit an f64, or a u64, end at the largest one.
    let heavy = PowerLaw::new(1.0 + 1e-12, 1e300).unwrap();
    assert_eq!(heavy.quantile(0.5), Ok(f64::MAX));
    for xmin in [1 << 62, (1 << 62) + 1, 1 << 63, u64::MAX - 1, u64::MAX] {
        let law = DiscretePowerLaw::new(2.0, xmin).unwrap();
        assert!(law.sample(20, 1).iter().all(|&x| x >= xmin));
    }
    // The square case at the smallest number: 1 / (pi sqrt(x)), and to scale.
    let tiny = f64::from_bits(1);
    for sigma2 in [1.0, 1e300] {
        let law = MarchenkoPastur::new(1.0, sigma2).unwrap();
        let expected = 1.0 / (std::f64::consts::PI * tiny.sqrt() * sigma2.sqrt());
        assert!((law.pdf(tiny) / expected - 1.0).abs() < 1e-14);
    }
    // NaN in, NaN out, for a distribution function and its complement.
    let nan = f64::NAN;
    let semicircle = Semicircle::new(1.0).unwrap();
    let quarter = QuarterCircle::new(1.0).unwrap();
    let edge = TracyWidom::new(DysonIndex::One);
    let bulk = MarchenkoPastur::new(2.0, 1.0).unwrap();
    for found in [
        semicircle.cdf(nan),
        semicircle.survival(nan),
        quarter.cdf(nan),
        quarter.survival(nan),
        edge.cdf(nan),
        edge.survival(nan),
        bulk.cdf(nan),
        heavy.cdf(nan),
    ] {
        assert!(found.is_nan());
    }
}

#[test]
fn more_replicates_than_can_be_had_are_refused() {
    let values: Vec<f64> = (1..40).map(f64::from).collect();
    let options = tail::Options::default();
    let bootstrap = Bootstrap::new(1).replicates(usize::MAX);
    assert!(PowerLaw::fit(&values, &options.clone().bootstrap(bootstrap)).is_err());
    let test = GofOptions::new(1).replicates(usize::MAX);
    assert!(PowerLaw::fit(&values, &options.goodness_of_fit(test)).is_err());
    let discrete = tail::DiscreteOptions::default().goodness_of_fit(test);
    assert!(DiscretePowerLaw::fit(&[1; 20], &discrete).is_err());
    assert!(HaarNull::new(20, usize::MAX, 1).is_err());
    let esd = Esd::from_eigenvalues(&values, 39, 39).unwrap();
    let options = bulk::Options::default().ks_test(KsSimulation::new(1).replicates(usize::MAX));
    assert!(MarchenkoPastur::fit(&esd, &options).is_err());
    // The caller's closure decides how far a null goes.
    let model = NullModel::new(&values, 39, 1, null::Kind::Permutation).unwrap();
    let stopped = RmtError::NoSlices;
    let found = model.spectra(1, usize::MAX, |_, _, _| Err(stopped.clone()));
    assert_eq!(found, Err(stopped));
}
