#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = convlens_fuzz::file("x.npy", bytes);
    convlens_fuzz::model(&path);
    convlens_fuzz::arrays(&path);
});
