//! Heat maps of the class profiles.

use convlens::hypergraph::Separation;

use super::Slot;
use crate::error::ReportError;
use crate::figure::{Heatmap, heatmap};

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
                  directions equally often (the diagonal, left grey), 0 where they share none."
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
