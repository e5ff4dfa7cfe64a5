//! A figure: an SVG text with a title, a description and a legend.

use plotters::style::RGBColor;

use super::canvas::{Canvas, Drawn, Style, draw, view_box};
use crate::error::ReportError;

/// A picture that can stand in a page.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Figure {
    /// What it shows, in a few words.
    pub(crate) title: String,
    /// The whole `<svg>` element.
    pub(crate) svg: String,
    /// What its lines and points are.
    pub(crate) legend: Vec<LegendEntry>,
    /// What a reader should know to read it; plain text.
    pub(crate) caption: String,
}

/// One line of a legend.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LegendEntry {
    /// A small `<svg>` element that shows the style.
    pub(crate) swatch: String,
    /// What it stands for.
    pub(crate) label: String,
}

impl Figure {
    pub(super) fn new(
        title: impl Into<String>,
        caption: impl Into<String>,
        size: (u32, u32),
        drawing: impl FnOnce(&Canvas<'_>) -> Drawn,
    ) -> Result<Self, ReportError> {
        let (title, caption) = (title.into(), caption.into());
        let body = draw(size, drawing).map_err(|message| ReportError::Figure {
            figure: title.clone(),
            message,
        })?;
        let name = escape(&title);
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" \
             viewBox=\"{}\" role=\"img\" aria-label=\"{name}\">\n<title>{name}</title>\n\
             <desc>{}</desc>\n{body}\n</svg>",
            size.0,
            size.1,
            view_box(size),
            escape(&caption),
        );
        Ok(Figure {
            title,
            svg,
            legend: Vec::new(),
            caption,
        })
    }

    pub(super) fn entry(
        mut self,
        style: Style,
        label: impl Into<String>,
    ) -> Result<Self, ReportError> {
        let label = label.into();
        let swatch = swatch(&label, |canvas| {
            if style.line {
                canvas.polyline(&[(1.0, 6.0), (31.0, 6.0)], style.color, 2.0, style.dash)?;
            }
            match style.marker {
                Some(marker) => canvas.marker((16.0, 6.0), marker, style.color, 3.6),
                None => Ok(()),
            }
        })?;
        self.legend.push(LegendEntry { swatch, label });
        Ok(self)
    }

    /// A legend entry for an area.
    pub(super) fn area(
        mut self,
        color: RGBColor,
        opacity: f64,
        label: impl Into<String>,
    ) -> Result<Self, ReportError> {
        let label = label.into();
        let swatch = swatch(&label, |canvas| {
            canvas.rectangle((2.0, 1.0), (30.0, 11.0), color, opacity)
        })?;
        self.legend.push(LegendEntry { swatch, label });
        Ok(self)
    }
}

fn swatch(label: &str, drawing: impl FnOnce(&Canvas<'_>) -> Drawn) -> Result<String, ReportError> {
    let size = (32, 12);
    let body = draw(size, drawing).map_err(|message| ReportError::Figure {
        figure: label.to_owned(),
        message,
    })?;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"{}\" \
         aria-hidden=\"true\">{body}</svg>",
        size.0,
        size.1,
        view_box(size),
    ))
}

/// Text as it stands in an element or an attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}
