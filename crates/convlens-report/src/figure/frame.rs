//! The frame of a plot: axes, grid, and the way from values to pixels.

use plotters::style::RGBColor;

use super::axis::Axis;
use super::canvas::{Align, Canvas, Drawn, Point};
use super::palette::{Dash, GRID, INK, Style};

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
                    .text(&tick.name, below, FONT, Align::Centre, INK)?;
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
            .text(&self.x.label, below, FONT, Align::Centre, INK)?;
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
        self.canvas.polyline(&path, style.colour, 1.8, style.dash)
    }

    pub(crate) fn points(&self, points: &[Point], style: Style, radius: f64) -> Drawn {
        let Some(marker) = style.marker else {
            return Ok(());
        };
        for &p in points.iter().filter(|&&p| self.holds(p)) {
            self.canvas
                .marker(self.at(p), marker, style.colour, radius)?;
        }
        Ok(())
    }

    /// A filled bar or cell between two corners.
    pub(crate) fn bar(&self, a: Point, b: Point, colour: RGBColor, opacity: f64) -> Drawn {
        self.canvas
            .rectangle(self.at(a), self.at(b), colour, opacity)
    }

    /// The area between two curves over the same x.
    pub(crate) fn band(&self, rows: &[(f64, f64, f64)], colour: RGBColor, opacity: f64) -> Drawn {
        let lower = rows.iter().map(|&(x, low, _)| self.at((x, low)));
        let upper = rows.iter().rev().map(|&(x, _, high)| self.at((x, high)));
        let outline: Vec<Point> = lower.chain(upper).collect();
        self.canvas.polygon(&outline, colour, opacity)
    }

    pub(crate) fn vertical(&self, x: f64, style: Style) -> Drawn {
        if !self.x.holds(x) {
            return Ok(());
        }
        let (top, bottom) = ((self.x_at(x), self.top), (self.x_at(x), self.bottom));
        self.canvas
            .polyline(&[bottom, top], style.colour, 1.5, style.dash)
    }

    pub(crate) fn horizontal(&self, y: f64, style: Style) -> Drawn {
        if !self.y.holds(y) {
            return Ok(());
        }
        let (left, right) = ((self.left, self.y_at(y)), (self.right, self.y_at(y)));
        self.canvas
            .polyline(&[left, right], style.colour, 1.5, style.dash)
    }

    /// A short stroke on the x axis.
    pub(crate) fn rug(&self, x: f64, colour: RGBColor) -> Drawn {
        if !self.x.holds(x) {
            return Ok(());
        }
        let x = self.x_at(x);
        let (low, high) = ((x, self.bottom), (x, self.bottom - 6.0));
        self.canvas.polyline(&[low, high], colour, 1.0, Dash::Solid)
    }
}
