//! The nearest-class-profile classifier, without its public face.

use super::arrangement::Code;
use super::memberships::Memberships;
use super::ranking::RankedTable;
use super::scores::Scores;
use super::split::Split;
use super::tally::Tally;

/// Scores within this distance are tied. Scores are sums of at most a few thousand logarithms of
/// size at most about 20, whose rounding stays under 1e-10.
pub(crate) const SCORE_TIE: f64 = 1e-9;

/// The classifier of one table: what is the same for all labellings, and memory for one.
///
/// It starts from class counts and memberships of the hyperedges of all inputs and corrects both by
/// the inputs between the ends of those prefixes and of the refitted ones: few, since half of the
/// inputs have nearly the same quantiles as all of them.
#[derive(Debug)]
pub(crate) struct Classifier<'a> {
    table: &'a RankedTable,
    n_fit: usize,
    /// Fitting inputs per class, all at least 1.
    fit_counts: &'a [u32],
    /// ln(0..): `ln[0]` is never read.
    ln: &'a [f64],
    memberships: Memberships,
    scores: Scores,
    ends: Vec<usize>,
    held_out: Vec<u32>,
}

impl<'a> Classifier<'a> {
    /// `ln` holds the logarithms of 0 up to the number of inputs + 2.
    pub(crate) fn new(table: &'a RankedTable, split: &'a Split, ln: &'a [f64]) -> Self {
        Self {
            table,
            n_fit: split.n_fit,
            fit_counts: &split.fit_counts,
            ln,
            memberships: Memberships::new(table),
            scores: Scores::new(table.features(), split.fit_counts.len()),
            ends: Vec::with_capacity(table.features()),
            held_out: vec![0; table.inputs()],
        }
    }

    /// Fits thresholds and profiles on the fitting inputs and calls `visit(input, class, scores)`
    /// for each held-out input, in order, with its class in `codes` and the score of every class.
    ///
    /// `tally` holds the counts of the hyperedges of all inputs and leaves with those of the
    /// refitted ones.
    pub(crate) fn judge<C: Code>(
        &mut self,
        codes: &[C],
        tally: &mut Tally,
        visit: impl FnMut(u32, usize, &[f64]),
    ) {
        let n_classes = self.fit_counts.len();
        self.table.refit(
            self.n_fit,
            |input| codes[input as usize].get() < n_classes,
            |f| tally.fitting(f).iter().sum::<u32>() as usize,
            &mut self.ends,
        );
        self.move_ends(|f, inputs, step| tally.shift(f, inputs, codes, step));
        self.scores.fit(tally, self.fit_counts, self.ln);
        // Those held out, counted rather than branched upon.
        let mut n_test = 0;
        for (input, code) in (0u32..).zip(codes) {
            self.held_out[n_test.min(codes.len() - 1)] = input;
            n_test += usize::from(code.get() >= n_classes);
        }
        let held_out = &self.held_out[..n_test];
        self.scores
            .of_each(held_out, &self.memberships, codes, visit);
        self.move_ends(|_, _, _| ());
    }

    /// Flips the membership of the inputs between both ends of every feature's prefix, so that a
    /// second call undoes the first, and passes them on with 1 if they come in and -1 if they go.
    fn move_ends(&mut self, mut tell: impl FnMut(usize, &[u32], u32)) {
        for (f, (column, &end)) in self.table.columns.iter().zip(&self.ends).enumerate() {
            let size = column.size;
            let moved = &column.order()[size.min(end)..size.max(end)];
            self.memberships.flip(f, moved);
            tell(f, moved, if end > size { 1 } else { u32::MAX });
        }
    }
}
