//! Power-law tails of values and of counts: the exponent, its error, and whether it is a power law
//! at all.
//!
//! - [`PowerLaw::fit`] for values such as eigenvalues, [`DiscretePowerLaw::fit`] for counts and
//!   [`DiscretePowerLaw::fit_counts`] for histograms; both return [`Outcome`], with a [`Fit`].
//! - [`Options::bootstrap`] asks for an interval, [`Options::goodness_of_fit`] for a test of fit.
//! - [`Fit::compare`] weighs the power law against other laws; [`Comparisons::verdict`] sums up.
//! - [`PowerLaw::curve`] and [`Hill::plot`] show how much the exponent depends on where the tail
//!   begins.
//! - [`Hill`] is the older estimator, with TempBalance's variant.
//!
//! The method is that of Clauset, Shalizi and Newman (SIAM Review 51 (2009)).
//!
//! ```
//! use convlens_rmt::{PowerLaw, tail};
//!
//! let data = PowerLaw::new(3.0, 1.0)?.sample(2000, 1);
//! let outcome = PowerLaw::fit(&data, &tail::Options::default())?;
//! let fit = outcome.value().expect("2000 values are enough");
//! assert!((fit.alpha - 3.0).abs() < 0.3);
//! println!("{outcome}");
//! # Ok::<(), convlens_rmt::RmtError>(())
//! ```

pub(crate) mod comparison;
mod continuous;
mod discrete;
pub(crate) mod discrete_power_law;
pub(crate) mod hill;
pub(crate) mod options;
pub(crate) mod outcome;
pub(crate) mod power_law;
pub(crate) mod simulation;

pub use comparison::{
    Alternative, AlternativeLaw, AlternativeSearch, Comparison, ComparisonOptions, Comparisons,
    NestedNull, RatioTest, Verdict,
};
pub use discrete_power_law::DiscretePowerLaw;
pub use hill::{Hill, HillOutcome, HillPoint, HillThreshold};
pub use options::{DiscreteOptions, KsConvention, Options};
pub use outcome::{CurvePoint, Fit, Outcome, XminChoice};
pub use power_law::PowerLaw;
pub use simulation::{
    Bootstrap, BootstrapIntervals, BootstrapOutcome, GofOptions, GofOutcome, GofTest, Interval,
    IntervalMethod,
};
