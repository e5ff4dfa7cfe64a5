//! The rule applied to a table: features as hyperedges.

use super::InfluenceRule;
use super::rule::Ranked;
use crate::SignalTable;

/// Feature by feature, the inputs that hold it, ascending.
pub(crate) fn members(table: &SignalTable, rule: InfluenceRule) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); table.features()];
    let mut ranked = Ranked::default();
    for input in 0..table.inputs() {
        let cut = rule.cut(table.row(input), &mut ranked);
        for &(_, feature) in &ranked.0[..cut.held] {
            members[feature as usize].push(input as u32);
        }
    }
    members
}
