//! One axis of a layer: its two lengths, and which input sample each output sample reads.

use crate::geometry::PaddingMode;

/// The fine length (what the forward reading of the kernel reads), the coarse one (what it writes),
/// and the runs of each tap.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub(super) fine: usize,
    pub(super) coarse: usize,
    pub(super) taps: Vec<Vec<Run>>,
}

/// Stride, dilation and padding at the beginning of one axis.
#[derive(Debug, Clone, Copy)]
pub(super) struct Steps {
    pub(super) stride: usize,
    pub(super) dilation: usize,
    pub(super) begin: usize,
}

impl Axis {
    /// An axis of one position and one tap.
    pub(super) fn trivial() -> Self {
        let run = Run {
            to: 0,
            from: 0,
            len: 1,
            step: 0,
        };
        Self {
            fine: 1,
            coarse: 1,
            taps: vec![vec![run]],
        }
    }

    pub(super) fn new(
        fine: usize,
        coarse: usize,
        size: usize,
        steps: Steps,
        mode: PaddingMode,
    ) -> Self {
        let offset = |tap| steps.dilation as i128 * tap as i128 - steps.begin as i128;
        let taps = (0..size)
            .map(|tap| runs(fine, coarse, steps.stride, offset(tap), mode))
            .collect();
        Self { fine, coarse, taps }
    }

    /// The fine position that coarse position `to` reads through a tap, if any.
    pub(super) fn source(&self, tap: usize, to: usize) -> Option<usize> {
        let runs = &self.taps[tap];
        let run = runs[..runs.partition_point(|run| run.to <= to)].last()?;
        (to < run.to + run.len).then(|| run.at(to - run.to))
    }
}

/// The number of taps of three axes, and the triple of taps at a row-major index.
pub(super) fn taps(axes: &[Axis; 3]) -> usize {
    axes.iter().map(|axis| axis.taps.len()).product()
}

pub(super) fn tap_at(axes: &[Axis; 3], mut index: usize) -> [usize; 3] {
    let mut tap = [0; 3];
    for (tap, axis) in tap.iter_mut().zip(axes).rev() {
        *tap = index % axis.taps.len();
        index /= axis.taps.len();
    }
    tap
}

/// Consecutive outputs `to..to + len` read inputs `from, from + step, ..`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Run {
    pub(super) to: usize,
    pub(super) from: usize,
    pub(super) len: usize,
    pub(super) step: isize,
}

impl Run {
    /// Input sample of the `i`-th output.
    pub(super) fn at(&self, i: usize) -> usize {
        (self.from as isize + self.step * i as isize) as usize
    }
}

/// The runs of one tap: output `j` reads the padded position `stride j + offset`,
/// `offset = dilation p - begin`.
pub(super) fn runs(n: usize, m: usize, stride: usize, offset: i128, mode: PaddingMode) -> Vec<Run> {
    let mut out: Vec<Run> = Vec::new();
    for to in 0..m {
        let Some(from) = source(stride as i128 * to as i128 + offset, n as i128, mode) else {
            continue;
        };
        if let Some(run) = out.last_mut() {
            let adjacent = run.to + run.len == to;
            let jump = from as isize - (run.from as isize + run.step * (run.len as isize - 1));
            if adjacent && (run.len == 1 || jump == run.step) {
                run.step = jump;
                run.len += 1;
                continue;
            }
        }
        out.push(Run {
            to,
            from,
            len: 1,
            step: 0,
        });
    }
    out
}

fn source(x: i128, n: i128, mode: PaddingMode) -> Option<usize> {
    let at = match mode {
        _ if (0..n).contains(&x) => x,
        PaddingMode::Zeros => return None,
        PaddingMode::Circular => x.rem_euclid(n),
        PaddingMode::Replicate => x.clamp(0, n - 1),
        PaddingMode::Reflect if n == 1 => 0,
        PaddingMode::Reflect => {
            let x = x.rem_euclid(2 * (n - 1));
            x.min(2 * (n - 1) - x)
        }
    };
    Some(at as usize)
}

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

/// The copies of the flat coarse positions `start..end` through one tap. Positions in no copy read
/// padding.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(
        n: usize,
        m: usize,
        stride: usize,
        offset: i128,
        mode: PaddingMode,
    ) -> Vec<Option<usize>> {
        let mut out = vec![None; m];
        for run in runs(n, m, stride, offset, mode) {
            for i in 0..run.len {
                out[run.to + i] = Some((run.from as isize + run.step * i as isize) as usize);
            }
        }
        out
    }

    #[test]
    fn padding_modes_read_what_pytorch_reads() {
        let all = |v: &[usize]| v.iter().map(|&i| Some(i)).collect::<Vec<_>>();
        let zeros = read(4, 8, 1, -2, PaddingMode::Zeros);
        assert_eq!(zeros[1], None);
        assert_eq!(zeros[2..6], all(&[0, 1, 2, 3])[..]);
        assert_eq!(
            read(4, 8, 1, -2, PaddingMode::Circular),
            all(&[2, 3, 0, 1, 2, 3, 0, 1])
        );
        assert_eq!(
            read(4, 8, 1, -2, PaddingMode::Reflect),
            all(&[2, 1, 0, 1, 2, 3, 2, 1])
        );
        assert_eq!(
            read(4, 8, 1, -2, PaddingMode::Replicate),
            all(&[0, 0, 0, 1, 2, 3, 3, 3])
        );
        assert_eq!(read(5, 3, 2, -1, PaddingMode::Circular), all(&[4, 1, 3]));
        assert_eq!(
            runs(9, 4, 2, 1, PaddingMode::Zeros),
            [Run {
                to: 0,
                from: 1,
                len: 4,
                step: 2
            }]
        );
    }
}
