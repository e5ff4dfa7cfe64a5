//! The two complex operations that a Stieltjes transform needs.

/// Principal square root (branch cut along the negative reals, continuous from above).
pub(super) fn sqrt((re, im): (f64, f64)) -> (f64, f64) {
    let modulus = re.hypot(im);
    if modulus == 0.0 {
        return (0.0, 0.0);
    }
    // The larger part first, the other by division: no cancellation.
    let large = (0.5 * (modulus + re.abs())).sqrt();
    let small = 0.5 * im.abs() / large;
    let (re, root_im) = if re >= 0.0 {
        (large, small)
    } else {
        (small, large)
    };
    (re, if im < 0.0 { -root_im } else { root_im })
}

/// Product.
pub(super) fn mul(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
}

/// `1 / z`, scaled by the larger part (Smith 1962) so that nothing overflows on the way.
pub(super) fn recip((re, im): (f64, f64)) -> (f64, f64) {
    if re.abs() >= im.abs() {
        let ratio = im / re;
        let scale = 1.0 / (re + im * ratio);
        (scale, -ratio * scale)
    } else {
        let ratio = re / im;
        let scale = 1.0 / (re * ratio + im);
        (ratio * scale, -scale)
    }
}
