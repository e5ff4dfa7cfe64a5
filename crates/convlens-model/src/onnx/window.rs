//! Sliding windows: strides, dilations and padding of convolutions, poolings and transposed
//! convolutions, whose `auto_pad` and `output_shape` become padding.

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

/// The window of a `ConvTranspose` node, and what decides its output's size.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Transposed {
    pub(crate) window: Window,
    pub(crate) output_padding: Vec<usize>,
    output_shape: Option<Vec<usize>>,
}

impl Transposed {
    /// Reads a node's window. `input` is the spatial size of its input, where known.
    ///
    /// What is cut off the full output, `s (n - 1) + output_padding + extent`, is its excess over
    /// `output_shape` where that is given, and over `n s` for `SAME_UPPER` and `SAME_LOWER` (ONNX,
    /// operator `ConvTranspose`). The latter does not depend on `n`; it also stands in for the
    /// former where `n` is not known.
    pub(crate) fn of(
        node: &NodeProto,
        size: &[usize],
        input: Option<&[usize]>,
    ) -> Result<Transposed, String> {
        let dims = size.len();
        let mut window = Window::explicit(node, size)?;
        let mut output_padding = node.counts("output_padding", dims, 0)?;
        let output_shape = output_shape(node, dims)?;
        let auto_pad = AutoPad::of(node)?;
        let same = matches!(auto_pad, AutoPad::SameUpper | AutoPad::SameLower);
        if same || output_shape.is_some() {
            let overflow = || "the size of its output overflows".to_owned();
            for i in 0..dims {
                let (stride, extra) = (window.stride[i], output_padding[i]);
                let reach = window.extent[i].checked_add(extra).ok_or_else(overflow)?;
                let total = match (&output_shape, input) {
                    (Some(out), Some(n)) => {
                        let full = full(stride, n[i], reach).ok_or_else(overflow)?;
                        // What lies beyond the full output is output padding.
                        output_padding[i] = extra
                            .checked_add(out[i].saturating_sub(full))
                            .ok_or_else(overflow)?;
                        full.saturating_sub(out[i])
                    }
                    _ => reach.saturating_sub(stride),
                };
                window.padding[i] = auto_pad.split(total);
            }
            window.padding_assumed = output_shape.is_some() && input.is_none();
        }
        Ok(Transposed {
            window,
            output_padding,
            output_shape,
        })
    }

    /// The output's size along axis `i` for an input of `n`.
    pub(crate) fn size(&self, i: usize, n: Option<usize>) -> Option<usize> {
        if let Some(out) = &self.output_shape {
            return Some(out[i]);
        }
        let (begin, end) = self.window.padding[i];
        let reach = self.window.extent[i].checked_add(self.output_padding[i])?;
        full(self.window.stride[i], n?, reach)?.checked_sub(begin.checked_add(end)?)
    }
}

/// The size of the output before anything is cut off.
fn full(stride: usize, n: usize, reach: usize) -> Option<usize> {
    stride.checked_mul(n.checked_sub(1)?)?.checked_add(reach)
}

/// The spatial sizes of `output_shape`, before which batch and channels may stand.
fn output_shape(node: &NodeProto, dims: usize) -> Result<Option<Vec<usize>>, String> {
    let Some(list) = node.ints("output_shape") else {
        return Ok(None);
    };
    let all = node.counts("output_shape", list.len(), 0)?;
    match all.len().checked_sub(dims) {
        Some(before @ (0 | 2)) => Ok(Some(all[before..].to_vec())),
        _ => Err(format!(
            "attribute `output_shape` has {} entries for {dims} axes",
            all.len()
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::build::{int, ints, node, text};
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
            int("ceil_mode", 1),
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

    type Case = (
        (usize, i64, i64, usize, i64),
        &'static str,
        Option<i64>,
        (usize, usize),
        usize,
    );

    /// `(k, stride, dilation, n, output_padding)`, `auto_pad`, `output_shape`, and then the padding
    /// and output size of onnxruntime 1.32.0: the padding is where its output lies within the full
    /// transposed convolution of random numbers, summed term by term in NumPy.
    const REFERENCE: [Case; 26] = [
        ((3, 2, 1, 4, 0), "SAME_UPPER", None, (0, 1), 8),
        ((3, 2, 1, 5, 0), "SAME_UPPER", None, (0, 1), 10),
        ((3, 2, 1, 5, 1), "SAME_UPPER", None, (1, 1), 10),
        ((4, 2, 1, 5, 0), "SAME_UPPER", None, (1, 1), 10),
        ((5, 3, 1, 5, 1), "SAME_UPPER", None, (1, 2), 15),
        ((2, 3, 1, 4, 0), "SAME_UPPER", None, (0, 0), 11),
        ((1, 2, 1, 5, 0), "SAME_UPPER", None, (0, 0), 9),
        ((3, 2, 2, 4, 0), "SAME_UPPER", None, (1, 2), 8),
        ((4, 1, 1, 5, 0), "SAME_UPPER", None, (1, 2), 5),
        ((3, 2, 1, 4, 0), "SAME_LOWER", None, (1, 0), 8),
        ((3, 2, 1, 5, 1), "SAME_LOWER", None, (1, 1), 10),
        ((5, 3, 1, 5, 1), "SAME_LOWER", None, (2, 1), 15),
        ((2, 3, 1, 4, 0), "SAME_LOWER", None, (0, 0), 11),
        ((3, 2, 2, 4, 0), "SAME_LOWER", None, (2, 1), 8),
        ((4, 1, 1, 5, 0), "SAME_LOWER", None, (2, 1), 5),
        ((4, 2, 1, 5, 0), "NOTSET", Some(9), (2, 1), 9),
        ((3, 2, 1, 5, 0), "NOTSET", Some(10), (1, 0), 10),
        ((4, 2, 1, 5, 1), "NOTSET", Some(8), (3, 2), 8),
        ((4, 2, 1, 5, 0), "NOTSET", Some(12), (0, 0), 12),
        ((4, 2, 1, 5, 0), "SAME_UPPER", Some(9), (1, 2), 9),
        ((3, 2, 1, 5, 0), "SAME_UPPER", Some(10), (0, 1), 10),
        ((4, 2, 1, 5, 1), "SAME_UPPER", Some(8), (2, 3), 8),
        ((4, 2, 1, 5, 0), "SAME_LOWER", Some(9), (2, 1), 9),
        ((4, 2, 1, 5, 1), "SAME_LOWER", Some(8), (3, 2), 8),
        ((4, 2, 1, 5, 0), "VALID", Some(9), (2, 1), 9),
        ((4, 2, 1, 5, 1), "VALID", Some(8), (3, 2), 8),
    ];

    fn read(case: &Case, input: Option<&[usize]>) -> Transposed {
        let &((k, stride, dilation, _, extra), auto_pad, out, ..) = case;
        let attributes = [
            ints("strides", &[stride]),
            ints("dilations", &[dilation]),
            ints("output_padding", &[extra]),
            text("auto_pad", auto_pad),
            ints("output_shape", out.as_slice()),
        ];
        let node = node("ConvTranspose", &["x", "w"], &["y"], &attributes);
        Transposed::of(&node, &[k], input).unwrap()
    }

    #[test]
    fn padding_and_size_are_those_of_onnxruntime() {
        for case in &REFERENCE {
            let &((.., n, _), _, out, padding, size) = case;
            let known = read(case, Some(&[n]));
            assert_eq!(known.window.padding, [padding], "{case:?}");
            assert_eq!(known.size(0, Some(n)), Some(size), "{case:?}");
            assert!(!known.window.padding_assumed);
            // Without the input's size, SAME stays exact and only `output_shape` is assumed.
            let unknown = read(case, None);
            assert_eq!(unknown.window.padding_assumed, out.is_some());
            if out.is_none() {
                assert_eq!(unknown.window.padding, [padding], "{case:?}");
            }
        }
    }

    #[test]
    fn an_output_beyond_the_full_one_is_output_padding() {
        let case = ((4, 2, 1, 5, 0), "NOTSET", Some(14), (0, 0), 14);
        let read = read(&case, Some(&[5]));
        assert_eq!(read.window.padding, [(0, 0)]);
        assert_eq!(
            (read.output_padding[0], read.size(0, Some(5))),
            (2, Some(14))
        );
    }
}
