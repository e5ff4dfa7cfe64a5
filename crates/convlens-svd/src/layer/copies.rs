//! Which fine samples a range of coarse positions reads through a tap, as a list of strided copies.

use super::axis::Axis;

/// Positions `to..to + len` of the range read fine samples `from, from + step, ..`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Copy {
    to: usize,
    from: usize,
    len: usize,
    step: isize,
}

impl Copy {
    /// `patch[to..] = plane[from..]`.
    pub(super) fn read(&self, plane: &[f64], patch: &mut [f64]) {
        let patch = &mut patch[self.to..][..self.len];
        if self.step == 1 {
            patch.copy_from_slice(&plane[self.from..][..self.len]);
        } else {
            let entries = patch.iter_mut().enumerate();
            entries.for_each(|(i, p)| *p = plane[self.at(i)]);
        }
    }

    /// `plane[from..] += patch[to..]`.
    pub(super) fn add(&self, patch: &[f64], plane: &mut [f64]) {
        let patch = &patch[self.to..][..self.len];
        if self.step == 1 {
            let plane = &mut plane[self.from..][..self.len];
            plane.iter_mut().zip(patch).for_each(|(x, p)| *x += p);
        } else {
            let entries = patch.iter().enumerate();
            entries.for_each(|(i, p)| plane[self.at(i)] += p);
        }
    }

    fn at(&self, i: usize) -> usize {
        (self.from as isize + self.step * i as isize) as usize
    }
}

/// The copies of the flat coarse positions `start..end` through one tap. Positions in no copy read padding.
pub(super) fn copies(axes: &[Axis; 3], tap: [usize; 3], start: usize, end: usize) -> Vec<Copy> {
    let [outer, middle, inner] = axes;
    let width = inner.coarse;
    let mut out = Vec::new();
    for line in start / width..end.div_ceil(width) {
        let source = outer.source(tap[0], line / middle.coarse);
        let Some((a, b)) = source.zip(middle.source(tap[1], line % middle.coarse)) else {
            continue;
        };
        let base = (a * middle.fine + b) * inner.fine;
        let first = start.saturating_sub(line * width);
        let last = width.min(end - line * width);
        for run in &inner.taps[tap[2]] {
            let (from, to) = (run.to.max(first), (run.to + run.len).min(last));
            if from < to {
                out.push(Copy {
                    to: line * width + from - start,
                    from: base + run.at(from - run.to),
                    len: to - from,
                    step: run.step,
                });
            }
        }
    }
    out
}
