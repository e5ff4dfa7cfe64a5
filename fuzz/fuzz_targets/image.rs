#![no_main]

use std::panic;
use std::sync::Once;

/// Decoders whose panics become errors of the one file; a panic anywhere else ends the run.
const CONTAINED: [&str; 1] = ["/zune-jpeg-"];

static HOOK: Once = Once::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    HOOK.call_once(|| {
        let abort = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let at = info.location().map_or("", |at| at.file());
            if !CONTAINED.iter().any(|decoder| at.contains(decoder)) {
                abort(info);
            }
        }));
    });
    // A table of one image: the decoder, the limits, the resizing.
    convlens_fuzz::file("image.png", bytes);
    convlens_fuzz::inputs(&convlens_fuzz::file("one.csv", b"image.png,0\n"));
});
