//! WeightWatcher's numbers of one layer.

use convlens_rmt::{
    Compat, Esd, LayerMetrics,
    metrics::{self, EigenvalueScale},
    tail,
};
use convlens_svd::{Accuracy, ConvKernel, LayerValues};

use crate::error::Error;

/// The metrics that WeightWatcher 0.7.7 reports for a layer, in its own conventions, from the
/// kernel.
///
/// A dense layer is one matrix, its eigenvalues those of `W^T W`. A convolution is taken apart as
/// the tool does by default: one `c_out x c_in / groups` matrix ("slice") for each kernel position,
/// the eigenvalues of all slices pooled, in units of `sigma^2 / 2`
/// ([`ConvKernel::slices`]). The fields and their meaning are those of
/// [`LayerMetrics`], with the tool's deviations; [`LayerStatistics::metrics`] has the same fields
/// by this crate's definitions, of the unfolded kernel.
///
/// For other options of the tool (`pool=False`, `fix_fingers`), call [`LayerMetrics::pooled`] with
/// [`metrics::Options::compat`].
///
/// [`alpha()`](LayerMetrics::alpha) of the result is WeightWatcher's alpha; `None` where no tail
/// could be fitted.
///
/// [`LayerStatistics::metrics`]: crate::analysis::LayerStatistics::metrics
///
/// # Errors
///
/// [`Error::Decomposition`] if a slice cannot be decomposed, [`Error::Statistics`] for weights so
/// large that their eigenvalues overflow. Eigenvalues that allow no fit are outcomes within the
/// result.
///
/// # Complexity
///
/// One SVD, values alone, for each kernel position, and one power-law fit of all eigenvalues.
///
/// # Example
///
/// ```
/// use convlens::svd::ConvKernel;
/// use convlens::weightwatcher_metrics;
///
/// // A 1 x 2 kernel between two channels: the slices diag(3, 1) and diag(2, 1.5).
/// let weights = [3.0, 2.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.5];
/// let kernel = ConvKernel::from_slice(&weights, &[2, 2, 2])?;
/// let metrics = weightwatcher_metrics(&kernel)?;
/// assert_eq!((metrics.rf, metrics.num_evals), (2, 4));
/// assert!((metrics.spectral_norm - 4.5).abs() < 1e-12); // 3^2 / 2
/// println!("alpha: {:?}", metrics.alpha());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "weightwatcher")]
#[doc(alias = "alpha")]
#[doc(alias = "alpha_weighted")]
#[doc(alias = "log_alpha_norm")]
#[doc(alias = "details")]
pub fn weightwatcher_metrics(kernel: &ConvKernel) -> Result<LayerMetrics, Error> {
    let scale = if kernel.is_dense() {
        EigenvalueScale::Gram
    } else {
        EigenvalueScale::HalfGram
    };
    let options = metrics::Options::compat(Compat::WeightWatcher).scale(scale);
    let (rows, cols) = (kernel.c_out(), kernel.c_in() / kernel.groups());
    let spectra = kernel.slices().into_iter().map(|slice| {
        let slice = ConvKernel::from_slice(&slice, &[rows, cols])?;
        let values = LayerValues::new(&slice, Accuracy::Exact)?;
        Ok(Esd::from_singular_values(
            &values.singular_values,
            rows,
            cols,
        )?)
    });
    let spectra: Vec<Esd> = spectra.collect::<Result<_, Error>>()?;
    Ok(LayerMetrics::pooled(
        &spectra,
        &tail::Options::default(),
        &options,
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dense_layer_is_its_only_slice() {
        let weights: Vec<f64> = (0..40 * 30)
            .map(|i| f64::from(i * i % 101) - 50.0)
            .collect();
        let kernel = ConvKernel::from_slice(&weights, &[40, 30]).unwrap();
        let values = LayerValues::new(&kernel, Accuracy::Exact).unwrap();
        let esd = Esd::from_singular_values(&values.singular_values, 40, 30).unwrap();
        let options = metrics::Options::compat(Compat::WeightWatcher);
        let expected = LayerMetrics::new(&esd, &options).unwrap();
        assert_eq!(weightwatcher_metrics(&kernel).unwrap(), expected);
    }

    #[test]
    fn a_convolution_is_its_slices_pooled() {
        // Positions that differ in size: 1, 2, .. 9 times a diagonal.
        let (rows, cols) = (12, 10);
        let mut weights = vec![0.0; rows * cols * 9];
        for i in 0..cols {
            for tap in 0..9 {
                weights[(i * cols + i) * 9 + tap] = (tap + 1) as f64 * (i + 1) as f64;
            }
        }
        let kernel = ConvKernel::from_slice(&weights, &[rows, cols, 3, 3]).unwrap();
        let found = weightwatcher_metrics(&kernel).unwrap();
        let slices: Vec<Esd> = (1..=9)
            .map(|tap| {
                let values: Vec<f64> = (1..=cols).rev().map(|i| (tap * i) as f64).collect();
                Esd::from_singular_values(&values, rows, cols).unwrap()
            })
            .collect();
        let options =
            metrics::Options::compat(Compat::WeightWatcher).scale(EigenvalueScale::HalfGram);
        let expected = LayerMetrics::pooled(&slices, &tail::Options::default(), &options).unwrap();
        assert_eq!((found.rf, found.num_evals), (9, 90));
        // The singular values of a diagonal matrix are exact to rounding.
        let near = |a: f64, b: f64| (a - b).abs() <= 1e-12 * b.abs();
        assert!(near(found.norm, expected.norm));
        assert!(near(found.alpha().unwrap(), expected.alpha().unwrap()));
    }
}
