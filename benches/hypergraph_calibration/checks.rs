//! Rates of rejection on noise, for few hundred seeds each: what unit tests would check, had they
//! the time. Every check returns the bounds that are broken.

use convlens_hypergraph::separation::{ClassPair, PairCorrection, PairOptions, class_pairs};
use convlens_hypergraph::{
    Hypergraph, HypergraphError, IncidenceRule, Labels, MeasureKind, Separation, SeparationOptions,
    SignalTable, influence, modularity, separate_layers,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A check returns a line for each bound that is broken.
type Check = fn() -> Result<Vec<String>, HypergraphError>;

/// The checks by name.
pub(crate) const ALL: [(&str, Check); 3] = [
    (
        "random_labels_are_rejected_at_the_nominal_rate",
        random_labels_are_rejected_at_the_nominal_rate,
    ),
    (
        "shuffled_labels_are_rejected_at_the_nominal_rate_over_layers",
        shuffled_labels_are_rejected_at_the_nominal_rate_over_layers,
    ),
    (
        "noise_is_rejected_at_the_nominal_rate",
        noise_is_rejected_at_the_nominal_rate,
    ),
];

const SEEDS: u64 = 400;

/// The most rejections at level a among n true nulls that a valid test shows, but for bad luck of
/// three standard deviations (one-sided probability about 1e-3).
fn allowed(a: f64, n: u64) -> usize {
    let n = n as f64;
    (n * a + 3.0 * (n * a * (1.0 - a)).sqrt()) as usize
}

/// Adds a line for each level at which the p-values are small too often, and one if they are so
/// too seldom: fewer than `least` at or below 0.6.
fn judge(broken: &mut Vec<String>, what: &str, p_values: &[f64], levels: &[f64], least: usize) {
    let at_most = |a: f64| p_values.iter().filter(|&&p| p <= a).count();
    for &a in levels {
        let (rejected, bound) = (at_most(a), allowed(a, p_values.len() as u64));
        if rejected > bound {
            broken.push(format!(
                "{what}: {rejected} p-values <= {a}, at most {bound}"
            ));
        }
    }
    if at_most(0.6) < least {
        broken.push(format!(
            "{what}: {} p-values <= 0.6, at least {least}",
            at_most(0.6)
        ));
    }
}

fn random_labels_are_rejected_at_the_nominal_rate() -> Result<Vec<String>, HypergraphError> {
    let rules = [
        IncidenceRule::TopQuantile { fraction: 0.2 },
        IncidenceRule::ZScore { threshold: 0.8 },
    ];
    let weights = [modularity::Weight::Linear, modularity::Weight::Pairwise];
    let mut broken = Vec::new();
    for (rule, weight) in rules.into_iter().zip(weights) {
        let mut p_values = vec![Vec::new(); MeasureKind::ALL.len()];
        for seed in 0..SEEDS {
            let mut draw = rng(1000 + seed);
            // Unequal classes, at least two inputs in each.
            let mut raw: Vec<i64> = vec![0, 0, 1, 1, 2, 2];
            raw.extend((0..34).map(|_| [0, 0, 1, 2][draw.random_range(0..4)]));
            let options = SeparationOptions::default()
                .incidence_rule(rule)
                .modularity(weight)
                .permutations(99)
                .seed(seed);
            let separation = Separation::new(&noise(40, 8, seed)?, &Labels::new(&raw)?, &options)?;
            for (list, kind) in p_values.iter_mut().zip(MeasureKind::ALL) {
                list.push(separation.measure(kind).p_value);
            }
        }
        for (list, kind) in p_values.iter().zip(MeasureKind::ALL) {
            // Not by never rejecting: half of the p-values lie below 0.6, less three sd (30).
            let what = format!("{kind}, {rule:?}");
            judge(&mut broken, &what, list, &[0.01, 0.05, 0.1, 0.5], 170);
        }
    }
    Ok(broken)
}

fn shuffled_labels_are_rejected_at_the_nominal_rate_over_layers()
-> Result<Vec<String>, HypergraphError> {
    // Labels shuffled against fixed tables that are far from noise: inputs in groups of their own,
    // ties everywhere, two layers nearly alike. The tables have more of it.
    let grouped = planted(48, 5, 10, 0.5, 21)?;
    let doubled = |i| grouped.row(i).iter().map(|v| (v * 20.0).floor().max(8.0));
    let tied = SignalTable::new((0..48).flat_map(doubled).collect(), 48, 10)?;
    let tables = [&grouped, &tied, &noise(48, 3, 22)?];
    let rules = [
        IncidenceRule::default(),
        IncidenceRule::ZScore { threshold: 1.0 },
        IncidenceRule::CumulativeInfluence(influence::Rule::default().share(0.3)),
    ];
    let mut broken = Vec::new();
    for rule in rules {
        let mut least = vec![Vec::new(); MeasureKind::ALL.len()];
        for seed in 0..SEEDS {
            let mut draw = rng(5000 + seed);
            let mut raw: Vec<i64> = (0..48).map(|i| [0, 0, 0, 1, 1, 2][i % 6]).collect();
            for i in (1..48).rev() {
                raw.swap(i, draw.random_range(0..=i));
            }
            let options = SeparationOptions::default()
                .incidence_rule(rule)
                .permutations(99)
                .seed(seed);
            let layers = separate_layers(&tables, &Labels::new(&raw)?, &options)?;
            for (list, kind) in least.iter_mut().zip(MeasureKind::ALL) {
                let adjusted = layers.iter().filter_map(|l| l.measure(kind).p_adjusted);
                list.push(adjusted.fold(1.0, f64::min));
            }
        }
        for (list, kind) in least.iter().zip(MeasureKind::ALL) {
            // Nor is it idle: 240 expected below 0.6 for a null without ties, less far more than
            // 3 sd.
            let what = format!("{kind}, {rule:?}");
            judge(&mut broken, &what, list, &[0.01, 0.05, 0.1], 100);
        }
    }
    Ok(broken)
}

fn noise_is_rejected_at_the_nominal_rate() -> Result<Vec<String>, HypergraphError> {
    let lists = [
        "similarity of a pair",
        "AUC of a pair",
        "least similarity over pairs",
        "least AUC over pairs",
        "least over features",
    ];
    let mut broken = Vec::new();
    for correction in [PairCorrection::MaxT, PairCorrection::Holm] {
        let mut least: [Vec<f64>; 5] = Default::default();
        for seed in 0..SEEDS {
            // Four classes of unequal sizes, and features that are not independent.
            let labels: Vec<i64> = (0..44)
                .map(|i| [0, 0, 1, 1, 2, 3, 1, 3, 2, 0, 1][i % 11])
                .collect();
            let mut draw = rng(seed);
            let common: Vec<f64> = (0..44).map(|_| draw.random::<f64>()).collect();
            let edges: Vec<Vec<u32>> = (0..6)
                .map(|_| {
                    (0..44)
                        .filter(|&i| common[i as usize] + draw.random::<f64>() > 1.2)
                        .collect()
                })
                .collect();
            let h = Hypergraph::from_edges(44, &edges)?;
            let options = PairOptions::default()
                .permutations(99)
                .seed(seed)
                .correction(correction);
            let report = class_pairs(&h, &Labels::new(&labels)?, &options)?;
            let is_first = |p: &&ClassPair| (p.first.class, p.second.class) == (0, 1);
            let first = report.pairs.iter().find(is_first);
            let over_pairs = |p: fn(&ClassPair) -> Option<f64>| {
                report.pairs.iter().filter_map(p).fold(1.0, f64::min)
            };
            let features = first.iter().flat_map(|pair| &pair.features);
            // A pair or an AUC that is missing counts as a rejection, and so breaks the bounds.
            for (list, p) in least.iter_mut().zip([
                first.map_or(0.0, |pair| pair.similarity.p_value),
                first
                    .and_then(|pair| pair.auc)
                    .map_or(0.0, |auc| auc.p_value),
                over_pairs(|p| p.similarity.p_adjusted),
                over_pairs(|p| p.auc?.p_adjusted),
                features.map(|f| f.p_adjusted).fold(1.0, f64::min),
            ]) {
                list.push(p);
            }
        }
        for (which, (list, name)) in least.iter().zip(lists).enumerate() {
            // Not by never rejecting: of the uncorrected ones half lie at or below 0.6, less three
            // sd (29).
            let idle = if which < 2 { 171 } else { 0 };
            let what = format!("{name}, {correction:?}");
            judge(&mut broken, &what, list, &[0.01, 0.05, 0.1], idle);
        }
    }
    Ok(broken)
}

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

/// Uniform values in [0, 1).
fn noise(inputs: usize, features: usize, seed: u64) -> Result<SignalTable, HypergraphError> {
    let mut rng = rng(seed);
    let values = (0..inputs * features).map(|_| rng.random::<f64>());
    SignalTable::new(values.collect(), inputs, features)
}

/// As [`noise`], plus `strength` on feature f for inputs of group f modulo the groups.
fn planted(
    inputs: usize,
    groups: usize,
    features: usize,
    strength: f64,
    seed: u64,
) -> Result<SignalTable, HypergraphError> {
    let mut rng = rng(seed);
    let values = (0..inputs * features).map(|at| {
        let own = (at / features) % groups == (at % features) % groups;
        rng.random::<f64>() + if own { strength } else { 0.0 }
    });
    SignalTable::new(values.collect(), inputs, features)
}
