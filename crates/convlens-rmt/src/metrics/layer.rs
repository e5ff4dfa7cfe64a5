//! The metrics of one layer.

use std::slice;

use crate::compat::Compat;
use crate::error::RmtError;
use crate::esd::Esd;
use crate::fitted::FittedSpectrum;
use crate::metrics::bulk::{BulkOutcome, bulk_metrics};
use crate::metrics::det_x::{DetX, det_x};
use crate::metrics::options::{EigenvalueScale, Options};
use crate::metrics::spectrum::{Fits, Ranks, Spectrum, entropy};
use crate::metrics::tail::{TailOutcome, tail_metrics};
use crate::tail;

/// The metrics of one layer under WeightWatcher's names.
///
/// `lambda` is an eigenvalue in the unit of [`scale`](LayerMetrics::scale), and logarithms are to
/// base 10 unless said otherwise. Names are those of WeightWatcher's `details` table; definitions
/// follow Martin, Peng and Mahoney, "Predicting trends in the quality of state-of-the-art neural
/// networks without access to training or testing data", Nature Communications 12 (2021), and
/// Martin and Mahoney, JMLR 22 (2021). Where that tool departs from them, the field says how, and
/// [`Compat::WeightWatcher`] gives its number.
///
/// Made by [`LayerMetrics::new`] and [`LayerMetrics::pooled`].
#[doc(alias = "weightwatcher")]
#[doc(alias = "alpha")]
#[doc(alias = "stable_rank")]
#[doc(alias = "log_norm")]
#[doc(alias = "spectral_norm")]
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct LayerMetrics {
    /// `N`, the larger side of the matrix, of one slice where slices are pooled.
    #[cfg_attr(feature = "serde", serde(rename = "N"))]
    pub n: usize,
    /// `M`, its smaller side.
    #[cfg_attr(feature = "serde", serde(rename = "M"))]
    pub m: usize,
    /// `Q = N / M >= 1`, of one slice where slices are pooled.
    #[cfg_attr(feature = "serde", serde(rename = "Q"))]
    pub q: f64,
    /// Number of matrices whose eigenvalues are pooled: 1, or the number of kernel positions
    /// ("receptive field").
    pub rf: usize,
    /// Number of eigenvalues, `M rf`.
    pub num_evals: usize,
    /// The unit of eigenvalues.
    pub scale: EigenvalueScale,
    /// The tool whose digits these are, if any.
    pub compat: Option<Compat>,

    /// `sum of lambda`: the *squared* Frobenius norm in the unit of `scale`.
    pub norm: f64,
    /// `log10(norm)`; `None` for a matrix of zeros.
    pub log_norm: Option<f64>,
    /// `lambda_max`: the *squared* spectral norm in the unit of `scale`. WeightWatcher's
    /// `lambda_max` is the same number.
    pub spectral_norm: f64,
    /// `log10(spectral_norm)`; `None` for a matrix of zeros.
    pub log_spectral_norm: Option<f64>,
    /// `norm / spectral_norm`, between 1 and `num_evals`; `None` for a matrix of zeros.
    pub stable_rank: Option<f64>,
    /// The largest singular value. WeightWatcher's is `sqrt(lambda_max)` in its own unit.
    pub sv_max: f64,
    /// The smallest singular value. WeightWatcher's is the largest among the slices' smallest, in
    /// its own unit.
    pub sv_min: f64,

    /// Singular values above `N eps sigma_max` of their own matrix, `eps` that of `f64` (see
    /// [`Esd::rank`](crate::esd::Esd::rank)). Weights that come from `f32` carry noise above that,
    /// and count as full rank: see `hard_rank`. WeightWatcher takes `sigma_max` over all slices.
    pub matrix_rank: usize,
    /// Singular values above `sqrt(N + M + 1) eps sigma_max / 2` of their own matrix, `eps = 2^-23`
    /// that of `f32` (Press et al., Numerical Recipes, 3rd edition, section 2.6.1): the rank of
    /// weights that were stored in single precision. WeightWatcher *divides* by `2 sqrt(N + M +
    /// 1)`, and so counts noise.
    pub hard_rank: usize,
    /// `num_evals` less the ranks of the slices.
    pub rank_loss: usize,
    /// Eigenvalues under `weak_tolerance` times the largest; in WeightWatcher under
    /// `weak_tolerance` itself.
    pub weak_rank_loss: usize,
    /// Matrix entropy `-sum p ln p / ln R`, `p = lambda / norm`, `R = matrix_rank`, from 0 to 1
    /// (Martin and Mahoney 2021, section 2.3); `None` where `R < 2`. WeightWatcher adds 1e-10 to
    /// each `p` and to `R`.
    pub entropy: Option<f64>,

    /// The power-law tail and what follows from its exponent.
    pub tail: TailOutcome,
    /// The Marchenko-Pastur bulk.
    pub bulk: BulkOutcome,
    /// The eigenvalues whose product is 1; `None` where they are fewer than two or all equal.
    pub det_x: Option<DetX>,
}

impl LayerMetrics {
    /// `alpha` of the tail, if it was fitted.
    #[must_use]
    pub fn alpha(&self) -> Option<f64> {
        self.tail.value().map(|tail| tail.alpha)
    }
}

impl LayerMetrics {
    /// The metrics of a layer that is one matrix: a dense layer, or a convolution unfolded to
    /// `c_out x (c_in k^2)`.
    ///
    /// # Errors
    ///
    /// [`RmtError::ParameterOutOfRange`] for a bad option, [`RmtError::NormOverflows`] for
    /// eigenvalues near the largest number. Eigenvalues that allow no fit are outcomes within the
    /// result.
    ///
    /// # Complexity
    ///
    /// That of the tail fit, and of the bulk fit; see [`PowerLaw::fit`](crate::tail::PowerLaw::fit)
    /// and [`MarchenkoPastur::fit`](crate::law::MarchenkoPastur::fit). Under
    /// [`Compat::WeightWatcher`] some 220 evaluations of a density on up to 1,000 points.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{metrics, Compat, Esd, LayerMetrics, MarchenkoPastur};
    ///
    /// // 60 eigenvalues of a 120 x 60 matrix of noise with standard deviation 0.1.
    /// let law = MarchenkoPastur::new(2.0, 0.01)?;
    /// let values = (0..60)
    ///     .map(|i| law.quantile((f64::from(i) + 0.5) / 60.0))
    ///     .collect::<Result<Vec<_>, _>>()?;
    /// let esd = Esd::from_eigenvalues(&values, 120, 60)?;
    ///
    /// let metrics = LayerMetrics::new(&esd, &metrics::Options::default())?;
    /// assert_eq!(metrics.matrix_rank, 60);
    /// let bulk = metrics.bulk.value().expect("noise is a bulk");
    /// assert!((bulk.sigma_mp - 0.1).abs() < 0.002 && bulk.num_spikes == 0);
    ///
    /// // WeightWatcher's eigenvalues are N times as large.
    /// let theirs = LayerMetrics::new(&esd, &metrics::Options::compat(Compat::WeightWatcher))?;
    /// assert!((theirs.norm / metrics.norm - 120.0).abs() < 1e-9);
    /// assert_eq!(theirs.stable_rank, metrics.stable_rank);
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn new(esd: &Esd, options: &Options) -> Result<Self, RmtError> {
        compute(
            slice::from_ref(esd),
            options,
            Fits::TailBy(&tail::Options::default()),
        )
    }

    /// The metrics of the pooled eigenvalues of several matrices of one shape, such as the `k^2`
    /// slices `c_out x c_in` of a convolution, which is how WeightWatcher sees one.
    ///
    /// `N`, `M` and `Q` are those of one slice. Pooled eigenvalues are no matrix's: the tail mixes
    /// slices of different size, and without [`Compat`] no bulk is fitted to them.
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
    /// use convlens_rmt::metrics::{self, EigenvalueScale};
    /// use convlens_rmt::{Compat, Esd, LayerMetrics, tail};
    ///
    /// // A 1 x 2 kernel between 3 and 2 channels: two slices of 3 x 2.
    /// let slices = [
    ///     Esd::from_singular_values(&[3.0, 1.0], 3, 2)?,
    ///     Esd::from_singular_values(&[2.0, 1.5], 3, 2)?,
    /// ];
    /// let options = metrics::Options::compat(Compat::WeightWatcher).scale(EigenvalueScale::HalfGram);
    /// let metrics = LayerMetrics::pooled(&slices, &tail::Options::default(), &options)?;
    /// assert!((metrics.spectral_norm - 4.5).abs() < 1e-12); // 3^2 / 2
    /// assert_eq!((metrics.rf, metrics.num_evals), (2, 4));
    /// # Ok::<(), convlens_rmt::RmtError>(())
    /// ```
    pub fn pooled(
        slices: &[Esd],
        tail_options: &tail::Options,
        options: &Options,
    ) -> Result<Self, RmtError> {
        compute(slices, options, Fits::TailBy(tail_options))
    }
}

impl FittedSpectrum {
    /// The metrics of the layer, from these fits: without a tool's conventions
    /// ([`Options::compat`]) tail and bulk are taken from here, and no fit is made again.
    ///
    /// # Errors
    ///
    /// Those of [`LayerMetrics::new`].
    pub fn metrics(&self, options: &Options) -> Result<LayerMetrics, RmtError> {
        compute(slice::from_ref(self.esd()), options, Fits::Made(self))
    }
}

fn compute(slices: &[Esd], options: &Options, fits: Fits<'_>) -> Result<LayerMetrics, RmtError> {
    options.check()?;
    let spectrum = Spectrum::new(slices, options.scale)?;
    let ranks = Ranks::new(&spectrum, options);
    let tail = tail_metrics(&spectrum, options, fits)?;
    let spikes = tail.value().map(|tail| tail.num_pl_spikes);
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
        bulk: bulk_metrics(&spectrum, options, fits)?,
        det_x: det_x(&spectrum, theirs, spikes),
        tail,
    })
}
