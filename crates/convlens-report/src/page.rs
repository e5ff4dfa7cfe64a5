//! The page: views put into the templates.

use std::path::Path;

use askama::Template;
use convlens::model::atomic_file::AtomicFile;
use convlens::{Analysis, analysis::SkippedLayer};

use crate::conclusions::{Answer, conclusions};
use crate::error::ReportError;
use crate::tables::LayerRow;
use crate::view::{
    DepthView, Fact, HEADS, Head, HeaderView, LayerView, OverviewRow, Slot, settings,
};

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    header: HeaderView,
    answers: Vec<Answer>,
    depth: Option<DepthView>,
    no_depth: String,
    columns: &'static [Head],
    overview: Vec<OverviewRow>,
    layers: Vec<LayerView>,
    skipped: &'a [SkippedLayer],
    settings: Vec<Fact>,
}

/// The report of an analysis as one HTML page.
///
/// The page holds its styles and figures (SVG), and needs no other file, no network and no script.
/// Every name that comes from the model is escaped. The same analysis gives the same bytes.
///
/// # Errors
///
/// [`ReportError::Figure`] and [`ReportError::Page`]; a valid analysis causes neither. A missing
/// part of the analysis is not an error: the page prints the reason in its place.
///
/// # Complexity
///
/// Linear in the size of the analysis; figures of spectra show at most 400 points each.
///
/// # Example
///
/// ```
/// use convlens::model::{Format, Model};
/// use convlens::Analysis;
///
/// // A safetensors file with one dense layer, as another tool would write it.
/// let header = r#"{"fc.weight":{"dtype":"F32","shape":[16,8],"data_offsets":[0,512]}}"#;
/// let weights = (0..128_i16).map(|i| f32::from(i * 37 % 101) / 101.0 - 0.5);
/// let mut file = (header.len() as u64).to_le_bytes().to_vec();
/// file.extend(header.bytes());
/// file.extend(weights.flat_map(f32::to_le_bytes));
///
/// let model = Model::from_bytes("weights.safetensors", Format::Safetensors, file)?;
/// let analysis = Analysis::builder(&model).run()?;
/// let page = convlens_report::render(&analysis)?;
/// assert!(page.starts_with("<!DOCTYPE html>"));
/// assert!(page.contains("no inputs were given"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias("html", "report"))]
pub fn render(analysis: &Analysis) -> Result<String, ReportError> {
    let layers = analysis.layers.iter().enumerate();
    let views: Result<Vec<LayerView>, ReportError> =
        layers.map(|(i, layer)| LayerView::new(i, layer)).collect();
    // Those of the layers come first.
    let rows = LayerRow::of_analysis(&analysis.model.name, analysis);
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
        columns: &HEADS,
        overview: rows
            .iter()
            .take(analysis.layers.len())
            .enumerate()
            .map(|(i, row)| OverviewRow::new(i, row))
            .collect(),
        layers: views?,
        skipped: &analysis.skipped,
        settings: settings(analysis),
    };
    page.render().map_err(|error| ReportError::Page {
        source: Box::new(error),
    })
}

/// Writes the report of an analysis to a file, and replaces an existing one. An interrupted write
/// leaves no partial file.
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
#[doc(alias("save", "report"))]
pub fn write_html(analysis: &Analysis, path: impl AsRef<Path>) -> Result<(), ReportError> {
    let path = path.as_ref();
    let page = render(analysis)?;
    AtomicFile::write(path, page.as_bytes()).map_err(|source| ReportError::Io {
        path: path.to_owned(),
        source,
    })
}
