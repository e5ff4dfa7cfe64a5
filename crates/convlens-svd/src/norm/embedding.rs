//! The periodic grids that a zero-padded layer embeds into.

use crate::ConvKernel;

/// The least valid periodic grid of a zero-padded layer, or none where every output reads padding only.
///
/// # Theorem
/// Take one axis. Put the input at the padded positions `b .. b + n - 1` (`b` the padding at the beginning). Output `j`
/// reads the positions `s j + delta p`, `0 <= p < k`; let `D = delta (k - 1)`. Outputs with `s j + D < b` or
/// `s j > b + n - 1` read zeros only; let `j_0 ..= j_1` be the others. For a multiple `N` of `s` with
///
/// 1. `N >= n`: the input fits on the cycle,
/// 2. `N >= b + n - s j_0`: positions `s j_0 .. b - 1` before the input do not come back to it modulo `N`,
/// 3. `N >= s j_1 + D - b + 1`: positions `b + n .. s j_1 + D` after it do not either,
///
/// the layer is, up to rows of zeros, a submatrix of the periodic operator on `N`: columns are the positions of the input
/// modulo `N`, row `j` is row `j mod N / s`. Different outputs are different rows: 2 with `s j_1 <= b + n - 1` gives
/// `N > s (j_1 - j_0)`, and `N` is a multiple of `s`. And every read position `q` lies in `s j_0 ..= s j_1 + D`; if it holds
/// input, so does `q mod N`, with the same entry; if not, 2 and 3 say that `q mod N` holds none (a larger multiple of
/// `N` lies further out). The norm of a submatrix is at most that of the matrix. With several axes the argument holds
/// axis by axis, as a position holds input if and only if each of its coordinates does. It does not touch channels, so
/// groups change nothing, and a transposed layer is the adjoint of a forward one that reads its output grid.
///
/// For `s = 1` and symmetric padding `p <= D` this gives `N >= n + max(p, D - p)` at most, and less where the padding is
/// not "same": a layer without padding embeds into `N = n`. Kernels longer than `N` wrap, which the argument allows.
pub(super) fn least_periodic_grid(
    kernel: &ConvKernel,
    fine: &[usize],
    coarse: &[usize],
) -> Option<Vec<usize>> {
    let geometry = kernel.geometry();
    (0..fine.len())
        .map(|axis| {
            let (n, m) = (fine[axis] as i128, coarse[axis] as i128);
            let (s, b) = (
                geometry.stride()[axis] as i128,
                geometry.padding()[axis].0 as i128,
            );
            let reach =
                geometry.dilation()[axis] as i128 * (kernel.kernel_size()[axis] as i128 - 1);
            let first = ((b - reach).max(0) + s - 1) / s;
            let last = (m - 1).min((b + n - 1) / s);
            let least = n.max(b + n - s * first).max(s * last + reach - b + 1);
            (first <= last).then(|| ((least + s - 1) / s * s) as usize)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Geometry;

    fn least(k: usize, n: usize, geometry: Geometry) -> Option<usize> {
        let kernel = ConvKernel::new(vec![1.0; k], &[1, 1, k], geometry).unwrap();
        let out = kernel.geometry().output_size(&[k], &[n]).unwrap();
        least_periodic_grid(&kernel, &[n], &out).map(|grid| grid[0])
    }

    #[test]
    fn least_grids_of_the_usual_paddings() {
        let g = || Geometry::new(1);
        assert_eq!(least(3, 8, g()), Some(8), "no padding: a choice of rows");
        assert_eq!(
            least(3, 8, g().with_padding(&[(1, 1)])),
            Some(9),
            "same: n + 1"
        );
        assert_eq!(
            least(3, 8, g().with_padding(&[(2, 2)])),
            Some(10),
            "full: n + k - 1"
        );
        assert_eq!(least(5, 8, g().with_padding(&[(4, 0)])), Some(12), "causal");
        assert_eq!(
            least(3, 8, g().with_padding(&[(5, 5)])),
            Some(10),
            "rows of zeros are no rows"
        );
        assert_eq!(
            least(3, 9, g().with_padding(&[(1, 1)]).with_stride(&[2])),
            Some(10)
        );
        assert_eq!(
            least(1, 4, g().with_padding(&[(1, 0)]).with_stride(&[5])),
            None
        );
    }
}
