//! k-means with k-means++ starts.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::draw::{below, unit};

#[derive(Debug, Clone, PartialEq)]
pub(super) struct KMeans {
    pub(super) labels: Vec<u32>,
    /// Sum of squared distances to the centres.
    pub(super) inertia: f64,
}

/// The best of `restarts` runs of Lloyd's algorithm (1982) from k-means++ starts (Arthur and
/// Vassilvitskii 2007); run i draws from stream i of the seed, the first of equal runs wins.
/// `points` is row-major with `dim` columns. Fewer clusters if there are fewer distinct points.
pub(super) fn kmeans(
    points: &[f64],
    dim: usize,
    k: usize,
    restarts: usize,
    max_iterations: usize,
    seed: u64,
) -> KMeans {
    let mut best: Option<KMeans> = None;
    for restart in 0..restarts {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(restart as u64);
        let run = lloyd(
            points,
            dim,
            plus_plus(points, dim, k, &mut rng),
            max_iterations,
        );
        if best.as_ref().is_none_or(|b| run.inertia < b.inertia) {
            best = Some(run);
        }
    }
    best.unwrap_or(KMeans {
        labels: Vec::new(),
        inertia: 0.0,
    })
}

/// Up to k centres: each a point drawn with probability proportional to its squared distance to
/// the centres so far.
fn plus_plus(points: &[f64], dim: usize, k: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let n = points.len() / dim;
    let point = |i: usize| &points[i * dim..(i + 1) * dim];
    let mut centres = Vec::with_capacity(k * dim);
    let mut distance = vec![f64::INFINITY; n];
    let mut chosen = below(n, rng);
    loop {
        centres.extend_from_slice(point(chosen));
        for (i, d) in distance.iter_mut().enumerate() {
            *d = d.min(squared_distance(point(i), point(chosen)));
        }
        let total: f64 = distance.iter().sum();
        if centres.len() == k * dim || total <= 0.0 {
            return centres;
        }
        let mut left = unit(rng) * total;
        let positive = distance.iter().enumerate().filter(|(_, d)| **d > 0.0);
        for (i, d) in positive {
            chosen = i;
            left -= d;
            if left < 0.0 {
                break;
            }
        }
    }
}

fn lloyd(points: &[f64], dim: usize, mut centres: Vec<f64>, max_iterations: usize) -> KMeans {
    let n = points.len() / dim;
    let mut labels = vec![u32::MAX; n];
    let mut distance = vec![0.0; n];
    for _ in 0..max_iterations.max(1) {
        if !assign(points, dim, &centres, &mut labels, &mut distance) {
            break;
        }
        fill_empty(centres.len() / dim, &mut labels, &mut distance);
        centres = means(points, dim, centres.len() / dim, &labels);
    }
    let inertia = labels
        .iter()
        .zip(points.chunks_exact(dim))
        .map(|(&c, p)| squared_distance(p, &centres[c as usize * dim..][..dim]))
        .sum();
    KMeans { labels, inertia }
}

/// Gives each point its nearest centre (the lowest of equals); says whether any changed.
fn assign(
    points: &[f64],
    dim: usize,
    centres: &[f64],
    labels: &mut [u32],
    distance: &mut [f64],
) -> bool {
    let mut changed = false;
    for (i, p) in points.chunks_exact(dim).enumerate() {
        let mut nearest = (f64::INFINITY, 0);
        for (c, centre) in centres.chunks_exact(dim).enumerate() {
            let d = squared_distance(p, centre);
            if d < nearest.0 {
                nearest = (d, c as u32);
            }
        }
        changed |= labels[i] != nearest.1;
        (distance[i], labels[i]) = nearest;
    }
    changed
}

/// A cluster without points takes the point farthest from its centre.
fn fill_empty(k: usize, labels: &mut [u32], distance: &mut [f64]) {
    let mut counts = vec![0usize; k];
    for &c in labels.iter() {
        counts[c as usize] += 1;
    }
    for c in 0..k {
        if counts[c] == 0 {
            let far = (0..labels.len())
                .filter(|&i| counts[labels[i] as usize] > 1)
                .max_by(|&i, &j| distance[i].total_cmp(&distance[j]).then(j.cmp(&i)));
            if let Some(i) = far {
                counts[labels[i] as usize] -= 1;
                counts[c] = 1;
                (labels[i], distance[i]) = (c as u32, 0.0);
            }
        }
    }
}

fn means(points: &[f64], dim: usize, k: usize, labels: &[u32]) -> Vec<f64> {
    let mut sums = vec![0.0; k * dim];
    let mut counts = vec![0usize; k];
    for (p, &c) in points.chunks_exact(dim).zip(labels) {
        counts[c as usize] += 1;
        for (sum, x) in sums[c as usize * dim..][..dim].iter_mut().zip(p) {
            *sum += x;
        }
    }
    for (sum, &count) in sums.chunks_exact_mut(dim).zip(&counts) {
        sum.iter_mut().for_each(|x| *x /= count.max(1) as f64);
    }
    sums
}

fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least inertia over all 3^9 labellings.
    fn optimum(points: &[f64], dim: usize, k: usize) -> f64 {
        let n = points.len() / dim;
        let mut best = f64::INFINITY;
        for code in 0..k.pow(n as u32) {
            let labels: Vec<u32> = (0..n)
                .map(|i| (code / k.pow(i as u32) % k) as u32)
                .collect();
            let centres = means(points, dim, k, &labels);
            let inertia = labels
                .iter()
                .zip(points.chunks_exact(dim))
                .map(|(&c, p)| squared_distance(p, &centres[c as usize * dim..][..dim]))
                .sum();
            best = f64::min(best, inertia);
        }
        best
    }

    #[test]
    fn small_sets_reach_the_optimum() {
        let mut rng = ChaCha8Rng::seed_from_u64(2);
        for seed in 0..5 {
            let points: Vec<f64> = (0..18).map(|_| unit(&mut rng)).collect();
            let run = kmeans(&points, 2, 3, 60, 100, seed);
            // 60 starts on 9 points; seeds fixed. Sums of 18 squares below 2: 1e-13 is ample.
            assert!(run.inertia <= optimum(&points, 2, 3) + 1e-13);
        }
    }

    #[test]
    fn equal_points_make_fewer_clusters() {
        let run = kmeans(&[1.0, 1.0, 1.0, 2.0, 2.0], 1, 4, 3, 10, 0);
        assert_eq!(run.inertia, 0.0);
        assert_eq!(run.labels[0], run.labels[2]);
        assert_ne!(run.labels[0], run.labels[3]);
    }
}
