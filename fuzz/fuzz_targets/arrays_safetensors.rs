#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    convlens_fuzz::arrays(&convlens_fuzz::file("y.safetensors", bytes));
});
