//! From windows to a pooled spectrum.

use std::fmt::Display;

use super::layer::LayerMatrices;
use super::options::FarmsOptions;
use super::outcome::{Farms, FarmsOutcome};
use crate::error::RmtError;
use crate::esd::Esd;
use crate::hill::{Hill, HillThreshold};
use crate::power_law::PowerLaw;

impl Farms {
    /// The exponent of a layer without the bias of its aspect ratio: fixed-aspect-ratio matrix subsampling (Hu, Goel,
    /// Killiakov and Yang, "Eigenspectrum analysis of neural networks without aspect ratio bias", ICML 2025, arXiv 2506.06280).
    ///
    /// The spectrum of even a random matrix depends on its aspect ratio, and so does an exponent fitted to it. So overlapping
    /// windows of one ratio are taken from every matrix of the layer, their eigenvalues pooled (the mean of their spectral
    /// densities), and the exponent is that of the pool.
    ///
    /// # Conventions
    ///
    /// Rows are output channels and are not swapped with columns, whichever is larger. `singular_values` is given a window's entries (row-major), rows and
    /// columns, and returns all `min(rows, cols)` singular values in any order: this crate runs no decomposition.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option; [`RmtError::Decomposition`] where the closure fails;
    /// [`RmtError::WrongLength`], [`RmtError::NonFinite`], [`RmtError::Negative`] or [`RmtError::SquareOverflows`] for what it returns.
    ///
    /// # Complexity
    ///
    /// One decomposition for each window of each matrix, 100 of 100 x 200 by default.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{Farms, FarmsOptions, LayerMatrices};
    ///
    /// // A 20 x 3 matrix in windows of one row: the singular value of a row is its length.
    /// let weights: Vec<f64> = (1..=60).map(f64::from).collect();
    /// let layer = LayerMatrices::dense(&weights, 20, 3)?;
    /// let length = |row: &[f64], _: usize, _: usize| {
    ///     Ok::<_, String>(vec![row.iter().map(|x| x * x).sum::<f64>().sqrt()])
    /// };
    /// let options = FarmsOptions::default().rows(1).ratio(3.0);
    /// let outcome = Farms::analyze(&layer, &options, length)?;
    /// let farms = outcome.pooled().expect("a row fits");
    /// assert_eq!((farms.windows.len(), farms.q), (10, 3.0));
    /// assert!((farms.eigenvalues[0] - (1.0 + 4.0 + 9.0) / 3.0).abs() < 1e-12);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn analyze<E: Display>(
        layer: &LayerMatrices<'_>,
        options: &FarmsOptions,
        mut singular_values: impl FnMut(&[f64], usize, usize) -> Result<Vec<f64>, E>,
    ) -> Result<FarmsOutcome, RmtError> {
        let (rows, cols) = (layer.rows(), layer.cols());
        let windows = options.windows(rows, cols)?;
        // Options of the fit are checked before any decomposition.
        PowerLaw::fit(&[], &options.power_law)?;
        let Some(first) = windows.first() else {
            return Ok(FarmsOutcome::TooSmall { rows, cols });
        };
        let (height, width) = (first.rows.len(), first.cols.len());
        let mut eigenvalues = Vec::new();
        for matrix in 0..layer.count() {
            for window in &windows {
                let entries = layer.gather(matrix, window);
                let values = singular_values(&entries, height, width).map_err(|error| {
                    RmtError::Decomposition {
                        matrix,
                        row: window.rows.start,
                        col: window.cols.start,
                        cause: error.to_string(),
                    }
                })?;
                let esd = Esd::from_singular_values(&values, height, width)?;
                eigenvalues.extend_from_slice(esd.eigenvalues());
            }
        }
        eigenvalues.sort_by(f64::total_cmp);
        let positive = eigenvalues.len() - eigenvalues.partition_point(|&v| v <= 0.0);
        let half = HillThreshold::Count((positive / 2).max(1));
        Ok(FarmsOutcome::Pooled(Box::new(Farms {
            q: height.max(width) as f64 / height.min(width) as f64,
            matrices: layer.count(),
            power_law: PowerLaw::fit(&eigenvalues, &options.power_law)?,
            hill: Hill::estimate(&eigenvalues, half)?,
            windows,
            eigenvalues,
            options: options.clone(),
        })))
    }
}
