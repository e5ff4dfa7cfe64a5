//! Numbers as text, for people: a few significant digits, thousands grouped, proper minus signs.
//!
//! The page and the terminal's tables both use these; files of [`tables`](crate::tables) hold all
//! digits instead.
//!
//! ```
//! use convlens_report::number::{count, p_value, percent, plural, short, sizes};
//!
//! assert_eq!(short(0.012345), "0.0123");
//! assert_eq!(short(1.5e-7), "1.50\u{d7}10\u{207b}\u{2077}");
//! assert_eq!(percent(0.998), "99.8%");
//! assert_eq!(p_value(0.0134), "0.013");
//! assert_eq!(count(1_234_567), "1,234,567");
//! assert_eq!(plural(2, "layer"), "2 layers");
//! assert_eq!(sizes(&[64, 3]), "64\u{a0}\u{d7}\u{a0}3");
//! ```

/// A number with `digits` significant digits; with a power of ten outside `[1e-3, 1e6)`.
#[must_use]
pub fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if !value.is_finite() {
        return "not finite".into();
    }
    // The exponent after rounding: 9.9996 with 4 digits is 10.00.
    let scientific = format!("{:.*e}", digits.saturating_sub(1), value);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if !(-3..6).contains(&exponent) {
        return format!("{}\u{d7}10{}", minus(mantissa), superscript(exponent));
    }
    let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
    minus(&format!("{value:.decimals$}"))
}

/// Three significant digits, as [`significant`].
#[must_use]
pub fn short(value: f64) -> String {
    significant(value, 3)
}

/// Four significant digits, as [`significant`].
#[must_use]
pub fn exact(value: f64) -> String {
    significant(value, 4)
}

/// A number with a fixed count of decimals and a proper minus sign.
#[must_use]
pub fn fixed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    // -0.00 is 0.00.
    if text.starts_with('-') && text.chars().all(|c| matches!(c, '-' | '0' | '.')) {
        return text.trim_start_matches('-').to_owned();
    }
    minus(&text)
}

/// A share of 1 as a percentage with one decimal; exactly 1 is `100%`.
#[must_use]
pub fn percent(share: f64) -> String {
    let value = 100.0 * share;
    let decimals = usize::from(value.abs() < 99.95 || share != 1.0);
    format!("{}%", fixed(value, decimals))
}

/// A chosen share of 1, such as a confidence level: a percentage without trailing zeros.
#[must_use]
pub fn level(share: f64) -> String {
    let text = significant(100.0 * share, 3);
    if text.contains('.') {
        return format!("{}%", text.trim_end_matches('0').trim_end_matches('.'));
    }
    format!("{text}%")
}

/// A p-value: three significant digits, without trailing zeros, never rounded to 0.
///
/// A permutation p-value is at least 1/(B + 1), so that it is never printed as "< ..".
#[must_use]
pub fn p_value(p: f64) -> String {
    if p >= 0.9995 {
        return "1".into();
    }
    let text = significant(p, if p < 0.1 { 2 } else { 3 });
    if text.contains('.') && !text.contains('\u{d7}') {
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    text
}

/// A whole number with its thousands grouped.
#[must_use]
pub fn count(value: usize) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: "1 layer", "2 layers".
#[must_use]
pub fn plural(value: usize, noun: &str) -> String {
    let ending = if value == 1 { "" } else { "s" };
    format!("{} {noun}{ending}", count(value))
}

/// Sizes joined by crosses, without a line break between them: "32 × 64 × 3 × 3"; "–" for an empty
/// list.
#[must_use]
pub fn sizes(values: &[usize]) -> String {
    if values.is_empty() {
        return "\u{2013}".into();
    }
    let texts: Vec<String> = values.iter().map(ToString::to_string).collect();
    // No line break within a shape.
    texts.join("\u{a0}\u{d7}\u{a0}")
}

/// A whole number in superscript digits.
pub(crate) fn superscript(value: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let digit = |c: char| match c.to_digit(10) {
        Some(d) => DIGITS[d as usize],
        None => '⁻',
    };
    value.to_string().chars().map(digit).collect()
}

fn minus(text: &str) -> String {
    text.replace('-', "\u{2212}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn significant_digits_survive_rounding_up() {
        assert_eq!(exact(9.99996), "10.00");
        assert_eq!(exact(0.001234567), "0.001235");
        assert_eq!(short(-12.345), "\u{2212}12.3");
        assert_eq!(short(1234.0), "1234");
        assert_eq!(short(0.0), "0");
        assert_eq!(short(1.5e-7), "1.50×10⁻⁷");
        assert_eq!(short(-2.0e12), "\u{2212}2.00×10¹²");
    }

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
            (1e-9, "1.00×10⁻⁹"),
            (-2.5, "\u{2212}2.50"),
            (3e7, "3.00×10⁷"),
        ];
        for (x, text) in cases {
            assert_eq!(short(x), text, "{x}");
        }
    }

    #[test]
    fn p_values_keep_their_meaning() {
        assert_eq!(p_value(0.001), "0.001");
        assert_eq!(p_value(0.0005), "5.0×10⁻⁴");
        assert_eq!(p_value(1.0), "1");
        assert_eq!(p_value(0.25), "0.25");
        assert_eq!(p_value(0.0134), "0.013");
        // Never rounded up to a bound that it does not reach, as a whole 1 would be.
        assert_eq!(p_value(0.999), "0.999");
    }

    #[test]
    fn counts_shares_and_signs() {
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(999), "999");
        assert_eq!(plural(1, "layer"), "1 layer");
        assert_eq!(plural(1200, "layer"), "1,200 layers");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(0.998), "99.8%");
        assert_eq!(percent(0.9999), "100.0%");
        assert_eq!((level(0.95), level(0.999)), ("95%".into(), "99.9%".into()));
        assert_eq!((level(0.5), level(0.001)), ("50%".into(), "0.1%".into()));
        assert_eq!(fixed(-0.001, 2), "0.00");
        assert_eq!(fixed(-1.25, 1), "\u{2212}1.2");
        assert_eq!(sizes(&[32, 1, 3]), "32\u{a0}×\u{a0}1\u{a0}×\u{a0}3");
    }
}
