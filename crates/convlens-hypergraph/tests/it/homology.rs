//! Homology against known spaces, HyperNetX, Dowker's duality and dense elimination.

use std::collections::BTreeSet;

use convlens_hypergraph::{
    Hypergraph, HypergraphError,
    homology::{self, DowkerSide, Homology},
};
use proptest::prelude::*;
use serde_json::Value;

fn homology(h: &Hypergraph, options: &homology::Options) -> Homology {
    h.homology(options).unwrap().into_value().unwrap()
}

fn betti(n: usize, edges: &[Vec<u32>]) -> Vec<usize> {
    let h = Hypergraph::from_edges(n, edges).unwrap();
    homology(&h, &homology::Options::default()).betti
}

#[test]
fn known_spaces_have_their_betti_numbers() {
    let sphere = |d: u32| -> Vec<Vec<u32>> {
        (0..d + 2)
            .map(|out| (0..d + 2).filter(|&v| v != out).collect())
            .collect()
    };
    assert_eq!(betti(3, &sphere(1)), [1, 1, 0]);
    assert_eq!(betti(4, &sphere(2)), [1, 0, 1]);
    assert_eq!(betti(5, &sphere(3)), [1, 0, 0]); // its void is of dimension 3
    // The torus on seven vertices (Möbius 1861), and the projective plane on six, whose mod 2
    // homology is 1, 1, 1.
    let torus: Vec<Vec<u32>> = (0..7u32)
        .flat_map(|i| [[i, i + 1, i + 3], [i, i + 2, i + 3]])
        .map(|t| t.map(|v| v % 7).to_vec())
        .collect();
    assert_eq!(betti(7, &torus), [1, 2, 1]);
    let plane = [
        [0, 1, 4],
        [0, 1, 5],
        [0, 2, 3],
        [0, 2, 5],
        [0, 3, 4],
        [1, 2, 3],
        [1, 2, 4],
        [1, 3, 5],
        [2, 4, 5],
        [3, 4, 5],
    ];
    assert_eq!(betti(6, &plane.map(|t| t.to_vec())), [1, 1, 1]);
    // The Klein bottle: a grid of 4 x 4 squares, cut by diagonals, the last column glued upside
    // down.
    let at = |x: u32, y: u32| if x == 4 { (4 - y) % 4 } else { x * 4 + y % 4 };
    let bottle: Vec<Vec<u32>> = (0..16u32)
        .map(|i| (i / 4, i % 4))
        .flat_map(|(x, y)| {
            let [a, b, c, d] = [at(x, y), at(x + 1, y), at(x, y + 1), at(x + 1, y + 1)];
            [vec![a, b, d], vec![a, c, d]]
        })
        .collect();
    assert_eq!(betti(16, &bottle), [1, 2, 1]);
    // Three circles that share a point.
    let circles: Vec<Vec<u32>> = (0..3u32)
        .flat_map(|c| [[0, 2 * c + 1], [2 * c + 1, 2 * c + 2], [2 * c + 2, 0]])
        .map(|e| e.to_vec())
        .collect();
    assert_eq!(betti(7, &circles), [1, 3, 0]);
    // One large hyperedge is a ball; isolated nodes and empty hyperedges are not there.
    assert_eq!(betti(100, &[(0..90).collect(), vec![]]), [1, 0, 0]);
    assert_eq!(betti(3, &[]), [0, 0, 0]);
    assert_eq!(betti(0, &[]), [0, 0, 0]);
}

/// HyperNetX 2.4.3 (`tests/data/make_homology.py`).
#[test]
fn betti_numbers_are_those_of_hypernetx() {
    let data: Value = serde_json::from_str(include_str!("../data/homology.json")).unwrap();
    let cases = data["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 20);
    let mut seen = [0; 3];
    for case in cases {
        let edges: Vec<Vec<u32>> = serde_json::from_value(case["edges"].clone()).unwrap();
        let theirs: Vec<usize> = serde_json::from_value(case["betti"].clone()).unwrap();
        let n = case["n_nodes"].as_u64().unwrap() as usize;
        let ours = betti(n, &edges);
        assert_eq!(ours[1..], theirs, "{edges:?}");
        ours.iter().zip(&mut seen).for_each(|(b, seen)| *seen += b);
    }
    assert!(
        seen.iter().all(|&b| b > 5),
        "{seen:?}: every dimension is tried"
    );
}

/// All nonempty subsets of the hyperedges by their number of nodes, less one.
fn complex(h: &Hypergraph) -> Vec<Vec<Vec<u32>>> {
    let mut faces: Vec<BTreeSet<Vec<u32>>> = Vec::new();
    for e in 0..h.n_edges() {
        let edge = h.edge(e);
        for mask in 1u32..1 << edge.len() {
            let face: Vec<u32> = (0..edge.len())
                .filter(|i| mask >> i & 1 == 1)
                .map(|i| edge[i])
                .collect();
            if faces.len() < face.len() {
                faces.resize(face.len(), BTreeSet::new());
            }
            faces[face.len() - 1].insert(face);
        }
    }
    faces.into_iter().map(|f| f.into_iter().collect()).collect()
}

fn boundary(face: &[u32]) -> Vec<Vec<u32>> {
    if face.len() == 1 {
        return Vec::new();
    }
    (0..face.len())
        .map(|out| {
            face.iter()
                .enumerate()
                .filter(|(i, _)| *i != out)
                .map(|(_, &v)| v)
                .collect()
        })
        .collect()
}

/// The rank mod 2 of columns of rows, by elimination.
fn rank(mut columns: Vec<Vec<bool>>) -> usize {
    let mut rank = 0;
    let rows = columns.first().map_or(0, Vec::len);
    for row in 0..rows {
        let Some(at) = (rank..columns.len()).find(|&c| columns[c][row]) else {
            continue;
        };
        columns.swap(rank, at);
        let pivot = columns[rank].clone();
        for column in columns.iter_mut().skip(rank + 1) {
            if column[row] {
                column.iter_mut().zip(&pivot).for_each(|(a, b)| *a ^= b);
            }
        }
        rank += 1;
    }
    rank
}

fn column(chain: &[Vec<u32>], faces: &[Vec<u32>]) -> Vec<bool> {
    faces
        .iter()
        .map(|f| chain.iter().filter(|g| *g == f).count() % 2 == 1)
        .collect()
}

fn slow_betti(faces: &[Vec<Vec<u32>>], dimension: usize) -> usize {
    let rank_of = |k: usize| {
        let (Some(faces_k), true) = (faces.get(k), k > 0) else {
            return 0;
        };
        rank(
            faces_k
                .iter()
                .map(|f| column(&boundary(f), &faces[k - 1]))
                .collect(),
        )
    };
    let n = faces.get(dimension).map_or(0, Vec::len);
    n - rank_of(dimension) - rank_of(dimension + 1)
}

fn any_hypergraph() -> impl Strategy<Value = Hypergraph> {
    prop::collection::vec(prop::collection::vec(0u32..8, 0..5), 0..10)
        .prop_map(|edges| Hypergraph::from_edges(8, &edges).unwrap())
}

proptest! {
    #[test]
    fn elimination_gives_the_same_numbers_on_both_sides(h in any_hypergraph()) {
        let faces = complex(&h);
        for side in [DowkerSide::Smaller, DowkerSide::Nodes, DowkerSide::Edges] {
            let options = homology::Options::default().side(side).max_dimension(9);
            let found = homology(&h, &options);
            for k in 0..=9 {
                prop_assert_eq!(found.betti[k], slow_betti(&faces, k), "dimension {}, {:?}", k, side);
            }
            let euler = faces.iter().enumerate().map(|(k, f)| [1, -1][k % 2] * f.len() as i64).sum::<i64>();
            prop_assert_eq!(found.euler_characteristic(), Some(euler));
        }
        let counts = h.f_vector(9, usize::MAX).unwrap().into_value().unwrap();
        for (k, &count) in counts.iter().enumerate() {
            prop_assert_eq!(count, faces.get(k).map_or(0, Vec::len));
        }
    }

    #[test]
    fn a_cap_changes_nothing_below_it(h in any_hypergraph(), cap in 0usize..4) {
        let all = homology(&h, &homology::Options::default().max_dimension(9)).betti;
        prop_assert_eq!(&homology(&h, &homology::Options::default().max_dimension(cap)).betti, &all[..=cap]);
    }

    /// They are in the complex, have no boundary, and no sum of them is a boundary.
    #[test]
    fn cycles_represent_a_basis(h in any_hypergraph(), over_nodes in any::<bool>()) {
        let (side, of) = match over_nodes {
            true => (DowkerSide::Nodes, h.clone()),
            false => (DowkerSide::Edges, h.dual()),
        };
        let found = homology(&h, &homology::Options::default().side(side).cycles(true));
        prop_assert_eq!(found.side, side);
        let faces = complex(&of);
        for (k, cycles) in found.cycles.iter().enumerate() {
            prop_assert_eq!(cycles.len(), found.betti[k]);
            for cycle in cycles {
                for simplex in cycle {
                    prop_assert!(faces[k].contains(simplex));
                }
                let all: Vec<_> = cycle.iter().flat_map(|s| boundary(s)).collect();
                if k > 0 {
                    prop_assert!(!column(&all, &faces[k - 1]).contains(&true));
                }
            }
            if let Some(faces_k) = faces.get(k) {
                let above = faces.get(k + 1).into_iter().flatten();
                let mut columns: Vec<_> = above.map(|f| column(&boundary(f), faces_k)).collect();
                let before = rank(columns.clone());
                columns.extend(cycles.iter().map(|c| column(c, faces_k)));
                prop_assert_eq!(rank(columns), before + cycles.len());
            }
        }
    }

    #[test]
    fn bars_count_the_classes_at_every_threshold(
        h in any_hypergraph(),
        draws in prop::collection::vec(0u8..5, 64),
        over_nodes in any::<bool>(),
    ) {
        let weights: Vec<f64> = draws.iter().cycle().take(h.n_incidences()).map(|&w| f64::from(w)).collect();
        let side = if over_nodes { DowkerSide::Nodes } else { DowkerSide::Edges };
        let options = homology::Options::default().side(side);
        let barcode = h.persistence(&weights, &options).unwrap().into_value().unwrap();
        for threshold in [4.5, 4.0, 3.0, 2.5, 2.0, 1.0, 0.0, -1.0] {
            let kept = h.incidences().zip(&weights).filter(|&(_, &w)| w >= threshold).map(|(i, _)| i);
            let cut = Hypergraph::from_incidences(h.n_nodes(), h.n_edges(), kept).unwrap();
            prop_assert_eq!(barcode.betti(threshold), homology(&cut, &options).betti, "at {}", threshold);
        }
        let other = if over_nodes { DowkerSide::Edges } else { DowkerSide::Nodes };
        let dual = h.persistence(&weights, &options.side(other)).unwrap().into_value().unwrap();
        prop_assert_eq!(dual.bars, barcode.bars);
    }

    #[test]
    fn any_options_end_in_a_result_or_a_typed_refusal(
        h in any_hypergraph(),
        max_dimension in prop_oneof![0usize..40, Just(usize::MAX), Just(usize::MAX - 1)],
        face_budget in prop_oneof![0usize..100, Just(usize::MAX)],
    ) {
        let options = homology::Options::default().max_dimension(max_dimension).face_budget(face_budget);
        let weights = vec![1.0; h.n_incidences()];
        match h.homology(&options) {
            Ok(homology::Outcome::Computed(found)) => prop_assert!(found.betti.len() <= max_dimension.saturating_add(1)),
            Ok(homology::Outcome::TooManyFaces { faces, budget }) => prop_assert!(faces > budget),
            Ok(other) => prop_assert!(false, "{:?}", other),
            Err(error) => {
                let typed = matches!(error, HypergraphError::DimensionTooHigh { .. });
                prop_assert!(typed, "{}", error);
            }
        }
        prop_assert!(h.persistence(&weights, &options).is_ok_and(|p| p.into_value().is_none_or(|b| !b.bars.is_empty())));
    }
}

#[test]
fn too_many_faces_are_an_outcome_before_anything_is_listed() {
    // Boundaries of balls with 200 vertices: nothing collapses, and 10^10 faces are due.
    let edges: Vec<Vec<u32>> = (0..200u32)
        .map(|out| (0..200).filter(|&v| v != out).collect())
        .collect();
    let h = Hypergraph::from_edges(200, &edges).unwrap();
    let options = homology::Options::default().max_dimension(3);
    match h.homology(&options).unwrap() {
        homology::Outcome::TooManyFaces { faces, budget } => {
            assert_eq!(budget, 20_000_000);
            assert!(faces > 10_000_000_000);
        }
        other => panic!("{other:?}"),
    }
    let all = homology::Options::default().max_dimension(usize::MAX);
    let counted = h.homology(&all).unwrap();
    assert!(matches!(
        counted,
        homology::Outcome::TooManyFaces {
            faces: usize::MAX,
            ..
        }
    ));
}

#[test]
fn only_faces_that_exist_need_room() {
    // 1,000 nodes take 10 bits each, so that 12 of them fit in 128 bits, and 11 are needed.
    let edges: Vec<Vec<u32>> = (0..1000u32)
        .map(|i| (0..11).map(|j| (i + 83 * j) % 1000).collect())
        .collect();
    let h = Hypergraph::from_edges(1000, &edges).unwrap();
    for dimension in [10, 11, 40] {
        let options = homology::Options::default()
            .side(DowkerSide::Nodes)
            .max_dimension(dimension);
        assert!(h.homology(&options).is_ok(), "{dimension}");
    }
    let wide: Vec<Vec<u32>> = edges
        .iter()
        .enumerate()
        .map(|(i, e)| {
            e.iter()
                .copied()
                .chain([(i as u32 + 1) % 1000, (i as u32 + 2) % 1000])
                .collect()
        })
        .collect();
    let h = Hypergraph::from_edges(1000, &wide).unwrap();
    let options = homology::Options::default()
        .side(DowkerSide::Nodes)
        .max_dimension(12);
    assert!(matches!(
        h.homology(&options),
        Err(HypergraphError::DimensionTooHigh { most: 10, .. })
    ));
}

#[test]
fn lengths_are_finite() {
    let h =
        Hypergraph::from_edges(3, &[vec![0, 1], vec![1, 2], vec![0, 2], vec![0, 1, 2]]).unwrap();
    let weights = [
        f64::MAX,
        f64::MAX,
        1.0,
        1.0,
        0.5,
        0.5,
        -f64::MAX,
        -f64::MAX,
        -f64::MAX,
    ];
    let barcode = h
        .persistence(&weights, &homology::Options::default())
        .unwrap()
        .into_value()
        .unwrap();
    let lengths: Vec<_> = barcode
        .bars
        .iter()
        .flatten()
        .filter_map(|bar| bar.length())
        .collect();
    assert!(
        !lengths.is_empty() && lengths.iter().all(|l| l.is_finite()),
        "{lengths:?}"
    );
}

#[test]
fn weights_that_are_no_numbers_are_named() {
    let h = Hypergraph::from_edges(2, &[vec![0, 1]]).unwrap();
    let options = homology::Options::default();
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        assert!(matches!(
            h.persistence(&[1.0, bad], &options),
            Err(HypergraphError::NonFiniteWeight { index: 1, .. })
        ));
    }
    assert!(matches!(
        h.persistence(&[1.0], &options),
        Err(HypergraphError::LengthMismatch {
            left: 1,
            right: 2,
            ..
        })
    ));
}
