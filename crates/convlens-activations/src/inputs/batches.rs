//! Inputs a batch at a time.

use std::ops::Range;
use std::sync::PoisonError;

use rayon::prelude::*;

use super::{Inputs, LeftOut, Source, image};
use crate::error::ActivationsError;

/// Some inputs, one behind the other.
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Batch {
    /// Which inputs they are, ascending.
    pub inputs: Vec<usize>,
    /// Their numbers, row-major.
    pub values: Vec<f32>,
    /// The inputs among and before these that could not be used.
    pub left_out: Vec<LeftOut>,
}

/// All inputs, batch after batch. Every batch but the last is full, whatever is left out; the last may
/// be empty but for what is left out.
#[derive(Debug)]
pub struct Batches<'a> {
    inputs: &'a Inputs,
    size: usize,
    next: usize,
}

impl<'a> Batches<'a> {
    pub(super) fn new(inputs: &'a Inputs, size: usize) -> Self {
        let next = 0;
        Batches { inputs, size, next }
    }

    /// How many inputs were read so far, those left out among them.
    #[must_use]
    pub fn read(&self) -> usize {
        self.next
    }
}

impl Iterator for Batches<'_> {
    type Item = Result<Batch, ActivationsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let count = self.inputs.count();
        if self.next >= count {
            return None;
        }
        let mut batch = Batch::default();
        while batch.inputs.len() < self.size && self.next < count {
            let missing = self.size - batch.inputs.len();
            let rows = self.next..self.next.saturating_add(missing).min(count);
            self.next = rows.end;
            if let Err(error) = self.inputs.read(rows, &mut batch) {
                // Nothing sensible follows what cannot be read.
                self.next = count;
                return Some(Err(error));
            }
        }
        Some(Ok(batch))
    }
}

impl Inputs {
    /// Appends inputs to a batch.
    fn read(&self, rows: Range<usize>, batch: &mut Batch) -> Result<(), ActivationsError> {
        let size: usize = self.shape[1..].iter().product();
        match &self.source {
            Source::Memory(values) => {
                batch
                    .values
                    .extend(&values[rows.start * size..rows.end * size]);
                batch.inputs.extend(rows);
            }
            Source::Rows(array) => {
                let mut array = array.lock().unwrap_or_else(PoisonError::into_inner);
                let values = array.read(rows.clone())?;
                for (input, row) in rows.zip(values.chunks_exact(size)) {
                    let found = match row.iter().position(|v| !v.is_finite()) {
                        Some(at) => Err(format!("its value {at} is {}", row[at])),
                        None => Ok(row),
                    };
                    batch.push(input, found, || format!("input {input}"));
                }
            }
            Source::Images {
                files,
                preprocessing,
            } => {
                let listed = &files[rows.clone()];
                let images = listed.par_iter().map(|f| image::load(f, preprocessing));
                let images: Vec<_> = images.collect();
                for ((input, image), file) in rows.zip(images).zip(listed) {
                    let found = image.and_then(|values| match values.len() {
                        n if n == size => Ok(values),
                        n => Err(format!(
                            "its size is not that of the first image: {n} numbers, not {size}"
                        )),
                    });
                    let name = file.strip_prefix(&self.path).unwrap_or(file);
                    batch.push(input, found, || name.display().to_string());
                }
            }
        }
        Ok(())
    }
}

impl Batch {
    fn push(
        &mut self,
        input: usize,
        found: Result<impl AsRef<[f32]>, String>,
        name: impl FnOnce() -> String,
    ) {
        match found {
            Ok(values) => {
                self.inputs.push(input);
                self.values.extend(values.as_ref());
            }
            Err(reason) => self.left_out.push(LeftOut::new(name(), reason)),
        }
    }
}
