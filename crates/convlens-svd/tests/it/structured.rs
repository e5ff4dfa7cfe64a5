//! Kernels with a structure: their values are known in closed form, or at least those of the dense
//! matrix.

use crate::kernels::random;
use crate::oracle::{Dense, Edge, dense, distance, exact};
use convlens_svd::norm::DavidsonOptions;
use convlens_svd::norm::bounds::{self, GramOptions};
use convlens_svd::{
    ConditionNumber, ConvKernel, Geometry, LayerSvd, NormBracket, OperatorSpectrum,
};
use std::f64::consts::PI;

fn same(dims: usize) -> Geometry {
    Geometry::new(dims).with_padding(&vec![(1, 1); dims])
}

fn kernel(weights: Vec<f64>, shape: &[usize], geometry: Geometry) -> ConvKernel {
    ConvKernel::new(weights, shape, geometry).unwrap()
}

/// Every bracket of a kernel: zero padding, circular, and those of the supremum over grids.
struct Brackets {
    zeros: NormBracket,
    circular: [NormBracket; 2],
    suprema: [NormBracket; 4],
}

fn brackets(kernel: &ConvKernel, grid: &[usize]) -> Brackets {
    let gram = GramOptions::default();
    let davidson = DavidsonOptions::default();
    Brackets {
        zeros: NormBracket::zero_padded(kernel, grid, &davidson).unwrap(),
        circular: [
            NormBracket::circular(kernel, grid).unwrap(),
            bounds::gram_circular(kernel, grid, &gram).unwrap(),
        ],
        suprema: [
            NormBracket::grid_free(kernel).unwrap(),
            bounds::gram_grid_free(kernel, &gram).unwrap(),
            bounds::gram_in_space(kernel, &gram).unwrap(),
            bounds::reshaped(kernel).unwrap(),
        ],
    }
}

impl Brackets {
    /// The three norms are where theory has them.
    fn hold(&self, zeros: f64, circular: f64, supremum: f64) {
        self.hold_between(zeros, circular, (supremum, supremum));
    }

    /// The same for a supremum that is known between bounds only. Closed forms are rounded too:
    /// 1e-14 of the norm.
    fn hold_between(&self, zeros: f64, circular: f64, supremum: (f64, f64)) {
        let inside = |bracket: &NormBracket, (low, high): (f64, f64)| {
            let slack = 1e-14 * high;
            assert!(bracket.lower <= high + slack, "{bracket:?} over {high}");
            assert!(low - slack <= bracket.upper, "{bracket:?} under {low}");
        };
        inside(&self.zeros, (zeros, zeros));
        for bracket in &self.circular {
            inside(bracket, (circular, circular));
        }
        self.suprema.iter().for_each(|b| inside(b, supremum));
    }

    fn all(&self) -> Vec<(f64, f64)> {
        let all = [&self.zeros]
            .into_iter()
            .chain(&self.circular)
            .chain(&self.suprema);
        all.map(|b| (b.lower, b.upper)).collect()
    }
}

/// Values of a spectrum against known ones in any order: the contract, for symbols of at most 4 x 4
/// here.
fn values_are(kernel: &ConvKernel, grid: &[usize], mut known: Vec<f64>) {
    known.sort_by(|a, b| b.total_cmp(a));
    let spectrum = OperatorSpectrum::new(kernel, grid).unwrap();
    let bound = exact(4, 4, known[0]);
    assert!(
        distance(&spectrum.singular_values(), &known) <= bound,
        "{spectrum:?} {known:?}"
    );
}

#[test]
fn the_identity_and_shifted_permutations_have_values_of_one() {
    let mut identity = vec![0.0; 3 * 3 * 9];
    (0..3).for_each(|c| identity[(c * 3 + c) * 9 + 4] = 1.0);
    // Output c reads channel (c + 1) mod 3 through another tap each.
    let mut permuted = vec![0.0; 3 * 3 * 9];
    (0..3).for_each(|c| permuted[(c * 3 + (c + 1) % 3) * 9 + [0, 5, 7][c]] = 1.0);
    for weights in [identity, permuted] {
        let kernel = kernel(weights, &[3, 3, 3, 3], same(2));
        values_are(&kernel, &[4, 5], vec![1.0; 60]);
        // Zero padding drops rows of a permutation matrix, or none.
        brackets(&kernel, &[4, 5]).hold(1.0, 1.0, 1.0);
        let svd = LayerSvd::new(&kernel).unwrap();
        assert!(distance(svd.singular_values(), &[1.0; 3]) <= exact(3, 27, 1.0));
        assert!(
            matches!(svd.values().condition_number(), Some(ConditionNumber::Finite(c)) if c < 1.0 + 1e-13)
        );
    }
}

/// The binomial blur [1, 2, 1] / 4 on each axis: the response is cos^2(pi f / n), and with zero
/// padding the tridiagonal matrix has the values cos^2(j pi / (2 (n + 1))).
#[test]
fn a_binomial_blur_has_its_closed_form() {
    let row = [0.25, 0.5, 0.25];
    let n = [6, 5];
    let weights: Vec<f64> = row.iter().flat_map(|a| row.map(|b| a * b)).collect();
    let blur = kernel(weights.clone(), &[1, 1, 3, 3], same(2));
    let axis = |n: usize| (0..n).map(move |f| (PI * f as f64 / n as f64).cos().powi(2));
    let known: Vec<f64> = axis(n[0])
        .flat_map(|a| axis(n[1]).map(move |b| a * b))
        .collect();
    values_are(&blur, &n, known.clone());
    let zeros = |n: usize| (PI / (2.0 * (n as f64 + 1.0))).cos().powi(2);
    brackets(&blur, &n).hold(zeros(n[0]) * zeros(n[1]), 1.0, 1.0);
    // Rank one, of norm |w| = (sqrt(6) / 4)^2.
    let svd = LayerSvd::new(&blur).unwrap();
    assert!((svd.singular_values()[0] - 0.375).abs() < 1e-15);
    // Two channels, each blurred, one twice as much: depthwise.
    let both = weights
        .iter()
        .copied()
        .chain(weights.iter().map(|w| 2.0 * w))
        .collect();
    let depthwise = kernel(both, &[2, 1, 3, 3], same(2).with_groups(2));
    let known = known.iter().flat_map(|&v| [v, 2.0 * v]).collect();
    values_are(&depthwise, &n, known);
    brackets(&depthwise, &n).hold(2.0 * zeros(n[0]) * zeros(n[1]), 2.0, 2.0);
}

/// A depthwise layer's values are those of its channels.
#[test]
fn a_depthwise_layer_is_its_channels_side_by_side() {
    let layer = random(
        &[4, 1, 3, 2],
        Geometry::new(2).with_groups(4).with_stride(&[2, 1]),
        21,
    );
    let mut known = Vec::new();
    let mut largest = Vec::new();
    for channel in layer.weights().chunks(6) {
        let one = kernel(
            channel.to_vec(),
            &[1, 1, 3, 2],
            Geometry::new(2).with_stride(&[2, 1]),
        );
        known.extend(dense(&one, &[4, 3], Edge::Circular).singular_values());
        largest.push(dense(&one, &[4, 3], Edge::Zeros).norm());
    }
    values_are(&layer, &[4, 3], known.clone());
    let zeros = largest.into_iter().fold(0.0, f64::max);
    let found = brackets(&layer, &[4, 3]);
    let circular = known.into_iter().fold(0.0, f64::max);
    let free = &found.suprema[0];
    found.hold_between(zeros, circular, (free.lower, free.upper));
}

/// W[o, i, p] = a[o] b[i] h[p]: one value |a| |b| |h^(f)| at each frequency, and zeros.
#[test]
fn a_rank_one_kernel_has_one_value_per_frequency() {
    let (a, b, h) = ([3.0, -4.0, 12.0], [0.6, 0.8], [1.0, 1.0, -1.0]);
    let weights = a
        .iter()
        .flat_map(|a| b.iter().flat_map(move |b| h.map(|h| a * b * h)));
    let kernel = kernel(weights.collect(), &[3, 2, 3], same(1));
    let response = |f: usize| {
        // |1 + z - z^2|^2 = 3 - 2 cos(2 theta).
        13.0 * (3.0 - 2.0 * (4.0 * PI * f as f64 / 7.0).cos()).sqrt()
    };
    values_are(
        &kernel,
        &[7],
        (0..7).flat_map(|f| [response(f), 0.0]).collect(),
    );
    let circular = (0..7).map(response).fold(0.0, f64::max);
    let zeros = dense(&kernel, &[7], Edge::Zeros).norm();
    brackets(&kernel, &[7]).hold(zeros, circular, 13.0 * 5f64.sqrt());
    let svd = LayerSvd::new(&kernel).unwrap();
    assert!((svd.singular_values()[0] - 13.0 * 3f64.sqrt()).abs() < 1e-13);
    assert_eq!(svd.values().rank, 1);
    let spectrum = OperatorSpectrum::new(&kernel, &[7]).unwrap();
    assert_eq!(spectrum.condition_number(), ConditionNumber::Infinite);
}

#[test]
fn all_ones_in_every_dimension() {
    for (taps, grid, norm) in [
        (vec![3], vec![5], 3.0),
        (vec![2, 3], vec![4, 3], 6.0),
        (vec![2, 3, 2], vec![2, 3, 3], 12.0),
    ] {
        let shape = [&[2, 3][..], &taps].concat();
        let ones = kernel(
            vec![1.0; shape.iter().product()],
            &shape,
            Geometry::new(taps.len()),
        );
        let top = 6f64.sqrt() * norm;
        let slow = dense(&ones, &grid, Edge::Circular);
        values_are(&ones, &grid, slow.singular_values());
        assert!((OperatorSpectrum::new(&ones, &grid).unwrap().norm() - top).abs() < 1e-13 * top);
        let zeros = dense(&ones, &grid, Edge::Zeros).norm();
        brackets(&ones, &grid).hold(zeros, top, top);
        let svd = LayerSvd::new(&ones).unwrap();
        assert!((svd.singular_values()[0] - (6.0 * norm).sqrt()).abs() < 1e-13);
        assert_eq!(svd.values().rank, 1);
    }
}

/// An orthogonal matrix: I - 2 v v^T / |v|^2.
fn reflector(n: usize, seed: u64) -> Dense {
    let v = crate::kernels::noise(n, seed);
    let size: f64 = v.iter().map(|x| x * x).sum();
    let mut q = Dense::zeros(n, n);
    for i in 0..n {
        for j in 0..n {
            q.data[i * n + j] = f64::from(i == j) - 2.0 * v[i] * v[j] / size;
        }
    }
    q
}

/// Channels mixed by orthogonal matrices around 1, 1e-1, .., 1e-16, each on a tap of its own: the
/// symbol is `Q D(f) R` with |D(f)| = diag(10^-j), so the values are the same at each frequency.
#[test]
fn graded_values_keep_the_contract_over_sixteen_orders() {
    let n = 17;
    let grades: Vec<f64> = (0..n).map(|j| 10f64.powi(-(j as i32))).collect();
    for mixed in [false, true] {
        let mix = |seed| {
            if mixed {
                reflector(n, seed)
            } else {
                let mut unit = Dense::zeros(n, n);
                (0..n).for_each(|i| unit.data[i * n + i] = 1.0);
                unit
            }
        };
        let (q, r) = (mix(1), mix(2));
        let mut weights = vec![0.0; n * n * 3];
        for (o, i, j) in
            (0..n).flat_map(|o| (0..n).flat_map(move |i| (0..n).map(move |j| (o, i, j))))
        {
            weights[(o * n + i) * 3 + j % 3] += q.data[o * n + j] * grades[j] * r.data[j * n + i];
        }
        let kernel = kernel(weights, &[n, n, 3], same(1));
        let grid = [5];
        let mut known: Vec<f64> = grades.iter().flat_map(|&g| [g; 5]).collect();
        known.sort_by(|a, b| b.total_cmp(a));
        let spectrum = OperatorSpectrum::new(&kernel, &grid).unwrap();
        // Absolute accuracy is the contract: 50 eps sqrt(17) = 4.6e-14. What lies under it is
        // noise, and counts as zero.
        assert!(distance(&spectrum.singular_values(), &known) <= exact(n, n, 1.0));
        let slow = dense(&kernel, &grid, Edge::Circular).singular_values();
        assert!(distance(&spectrum.singular_values(), &slow) <= exact(n, n, 1.0));
        let zeros = dense(&kernel, &grid, Edge::Zeros).norm();
        brackets(&kernel, &grid).hold(zeros, 1.0, 1.0);
        // The unfolding has the rows of Q D, in columns that are orthonormal over taps and
        // channels.
        let svd = LayerSvd::new(&kernel).unwrap();
        assert!(distance(svd.singular_values(), &grades) <= exact(n, 3 * n, 1.0));
        assert!(distance(&svd.reconstruct(n), kernel.weights()) <= exact(n, 3 * n, 1.0));
    }
}

#[test]
fn powers_of_two_change_no_bit() {
    let geometry = || same(2).with_stride(&[1, 2]).with_groups(2);
    let base = random(&[4, 2, 3, 3], geometry(), 31);
    let grid = [4, 4];
    let (svd, spectrum) = (
        LayerSvd::new(&base).unwrap(),
        OperatorSpectrum::new(&base, &grid).unwrap(),
    );
    let ends = brackets(&base, &grid).all();
    for e in [-1000, 1000] {
        let factor = 2f64.powi(e);
        let weights = base.weights().iter().map(|w| w * factor).collect();
        let scaled = kernel(weights, base.shape(), geometry());
        let back = |values: &[f64]| values.iter().map(|v| v / factor).collect::<Vec<_>>();
        let found = LayerSvd::new(&scaled).unwrap();
        assert_eq!(back(found.singular_values()), svd.singular_values());
        assert_eq!(found.groups()[1].u(), svd.groups()[1].u());
        assert_eq!(found.groups()[1].v_t(), svd.groups()[1].v_t());
        assert_eq!(back(&found.reconstruct(3)), svd.reconstruct(3));
        let found = OperatorSpectrum::new(&scaled, &grid).unwrap();
        assert_eq!(back(&found.singular_values()), spectrum.singular_values());
        let found: Vec<_> = brackets(&scaled, &grid)
            .all()
            .iter()
            .map(|(l, u)| (l / factor, u / factor))
            .collect();
        assert_eq!(found, ends);
    }
}

/// 1e-20 and 1e20 are no powers of two: each weight is rounded once (eps / 2), so values move by
/// eps |W|_F at most.
#[test]
fn powers_of_ten_scale_everything() {
    let base = random(&[3, 2, 3, 2], same(2), 32);
    let grid = [4, 5];
    let top = dense(&base, &grid, Edge::Zeros).norm();
    let reference = OperatorSpectrum::new(&base, &grid).unwrap();
    let svd = LayerSvd::new(&base).unwrap();
    for factor in [1e-20, 1e20] {
        let weights = base.weights().iter().map(|w| w * factor).collect();
        let scaled = kernel(weights, base.shape(), same(2));
        let near = |found: &[f64], known: &[f64], bound: f64| {
            let back: Vec<f64> = found.iter().map(|v| v / factor).collect();
            assert!(distance(&back, known) <= bound, "{back:?} {known:?}");
        };
        let found = OperatorSpectrum::new(&scaled, &grid).unwrap();
        near(
            &found.singular_values(),
            &reference.singular_values(),
            exact(3, 2, reference.norm()),
        );
        let found = LayerSvd::new(&scaled).unwrap();
        near(
            found.singular_values(),
            svd.singular_values(),
            exact(3, 12, svd.singular_values()[0]),
        );
        let found = brackets(&scaled, &grid);
        let free = NormBracket::grid_free(&base).unwrap();
        let supremum = (free.lower * factor, free.upper * factor);
        found.hold_between(top * factor, reference.norm() * factor, supremum);
        assert!(found.circular[0].relative_width() < 1e-10);
    }
}

/// [-1, 2, -1] in units of the least subnormal: the norms are 4 units and 2 + 2 cos(pi / 5) of
/// them.
#[test]
fn subnormal_weights() {
    let unit = f64::from_bits(1);
    let kernel = kernel(
        [-1.0, 2.0, -1.0].map(|w| w * unit).to_vec(),
        &[1, 1, 3],
        same(1),
    );
    let spectrum = OperatorSpectrum::new(&kernel, &[4]).unwrap();
    // Rounded to whole units: 4, 2, 2, 0.
    let known = [4.0, 2.0, 2.0, 0.0].map(|v| v * unit);
    assert_eq!(spectrum.singular_values(), known);
    let found = brackets(&kernel, &[4]);
    // Between whole units: 3.618 lies between 3 and 4.
    let inside = |b: &NormBracket, below: f64, above: f64| {
        assert!(b.lower <= below * unit && above * unit <= b.upper, "{b:?}");
    };
    inside(&found.zeros, 3.0, 4.0);
    found
        .circular
        .iter()
        .chain(&found.suprema)
        .for_each(|b| inside(b, 4.0, 4.0));
    // Nor are the ends far: two units more for rounding outward twice.
    assert!(
        found
            .circular
            .iter()
            .all(|b| b.lower >= 2.0 * unit && b.upper <= 6.0 * unit)
    );
    // sqrt(6) = 2.449 units, rounded; so its products with the vectors are off by a unit.
    let svd = LayerSvd::new(&kernel).unwrap();
    assert_eq!(svd.singular_values(), [2.0 * unit]);
    assert!(distance(&svd.reconstruct(1), kernel.weights()) <= unit);
}

#[test]
fn zero_kernels_of_every_kind() {
    for (shape, geometry, grid) in [
        (vec![2, 3, 3], same(1), vec![4]),
        (vec![4, 1, 3, 3], same(2).with_groups(4), vec![3, 4]),
        (vec![2, 2, 3, 3], same(2).with_stride(&[2, 2]), vec![4, 2]),
        (vec![2, 2, 2, 2, 2], same(3), vec![2, 2, 3]),
    ] {
        let zero = kernel(vec![0.0; shape.iter().product()], &shape, geometry);
        assert!(
            brackets(&zero, &grid)
                .all()
                .iter()
                .all(|&ends| ends == (0.0, 0.0))
        );
        let spectrum = OperatorSpectrum::new(&zero, &grid).unwrap();
        assert!(spectrum.singular_values().iter().all(|&v| v == 0.0));
        assert_eq!(spectrum.condition_number(), ConditionNumber::Infinite);
        let svd = LayerSvd::new(&zero).unwrap();
        assert!(svd.singular_values().iter().all(|&v| v == 0.0));
        assert_eq!(
            (
                svd.values().rank,
                svd.values().stable_rank,
                svd.values().energy(1)
            ),
            (0, 0.0, 1.0)
        );
    }
}
