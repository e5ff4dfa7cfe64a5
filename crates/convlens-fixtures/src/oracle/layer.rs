//! The matrix of a convolution layer, by its definition.

use super::Dense;

/// What a read outside the input gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Zero.
    Zeros,
    /// The input, periodically continued; the output has `n / s` positions (a transposed layer:
    /// `n s`) whatever the padding.
    Circular,
    /// The input, periodically continued; the output is as large as the padding says.
    CircularPadded,
    /// The input, mirrored at its first and last sample.
    Reflect,
    /// The nearest sample of the input.
    Replicate,
}

/// A convolution layer in plain slices.
///
/// Weights are row-major `[c_out, c_in / groups, k_1, .., k_d]`; transposed:
/// `[c_in, c_out / groups, k_1, .., k_d]`, the adjoint of the forward layer of that layout. Stride,
/// dilation and padding have one entry per spatial axis.
///
/// # Example
/// ```
/// use convlens_fixtures::oracle::{Edge, Layer};
///
/// let layer = Layer {
///     weights: &[1.0, 10.0],
///     shape: &[1, 1, 2],
///     stride: &[1],
///     dilation: &[1],
///     padding: &[(1, 0)],
///     groups: 1,
///     output_padding: None,
/// };
/// let zeros = layer.dense(&[2], Edge::Zeros).unwrap();
/// assert_eq!(zeros.data, [10.0, 0.0, 1.0, 10.0]);
/// let replicate = layer.dense(&[2], Edge::Replicate).unwrap();
/// assert_eq!(replicate.data, [11.0, 0.0, 1.0, 10.0]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layer<'a> {
    /// The weights.
    pub weights: &'a [f64],
    /// Their shape.
    pub shape: &'a [usize],
    /// Stride.
    pub stride: &'a [usize],
    /// Dilation.
    pub dilation: &'a [usize],
    /// Padding at the beginning and at the end.
    pub padding: &'a [(usize, usize)],
    /// Channel groups.
    pub groups: usize,
    /// Output padding of a transposed layer; none for a forward one.
    pub output_padding: Option<&'a [usize]>,
}

impl Layer<'_> {
    /// Spatial size of the output; none where an axis of it has no position.
    pub fn output_size(&self, grid: &[usize], edge: Edge) -> Option<Vec<usize>> {
        let transposed = self.output_padding;
        let axes = grid.iter().enumerate().map(|(axis, &n)| {
            let (s, k) = (self.stride[axis], self.shape[2 + axis]);
            let (begin, end) = self.padding[axis];
            let reach = self.dilation[axis] * (k - 1);
            match transposed {
                _ if edge == Edge::Circular => {
                    Some(if transposed.is_some() { n * s } else { n / s })
                }
                // Every output j with s j + reach inside the padded input.
                None => {
                    let padded = n + begin + end;
                    Some((0..padded).filter(|j| s * j + reach < padded).count())
                }
                Some(output_padding) => {
                    (s * (n - 1) + reach + 1 + output_padding[axis]).checked_sub(begin + end)
                }
            }
        });
        axes.map(|n| n.filter(|&n| n > 0)).collect()
    }

    /// The matrix `y[o, j] = sum_{i, p} W[o, i, p] x[i, s j + dilation p - begin]`, rows `(o, j)`
    /// and columns `(i, x)`, both row-major; none where the layer has no output. A transposed layer
    /// is the transpose of the forward one that reads its output grid.
    pub fn dense(&self, grid: &[usize], edge: Edge) -> Option<Dense> {
        let output = self.output_size(grid, edge)?;
        let transposed = self.output_padding.is_some();
        let (fine, coarse) = if transposed {
            (&output[..], grid)
        } else {
            (grid, &output[..])
        };
        let (rows, cols) = (self.shape[0], self.shape[1]);
        let (nf, nc) = (
            fine.iter().product::<usize>(),
            coarse.iter().product::<usize>(),
        );
        let taps = points(&self.shape[2..]);
        let mut forward = Dense::zeros(rows * nc, cols * self.groups * nf);
        for (t, tap) in taps.iter().enumerate() {
            for (row, j) in points(coarse).iter().enumerate() {
                let Some(col) = self.read(tap, j, fine, edge) else {
                    continue;
                };
                for o in 0..rows {
                    let group = o / (rows / self.groups);
                    for i in 0..cols {
                        let at = (o * nc + row) * forward.cols + (group * cols + i) * nf + col;
                        forward.data[at] += self.weights[(o * cols + i) * taps.len() + t];
                    }
                }
            }
        }
        Some(if transposed {
            forward.transposed()
        } else {
            forward
        })
    }

    /// The flat index of what output `j` reads through a tap; none for a zero.
    fn read(&self, tap: &[usize], j: &[usize], fine: &[usize], edge: Edge) -> Option<usize> {
        let mut flat = 0;
        for (axis, &n) in fine.iter().enumerate() {
            let x = (self.stride[axis] * j[axis] + self.dilation[axis] * tap[axis]) as i64
                - self.padding[axis].0 as i64;
            flat = flat * n + source(x, n as i64, edge)? as usize;
        }
        Some(flat)
    }

    /// The weights laid on a periodic fine grid: `[rows, cols, positions]`, taps that meet are
    /// summed.
    pub fn wrapped(&self, fine: &[usize]) -> Vec<f64> {
        let taps = points(&self.shape[2..]);
        let positions: usize = fine.iter().product();
        let mut out = vec![0.0; self.shape[0] * self.shape[1] * positions];
        for (t, tap) in taps.iter().enumerate() {
            let at = (0..fine.len()).fold(0, |flat, axis| {
                flat * fine[axis] + self.dilation[axis] * tap[axis] % fine[axis]
            });
            for pair in 0..self.shape[0] * self.shape[1] {
                out[pair * positions + at] += self.weights[pair * taps.len() + t];
            }
        }
        out
    }
}

/// The sample that a read of position `x` gives, step by step.
fn source(mut x: i64, n: i64, edge: Edge) -> Option<i64> {
    while !(0..n).contains(&x) {
        x = match edge {
            Edge::Zeros => return None,
            Edge::Circular | Edge::CircularPadded => {
                if x < 0 {
                    x + n
                } else {
                    x - n
                }
            }
            Edge::Replicate => {
                if x < 0 {
                    0
                } else {
                    n - 1
                }
            }
            Edge::Reflect if n == 1 => 0,
            Edge::Reflect => {
                if x < 0 {
                    -x
                } else {
                    2 * (n - 1) - x
                }
            }
        };
    }
    Some(x)
}

/// All multi-indices of a grid, row-major.
fn points(grid: &[usize]) -> Vec<Vec<usize>> {
    grid.iter().fold(vec![vec![]], |all, &n| {
        all.iter()
            .flat_map(|p| (0..n).map(move |i| [&p[..], &[i]].concat()))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `[0, 1, 2, 3]` padded by three on each side, as `torch.nn.functional.pad` gives it.
    #[test]
    fn edges_read_what_pytorch_reads() {
        let padded = |edge| -> Vec<_> { (-3..7).map(|x| source(x, 4, edge)).collect() };
        let all = |v: [i64; 10]| v.map(Some).to_vec();
        assert_eq!(padded(Edge::Reflect), all([3, 2, 1, 0, 1, 2, 3, 2, 1, 0]));
        assert_eq!(padded(Edge::Replicate), all([0, 0, 0, 0, 1, 2, 3, 3, 3, 3]));
        assert_eq!(
            padded(Edge::CircularPadded),
            all([1, 2, 3, 0, 1, 2, 3, 0, 1, 2])
        );
        let zeros = padded(Edge::Zeros);
        assert_eq!((zeros[2], zeros[3], zeros[7]), (None, Some(0), None));
    }

    /// torch.nn.Conv1d(1, 1, 4, stride=3, padding=2, dilation=2) on 17 samples gives 5;
    /// torch.nn.ConvTranspose1d(1, 1, 3, stride=2, padding=1, output_padding=1) on 5 gives 10.
    #[test]
    fn output_sizes_are_those_of_pytorch() {
        let mut layer = Layer {
            weights: &[0.0; 4],
            shape: &[1, 1, 4],
            stride: &[3],
            dilation: &[2],
            padding: &[(2, 2)],
            groups: 1,
            output_padding: None,
        };
        assert_eq!(layer.output_size(&[17], Edge::Zeros), Some(vec![5]));
        assert_eq!(layer.output_size(&[2], Edge::Zeros), None);
        layer.shape = &[1, 1, 3];
        (layer.stride, layer.dilation, layer.padding) = (&[2], &[1], &[(1, 1)]);
        layer.output_padding = Some(&[1]);
        assert_eq!(layer.output_size(&[5], Edge::Zeros), Some(vec![10]));
    }

    #[test]
    fn a_kernel_longer_than_the_grid_is_summed() {
        let layer = Layer {
            weights: &[1.0, 2.0, 4.0, 8.0],
            shape: &[1, 1, 4],
            stride: &[1],
            dilation: &[1],
            padding: &[(0, 0)],
            groups: 1,
            output_padding: None,
        };
        assert_eq!(layer.wrapped(&[3]), [9.0, 2.0, 4.0]);
        let first_row = &layer.dense(&[3], Edge::Circular).unwrap().data[..3];
        assert_eq!(first_row, [9.0, 2.0, 4.0]);
    }
}
