//! The statistics of one vector.

use super::table::CdfTable;

/// Distance to the law and two measures of localisation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Statistics {
    pub(super) ks: f64,
    /// `sum v_i^4`.
    pub(super) inverse_participation: f64,
    /// `-sum v_i^2 log v_i^2`.
    pub(super) entropy: f64,
}

/// Of a unit vector; `scratch` is left with `sqrt(n) |v_i|`, ascending.
pub(super) fn of_unit(vector: &[f64], table: &CdfTable, scratch: &mut Vec<f64>) -> Statistics {
    let (mut inverse_participation, mut entropy) = (0.0, 0.0);
    for v in vector {
        let weight = v * v;
        inverse_participation += weight * weight;
        if weight > 0.0 {
            entropy -= weight * weight.ln();
        }
    }
    let root = (vector.len() as f64).sqrt();
    scratch.clear();
    scratch.extend(vector.iter().map(|v| root * v.abs()));
    Statistics {
        ks: ks_distance(scratch, table),
        inverse_participation,
        entropy,
    }
}

/// Supremum distance to the table's law; sorts.
pub(super) fn ks_distance(values: &mut [f64], table: &CdfTable) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len() as f64;
    values
        .iter()
        .enumerate()
        .map(|(i, &u)| {
            let f = table.cdf(u);
            (f - i as f64 / n).abs().max(((i + 1) as f64 / n - f).abs())
        })
        .fold(0.0, f64::max)
}

/// The vector scaled to unit length, or `None` for a zero vector. Two steps, so that nothing over- or underflows.
pub(super) fn normalised(vector: &[f64]) -> Option<Vec<f64>> {
    let largest = vector.iter().fold(0.0_f64, |m, v| m.max(v.abs()));
    if largest == 0.0 {
        return None;
    }
    let mut unit: Vec<f64> = vector.iter().map(|v| v / largest).collect();
    let norm = dot(&unit, &unit).sqrt();
    for v in &mut unit {
        *v /= norm;
    }
    Some(unit)
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}
