//! The features of every input, one bit each.

use super::ranking::RankedTable;

/// Input x feature bits.
#[derive(Debug, Clone)]
pub(crate) struct Memberships {
    /// 64-bit words per input.
    words: usize,
    bits: Vec<u64>,
}

impl Memberships {
    /// The hyperedges with all inputs as reference.
    pub(crate) fn new(table: &RankedTable) -> Self {
        let words = table.features().div_ceil(64);
        let mut memberships = Self {
            words,
            bits: vec![0; words * table.inputs()],
        };
        for (f, column) in table.columns.iter().enumerate() {
            memberships.flip(f, column.members());
        }
        memberships
    }

    /// Makes members of one feature out of the inputs that are not, and the other way round.
    pub(crate) fn flip(&mut self, feature: usize, inputs: &[u32]) {
        let (word, bit) = (feature / 64, 1 << (feature % 64));
        for &input in inputs {
            self.bits[input as usize * self.words + word] ^= bit;
        }
    }

    /// Calls `visit` with each feature of one input, ascending.
    #[inline]
    pub(crate) fn for_each(&self, input: u32, mut visit: impl FnMut(usize)) {
        let start = input as usize * self.words;
        for (word, &bits) in self.bits[start..start + self.words].iter().enumerate() {
            let mut left = bits;
            while left != 0 {
                visit(64 * word + left.trailing_zeros() as usize);
                left &= left - 1;
            }
        }
    }
}
