//! Options of the discrete fit.

use crate::error::{RmtError, require};
use crate::power_law::{Bootstrap, GofOptions};

/// Options of [`DiscretePowerLaw::fit`](crate::DiscretePowerLaw::fit) and of the curve.
///
/// # Example
///
/// ```
/// use convlens_rmt::{Bootstrap, DiscretePowerLawOptions};
///
/// let options = DiscretePowerLawOptions::default()
///     .xmin(2)
///     .xmax(1000)
///     .bootstrap(Bootstrap::new(42).replicates(500));
/// assert_eq!((options.xmax, options.min_tail), (Some(1000), 10));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct DiscretePowerLawOptions {
    /// The fewest values a tail may hold, at least 2. Default 10, as for the continuous fit.
    pub min_tail: usize,
    /// A lower bound that is known beforehand, in place of the search. Default none.
    pub xmin: Option<u64>,
    /// An upper bound: larger values are left out and counted, and the law is the one cut off there, normalised on
    /// `xmin..=xmax`, in the likelihood as in the distance. Default none.
    #[cfg_attr(feature = "serde", serde(default))]
    pub xmax: Option<u64>,
    /// A bootstrap interval for `alpha` and `xmin`. Default none: it costs as many fits as it has replicates.
    #[cfg_attr(feature = "serde", serde(default))]
    pub bootstrap: Option<Bootstrap>,
    /// The test of fit by simulation. Default none: it costs as many fits as it has replicates.
    #[cfg_attr(feature = "serde", serde(default))]
    pub goodness_of_fit: Option<GofOptions>,
}

impl Default for DiscretePowerLawOptions {
    fn default() -> Self {
        Self {
            min_tail: 10,
            xmin: None,
            xmax: None,
            bootstrap: None,
            goodness_of_fit: None,
        }
    }
}

impl DiscretePowerLawOptions {
    /// Sets the fewest values a tail may hold.
    #[must_use]
    pub fn min_tail(mut self, min_tail: usize) -> Self {
        self.min_tail = min_tail;
        self
    }

    /// Gives the lower bound, so that none is searched.
    #[must_use]
    pub fn xmin(mut self, xmin: u64) -> Self {
        self.xmin = Some(xmin);
        self
    }

    /// Cuts data and law off at an upper bound, which still belongs to both.
    #[must_use]
    pub fn xmax(mut self, xmax: u64) -> Self {
        self.xmax = Some(xmax);
        self
    }

    /// Asks for a bootstrap interval.
    #[must_use]
    pub fn bootstrap(mut self, bootstrap: Bootstrap) -> Self {
        self.bootstrap = Some(bootstrap);
        self
    }

    /// Asks for the test of fit.
    #[must_use]
    pub fn goodness_of_fit(mut self, test: GofOptions) -> Self {
        self.goodness_of_fit = Some(test);
        self
    }

    pub(super) fn check(&self) -> Result<(), RmtError> {
        let least = self.min_tail as f64;
        require(self.min_tail >= 2, "min_tail", least, "at least 2")?;
        for (name, bound) in [("xmin", self.xmin), ("xmax", self.xmax)] {
            let bound = bound.unwrap_or(1);
            require(bound >= 1, name, bound as f64, "at least 1")?;
        }
        if let (Some(xmin), Some(xmax)) = (self.xmin, self.xmax) {
            require(xmin < xmax, "xmin", xmin as f64, "below xmax")?;
        }
        self.bootstrap.as_ref().map_or(Ok(()), Bootstrap::check)?;
        self.goodness_of_fit
            .as_ref()
            .map_or(Ok(()), GofOptions::check)
    }
}
