//! What the metrics of a layer are.

use super::bulk::BulkOutcome;
use super::det_x::DetX;
use super::scale::EigenvalueScale;
use super::tail::TailOutcome;
use crate::compat::Compat;

/// The metrics of one layer under WeightWatcher's names.
///
/// `lambda` is an eigenvalue in the unit of [`scale`](LayerMetrics::scale), and logarithms are to base 10 unless said
/// otherwise. Names are those of WeightWatcher's `details` table; definitions follow Martin, Peng and Mahoney,
/// "Predicting trends in the quality of state-of-the-art neural networks without access to training or testing data",
/// Nature Communications 12 (2021), and Martin and Mahoney, JMLR 22 (2021). Where that tool departs from them, the field
/// says how, and [`Compat::WeightWatcher`] gives its number.
///
/// Made by [`LayerMetrics::new`] and [`LayerMetrics::pooled`].
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
    /// Number of matrices whose eigenvalues are pooled: 1, or the number of kernel positions ("receptive field").
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
    /// `lambda_max`: the *squared* spectral norm in the unit of `scale`. WeightWatcher's `lambda_max` is the same number.
    pub spectral_norm: f64,
    /// `log10(spectral_norm)`; `None` for a matrix of zeros.
    pub log_spectral_norm: Option<f64>,
    /// `norm / spectral_norm`, between 1 and `num_evals`; `None` for a matrix of zeros.
    pub stable_rank: Option<f64>,
    /// The largest singular value. WeightWatcher's is `sqrt(lambda_max)` in its own unit.
    pub sv_max: f64,
    /// The smallest singular value. WeightWatcher's is the largest among the slices' smallest, in its own unit.
    pub sv_min: f64,

    /// Singular values above `N eps sigma_max` of their own matrix, `eps` that of `f64` (see [`Esd::rank`](crate::Esd::rank)).
    /// Weights that come from `f32` carry noise above that, and count as full rank: see `hard_rank`. WeightWatcher takes
    /// `sigma_max` over all slices.
    pub matrix_rank: usize,
    /// Singular values above `sqrt(N + M + 1) eps sigma_max / 2` of their own matrix, `eps = 2^-23` that of `f32` (Press et
    /// al., Numerical Recipes, 3rd edition, section 2.6.1): the rank of weights that were stored in single precision.
    /// WeightWatcher *divides* by `2 sqrt(N + M + 1)`, and so counts noise.
    pub hard_rank: usize,
    /// `num_evals` less the ranks of the slices.
    pub rank_loss: usize,
    /// Eigenvalues under `weak_tolerance` times the largest; in WeightWatcher under `weak_tolerance` itself.
    pub weak_rank_loss: usize,
    /// Matrix entropy `-sum p ln p / ln R`, `p = lambda / norm`, `R = matrix_rank`, from 0 to 1 (Martin and Mahoney 2021,
    /// section 2.3); `None` where `R < 2`. WeightWatcher adds 1e-10 to each `p` and to `R`.
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
        self.tail.fit().map(|tail| tail.alpha)
    }
}
