//! Geometry hints for files of tensors, which store none, and the selection of layers by name.
//!
//! A [`LayerHint`] gives the stride, padding, groups or grid of the layers that a glob matches;
//! [`Model::apply_hints`] applies it. [`LayerHint::read_file`] reads a list from TOML or JSON:
//!
//! ```toml
//! [[layer]]
//! name = "layer?.0.conv1"
//! stride = 2
//! grid = [56, 56]
//! ```
//!
//! ```
//! use convlens_model::hints::{LayerHint, Sizes};
//!
//! let hints = LayerHint::from_toml("[[layer]]\nname = 'layer?.0.conv1'\nstride = 2")?;
//! assert_eq!(hints[0].stride, Some(Sizes::All(2)));
//! # Ok::<(), convlens_model::ModelError>(())
//! ```

#[cfg(feature = "hints")]
use std::path::Path;

use convlens_svd::{Direction, Geometry};
use glob::Pattern;
#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

#[cfg(feature = "hints")]
use crate::error::Cause;
use crate::error::ModelError;
use crate::format::Format;
use crate::layer::{Assumption, LayerKind, LayerSpec, SkipReason, Skipped, same_padding};
use crate::model::Model;

/// One size for all axes, or one for each.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(untagged))]
pub enum Sizes {
    /// The same along every axis.
    All(usize),
    /// Along each axis, outermost first.
    Each(Vec<usize>),
}

impl Sizes {
    fn along(&self, what: &str, axes: usize) -> Result<Vec<usize>, String> {
        match self {
            Sizes::All(size) => Ok(vec![*size; axes]),
            Sizes::Each(sizes) if sizes.len() == axes => Ok(sizes.clone()),
            Sizes::Each(sizes) => Err(format!(
                "{what} {sizes:?} has {} axes, the layer has {axes}",
                sizes.len()
            )),
        }
    }
}

/// The geometry of some layers, for files of tensors, which store none.
///
/// Fields that stay `None` leave what is assumed: stride 1, dilation 1, one group, padding that
/// preserves the size at stride 1, and an unknown grid.
#[doc(alias = "stride")]
#[doc(alias = "padding")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(deny_unknown_fields))]
#[non_exhaustive]
pub struct LayerHint {
    /// Which layers: a glob over their names, in which `*` also matches dots. Later hints win.
    pub name: String,
    /// The stride.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub stride: Option<Sizes>,
    /// The dilation.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub dilation: Option<Sizes>,
    /// The zero padding on each side.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub padding: Option<Sizes>,
    /// The number of groups.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub groups: Option<usize>,
    /// Whether it is a transposed convolution, whose weights are `[c_in, c_out / groups, k..]`.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub transposed: Option<bool>,
    /// The spatial size of the layer's input.
    #[cfg_attr(feature = "serde", serde(skip_serializing_if = "Option::is_none"))]
    pub grid: Option<Sizes>,
}

/// A file of hints.
#[cfg(feature = "hints")]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HintFile {
    layer: Vec<LayerHint>,
}

/// The longest file of hints that is read, in bytes.
#[cfg(feature = "hints")]
const MAX_FILE: u64 = 10_000_000;

impl LayerHint {
    /// A hint for the layers that a glob matches; set its fields.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        LayerHint {
            name: name.into(),
            ..LayerHint::default()
        }
    }

    /// Reads hints from a TOML file, or from a JSON file if its name ends in `.json`.
    ///
    /// ```toml
    /// [[layer]]
    /// name = "layer?.0.conv1"
    /// stride = 2
    /// grid = [56, 56]
    /// ```
    ///
    /// # Errors
    ///
    /// [`ModelError::Io`] if it cannot be read, [`ModelError::Malformed`] if it is no list of
    /// hints.
    #[cfg(feature = "hints")]
    pub fn read_file(path: impl AsRef<Path>) -> Result<Vec<LayerHint>, ModelError> {
        let path = path.as_ref();
        let io = |source| ModelError::Io {
            path: path.to_owned(),
            source,
        };
        if std::fs::metadata(path).map_err(io)?.len() > MAX_FILE {
            let reason = format!("it has more than {MAX_FILE} bytes");
            return Err(malformed(path, reason.into()));
        }
        let text = std::fs::read_to_string(path).map_err(io)?;
        let json = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("json"));
        let file = if json {
            json_file(&text)
        } else {
            toml_file(&text)
        };
        Ok(file.map_err(|source| malformed(path, source))?.layer)
    }

    /// Hints from the text of a TOML file.
    ///
    /// # Errors
    ///
    /// [`ModelError::Malformed`] if it is no list of hints; it calls the text `hints.toml`.
    #[cfg(feature = "hints")]
    pub fn from_toml(text: &str) -> Result<Vec<LayerHint>, ModelError> {
        let file = toml_file(text).map_err(|source| malformed(Path::new("hints.toml"), source))?;
        Ok(file.layer)
    }

    /// Hints from the text of a JSON file, `{"layer": [{"name": "conv1", "stride": 2}]}`.
    ///
    /// # Errors
    ///
    /// [`ModelError::Malformed`] if it is no list of hints; it calls the text `hints.json`.
    #[cfg(feature = "hints")]
    pub fn from_json(text: &str) -> Result<Vec<LayerHint>, ModelError> {
        let file = json_file(text).map_err(|source| malformed(Path::new("hints.json"), source))?;
        Ok(file.layer)
    }

    /// Sets what the hint gives.
    fn apply(&self, spec: &mut LayerSpec) -> Result<(), String> {
        let axes = spec.geometry.spatial_dims();
        let old = &spec.geometry;
        let sizes = |what, given: &Option<Sizes>, old: &[usize]| match given {
            Some(sizes) => sizes.along(what, axes),
            None => Ok(old.to_vec()),
        };
        let stride = sizes("stride", &self.stride, old.stride())?;
        let dilation = sizes("dilation", &self.dilation, old.dilation())?;
        let groups = self.groups.unwrap_or(old.groups());
        if stride.iter().chain(&dilation).any(|&s| s == 0) || groups == 0 {
            return Err("strides, dilations and groups must be at least 1".into());
        }
        let padding = match &self.padding {
            Some(padding) => padding
                .along("padding", axes)?
                .iter()
                .map(|&p| (p, p))
                .collect(),
            None if self.dilation.is_some() => same_padding(&spec.shape[2..], &dilation),
            None => old.padding().to_vec(),
        };
        let transposed = self.transposed.unwrap_or(old.is_transposed());
        let mut geometry = Geometry::new(axes)
            .with_stride(&stride)
            .with_dilation(&dilation)
            .with_padding(&padding)
            .with_groups(groups);
        spec.kind = LayerKind::Conv;
        if transposed {
            spec.kind = LayerKind::ConvTranspose;
            geometry = geometry.with_direction(Direction::Transposed {
                output_padding: vec![0; axes],
            });
        }
        if let Some(grid) = &self.grid {
            let grid = grid.along("grid", axes)?;
            if grid.contains(&0) {
                return Err(format!("grid {grid:?} is empty"));
            }
            spec.grid = Some(grid);
        }
        spec.geometry = geometry;
        spec.assumptions = vec![Assumption::HintedGeometry];
        Ok(())
    }
}

impl Model {
    /// Applies geometry hints to the convolutions of a file without geometry; dense layers have
    /// none.
    ///
    /// # Errors
    ///
    /// [`ModelError::Hint`], and nothing is changed, if a hint matches no convolution, does not fit
    /// a layer that it matches, or if the file is an ONNX graph, which has its own geometry.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_model::hints::{LayerHint, Sizes};
    /// use convlens_model::{MemoryLayer, Model};
    /// use convlens_svd::{ConvKernel, Geometry};
    ///
    /// let kernel = ConvKernel::new(vec![1.0; 36], &[2, 2, 3, 3], Geometry::new(2))?;
    /// let mut model = Model::from_layers("net", [MemoryLayer::new("conv3", kernel)])?;
    /// let mut hint = LayerHint::new("conv*");
    /// hint.stride = Some(Sizes::All(2));
    /// hint.grid = Some(Sizes::Each(vec![8, 8]));
    /// model.apply_hints(&[hint])?;
    /// assert_eq!(model.layers()[0].geometry.stride(), [2, 2]);
    /// assert_eq!(model.layers()[0].grid.as_deref(), Some(&[8, 8][..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn apply_hints(&mut self, hints: &[LayerHint]) -> Result<(), ModelError> {
        let refused = |hint: &LayerHint, reason: String| ModelError::Hint {
            path: self.path().to_owned(),
            hint: hint.name.clone(),
            reason,
        };
        let mut layers = self.layers().to_vec();
        for hint in hints {
            if self.format() == Format::Onnx {
                return Err(refused(hint, "an ONNX file has its own geometry".into()));
            }
            let pattern = pattern(&hint.name).map_err(|reason| refused(hint, reason))?;
            let is_convolution = |l: &&mut LayerSpec| l.geometry.spatial_dims() > 0;
            let mut matched = 0;
            for spec in layers.iter_mut().filter(is_convolution) {
                if pattern.matches(&spec.name) {
                    matched += 1;
                    let applied = hint.apply(spec);
                    applied.map_err(|reason| {
                        refused(hint, format!("layer `{}`: {reason}", spec.name))
                    })?;
                }
            }
            if matched == 0 {
                return Err(refused(hint, "it matches no convolution".into()));
            }
        }
        self.set_layers(layers);
        Ok(())
    }

    /// Keeps the layers whose name matches one of the globs; the others are listed as skipped.
    ///
    /// # Errors
    ///
    /// [`ModelError::Hint`], and nothing is changed, if a glob matches no layer.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_model::{MemoryLayer, Model, SkipReason};
    /// use convlens_svd::{ConvKernel, Geometry};
    ///
    /// let conv = ConvKernel::new(vec![1.0; 9], &[1, 1, 3, 3], Geometry::new(2))?;
    /// let dense = ConvKernel::new(vec![1.0; 4], &[2, 2], Geometry::new(0))?;
    /// let layers = [MemoryLayer::new("conv1", conv), MemoryLayer::new("fc", dense)];
    /// let mut model = Model::from_layers("net", layers)?;
    /// model.select(&["conv*"])?;
    /// assert_eq!(model.layers().len(), 1);
    /// assert_eq!(model.skipped()[0].reason, SkipReason::NotSelected);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn select(&mut self, globs: &[impl AsRef<str>]) -> Result<(), ModelError> {
        let mut patterns = Vec::with_capacity(globs.len());
        for glob in globs.iter().map(AsRef::as_ref) {
            let matching = pattern(glob).and_then(|pattern| {
                let any = self.layers().iter().any(|l| pattern.matches(&l.name));
                any.then_some(pattern)
                    .ok_or_else(|| "it matches no layer".into())
            });
            patterns.push(matching.map_err(|reason| ModelError::Hint {
                path: self.path().to_owned(),
                hint: glob.to_owned(),
                reason,
            })?);
        }
        let wanted = |l: &LayerSpec| patterns.iter().any(|p| p.matches(&l.name));
        let (selected, others): (Vec<_>, Vec<_>) = self.layers().iter().cloned().partition(wanted);
        self.set_layers(selected);
        self.skip(others.into_iter().map(|layer| Skipped {
            name: layer.name,
            kind: layer.kind.to_string(),
            reason: SkipReason::NotSelected,
        }));
        Ok(())
    }
}

fn pattern(glob: &str) -> Result<Pattern, String> {
    Pattern::new(glob).map_err(|e| format!("not a valid glob: {}", e.msg))
}

#[cfg(feature = "hints")]
fn toml_file(text: &str) -> Result<HintFile, Cause> {
    Ok(toml::from_str(text)?)
}

#[cfg(feature = "hints")]
fn json_file(text: &str) -> Result<HintFile, Cause> {
    Ok(serde_json::from_str(text)?)
}

#[cfg(feature = "hints")]
fn malformed(path: &Path, source: Cause) -> ModelError {
    ModelError::Malformed {
        path: path.to_owned(),
        format: "geometry",
        source,
    }
}
