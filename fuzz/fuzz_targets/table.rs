#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::inputs(&convlens_fuzz::file("x.csv", bytes));
});
