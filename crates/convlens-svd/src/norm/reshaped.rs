//! Norms of the kernel's reshapings.

use super::circular::ends;
use super::lattice::lattice_taps;
use super::{NormBracket, NormMethod, NormPadding, margin};
use crate::dense::singular_values;
use crate::operator::Polyphase;
use crate::parallel::map_ordered;
use crate::{ConvKernel, SvdError, scale};
use faer::Mat;

impl NormBracket {
    /// The supremum of the layer's norm over all grids, from the norms of `2^d` reshapings of the weights: the cheapest
    /// bracket, and the widest.
    ///
    /// The ends mean what those of [`NormBracket::grid_free`] mean: the upper one bounds the norm on **every** grid, with zero
    /// padding of any amount or circular padding that keeps the grid; the lower one is of the supremum over grids.
    ///
    /// # Theorem
    /// (Singla and Feizi, ICLR 2021, theorem 1, for the upper end of 2-D layers of stride 1; here in any dimension, with stride, dilation
    /// and groups.) Let `P(theta) = sum_q P_q exp(-i <q, theta>)` be the symbol on the lattice ([`NormBracket::grid_free`], 1 to
    /// 3), `r x c` matrices `P_q` at the positions `q` of a box `K_1 x .. x K_d`; without stride and dilation the taps of the kernel.
    /// For a set `S` of axes let `M_S` be the `(r prod_{j in S} K_j) x (c prod_{j not in S} K_j)` matrix with the
    /// entries `M_S[(o, q_S), (i, q_rest)] = P_q[o, i]`: four matrices for a 2-D kernel, among them the unfolding
    /// (`S` empty). Then
    ///
    /// `max_S |M_S| <= sup |P| <= sqrt(prod_j K_j) min_S |M_S|`.
    ///
    /// *Upper end.* Let `a` have the entries `exp(i <q_S, theta>)` and `b` the entries `exp(-i <q_rest, theta>)`: vectors of norms `sqrt(prod_S K_j)`
    /// and `sqrt(prod_rest K_j)`. For unit vectors `u`, `v`,
    /// `u^H P(theta) v = sum_q u^H P_q v exp(-i <q_S, theta>) exp(-i <q_rest, theta>) = (u (x) a)^H M_S (v (x) b)`, at most
    /// `|M_S| sqrt(prod_j K_j)`.
    ///
    /// *Lower end.* On the lattice, `y[j] = sum_q P_q x[j + q]`. Take the outputs `j` with `j_S = -q_S` and `j_rest = 0`, and
    /// the inputs `x` with `x_S = 0` and `x_rest = q_rest`, for all `q` of the box: output `-q_S` reads input `q_rest` through the tap `q =
    /// (q_S, q_rest)`. So `M_S` is a submatrix of the operator on the lattice, whose norm is `sup |P|`. (For `S` empty
    /// that is also the mean of `P P^H` over the torus.) The values of `|P|` at the frequencies `0` and `pi` of each axis, where `P`
    /// is real, are lower bounds too; the largest of all is taken.
    ///
    /// So `upper / lower <= sqrt(prod_j K_j)`, and a dense layer's bracket is exact. With stride `s` prime to the dilation,
    /// `K_j = ceil(k_j / s_j)`, so that the factor is less than `sqrt(prod k_j)`.
    ///
    /// # Errors
    /// As [`NormBracket::grid_free`].
    ///
    /// # Complexity
    /// The values of `2^d` matrices with as many entries as the group's weights, and of `2^d` matrices `r x c`, per group.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, NormBracket};
    ///
    /// // Edges in one direction: sup |1 - z^2| |1 + w|^2 = 2 * 4, and no reshaping has a norm over sqrt(12).
    /// let sobel = [-1.0, 0.0, 1.0, -2.0, 0.0, 2.0, -1.0, 0.0, 1.0];
    /// let bracket = NormBracket::reshaped(&ConvKernel::from_slice(&sobel, &[1, 1, 3, 3])?)?;
    /// assert!(bracket.lower <= 8.0 && 8.0 <= bracket.upper);
    /// assert!(bracket.upper < 3.0 * 12f64.sqrt() + 1e-9);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn reshaped(kernel: &ConvKernel) -> Result<Self, SvdError> {
        let exponent = scale::exponent(kernel.weights());
        let weights = scale::normalized(kernel.weights(), exponent);
        let taps = lattice_taps(kernel, &weights, "a grid-free norm")?;
        let degrees = taps.degrees(kernel.spatial_dims());
        let size: Vec<usize> = degrees.iter().map(|m| m + 1).collect();
        let factor = size.iter().map(|&k| k as f64).product::<f64>().sqrt();
        let sets = 1usize << size.len();
        let groups = map_ordered(taps.groups.len(), |group| {
            let (mut least, mut largest) = (f64::INFINITY, 0.0f64);
            for set in 0..sets {
                let (lower, upper) = norm(&reshaping(&taps, group, &size, set))?;
                (least, largest) = (least.min(upper), largest.max(lower));
                let (lower, _) = norm(&real_symbol(&taps, group, set))?;
                largest = largest.max(lower - margin::of_direct_symbols(kernel, &weights));
            }
            Ok((largest, least * factor * (1.0 + 4.0 * f64::EPSILON)))
        });
        let (mut lower, mut upper) = (0.0f64, 0.0f64);
        for group in groups {
            let group: (f64, f64) = group?;
            (lower, upper) = (lower.max(group.0), upper.max(group.1));
        }
        let (lower, upper) = ends(lower, upper, exponent)?;
        Ok(Self {
            lower,
            upper,
            method: NormMethod::ReshapedNorms { factor },
            padding: NormPadding::ZerosOrCircular,
            grid: None,
        })
    }
}

/// `M_S` for the axes whose bits `set` has.
fn reshaping(taps: &Polyphase, group: usize, size: &[usize], set: usize) -> Mat<f64> {
    let inside = |axis: usize| set >> axis & 1 == 1;
    let positions = |wanted: bool| {
        let axes = (0..size.len()).filter(|&axis| inside(axis) == wanted);
        axes.map(|axis| size[axis]).product::<usize>()
    };
    let mut matrix = Mat::zeros(taps.rows * positions(true), taps.cols * positions(false));
    for (position, entries) in &taps.groups[group] {
        let (mut above, mut left) = (0, 0);
        for (axis, &q) in position.iter().enumerate() {
            let at = if inside(axis) { &mut above } else { &mut left };
            *at = *at * size[axis] + q;
        }
        for (entry, &w) in entries.iter().enumerate() {
            let (o, i) = (entry / taps.cols, entry % taps.cols);
            matrix[(above * taps.rows + o, left * taps.cols + i)] = w;
        }
    }
    matrix
}

/// The symbol at the frequency that is `pi` on the axes whose bits `set` has, and 0 on the others.
fn real_symbol(taps: &Polyphase, group: usize, set: usize) -> Mat<f64> {
    let mut symbol = Mat::zeros(taps.rows, taps.cols);
    for (position, entries) in &taps.groups[group] {
        let turns = position.iter().enumerate();
        let odd = turns
            .filter(|&(axis, &q)| set >> axis & 1 == 1 && q % 2 == 1)
            .count()
            % 2
            == 1;
        for (entry, &w) in entries.iter().enumerate() {
            symbol[(entry / taps.cols, entry % taps.cols)] += if odd { -w } else { w };
        }
    }
    symbol
}

/// The largest singular value, rounded down and up.
fn norm(matrix: &Mat<f64>) -> Result<(f64, f64), SvdError> {
    let (values, _) = singular_values(matrix.as_ref())?;
    let value = values.first().copied().unwrap_or(0.0);
    let error = margin::of_values(matrix.nrows(), matrix.ncols());
    Ok((value * (1.0 - error), value * (1.0 + error)))
}
