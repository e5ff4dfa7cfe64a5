//! The tables of the summary.

use convlens::rmt::{MpOutcome, PowerLawOutcome};
use convlens::svd::NormBracket;
use convlens::{Analysis, BasisKind, LayerAnalysis, Outcome};

use super::number::{p_value, short, sizes};
use super::section::Section;

/// All sections, in the order of reading.
pub(super) fn all(analysis: &Analysis) -> Vec<Section> {
    let mut tables = vec![weights(analysis), statistics(analysis)];
    tables.extend(separation(analysis));
    tables
}

fn weights(analysis: &Analysis) -> Section {
    let header = [
        "layer",
        "kind",
        "shape",
        "geometry",
        "grid",
        "singular values",
        "operator norm",
    ];
    let row = |l: &LayerAnalysis| {
        vec![
            l.name.clone(),
            l.kind.to_string(),
            sizes(&l.shape),
            geometry(l),
            l.grid.as_deref().map_or("unknown".into(), sizes),
            leading(&l.unfolding.singular_values),
            l.norm.value().map_or("-".into(), norm),
        ]
    };
    let rows = analysis.layers.iter().map(row).collect();
    let title = "What each layer does
leading singular values of the unfolded kernel; operator norm, its own padding";
    Section::new(title, &header, 5, rows)
}

fn statistics(analysis: &Analysis) -> Section {
    let header = [
        "layer",
        "matrix",
        "rank",
        "MP edge",
        "spikes",
        "top/edge",
        "alpha",
        "95% interval",
        "KS D",
        "tail",
    ];
    let row = |l: &LayerAnalysis| {
        let matrix = format!("{}x{}", l.unfolding.rows, l.unfolding.cols);
        let groups = l.unfolding.groups;
        let mut row = vec![
            l.name.clone(),
            if groups > 1 {
                format!("{groups} of {matrix}")
            } else {
                matrix
            },
            l.unfolding.rank.to_string(),
        ];
        match &l.statistics {
            Outcome::Value(s) => {
                row.extend(bulk(&s.marchenko_pastur, s.esd.largest()));
                row.extend(tail(&s.power_law));
            }
            Outcome::Unavailable { .. } => row.extend(vec!["-".to_owned(); 7]),
        }
        row
    };
    let rows = analysis.layers.iter().map(row).collect();
    let rate = 100.0 * analysis.settings.false_alarm_rate;
    let title = format!(
        "Learned or noise\neigenvalues of W^T W / N: Marchenko-Pastur edge, spikes past it at {rate}% false\nalarms, and a power-law tail"
    );
    Section::new(&title, &header, 2, rows)
}

fn separation(analysis: &Analysis) -> Option<Section> {
    let first = analysis.layers.iter().find_map(|l| l.separation.value())?;
    let options = &first.basis(BasisKind::Singular)?.options;
    let header = [
        "layer",
        "directions",
        "singular",
        "channels",
        "rotations",
        "permuted",
        "effect",
        "p",
        "p adjusted",
    ];
    let row = |l: &LayerAnalysis| {
        let mut row = vec![l.name.clone()];
        let Some(found) = l.separation.value() else {
            row.extend(vec!["-".to_owned(); 8]);
            return row;
        };
        let accuracy = |kind| found.basis(kind).map(|s| &s.accuracy);
        let percent = |kind| accuracy(kind).map_or("-".into(), |m| share(m.observed));
        row.push(found.directions.to_string());
        row.extend([BasisKind::Singular, BasisKind::Channels].map(percent));
        row.push(range(&found.bases.rotations.accuracies));
        row.extend(
            accuracy(BasisKind::Singular).map_or(vec!["-".to_owned(); 4], |m| {
                vec![
                    share(m.null_mean),
                    m.effect.map_or("-".into(), |z| format!("{z:.1} sd")),
                    p_value(m.p_value),
                    m.p_adjusted.map_or("-".into(), p_value),
                ]
            }),
        );
        row
    };
    let rows = analysis.layers.iter().map(row).collect();
    let title = format!(
        "What it separates\nheld-out accuracy of the nearest class profile in three bases, for rotations the\nlowest and highest of {}; for the singular one, against {} label permutations",
        analysis.settings.rotations, options.permutations
    );
    Some(Section::new(&title, &header, 1, rows))
}

/// The lowest and the highest share.
fn range(shares: &[f64]) -> String {
    let low = shares.iter().copied().reduce(f64::min);
    let high = shares.iter().copied().reduce(f64::max);
    match (low, high) {
        (Some(low), Some(high)) if low < high => format!("{}-{}", share(low), share(high)),
        (Some(low), _) => share(low),
        _ => "-".into(),
    }
}

fn geometry(layer: &LayerAnalysis) -> String {
    let geometry = &layer.geometry;
    if geometry.spatial_dims() == 0 {
        return "-".into();
    }
    let mut parts = vec![format!("stride {}", same_or_all(geometry.stride()))];
    if geometry.dilation().iter().any(|&d| d > 1) {
        parts.push(format!("dilation {}", same_or_all(geometry.dilation())));
    }
    let pads: Vec<usize> = geometry
        .padding()
        .iter()
        .flat_map(|&(a, b)| [a, b])
        .collect();
    parts.push(format!("pad {}", same_or_all(&pads)));
    if geometry.groups() > 1 {
        parts.push(format!("groups {}", geometry.groups()));
    }
    let assumed = if layer.assumptions.is_empty() {
        ""
    } else {
        " (assumed)"
    };
    format!("{}{assumed}", parts.join(", "))
}

/// One number where all are equal.
fn same_or_all(values: &[usize]) -> String {
    match values {
        [first, rest @ ..] if rest.iter().all(|v| v == first) => first.to_string(),
        all => sizes(all),
    }
}

fn leading(values: &[f64]) -> String {
    let shown: Vec<String> = values.iter().take(3).map(|&s| short(s)).collect();
    format!(
        "{}{}",
        shown.join(" "),
        if values.len() > 3 { " .." } else { "" }
    )
}

/// A bracket as one number where its ends agree to the digits shown.
fn norm(bracket: &NormBracket) -> String {
    let (lower, upper) = (
        format!("{:.3}", bracket.lower),
        format!("{:.3}", bracket.upper),
    );
    if lower == upper {
        lower
    } else {
        format!("{lower} to {upper}")
    }
}

fn bulk(outcome: &MpOutcome, largest: f64) -> [String; 3] {
    match outcome {
        MpOutcome::Fit(fit) => [
            short(fit.bulk_upper),
            fit.spikes.to_string(),
            short(largest / fit.bulk_upper),
        ],
        MpOutcome::TooFewEigenvalues { m: n, needed } => {
            [format!("only {n} of {needed}"), "-".into(), "-".into()]
        }
        MpOutcome::RankDeficient { .. } => ["rank-deficient".into(), "-".into(), "-".into()],
        _ => ["no bulk".into(), "-".into(), "-".into()],
    }
}

fn tail(outcome: &PowerLawOutcome) -> [String; 4] {
    match outcome {
        PowerLawOutcome::Fit(fit) => {
            let interval = fit
                .bootstrap
                .as_ref()
                .map(|b| format!("{:.2} to {:.2}", b.alpha.lower, b.alpha.upper));
            [
                format!("{:.2}", fit.alpha),
                interval.unwrap_or_else(|| format!("+- {:.2} (1 se)", fit.alpha_std_err)),
                format!("{:.3}", fit.ks_distance),
                format!("{} of {}", fit.n_tail, fit.n),
            ]
        }
        PowerLawOutcome::NotEnoughTail { n, needed } => {
            let few = format!("{n} of {needed} needed");
            ["no tail".into(), "-".into(), "-".into(), few]
        }
        _ => ["-".into(), "-".into(), "-".into(), "-".into()],
    }
}

fn share(x: f64) -> String {
    format!("{:.1}%", 100.0 * x)
}
