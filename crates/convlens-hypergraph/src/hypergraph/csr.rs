//! Rows of sorted indices, one after another in one array.

/// Compressed sparse rows: row `r` is `indices[offsets[r]..offsets[r + 1]]`, ascending, distinct.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Csr {
    offsets: Vec<usize>,
    indices: Vec<u32>,
}

impl Csr {
    /// Groups `(row, column)` pairs by row, keeping the order of the pairs inside each row.
    /// The caller has checked that every row is below `n_rows`.
    pub(crate) fn group<I>(n_rows: usize, len: usize, pairs: impl Fn() -> I) -> Self
    where
        I: Iterator<Item = (u32, u32)>,
    {
        let mut offsets = vec![0usize; n_rows + 1];
        for (row, _) in pairs() {
            offsets[row as usize + 1] += 1;
        }
        for r in 0..n_rows {
            offsets[r + 1] += offsets[r];
        }
        let mut next = offsets.clone();
        let mut indices = vec![0u32; len];
        for (row, column) in pairs() {
            let slot = &mut next[row as usize];
            indices[*slot] = column;
            *slot += 1;
        }
        Self { offsets, indices }
    }

    /// Removes equal neighbours within each row, in place.
    pub(crate) fn merge_duplicates(&mut self) {
        let mut write = 0;
        let mut start = 0;
        for r in 0..self.n_rows() {
            let end = self.offsets[r + 1];
            let row_start = write;
            for read in start..end {
                let value = self.indices[read];
                if write == row_start || self.indices[write - 1] != value {
                    self.indices[write] = value;
                    write += 1;
                }
            }
            start = end;
            self.offsets[r + 1] = write;
        }
        self.indices.truncate(write);
        self.indices.shrink_to_fit();
    }

    /// The same pairs, grouped by column. Rows are walked in order, so the result is sorted.
    pub(crate) fn transpose(&self, n_columns: usize) -> Self {
        Self::group(n_columns, self.len(), || self.pairs().map(|(r, c)| (c, r)))
    }

    /// The given rows.
    pub(crate) fn select(&self, rows: &[usize]) -> Self {
        let mut offsets = vec![0];
        let mut indices = Vec::new();
        for &row in rows {
            indices.extend_from_slice(self.row(row));
            offsets.push(indices.len());
        }
        Self { offsets, indices }
    }

    /// All pairs, row by row.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.n_rows()).flat_map(move |r| self.row(r).iter().map(move |&c| (r as u32, c)))
    }

    pub(crate) fn row(&self, r: usize) -> &[u32] {
        &self.indices[self.offsets[r]..self.offsets[r + 1]]
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(crate) fn len(&self) -> usize {
        self.indices.len()
    }
}
