//! s-walk measures against HyperNetX's values and against their definitions.

use convlens_hypergraph::{BetweennessScale, HarmonicScale, Hypergraph};
use proptest::prelude::*;
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_f64().unwrap())
        .collect()
}

fn indices(value: &Value) -> Vec<u32> {
    value
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_u64().unwrap() as u32)
        .collect()
}

/// HyperNetX 2.4.3 (`tests/data/make_s_walks.py`): to 1e-9, as both sum some hundred terms of order 1
/// in another order.
#[test]
fn values_are_those_of_hypernetx() {
    let text = include_str!("../data/s_walks.json");
    let data: Value = serde_json::from_str(text).unwrap();
    let cases = data["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 30);
    let mut connected = 0;
    for case in cases {
        let edges: Vec<Vec<u32>> = case["edges"]
            .as_array()
            .unwrap()
            .iter()
            .map(indices)
            .collect();
        let h = Hypergraph::from_edges(case["n_nodes"].as_u64().unwrap() as usize, &edges).unwrap();
        let over_edges = case["over"] == "edges";
        let h = if over_edges { h } else { h.dual() };
        let walks = h.s_walks(case["s"].as_u64().unwrap() as usize);
        // HyperNetX does not know isolated nodes.
        let keys: Vec<usize> = indices(&case["keys"]).iter().map(|&k| k as usize).collect();
        let isolated = h.n_edges() - keys.len();
        let close = |name: &str, ours: &[f64], scale: f64| {
            for (&key, theirs) in keys.iter().zip(numbers(&case[name])) {
                let ours = ours[key] * scale;
                assert!(
                    (ours - theirs).abs() <= 1e-9 * (1.0 + theirs),
                    "{name} of {key}: {ours} {theirs}"
                );
            }
        };
        let pairs = |n: usize| (n as f64 - 1.0) * (n as f64 - 2.0);
        // The same pairs, over another number of them.
        let scale = pairs(h.n_edges()) / pairs(keys.len());
        close(
            "betweenness",
            &walks.betweenness(BetweennessScale::Share),
            scale,
        );
        close(
            "betweenness_pairs",
            &walks.betweenness(BetweennessScale::Pairs),
            1.0,
        );
        close("closeness", &walks.closeness(), 1.0);
        close(
            "harmonic",
            &walks.harmonic_closeness(HarmonicScale::Sum),
            1.0,
        );
        close(
            "harmonic_normalized",
            &walks.harmonic_closeness(HarmonicScale::HyperNetX),
            scale,
        );
        let mut components = walks.components();
        components.retain(|c| keys.contains(&(c[0] as usize)));
        let theirs: Vec<_> = case["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(indices)
            .collect();
        assert_eq!(components, theirs);
        if !case["eccentricity"].is_null() {
            connected += 1;
            let eccentricity: Vec<f64> = walks.eccentricity().into_iter().map(f64::from).collect();
            close("eccentricity", &eccentricity, 1.0);
            let diameter = case["diameter"].as_u64().unwrap() as u32;
            assert_eq!(walks.diameter().largest, diameter);
            let expected = (isolated == 0).then_some(diameter);
            assert_eq!(walks.diameter().if_connected(), expected);
        }
        for triple in case["distances"].as_array().unwrap() {
            let [a, b] = [0, 1].map(|i| triple[i].as_u64().unwrap() as usize);
            assert_eq!(
                walks.distance(a, b),
                triple[2].as_u64().map(|d| d as u32),
                "{a} {b}"
            );
        }
    }
    assert!(
        connected >= 8,
        "{connected} cases have an eccentricity in HyperNetX"
    );
}

/// Distances by Floyd and Warshall, and numbers of shortest paths by recursion over the last step.
struct Slow {
    distance: Vec<Vec<Option<u32>>>,
    paths: Vec<Vec<f64>>,
}

impl Slow {
    fn new(h: &Hypergraph, s: usize) -> Self {
        let n = h.n_edges();
        let joined = |a: usize, b: usize| {
            a != b && h.edge(a).iter().filter(|v| h.edge(b).contains(v)).count() >= s
        };
        let step = |a, b| (a == b).then_some(0).or_else(|| joined(a, b).then_some(1));
        let row = |a| (0..n).map(|b| step(a, b)).collect();
        let mut distance: Vec<Vec<Option<u32>>> = (0..n).map(row).collect();
        for via in 0..n {
            for a in 0..n {
                for b in 0..n {
                    if let (Some(x), Some(y)) = (distance[a][via], distance[via][b]) {
                        let sum = x + y;
                        distance[a][b] = Some(distance[a][b].map_or(sum, |d| d.min(sum)));
                    }
                }
            }
        }
        let mut paths = vec![vec![0.0; n]; n];
        for a in 0..n {
            let mut order: Vec<usize> = (0..n).filter(|&b| distance[a][b].is_some()).collect();
            order.sort_by_key(|&b| distance[a][b]);
            for b in order {
                paths[a][b] = match distance[a][b] {
                    Some(0) => 1.0,
                    Some(d) => (0..n)
                        .filter(|&c| joined(c, b) && distance[a][c] == Some(d - 1))
                        .map(|c| paths[a][c])
                        .sum(),
                    None => 0.0,
                };
            }
        }
        Slow { distance, paths }
    }

    fn betweenness(&self, e: usize) -> f64 {
        let n = self.distance.len();
        let mut sum = 0.0;
        for f in 0..n {
            for g in f + 1..n {
                let (Some(whole), Some(x), Some(y)) = (
                    self.distance[f][g],
                    self.distance[f][e],
                    self.distance[e][g],
                ) else {
                    continue;
                };
                if f != e && g != e && x + y == whole {
                    sum += self.paths[f][e] * self.paths[e][g] / self.paths[f][g];
                }
            }
        }
        sum
    }
}

fn any_hypergraph() -> impl Strategy<Value = Hypergraph> {
    prop::collection::vec(prop::collection::vec(0u32..9, 0..5), 0..9)
        .prop_map(|edges| Hypergraph::from_edges(9, &edges).unwrap())
}

proptest! {
    #[test]
    fn measures_follow_their_definitions(h in any_hypergraph(), s in 1usize..4) {
        let walks = h.s_walks(s);
        let slow = Slow::new(&h, s);
        let n = h.n_edges();
        prop_assert_eq!(&walks.distances(), &slow.distance);
        let betweenness = walks.betweenness(BetweennessScale::Pairs);
        let closeness = walks.closeness();
        let harmonic = walks.harmonic_closeness(HarmonicScale::Mean);
        let eccentricity = walks.eccentricity();
        for e in 0..n {
            prop_assert_eq!(&walks.distances_from(e), &slow.distance[e]);
            let expected = slow.betweenness(e);
            prop_assert!((betweenness[e] - expected).abs() < 1e-12);
            let reached: Vec<u32> = slow.distance[e].iter().flatten().copied().filter(|&d| d > 0).collect();
            prop_assert_eq!(eccentricity[e], reached.iter().copied().max().unwrap_or(0));
            let total: u32 = reached.iter().sum();
            let close = if total == 0 { 0.0 } else { reached.len() as f64 / f64::from(total) };
            prop_assert!((closeness[e] - close).abs() < 1e-15);
            let sum: f64 = reached.iter().map(|&d| 1.0 / f64::from(d)).sum();
            let mean = if n > 1 { sum / (n - 1) as f64 } else { 0.0 };
            prop_assert!((harmonic[e] - mean).abs() < 1e-14);
        }
        // Without the small hyperedges, components are those of `s_components`.
        let mut components = walks.components();
        components.retain(|c| h.size(c[0] as usize) >= s);
        prop_assert_eq!(components, h.s_components(s));
    }

    #[test]
    fn all_s_come_from_one_pass(h in any_hypergraph()) {
        let overlaps = h.overlaps();
        let counts = overlaps.joined_pairs();
        for s in 1..=10 {
            let line = h.s_line_graph(s);
            prop_assert_eq!(counts.get(s - 1).copied().unwrap_or(0), line.edges.len());
            prop_assert_eq!(overlaps.s_line_graph(s), line);
            prop_assert_eq!(overlaps.s_walks(s).components(), h.s_walks(s).components());
        }
    }
}

#[test]
fn nothing_gives_nothing() {
    let walks = Hypergraph::from_edges(3, &[]).unwrap().s_walks(1);
    assert!(walks.betweenness(BetweennessScale::Share).is_empty());
    assert_eq!(walks.diameter().largest, 0);
    assert_eq!(walks.diameter().if_connected(), None);
    let one = Hypergraph::from_edges(3, &[vec![]]).unwrap().s_walks(1);
    assert_eq!(one.betweenness(BetweennessScale::Share), [0.0]);
    assert_eq!((one.closeness(), one.eccentricity()), (vec![0.0], vec![0]));
    assert_eq!(one.diameter().if_connected(), Some(0));
}

#[cfg(feature = "rayon")]
#[test]
fn betweenness_has_the_same_bits_at_any_number_of_threads() {
    let edges: Vec<Vec<u32>> = (0..300u32)
        .map(|e| (0..20).map(|i| (e * 37 + i * i * 11) % 400).collect())
        .collect();
    let h = Hypergraph::from_edges(400, &edges).unwrap();
    let of = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            (1..4)
                .map(|s| h.s_walks(s).betweenness(BetweennessScale::Pairs))
                .collect::<Vec<_>>()
        })
    };
    let one = of(1);
    assert!(one.iter().flatten().any(|&b| b > 0.0));
    for threads in [2, 3, 7] {
        assert_eq!(of(threads), one, "{threads} threads");
    }
}
