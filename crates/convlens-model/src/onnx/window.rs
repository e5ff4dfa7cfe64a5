//! Sliding windows: the attributes that convolutions and poolings share.

use super::proto::NodeProto;

/// Strides, dilations and padding of a convolution or pooling node.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Window {
    pub(crate) size: Vec<usize>,
    pub(crate) stride: Vec<usize>,
    pub(crate) dilation: Vec<usize>,
    /// Begin and end of every axis.
    pub(crate) padding: Vec<(usize, usize)>,
    /// Padding follows from an input size that is not known; `padding` is that of stride 1.
    pub(crate) padding_assumed: bool,
    ceil: bool,
}

impl Window {
    /// Reads a node's window. `input` is the spatial size of its input, where known: `auto_pad`
    /// needs it.
    pub(crate) fn of(
        node: &NodeProto,
        size: &[usize],
        input: Option<&[usize]>,
    ) -> Result<Window, String> {
        let dims = size.len();
        let stride = node.counts("strides", dims, 1)?;
        let dilation = node.counts("dilations", dims, 1)?;
        if let Some(bad) = ["strides", "dilations"]
            .iter()
            .zip([&stride, &dilation])
            .find(|(_, v)| v.contains(&0))
        {
            return Err(format!("attribute `{}` holds 0", bad.0));
        }
        let (padding, padding_assumed) = match node.text("auto_pad").unwrap_or("NOTSET") {
            "NOTSET" => {
                let pads = node.counts("pads", 2 * dims, 0)?;
                (
                    (0..dims).map(|i| (pads[i], pads[dims + i])).collect(),
                    false,
                )
            }
            "VALID" => (vec![(0, 0); dims], false),
            same @ ("SAME_UPPER" | "SAME_LOWER") => {
                let pads = (0..dims).map(|i| {
                    let reach = dilation[i].saturating_mul(size[i] - 1);
                    let total = match input.map(|n| n[i]) {
                        Some(n) => n
                            .div_ceil(stride[i])
                            .saturating_sub(1)
                            .saturating_mul(stride[i])
                            .saturating_add(reach + 1)
                            .saturating_sub(n),
                        None => reach,
                    };
                    let half = total / 2;
                    if same == "SAME_UPPER" {
                        (half, total - half)
                    } else {
                        (total - half, half)
                    }
                });
                let assumed = input.is_none() && stride.iter().any(|&s| s > 1);
                (pads.collect(), assumed)
            }
            other => return Err(format!("attribute `auto_pad` is `{other}`")),
        };
        let ceil = node.int("ceil_mode") == Some(1);
        Ok(Window {
            size: size.to_vec(),
            stride,
            dilation,
            padding,
            padding_assumed,
            ceil,
        })
    }

    /// The number of positions along axis `i` for an input of `n`; `None` where the window does
    /// not fit.
    pub(crate) fn positions(&self, i: usize, n: usize) -> Option<usize> {
        let (begin, end) = self.padding[i];
        let reach = self.dilation[i]
            .checked_mul(self.size[i].checked_sub(1)?)?
            .checked_add(1)?;
        let room = n.checked_add(begin)?.checked_add(end)?.checked_sub(reach)?;
        let steps = if self.ceil {
            room.div_ceil(self.stride[i])
        } else {
            room / self.stride[i]
        };
        // With `ceil_mode`, a window may not start beyond the input and its leading padding.
        let beyond = self.ceil && steps * self.stride[i] >= n + begin;
        Some(if beyond { steps } else { steps + 1 })
    }

    /// The size of a transposed convolution's output along axis `i` for an input of `n`.
    pub(crate) fn transposed_size(
        &self,
        i: usize,
        n: usize,
        output_padding: usize,
    ) -> Option<usize> {
        let (begin, end) = self.padding[i];
        let spread = self.stride[i].checked_mul(n.checked_sub(1)?)?;
        let reach = self.dilation[i]
            .checked_mul(self.size[i].checked_sub(1)?)?
            .checked_add(1)?;
        spread
            .checked_add(reach)?
            .checked_add(output_padding)?
            .checked_sub(begin.checked_add(end)?)
    }
}
