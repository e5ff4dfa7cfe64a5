//! Sliding windows: the attributes that convolutions and poolings share.

use super::proto::NodeProto;

/// Strides, dilations and padding of a convolution or pooling node.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Window {
    /// From the first to the last element of the dilated kernel, both included.
    pub(crate) extent: Vec<usize>,
    pub(crate) stride: Vec<usize>,
    pub(crate) dilation: Vec<usize>,
    /// Begin and end of every axis.
    pub(crate) padding: Vec<(usize, usize)>,
    /// Padding follows from an input size that is not known.
    pub(crate) padding_assumed: bool,
    ceil: bool,
}

/// How a node asks for its padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AutoPad {
    NotSet,
    Valid,
    SameUpper,
    SameLower,
}

impl AutoPad {
    pub(crate) fn of(node: &NodeProto) -> Result<AutoPad, String> {
        match node.text("auto_pad").unwrap_or("NOTSET") {
            "NOTSET" => Ok(AutoPad::NotSet),
            "VALID" => Ok(AutoPad::Valid),
            "SAME_UPPER" => Ok(AutoPad::SameUpper),
            "SAME_LOWER" => Ok(AutoPad::SameLower),
            other => Err(format!("attribute `auto_pad` is `{other}`")),
        }
    }

    /// Splits a total: an odd element goes to the end for `SAME_UPPER`, to the beginning otherwise.
    pub(crate) fn split(self, total: usize) -> (usize, usize) {
        let half = total / 2;
        match self {
            AutoPad::SameUpper => (half, total - half),
            _ => (total - half, half),
        }
    }
}

impl Window {
    /// Reads a node's window. `input` is the spatial size of its input, where known: `auto_pad`
    /// needs it, and assumes stride 1 without.
    pub(crate) fn of(
        node: &NodeProto,
        size: &[usize],
        input: Option<&[usize]>,
    ) -> Result<Window, String> {
        let mut window = Window::explicit(node, size)?;
        let auto_pad = AutoPad::of(node)?;
        if matches!(auto_pad, AutoPad::SameUpper | AutoPad::SameLower) {
            let total = |i: usize| match input.map(|n| n[i]) {
                Some(n) => n
                    .div_ceil(window.stride[i])
                    .saturating_sub(1)
                    .saturating_mul(window.stride[i])
                    .saturating_add(window.extent[i])
                    .saturating_sub(n),
                None => window.extent[i] - 1,
            };
            window.padding = (0..size.len()).map(|i| auto_pad.split(total(i))).collect();
            window.padding_assumed = input.is_none() && window.stride.iter().any(|&s| s > 1);
        }
        Ok(window)
    }

    /// The window with the padding that is written in the node, none where `auto_pad` is set.
    pub(crate) fn explicit(node: &NodeProto, size: &[usize]) -> Result<Window, String> {
        let dims = size.len();
        let stride = node.counts("strides", dims, 1)?;
        let dilation = node.counts("dilations", dims, 1)?;
        for (name, list) in [("strides", &stride), ("dilations", &dilation)] {
            if list.contains(&0) {
                return Err(format!("attribute `{name}` holds 0"));
            }
        }
        let extent = size.iter().zip(&dilation).map(|(&k, &d)| {
            k.checked_sub(1)
                .and_then(|steps| d.checked_mul(steps)?.checked_add(1))
                .ok_or_else(|| format!("attribute `dilations` holds {d} for a kernel of {k}"))
        });
        let extent = extent.collect::<Result<_, _>>()?;
        let padding = if AutoPad::of(node)? == AutoPad::NotSet {
            let pads = node.counts("pads", 2 * dims, 0)?;
            (0..dims).map(|i| (pads[i], pads[dims + i])).collect()
        } else {
            vec![(0, 0); dims]
        };
        Ok(Window {
            extent,
            stride,
            dilation,
            padding,
            padding_assumed: false,
            ceil: node.int("ceil_mode") == Some(1),
        })
    }

    /// The number of positions along axis `i` for an input of `n`; `None` where the window does
    /// not fit.
    pub(crate) fn positions(&self, i: usize, n: usize) -> Option<usize> {
        let (begin, end) = self.padding[i];
        let padded = n.checked_add(begin)?.checked_add(end)?;
        let room = padded.checked_sub(self.extent[i])?;
        let steps = if self.ceil {
            room.div_ceil(self.stride[i])
        } else {
            room / self.stride[i]
        };
        // With `ceil_mode`, a window may not start beyond the input and its leading padding.
        let beyond = self.ceil && steps.saturating_mul(self.stride[i]) >= n + begin;
        Some(if beyond { steps } else { steps + 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::build::{ints, node, text};
    use super::*;

    #[test]
    fn a_dilation_that_overflows_is_named() {
        for auto_pad in ["NOTSET", "SAME_UPPER"] {
            let attributes = [
                ints("dilations", &[i64::MAX, 1]),
                text("auto_pad", auto_pad),
            ];
            let conv = node("Conv", &["x", "w"], &["y"], &attributes);
            let reason = Window::of(&conv, &[4, 1], Some(&[8, 8])).unwrap_err();
            assert!(
                reason.contains("`dilations` holds 9223372036854775807"),
                "{reason}"
            );
        }
    }

    #[test]
    fn a_ceiling_that_overflows_is_no_panic() {
        let attributes = [
            ints("strides", &[i64::MAX - 1]),
            ints("pads", &[i64::MAX, 2]),
            super::super::build::int("ceil_mode", 1),
        ];
        let pool = node("MaxPool", &["x"], &["y"], &attributes);
        let window = Window::of(&pool, &[1], None).unwrap();
        // Room 2^64 - 2 in strides of 2^63 - 2: two steps, and a third that starts beyond.
        assert_eq!(window.positions(0, usize::MAX / 2 - 1), Some(3));
    }

    #[test]
    fn an_empty_auto_pad_is_not_set() {
        let attributes = [text("auto_pad", ""), ints("pads", &[1, 2])];
        let conv = node("Conv", &["x", "w"], &["y"], &attributes);
        assert_eq!(Window::of(&conv, &[3], None).unwrap().padding, [(1, 2)]);
    }
}
