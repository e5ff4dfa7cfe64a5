//! What an image excites: one map for each singular direction.

use super::LayerSvd;
use crate::parallel::map_ordered;
use crate::{ConvLayer, SvdError};

impl LayerSvd {
    /// The signals of an activation, `U^T (y - b)`: one map for each singular direction, from the layer's output.
    ///
    /// Praggastis et al. 2022 (arXiv 2208.06894). They equal [`LayerSvd::input_signals`] of the layer's input, as
    /// `y - b = U (S V^T * x)` and `U` has orthonormal columns; for every padding mode, and for transposed layers.
    ///
    /// # Conventions
    /// `y` is row-major `[c_out, positions..]`, the layer's output before its nonlinearity; `bias` has one entry for each output channel.
    /// The result is `[direction, positions..]`, the directions in the order of [`LayerSvd::singular_values`]. A grouped
    /// layer's direction reads the channels of its group only.
    ///
    /// # Errors
    /// [`SvdError::SignalChannels`] if the length of `y` is no multiple of `c_out`, [`SvdError::FieldLength`] for the bias.
    ///
    /// # Complexity
    /// `c_out / g` multiply-adds for each direction and position.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, ConvLayer, LayerSvd};
    ///
    /// let kernel = ConvKernel::from_slice(&[1.0, 2.0, -1.0, 0.5, 3.0, 1.0], &[2, 1, 3])?;
    /// let x = [1.0, -2.0, 0.0, 4.0];
    /// let mut y = ConvLayer::new(&kernel, &[4])?.apply(&x)?;
    /// y.iter_mut().for_each(|y| *y += 7.0);
    /// let svd = LayerSvd::new(&kernel)?;
    /// let of_output = svd.output_signals(&y, Some(&[7.0, 7.0]))?;
    /// let of_input = svd.input_signals(&x, &[4])?;
    /// assert_eq!(of_output.len(), 2 * 2);
    /// assert!(of_output.iter().zip(&of_input).all(|(a, b)| (a - b).abs() < 1e-13));
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn output_signals(&self, y: &[f64], bias: Option<&[f64]>) -> Result<Vec<f64>, SvdError> {
        let (rows, groups) = (self.unfolded_shape().0, self.groups());
        let c_out = rows * groups.len();
        if !y.len().is_multiple_of(c_out) {
            return Err(SvdError::SignalChannels {
                channels: c_out,
                got: y.len(),
            });
        }
        if let Some(bias) = bias.filter(|b| b.len() != c_out) {
            return Err(SvdError::FieldLength {
                field: "bias",
                expected: c_out,
                got: bias.len(),
            });
        }
        let positions = y.len() / c_out;
        let maps = map_ordered(self.singular_values().len(), |i| {
            let (g, l) = self.place(i);
            let mut map = vec![0.0; positions];
            for (row, u) in groups[g].left(l).enumerate() {
                let channel = g * rows + row;
                let b = bias.map_or(0.0, |b| b[channel]);
                let y = &y[channel * positions..][..positions];
                map.iter_mut().zip(y).for_each(|(m, y)| *m += u * (y - b));
            }
            map
        });
        Ok(maps.concat())
    }

    /// The signals of an input, `S V^T * x`: the layer with its right filters, scaled by the singular values.
    ///
    /// # Conventions
    /// `x` is row-major `[c_in, grid..]`. The result is that of [`LayerSvd::output_signals`] on the layer's output without
    /// bias, `[direction, output positions..]`.
    ///
    /// # Errors
    /// Those of [`ConvLayer::new`] on the grid, and [`SvdError::SignalLength`].
    ///
    /// # Complexity
    /// That of [`ConvLayer::apply`] for a layer with as many output channels as there are directions.
    ///
    /// # Example
    /// ```
    /// use convlens_svd::{ConvKernel, LayerSvd};
    ///
    /// // One filter of norm 5: the signal is the layer's output, as U = [1].
    /// let svd = LayerSvd::new(&ConvKernel::from_slice(&[3.0, 4.0], &[1, 1, 2])?)?;
    /// let signals = svd.input_signals(&[1.0, 0.0, 2.0], &[3])?;
    /// assert!((signals[0] - 3.0).abs() < 1e-14 && (signals[1] - 8.0).abs() < 1e-14);
    /// # Ok::<(), convlens_svd::SvdError>(())
    /// ```
    pub fn input_signals(&self, x: &[f64], grid: &[usize]) -> Result<Vec<f64>, SvdError> {
        let (rows, cols) = self.unfolded_shape();
        let r = rows.min(cols);
        let layer = ConvLayer::new(&self.right_kernel(r)?, grid)?;
        let maps = layer.apply(x)?;
        let positions: usize = layer.output_size().iter().product();
        let mut signals = Vec::with_capacity(maps.len());
        for i in 0..self.singular_values().len() {
            let (g, l) = self.place(i);
            signals.extend_from_slice(&maps[(g * r + l) * positions..][..positions]);
        }
        Ok(signals)
    }
}
