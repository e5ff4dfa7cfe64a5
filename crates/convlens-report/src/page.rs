//! The page: views put into the templates.

use std::path::Path;

use askama::Template;
use convlens::Analysis;
use convlens::analysis::SkippedLayer;
use convlens::model::ReplacedFile;

use crate::conclusions::{Answer, conclusions};
use crate::error::ReportError;
use crate::view::{
    COLUMNS, Column, DepthView, Fact, HeaderView, LayerView, OverviewRow, Slot, settings,
};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    header: HeaderView,
    answers: Vec<Answer>,
    depth: Option<DepthView>,
    no_depth: String,
    columns: &'static [Column],
    overview: Vec<OverviewRow>,
    layers: Vec<LayerView>,
    skipped: &'a [SkippedLayer],
    settings: Vec<Fact>,
}

/// The report of an analysis as one HTML page.
///
/// The page needs no other file, no network and no script: styles and figures (SVG) stand in it.
/// Every name that comes from the model is escaped. The same analysis gives the same bytes.
///
/// # Errors
///
/// [`ReportError::Figure`] and [`ReportError::Page`], neither of which a valid analysis causes. What
/// the analysis lacks is no error: the page prints the reason in its place.
///
/// # Complexity
///
/// Linear in the size of the analysis; figures of spectra show at most 400 points each.
///
/// # Example
///
/// ```
/// use convlens::model::Model;
/// use convlens::{Analysis, Settings};
///
/// let model = Model::open(convlens_fixtures::digits_onnx())?;
/// let settings = Settings::default().bootstrap_replicates(0);
/// let analysis = Analysis::builder(&model).settings(settings).run()?;
/// let page = convlens_report::render(&analysis)?;
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// assert!(page.contains("no inputs were given"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn render(analysis: &Analysis) -> Result<String, ReportError> {
    let layers = analysis.layers.iter().enumerate();
    let views: Result<Vec<LayerView>, ReportError> = layers
        .clone()
        .map(|(i, layer)| LayerView::new(i, layer))
        .collect();
    let reason = analysis.layers.iter().find_map(|l| l.separation.reason());
    let page = Page {
        header: HeaderView::new(analysis),
        answers: conclusions(analysis),
        depth: DepthView::new(analysis)?,
        no_depth: analysis
            .inputs
            .reason()
            .or(reason)
            .unwrap_or("nothing was measured")
            .to_owned(),
        columns: &COLUMNS,
        overview: layers
            .map(|(i, layer)| OverviewRow::new(i, layer))
            .collect(),
        layers: views?,
        skipped: &analysis.skipped,
        settings: settings(analysis),
    };
    page.render().map_err(|error| ReportError::Page {
        message: error.to_string(),
    })
}

/// Writes the report of an analysis to a file, which is replaced if it exists, and is there whole or not at all.
///
/// # Errors
///
/// [`ReportError::Io`] if the file cannot be written, and those of [`render`].
///
/// # Example
///
/// ```no_run
/// let analysis = convlens::Analysis::read_json("analysis.json")?;
/// convlens_report::write_html(&analysis, "report.html")?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn write_html(analysis: &Analysis, path: impl AsRef<Path>) -> Result<(), ReportError> {
    let path = path.as_ref();
    let page = render(analysis)?;
    ReplacedFile::write(path, page.as_bytes()).map_err(|cause| ReportError::Io {
        path: path.to_owned(),
        cause,
    })
}
