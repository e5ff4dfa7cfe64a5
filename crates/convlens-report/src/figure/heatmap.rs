//! A matrix of colours.

use plotters::style::RGBColor;

use super::Figure;
use super::canvas::{Align, Canvas, Drawn};
use super::palette::INK;
use crate::error::ReportError;
use crate::number::fixed;

/// What a heat map shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Heatmap {
    pub(crate) title: String,
    pub(crate) caption: String,
    /// One name for each row.
    pub(crate) rows: Vec<String>,
    /// One name for each column; an empty one is not drawn.
    pub(crate) columns: Vec<String>,
    pub(crate) row_label: String,
    pub(crate) column_label: String,
    /// Row by row; a cell without a value stays grey.
    pub(crate) cells: Vec<Vec<Option<f64>>>,
    /// What the darkest colour stands for; the lightest is 0.
    pub(crate) top: f64,
    /// Whether cells also say their value.
    pub(crate) numbers: bool,
    pub(crate) size: (u32, u32),
}

const FONT: f64 = 11.5;
/// The colour of the largest value; the smallest is white.
const DARK: RGBColor = RGBColor(0x08, 0x30, 0x6B);
const MIDDLE: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
const NONE: RGBColor = RGBColor(0xDD, 0xDD, 0xDD);

/// Draws a heat map with a colour bar.
pub(crate) fn heatmap(map: &Heatmap) -> Result<Figure, ReportError> {
    Figure::new(
        map.title.as_str(),
        map.caption.as_str(),
        map.size,
        |canvas| draw(canvas, map),
    )
}

fn draw(canvas: &Canvas<'_>, map: &Heatmap) -> Drawn {
    let longest = map
        .rows
        .iter()
        .map(|n| n.chars().count())
        .max()
        .unwrap_or(1);
    let left = 28.0 + 0.62 * FONT * longest as f64;
    let right = f64::from(map.size.0) - 52.0;
    let (top, bottom) = (8.0, f64::from(map.size.1) - 42.0);
    let width = (right - left) / map.columns.len().max(1) as f64;
    let height = (bottom - top) / map.rows.len().max(1) as f64;
    let font = FONT.min(height * 0.72).min(width * 0.42);
    for (r, row) in map.cells.iter().enumerate() {
        for (c, &cell) in row.iter().enumerate() {
            let a = (left + c as f64 * width, top + r as f64 * height);
            let gap = if width > 8.0 && height > 8.0 {
                0.75
            } else {
                0.0
            };
            let b = (a.0 + width - gap, a.1 + height - gap);
            let share = cell.map(|v| (v / map.top).clamp(0.0, 1.0));
            canvas.rectangle(a, b, share.map_or(NONE, colour), 1.0)?;
            if let (Some(value), Some(share), true) = (cell, share, map.numbers) {
                let ink = if share > 0.62 {
                    RGBColor(255, 255, 255)
                } else {
                    INK
                };
                let middle = ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0);
                let text = fixed(value, 2);
                let text = text.strip_prefix('0').unwrap_or(&text);
                canvas.text(text, middle, font, Align::Centre, ink)?;
            }
        }
    }
    let every = (13.0 / height).ceil().max(1.0) as usize;
    for (r, name) in map.rows.iter().enumerate().step_by(every) {
        let y = top + (r as f64 + 0.5) * height;
        canvas.text(name, (left - 6.0, y), FONT, Align::Right, INK)?;
    }
    for (c, name) in map.columns.iter().enumerate() {
        if !name.is_empty() {
            let x = left + (c as f64 + 0.5) * width;
            canvas.text(name, (x, bottom + 11.0), FONT, Align::Centre, INK)?;
        }
    }
    let below = ((left + right) / 2.0, bottom + 30.0);
    canvas.text(&map.column_label, below, FONT, Align::Centre, INK)?;
    canvas.upward_text(&map.row_label, (11.0, (top + bottom) / 2.0), FONT, INK)?;
    colour_bar(canvas, map, (right + 12.0, top), bottom)
}

fn colour_bar(canvas: &Canvas<'_>, map: &Heatmap, (x, top): (f64, f64), bottom: f64) -> Drawn {
    const STEPS: usize = 24;
    let step = (bottom - top) / STEPS as f64;
    for i in 0..STEPS {
        let y = bottom - i as f64 * step;
        let share = (i as f64 + 0.5) / STEPS as f64;
        // A little overlap, or seams show.
        let end = (y - step - 0.5).max(top);
        canvas.rectangle((x, y), (x + 9.0, end), colour(share), 1.0)?;
    }
    for (share, y) in [
        (0.0, bottom - 5.0),
        (0.5, (top + bottom) / 2.0),
        (1.0, top + 5.0),
    ] {
        let text = fixed(share * map.top, 2);
        canvas.text(&text, (x + 13.0, y), 10.0, Align::Left, INK)?;
    }
    Ok(())
}

/// White over sky blue to a dark blue, darker for larger.
fn colour(share: f64) -> RGBColor {
    let mix = |a: RGBColor, b: RGBColor, t: f64| {
        let part = |a: u8, b: u8| (f64::from(a) + t * (f64::from(b) - f64::from(a))).round() as u8;
        RGBColor(part(a.0, b.0), part(a.1, b.1), part(a.2, b.2))
    };
    if share < 0.5 {
        mix(RGBColor(255, 255, 255), MIDDLE, 2.0 * share)
    } else {
        mix(MIDDLE, DARK, 2.0 * share - 1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_darken_with_the_value() {
        let light =
            |c: RGBColor| 299 * u32::from(c.0) + 587 * u32::from(c.1) + 114 * u32::from(c.2);
        let steps: Vec<u32> = (0..=10)
            .map(|i| light(colour(f64::from(i) / 10.0)))
            .collect();
        assert!(steps.windows(2).all(|w| w[1] < w[0]), "{steps:?}");
    }
}
