//! An analysis on a thread of its own, with progress and a deadline.
//!
//! ```sh
//! cargo run --release -p convlens --example progress_and_cancel -- model.onnx 30
//! ```
//!
//! The arguments are a model file and the seconds it may take. Without them it takes a small model
//! in memory, and a minute.

#![expect(clippy::print_stdout, reason = "the lines are its output")]

mod support;

use std::error::Error;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use convlens::model::Model;
use convlens::{Analysis, CancelToken};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let model = match arguments.next() {
        Some(path) => Model::open(path)?,
        None => support::small_model()?,
    };
    let seconds: u64 = arguments.next().map_or(Ok(60), |text| text.parse())?;
    let deadline = Instant::now() + Duration::from_secs(seconds);

    let token = CancelToken::new();
    let (sender, receiver) = mpsc::channel();
    let worker_token = token.clone();
    let worker = thread::spawn(move || {
        Analysis::builder(&model)
            .cancel(&worker_token)
            // A receiver that went away is no reason to stop.
            .progress(move |p| drop(sender.send(format!("{p}"))))
            .run()
    });

    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left) {
            Ok(line) => println!("{line}"),
            Err(RecvTimeoutError::Timeout) => {
                println!("{seconds} seconds are over");
                token.cancel();
                break;
            }
            // The worker dropped its sender: it is done.
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }

    match worker.join().expect("the worker does not panic") {
        Ok(analysis) => println!("{} layers analyzed", analysis.layers.len()),
        Err(convlens::Error::Canceled { partial }) => {
            let done = partial.map_or(0, |analysis| analysis.layers.len());
            println!("canceled; {done} layers were finished");
        }
        Err(other) => return Err(other.into()),
    }
    Ok(())
}
