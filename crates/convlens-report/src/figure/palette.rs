//! Colours that colour-blind readers tell apart, each with a marker and a dash of its own.

use plotters::style::RGBColor;

/// Okabe and Ito (2008), "Color universal design", without yellow, which is lost on white.
pub(crate) const BLACK: RGBColor = RGBColor(0, 0, 0);
pub(crate) const ORANGE: RGBColor = RGBColor(0xE6, 0x9F, 0x00);
pub(crate) const SKY: RGBColor = RGBColor(0x56, 0xB4, 0xE9);
pub(crate) const GREEN: RGBColor = RGBColor(0x00, 0x9E, 0x73);
pub(crate) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xB2);
pub(crate) const VERMILLION: RGBColor = RGBColor(0xD5, 0x5E, 0x00);
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
    pub(crate) colour: RGBColor,
    pub(crate) dash: Dash,
    pub(crate) marker: Option<Marker>,
    /// Whether a legend shows a line; points alone have none.
    pub(crate) line: bool,
}

impl Style {
    pub(crate) const fn line(colour: RGBColor, dash: Dash) -> Self {
        Style {
            colour,
            dash,
            marker: None,
            line: true,
        }
    }

    pub(crate) const fn points(colour: RGBColor, marker: Marker) -> Self {
        Style {
            colour,
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
