//! Options of the leading singular triplets.

use crate::SvdError;

/// How many singular triplets of a layer to find, and how hard to look.
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub struct TripletOptions {
    /// Triplets wanted, from the largest value down; at most the smaller side of the layer. Default 5.
    pub count: usize,
    /// Vectors to a basis before a restart; two bases of so many vectors are the memory that the search needs. At least
    /// `count + 2`, except that the smaller side of the layer is always enough. Default `max(2 count + 10, 20)`:
    /// twice the count is what Hernandez, Roman and Tomas (2008, section 4) take, and ten more let few triplets converge.
    pub basis: Option<usize>,
    /// Most steps, one application of the layer and one of its adjoint each; at least `count`. Default 1000.
    pub max_steps: usize,
    /// A triplet has converged where both its residuals are at most `tolerance * sigma_1`. Default 1e-8: the value is
    /// then off by about `1e-16 sigma_1` over its relative distance from the others, and within `1e-8 sigma_1` always.
    pub tolerance: f64,
    /// Seed of the start vectors. Default 0.
    pub seed: u64,
}

impl Default for TripletOptions {
    fn default() -> Self {
        Self {
            count: 5,
            basis: None,
            max_steps: 1000,
            tolerance: 1e-8,
            seed: 0,
        }
    }
}

impl TripletOptions {
    /// Sets the number of triplets.
    #[must_use]
    pub fn count(mut self, count: usize) -> Self {
        self.count = count;
        self
    }

    /// Sets the number of vectors to a basis.
    #[must_use]
    pub fn basis(mut self, basis: usize) -> Self {
        self.basis = Some(basis);
        self
    }

    /// Sets the number of steps at most.
    #[must_use]
    pub fn max_steps(mut self, max_steps: usize) -> Self {
        self.max_steps = max_steps;
        self
    }

    /// Sets the relative residual at which a triplet has converged.
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the seed of the start vectors.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Vectors to a basis for a layer whose smaller side is `narrow`.
    pub(super) fn basis_for(&self, narrow: usize) -> usize {
        let usual = self.count.saturating_mul(2).saturating_add(10).max(20);
        self.basis.unwrap_or(usual).min(narrow)
    }

    pub(super) fn check(&self, narrow: usize) -> Result<(), SvdError> {
        let refuse = |option, value, bound| {
            Err(SvdError::InvalidOption {
                option,
                value,
                bound,
            })
        };
        if self.count == 0 || self.count > narrow {
            let bound = "at least 1 and at most the smaller side of the layer";
            return refuse("count", self.count as f64, bound);
        }
        let basis = self.basis_for(narrow);
        if basis < narrow && basis < self.count.saturating_add(2) {
            return refuse("basis", basis as f64, "at least count + 2");
        }
        if self.max_steps < self.count {
            return refuse("max_steps", self.max_steps as f64, "at least count");
        }
        if !(self.tolerance > 0.0 && self.tolerance < 1.0) {
            return refuse("tolerance", self.tolerance, "in (0, 1)");
        }
        Ok(())
    }
}
