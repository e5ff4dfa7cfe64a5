//! The laws far to the left, by their asymptotic series.

use std::f64::consts::SQRT_2;

use super::Beta;

/// `log tau_2 = log(2)/24 + zeta'(-1)` (Deift, Its and Krasovsky 2008; Baik, Buckingham and DiFranco 2008).
const LOG_TAU_2: f64 = -0.136_540_011_177_119_87;
/// `log tau_1 = -11 log(2)/48 + zeta'(-1)/2` (Baik, Buckingham and DiFranco 2008).
const LOG_TAU_1: f64 = -0.241_556_800_728_146_48;
/// Coefficients of `x^(-3k)`, `k = 1..`, in `log F_2`: from the series of `q^2`, integrated twice.
const LOG_F2: [f64; 7] = [
    3.0 / 64.0,
    63.0 / 256.0,
    2407.0 / 512.0,
    1_608_657.0 / 8192.0,
    1_180_103_913.0 / 81_920.0,
    26_886_699_679.0 / 16_384.0,
    246_111_785_530_791.0 / 917_504.0,
];
/// Coefficients of `x^(3/2 - 3k)`, `k = 0..`, in `sqrt(2)` times the integral of `q` from `s` up.
const INTEGRAL: [f64; 9] = [
    2.0 / 3.0,
    1.0 / 12.0,
    73.0 / 576.0,
    10_657.0 / 7680.0,
    13_912_277.0 / 344_064.0,
    8_045_883_943.0 / 3_538_944.0,
    4_839_483_796_783.0 / 23_068_672.0,
    6_282_376_235_473_547.0 / 218_103_808.0,
    88_762_466_180_599_259_759.0 / 16_106_127_360.0,
];

/// `log F(s)` and its derivative for `s <= -10`, with `x = -s`:
///
/// ```text
/// log F_2 = log tau_2 - x^3/12 - log(x)/8 + 3/64 x^-3 + ...
/// log F_1 = log tau_1 + (log F_2 - log tau_2 - I) / 2,
/// I = (2 x^(3/2)/3 + x^(-3/2)/12 + ...) / sqrt(2),
/// ```
///
/// where `(log F_2)'' = -q^2` and `I` is the integral of `q`, up to its constant, from the series of
/// Hastings and McLeod's solution `q ~ sqrt(x/2) (1 - x^-3/8 - 73 x^-6/128 - ...)` of Painleve II
/// (Tracy and Widom 1994). The relative error of `F` at -10 is 2e-13 and falls from there.
pub(super) fn log_cdf(beta: Beta, s: f64) -> (f64, f64) {
    let x = -s;
    let y = 1.0 / (x * x * x);
    let (mut series, mut slope) = (0.0, 0.0);
    for (k, c) in LOG_F2.iter().enumerate().rev() {
        series = y * (c + series);
        slope = y * ((k + 1) as f64 * c + slope);
    }
    let cubic = x * x * x / 12.0;
    let log_f2 = -cubic - x.ln() / 8.0 + series;
    // d/ds = -d/dx.
    let slope_f2 = x * x / 4.0 + (1.0 / 8.0 + 3.0 * slope) / x;
    match beta {
        Beta::Two => (LOG_TAU_2 + log_f2, slope_f2),
        Beta::One => {
            let (mut integral, mut density) = (0.0, 0.0);
            for (k, c) in INTEGRAL.iter().enumerate().rev() {
                integral = c + y * integral;
                density = c * (1.5 - 3.0 * k as f64) + y * density;
            }
            let root = x.sqrt();
            let integral = integral * x * root / SQRT_2;
            let density = density * root / SQRT_2;
            (
                LOG_TAU_1 + 0.5 * (log_f2 - integral),
                0.5 * (slope_f2 + density),
            )
        }
    }
}
