//! Special functions on top of `libm`, where cancellation or underflow asks for more than it has, and the two numerical
//! tools that go with them.

mod gauss;
mod normal;
mod root;
mod simplex;
mod zeta;

pub(crate) use gauss::gauss_legendre;
pub(crate) use normal::{mills, normal_cdf, normal_quantile, overshoot};
pub(crate) use root::root;
pub(crate) use simplex::simplex_search;
pub(crate) use zeta::{scaled_hurwitz_zeta, scaled_power_sum};
