"""Copies of an ONNX case of the fixtures with its weights in another file.

pip install onnx
python make_external.py
"""

import pathlib

import onnx

here = pathlib.Path(__file__).parent
case = here.parents[2] / "convlens-fixtures" / "data" / "onnx-cases" / "grouped.onnx"
folder = here / "external"
folder.mkdir(exist_ok=True)
for file in ("grouped.weights", "each"):
    model = onnx.load(case)
    one = file != "each"
    name = "grouped.onnx" if one else "grouped-each.onnx"
    for old in folder.glob(file):
        old.unlink()
    onnx.save_model(
        model,
        folder / name,
        save_as_external_data=True,
        all_tensors_to_one_file=one,
        location=file if one else None,
        size_threshold=0,
    )
