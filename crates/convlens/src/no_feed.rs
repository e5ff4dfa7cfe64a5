//! What stands for [`feed`](../feed.rs) without the feature `rten`: no model is run.

use convlens_activations::Inputs;
use convlens_model::Model;
use convlens_svd::LayerSvd;

use crate::analysis::{InputSummary, LayerAnalysis};
use crate::error::Error;
use crate::memory::NO_INPUTS;
use crate::outcome::Outcome;
use crate::progress::{Canceled, Watch};
use crate::settings::Settings;
use crate::weights::without_separation;

#[derive(Debug)]
pub(crate) struct Feed<'a> {
    /// Always `None`: only the feature has a way to give them.
    _inputs: Option<&'a Inputs>,
}

impl<'a> Feed<'a> {
    pub(crate) fn open(_: &Model, inputs: Option<&'a Inputs>) -> Result<Self, Error> {
        Ok(Feed { _inputs: inputs })
    }

    pub(crate) fn runs(&self) -> bool {
        false
    }

    pub(crate) fn tap(&mut self, _: &Model, _: usize, _: Result<LayerSvd, String>, _: &Settings) {}

    pub(crate) fn measure(
        self,
        layers: &mut [LayerAnalysis],
        _: &Settings,
        _: &mut Watch<'_>,
    ) -> Result<Outcome<InputSummary>, Canceled> {
        Ok(without_separation(layers, NO_INPUTS))
    }
}
