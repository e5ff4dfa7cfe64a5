//! The nearest-class-profile classifier, without its public face.

use super::IncidenceRule;
use super::ranking::RankedTable;

/// Scores within this distance are tied. Scores are sums of at most a few thousand logarithms of
/// size at most about 20, whose rounding stays under 1e-10.
pub(crate) const SCORE_TIE: f64 = 1e-9;

/// A labelled, split set of inputs, as the classifier sees it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample<'a> {
    pub(crate) class_of: &'a [u32],
    pub(crate) is_fit: &'a [bool],
    pub(crate) n_fit: usize,
    /// Fitting inputs per class, all at least 1.
    pub(crate) fit_counts: &'a [u32],
}

/// Reusable memory of the classifier.
#[derive(Debug)]
pub(crate) struct Classifier {
    /// ln(0..): `ln[0]` is never read.
    ln: Vec<f64>,
    n_classes: usize,
    /// Fitting members of the current feature, per class.
    members: Vec<u32>,
    /// What holding the current feature adds to the score of each class.
    gain: Vec<f64>,
    /// The score of an input without any feature, per class.
    base: Vec<f64>,
    /// What held features add: `scores[input * n_classes + class]`.
    scores: Vec<f64>,
}

impl Classifier {
    pub(crate) fn new(inputs: usize, n_classes: usize) -> Self {
        Self {
            ln: (0..inputs + 3).map(|x| (x as f64).ln()).collect(),
            n_classes,
            members: vec![0; n_classes],
            gain: vec![0.0; n_classes],
            base: vec![0.0; n_classes],
            scores: vec![0.0; inputs * n_classes],
        }
    }

    /// Fits thresholds and profiles on the fitting inputs and calls `visit(input, class)` with the
    /// predicted class of each held-out input, in order.
    pub(crate) fn predict(
        &mut self,
        table: &RankedTable,
        rule: IncidenceRule,
        sample: Sample<'_>,
        mut visit: impl FnMut(usize, u32),
    ) {
        let k = self.n_classes;
        let is_fit = |input: u32| sample.is_fit[input as usize];
        self.scores.fill(0.0);
        for (base, &n) in self.base.iter_mut().zip(sample.fit_counts) {
            *base = -(table.features() as f64) * self.ln[n as usize + 2];
        }
        for f in 0..table.features() {
            let edge = table.members(f, rule, sample.n_fit, is_fit);
            self.members.fill(0);
            for &input in edge {
                if is_fit(input) {
                    self.members[sample.class_of[input as usize] as usize] += 1;
                }
            }
            for c in 0..k {
                let with = self.members[c] as usize;
                let without = sample.fit_counts[c] as usize - with;
                self.base[c] += self.ln[without + 1];
                self.gain[c] = self.ln[with + 1] - self.ln[without + 1];
            }
            for &input in edge {
                if !is_fit(input) {
                    let row = &mut self.scores[input as usize * k..(input as usize + 1) * k];
                    for (score, gain) in row.iter_mut().zip(&self.gain) {
                        *score += gain;
                    }
                }
            }
        }
        for (input, &fit) in sample.is_fit.iter().enumerate() {
            if !fit {
                visit(input, self.best(&self.scores[input * k..(input + 1) * k]));
            }
        }
    }

    /// The class of the highest score, the lowest index among ties.
    fn best(&self, scores: &[f64]) -> u32 {
        let mut best = (0, f64::NEG_INFINITY);
        for (c, (score, base)) in scores.iter().zip(&self.base).enumerate() {
            let total = score + base;
            if total > best.1 + SCORE_TIE {
                best = (c, total);
            }
        }
        best.0 as u32
    }
}
