//! How far an analysis is, and how to end it early.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The stages of an analysis, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Stage {
    /// Decomposing weights; counted in layers.
    Weights,
    /// Running the model; counted in inputs.
    Activations,
    /// Measuring separation; counted in bases.
    Separation,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Stage::Weights => "weights",
            Stage::Activations => "activations",
            Stage::Separation => "separation",
        })
    }
}

/// How far an analysis is: what the closure of
/// [`AnalysisBuilder::progress`](crate::AnalysisBuilder::progress) is called with.
///
/// The first call of a stage has `done == 0`, the last `done == total`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// The current stage.
    pub stage: Stage,
    /// Steps of the stage that are done.
    pub done: usize,
    /// Steps of the stage in all.
    pub total: usize,
    /// The layer or basis that is being worked on; empty where there is no one such.
    pub current: &'a str,
}

impl fmt::Display for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} of {}", self.stage, self.done, self.total)?;
        if self.current.is_empty() {
            Ok(())
        } else {
            write!(f, ", {}", self.current)
        }
    }
}

/// Cancels a running analysis, from any thread.
///
/// Clones share one flag, which stays set once [`cancel`](CancelToken::cancel) was called.
///
/// # Example
///
/// ```
/// use convlens::CancelToken;
///
/// let token = CancelToken::new();
/// let clone = token.clone();
/// std::thread::spawn(move || clone.cancel()).join().unwrap();
/// assert!(token.is_canceled());
/// ```
#[doc(alias = "abort")]
#[doc(alias = "cancellation")]
#[derive(Debug, Clone, Default)]
pub struct CancelToken {
    canceled: Arc<AtomicBool>,
}

impl CancelToken {
    /// A token that is not canceled.
    #[must_use]
    pub fn new() -> CancelToken {
        CancelToken::default()
    }

    /// Asks every analysis that has this token to end.
    pub fn cancel(&self) {
        self.canceled.store(true, Ordering::Relaxed);
    }

    /// Whether [`cancel`](CancelToken::cancel) was called on any clone.
    #[must_use]
    pub fn is_canceled(&self) -> bool {
        self.canceled.load(Ordering::Relaxed)
    }
}

/// The work was canceled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Canceled;

type Listener<'a> = Box<dyn FnMut(Progress<'_>) + Send + 'a>;

/// Whom the work tells how far it is, and who may end it.
#[derive(Default)]
pub(crate) struct Watch<'a> {
    listener: Option<Listener<'a>>,
    cancel: CancelToken,
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("listener", &self.listener.is_some())
            .field("cancel", &self.cancel)
            .finish()
    }
}

impl<'a> Watch<'a> {
    #[cfg(feature = "files")]
    pub(crate) fn listen(&mut self, listener: impl FnMut(Progress<'_>) + Send + 'a) {
        self.listener = Some(Box::new(listener));
    }

    #[cfg(feature = "files")]
    pub(crate) fn cancel_by(&mut self, token: &CancelToken) {
        self.cancel = token.clone();
    }

    /// Tells how far the work is; the error ends it.
    pub(crate) fn at(
        &mut self,
        stage: Stage,
        done: usize,
        total: usize,
        current: &str,
    ) -> Result<(), Canceled> {
        if let Some(listener) = &mut self.listener {
            listener(Progress {
                stage,
                done,
                total,
                current,
            });
        }
        self.check()
    }

    /// The error ends the work.
    pub(crate) fn check(&self) -> Result<(), Canceled> {
        if self.cancel.is_canceled() {
            Err(Canceled)
        } else {
            Ok(())
        }
    }
}
