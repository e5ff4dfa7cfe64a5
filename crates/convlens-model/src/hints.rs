//! What a user knows of a model that its file does not say, and which layers are wanted.

use std::path::Path;

use convlens_svd::{Direction, Geometry};
use glob::Pattern;
use serde::{Deserialize, Serialize};

use crate::error::ModelError;
use crate::format::Format;
use crate::layer::{Assumption, LayerKind, LayerSpec, SkipReason, Skipped};
use crate::model::Model;

/// One size for all axes, or one for each.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
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

/// The geometry of some layers, for files of tensors, which hold none.
///
/// What is not given stays as assumed: stride 1, dilation 1, one group, padding that keeps the size at
/// stride 1, and an unknown grid.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LayerHint {
    /// Which layers: a glob over their names, in which `*` also passes over dots. Later hints win.
    pub name: String,
    /// The stride.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stride: Option<Sizes>,
    /// The dilation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dilation: Option<Sizes>,
    /// The zero padding on each side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub padding: Option<Sizes>,
    /// The number of groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<usize>,
    /// Whether it is a transposed convolution, whose weights are `[c_in, c_out / groups, k..]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transposed: Option<bool>,
    /// The spatial size of the layer's input.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<Sizes>,
}

/// A file of hints.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HintFile {
    layer: Vec<LayerHint>,
}

/// No file of hints is longer.
const MAX_FILE: u64 = 10_000_000;

impl LayerHint {
    /// A hint about the layers that a glob matches, to be filled in.
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
    /// [`ModelError::Io`] if it cannot be read, [`ModelError::Malformed`] if it is no list of hints.
    pub fn read_file(path: impl AsRef<Path>) -> Result<Vec<LayerHint>, ModelError> {
        let path = path.as_ref();
        let io = |cause| ModelError::Io {
            path: path.to_owned(),
            cause,
        };
        let malformed = |reason| ModelError::Malformed {
            path: path.to_owned(),
            format: "geometry",
            reason,
        };
        if std::fs::metadata(path).map_err(io)?.len() > MAX_FILE {
            return Err(malformed(format!(
                "more than {MAX_FILE} bytes are not read"
            )));
        }
        let text = std::fs::read_to_string(path).map_err(io)?;
        let json = path
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("json"));
        let file: Result<HintFile, String> = if json {
            serde_json::from_str(&text).map_err(|e| e.to_string())
        } else {
            toml::from_str(&text).map_err(|e| e.to_string())
        };
        Ok(file.map_err(malformed)?.layer)
    }

    /// Sets what is given.
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
            return Err("strides, dilations and groups are at least 1".into());
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
        spec.assumptions = vec![Assumption::GivenGeometry];
        Ok(())
    }
}

/// Padding that keeps the size at stride 1.
pub(crate) fn same_padding(kernel: &[usize], dilation: &[usize]) -> Vec<(usize, usize)> {
    let reach = |(&k, &d): (&usize, &usize)| k.saturating_sub(1).saturating_mul(d);
    let both = kernel.iter().zip(dilation).map(reach);
    both.map(|total| (total / 2, total - total / 2)).collect()
}

impl Model {
    /// Applies hints to a file without geometry. They concern convolutions; dense layers have none.
    ///
    /// # Errors
    ///
    /// [`ModelError::Hint`], and nothing is changed, if a hint matches no convolution, does not fit a
    /// layer that it matches, or if the file is an ONNX graph, which has its own geometry.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_model::{LayerHint, Model, Sizes};
    ///
    /// let mut model = Model::open(convlens_fixtures::digits_safetensors())?;
    /// let mut hint = LayerHint::new("conv3*");
    /// hint.stride = Some(Sizes::All(2));
    /// hint.grid = Some(Sizes::Each(vec![8, 8]));
    /// model.apply_hints(&[hint])?;
    /// let conv3 = model.layers().iter().find(|l| l.name == "conv3.weight").unwrap();
    /// assert_eq!((conv3.geometry.stride(), conv3.grid.as_deref()), (&[2, 2][..], Some(&[8, 8][..])));
    /// # Ok::<(), convlens_model::ModelError>(())
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

    /// Keeps the layers whose name one of the globs matches; the others are listed as skipped.
    ///
    /// # Errors
    ///
    /// [`ModelError::Hint`], and nothing is changed, if a glob matches no layer.
    ///
    /// # Example
    ///
    /// ```
    /// use convlens_model::Model;
    ///
    /// let mut model = Model::open(convlens_fixtures::digits_safetensors())?;
    /// model.select(&["conv*"])?;
    /// assert!(model.layers().iter().all(|l| l.name.starts_with("conv")));
    /// assert!(model.skipped().iter().any(|s| s.name == "fc1.weight"));
    /// # Ok::<(), convlens_model::ModelError>(())
    /// ```
    pub fn select(&mut self, globs: &[impl AsRef<str>]) -> Result<(), ModelError> {
        let mut patterns = Vec::with_capacity(globs.len());
        for glob in globs.iter().map(AsRef::as_ref) {
            let found = pattern(glob).and_then(|pattern| {
                let any = self.layers().iter().any(|l| pattern.matches(&l.name));
                any.then_some(pattern)
                    .ok_or_else(|| "it matches no layer".into())
            });
            patterns.push(found.map_err(|reason| ModelError::Hint {
                path: self.path().to_owned(),
                hint: glob.to_owned(),
                reason,
            })?);
        }
        let wanted = |l: &LayerSpec| patterns.iter().any(|p| p.matches(&l.name));
        let (kept, left_out): (Vec<_>, Vec<_>) = self.layers().iter().cloned().partition(wanted);
        self.set_layers(kept);
        self.skip(left_out.into_iter().map(|layer| Skipped {
            name: layer.name,
            kind: layer.kind.to_string(),
            reason: SkipReason::NotSelected,
        }));
        Ok(())
    }
}

fn pattern(glob: &str) -> Result<Pattern, String> {
    Pattern::new(glob).map_err(|e| format!("it is no glob: {}", e.msg))
}
