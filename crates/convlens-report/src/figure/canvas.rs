//! A sheet of pixels on which lines, points and words are drawn: plotters' SVG backend, at a
//! quarter of a pixel's resolution; and the palette, whose colors color-blind readers tell apart,
//! each with a marker and a dash of its own.

use plotters::coord::Shift;
use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::{DrawingArea, IntoDrawingArea, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontTransform, IntoFont, RGBColor, TextStyle};

/// Okabe and Ito (2008), "Color universal design", without yellow, which is lost on white.
pub(crate) const BLACK: RGBColor = RGBColor(0, 0, 0);
pub(crate) const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
pub(crate) const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
pub(crate) const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
pub(crate) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
pub(crate) const VERMILION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
pub(crate) const PURPLE: RGBColor = RGBColor(0xCC, 0x79, 0xA7);

/// Axes and text.
pub(crate) const INK: RGBColor = RGBColor(0x33, 0x33, 0x33);
/// Grid lines.
pub(crate) const GRID: RGBColor = RGBColor(0xE4, 0xE4, 0xE4);

/// The shape of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
}

/// How a line is broken, in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Dash {
    Solid,
    Dashed,
    Dotted,
}

impl Dash {
    /// Lengths of a dash and of the gap after it.
    pub(crate) fn pattern(self) -> Option<(f64, f64)> {
        match self {
            Dash::Solid => None,
            Dash::Dashed => Some((6.0, 4.0)),
            Dash::Dotted => Some((2.0, 3.0)),
        }
    }
}

/// How one series is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) color: RGBColor,
    pub(crate) dash: Dash,
    pub(crate) marker: Option<Marker>,
    /// Whether a legend shows a line; points alone have none.
    pub(crate) line: bool,
}

impl Style {
    pub(crate) const fn line(color: RGBColor, dash: Dash) -> Self {
        Style {
            color,
            dash,
            marker: None,
            line: true,
        }
    }

    pub(crate) const fn points(color: RGBColor, marker: Marker) -> Self {
        Style {
            color,
            dash: Dash::Solid,
            marker: Some(marker),
            line: false,
        }
    }

    pub(crate) const fn with(self, marker: Marker) -> Self {
        Style {
            marker: Some(marker),
            ..self
        }
    }
}

/// plotters rounds to whole units; four of them to a pixel keep curves smooth.
const UNITS: f64 = 4.0;

/// Where a text stands relative to its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Center,
    Right,
}

/// A point in pixels, y downwards.
pub(crate) type Point = (f64, f64);

/// Why drawing failed, in words.
pub(crate) type Drawn = Result<(), String>;

pub(crate) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

/// The body of an SVG, drawn by `draw`; the caller gives it its outer element.
pub(crate) fn draw(
    size: (u32, u32),
    draw: impl FnOnce(&Canvas<'_>) -> Drawn,
) -> Result<String, String> {
    let mut text = String::new();
    {
        let units = |pixels: u32| pixels * UNITS as u32;
        let area =
            SVGBackend::with_string(&mut text, (units(size.0), units(size.1))).into_drawing_area();
        let canvas = Canvas { area };
        draw(&canvas)?;
        canvas.area.present().map_err(|e| e.to_string())?;
    }
    let start = text.find('>').map_or(0, |i| i + 1);
    let end = text.rfind("</svg>").unwrap_or(text.len());
    Ok(text[start..end].trim().to_owned())
}

/// The view box of a picture of this many pixels.
pub(crate) fn view_box(size: (u32, u32)) -> String {
    let units = |pixels: u32| pixels * UNITS as u32;
    format!("0 0 {} {}", units(size.0), units(size.1))
}

impl Canvas<'_> {
    pub(crate) fn polyline(
        &self,
        points: &[Point],
        color: RGBColor,
        width: f64,
        dash: Dash,
    ) -> Drawn {
        let style = color.stroke_width(units(width).unsigned_abs());
        let whole;
        let pieces = match dash.pattern() {
            Some((on, off)) => {
                whole = dashes(points, on, off);
                &whole
            }
            None => {
                whole = vec![points.to_vec()];
                &whole
            }
        };
        for piece in pieces {
            if piece.len() > 1 {
                let path: Vec<_> = piece.iter().map(|&p| at(p)).collect();
                self.element(&PathElement::new(path, style))?;
            }
        }
        Ok(())
    }

    pub(crate) fn line(&self, from: Point, to: Point, color: RGBColor, width: f64) -> Drawn {
        self.polyline(&[from, to], color, width, Dash::Solid)
    }

    pub(crate) fn polygon(&self, points: &[Point], color: RGBColor, opacity: f64) -> Drawn {
        let points: Vec<_> = points.iter().map(|&p| at(p)).collect();
        self.element(&Polygon::new(points, color.mix(opacity).filled()))
    }

    /// A filled rectangle between two corners, in any order.
    pub(crate) fn rectangle(&self, a: Point, b: Point, color: RGBColor, opacity: f64) -> Drawn {
        let low = (a.0.min(b.0), a.1.min(b.1));
        let high = (a.0.max(b.0), a.1.max(b.1));
        let style = color.mix(opacity).filled();
        self.element(&Rectangle::new([at(low), at(high)], style))
    }

    pub(crate) fn marker(&self, p: Point, marker: Marker, color: RGBColor, radius: f64) -> Drawn {
        let (x, y) = p;
        let r = radius;
        match marker {
            Marker::Circle => self.element(&Circle::new(at(p), units(r), color.filled())),
            Marker::Square => {
                let r = 0.9 * r;
                self.rectangle((x - r, y - r), (x + r, y + r), color, 1.0)
            }
            Marker::Triangle => self.polygon(
                &[
                    (x, y - 1.2 * r),
                    (x + 1.1 * r, y + 0.8 * r),
                    (x - 1.1 * r, y + 0.8 * r),
                ],
                color,
                1.0,
            ),
            Marker::Diamond => {
                let r = 1.25 * r;
                self.polygon(
                    &[(x, y - r), (x + r, y), (x, y + r), (x - r, y)],
                    color,
                    1.0,
                )
            }
        }
    }

    /// Text at a point, which is at half its height.
    pub(crate) fn text(
        &self,
        text: &str,
        p: Point,
        size: f64,
        align: Align,
        color: RGBColor,
    ) -> Drawn {
        self.element(&Text::new(
            text.to_owned(),
            at(p),
            style(size, align, color),
        ))
    }

    /// Text that reads upwards, centered on a point.
    pub(crate) fn upward_text(&self, text: &str, p: Point, size: f64, color: RGBColor) -> Drawn {
        let style = style(size, Align::Center, color).transform(FontTransform::Rotate270);
        self.element(&Text::new(text.to_owned(), at(p), style))
    }

    fn element<'e, E>(&self, element: &'e E) -> Drawn
    where
        &'e E: plotters::element::PointCollection<'e, (i32, i32)>,
        E: for<'b> plotters::element::Drawable<SVGBackend<'b>>,
    {
        self.area.draw(element).map_err(|e| e.to_string())
    }
}

fn style(size: f64, align: Align, color: RGBColor) -> TextStyle<'static> {
    let horizontal = match align {
        Align::Left => HPos::Left,
        Align::Center => HPos::Center,
        Align::Right => HPos::Right,
    };
    // The backend divides font sizes by 1.24.
    ("sans-serif", size * UNITS * 1.24)
        .into_font()
        .color(&color)
        .pos(Pos::new(horizontal, VPos::Center))
}

fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn at(p: Point) -> (i32, i32) {
    (units(p.0), units(p.1))
}

/// Cuts a path into dashes of length `on` with gaps of length `off`.
fn dashes(points: &[Point], on: f64, off: f64) -> Vec<Vec<Point>> {
    let mut pieces = Vec::new();
    let mut piece: Vec<Point> = points.first().copied().into_iter().collect();
    let (mut drawing, mut left) = (true, on);
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let length = (to.0 - from.0).hypot(to.1 - from.1);
            if length <= left {
                left -= length;
                if drawing {
                    piece.push(to);
                }
                break;
            }
            let t = left / length;
            from = (from.0 + t * (to.0 - from.0), from.1 + t * (to.1 - from.1));
            if drawing {
                piece.push(from);
                pieces.push(std::mem::take(&mut piece));
            } else {
                piece = vec![from];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
    }
    if drawing {
        pieces.push(piece);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_cover_their_share_of_a_bent_path() {
        let path = [(0.0, 0.0), (60.0, 0.0), (60.0, 40.0)];
        let pieces = dashes(&path, 6.0, 4.0);
        assert_eq!(pieces.len(), 10);
        let length: f64 = pieces
            .iter()
            .flat_map(|p| {
                p.windows(2)
                    .map(|w| (w[1].0 - w[0].0).hypot(w[1].1 - w[0].1))
            })
            .sum();
        assert!((length - 60.0).abs() < 1e-9, "{length}"); // 100 pixels, 6 of every 10
    }

    #[test]
    fn markup_in_a_text_is_escaped() {
        let body = draw((10, 10), |canvas| {
            canvas.text(
                "<script>&",
                (5.0, 5.0),
                10.0,
                Align::Left,
                RGBColor(0, 0, 0),
            )
        })
        .unwrap();
        assert!(body.contains("&lt;script&gt;&amp;"), "{body}");
        assert!(!body.contains("<script"));
    }
}
