//! What inputs can be told about themselves.

use std::path::PathBuf;

use super::preprocessing::Preprocessing;

/// How inputs are opened.
#[derive(Debug, Clone, Default, PartialEq)]
#[non_exhaustive]
pub struct InputOptions {
    /// What is done to images; `None` is [`Preprocessing::none`] for images, and all there is for arrays,
    /// whose numbers are fed as they are.
    pub preprocessing: Option<Preprocessing>,
    /// A file with one label for each input, in their order: an array in a `.npy`, `.npz` or `.safetensors` file, or a
    /// text file with a class on each line. Takes the place of labels that the inputs come with.
    pub labels: Option<PathBuf>,
    /// A text file that names the model's classes, one on each line, the first of number 0; for labels that are
    /// names.
    pub classes: Option<PathBuf>,
}

impl InputOptions {
    /// Sets what is done to images.
    #[must_use]
    pub fn preprocessing(self, preprocessing: Preprocessing) -> Self {
        InputOptions {
            preprocessing: Some(preprocessing),
            ..self
        }
    }

    /// Sets the file of labels.
    #[must_use]
    pub fn labels(self, labels: impl Into<PathBuf>) -> Self {
        InputOptions {
            labels: Some(labels.into()),
            ..self
        }
    }

    /// Sets the file that names the classes.
    #[must_use]
    pub fn classes(self, classes: impl Into<PathBuf>) -> Self {
        InputOptions {
            classes: Some(classes.into()),
            ..self
        }
    }
}
