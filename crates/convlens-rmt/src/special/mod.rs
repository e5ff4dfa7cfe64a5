//! Special functions on top of `libm`, where cancellation or underflow asks for more than it has.

mod normal;

pub(crate) use normal::{normal_cdf, normal_quantile};
