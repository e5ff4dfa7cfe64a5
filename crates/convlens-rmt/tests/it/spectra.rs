//! Simulated spectra against the limit laws.

use convlens_rmt::{MarchenkoPastur, law::EdgeScaling};

use crate::support::planted;

#[test]
fn a_gaussian_matrix_follows_marchenko_pastur() {
    let esd = planted(1000, 500, 0.2, &[], 11);
    let law = MarchenkoPastur::from_shape(1000, 500, 0.04).unwrap();
    let (lower, upper) = law.support();
    // Edges move by 2 M^(-2/3) = 3% at most (Tracy-Widom, 5 of its units).
    assert!((esd.largest() / upper - 1.0).abs() < 0.03);
    assert!((esd.eigenvalues()[0] / lower - 1.0).abs() < 0.1);
    // Eigenvalues are rigid: each stays within a few places of its quantile, so
    // that the distance is of order log(M)/M = 0.012, far under 1.95/sqrt(M) = 0.087.
    let m = 500.0;
    let distance = esd
        .eigenvalues()
        .iter()
        .enumerate()
        .map(|(i, &x)| (law.cdf(x) - (i as f64 + 0.5) / m).abs())
        .fold(0.0, f64::max);
    assert!(distance < 0.012, "{distance}");
    let mean = esd.eigenvalues().iter().sum::<f64>() / m;
    // Standard error sqrt(2 / (N M)) = 0.2%; five of them.
    assert!((mean / law.mean() - 1.0).abs() < 0.01);
}

#[test]
fn both_edge_scalings_standardize_the_largest_eigenvalue() {
    // 400 matrices of 60 x 20 per scaling: the standard error of the mean is
    // sqrt(1.61 / 400) = 0.063. Ma's constants are good to O(M^(-2/3)), and here
    // to 0.05; Johnstone's to O(M^(-1/3)), here to 0.3.
    for (scaling, bound) in [(EdgeScaling::Ma, 0.25), (EdgeScaling::Johnstone, 0.5)] {
        let (n, m) = (60, 20);
        let (mu, s) = scaling
            .center_and_scale(n, m)
            .expect("a shape with an edge");
        let draws: Vec<f64> = (0..400)
            .map(|seed| (planted(n, m, 1.0, &[], seed).largest() * n as f64 - mu) / s)
            .collect();
        let mean = draws.iter().sum::<f64>() / 400.0;
        let variance = draws.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 399.0;
        assert!((mean + 1.2065).abs() < bound, "{scaling:?}: mean {mean}");
        // Standard error of a variance of 1.61 from 400 draws: 0.12.
        assert!((variance - 1.6078).abs() < 0.5, "{scaling:?}: {variance}");
    }
}
