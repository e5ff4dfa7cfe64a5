//! The settings as options of the component crates, and whether they are in range.

use convlens_hypergraph::SeparationOptions;
use convlens_rmt::{
    bulk,
    tail::{self, Bootstrap},
};
use convlens_svd::norm::DavidsonOptions;

use crate::error::Error;
use crate::settings::Settings;

impl Settings {
    /// Checks all settings, as [`AnalysisBuilder::run`](crate::AnalysisBuilder::run) and
    /// [`Monitor::new`](crate::Monitor::new) do before any work.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] or [`Error::Separation`] for a setting out of its range.
    pub fn check(&self) -> Result<(), Error> {
        let refuse = |setting, value: String, bound| {
            Err(Error::Setting {
                setting,
                value,
                bound,
            })
        };
        if self.directions == 0 {
            return refuse("directions", "0".into(), "at least 1");
        }
        if self.rotations == 0 {
            return refuse("rotations", "0".into(), "at least 1");
        }
        if !(self.false_alarm_rate > 0.0 && self.false_alarm_rate < 1.0) {
            let value = self.false_alarm_rate.to_string();
            return refuse("false_alarm_rate", value, "between 0 and 1");
        }
        if !(self.operator_budget >= 0.0 && self.operator_budget.is_finite()) {
            let value = self.operator_budget.to_string();
            return refuse("operator_budget", value, "finite and not negative");
        }
        self.separation().check().map_err(Error::Separation)
    }

    pub(crate) fn marchenko_pastur(&self) -> bulk::Options {
        bulk::Options::default().false_alarm_rate(self.false_alarm_rate)
    }

    pub(crate) fn power_law(&self) -> tail::Options {
        let options = tail::Options::default();
        match self.bootstrap_replicates {
            0 => options,
            n => options.bootstrap(Bootstrap::new(self.seed).replicates(n)),
        }
    }

    pub(crate) fn separation(&self) -> SeparationOptions {
        SeparationOptions::default()
            .incidence_rule(self.incidence_rule)
            .permutations(self.permutations)
            .seed(self.seed)
    }

    pub(crate) fn davidson(&self) -> DavidsonOptions {
        DavidsonOptions::default().seed(self.seed)
    }
}
