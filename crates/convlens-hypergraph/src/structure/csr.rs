//! Rows of sorted indices, one after another in one array.

use std::ops::Range;

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
        let mut indices = vec![0u32; len];
        let offsets = scatter(n_rows, &pairs, |slot, (_, column)| indices[slot] = column);
        Self { offsets, indices }
    }

    /// As [`group`](Self::group), with a value that goes with each pair.
    pub(crate) fn group_with<I>(
        n_rows: usize,
        len: usize,
        triplets: impl Fn() -> I,
    ) -> (Self, Vec<f64>)
    where
        I: Iterator<Item = (u32, u32, f64)>,
    {
        let mut indices = vec![0u32; len];
        let mut values = vec![0.0; len];
        let keyed = || triplets().map(|(row, column, value)| (row, (column, value)));
        let offsets = scatter(n_rows, &keyed, |slot, (_, (column, value))| {
            indices[slot] = column;
            values[slot] = value;
        });
        (Self { offsets, indices }, values)
    }

    /// Copies rows in any order of their entries: each is sorted and its duplicates are merged.
    pub(crate) fn from_rows<'a>(len: usize, rows: impl Iterator<Item = &'a [u32]>) -> Self {
        let mut csr = Self::with_capacity(rows.size_hint().0, len);
        for row in rows {
            let start = csr.indices.len();
            csr.indices.extend_from_slice(row);
            let ascends = csr.indices[start..].is_sorted_by(|a, b| a < b);
            if !ascends {
                csr.indices[start..].sort_unstable();
            }
            csr.offsets.push(csr.indices.len());
            if !ascends {
                csr.merge_last();
            }
        }
        csr.indices.shrink_to_fit();
        csr
    }

    /// No rows yet, room for some. [`push_row`](Self::push_row) adds them.
    pub(crate) fn with_capacity(rows: usize, len: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self {
            offsets,
            indices: Vec::with_capacity(len),
        }
    }

    /// Adds a row that ascends without repeats.
    pub(crate) fn push_row(&mut self, row: impl IntoIterator<Item = u32>) {
        self.indices.extend(row);
        self.offsets.push(self.indices.len());
    }

    /// Removes equal neighbors in the last row, in place.
    fn merge_last(&mut self) {
        let last = self.n_rows();
        let start = self.offsets[last - 1];
        let mut write = start;
        for read in start..self.offsets[last] {
            let value = self.indices[read];
            if write == start || self.indices[write - 1] != value {
                self.indices[write] = value;
                write += 1;
            }
        }
        self.indices.truncate(write);
        self.offsets[last] = write;
    }

    /// Removes equal neighbors within each row, in place. `visit` hears of each entry by its old
    /// position, in order, and what became of it.
    pub(crate) fn merge_duplicates_with(&mut self, mut visit: impl FnMut(usize, Kept)) {
        let mut write = 0;
        let mut start = 0;
        for r in 0..self.n_rows() {
            let end = self.offsets[r + 1];
            let row_start = write;
            for read in start..end {
                let value = self.indices[read];
                if write == row_start || self.indices[write - 1] != value {
                    self.indices[write] = value;
                    visit(read, Kept::At(write));
                    write += 1;
                } else {
                    visit(read, Kept::MergedInto(write - 1));
                }
            }
            start = end;
            self.offsets[r + 1] = write;
        }
        self.indices.truncate(write);
        self.indices.shrink_to_fit();
    }

    /// Removes equal neighbors within each row, in place.
    pub(crate) fn merge_duplicates(&mut self) {
        self.merge_duplicates_with(|_, _| ());
    }

    /// The same pairs, grouped by column. Rows are walked in order, so the result is sorted.
    pub(crate) fn transpose(&self, n_columns: usize) -> Self {
        Self::group(n_columns, self.len(), || self.pairs().map(|(r, c)| (c, r)))
    }

    /// `values`, one for each entry, in the order of the entries of the transpose.
    pub(crate) fn transpose_values(&self, n_columns: usize, values: &[f64]) -> Vec<f64> {
        let triplets = || {
            let pairs = self.pairs().zip(values);
            pairs.map(|((r, c), &value)| (c, r, value))
        };
        Self::group_with(n_columns, self.len(), triplets).1
    }

    /// All pairs, row by row.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        (0..self.n_rows()).flat_map(move |r| self.row(r).iter().map(move |&c| (r as u32, c)))
    }

    pub(crate) fn row(&self, r: usize) -> &[u32] {
        &self.indices[self.range(r)]
    }

    /// Where row `r` lies among the entries.
    pub(crate) fn range(&self, r: usize) -> Range<usize> {
        self.offsets[r]..self.offsets[r + 1]
    }

    pub(crate) fn rows(&self) -> impl ExactSizeIterator<Item = &[u32]> + '_ {
        (0..self.n_rows()).map(|r| self.row(r))
    }

    pub(crate) fn n_rows(&self) -> usize {
        self.offsets.len() - 1
    }

    pub(crate) fn len(&self) -> usize {
        self.indices.len()
    }
}

/// What became of an entry when duplicates were merged.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kept {
    /// It is the first of its kind and now stands here.
    At(usize),
    /// It repeats the entry that now stands here.
    MergedInto(usize),
}

/// A stable counting sort by row: calls `place` with each item and the slot it goes to, and
/// returns the offsets of the rows. `offsets[r + 1]` serves as the cursor of row r, so no second
/// array of offsets is needed.
fn scatter<T, I>(
    n_rows: usize,
    items: &impl Fn() -> I,
    mut place: impl FnMut(usize, (u32, T)),
) -> Vec<usize>
where
    I: Iterator<Item = (u32, T)>,
{
    let mut offsets = vec![0usize; n_rows + 1];
    for (row, _) in items() {
        offsets[row as usize + 1] += 1;
    }
    let mut start = 0;
    for cursor in &mut offsets[1..] {
        let count = std::mem::replace(cursor, start);
        start += count;
    }
    for item in items() {
        let cursor = &mut offsets[item.0 as usize + 1];
        let slot = *cursor;
        *cursor += 1;
        place(slot, item);
    }
    offsets
}
