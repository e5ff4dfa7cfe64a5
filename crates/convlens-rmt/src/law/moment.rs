//! Which moments are served.

use crate::error::{RmtError, require};

/// Largest order served: of the Marchenko-Pastur law at `Q = 1` and `sigma = 1` the moment is
/// Catalan's number, under `4^500 = 1e301`.
const LARGEST_ORDER: u32 = 500;

/// The moment of an order up to 500, where it is finite.
pub(super) fn finite_moment(order: u32, moment: impl FnOnce() -> f64) -> Result<f64, RmtError> {
    let named = f64::from(order);
    require(order <= LARGEST_ORDER, "order", named, "at most 500")?;
    let moment = moment();
    require(
        moment.is_finite(),
        "order",
        named,
        "small enough for the moment to be finite",
    )?;
    Ok(moment)
}
