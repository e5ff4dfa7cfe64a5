//! s-walk measures against HyperNetX's values, and against Floyd-Warshall and counted paths.

use convlens_hypergraph::{Hypergraph, walks};
use proptest::prelude::*;
use serde_json::Value;

fn floats(value: &Value) -> Vec<f64> {
    let list = value.as_array().unwrap();
    list.iter().map(|v| v.as_f64().unwrap()).collect()
}

#[test]
fn the_values_of_hypernetx() {
    let cases: Value = serde_json::from_str(include_str!("../data/s_walks.json")).unwrap();
    let (mut connected, mut compared) = (0, 0);
    for case in cases.as_array().unwrap() {
        let edges: Vec<Vec<u32>> = serde_json::from_value(case["edges"].clone()).unwrap();
        let names: Vec<u32> = serde_json::from_value(case["names"].clone()).unwrap();
        let s = case["s"].as_u64().unwrap() as usize;
        // One more node than there is: isolated ones change nothing.
        let n_nodes = 2 + *edges.iter().flatten().max().unwrap() as usize;
        let h = Hypergraph::from_edges(n_nodes, &edges).unwrap();
        let (h, walks) = match case["of_edges"].as_bool().unwrap() {
            true => (h.clone(), h.s_walks(s).unwrap()),
            false => (h.dual(), h.s_walks_of_nodes(s).unwrap()),
        };
        let close = |name: &str, values: Vec<f64>| {
            let expected = floats(&case[name]);
            assert_eq!(expected.len(), names.len());
            for (&e, expected) in names.iter().zip(expected) {
                let value = values[e as usize];
                assert!(
                    (value - expected).abs() < 1e-9,
                    "{name} of {e}, s = {s}: {value}, not {expected}"
                );
            }
        };
        let own = walks::Normalization::HyperNetX;
        close("betweenness", walks.betweenness(walks::Normalization::None));
        close("betweenness_normalized", walks.betweenness(own));
        close("closeness", walks.closeness());
        close("harmonic", walks.harmonic(walks::Normalization::None));
        close("harmonic_normalized", walks.harmonic(own));
        if !case["eccentricity"].is_null() {
            connected += 1;
            let values = walks.eccentricity().into_iter();
            close(
                "eccentricity",
                values.map(|d| d.map_or(f64::NAN, f64::from)).collect(),
            );
        }
        // HyperNetX keeps what has fewer than s members, alone and at distance 0 from itself.
        let components: Vec<Vec<u32>> = serde_json::from_value(case["components"].clone()).unwrap();
        let large = |c: &Vec<u32>| h.size(c[0] as usize) >= s;
        let components: Vec<Vec<u32>> = components.into_iter().filter(large).collect();
        assert_eq!(walks.components(), components);
        assert_eq!(h.s_components(s).unwrap(), components);
        let all = walks.all_distances().unwrap();
        for (i, &a) in names.iter().enumerate() {
            for (j, &b) in names.iter().enumerate() {
                if h.size(a as usize) >= s {
                    let expected = case["distances"][i][j].as_u64().map(|d| d as u32);
                    assert_eq!(all.get(a, b).unwrap(), expected);
                    compared += 1;
                }
            }
        }
    }
    assert!(connected >= 4 && compared > 5000, "{connected}, {compared}");
}

/// Distances and numbers of shortest walks between all vertices, by the definition.
struct Slow {
    distances: Vec<Vec<Option<u32>>>,
    paths: Vec<Vec<f64>>,
}

fn slow(h: &Hypergraph, s: usize) -> Slow {
    let n = h.n_edges();
    let on = |a: usize| h.size(a) >= s;
    let overlap = |a: usize, b: usize| h.edge(a).iter().filter(|v| h.edge(b).contains(v)).count();
    let joined = |a: usize, b: usize| a != b && overlap(a, b) >= s;
    let mut distances = vec![vec![None; n]; n];
    for (a, row) in distances.iter_mut().enumerate() {
        for (b, distance) in row.iter_mut().enumerate() {
            *distance = match (a == b && on(a), joined(a, b)) {
                (true, _) => Some(0),
                (_, true) => Some(1),
                _ => None,
            };
        }
    }
    for k in 0..n {
        for a in 0..n {
            for b in 0..n {
                if let (Some(x), Some(y)) = (distances[a][k], distances[k][b])
                    && distances[a][b].is_none_or(|d: u32| x + y < d)
                {
                    distances[a][b] = Some(x + y);
                }
            }
        }
    }
    let mut paths = vec![vec![0.0; n]; n];
    for d in 0..n as u32 {
        for a in 0..n {
            for b in 0..n {
                if distances[a][b] == Some(d) {
                    let before =
                        (0..n).filter(|&c| d > 0 && joined(c, b) && distances[a][c] == Some(d - 1));
                    paths[a][b] = if d == 0 {
                        1.0
                    } else {
                        before.map(|c| paths[a][c]).sum()
                    };
                }
            }
        }
    }
    Slow { distances, paths }
}

fn hypergraphs() -> impl Strategy<Value = Hypergraph> {
    // From nearly empty to nearly complete line graphs; empty hyperedges and none at all included.
    (1u32..40, 0usize..16).prop_flat_map(|(n, largest)| {
        let edge = prop::collection::vec(0..n, 0..=largest);
        prop::collection::vec(edge, 0..24)
            .prop_map(move |edges| Hypergraph::from_edges(n as usize, &edges).unwrap())
    })
}

proptest! {
    #[test]
    fn the_definitions(h in hypergraphs(), s in 1usize..5) {
        let walks = h.s_walks(s).unwrap();
        let n = h.n_edges();
        let Slow { distances, paths } = slow(&h, s);
        let all = walks.all_distances().unwrap();
        for (a, row) in distances.iter().enumerate() {
            prop_assert_eq!(&walks.distances_from(a as u32).unwrap(), row);
            for (b, &distance) in row.iter().enumerate() {
                prop_assert_eq!(all.get(a as u32, b as u32).unwrap(), distance);
            }
            let farthest = row.iter().flatten().max().copied();
            prop_assert_eq!(walks.eccentricity()[a], farthest);
        }
        let (betweenness, harmonic) = (walks.betweenness(walks::Normalization::None), walks.harmonic(walks::Normalization::None));
        let closeness = walks.closeness();
        for e in 0..n {
            let mut through = 0.0;
            for a in (0..n).filter(|&a| a != e) {
                for b in (a + 1..n).filter(|&b| b != e) {
                    if let (Some(x), Some(y), Some(d)) = (distances[a][e], distances[e][b], distances[a][b])
                        && x + y == d
                    {
                        through += paths[a][e] * paths[e][b] / paths[a][b];
                    }
                }
            }
            // At most 276 terms up to 1, in another order.
            prop_assert!((betweenness[e] - through).abs() < 1e-10);
            let others: Vec<f64> = distances[e].iter().flatten().filter(|&&d| d > 0).map(|&d| f64::from(d)).collect();
            let inverse: f64 = others.iter().map(|d| 1.0 / d).sum();
            prop_assert!((harmonic[e] - inverse).abs() < 1e-12);
            let near = if others.is_empty() { 0.0 } else { others.len() as f64 / others.iter().sum::<f64>() };
            prop_assert!((closeness[e] - near).abs() < 1e-12);
        }
        let largest = distances.iter().flatten().flatten().max().copied();
        let broken = walks.vertices().iter().any(|&a| walks.vertices().iter().any(|&b| distances[a as usize][b as usize].is_none()));
        match walks.diameter() {
            walks::Diameter::Empty => prop_assert_eq!(largest, None),
            walks::Diameter::Connected { diameter } => {
                prop_assert!(!broken);
                prop_assert_eq!(Some(diameter), largest);
            }
            walks::Diameter::Disconnected { components, largest: found } => {
                prop_assert!(broken);
                prop_assert_eq!(Some(found), largest);
                prop_assert_eq!(components, h.s_components(s).unwrap().len());
            }
            other => prop_assert!(false, "{:?}", other),
        }
        prop_assert_eq!(walks.components(), h.s_components(s).unwrap());
    }

    #[test]
    fn one_pass_is_as_good_as_many(h in hypergraphs()) {
        let overlaps = h.overlaps();
        let by_s = overlaps.pairs_by_s();
        for s in 1..=by_s.len() + 1 {
            prop_assert_eq!(overlaps.s_line_graph(s).unwrap(), h.s_line_graph(s).unwrap());
            prop_assert_eq!(overlaps.s_walks(s).unwrap(), h.s_walks(s).unwrap());
            let pairs = by_s.get(s - 1).copied().unwrap_or(0);
            prop_assert_eq!(h.s_walks(s).unwrap().n_pairs(), pairs);
        }
    }

    #[test]
    fn normalizations_are_factors(h in hypergraphs(), s in 1usize..4) {
        let walks = h.s_walks(s).unwrap();
        let n = walks.vertices().len() as f64;
        let plain = walks.betweenness(walks::Normalization::None);
        for (a, b) in plain.iter().zip(walks.betweenness(walks::Normalization::Vertices)) {
            let factor = if n > 2.0 { 2.0 / ((n - 1.0) * (n - 2.0)) } else { 1.0 };
            prop_assert!((a * factor - b).abs() < 1e-12);
            prop_assert!(b <= 1.0 + 1e-12);
        }
        for (a, b) in walks.harmonic(walks::Normalization::None).iter().zip(walks.harmonic(walks::Normalization::Vertices)) {
            prop_assert!((a / (n - 1.0).max(1.0) - b).abs() < 1e-12);
            prop_assert!(b <= 1.0 + 1e-12);
        }
    }
}

#[cfg(feature = "rayon")]
#[test]
fn bits_do_not_depend_on_threads() {
    let sparse = crate::common::random_hypergraph(300, 200, 0.03, 7);
    let dense = crate::common::random_hypergraph(300, 200, 0.08, 8);
    let measures = |walks: &walks::SWalks| {
        let values = [
            walks.betweenness(walks::Normalization::None),
            walks.harmonic(walks::Normalization::None),
            walks.closeness(),
        ];
        values
            .concat()
            .iter()
            .map(|v| v.to_bits())
            .collect::<Vec<_>>()
    };
    for h in [sparse, dense] {
        let walks = h.s_walks(2).unwrap();
        let with = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
            pool.build().unwrap().install(|| measures(&walks))
        };
        assert_eq!(with(1), with(3));
    }
}

#[test]
fn bad_indices_are_named() {
    let h = Hypergraph::from_edges(2, &[vec![0, 1]]).unwrap();
    let walks = h.s_walks(1).unwrap();
    assert!(walks.distance(0, 1).is_err());
    assert!(walks.distances_from(1).is_err());
    assert!(walks.neighbors(1).is_err());
    assert!(walks.all_distances().unwrap().get(1, 0).is_err());
    assert_eq!(walks.distance(0, 0), Ok(Some(0)));
}
