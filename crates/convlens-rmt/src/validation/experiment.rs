//! The experiment.

use super::options::ValidationOptions;
use super::outcome::{
    DefinitionOutcome, DefinitionResult, DefinitionValidation, DefinitionVerdict, NullResult,
};
use super::spectrum::{DefinitionSpectrum, Sample};
use super::statistic::{SpectrumStatistic, largest_over_mean, measure};
use crate::error::RmtError;
use crate::law::MarchenkoPastur;
use crate::null::NullKind;

/// The median of Kolmogorov's distribution (Marsaglia, Tsang and Wang 2003).
const KOLMOGOROV_MEDIAN: f64 = 0.827_573_555;

/// Which null kernel is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NullDraw {
    /// The kind.
    pub kind: NullKind,
    /// The seed of all.
    pub seed: u64,
    /// The number of this one: another stream of the seed ([`NullModel::draw`](crate::NullModel::draw)).
    pub replicate: u64,
}

impl DefinitionValidation {
    /// The experiment of Praggastis et al. (2022), section 4: is a definition of a convolution's singular values one under
    /// which random kernels follow the Marchenko-Pastur law and trained ones do not?
    ///
    /// `trained` holds the kernel's spectrum under each definition; `null` has to return the spectra of one random kernel
    /// under the same definitions, in the same order. For each definition,
    ///
    /// 1. the edge is the quantile of `lambda_max / mean` over the Gaussian kernels at the false-alarm rate;
    /// 2. each spectrum, trained or null, is rid of what is past the edge, the law is fitted to the rest by its mean, and
    ///    the Kolmogorov-Smirnov distance is taken, repeated eigenvalues counted as often as they occur;
    /// 3. the p-values are the ranks of the trained kernel's statistics among the nulls'.
    ///
    /// # Conventions
    ///
    /// No p-value here is analytic: the eigenvalues of one matrix repel, and those of an operator are functions of few
    /// matrices. All of them compare with kernels that went through the same steps.
    ///
    /// # Errors
    ///
    /// What `null` returns; [`RmtError::ParameterOutOfRange`] for a bad option, [`RmtError::NullMismatch`] when a null does not
    /// match the trained spectra.
    ///
    /// # Complexity
    ///
    /// `replicates` calls of `null` for each kind, `O(n)` for each spectrum of `n` values beside.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{
    ///     DefinitionSpectrum, DefinitionValidation, DefinitionVerdict, Esd, GaussianEnsemble, NullKind, RmtError,
    ///     ValidationOptions,
    /// };
    ///
    /// // A "trained" matrix whose singular values fall off like a power.
    /// let values: Vec<f64> = (1..=40).map(|k| f64::from(k).powi(-1)).collect();
    /// let trained = DefinitionSpectrum::unfolding(&Esd::from_singular_values(&values, 60, 40)?);
    /// let noise = GaussianEnsemble::new(60, 40, 1.0)?;
    /// let options = ValidationOptions::default().kinds(vec![NullKind::Gaussian]);
    /// let found = DefinitionValidation::run(&[trained], &options, |draw| {
    ///     let esd = noise.esd(draw.seed, draw.replicate)?;
    ///     Ok::<_, RmtError>(vec![DefinitionSpectrum::unfolding(&esd)])
    /// })?;
    /// let result = found.definitions[0].result().expect("40 values");
    /// assert_eq!(result.verdict, DefinitionVerdict::Separates);
    /// assert_eq!(result.nulls[0].distance_p_value, 0.01);
    /// # Ok::<(), RmtError>(())
    /// ```
    pub fn run<E: From<RmtError>>(
        trained: &[DefinitionSpectrum],
        options: &ValidationOptions,
        mut null: impl FnMut(NullDraw) -> Result<Vec<DefinitionSpectrum>, E>,
    ) -> Result<Self, E> {
        options.check()?;
        // nulls[definition][kind][replicate]
        let mut nulls = vec![vec![Vec::new(); options.kinds.len()]; trained.len()];
        for (at, &kind) in options.kinds.iter().enumerate() {
            for replicate in 0..options.replicates as u64 {
                let seed = options.seed;
                let drawn = null(NullDraw {
                    kind,
                    seed,
                    replicate,
                })?;
                check(trained, &drawn)?;
                for (spectra, spectrum) in nulls.iter_mut().zip(drawn) {
                    spectra[at].push(spectrum);
                }
            }
        }
        let outcome = |(spectrum, nulls): (&DefinitionSpectrum, &Vec<_>)| {
            let definition = spectrum.definition();
            let (count, needed) = (
                spectrum.eigenvalues().len(),
                MarchenkoPastur::MIN_EIGENVALUES,
            );
            if count < needed {
                return DefinitionOutcome::TooFewEigenvalues {
                    definition,
                    count,
                    needed,
                };
            }
            compare(spectrum, nulls, options).map_or(
                DefinitionOutcome::AllZero { definition },
                DefinitionOutcome::Tested,
            )
        };
        Ok(Self {
            definitions: trained.iter().zip(&nulls).map(outcome).collect(),
            options: options.clone(),
        })
    }
}

fn check(trained: &[DefinitionSpectrum], drawn: &[DefinitionSpectrum]) -> Result<(), RmtError> {
    for (index, spectrum) in trained.iter().enumerate() {
        if !drawn.get(index).is_some_and(|null| null.is_like(spectrum)) {
            let definition = spectrum.definition().name();
            return Err(RmtError::NullMismatch { index, definition });
        }
    }
    Ok(())
}

/// `None` where a spectrum is all zeros.
fn compare(
    spectrum: &DefinitionSpectrum,
    nulls: &[Vec<DefinitionSpectrum>],
    options: &ValidationOptions,
) -> Option<DefinitionResult> {
    let gaussian = options
        .kinds
        .iter()
        .position(|&k| k == NullKind::Gaussian)?;
    let mut ratios = nulls[gaussian]
        .iter()
        .map(largest_over_mean)
        .collect::<Option<Vec<f64>>>()?;
    ratios.sort_by(f64::total_cmp);
    // One kernel more belongs to the null: the one compared with it.
    let rank = ((1.0 - options.false_alarm_rate) * (ratios.len() + 1) as f64).ceil() as usize;
    let edge = ratios[rank.clamp(1, ratios.len()) - 1];
    let trained = measure(spectrum, edge)?;
    let independent = (spectrum.matrices() * spectrum.m()) as f64;
    let independent_distance = KOLMOGOROV_MEDIAN / independent.sqrt();
    let nulls = options
        .kinds
        .iter()
        .zip(nulls)
        .map(|(&kind, spectra)| {
            let statistics = spectra
                .iter()
                .map(|null| measure(null, edge))
                .collect::<Option<Vec<_>>>()?;
            Some(rank_among(
                &trained,
                kind,
                &statistics,
                independent_distance,
            ))
        })
        .collect::<Option<Vec<_>>>()?;
    Some(DefinitionResult {
        definition: spectrum.definition(),
        q: spectrum.n() as f64 / spectrum.m() as f64,
        values: spectrum.multiplicities().iter().map(|&c| c as usize).sum(),
        edge_over_mean: edge,
        trained,
        verdict: verdict(&nulls, options.level),
        nulls,
        independent_distance,
        refusal: match spectrum.sample() {
            Sample::Refused(refusal) => Some(refusal),
            Sample::Values(_) => None,
        },
    })
}

fn rank_among(
    trained: &SpectrumStatistic,
    kind: NullKind,
    nulls: &[SpectrumStatistic],
    independent_distance: f64,
) -> NullResult {
    let p_value = |of: fn(&SpectrumStatistic) -> f64| {
        let as_far = nulls.iter().filter(|null| of(null) >= of(trained)).count();
        (1 + as_far) as f64 / (1 + nulls.len()) as f64
    };
    let mut distances: Vec<f64> = nulls.iter().map(|null| null.ks_distance).collect();
    distances.sort_by(f64::total_cmp);
    let median_distance = distances[distances.len() / 2];
    NullResult {
        kind,
        median_distance,
        largest_distance: distances[distances.len() - 1],
        with_spikes: nulls.iter().filter(|null| null.spikes > 0).count(),
        distance_p_value: p_value(|s| s.ks_distance),
        largest_p_value: p_value(|s| s.largest_over_mean),
        follows: median_distance <= independent_distance,
    }
}

fn verdict(nulls: &[NullResult], level: f64) -> DefinitionVerdict {
    let differs =
        |null: &NullResult| null.distance_p_value.min(null.largest_p_value) <= 0.5 * level;
    if !nulls.iter().all(|null| null.follows) {
        DefinitionVerdict::NullDeparts
    } else if nulls.iter().all(differs) {
        DefinitionVerdict::Separates
    } else {
        DefinitionVerdict::TrainedLikeNull
    }
}
