//! The experiment: options, results, and the run.

use std::fmt;

use crate::error::{RmtError, require};
use crate::law::marchenko_pastur::MarchenkoPastur;
use crate::null;
use crate::validation::spectrum::{
    Definition, Sample, SampleRefusal, Spectrum, Statistic, largest_over_mean, measure,
};

/// The validation experiment on one kernel: one outcome for each definition, in the order given.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Validation {
    /// The outcomes.
    pub definitions: Vec<Outcome>,
    /// The options, seed included.
    pub options: Options,
}

/// The end of the experiment for one definition.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Outcome {
    /// The spectra were compared.
    Tested(DefinitionResult),
    /// Too few eigenvalues to speak of a bulk.
    TooFewEigenvalues {
        /// The definition.
        definition: Definition,
        /// Number of eigenvalues, each counted once.
        count: usize,
        /// The fewest,
        /// [`MarchenkoPastur::MIN_EIGENVALUES`](crate::law::MarchenkoPastur::MIN_EIGENVALUES).
        needed: usize,
    },
    /// All eigenvalues are zero, of the kernel or of a null of it.
    AllZero {
        /// The definition.
        definition: Definition,
    },
}

impl Outcome {
    /// The result, if there is one.
    #[must_use]
    pub fn value(&self) -> Option<&DefinitionResult> {
        match self {
            Outcome::Tested(result) => Some(result),
            _ => None,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tested(result) => write!(f, "{}: {}", result.definition, result.verdict),
            Self::TooFewEigenvalues {
                definition,
                count,
                needed,
            } => write!(
                f,
                "{definition}: {count} eigenvalues are too few for a bulk, which needs {needed}"
            ),
            Self::AllZero { definition } => {
                write!(
                    f,
                    "{definition}: a spectrum is zero, of the kernel or of a null"
                )
            }
        }
    }
}

/// One definition: the trained spectrum, the nulls, and the verdict.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DefinitionResult {
    /// The definition.
    pub definition: Definition,
    /// `Q = N / M` of the law.
    pub q: f64,
    /// Eigenvalues of the spectrum, multiplicities counted.
    pub values: usize,
    /// The edge, as a multiple of the mean of the bulk: the quantile of the Gaussian null at the
    /// false-alarm rate.
    pub edge_over_mean: f64,
    /// The spectrum of the weights.
    pub trained: Statistic,
    /// Each null, in the order of [`Options::kinds`].
    pub nulls: Vec<NullResult>,
    /// `0.8276 / sqrt(n)`, the median Kolmogorov-Smirnov distance of `n` independent draws from the
    /// law: how near a null has to be to be said to follow it. `n` is the number of weight matrices
    /// times `M`.
    pub independent_distance: f64,
    /// Why this spectrum has no p-value but a simulated one, if so.
    pub refusal: Option<SampleRefusal>,
    /// What the numbers say.
    pub verdict: Verdict,
}

/// The trained spectrum among the nulls of one kind.
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct NullResult {
    /// The kind.
    pub kind: null::Kind,
    /// Median distance of the nulls to their fitted law.
    pub median_distance: f64,
    /// The largest of them.
    pub largest_distance: f64,
    /// Nulls with eigenvalues past the edge.
    pub with_spikes: usize,
    /// Simulated p-value of the distance: `(1 + #{nulls as far}) / (1 + B)`, every null through the
    /// whole pipeline.
    pub distance_p_value: f64,
    /// The same of the largest eigenvalue over the mean.
    pub largest_p_value: f64,
    /// Whether the median distance is within
    /// [`independent_distance`](DefinitionResult::independent_distance).
    pub follows: bool,
}

/// What one definition's spectra say, in the terms of the paper: the random kernel must follow the
/// law, the trained one must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Verdict {
    /// The nulls follow the law, and the trained spectrum differs from all of them.
    Separates,
    /// The nulls follow the law, and the trained spectrum cannot be told from one of them at least.
    TrainedLikeNull,
    /// A null does not follow the law: departing from the law is then no sign of training under
    /// this definition. The p-values, which compare with the null and not with the law, hold all
    /// the same.
    NullDeparts,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Separates => "random kernels follow the law and the trained one does not",
            Self::TrainedLikeNull => "the trained kernel cannot be told from random ones",
            Self::NullDeparts => "random kernels do not follow the law",
        })
    }
}

/// Options of [`Validation::run`](crate::validation::Validation::run).
///
/// # Example
///
/// ```
/// use convlens_rmt::{null, validation};
///
/// let options = validation::Options::default().replicates(199).seed(7);
/// assert_eq!(options.kinds, [null::Kind::Gaussian, null::Kind::Permutation]);
/// ```
#[derive(Debug, Clone, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct Options {
    /// Null kernels of each kind, at least 19. Default 99: p-values down to 0.01, at the price of
    /// 198 kernels.
    pub replicates: usize,
    /// Seed of the null kernels. Default 0.
    pub seed: u64,
    /// Which nulls. Default both; the Gaussian one has to be among them, as the edge is read off
    /// it.
    pub kinds: Vec<null::Kind>,
    /// Share of Gaussian kernels whose largest eigenvalue is past the edge. Default 0.05, for the
    /// edge is an order statistic of the replicates.
    pub false_alarm_rate: f64,
    /// The level of the verdict, halved for its two tests (distance and largest eigenvalue).
    /// Default 0.05.
    pub level: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            replicates: 99,
            seed: 0,
            kinds: vec![null::Kind::Gaussian, null::Kind::Permutation],
            false_alarm_rate: 0.05,
            level: 0.05,
        }
    }
}

impl Options {
    /// Sets the number of null kernels of each kind.
    #[must_use]
    pub fn replicates(mut self, replicates: usize) -> Self {
        self.replicates = replicates;
        self
    }

    /// Sets the seed of the null kernels.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets which nulls are drawn.
    #[must_use]
    pub fn kinds(mut self, kinds: Vec<null::Kind>) -> Self {
        self.kinds = kinds;
        self
    }

    /// Sets the share of Gaussian kernels past the edge.
    #[must_use]
    pub fn false_alarm_rate(mut self, rate: f64) -> Self {
        self.false_alarm_rate = rate;
        self
    }

    /// Sets the level of the verdict.
    #[must_use]
    pub fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    pub(super) fn check(&self) -> Result<(), RmtError> {
        let replicates = self.replicates as f64;
        require(replicates >= 19.0, "replicates", replicates, "at least 19")?;
        let kinds = self.kinds.len() as f64;
        let gaussian = self.kinds.contains(&null::Kind::Gaussian);
        require(
            gaussian,
            "kinds",
            kinds,
            "with the Gaussian null among them",
        )?;
        let rate = self.false_alarm_rate;
        let least = 1.0 / (replicates + 1.0);
        require(
            (least..=0.5).contains(&rate),
            "false_alarm_rate",
            rate,
            "in [1 / (replicates + 1), 0.5]",
        )?;
        require(
            (2.0 * least..=0.5).contains(&self.level),
            "level",
            self.level,
            "in [2 / (replicates + 1), 0.5]",
        )
    }
}

/// The median of Kolmogorov's distribution (Marsaglia, Tsang and Wang 2003).
const KOLMOGOROV_MEDIAN: f64 = 0.827_573_555;

/// Which null kernel is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct NullDraw {
    /// The kind.
    pub kind: null::Kind,
    /// The seed of all.
    pub seed: u64,
    /// The number of this one: another stream of the seed
    /// ([`NullModel::draw`](crate::null::NullModel::draw)).
    pub replicate: u64,
}

impl Validation {
    /// The experiment of Praggastis et al. (2022), section 4: is a definition of a convolution's
    /// singular values one under which random kernels follow the Marchenko-Pastur law and trained
    /// ones do not?
    ///
    /// `trained` holds the kernel's spectrum under each definition; `null` has to return the
    /// spectra of one random kernel under the same definitions, in the same order. For each
    /// definition,
    ///
    /// 1. the edge is the quantile of `lambda_max / mean` over the Gaussian kernels at the
    ///    false-alarm rate;
    /// 2. each spectrum, trained or null, is rid of what is past the edge, the law is fitted to the
    ///    rest by its mean, and the Kolmogorov-Smirnov distance is taken, repeated eigenvalues
    ///    counted as often as they occur;
    /// 3. the p-values are the ranks of the trained kernel's statistics among the nulls'.
    ///
    /// # Conventions
    ///
    /// No p-value here is analytic: the eigenvalues of one matrix repel, and those of an operator
    /// are functions of few matrices. All of them compare with kernels that went through the same
    /// steps.
    ///
    /// # Errors
    ///
    /// What `null` returns; [`RmtError::ParameterOutOfRange`] for a bad option,
    /// [`RmtError::NullMismatch`] when a null does not match the trained spectra.
    ///
    /// # Complexity
    ///
    /// `replicates` calls of `null` for each kind, `O(n)` for each spectrum of `n` values beside.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_rmt::{null, validation, Esd, GaussianEnsemble, RmtError};
    ///
    /// // A "trained" matrix whose singular values fall off like a power.
    /// let values: Vec<f64> = (1..=40).map(|k| f64::from(k).powi(-1)).collect();
    /// let trained = validation::Spectrum::unfolding(&Esd::from_singular_values(&values, 60, 40)?);
    /// let noise = GaussianEnsemble::new(60, 40, 1.0)?;
    /// let options = validation::Options::default().kinds(vec![null::Kind::Gaussian]);
    /// let found = validation::Validation::run(&[trained], &options, |draw| {
    ///     let esd = noise.esd(draw.seed, draw.replicate)?;
    ///     Ok::<_, RmtError>(vec![validation::Spectrum::unfolding(&esd)])
    /// })?;
    /// let result = found.definitions[0].value().expect("40 values");
    /// assert_eq!(result.verdict, validation::Verdict::Separates);
    /// assert_eq!(result.nulls[0].distance_p_value, 0.01);
    /// # Ok::<(), RmtError>(())
    /// ```
    pub fn run<E: From<RmtError>>(
        trained: &[Spectrum],
        options: &Options,
        mut null: impl FnMut(NullDraw) -> Result<Vec<Spectrum>, E>,
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
        let outcome = |(spectrum, nulls): (&Spectrum, &Vec<_>)| {
            let definition = spectrum.definition();
            let (count, needed) = (
                spectrum.eigenvalues().len(),
                MarchenkoPastur::MIN_EIGENVALUES,
            );
            if count < needed {
                return Outcome::TooFewEigenvalues {
                    definition,
                    count,
                    needed,
                };
            }
            compare(spectrum, nulls, options)
                .map_or(Outcome::AllZero { definition }, Outcome::Tested)
        };
        Ok(Self {
            definitions: trained.iter().zip(&nulls).map(outcome).collect(),
            options: options.clone(),
        })
    }
}

fn check(trained: &[Spectrum], drawn: &[Spectrum]) -> Result<(), RmtError> {
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
    spectrum: &Spectrum,
    nulls: &[Vec<Spectrum>],
    options: &Options,
) -> Option<DefinitionResult> {
    let gaussian = options
        .kinds
        .iter()
        .position(|&k| k == null::Kind::Gaussian)?;
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
    trained: &Statistic,
    kind: null::Kind,
    nulls: &[Statistic],
    independent_distance: f64,
) -> NullResult {
    let p_value = |of: fn(&Statistic) -> f64| {
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

fn verdict(nulls: &[NullResult], level: f64) -> Verdict {
    let differs =
        |null: &NullResult| null.distance_p_value.min(null.largest_p_value) <= 0.5 * level;
    if !nulls.iter().all(|null| null.follows) {
        Verdict::NullDeparts
    } else if nulls.iter().all(differs) {
        Verdict::Separates
    } else {
        Verdict::TrainedLikeNull
    }
}
