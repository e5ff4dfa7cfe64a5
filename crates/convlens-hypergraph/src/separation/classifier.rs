//! The nearest-class-profile classifier, without its public face.

use std::fmt::Debug;

use super::labels::{Labels, Split};
use super::rule::RankedTable;

/// Scores within this distance are tied. Scores are sums of at most a few thousand logarithms of
/// size at most about 20, whose rounding stays under 1e-10.
pub(crate) const SCORE_TIE: f64 = 1e-9;

/// The classifier of one table: what is the same for all labelings, and memory for one.
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

/// Classes at once: what the compiler makes vectors of.
type Lanes = [f64; LANES];
const LANES: usize = 4;

/// Log-likelihoods of the classes, in lanes padded with classes that never win.
#[derive(Debug)]
pub(crate) struct Scores {
    n_classes: usize,
    /// Lanes for each feature.
    groups: usize,
    /// What holding a feature adds, feature by feature.
    gain: Vec<Lanes>,
    /// The score of an input without any feature.
    base: Vec<Lanes>,
}

impl Scores {
    pub(crate) fn new(features: usize, n_classes: usize) -> Self {
        let groups = n_classes.div_ceil(LANES);
        Self {
            n_classes,
            groups,
            gain: vec![[0.0; LANES]; features * groups],
            base: vec![[f64::NEG_INFINITY; LANES]; groups],
        }
    }

    /// Fits the profiles to the fitting inputs in `tally`.
    pub(crate) fn fit(&mut self, tally: &Tally, fit_counts: &[u32], ln: &[f64]) {
        let base = &mut self.base.as_flattened_mut()[..self.n_classes];
        let features = (self.gain.len() / self.groups) as f64;
        for (base, &n) in base.iter_mut().zip(fit_counts) {
            *base = -features * ln[n as usize + 2];
        }
        let gains = self.gain.as_flattened_mut();
        let gains = gains.chunks_exact_mut(self.groups * LANES);
        for ((members, _), gain) in tally.rows().zip(gains) {
            let classes = members.iter().zip(fit_counts);
            for ((gain, base), (&with, &all)) in gain.iter_mut().zip(&mut *base).zip(classes) {
                let without = (all - with) as usize;
                *base += ln[without + 1];
                *gain = ln[with as usize + 1] - ln[without + 1];
            }
        }
    }

    /// Calls `visit(input, class, scores)` for each input.
    pub(crate) fn of_each<C: Code>(
        &self,
        inputs: &[u32],
        memberships: &Memberships,
        codes: &[C],
        mut visit: impl FnMut(u32, usize, &[f64]),
    ) {
        let class = |input: u32| codes[input as usize].get() - self.n_classes;
        let mut each = |input: u32, scores: &[f64]| visit(input, class(input), scores);
        match self.groups {
            1 => self.narrow::<1>(inputs, memberships, &mut each),
            2 => self.narrow::<2>(inputs, memberships, &mut each),
            3 => self.narrow::<3>(inputs, memberships, &mut each),
            4 => self.narrow::<4>(inputs, memberships, &mut each),
            _ => self.wide(inputs, memberships, &mut each),
        }
    }

    /// Few classes: their scores stay in registers.
    fn narrow<const G: usize>(
        &self,
        inputs: &[u32],
        memberships: &Memberships,
        each: &mut impl FnMut(u32, &[f64]),
    ) {
        let (gains, _) = self.gain.as_chunks::<G>();
        let &[base] = self.base.as_chunks::<G>().0 else {
            return;
        };
        for &input in inputs {
            let mut scores = [[0.0; LANES]; G];
            memberships.for_each(input, |f| add(&mut scores, &gains[f]));
            add(&mut scores, &base);
            each(input, scores.as_flattened());
        }
    }

    /// Any number of classes.
    fn wide(&self, inputs: &[u32], memberships: &Memberships, each: &mut impl FnMut(u32, &[f64])) {
        let mut scores = vec![[0.0; LANES]; self.groups];
        for &input in inputs {
            scores.fill([0.0; LANES]);
            memberships.for_each(input, |f| {
                add(
                    &mut scores,
                    &self.gain[f * self.groups..(f + 1) * self.groups],
                );
            });
            add(&mut scores, &self.base);
            each(input, scores.as_flattened());
        }
    }
}

#[inline]
fn add(sums: &mut [Lanes], terms: &[Lanes]) {
    for (sum, term) in sums.iter_mut().zip(terms) {
        for (s, t) in sum.iter_mut().zip(term) {
            *s += t;
        }
    }
}

/// The class of the highest score, the lowest index among ties: going up from class 0, one that is
/// higher by more than a tie takes over.
pub(crate) fn best(scores: &[f64]) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (c, &score) in scores.iter().enumerate() {
        if score > best.1 + SCORE_TIE {
            best = (c, score);
        }
    }
    best.0
}

/// Whether `class` is the [`best`], without a branch for each score.
#[inline]
pub(crate) fn is_best(scores: &[f64], class: usize) -> bool {
    let larger = |a: f64, b: f64| if a > b { a } else { b };
    let highest = scores.iter().fold(f64::NEG_INFINITY, |m, &s| larger(m, s));
    // The best is within a tie of the highest. So what is not within two never wins, and one that
    // is there alone always does.
    let near = highest - 2.0 * SCORE_TIE;
    if scores[class] < near {
        return false;
    }
    let contenders = scores.iter().filter(|&&s| s >= near).count();
    contenders == 1 || best(scores) == class
}

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

/// Feature x code counts of the hyperedges of all inputs, then of those with refitted thresholds.
#[derive(Debug)]
pub(crate) struct Tally {
    n_classes: usize,
    counts: Vec<u32>,
}

impl Tally {
    pub(crate) fn new(features: usize, n_classes: usize) -> Self {
        Self {
            n_classes,
            counts: vec![0; features * 2 * n_classes],
        }
    }

    /// Counts the hyperedges with all inputs as reference.
    pub(crate) fn fill<C: Code>(&mut self, table: &RankedTable, codes: &[C]) {
        self.counts.fill(0);
        let rows = self.counts.chunks_exact_mut(2 * self.n_classes);
        for (row, column) in rows.zip(&table.columns) {
            for &input in column.members() {
                row[codes[input as usize].get()] += 1;
            }
        }
    }

    /// Adds `step` (1, or -1 in wrapping arithmetic) for each of the inputs to one feature.
    pub(crate) fn shift<C: Code>(
        &mut self,
        feature: usize,
        inputs: &[u32],
        codes: &[C],
        step: u32,
    ) {
        let n_codes = 2 * self.n_classes;
        let row = &mut self.counts[feature * n_codes..(feature + 1) * n_codes];
        for &input in inputs {
            let count = &mut row[codes[input as usize].get()];
            *count = count.wrapping_add(step);
        }
    }

    /// For each feature, the counts of fitting and of held-out inputs, class by class.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&[u32], &[u32])> {
        let rows = self.counts.chunks_exact(2 * self.n_classes);
        rows.map(|row| row.split_at(self.n_classes))
    }

    /// Fitting inputs of one feature, class by class.
    pub(crate) fn fitting(&self, feature: usize) -> &[u32] {
        let start = feature * 2 * self.n_classes;
        &self.counts[start..start + self.n_classes]
    }
}

/// The number: the class for a fitting input, the class plus the number of classes for one held
/// out. Small types keep all inputs in the nearest cache.
pub(crate) trait Code: Copy + Send + Sync + Debug {
    fn new(code: u32) -> Self;
    fn get(self) -> usize;
}

impl Code for u8 {
    fn new(code: u32) -> Self {
        code as u8
    }

    fn get(self) -> usize {
        usize::from(self)
    }
}

impl Code for u32 {
    fn new(code: u32) -> Self {
        code
    }

    fn get(self) -> usize {
        self as usize
    }
}

/// Whether `u8` can hold every code.
pub(crate) fn fits_u8(n_classes: usize) -> bool {
    2 * n_classes <= 1 + usize::from(u8::MAX)
}

/// One code per input, for the labels and the split as given.
pub(crate) fn codes<C: Code>(labels: &Labels, split: &Split) -> Vec<C> {
    let held_out = labels.n_classes() as u32;
    labels
        .class_of()
        .iter()
        .zip(&split.is_fit)
        .map(|(&class, &is_fit)| C::new(if is_fit { class } else { class + held_out }))
        .collect()
}

/// ln 0, .., ln(inputs + 2): the first is not to be read.
pub(crate) fn logarithms(inputs: usize) -> Vec<f64> {
    (0..inputs + 3).map(|x| (x as f64).ln()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_go_to_the_lowest_class() {
        assert_eq!(best(&[-3.0, -1.0, -1.0 + 1e-12, -2.0]), 1);
        assert_eq!(best(&[-1.0, -1.0 + 2e-9]), 1);
        assert_eq!(best(&[-5.0, f64::NEG_INFINITY]), 0);
    }

    #[test]
    fn the_shortcut_agrees_with_the_walk() {
        // Steps of a third of a tie around a plateau: chains of ties, of all shapes.
        for shape in 0..4_u32.pow(6) {
            let scores: Vec<f64> = (0..6)
                .map(|c| -7.0 + f64::from(shape / 4_u32.pow(c) % 4) * SCORE_TIE * 2.0 / 3.0)
                .collect();
            let walked = best(&scores);
            for class in 0..6 {
                assert_eq!(is_best(&scores, class), class == walked, "{scores:?}");
            }
        }
    }
}
