use super::*;
use crate::lanes::Offsets;

const ALL: [Instructions; 3] = [
    Instructions::Detected,
    Instructions::Avx2,
    Instructions::Portable,
];

fn noise(len: usize, seed: u64) -> Vec<f64> {
    let mut x = seed;
    let mut next = || {
        x = x.wrapping_mul(6364136223846793005).wrapping_add(1);
        (x >> 11) as f64 / (1u64 << 53) as f64 - 0.5
    };
    (0..len).map(|_| next()).collect()
}

/// Two taps, at 0 and at 1, of a `rows x cols` symbol.
fn taps(rows: usize, cols: usize, column: impl Fn(usize) -> f64) -> SymbolTaps {
    let mut coefficients = noise(2 * rows * cols, (rows * 31 + cols) as u64);
    for (j, of_column) in coefficients.chunks_exact_mut(2 * rows).enumerate() {
        of_column.iter_mut().for_each(|w| *w *= column(j));
    }
    SymbolTaps {
        rows,
        cols,
        positions: Offsets::new(&[vec![0], vec![1]]),
        coefficients,
    }
}

/// The angles of frequency `i`.
fn angles(i: usize, out: &mut [[f64; 2]]) {
    let (sin, cos) = (0.7 * i as f64).sin_cos();
    out.copy_from_slice(&[[1.0, 0.0], [cos, sin]]);
}

/// The symbol by its definition, column by column.
fn symbol(taps: &SymbolTaps, i: usize) -> Vec<Complex64> {
    let turn = Complex64::from_polar(1.0, -0.7 * i as f64);
    let entries = taps.coefficients.as_chunks::<2>().0;
    entries.iter().map(|w| w[0] + w[1] * turn).collect()
}

/// The largest entry of `X^H X - I`, for `n` columns.
fn defect(x: &[Complex64], n: usize) -> f64 {
    let column = |j: usize| &x[j * x.len() / n..(j + 1) * x.len() / n];
    let mut worst = 0.0f64;
    for i in 0..n {
        for j in 0..n {
            let pairs = column(i).iter().zip(column(j));
            let product: Complex64 = pairs.map(|(a, b)| a.conj() * b).sum();
            worst = worst.max((product - f64::from(u8::from(i == j))).norm());
        }
    }
    worst
}

#[test]
fn all_instructions_decompose_symbols_of_any_shape() {
    for (m, n) in [(1, 1), (5, 1), (7, 3), (16, 16), (64, 3), (33, 7)] {
        for (count, instructions) in [1, 5, 8, 19].into_iter().zip(ALL.into_iter().cycle()) {
            let taps = taps(m, n, |_| 1.0);
            let mut next = 0;
            let each = &mut |i: usize, svd: Option<&LaneSvd>| {
                let svd = svd.expect("noise has full rank");
                assert_eq!(i, next);
                next += 1;
                assert!(svd.values.is_sorted_by(|a, b| a >= b));
                let a = symbol(&taps, i);
                for (j, a) in a.chunks_exact(m).enumerate() {
                    for (r, a) in a.iter().enumerate() {
                        let terms = (0..n).map(|k| {
                            svd.vector(false, k)[r] * svd.values[k] * svd.vector(true, k)[j].conj()
                        });
                        // Entries of about 1, at most eight sweeps of 15 rotations to a column.
                        assert!((terms.sum::<Complex64>() - a).norm() < 1e-13);
                    }
                }
                // The same roundings: 120 rotations keep a unit vector to 120 eps = 3e-14.
                assert!(defect(&svd.u, n) < 1e-13 && defect(&svd.v, n) < 1e-13);
            };
            ThinLanes::new(&taps, instructions).decompose(
                count,
                &angles,
                &mut Workspace::default(),
                each,
            );
            assert_eq!(next, count);
        }
    }
}

#[test]
fn columns_of_very_different_length_stay_orthogonal() {
    // Down to 1e-14 of the largest: full rank, if only just.
    let taps = taps(9, 5, |j| 10f64.powf(-3.5 * j as f64));
    for instructions in ALL {
        let each = &mut |_: usize, svd: Option<&LaneSvd>| {
            let svd = svd.expect("rank is full");
            assert!(svd.values[4] < 1e-12 * svd.values[0]);
            assert!(defect(&svd.u, 5) < 1e-13 && defect(&svd.v, 5) < 1e-13);
        };
        ThinLanes::new(&taps, instructions).decompose(3, &angles, &mut Workspace::default(), each);
    }
}

#[test]
fn a_lane_does_not_depend_on_its_neighbours() {
    let taps = taps(6, 4, |_| 1.0);
    let values = |count: usize| {
        let mut found = Vec::new();
        let each = &mut |_: usize, svd: Option<&LaneSvd>| {
            let svd = svd.expect("noise has full rank");
            found.push((svd.values.clone(), svd.u.clone()));
        };
        let lanes = ThinLanes::new(&taps, Instructions::Detected);
        lanes.decompose(count, &angles, &mut Workspace::default(), each);
        found
    };
    assert_eq!(values(1)[0], values(13)[0]);
    assert_eq!(values(9)[8], values(13)[8]);
}

#[test]
fn what_lanes_cannot_do_is_left_to_others() {
    let refused = |taps: &SymbolTaps| {
        ALL.into_iter().all(|instructions| {
            let mut none = true;
            let each = &mut |_: usize, svd: Option<&LaneSvd>| none &= svd.is_none();
            let lanes = ThinLanes::new(taps, instructions);
            lanes.decompose(2, &angles, &mut Workspace::default(), each);
            none
        })
    };
    // A column of zeros; a symbol of which squares lose digits; not a number.
    assert!(refused(&taps(6, 4, |j| if j == 2 { 0.0 } else { 1.0 })));
    assert!(refused(&taps(6, 4, |_| 1e-150)));
    assert!(refused(&taps(6, 4, |_| f64::NAN)));
    assert!(!refused(&taps(6, 4, |_| 1e-130)));
}
