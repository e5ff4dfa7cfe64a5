//! A graph as one bit for each pair of vertices, for dense graphs.

use crate::hypergraph::Csr;

/// Square matrix of bits, symmetric.
#[derive(Debug, Clone)]
pub(super) struct BitMatrix {
    words: usize,
    rows: Vec<u64>,
}

/// No more than this is spent on bits: 64 MiB, some 23,000 vertices.
const MAX_WORDS: usize = 8 << 20;

impl BitMatrix {
    /// The matrix, if searching by whole words is cheaper than by lists of neighbours.
    ///
    /// A search reads every list twice, forwards and back, but of the matrix a row of words for
    /// each vertex twice: as long as a graph has few levels, words win once a vertex has more than
    /// one neighbour in 32.
    pub(super) fn if_worth_it(neighbours: &Csr) -> Option<Self> {
        let n = neighbours.n_rows();
        let words = n.div_ceil(64);
        let size = words.checked_mul(n)?;
        (size <= MAX_WORDS && neighbours.len() > 2 * size).then(|| Self::new(neighbours))
    }

    pub(super) fn new(neighbours: &Csr) -> Self {
        let n = neighbours.n_rows();
        let words = n.div_ceil(64);
        let mut rows = vec![0u64; words * n];
        for (a, b) in neighbours.pairs() {
            rows[a as usize * words + b as usize / 64] |= 1 << (b % 64);
        }
        Self { words, rows }
    }

    /// Words of a row.
    pub(super) fn words(&self) -> usize {
        self.words
    }

    pub(super) fn row(&self, vertex: usize) -> &[u64] {
        &self.rows[vertex * self.words..(vertex + 1) * self.words]
    }

    /// How many neighbours of a vertex are in a set.
    pub(super) fn count(&self, vertex: usize, set: &[u64]) -> u32 {
        let both = self.row(vertex).iter().zip(set);
        both.map(|(a, b)| (a & b).count_ones()).sum()
    }

    /// The sum of `values` over the neighbours of a vertex that are in a set.
    pub(super) fn sum(&self, vertex: usize, set: &[u64], values: &[f64]) -> f64 {
        // Four sums side by side: one would wait for each addition.
        let mut sums = [0.0f64; 4];
        for (word, (a, b)) in self.row(vertex).iter().zip(set).enumerate() {
            let mut left = a & b;
            let at = |bits: u64| word * 64 + bits.trailing_zeros() as usize;
            while left != 0 {
                for sum in &mut sums {
                    if left == 0 {
                        break;
                    }
                    *sum += values[at(left)];
                    left &= left - 1;
                }
            }
        }
        (sums[0] + sums[1]) + (sums[2] + sums[3])
    }
}

/// Calls `visit` for every member of a set of bits, ascending.
pub(super) fn for_each(set: &[u64], mut visit: impl FnMut(u32)) {
    for (word, &bits) in set.iter().enumerate() {
        let mut left = bits;
        while left != 0 {
            visit(word as u32 * 64 + left.trailing_zeros());
            left &= left - 1;
        }
    }
}
