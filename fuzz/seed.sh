#!/bin/sh
# Copies the tests' own files to where the fuzzers begin.
set -eu
cd "$(dirname "$0")"
m=../crates/convlens-model/tests/data
a=../crates/convlens-activations/tests/data
f=../crates/convlens-fixtures/data
into() { mkdir -p "corpus/$1"; shift_to="corpus/$1"; shift; for file in "$@"; do cp "$file" "$shift_to/"; done; }
into onnx $a/*.onnx $(find $f -name '*.onnx' -size -60k)
into safetensors $m/*.safetensors $m/sharded/*.safetensors
into arrays_safetensors $m/*.safetensors
into sharded_index $m/sharded/*.json $m/sharded_bin/*.json
into pytorch_zip $m/*.pth $m/*.bin $m/*.ckpt
into pytorch_legacy $m/*.pt $m/*.th
into npz $m/*.npz
into npy $m/*.npy
into image $(find $a/images -type f)
into table $a/make_images.py
into hints ../crates/convlens-model/Cargo.toml
printf '[[layer]]\nname = "layer1.*"\nstride = 2\ngrid = [56, 56]\n' > corpus/hints/a.toml
printf '{"layer": [{"name": "conv*", "stride": [2, 1], "padding": 1}]}' > corpus/hints/a.json
printf 'path,label\nimage.png,3\n' > corpus/table/a.csv
