//! From eigenvalues to metrics.

use std::slice;

use super::bulk::bulk;
use super::det_x::det_x;
use super::options::MetricOptions;
use super::ranks::{Ranks, entropy};
use super::result::LayerMetrics;
use super::spectrum::Spectrum;
use super::tail::tail;
use crate::compat::Compat;
use crate::error::RmtError;
use crate::esd::Esd;
use crate::fitted::FittedSpectrum;

impl LayerMetrics {
    /// The metrics of a layer that is one matrix: a dense layer, or a convolution unfolded to `c_out x (c_in k^2)`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option, [`RmtError::NormOverflows`] for eigenvalues near the largest
    /// number. Eigenvalues that allow no fit are outcomes within the result.
    ///
    /// # Complexity
    ///
    /// That of the tail fit, and of the bulk fit; see [`PowerLaw::fit`](crate::PowerLaw::fit) and
    /// [`MarchenkoPastur::fit`](crate::MarchenkoPastur::fit). Under [`Compat::WeightWatcher`] some 220 evaluations of a density on up to 1,000 points.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{Compat, Esd, LayerMetrics, MarchenkoPastur, MetricOptions};
    ///
    /// // 60 eigenvalues of a 120 x 60 matrix of noise with standard deviation 0.1.
    /// let law = MarchenkoPastur::new(2.0, 0.01)?;
    /// let values = (0..60)
    ///     .map(|i| law.quantile((f64::from(i) + 0.5) / 60.0))
    ///     .collect::<Result<Vec<_>, _>>()?;
    /// let esd = Esd::from_eigenvalues(&values, 120, 60)?;
    ///
    /// let metrics = LayerMetrics::new(&esd, &MetricOptions::default())?;
    /// assert_eq!(metrics.matrix_rank, 60);
    /// let bulk = metrics.bulk.fit().expect("noise is a bulk");
    /// assert!((bulk.sigma_mp - 0.1).abs() < 0.002 && bulk.num_spikes == 0);
    ///
    /// // WeightWatcher's eigenvalues are N times as large.
    /// let theirs = LayerMetrics::new(&esd, &MetricOptions::compat(Compat::WeightWatcher))?;
    /// assert!((theirs.norm / metrics.norm - 120.0).abs() < 1e-9);
    /// assert_eq!(theirs.stable_rank, metrics.stable_rank);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn new(esd: &Esd, options: &MetricOptions) -> Result<Self, RmtError> {
        compute(slice::from_ref(esd), options, None)
    }

    /// The metrics of the pooled eigenvalues of several matrices of one shape, such as the `k^2` slices
    /// `c_out x c_in` of a convolution, which is how WeightWatcher sees one.
    ///
    /// `N`, `M` and `Q` are those of one slice. Pooled eigenvalues are no matrix's: the tail mixes slices of different size, and
    /// without [`Compat`] no bulk is fitted to them.
    ///
    /// # Errors
    ///
    /// As [`new`](LayerMetrics::new), and [`RmtError::NoSlices`] and [`RmtError::SliceShape`].
    ///
    /// # Complexity
    ///
    /// As [`new`](LayerMetrics::new).
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{Compat, EigenvalueScale, Esd, LayerMetrics, MetricOptions};
    ///
    /// // A 1 x 2 kernel between 3 and 2 channels: two slices of 3 x 2.
    /// let slices = [
    ///     Esd::from_singular_values(&[3.0, 1.0], 3, 2)?,
    ///     Esd::from_singular_values(&[2.0, 1.5], 3, 2)?,
    /// ];
    /// let options = MetricOptions::compat(Compat::WeightWatcher).scale(EigenvalueScale::HalfGram);
    /// let metrics = LayerMetrics::pooled(&slices, &options)?;
    /// assert!((metrics.spectral_norm - 4.5).abs() < 1e-12); // 3^2 / 2
    /// assert_eq!((metrics.rf, metrics.num_evals), (2, 4));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn pooled(slices: &[Esd], options: &MetricOptions) -> Result<Self, RmtError> {
        compute(slices, options, None)
    }
}

/// `fits` are those of the only slice.
pub(crate) fn compute(
    slices: &[Esd],
    options: &MetricOptions,
    fits: Option<&FittedSpectrum>,
) -> Result<LayerMetrics, RmtError> {
    options.check()?;
    let spectrum = Spectrum::new(slices, options.scale)?;
    let ranks = Ranks::new(&spectrum, options);
    let tail = tail(&spectrum, options, fits)?;
    let spikes = tail.fit().map(|tail| tail.num_pl_spikes);
    let theirs = options.compat == Some(Compat::WeightWatcher);
    let stable_rank = spectrum.relative_sum();
    let spectral_norm = spectrum.largest();
    let log_spectral_norm = stable_rank.map(|_| spectral_norm.log10());
    Ok(LayerMetrics {
        n: spectrum.n,
        m: spectrum.m,
        q: spectrum.q(),
        rf: slices.len(),
        num_evals: spectrum.values.len(),
        scale: options.scale,
        compat: options.compat,
        norm: spectral_norm * stable_rank.unwrap_or(0.0),
        log_norm: stable_rank.map(|rank| spectral_norm.log10() + rank.log10()),
        spectral_norm,
        log_spectral_norm,
        stable_rank,
        sv_max: ranks.sv_max,
        sv_min: ranks.sv_min,
        matrix_rank: ranks.matrix_rank,
        hard_rank: ranks.hard_rank,
        rank_loss: ranks.rank_loss,
        weak_rank_loss: ranks.weak_rank_loss,
        entropy: entropy(&spectrum, ranks.matrix_rank, options),
        bulk: bulk(&spectrum, options, fits)?,
        det_x: det_x(&spectrum, theirs, spikes),
        tail,
    })
}
