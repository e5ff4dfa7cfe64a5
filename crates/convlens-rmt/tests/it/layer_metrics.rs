//! Layer metrics against WeightWatcher, powerlaw and DeepDataProfiler's formulae on the same singular values.

use convlens_rmt::{
    AlphaWarning, Compat, EigenvalueScale, Esd, FingerRule, LayerMetrics, MetricOptions,
};
use proptest::prelude::*;
use serde_json::Value;

pub(crate) fn reference() -> Value {
    serde_json::from_str(include_str!("../data/layer_metrics.json")).expect("valid JSON")
}

pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter().map(|v| v.as_f64().expect("a number")).collect()
}

/// One slice for each list of singular values; shapes are those of the Linear or of one slice of the convolution.
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
pub(crate) fn weightwatcher(case: &Value) -> MetricOptions {
    let options = MetricOptions::compat(Compat::WeightWatcher);
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
    let tail = m.tail.fit().expect("a tail");
    let bulk = m.bulk.fit().expect("a bulk");
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
    assert_eq!(cases.len(), 13);
    let mut compared = 0;
    for case in cases {
        let name = &case["name"];
        let metrics = LayerMetrics::pooled(&slices(case), &weightwatcher(case)).unwrap();
        let theirs = &case["weightwatcher"];
        for (column, ours) in columns(&metrics) {
            let theirs = theirs[column].as_f64().expect(column);
            // The 1e-6, relative; the smallest value of a rank-deficient matrix is 1e-8 of the
            // largest and known to 1e-15 of it.
            let bound = 1e-6 * theirs.abs().max(1e-7);
            assert!(
                (ours - theirs).abs() <= bound,
                "{name} {column}: {ours} {theirs}"
            );
            compared += 1;
        }
        let warning = match metrics.tail.fit().unwrap().warning {
            None => "",
            Some(AlphaWarning::OverTrained) => "over-trained",
            Some(AlphaWarning::UnderTrained) => "under-trained",
        };
        assert_eq!(theirs["warning"], warning, "{name}");
        if metrics.rf == 1 {
            assert_eq!(case["hard_rank"], metrics.hard_rank, "{name}");
        }
    }
    assert_eq!(compared, 13 * 33 + 2 * 2);
}
