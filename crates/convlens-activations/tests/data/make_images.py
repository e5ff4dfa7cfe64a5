"""Images in every form that is read, and what torchvision makes of them.

    pip install torch torchvision pillow numpy
    python make_images.py

writes `images/` and `images-reference.npz` beside this file. Versions: torchvision 0.29.2, Pillow 13.0.0, NumPy 2.4.6.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torchvision import transforms as T
from torchvision.datasets import ImageFolder

HERE = Path(__file__).parent
ROOT = HERE / "images"
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def picture(height, width, channels, seed):
    """Waves of several lengths and a hard edge: what resizing treats differently."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for _ in range(channels):
        a, b, c = rng.uniform(0.05, 1.2, 3)
        wave = np.sin(a * x + c) + np.cos(b * y - c) + (x + 2 * y > width) * rng.uniform(0.2, 1)
        planes.append((wave - wave.min()) / (wave.max() - wave.min()) * 255)
    return np.stack(planes, -1).round().astype(np.uint8)


def save(name, image, **how):
    path = ROOT / name
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path, **how)


save("cat/a.png", Image.fromarray(picture(30, 40, 3, 1)))
save("cat/deep/b.png", Image.fromarray(picture(47, 31, 3, 2)))
save("dog/c.png", Image.fromarray(picture(33, 45, 1, 3)[..., 0]))
save("dog/d.png", Image.fromarray(picture(28, 28, 4, 4)))
save("dog/e.png", Image.fromarray(picture(35, 29, 3, 5)).quantize(64))
save("dog/f.jpg", Image.fromarray(picture(48, 64, 3, 6)), quality=90, subsampling=0)
save("dog/g.jpeg", Image.fromarray(picture(48, 40, 1, 7)[..., 0]), quality=90)

# A larger one, by the whole preset; 2,000 of its numbers are kept.
large = HERE / "large.png"
Image.fromarray(picture(270, 301, 1, 8)[..., 0]).save(large)

small = [T.Resize(16), T.CenterCrop((11, 14)), T.ToTensor(), T.Normalize(MEAN, STD)]
folder = ImageFolder(ROOT, T.Compose(small))
exact = ImageFolder(ROOT, T.Compose([T.Resize((9, 13)), T.ToTensor()]))
grey = ImageFolder(ROOT, T.Compose([T.Grayscale(), T.Resize((9, 13)), T.ToTensor()]))
imagenet = T.Compose([T.Resize(256), T.CenterCrop(224), T.ToTensor(), T.Normalize(MEAN, STD)])
whole = imagenet(Image.open(large).convert("RGB")).numpy().ravel()
at = np.random.default_rng(9).choice(whole.size, 2000, replace=False)

np.savez_compressed(
    HERE / "images-reference.npz",
    small=torch.stack([image for image, _ in folder]).numpy(),
    exact=torch.stack([image for image, _ in exact]).numpy(),
    grey=torch.stack([image for image, _ in grey]).numpy(),
    labels=np.array(folder.targets),
    large_at=at,
    large=whole[at],
)
print([Path(path).relative_to(ROOT).as_posix() for path, _ in folder.samples])
