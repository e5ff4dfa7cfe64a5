//! Lists of image files: a folder of classes, or a table of paths.

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::batch::LeftOut;
use crate::error::ActivationsError;

/// Image files in their order, and what is listed but cannot be used.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) files: Vec<PathBuf>,
    /// One class for each file; empty if there are none.
    pub(super) classes: Vec<String>,
    pub(super) left_out: Vec<LeftOut>,
}

/// Extensions of images, supported or not; other files in a folder are no inputs.
const READ: [&str; 3] = ["png", "jpg", "jpeg"];
const NOT_READ: [&str; 9] = [
    "bmp", "gif", "webp", "tif", "tiff", "ppm", "pgm", "avif", "heic",
];

/// How deep a class's folder is searched.
const DEPTH: usize = 32;

/// `class/**/name.png`, sorted by path; or images alone, without classes. Names that begin with a
/// dot are ignored.
pub(super) fn folder(root: &Path) -> Result<Listing, ActivationsError> {
    let refuse = |reason: String| ActivationsError::Listing {
        path: root.to_owned(),
        reason,
    };
    let mut listing = Listing::default();
    let mut strays = Vec::new();
    let walk = WalkDir::new(root)
        .follow_links(true)
        .max_depth(DEPTH)
        .sort_by_file_name();
    let visible = |entry: &walkdir::DirEntry| {
        entry.depth() == 0 || !entry.file_name().to_string_lossy().starts_with('.')
    };
    for entry in walk.into_iter().filter_entry(visible) {
        let entry = entry.map_err(|e| unreadable(root, e.into()))?;
        let path = entry.path();
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        let extension = extension.to_ascii_lowercase();
        let name = path.strip_prefix(root).unwrap_or(path);
        if !entry.file_type().is_file() {
            continue;
        }
        if NOT_READ.contains(&&*extension) {
            let reason = format!("`.{extension}` is not supported; use PNG or JPEG");
            listing.left_out.push(LeftOut::new(name.display(), reason));
        } else if READ.contains(&&*extension) {
            match name.components().next() {
                Some(class) if entry.depth() > 1 => {
                    let class = class.as_os_str().to_str().ok_or_else(|| {
                        refuse(format!(
                            "the folder {} has no name in UTF-8",
                            name.display()
                        ))
                    })?;
                    listing.classes.push(class.to_owned());
                    listing.files.push(path.to_owned());
                }
                _ => strays.push(path.to_owned()),
            }
        }
    }
    if listing.files.is_empty() {
        listing.files = strays;
        return Ok(listing);
    }
    listing.left_out.extend(strays.iter().map(|path| {
        let name = path.strip_prefix(root).unwrap_or(path);
        LeftOut::new(
            name.display(),
            "it is beside the folders of the classes, not in one",
        )
    }));
    Ok(listing)
}

fn unreadable(path: &Path, source: Box<dyn Error + Send + Sync>) -> ActivationsError {
    ActivationsError::Read {
        path: path.to_owned(),
        source,
    }
}

/// Names of columns in a table's first line.
const PATHS: [&str; 7] = [
    "path",
    "file",
    "filename",
    "file_name",
    "filepath",
    "image",
    "image_path",
];
const CLASSES: [&str; 5] = ["label", "class", "target", "category", "y"];

/// A table of paths and classes, separated by commas (tabs in a `.tsv`): the columns that its first
/// line names, or the first two. Paths are relative to the table's folder.
pub(super) fn table(path: &Path) -> Result<Listing, ActivationsError> {
    let tabs = path
        .extension()
        .is_some_and(|e| e.eq_ignore_ascii_case("tsv"));
    let file = File::open(path).map_err(|e| unreadable(path, e.into()))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .delimiter(if tabs { b'\t' } else { b',' })
        .from_reader(file);
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut listing = Listing::default();
    let mut columns = (0, Some(1));
    let mut unlabeled = false;
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|e| unreadable(path, e.into()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let column = |names: &[&str]| {
            record
                .iter()
                .position(|field| names.contains(&&*field.to_ascii_lowercase()))
        };
        if index == 0 {
            if let Some(paths) = column(&PATHS) {
                columns = (paths, column(&CLASSES));
                unlabeled = columns.1.is_none();
                continue;
            }
            unlabeled = record.len() < 2;
        }
        let class = columns.1.filter(|_| !unlabeled);
        match (record.get(columns.0), class.map(|c| record.get(c))) {
            (None | Some(""), _) => {
                let name = format!("line {line}");
                listing.left_out.push(LeftOut::new(name, "it has no path"));
            }
            (Some(file), Some(None | Some(""))) => {
                let reason = format!("line {line} has no class");
                listing.left_out.push(LeftOut::new(file, reason));
            }
            (Some(file), class) => {
                listing.files.push(folder.join(file));
                listing.classes.extend(class.flatten().map(str::to_owned));
            }
        }
    }
    Ok(listing)
}
