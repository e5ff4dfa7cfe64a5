//! The section of one layer.

use convlens::hypergraph::modularity;
use convlens::rmt::{Phase, phase};
use convlens::svd::{Algorithm, ConditionNumber};
use convlens::{BasisKind, LayerAnalysis, Outcome, analysis::LayerStatistics};

use super::fact::{Fact, Slot};
use super::geometry::{describe, norm_method_in_full};
use super::separation::{DirectionRow, MeasureRow, directions, measure_rows, profiles, similarity};
use crate::derived::{
    directions_for_energy, no_bulk, no_tail, noise_directions_for_energy, spike_share,
};
use crate::error::ReportError;
use crate::figure::{density, operator, scree, tail};
use crate::number::{count, exact, fixed, level, percent, short, sizes};
use crate::tables::row::norm_padding;

/// Everything about one layer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LayerView {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) summary: String,
    pub(crate) facts: Vec<Fact>,
    pub(crate) assumptions: Vec<String>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) measures: Vec<MeasureRow>,
    /// What the measures are taken over, or why there are none.
    pub(crate) separation: String,
    pub(crate) directions: Vec<DirectionRow>,
    pub(crate) profiles: Option<Slot>,
    pub(crate) similarity: Option<Slot>,
}

impl LayerView {
    pub(crate) fn new(index: usize, layer: &LayerAnalysis) -> Result<Self, ReportError> {
        let separation = layer.separation.value();
        let singular = separation.and_then(|s| s.basis(BasisKind::Singular));
        let mut facts = weight_facts(layer);
        facts.extend(operator_facts(layer));
        facts.extend(statistics_facts(layer));
        Ok(LayerView {
            number: index + 1,
            name: layer.name.clone(),
            summary: format!("{} {}", layer.kind, sizes(&layer.shape)),
            facts,
            assumptions: layer.assumptions.clone(),
            slots: slots(layer)?,
            measures: separation.map_or_else(Vec::new, |s| {
                let bases = s.bases.iter();
                let rows = bases
                    .flat_map(|(kind, separation)| measure_rows(&kind.to_string(), separation));
                rows.collect()
            }),
            separation: match (singular, &layer.separation) {
                (Some(s), _) => format!(
                    "{} inputs, {} directions, {} signed features with {} memberships{}; modularity with {} weights.",
                    count(s.inputs),
                    separation.map_or(0, |s| s.directions),
                    s.features,
                    count(s.incidences),
                    match s.empty_edges {
                        0 => String::new(),
                        n => format!(", {n} features without a member"),
                    },
                    modularity(s.options.modularity)
                ),
                (None, Outcome::Unavailable { reason }) => format!("Not measured: {reason}."),
                (None, _) => "Not measured in the singular basis.".into(),
            },
            directions: singular.map_or_else(Vec::new, |s| directions(layer, s)),
            profiles: singular.map(profiles).transpose()?,
            similarity: singular.map(similarity).transpose()?,
        })
    }
}

fn modularity(weight: modularity::Weight) -> &'static str {
    match weight {
        modularity::Weight::Strict => "strict",
        modularity::Weight::Majority => "majority",
        modularity::Weight::Linear => "linear",
        modularity::Weight::Pairwise => "pairwise",
        _ => "other",
    }
}

fn slots(layer: &LayerAnalysis) -> Result<Vec<Slot>, ReportError> {
    let fit = layer
        .statistics
        .value()
        .and_then(|s| s.marchenko_pastur.value());
    let mut slots = vec![Slot::Figure(scree(&layer.unfolding.singular_values, fit)?)];
    match &layer.statistics {
        Outcome::Value(statistics) => slots.extend(spectrum_slots(statistics)?),
        Outcome::Unavailable { reason } => {
            for title in ["Eigenvalue density", "Tail of the eigenvalues"] {
                slots.push(Slot::Missing {
                    title,
                    reason: reason.clone(),
                });
            }
        }
    }
    slots.push(match &layer.operator {
        Outcome::Value(summary) => Slot::Figure(operator(summary, layer.norm.value())?),
        Outcome::Unavailable { reason } => Slot::Missing {
            title: "Operator spectrum",
            reason: reason.clone(),
        },
    });
    Ok(slots)
}

/// A spectrum without eigenvalues above zero has nothing to draw.
fn spectrum_slots(statistics: &LayerStatistics) -> Result<[Slot; 2], ReportError> {
    if statistics.esd.rank() == 0 {
        let missing = |title| Slot::Missing {
            title,
            reason: "all eigenvalues are zero".into(),
        };
        return Ok(["Eigenvalue density", "Tail of the eigenvalues"].map(missing));
    }
    let mut density = density(&statistics.esd, statistics.marchenko_pastur.value())?;
    if let Some(reason) = no_bulk(&statistics.marchenko_pastur) {
        density
            .caption
            .push_str(&format!(" No bulk was fitted: {reason}."));
    }
    let mut tail = tail(&statistics.esd, statistics.power_law.value())?;
    if let Some(reason) = no_tail(&statistics.power_law) {
        tail.caption
            .push_str(&format!(" No tail was fitted: {reason}."));
    }
    Ok([Slot::Figure(density), Slot::Figure(tail)])
}

fn weight_facts(layer: &LayerAnalysis) -> Vec<Fact> {
    let u = &layer.unfolding;
    let groups = if u.groups > 1 {
        format!(", in {} groups", u.groups)
    } else {
        String::new()
    };
    let rung = match u.algorithm {
        Algorithm::Direct => "",
        Algorithm::Transpose => {
            " (computed on the transpose: the direct decomposition did not converge)"
        }
        _ => {
            " (through the Gram matrix of its smaller side, which loses values under 1.5e-8 of the largest)"
        }
    };
    let directions = u.singular_values.len();
    vec![
        Fact::new(
            "Weights",
            match (&layer.weight, layer.dtype) {
                (Some(weight), Some(dtype)) => {
                    format!("{weight} ({dtype}), {}", sizes(&layer.shape))
                }
                _ => sizes(&layer.shape),
            },
            "Tensor, element type and shape",
        ),
        Fact::new(
            "Geometry",
            describe(&layer.geometry),
            "How the kernel is laid over its input",
        ),
        Fact::new(
            "Unfolded to",
            format!("{} \u{d7} {}{groups}{rung}", u.rows, u.cols),
            "The matrix whose rows are the flattened filters",
        ),
        Fact::new(
            "Rank",
            format!("{} of {directions}", u.rank),
            "Singular values above max(rows, columns) times the rounding unit times the largest",
        ),
        Fact::new(
            "Stable rank",
            exact(u.stable_rank),
            "Sum of squared singular values over the largest squared",
        ),
        Fact::new(
            "90% of energy",
            format!(
                "in {} of {directions} directions (noise of this shape: {})",
                directions_for_energy(&u.singular_values),
                noise_directions_for_energy(u)
            ),
            "Directions that hold 90% of the sum of squared weights",
        ),
        Fact::new(
            "Frobenius norm",
            exact(u.frobenius_norm),
            "Root of the sum of squared weights",
        ),
    ]
}

fn operator_facts(layer: &LayerAnalysis) -> Vec<Fact> {
    let norm = match &layer.norm {
        Outcome::Value(n) => format!(
            "[{}, {}] (padding: {}): {}",
            exact(n.lower),
            exact(n.upper),
            norm_padding(n),
            norm_method_in_full(n)
        ),
        Outcome::Unavailable { reason } => format!("no bracket: {reason}"),
    };
    let mut facts = vec![Fact::new(
        "Operator norm",
        norm,
        "Certified lower and upper bound",
    )];
    if let Outcome::Value(o) = &layer.operator {
        let condition = match o.condition_number {
            ConditionNumber::Finite(value) => exact(value),
            ConditionNumber::Infinite => "infinite: the smallest is zero up to rounding".into(),
        };
        facts.push(Fact::new(
            "Condition number",
            condition,
            "Largest over smallest singular value of the operator, periodic padding",
        ));
    }
    facts
}

fn statistics_facts(layer: &LayerAnalysis) -> Vec<Fact> {
    let statistics = match &layer.statistics {
        Outcome::Value(statistics) => statistics,
        Outcome::Unavailable { reason } => {
            return vec![Fact::new(
                "Spectrum",
                format!("no statistics: {reason}"),
                "Random-matrix statistics of the unfolded kernel",
            )];
        }
    };
    let bulk = match statistics.marchenko_pastur.value() {
        Some(f) => format!(
            "noise sd {}, edge \u{3bb} = {}, threshold {}, D = {}",
            short(f.sigma),
            short(f.bulk_upper),
            short(f.spike_threshold),
            fixed(f.ks_distance, 3)
        ),
        None => no_bulk(&statistics.marchenko_pastur).unwrap_or_default(),
    };
    let mut facts = vec![Fact::new("Marchenko-Pastur", bulk, "The fitted bulk")];
    if let Some(f) = statistics.marchenko_pastur.value() {
        facts.push(Fact::new(
            "Spikes",
            match f.spikes {
                0 => format!("none of {}", f.m),
                _ => format!(
                    "{} of {}, with {} of the energy",
                    f.spikes,
                    f.m,
                    percent(spike_share(layer, f))
                ),
            },
            "Eigenvalues past the Tracy-Widom threshold",
        ));
    }
    let tail = match statistics.power_law.value() {
        Some(f) => {
            let interval = match (f.intervals(), &f.bootstrap) {
                (Some(b), _) => format!(
                    ", {} interval [{}, {}] ({} replicates{})",
                    level(b.level),
                    fixed(b.alpha.lower, 2),
                    fixed(b.alpha.upper, 2),
                    b.replicates,
                    if b.failed > 0 {
                        format!(", {} without a tail", b.failed)
                    } else {
                        String::new()
                    }
                ),
                (None, Some(none)) => format!(", {none}"),
                (None, None) => String::new(),
            };
            format!(
                "\u{3b1} = {} \u{b1} {}{interval}; xₘᵢₙ = {}, {} of {} values, D = {}",
                fixed(f.alpha, 2),
                fixed(f.alpha_std_err, 2),
                short(f.xmin),
                f.n_tail,
                f.n,
                fixed(f.ks_distance, 3)
            )
        }
        None => no_tail(&statistics.power_law).unwrap_or_default(),
    };
    facts.push(Fact::new("Power law", tail, "The fitted tail"));
    facts.extend(phase_and_metrics(statistics));
    facts
}

fn phase_and_metrics(statistics: &LayerStatistics) -> Vec<Fact> {
    let phase = match &statistics.phase {
        phase::Outcome::Classified(evidence) => {
            format!("{}: {}", evidence.phase.name(), reasons(evidence))
        }
        phase::Outcome::TooFewEigenvalues { nonzero, needed } => {
            format!("none: {nonzero} eigenvalues above zero are too few, it takes {needed}")
        }
        _ => "none that this version of the report knows".to_owned(),
    };
    let mut facts = vec![Fact::new(
        "Phase",
        phase,
        "The nearest of the 5+1 phases of Martin and Mahoney (2021); neighbors are easily confused",
    )];
    let metrics = &statistics.metrics;
    let soft_rank = metrics.bulk.value().map(|bulk| {
        let value = fixed(bulk.mp_softrank, 3);
        format!("\u{3bb}\u{208a} / \u{3bb}\u{2098}\u{2090}\u{2093} = {value}")
    });
    let entropy = metrics
        .entropy
        .map(|entropy| format!("matrix entropy {}", fixed(entropy, 3)));
    let shape: Vec<String> = soft_rank.into_iter().chain(entropy).collect();
    if !shape.is_empty() {
        facts.push(Fact::new(
            "Soft rank and entropy",
            shape.join("; "),
            "Bulk edge over the largest eigenvalue, 1 for noise; entropy of the eigenvalues, 1 where all are equal",
        ));
    }
    if let Some(tail) = metrics.tail.value() {
        facts.push(Fact::new(
            "\u{3b1}-weighted norms",
            format!(
                "\u{3b1}\u{302} = {}, log\u{2081}\u{2080} \u{2211} \u{3bb}^\u{3b1} = {}",
                fixed(tail.alpha_weighted, 2),
                fixed(tail.log_alpha_norm, 2)
            ),
            "alpha_weighted, which is \u{3b1} times the decimal logarithm of the largest eigenvalue, and log_alpha_norm",
        ));
    }
    facts
}

/// The numbers that decided.
fn reasons(evidence: &phase::Evidence) -> String {
    let tail = || match evidence.tail.value() {
        Some(tail) => format!(
            "the tail has \u{3b1} = {} (heavy up to {})",
            fixed(tail.alpha, 2),
            evidence.options.heavy_alpha
        ),
        None => no_tail(&evidence.tail).unwrap_or_default(),
    };
    match evidence.phase {
        Phase::RankCollapse => format!(
            "{} of the eigenvalues are zero",
            percent(evidence.zero_share)
        ),
        Phase::BulkDecay | Phase::HeavyTailed => format!("{}; {}", bulk(evidence), tail()),
        Phase::RandomLike => format!("{}, and no spike", bulk(evidence)),
        Phase::BleedingOut | Phase::BulkSpikes => format!(
            "{}; the largest spike speaks of a direction at {} times the least strength that shows (apart from {})",
            bulk(evidence),
            evidence.strength.map_or_else(String::new, |s| fixed(s, 1)),
            evidence.options.separation
        ),
    }
}

fn bulk(evidence: &phase::Evidence) -> String {
    match (evidence.bulk.value(), evidence.ks_critical) {
        (Some(fit), Some(critical)) => {
            let limit = critical * evidence.options.misfit;
            let words = if fit.ks_distance <= limit {
                "as near to its law as noise"
            } else {
                "farther from its law than noise"
            };
            format!(
                "the bulk is {words} (D = {}, limit {})",
                fixed(fit.ks_distance, 3),
                fixed(limit, 3)
            )
        }
        _ => format!("no bulk: {}", no_bulk(&evidence.bulk).unwrap_or_default()),
    }
}
