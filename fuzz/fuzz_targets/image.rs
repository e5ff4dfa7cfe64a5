#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // A table of one image: the decoder, the limits, the resizing.
    convlens_fuzz::file("image.png", bytes);
    convlens_fuzz::inputs(&convlens_fuzz::file("one.csv", b"image.png,0\n"));
});
