//! Slow definitions: dense matrices of a layer, entry by entry, and their singular values by Jacobi rotations.

use convlens_svd::{ConvKernel, Direction};

/// Row-major.
pub(crate) struct Dense {
    pub(crate) rows: usize,
    pub(crate) cols: usize,
    pub(crate) data: Vec<f64>,
}

impl Dense {
    pub(crate) fn zeros(rows: usize, cols: usize) -> Self {
        Self {
            rows,
            cols,
            data: vec![0.0; rows * cols],
        }
    }

    pub(crate) fn transposed(&self) -> Self {
        let mut t = Self::zeros(self.cols, self.rows);
        for i in 0..self.rows {
            for j in 0..self.cols {
                t.data[j * self.rows + i] = self.data[i * self.cols + j];
            }
        }
        t
    }

    pub(crate) fn apply(&self, x: &[f64]) -> Vec<f64> {
        self.data
            .chunks(self.cols)
            .map(|row| row.iter().zip(x).map(|(a, b)| a * b).sum())
            .collect()
    }

    /// One-sided Jacobi (Hestenes 1958): rotates pairs of columns (of rows, where there are fewer) until all are orthogonal.
    /// Their lengths are the singular values, their directions the left (right) vectors.
    pub(crate) fn rotated(&self) -> Vec<Vec<f64>> {
        let tall = if self.rows >= self.cols {
            self.transposed()
        } else {
            Self {
                data: self.data.clone(),
                ..*self
            }
        };
        let mut columns: Vec<Vec<f64>> = tall.data.chunks(tall.cols).map(<[f64]>::to_vec).collect();
        let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
        for _sweep in 0..60 {
            let mut rotated = false;
            for i in 0..columns.len() {
                for j in i + 1..columns.len() {
                    let (a, b) = (dot(&columns[i], &columns[i]), dot(&columns[j], &columns[j]));
                    let c = dot(&columns[i], &columns[j]);
                    if c == 0.0 || c.abs() <= 1e-16 * (a * b).sqrt() {
                        continue;
                    }
                    rotated = true;
                    let zeta = (b - a) / (2.0 * c);
                    let t = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
                    let cos = 1.0 / t.hypot(1.0);
                    let sin = cos * t;
                    let (left, right) = columns.split_at_mut(j);
                    for (x, y) in left[i].iter_mut().zip(&mut right[0]) {
                        (*x, *y) = (cos * *x - sin * *y, sin * *x + cos * *y);
                    }
                }
            }
            if !rotated {
                break;
            }
        }
        columns
    }

    /// The lengths of [`Self::rotated`], descending.
    pub(crate) fn singular_values(&self) -> Vec<f64> {
        let length = |c: &Vec<f64>| c.iter().map(|x| x * x).sum::<f64>().sqrt();
        let mut values: Vec<f64> = self.rotated().iter().map(length).collect();
        values.sort_by(|a, b| b.total_cmp(a));
        values
    }

    pub(crate) fn norm(&self) -> f64 {
        self.singular_values().first().copied().unwrap_or(0.0)
    }
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Edge {
    Zeros,
    Circular,
}

fn points(grid: &[usize]) -> Vec<Vec<usize>> {
    grid.iter().fold(vec![vec![]], |all, &n| {
        all.iter()
            .flat_map(|p| (0..n).map(move |i| [&p[..], &[i]].concat()))
            .collect()
    })
}

fn flat(point: &[usize], grid: &[usize]) -> usize {
    point.iter().zip(grid).fold(0, |acc, (i, n)| acc * n + i)
}

/// The matrix of the layer on `grid`, by the definition `y[o, j] = sum W[o, i, p] x[i, s j + dilation p - begin]`.
pub(crate) fn dense(kernel: &ConvKernel, grid: &[usize], edge: Edge) -> Dense {
    let g = kernel.geometry();
    let transposed = matches!(g.direction(), Direction::Transposed { .. });
    let output = match edge {
        Edge::Zeros => g.output_size(kernel.kernel_size(), grid).unwrap(),
        Edge::Circular if transposed => grid.iter().zip(g.stride()).map(|(n, s)| n * s).collect(),
        Edge::Circular => grid.iter().zip(g.stride()).map(|(n, s)| n / s).collect(),
    };
    let (fine, coarse) = if transposed {
        (output, grid.to_vec())
    } else {
        (grid.to_vec(), output)
    };
    let (rows, cols) = (kernel.shape()[0], kernel.shape()[1]);
    let (nf, nc) = (
        fine.iter().product::<usize>(),
        coarse.iter().product::<usize>(),
    );
    let taps = points(kernel.kernel_size());
    let mut forward = Dense::zeros(rows * nc, cols * g.groups() * nf);
    for o in 0..rows {
        let group = o / (rows / g.groups());
        for i in 0..cols {
            for (t, tap) in taps.iter().enumerate() {
                let w = kernel.weights()[(o * cols + i) * taps.len() + t];
                for j in points(&coarse) {
                    let read = |axis: usize| {
                        let x = (g.stride()[axis] * j[axis] + g.dilation()[axis] * tap[axis])
                            as i64
                            - g.padding()[axis].0 as i64;
                        let n = fine[axis] as i64;
                        match edge {
                            Edge::Circular => Some(x.rem_euclid(n) as usize),
                            Edge::Zeros => (0..n).contains(&x).then_some(x as usize),
                        }
                    };
                    let Some(x) = (0..fine.len()).map(read).collect::<Option<Vec<_>>>() else {
                        continue;
                    };
                    let row = o * nc + flat(&j, &coarse);
                    let col = (group * cols + i) * nf + flat(&x, &fine);
                    forward.data[row * forward.cols + col] += w;
                }
            }
        }
    }
    if transposed {
        forward.transposed()
    } else {
        forward
    }
}

/// Largest difference of two lists of equal length.
pub(crate) fn distance(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(x, y)| (x - y).abs())
        .fold(0.0, f64::max)
}

/// The exact mode's contract: `50 eps sqrt(max(m, n)) sigma_max`.
pub(crate) fn exact(m: usize, n: usize, sigma_max: f64) -> f64 {
    50.0 * f64::EPSILON * (m.max(n) as f64).sqrt() * sigma_max
}
