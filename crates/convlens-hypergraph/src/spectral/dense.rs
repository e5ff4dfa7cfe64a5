//! Sums in a fixed order, and the eigenpairs of small dense symmetric matrices.

/// Eight partial sums, then their sum in order: the same bits everywhere, and fit for SIMD.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut lanes = [0.0; 8];
    let (mut left, mut right) = (a.chunks_exact(8), b.chunks_exact(8));
    for (x, y) in left.by_ref().zip(right.by_ref()) {
        for i in 0..8 {
            lanes[i] += x[i] * y[i];
        }
    }
    let rest = left.remainder().iter().zip(right.remainder());
    lanes.iter().sum::<f64>() + rest.map(|(x, y)| x * y).sum::<f64>()
}

/// y += a x.
pub(super) fn add_scaled(y: &mut [f64], a: f64, x: &[f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y += a * x;
    }
}

pub(super) fn scale(y: &mut [f64], a: f64) {
    for y in y {
        *y *= a;
    }
}

pub(super) fn norm(x: &[f64]) -> f64 {
    dot(x, x).sqrt()
}

/// The largest `count` eigenvalues of the symmetric `n` x `n` matrix `a`, descending, and their
/// orthonormal eigenvectors: Householder tridiagonalization and the implicit QL algorithm with
/// Wilkinson's shift (Golub and Van Loan 2013, sections 8.3.1 and 8.3.3). O(n^3).
pub(super) fn largest_eigenpairs(
    mut a: Vec<f64>,
    n: usize,
    count: usize,
) -> (Vec<f64>, Vec<Vec<f64>>) {
    let (mut d, mut e, reflectors) = tridiagonalize(&mut a, n);
    drop(a);
    let z = implicit_ql(&mut d, &mut e);
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&i, &j| d[j].total_cmp(&d[i]));
    order.truncate(count);
    let vectors = order
        .iter()
        .map(|&i| {
            let mut x = z[i * n..(i + 1) * n].to_vec();
            for (k, v) in reflectors.iter().enumerate().rev() {
                let tail = &mut x[k + 1..];
                if !v.is_empty() {
                    add_scaled(tail, -2.0 * dot(tail, v), v);
                }
            }
            x
        })
        .collect();
    (order.iter().map(|&i| d[i]).collect(), vectors)
}

/// Diagonal, subdiagonal, and the unit vectors v_k of the reflectors 1 - 2 v_k v_k^T, which act on
/// the indices above k (empty where nothing is to be done).
fn tridiagonalize(a: &mut [f64], n: usize) -> (Vec<f64>, Vec<f64>, Vec<Vec<f64>>) {
    let mut subdiagonal = Vec::with_capacity(n);
    let mut reflectors = Vec::with_capacity(n);
    for k in 0..n.saturating_sub(2) {
        let mut v = a[k * n + k + 1..(k + 1) * n].to_vec();
        let size = v.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
        if v[1..].iter().all(|&x| x.abs() <= f64::MIN_POSITIVE) {
            subdiagonal.push(v[0]);
            reflectors.push(Vec::new());
            continue;
        }
        // In units of the largest entry, so that no square underflows.
        v.iter_mut().for_each(|x| *x /= size);
        let alpha = -norm(&v).copysign(v[0]);
        v[0] -= alpha;
        let length = norm(&v);
        v.iter_mut().for_each(|x| *x /= length);
        subdiagonal.push(alpha * size);
        reflect_both_sides(a, n, k + 1, &v);
        reflectors.push(v);
    }
    if n >= 2 {
        subdiagonal.push(a[(n - 2) * n + n - 1]);
    }
    let diagonal = (0..n).map(|i| a[i * n + i]).collect();
    (diagonal, subdiagonal, reflectors)
}

/// A <- P A P on the trailing block from `start`, P = 1 - 2 v v^T: A - v w^T - w v^T with
/// w = 2 A v - 2 (v^T A v) v.
fn reflect_both_sides(a: &mut [f64], n: usize, start: usize, v: &[f64]) {
    let mut w: Vec<f64> = (start..n)
        .map(|i| 2.0 * dot(&a[i * n + start..(i + 1) * n], v))
        .collect();
    let curvature = dot(&w, v);
    add_scaled(&mut w, -curvature, v);
    for (i, (&vi, &wi)) in v.iter().zip(&w).enumerate() {
        let row = &mut a[(start + i) * n + start..(start + i + 1) * n];
        for ((x, vj), wj) in row.iter_mut().zip(v).zip(&w) {
            *x -= vi * wj + wi * vj;
        }
    }
}

/// Makes the subdiagonal vanish; row i of the result is the eigenvector of `d[i]`. An eigenvalue
/// that has not settled after 60 sweeps (none is known) is left as it is: the caller's residual
/// shows it.
fn implicit_ql(d: &mut [f64], e: &mut Vec<f64>) -> Vec<f64> {
    let n = d.len();
    e.push(0.0);
    let mut z = vec![0.0; n * n];
    for i in 0..n {
        z[i * n + i] = 1.0;
    }
    let size = d
        .iter()
        .chain(e.iter())
        .fold(0.0, |m: f64, x| m.max(x.abs()));
    let negligible = f64::EPSILON * size;
    for l in 0..n {
        for _ in 0..60 {
            let m = (l..n - 1)
                .find(|&m| e[m].abs() <= negligible)
                .unwrap_or(n - 1);
            if m == l {
                break;
            }
            sweep(d, e, &mut z, l, m);
        }
    }
    z
}

/// One implicit QL sweep on the unreduced block `l..=m`.
fn sweep(d: &mut [f64], e: &mut [f64], z: &mut [f64], l: usize, m: usize) {
    let n = d.len();
    let g0 = (d[l + 1] - d[l]) / (2.0 * e[l]);
    let mut g = d[m] - d[l] + e[l] / (g0 + g0.hypot(1.0).copysign(g0));
    let (mut s, mut c, mut p) = (1.0, 1.0, 0.0);
    for i in (l..m).rev() {
        let (f, b) = (s * e[i], c * e[i]);
        let r = f.hypot(g);
        e[i + 1] = r;
        if r == 0.0 {
            d[i + 1] -= p;
            e[m] = 0.0;
            return;
        }
        (s, c) = (f / r, g / r);
        g = d[i + 1] - p;
        let t = (d[i] - g) * s + 2.0 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        let (low, high) = z[i * n..(i + 2) * n].split_at_mut(n);
        for (x, y) in low.iter_mut().zip(high) {
            (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
        }
    }
    d[l] -= p;
    e[l] = g;
    e[m] = 0.0;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::draw::unit;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    fn check(a: &[f64], n: usize) {
        let (values, vectors) = largest_eigenpairs(a.to_vec(), n, n);
        let size = norm(a).max(1e-300);
        // Backward stable: a modest multiple of n eps |A|.
        let bound = 10.0 * n as f64 * f64::EPSILON * size;
        for (i, (value, x)) in values.iter().zip(&vectors).enumerate() {
            for r in 0..n {
                let residual = dot(&a[r * n..(r + 1) * n], x) - value * x[r];
                assert!(residual.abs() <= bound, "{n} {i}: {residual}");
            }
            for (j, y) in vectors.iter().enumerate() {
                let expected = f64::from(u8::from(i == j));
                assert!((dot(x, y) - expected).abs() < 10.0 * n as f64 * f64::EPSILON);
            }
        }
        assert!(values.windows(2).all(|w| w[0] >= w[1]));
    }

    #[test]
    fn pairs_satisfy_the_definition() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for n in [0, 1, 2, 3, 4, 9, 40, 101] {
            let mut a = vec![0.0; n * n];
            for i in 0..n {
                for j in 0..=i {
                    let x = unit(&mut rng) - 0.5;
                    (a[i * n + j], a[j * n + i]) = (x, x);
                }
            }
            check(&a, n);
            // Rank 2, so one eigenvalue n - 2 times.
            for i in 0..n {
                for j in 0..n {
                    a[i * n + j] = 1.0 + f64::from(u8::from(i % 2 == 0 && j % 2 == 0));
                }
            }
            check(&a, n);
            check(&vec![0.0; n * n], n);
            let tiny: Vec<f64> = a.iter().map(|x| x * 1e-310).collect();
            let (values, _) = largest_eigenpairs(tiny, n, n);
            assert!(values.iter().all(|v| v.is_finite()));
        }
    }

    #[test]
    fn path_graphs_have_their_known_spectrum() {
        // The adjacency matrix of a path of n vertices: 2 cos(pi k / (n + 1)), k = 1..n.
        let n = 30;
        let mut a = vec![0.0; n * n];
        for i in 1..n {
            a[i * n + i - 1] = 1.0;
            a[(i - 1) * n + i] = 1.0;
        }
        let (values, _) = largest_eigenpairs(a, n, n);
        for (k, value) in values.iter().enumerate() {
            let angle = std::f64::consts::PI * (k + 1) as f64 / (n + 1) as f64;
            assert!((value - 2.0 * angle.cos()).abs() < 1e-14 * 10.0);
        }
    }
}
