//! The randomized metrics against WeightWatcher's, by distribution over 100 seeds: the generators
//! differ, so no digits can agree.

use convlens_rmt::tail;
use convlens_rmt::{
    Compat, Esd, LayerMetrics, NullModel, RmtError, metrics,
    null::{self, MeanTreatment, rank_paired_distance},
};
use faer::MatRef;
use serde_json::Value;

/// The matrix of `tests/data/randomized.py`.
fn weights(rows: usize, cols: usize, power: f64) -> Vec<f64> {
    let mut state = 1_u64;
    (0..rows * cols)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let c = 2.0 * (state >> 11) as f64 / 2_f64.powi(53) - 1.0;
            c / (1.0 - c * c + 1.0 / 1024.0).powf(power)
        })
        .collect()
}

fn decompose(matrix: &[f64], rows: usize, cols: usize) -> Result<Vec<f64>, RmtError> {
    let matrix = MatRef::from_row_major_slice(matrix, rows, cols);
    Ok(matrix.singular_values().expect("a finite matrix"))
}

/// The two-sample Kolmogorov-Smirnov distance.
fn distance(ours: &[f64], theirs: &[f64]) -> f64 {
    let share = |values: &[f64], x: f64| {
        values.iter().filter(|&&v| v <= x).count() as f64 / values.len() as f64
    };
    let at = ours.iter().chain(theirs);
    at.map(|&x| (share(ours, x) - share(theirs, x)).abs())
        .fold(0.0, f64::max)
}

fn list(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list").iter();
    list.map(|x| x.as_f64().expect("a number")).collect()
}

#[test]
fn weightwatchers_randomized_metrics_by_distribution() {
    let data: Value = serde_json::from_str(include_str!("../data/randomized.json")).unwrap();
    for case in data["cases"].as_array().unwrap() {
        let side = |name: &str| case[name].as_u64().unwrap() as usize;
        let (rows, cols) = (side("rows"), side("cols"));
        let entries = weights(rows, cols, case["power"].as_f64().unwrap());
        let values = decompose(&entries, rows, cols).unwrap();
        let esd = Esd::from_singular_values(&values, rows, cols).unwrap();
        let model = NullModel::new(&entries, rows, cols, null::Kind::Permutation)
            .unwrap()
            .mean_treatment(MeanTreatment::Kept);
        // WeightWatcher pools five draws where a layer has under 100 eigenvalues.
        let pooled = if cols < 100 { 5 } else { 1 };
        let (mut traps, mut largest, mut distances) = (Vec::new(), Vec::new(), Vec::new());
        for seed in 0..100 {
            let nulls = model.spectra(seed, pooled + 1, decompose).unwrap();
            let (one, rest) = nulls.esds().split_first().unwrap();
            let options = metrics::Options::compat(Compat::WeightWatcher);
            let metrics = LayerMetrics::pooled(rest, &tail::Options::default(), &options).unwrap();
            traps.push(metrics.bulk.value().unwrap().num_spikes as f64);
            largest.push(metrics.spectral_norm);
            distances.push(rank_paired_distance(esd.eigenvalues(), one.eigenvalues()).unwrap());
        }
        for (name, ours) in [
            ("num_traps", traps),
            ("max_rand_eval", largest),
            ("rand_distance", distances),
        ] {
            let found = distance(&ours, &list(&case[name]));
            // Two samples of 100 from one law are further apart than 0.28 in under one case of a
            // thousand (Smirnov: 1.95 / sqrt(50)).
            assert!(found <= 0.28, "{name}, {rows} x {cols}: {found}");
            // Not all the same number, or the comparison would say nothing.
            assert!(ours.iter().any(|&x| x != ours[0]), "{name}");
        }
    }
}
