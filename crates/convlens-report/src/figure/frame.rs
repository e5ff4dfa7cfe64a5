//! The frame of a plot: its axes, with the ticks that they name, its grid, and the way from values
//! to pixels.

use plotters::style::RGBColor;

use super::canvas::{Align, Canvas, Dash, Drawn, GRID, INK, Point, Style};
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

const FONT: f64 = 11.5;

pub(crate) struct Frame<'c, 'a> {
    canvas: &'c Canvas<'a>,
    x: Axis,
    y: Axis,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl<'c, 'a> Frame<'c, 'a> {
    /// Draws axes and grid on a canvas of the given size.
    pub(crate) fn draw(
        canvas: &'c Canvas<'a>,
        size: (u32, u32),
        x: Axis,
        y: Axis,
    ) -> Result<Self, String> {
        // Digits are about 0.6 of the font's size wide.
        let widest = y.ticks.iter().map(|t| t.name.chars().count()).max();
        let names = widest.unwrap_or(0) as f64 * 0.6 * FONT;
        let frame = Frame {
            canvas,
            left: (names + 32.0).max(46.0),
            right: f64::from(size.0) - 14.0,
            top: 10.0,
            bottom: f64::from(size.1) - 42.0,
            x,
            y,
        };
        frame.grid()?;
        Ok(frame)
    }

    fn grid(&self) -> Drawn {
        let (left, right, top, bottom) = (self.left, self.right, self.top, self.bottom);
        for tick in self.x.ticks.iter().filter(|t| self.x.holds(t.value)) {
            let x = self.x_at(tick.value);
            if tick.name.is_empty() {
                self.canvas.line((x, bottom), (x, bottom + 3.0), INK, 0.8)?;
            } else {
                self.canvas.line((x, top), (x, bottom), GRID, 1.0)?;
                self.canvas.line((x, bottom), (x, bottom + 5.0), INK, 1.0)?;
                let below = (x, bottom + 14.0);
                self.canvas
                    .text(&tick.name, below, FONT, Align::Center, INK)?;
            }
        }
        for tick in self.y.ticks.iter().filter(|t| self.y.holds(t.value)) {
            let y = self.y_at(tick.value);
            if tick.name.is_empty() {
                self.canvas.line((left - 3.0, y), (left, y), INK, 0.8)?;
            } else {
                self.canvas.line((left, y), (right, y), GRID, 1.0)?;
                self.canvas.line((left - 5.0, y), (left, y), INK, 1.0)?;
                let beside = (left - 8.0, y);
                self.canvas
                    .text(&tick.name, beside, FONT, Align::Right, INK)?;
            }
        }
        self.canvas.line((left, top), (left, bottom), INK, 1.0)?;
        self.canvas
            .line((left, bottom), (right, bottom), INK, 1.0)?;
        let below = ((left + right) / 2.0, bottom + 32.0);
        self.canvas
            .text(&self.x.label, below, FONT, Align::Center, INK)?;
        let beside = (11.0, (top + bottom) / 2.0);
        self.canvas.upward_text(&self.y.label, beside, FONT, INK)
    }

    fn x_at(&self, value: f64) -> f64 {
        self.left + self.x.place(value) * (self.right - self.left)
    }

    fn y_at(&self, value: f64) -> f64 {
        self.bottom - self.y.place(value) * (self.bottom - self.top)
    }

    /// A point in pixels, kept within the frame.
    fn at(&self, p: Point) -> Point {
        let x = self.x_at(p.0).clamp(self.left, self.right);
        (x, self.y_at(p.1).clamp(self.top, self.bottom))
    }

    /// Whether both coordinates lie within the axes.
    fn holds(&self, p: Point) -> bool {
        self.x.holds(p.0) && self.y.holds(p.1)
    }

    pub(crate) fn curve(&self, points: &[Point], style: Style) -> Drawn {
        let path: Vec<Point> = points.iter().map(|&p| self.at(p)).collect();
        self.canvas.polyline(&path, style.color, 1.8, style.dash)
    }

    pub(crate) fn points(&self, points: &[Point], style: Style, radius: f64) -> Drawn {
        let Some(marker) = style.marker else {
            return Ok(());
        };
        for &p in points.iter().filter(|&&p| self.holds(p)) {
            self.canvas
                .marker(self.at(p), marker, style.color, radius)?;
        }
        Ok(())
    }

    /// A filled bar or cell between two corners.
    pub(crate) fn bar(&self, a: Point, b: Point, color: RGBColor, opacity: f64) -> Drawn {
        self.canvas
            .rectangle(self.at(a), self.at(b), color, opacity)
    }

    /// The area between two curves over the same x.
    pub(crate) fn band(&self, rows: &[(f64, f64, f64)], color: RGBColor, opacity: f64) -> Drawn {
        let lower = rows.iter().map(|&(x, low, _)| self.at((x, low)));
        let upper = rows.iter().rev().map(|&(x, _, high)| self.at((x, high)));
        let outline: Vec<Point> = lower.chain(upper).collect();
        self.canvas.polygon(&outline, color, opacity)
    }

    pub(crate) fn vertical(&self, x: f64, style: Style) -> Drawn {
        if !self.x.holds(x) {
            return Ok(());
        }
        let (top, bottom) = ((self.x_at(x), self.top), (self.x_at(x), self.bottom));
        self.canvas
            .polyline(&[bottom, top], style.color, 1.5, style.dash)
    }

    pub(crate) fn horizontal(&self, y: f64, style: Style) -> Drawn {
        if !self.y.holds(y) {
            return Ok(());
        }
        let (left, right) = ((self.left, self.y_at(y)), (self.right, self.y_at(y)));
        self.canvas
            .polyline(&[left, right], style.color, 1.5, style.dash)
    }

    /// A short stroke on the x axis.
    pub(crate) fn rug(&self, x: f64, color: RGBColor) -> Drawn {
        if !self.x.holds(x) {
            return Ok(());
        }
        let x = self.x_at(x);
        let (low, high) = ((x, self.bottom), (x, self.bottom - 6.0));
        self.canvas.polyline(&[low, high], color, 1.0, Dash::Solid)
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
