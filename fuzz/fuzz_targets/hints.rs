#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for name in ["x.toml", "x.json"] {
        let _ = convlens_model::hints::LayerHint::read_file(convlens_fuzz::file(name, bytes));
    }
});
