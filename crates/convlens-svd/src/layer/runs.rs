//! Which input sample each output sample reads through a tap, along one axis.

use crate::PaddingMode;

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

/// The runs of one tap: output `j` reads the padded position `stride j + offset`, `offset = dilation p - begin`.
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
