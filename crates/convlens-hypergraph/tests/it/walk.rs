//! The walk against its transition matrix.

use convlens_hypergraph::spectral;
use rand::RngExt;

use crate::common::{random_hypergraph, rng};

#[test]
fn steps_match_the_transition_matrix() {
    for seed in 0..10 {
        let h = random_hypergraph(12, 9, 0.3, seed);
        let mut draw = rng(seed);
        let w: Vec<f64> = (0..9).map(|_| draw.random_range(0.1..4.0)).collect();
        let gamma: Vec<f64> = (0..h.n_incidences())
            .map(|_| draw.random_range(0.1..4.0))
            .collect();
        let mut p = vec![vec![0.0; 12]; 12];
        let pairs: Vec<((u32, u32), f64)> = h.incidences().zip(gamma.iter().copied()).collect();
        for (u, row) in p.iter_mut().enumerate() {
            let d: f64 = h.node(u).iter().map(|&e| w[e as usize]).sum();
            row[u] = f64::from(u8::from(h.degree(u) == 0));
            for &e in h.node(u) {
                let inside = pairs.iter().filter(|((_, f), _)| *f == e);
                let delta: f64 = inside.clone().map(|x| x.1).sum();
                for ((v, _), g) in inside {
                    row[*v as usize] += w[e as usize] / d * g / delta;
                }
            }
        }
        let walk = spectral::RandomWalk::new(&h, Some(&w), Some(&gamma)).unwrap();
        for (u, row) in p.iter().enumerate() {
            let mut start = vec![0.0; 12];
            start[u] = 1.0;
            for (ours, slow) in walk.step(&start).unwrap().iter().zip(row) {
                // Sums of at most 9 terms below 1.
                assert!((ours - slow).abs() < 1e-14);
            }
        }
        let found = walk.stationary(100_000);
        assert!(found.change <= 1e-14);
        let pi = found.distribution;
        for v in 0..12 {
            let after: f64 = (0..12).map(|u| pi[u] * p[u][v]).sum();
            // A last change of 1e-14, and rounding.
            assert!((after - pi[v]).abs() < 1e-13);
        }
        // Zhou's walk: the degrees are stationary.
        let pi = spectral::RandomWalk::new(&h, Some(&w), None)
            .unwrap()
            .stationary(1)
            .distribution;
        let d: Vec<f64> = (0..12)
            .map(|v| h.node(v).iter().map(|&e| w[e as usize]).sum())
            .collect();
        let total: f64 = d.iter().sum();
        assert!((0..12).all(|v| (pi[v] - d[v] / total).abs() < 1e-15 * 20.0));
        assert!(
            spectral::RandomWalk::new(&h, Some(&w), Some(&[])).is_err() || h.n_incidences() == 0
        );
    }
}
