//! Layer metrics against WeightWatcher, powerlaw and DeepDataProfiler's formulae on the same
//! singular values.

use convlens_rmt::tail;
use convlens_rmt::{
    Compat, Esd, LayerMetrics, PowerLaw, RmtError,
    metrics::{self, AlphaWarning, BulkOutcome, EigenvalueScale, FingerRule},
};
use serde_json::Value;

pub(crate) fn reference() -> Value {
    serde_json::from_str(include_str!("../data/layer_metrics.json")).expect("valid JSON")
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter().map(|v| v.as_f64().expect("a number")).collect()
}

/// One slice for each list of singular values; shapes are those of the Linear or of one slice of
/// the convolution.
pub(crate) fn slices(case: &Value) -> Vec<Esd> {
    let shape = numbers(&case["shape"]);
    let lists = case["singular_values"].as_array().expect("lists");
    lists
        .iter()
        .map(|s| Esd::from_singular_values(&numbers(s), shape[0] as usize, shape[1] as usize))
        .collect::<Result<_, _>>()
        .expect("singular values of that shape")
}

/// WeightWatcher's conventions for a case.
pub(crate) fn weightwatcher(case: &Value) -> metrics::Options {
    let options = metrics::Options::compat(Compat::WeightWatcher);
    let options = if case["options"]["fix_fingers"] == "clip_xmax" {
        options.fingers(FingerRule::clip())
    } else {
        options
    };
    match (
        case["shape"].as_array().expect("a list").len(),
        &case["options"]["pool"],
    ) {
        (2, _) => options,
        (_, Value::Bool(false)) => options.scale(EigenvalueScale::SliceGram { slices: 9 }),
        _ => options.scale(EigenvalueScale::HalfGram),
    }
}

pub(crate) fn case<'a>(data: &'a Value, name: &str) -> &'a Value {
    let cases = data["cases"].as_array().expect("a list");
    cases.iter().find(|c| c["name"] == name).expect("that case")
}

/// Each of WeightWatcher's columns with our number for it.
fn columns(m: &LayerMetrics) -> Vec<(&'static str, f64)> {
    let tail = m.tail.value().expect("a tail");
    let bulk = m.bulk.value().expect("a bulk");
    let det_x = m.det_x.as_ref().expect("distinct eigenvalues");
    let mut columns = vec![
        ("N", m.n as f64),
        ("M", m.m as f64),
        ("Q", m.q),
        ("num_evals", m.num_evals as f64),
        ("norm", m.norm),
        ("log_norm", m.log_norm.expect("not zero")),
        ("spectral_norm", m.spectral_norm),
        ("lambda_max", m.spectral_norm),
        ("log_spectral_norm", m.log_spectral_norm.expect("not zero")),
        ("stable_rank", m.stable_rank.expect("not zero")),
        ("matrix_rank", m.matrix_rank as f64),
        ("rank_loss", m.rank_loss as f64),
        ("weak_rank_loss", m.weak_rank_loss as f64),
        ("sv_max", m.sv_max),
        ("sv_min", m.sv_min),
        ("entropy", m.entropy.expect("rank above 1")),
        ("alpha", tail.alpha),
        ("D", tail.d),
        ("xmin", tail.xmin),
        ("xmax", tail.xmax),
        ("sigma", tail.sigma),
        ("num_pl_spikes", tail.num_pl_spikes as f64),
        ("alpha_weighted", tail.alpha_weighted),
        ("log_alpha_norm", tail.log_alpha_norm),
        ("num_spikes", bulk.num_spikes as f64),
        ("sigma_mp", bulk.sigma_mp),
        ("mp_softrank", bulk.mp_softrank),
        ("bulk_min", bulk.bulk_min),
        ("bulk_max", bulk.bulk_max),
        ("detX_num", det_x.num as f64),
        ("detX_val", det_x.val),
        ("detX_val_unrescaled", det_x.val_rescaled),
        ("ERG_gap", det_x.erg_gap.expect("a tail") as f64),
    ];
    if let Some(cut) = &tail.fingers {
        columns.push(("num_fingers", cut.num_fingers as f64));
        columns.push(("raw_alpha", cut.raw_alpha));
    }
    columns
}

#[test]
fn weightwatchers_digits() {
    let data = reference();
    let cases = data["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 14);
    let mut compared = 0;
    for case in cases {
        let name = &case["name"];
        let metrics = LayerMetrics::pooled(
            &slices(case),
            &tail::Options::default(),
            &weightwatcher(case),
        )
        .unwrap();
        let theirs = &case["weightwatcher"];
        for (column, ours) in columns(&metrics) {
            let theirs = theirs[column].as_f64().expect(column);
            // The 1e-6, relative; the smallest value of a rank-deficient matrix is 1e-8 of
            // the largest and known to 1e-15 of it.
            let bound = 1e-6 * theirs.abs().max(1e-7);
            assert!(
                (ours - theirs).abs() <= bound,
                "{name} {column}: {ours} {theirs}"
            );
            compared += 1;
        }
        let warning = match metrics.tail.value().unwrap().warning {
            None => "",
            Some(AlphaWarning::OverTrained) => "over-trained",
            Some(AlphaWarning::UnderTrained) => "under-trained",
        };
        assert_eq!(theirs["warning"], warning, "{name}");
        if metrics.rf == 1 {
            assert_eq!(case["hard_rank"], metrics.hard_rank, "{name}");
        }
    }
    assert_eq!(compared, 14 * 33 + 2 * 2);
}

#[test]
fn powerlaws_digits() {
    let data = reference();
    for case in data["cases"].as_array().unwrap() {
        let name = &case["name"];
        let options = metrics::Options::compat(Compat::Powerlaw).scale(EigenvalueScale::Gram);
        let metrics =
            LayerMetrics::pooled(&slices(case), &tail::Options::default(), &options).unwrap();
        let tail = metrics.tail.value().unwrap();
        for (ours, column) in [
            (tail.alpha, "alpha"),
            (tail.d, "D"),
            (tail.xmin, "xmin"),
            (tail.sigma, "sigma"),
        ] {
            let theirs = case["powerlaw"][column].as_f64().unwrap();
            // Both sum logarithms in double precision, in another order; the issue asks for 1e-6.
            assert!(
                (ours / theirs - 1.0).abs() < 1e-9,
                "{name} {column}: {ours} {theirs}"
            );
        }
    }
}

#[test]
fn deep_data_profilers_formulae() {
    let data = reference();
    for case in data["cases"].as_array().unwrap() {
        let name = &case["name"];
        let theirs = &case["deepdataprofiler"];
        let shape = numbers(&case["shape"]);
        let (rows, columns) = (
            shape[0] as usize,
            shape[1..].iter().product::<f64>() as usize,
        );
        let unfolded = &case["unfolded_singular_values"];
        let values = if unfolded.is_null() {
            numbers(&case["singular_values"][0])
        } else {
            numbers(unfolded)
        };
        let esd = Esd::from_singular_values(&values, rows, columns).unwrap();
        let options = metrics::Options::compat(Compat::DeepDataProfiler);
        let options = options.scale(EigenvalueScale::Rows { rows });
        let metrics = LayerMetrics::new(&esd, &options).unwrap();
        let (tail, bulk) = (metrics.tail.value().unwrap(), metrics.bulk.value().unwrap());
        for (ours, key) in [
            (metrics.q, "Q"),
            (metrics.spectral_norm, "eig_max"),
            (bulk.sigma_mp, "sigma"),
            (bulk.bulk_min, "bulk_min"),
            (bulk.bulk_max, "bulk_max"),
            (tail.alpha, "alpha"),
            (tail.alpha_weighted, "universal"),
        ] {
            let theirs = theirs[key].as_f64().unwrap();
            // As above; the lower edge of a square matrix is 0 up to rounding.
            let bound = 1e-9 * theirs.abs().max(1e-6);
            assert!(
                (ours - theirs).abs() <= bound,
                "{name} {key}: {ours} {theirs}"
            );
        }
        assert_eq!(bulk.num_spikes, 0);
    }
}

#[test]
fn the_defaults_by_hand() {
    let esd = Esd::from_eigenvalues(&[1.0, 9.0], 4, 2).unwrap();
    let metrics = LayerMetrics::new(&esd, &metrics::Options::default()).unwrap();
    let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-15 * b.abs().max(1.0), "{a} {b}");
    close(metrics.norm, 10.0);
    close(metrics.log_norm.unwrap(), 1.0);
    close(metrics.spectral_norm, 9.0);
    close(metrics.stable_rank.unwrap(), 10.0 / 9.0);
    close(metrics.sv_max, 6.0);
    close(metrics.sv_min, 2.0);
    let entropy = -(0.1_f64 * 0.1_f64.ln() + 0.9 * 0.9_f64.ln()) / 2.0_f64.ln();
    close(metrics.entropy.unwrap(), entropy);
    // Scaled to mean 1: 0.2 and 1.8. |ln 1.8| = 0.59 is nearer to 0 than |ln 0.36| = 1.02.
    let det_x = metrics.det_x.unwrap();
    assert_eq!((det_x.num, det_x.val), (1, 9.0));
    close(det_x.val_rescaled, 1.8);
    close(det_x.log_det.unwrap(), 1.8_f64.ln());
    assert!(det_x.erg_gap.is_none() && metrics.tail.value().is_none());
    assert!(metrics.bulk.value().is_none());
}

#[test]
fn ranks_of_weights_stored_in_single_precision() {
    // A product of rank 25, rounded to f32.
    let data = reference();
    let esd = &slices(case(&data, "rank_deficient"))[0];
    let metrics = LayerMetrics::new(esd, &metrics::Options::default()).unwrap();
    assert_eq!((metrics.matrix_rank, metrics.hard_rank), (40, 25));
    assert_eq!(metrics.weak_rank_loss, 15);
}

#[test]
fn slices_are_pooled_and_have_no_bulk() {
    let data = reference();
    let slices = slices(case(&data, "conv"));
    let metrics = LayerMetrics::pooled(
        &slices,
        &tail::Options::default(),
        &metrics::Options::default(),
    )
    .unwrap();
    assert_eq!((metrics.rf, metrics.num_evals, metrics.q), (9, 144, 1.5));
    assert_eq!(metrics.bulk, BulkOutcome::Pooled { rf: 9 });
    let norms: f64 = slices.iter().flat_map(|s| s.eigenvalues()).sum();
    assert!((metrics.norm / norms - 1.0).abs() < 1e-13);
    let least = slices
        .iter()
        .map(|s| s.eigenvalues()[0] * 24.0)
        .fold(f64::INFINITY, f64::min);
    assert!((metrics.sv_min / least.sqrt() - 1.0).abs() < 1e-13);
    let mixed = [
        slices[0].clone(),
        Esd::from_eigenvalues(&[1.0], 1, 1).unwrap(),
    ];
    let options = metrics::Options::default();
    let error = LayerMetrics::pooled(&mixed, &tail::Options::default(), &options).unwrap_err();
    assert!(matches!(error, RmtError::SliceShape { index: 1, n: 1, .. }));
    assert_eq!(
        LayerMetrics::pooled(&[], &tail::Options::default(), &options),
        Err(RmtError::NoSlices)
    );
}

#[test]
fn fingers_are_cut_by_the_stated_rule() {
    let data = reference();
    let esd = &slices(case(&data, "fingers"))[0];
    let base = metrics::Options::compat(Compat::Powerlaw);
    let metrics = LayerMetrics::new(esd, &base.clone().fingers(FingerRule::clip())).unwrap();
    let tail = metrics.tail.value().unwrap();
    let cut = tail.fingers.as_ref().unwrap();
    // The rule, by fits of the shortened spectra.
    let alpha = |k: usize| {
        let kept = &esd.eigenvalues()[..esd.m() - k];
        PowerLaw::fit(kept, &tail::Options::compat(Compat::Powerlaw))
            .unwrap()
            .value()
            .unwrap()
            .alpha
    };
    let expected = (1..=10).find(|&k| alpha(k) + 1.0 < alpha(0)).unwrap();
    assert_eq!(cut.num_fingers, expected);
    assert_eq!(cut.removed, esd.eigenvalues()[esd.m() - expected..]);
    assert_eq!((tail.alpha, cut.raw_alpha), (alpha(expected), alpha(0)));
    assert_eq!(tail.xmax, esd.eigenvalues()[esd.m() - expected - 1]);
    // Without the rule nothing is looked for.
    let plain = LayerMetrics::new(esd, &base).unwrap();
    let plain = plain.tail.value().unwrap();
    assert_eq!((plain.alpha, &plain.fingers), (alpha(0), &None));
}
