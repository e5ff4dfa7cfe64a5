#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::model(&convlens_fuzz::file("x.pt", bytes));
});
