//! Numbers for people: a few significant digits, no noise.

/// Three significant digits, in scientific notation outside 0.001 to 99999.
pub(super) fn short(x: f64) -> String {
    let size = x.abs();
    match size {
        0.0 => "0".into(),
        s if !(0.001..1e5).contains(&s) => format!("{x:.2e}"),
        s if s < 0.01 => format!("{x:.5}"),
        s if s < 0.1 => format!("{x:.4}"),
        s if s < 1.0 => format!("{x:.3}"),
        s if s < 10.0 => format!("{x:.2}"),
        s if s < 100.0 => format!("{x:.1}"),
        _ => format!("{x:.0}"),
    }
}

/// A probability of at least `1 / (B + 1)`.
pub(super) fn p_value(p: f64) -> String {
    if p < 0.001 {
        format!("{p:.1e}")
    } else {
        format!("{p:.3}")
    }
}

/// Sizes with crosses between them: `64x3x3`; `-` for none.
pub(super) fn sizes(dims: &[usize]) -> String {
    let dims: Vec<String> = dims.iter().map(ToString::to_string).collect();
    if dims.is_empty() {
        "-".into()
    } else {
        dims.join("x")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits() {
        let cases = [
            (0.0, "0"),
            (1.0, "1.00"),
            (1.999, "2.00"),
            (0.123456, "0.123"),
            (12.34, "12.3"),
            (0.01234, "0.0123"),
            (0.00123, "0.00123"),
            (1234.5, "1234"),
            (1e-9, "1.00e-9"),
            (-2.5, "-2.50"),
            (3e7, "3.00e7"),
        ];
        for (x, text) in cases {
            assert_eq!(short(x), text, "{x}");
        }
    }

    #[test]
    fn sizes_are_joined_by_crosses() {
        assert_eq!(sizes(&[64, 3, 3]), "64x3x3");
        assert_eq!(sizes(&[]), "-");
    }
}
