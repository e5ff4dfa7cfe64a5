"""The images that the demo's network was trained on, as uint8.

    pip install scikit-learn numpy
    python make_digits.py

writes `digits-train.npz`: `images` u1 [1347, 1, 8, 8] of 0 to 16, `labels` i8 [1347]. scikit-learn 1.9.1. The other 450 of
`load_digits` are the demo's held-out images. E. Alpaydin and C. Kaynak (1998), doi 10.24432/C50P49, CC BY 4.0.
"""

from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
digits = load_digits()
images = digits.images.astype(np.uint8)[:, None]
held_out = np.load(HERE / "../../../crates/convlens-cli/demo/digits-heldout.npz")
# An image may be there twice: as many are taken out as are held out.
left = {}
for image in (held_out["images"] * 16).round().astype(np.uint8):
    left[image.tobytes()] = left.get(image.tobytes(), 0) + 1
keep = []
for index, image in enumerate(images):
    if left.get(image.tobytes(), 0) > 0:
        left[image.tobytes()] -= 1
    else:
        keep.append(index)
assert len(keep) == 1347 and not any(left.values())
np.savez_compressed(HERE / "digits-train.npz", images=images[keep], labels=digits.target[keep])
