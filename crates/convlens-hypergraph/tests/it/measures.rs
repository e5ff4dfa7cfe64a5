//! Each measure against its definition, written the slow way.

use convlens_hypergraph::{
    Hypergraph, IncidenceRule, Labels, SignalTable, feature_hypergraph, modularity,
    separation::{ClassProfiles, SplitOptions, classify_held_out, entropy, purity},
};

use crate::common::{cyclic_labels, noise_table, planted_table, random_hypergraph};

/// Members of class c in hyperedge e, by asking every node.
fn members(h: &Hypergraph, labels: &Labels, e: usize, c: u32) -> usize {
    (0..h.n_nodes())
        .filter(|&v| h.edge(e).contains(&(v as u32)) && labels.class_of()[v] == c)
        .count()
}

#[test]
fn purity_and_entropy_match_their_definitions() {
    for seed in 0..10 {
        let h = random_hypergraph(40, 12, 0.02 + 0.05 * seed as f64, seed);
        let labels = cyclic_labels(40, 4);
        let (mut pure, mut mixed, mut weight) = (0.0, 0.0, 0.0);
        for e in (0..12).filter(|&e| h.size(e) > 0) {
            let size = h.size(e) as f64;
            let shares: Vec<f64> = (0..4)
                .map(|c| members(&h, &labels, e, c) as f64 / size)
                .collect();
            pure += size * shares.iter().copied().fold(0.0, f64::max);
            mixed -= size
                * shares
                    .iter()
                    .filter(|&&p| p > 0.0)
                    .map(|p| p * p.ln())
                    .sum::<f64>();
            weight += size;
        }
        // Sums of at most 48 terms of order 10.
        let close = |a: Option<f64>, b: f64| (a.unwrap() - b).abs() < 1e-13;
        assert!(close(purity(&h, &labels).unwrap(), pure / weight));
        assert!(close(entropy(&h, &labels).unwrap(), mixed / weight));
    }
}

/// w(c, d).
type Weight = fn(f64, f64) -> f64;

#[test]
fn modularity_matches_the_sum_over_its_definition() {
    let weights: [(modularity::Weight, Weight); 4] = [
        (modularity::Weight::Strict, |c, d| {
            f64::from(u8::from(c == d))
        }),
        (modularity::Weight::Majority, |c, d| {
            f64::from(u8::from(2.0 * c > d))
        }),
        (modularity::Weight::Linear, |c, d| {
            if 2.0 * c > d { c / d } else { 0.0 }
        }),
        (modularity::Weight::Pairwise, |c, d| {
            if d == 1.0 {
                c
            } else {
                c * (c - 1.0) / (d * (d - 1.0))
            }
        }),
    ];
    for seed in 0..12 {
        let h = random_hypergraph(24, 15, 0.03 + 0.07 * seed as f64, seed);
        // Unequal classes: one part passes half of the volume.
        let k = 2 + seed as u32 % 3;
        let parts: Vec<u32> = (0..24).map(|v| if v < 14 { 0 } else { v % k }).collect();
        for (weight, w) in weights {
            let fast = modularity::modularity(&h, &parts, weight).unwrap().unwrap();
            // At most 15 edges x 4 parts x 24 terms of order 1.
            assert!(
                (fast - slow_modularity(&h, &parts, k, w)).abs() < 1e-12,
                "{weight:?} {seed}"
            );
        }
    }
}

fn slow_modularity(h: &Hypergraph, parts: &[u32], k: u32, w: Weight) -> f64 {
    let edges: Vec<&[u32]> = (0..h.n_edges())
        .map(|e| h.edge(e))
        .filter(|e| !e.is_empty())
        .collect();
    let volume = |part: u32| -> usize {
        (0..h.n_nodes())
            .filter(|&v| parts[v] == part)
            .map(|v| h.degree(v))
            .sum()
    };
    let mut q = 0.0;
    for part in 0..k {
        let p = volume(part) as f64 / h.n_incidences() as f64;
        for edge in &edges {
            let d = edge.len();
            let inside = edge.iter().filter(|&&v| parts[v as usize] == part).count();
            // A part without a member of the edge is worth nothing under every weight.
            q += if inside > 0 {
                w(inside as f64, d as f64)
            } else {
                0.0
            };
            for c in 1..=d {
                let pmf = binomial(d, c) * p.powi(c as i32) * (1.0 - p).powi((d - c) as i32);
                q -= w(c as f64, d as f64) * pmf;
            }
        }
    }
    q / edges.len() as f64
}

fn binomial(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

#[test]
fn one_part_has_modularity_0() {
    let h = random_hypergraph(30, 20, 0.4, 5);
    for weight in [
        modularity::Weight::Strict,
        modularity::Weight::Majority,
        modularity::Weight::Linear,
        modularity::Weight::Pairwise,
    ] {
        let q = modularity::modularity(&h, &[0; 30], weight).unwrap();
        assert_eq!(q, Some(0.0), "{weight:?}"); // contribution |E|, tax |E|: exact
    }
}

#[test]
fn profiles_and_jaccard_match_their_definitions() {
    let h = random_hypergraph(50, 9, 0.2, 8);
    let labels = cyclic_labels(50, 3);
    let profiles = ClassProfiles::new(&h, &labels).unwrap();
    let share =
        |c: u32, f: usize| members(&h, &labels, f, c) as f64 / labels.counts()[c as usize] as f64;
    let similarity = profiles.similarity();
    let mut off = Vec::new();
    for a in 0..3 {
        for b in 0..3 {
            let low: f64 = (0..9).map(|f| share(a, f).min(share(b, f))).sum();
            let high: f64 = (0..9).map(|f| share(a, f).max(share(b, f))).sum();
            // Sums of nine shares.
            assert!((similarity[a as usize][b as usize] - low / high).abs() < 1e-14);
            if a != b {
                off.push(low / high);
            }
        }
    }
    let mean = off.iter().sum::<f64>() / off.len() as f64;
    assert!((profiles.separation() - (1.0 - mean)).abs() < 1e-14);
}

#[test]
fn empty_profiles_are_alike() {
    let h = Hypergraph::from_edges(4, &[vec![], vec![]]).unwrap();
    let profiles = ClassProfiles::new(&h, &cyclic_labels(4, 2)).unwrap();
    assert_eq!(profiles.similarity(), [[1.0, 1.0], [1.0, 1.0]]);
    assert_eq!(profiles.separation(), 0.0);
}

/// Memberships from a sorted copy of the reference, straight from the rule's definition.
fn slow_members(
    table: &SignalTable,
    rule: IncidenceRule,
    reference: &[usize],
    f: usize,
) -> Vec<usize> {
    let mut values: Vec<f64> = reference.iter().map(|&i| table.value(i, f)).collect();
    values.sort_by(|a, b| b.total_cmp(a));
    let m = values.len() as f64;
    let above: Box<dyn Fn(f64) -> bool> = match rule {
        IncidenceRule::TopQuantile { fraction } => {
            let k = ((fraction * m).round() as usize).clamp(1, values.len() - 1);
            let out = values[k];
            let least_in = values.iter().copied().rfind(|&v| v > out);
            let middle = least_in.map_or(f64::INFINITY, |v| (v + out) / 2.0);
            Box::new(move |v| v >= middle)
        }
        IncidenceRule::ZScore { threshold } => {
            let mean = values.iter().sum::<f64>() / m;
            let sd = (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (m - 1.0)).sqrt();
            Box::new(move |v| (v - mean) / sd >= threshold)
        }
        other => panic!("no oracle for {other:?}"),
    };
    (0..table.inputs())
        .filter(|&i| above(table.value(i, f)))
        .collect()
}

const RULES: [IncidenceRule; 4] = [
    IncidenceRule::TopQuantile { fraction: 0.1 },
    IncidenceRule::TopQuantile { fraction: 0.9 },
    IncidenceRule::ZScore { threshold: 1.0 },
    IncidenceRule::ZScore { threshold: -0.5 },
];

/// Uniform noise rounded to tenths, so that ties are everywhere.
fn tied_table(inputs: usize, features: usize, seed: u64) -> SignalTable {
    let noise = noise_table(inputs, features, seed);
    let values = (0..inputs)
        .flat_map(|i| noise.row(i).to_vec())
        .map(|v| (v * 10.0).floor() / 10.0)
        .collect();
    SignalTable::new(values, inputs, features).unwrap()
}

#[test]
fn hyperedges_match_the_rule() {
    for rule in RULES {
        for table in [noise_table(57, 6, 2), tied_table(57, 6, 2)] {
            let h = feature_hypergraph(&table, rule).unwrap();
            let all: Vec<usize> = (0..57).collect();
            for f in 0..6 {
                let slow: Vec<u32> = slow_members(&table, rule, &all, f)
                    .iter()
                    .map(|&i| i as u32)
                    .collect();
                assert_eq!(h.edge(f), slow, "{rule:?} {f}");
            }
        }
    }
}

#[test]
fn the_classifier_matches_naive_bayes_from_scratch() {
    for (seed, rule) in RULES.into_iter().enumerate() {
        let labels = cyclic_labels(90, 3);
        let table = planted_table(&labels, 7, 0.4, seed as u64);
        let split = SplitOptions::default().seed(seed as u64).test_fraction(0.4);
        let held_out = classify_held_out(&table, &labels, rule, split).unwrap();
        assert_eq!(held_out.n_test, 36);
        assert_eq!(held_out.majority_accuracy, 1.0 / 3.0);
        let test: Vec<usize> = held_out.test_inputs.iter().map(|&i| i as usize).collect();
        let fit: Vec<usize> = (0..90).filter(|i| !test.contains(i)).collect();
        let edges: Vec<Vec<usize>> = (0..7)
            .map(|f| slow_members(&table, rule, &fit, f))
            .collect();
        let mut right = 0;
        for (t, &i) in test.iter().enumerate() {
            let likelihood = |c: u32| -> f64 {
                let class: Vec<usize> = fit
                    .iter()
                    .copied()
                    .filter(|&j| labels.class_of()[j] == c)
                    .collect();
                edges
                    .iter()
                    .map(|edge| {
                        let held = class.iter().filter(|j| edge.contains(j)).count();
                        let p = (held + 1) as f64 / (class.len() + 2) as f64;
                        if edge.contains(&i) {
                            p.ln()
                        } else {
                            (1.0 - p).ln()
                        }
                    })
                    .sum()
            };
            // Equal scores go to the lowest class; rounding is far below 1e-9.
            let mut best = 0;
            for c in 1..3 {
                if likelihood(c) > likelihood(best) + 1e-9 {
                    best = c;
                }
            }
            assert_eq!(held_out.predicted[t], i64::from(best));
            let correct = best == labels.class_of()[i];
            assert_eq!(held_out.correct[t], correct);
            right += usize::from(correct);
        }
        assert_eq!(held_out.accuracy, right as f64 / 36.0);
    }
}
