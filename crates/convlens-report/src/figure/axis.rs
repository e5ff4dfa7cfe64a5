//! Axes: where values lie, and which of them are named.

use crate::number::{fixed, significant, superscript};

/// How values are laid along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scale {
    Linear,
    /// Positive values only.
    Log,
}

/// A tick and its name; an empty one is a minor tick.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    pub(crate) value: f64,
    pub(crate) name: String,
}

/// One axis of a figure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Axis {
    pub(crate) label: String,
    pub(crate) scale: Scale,
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) ticks: Vec<Tick>,
}

impl Axis {
    /// A linear axis over a range, widened where it is empty.
    pub(crate) fn linear(label: impl Into<String>, low: f64, high: f64) -> Self {
        let (low, high) = widen(low, high);
        let (ticks, power) = linear_ticks(low, high);
        let mut label = label.into();
        if power != 0 {
            label.push_str(&format!(" (\u{d7}10{})", superscript(power)));
        }
        Axis {
            label,
            scale: Scale::Linear,
            low,
            high,
            ticks,
        }
    }

    /// A logarithmic axis over a range of positive values.
    pub(crate) fn log(label: impl Into<String>, low: f64, high: f64) -> Self {
        let high = if high > low { high } else { 2.0 * low };
        Axis {
            label: label.into(),
            scale: Scale::Log,
            low,
            high,
            ticks: log_ticks(low, high),
        }
    }

    /// An axis of names, at 1, 2, ...
    pub(crate) fn names(label: impl Into<String>, names: &[String]) -> Self {
        let ticks = names.iter().enumerate().map(|(i, name)| Tick {
            value: (i + 1) as f64,
            name: name.clone(),
        });
        Axis {
            label: label.into(),
            scale: Scale::Linear,
            low: 0.6,
            high: names.len() as f64 + 0.4,
            ticks: ticks.collect(),
        }
    }

    /// An axis of whole numbers from 1.
    pub(crate) fn ranks(label: impl Into<String>, count: usize) -> Self {
        let step = (1..)
            .flat_map(|k| [1, 2, 5].map(|s| s * 10_usize.pow(k - 1)))
            .find(|step| count <= 8 * step)
            .unwrap_or(1);
        let first = if step == 1 { 1 } else { step };
        let mut values: Vec<usize> = (first..=count).step_by(step).collect();
        if step > 1 {
            values.insert(0, 1);
        }
        let room = (count as f64 * 0.03).max(0.5);
        Axis {
            label: label.into(),
            scale: Scale::Linear,
            low: 1.0 - room,
            high: count as f64 + room,
            ticks: values
                .into_iter()
                .map(|v| Tick {
                    value: v as f64,
                    name: v.to_string(),
                })
                .collect(),
        }
    }

    /// Where a value lies: 0 at the low end, 1 at the high one.
    pub(crate) fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => (value / self.low).ln() / (self.high / self.low).ln(),
        }
    }

    /// Whether a value can be shown.
    pub(crate) fn holds(&self, value: f64) -> bool {
        let place = self.place(value);
        place.is_finite() && (-1e-9..=1.0 + 1e-9).contains(&place)
    }
}

fn widen(low: f64, high: f64) -> (f64, f64) {
    if high > low {
        return (low, high);
    }
    let room = if low == 0.0 { 1.0 } else { low.abs() / 2.0 };
    (low - room, low + room)
}

/// Ticks at multiples of 1, 2 or 5 times a power of ten, some four to seven, and the power of ten
/// that their names leave out.
fn linear_ticks(low: f64, high: f64) -> (Vec<Tick>, i32) {
    let rough = (high - low) / 5.0;
    let exponent = rough.log10().floor() as i32;
    let decade = 10_f64.powi(exponent);
    let (factor, step_exponent) = [(1.0, exponent), (2.0, exponent), (5.0, exponent)]
        .into_iter()
        .find(|(factor, _)| factor * decade >= rough * 0.95)
        .unwrap_or((10.0, exponent + 1));
    let step = factor * decade;
    let largest = low.abs().max(high.abs());
    let power = largest.log10().floor() as i32;
    let power = if (-2..5).contains(&power) { 0 } else { power };
    let unit = 10_f64.powi(power);
    let decimals = (power - step_exponent).max(0) as usize;
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    let ticks = (first..=last).map(|i| {
        let value = i as f64 * step;
        Tick {
            value,
            name: fixed(value / unit, decimals),
        }
    });
    (ticks.collect(), power)
}

/// Named decades where there are two or more of them; else 1, 2 and 5 times a decade; else evenly
/// spaced values.
fn log_ticks(low: f64, high: f64) -> Vec<Tick> {
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let inside = |v: f64| v >= low * (1.0 - 1e-9) && v <= high * (1.0 + 1e-9);
    let decades = (first..=last).filter(|&e| inside(10_f64.powi(e))).count();
    if decades < 2 {
        let multiples: Vec<Tick> = (first..=last)
            .flat_map(|e| [1.0, 2.0, 5.0].map(|m| m * 10_f64.powi(e)))
            .filter(|&v| inside(v))
            .map(|value| Tick {
                value,
                name: plain(value),
            })
            .collect();
        if multiples.len() >= 3 {
            return multiples;
        }
        let (ticks, power) = linear_ticks(low, high);
        let unit = 10_f64.powi(power);
        let digits = |t: &Tick| significant(t.value / unit * unit, 3);
        return ticks
            .iter()
            .map(|t| Tick {
                value: t.value,
                name: if power == 0 {
                    t.name.clone()
                } else {
                    digits(t)
                },
            })
            .collect();
    }
    let every = (decades as i32 + 5) / 6;
    let mut ticks = Vec::new();
    for e in first..=last {
        let multiples = if decades <= 4 { 1..10 } else { 1..2 };
        for m in multiples {
            let value = f64::from(m) * 10_f64.powi(e);
            if inside(value) {
                let named = m == 1 && e.rem_euclid(every) == 0;
                let name = if named {
                    power_of_ten(e)
                } else {
                    String::new()
                };
                ticks.push(Tick { value, name });
            }
        }
    }
    ticks
}

fn plain(value: f64) -> String {
    if (1e-3..1e5).contains(&value) {
        let text = format!("{value:.6}");
        return text.trim_end_matches('0').trim_end_matches('.').to_owned();
    }
    significant(value, 1)
}

fn power_of_ten(exponent: i32) -> String {
    match exponent {
        0 => "1".into(),
        1 => "10".into(),
        _ => format!("10{}", superscript(exponent)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(axis: &Axis) -> Vec<&str> {
        axis.ticks
            .iter()
            .map(|t| t.name.as_str())
            .filter(|n| !n.is_empty())
            .collect()
    }

    #[test]
    fn linear_ticks_are_round_and_exactly_named() {
        assert_eq!(
            names(&Axis::linear("x", 0.0, 1.0)),
            ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]
        );
        let small = Axis::linear("x", 0.0, 3.1e-5);
        assert_eq!(names(&small), ["0", "1", "2", "3"]);
        assert_eq!(small.label, "x (×10⁻⁵)");
        assert_eq!(
            names(&Axis::linear("x", -3.0, 3.0)),
            ["\u{2212}2", "0", "2"]
        );
        // A range without width still has ticks.
        assert!(names(&Axis::linear("x", 2.0, 2.0)).len() >= 2);
    }

    #[test]
    fn log_ticks_are_decades_where_there_are_any() {
        assert_eq!(
            names(&Axis::log("x", 0.5e-3, 20.0)),
            ["10⁻³", "10⁻²", "10⁻¹", "1", "10"]
        );
        assert_eq!(
            names(&Axis::log("x", 0.03, 0.9)),
            ["0.05", "0.1", "0.2", "0.5"]
        );
        assert_eq!(
            names(&Axis::log("x", 5.1, 5.9)),
            ["5.2", "5.4", "5.6", "5.8"]
        );
        // Twelve decades, not twelve names.
        assert!(names(&Axis::log("x", 1e-12, 1.0)).len() <= 7);
    }

    #[test]
    fn places_are_shares_of_the_range() {
        assert_eq!(Axis::log("x", 1.0, 100.0).place(10.0), 0.5);
        assert_eq!(Axis::linear("x", 0.0, 4.0).place(1.0), 0.25);
        assert!(!Axis::log("x", 1.0, 100.0).holds(0.0));
    }

    #[test]
    fn ranks_start_at_one() {
        assert_eq!(names(&Axis::ranks("rank", 5)), ["1", "2", "3", "4", "5"]);
        let many = Axis::ranks("rank", 64);
        assert_eq!(names(&many), ["1", "10", "20", "30", "40", "50", "60"]);
        assert_eq!(names(&Axis::ranks("rank", 1)), ["1"]);
    }
}
