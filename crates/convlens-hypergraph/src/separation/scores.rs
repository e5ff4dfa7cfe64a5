//! The score of every class for every held-out input.

use super::arrangement::Code;
use super::classifier::SCORE_TIE;
use super::memberships::Memberships;
use super::tally::Tally;

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
