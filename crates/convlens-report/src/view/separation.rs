//! The separation of the classes as the page shows it: by layer in every basis, each measure beside
//! its null, the signed directions that say most, and heat maps of the class profiles.

use convlens::hypergraph::{Measure, MeasureKind, Separation};
use convlens::{Analysis, BasisKind, LayerAnalysis, analysis::LayerSeparation};

use super::fact::Slot;
use crate::conclusions::{Comparison, comparisons};
use crate::derived::{is_spike, ranked};
use crate::error::ReportError;
use crate::figure::{Figure, Heatmap, accuracy, heatmap, measures};
use crate::number::{exact, fixed, p_value, percent};

/// What a reader takes home.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DepthView {
    pub(crate) figures: Vec<Figure>,
    pub(crate) rows: Vec<DepthRow>,
    pub(crate) permutations: usize,
    pub(crate) least_p: String,
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DepthRow {
    pub(crate) number: usize,
    pub(crate) name: String,
    pub(crate) directions: usize,
    pub(crate) bases: Vec<BasisCell>,
    /// The singular basis against the others, in the order of `bases` less the first.
    pub(crate) comparisons: Vec<ComparisonCell>,
}

/// One basis at one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BasisCell {
    pub(crate) best: bool,
    pub(crate) accuracy: String,
    pub(crate) null: String,
    pub(crate) effect: String,
    pub(crate) p_adjusted: String,
}

/// One comparison of bases at one layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ComparisonCell {
    /// Inputs that only the singular basis, and only the other one, gets right.
    pub(crate) discordant: String,
    pub(crate) p: String,
}

impl DepthView {
    /// `None` where no layer was measured.
    pub(crate) fn new(analysis: &Analysis) -> Result<Option<Self>, ReportError> {
        let layers = &analysis.layers;
        let tests = comparisons(layers);
        let rows: Vec<DepthRow> = layers
            .iter()
            .enumerate()
            .filter_map(|(i, layer)| Some(row(i, layer, layer.separation.value()?, &tests)))
            .collect();
        if rows.is_empty() {
            return Ok(None);
        }
        let permutations = analysis.settings.permutations;
        Ok(Some(DepthView {
            figures: vec![accuracy(layers)?, measures(layers)?],
            rows,
            permutations,
            least_p: p_value(1.0 / (permutations as f64 + 1.0)),
        }))
    }
}

fn row(
    index: usize,
    layer: &LayerAnalysis,
    separation: &LayerSeparation,
    tests: &[Comparison],
) -> DepthRow {
    let best = separation.best().1.accuracy.observed;
    let cell = |kind: BasisKind| {
        let Some(found) = separation.basis(kind) else {
            return BasisCell {
                best: false,
                accuracy: "\u{2013}".into(),
                null: "\u{2013}".into(),
                effect: "\u{2013}".into(),
                p_adjusted: "\u{2013}".into(),
            };
        };
        let measure = &found.accuracy;
        BasisCell {
            best: measure.observed >= best,
            accuracy: percent(measure.observed),
            null: null(measure),
            effect: effect(measure),
            p_adjusted: p_adjusted(measure),
        }
    };
    let comparison = |other: BasisKind| {
        let test = tests.iter().find(|c| c.layer == index && c.other == other);
        ComparisonCell {
            discordant: test.map_or_else(
                || "\u{2013}".into(),
                |c| format!("{} : {}", c.test.only_a, c.test.only_b),
            ),
            p: test.map_or_else(|| "\u{2013}".into(), |c| p_value(c.p_adjusted)),
        }
    };
    DepthRow {
        number: index + 1,
        name: layer.name.clone(),
        directions: separation.directions,
        bases: [
            BasisKind::Singular,
            BasisKind::Channels,
            BasisKind::Rotation,
        ]
        .map(cell)
        .into(),
        comparisons: [BasisKind::Channels, BasisKind::Rotation]
            .map(comparison)
            .into(),
    }
}

/// One row: a measure in one basis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MeasureRow {
    /// The basis, in the first row of each.
    pub(crate) basis: Option<String>,
    pub(crate) name: &'static str,
    pub(crate) observed: String,
    pub(crate) null: String,
    pub(crate) effect: String,
    pub(crate) p: String,
    pub(crate) p_adjusted: String,
}

/// The measures in one basis.
pub(super) fn measure_rows(basis: &str, separation: &Separation) -> Vec<MeasureRow> {
    let rows = MeasureKind::ALL.into_iter().enumerate().map(|(i, kind)| {
        let measure = separation.measure(kind);
        MeasureRow {
            basis: (i == 0).then(|| basis.to_owned()),
            name: name(kind),
            observed: fixed(measure.observed, 3),
            null: null(measure),
            effect: effect(measure),
            p: p_value(measure.p_value),
            p_adjusted: p_adjusted(measure),
        }
    });
    rows.collect()
}

fn name(kind: MeasureKind) -> &'static str {
    match kind {
        MeasureKind::Purity => "purity",
        MeasureKind::Entropy => "entropy, nats (less is better)",
        MeasureKind::Modularity => "modularity",
        MeasureKind::JaccardSeparation => "Jaccard separation",
        MeasureKind::Accuracy => "held-out accuracy",
        MeasureKind::Agreement => "agreement with spectral clusters",
        _ => "another measure",
    }
}

/// "0.100 ± 0.012".
fn null(measure: &Measure) -> String {
    format!(
        "{} \u{b1} {}",
        fixed(measure.null_mean, 3),
        fixed(measure.null_sd, 3)
    )
}

fn effect(measure: &Measure) -> String {
    measure
        .effect
        .map_or_else(|| "no spread".into(), |e| fixed(e, 1))
}

fn p_adjusted(measure: &Measure) -> String {
    measure
        .p_adjusted
        .map_or_else(|| "\u{2013}".into(), p_value)
}

/// Rows that are shown.
const SHOWN: usize = 8;

/// One signed direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DirectionRow {
    /// "3+": the third singular direction, positive side.
    pub(crate) direction: String,
    pub(crate) sigma: String,
    /// Whether its singular value is past the noise threshold.
    pub(crate) spike: &'static str,
    pub(crate) members: usize,
    /// The classes that make up most of it, with their shares of the members.
    pub(crate) classes: String,
    /// Mutual information of membership and class.
    pub(crate) bits: String,
}

/// The most informative signed directions of a layer.
pub(super) fn directions(layer: &LayerAnalysis, separation: &Separation) -> Vec<DirectionRow> {
    let sigma = &layer.unfolding.singular_values;
    ranked(separation)
        .iter()
        .filter(|d| d.bits > 0.0)
        .take(SHOWN)
        .map(|d| DirectionRow {
            direction: d.name.clone(),
            sigma: sigma.get(d.rank).map_or_else(String::new, |&s| exact(s)),
            spike: match is_spike(layer, d.rank) {
                Some(true) => "spike",
                Some(false) => "bulk",
                None => "\u{2013}",
            },
            members: d.size() as usize,
            classes: d.classes(separation),
            bits: fixed(d.bits, 3),
        })
        .collect()
}

/// Beyond this many classes a cell would be under ten pixels.
const CLASSES: usize = 40;
/// Up to this many classes the cells have room for their value.
const NUMBERED: usize = 12;

/// Class x class similarity of the profiles in the singular basis.
pub(super) fn similarity(separation: &Separation) -> Result<Slot, ReportError> {
    const TITLE: &str = "Similarity of class profiles";
    let names: Vec<String> = separation.classes.iter().map(ToString::to_string).collect();
    if let Some(missing) = too_many(TITLE, names.len()) {
        return Ok(missing);
    }
    let cells: Vec<Vec<Option<f64>>> = separation
        .profile_similarity
        .iter()
        .enumerate()
        .map(|(a, row)| {
            let row = row.iter().enumerate();
            row.map(|(b, &v)| (a != b).then_some(v)).collect()
        })
        .collect();
    let every = names.len().div_ceil(14);
    let columns = sparse(&names, every);
    let map = Heatmap {
        title: TITLE.into(),
        caption: "Weighted Jaccard similarity of the profiles of two classes: 1 where they hold the same \
                  directions equally often (the diagonal, left gray), 0 where they share none."
            .into(),
        numbers: names.len() <= NUMBERED,
        rows: names,
        columns,
        row_label: "class".into(),
        column_label: "class".into(),
        cells,
        top: 1.0,
        size: (440, 380),
    };
    heatmap(&map).map(Slot::Figure)
}

/// Class x direction: the share of each class's inputs that hold each signed direction.
pub(super) fn profiles(separation: &Separation) -> Result<Slot, ReportError> {
    const TITLE: &str = "Directions by class";
    let names: Vec<String> = separation.classes.iter().map(ToString::to_string).collect();
    if let Some(missing) = too_many(TITLE, names.len()) {
        return Ok(missing);
    }
    let features = separation.profiles.features;
    let cells: Vec<Vec<Option<f64>>> = (0..names.len())
        .map(|c| {
            let profile = separation.profiles.profile(c);
            // All positive sides first, then all negative ones: leading directions side by side.
            let positive = profile.iter().step_by(2);
            let negative = profile.iter().skip(1).step_by(2);
            positive.chain(negative).map(|&v| Some(v)).collect()
        })
        .collect();
    let directions = features / 2;
    let every = directions.div_ceil(8).max(1);
    let columns = ["+", "\u{2212}"].into_iter().flat_map(|sign| {
        (1..=directions).map(move |d| {
            if (d - 1).is_multiple_of(every) {
                format!("{d}{sign}")
            } else {
                String::new()
            }
        })
    });
    let top = separation
        .profiles
        .shares
        .iter()
        .copied()
        .fold(0.0, f64::max);
    let height = (90 + 18 * names.len()).clamp(200, 380) as u32;
    let map = Heatmap {
        title: TITLE.into(),
        caption: "Share of the inputs of a class (row) that belong to the hyperedge of a signed singular direction \
                  (column): first all positive sides, then all negative ones, by singular value."
            .into(),
        rows: names,
        columns: columns.collect(),
        row_label: "class".into(),
        column_label: "signed singular direction".into(),
        cells,
        top: if top > 0.0 { top } else { 1.0 },
        numbers: false,
        size: (900, height),
    };
    heatmap(&map).map(Slot::Figure)
}

fn too_many(title: &'static str, classes: usize) -> Option<Slot> {
    (classes > CLASSES).then(|| Slot::Missing {
        title,
        reason: format!(
            "{classes} classes are too many for a figure that can be read; the numbers are in the analysis data"
        ),
    })
}

fn sparse(names: &[String], every: usize) -> Vec<String> {
    let names = names.iter().enumerate();
    let kept = names.map(|(i, name)| {
        if i.is_multiple_of(every.max(1)) {
            name.clone()
        } else {
            String::new()
        }
    });
    kept.collect()
}
