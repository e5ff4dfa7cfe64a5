"""Reference values for convlens-svd, from numpy and PyTorch in double precision.

Usage: python reference.py > reference.json
Needs numpy and torch. Every number in the output comes from an independent route:
  unfolding  numpy.linalg.svd of each group's unfolded matrix
  periodic   numpy FFT of the wrapped kernel, aliased symbols side by side (Senderovich et al. 2022), full grid
  output     torch's own convolution of a given signal, zero padding
  layer      numpy.linalg.svd of the dense matrix that torch's convolution gives on the unit signals, zero padding
"""

import itertools
import json

import numpy as np
import torch
import torch.nn.functional as F

CASES = [
    # name, shape, grid, and what differs from the default geometry
    ("plain 1-D, even kernel", [3, 2, 4], [7], {}),
    ("same 2-D", [4, 3, 3, 3], [6, 5], dict(padding=[1, 1])),
    ("strided, non-square", [3, 4, 3, 2], [6, 4], dict(stride=[2, 2], padding=[1, 0])),
    ("dilated", [2, 2, 3, 3], [7, 6], dict(dilation=[2, 1], padding=[2, 1])),
    ("grouped and strided", [6, 2, 3, 3], [6, 6], dict(groups=3, stride=[2, 3], padding=[1, 1])),
    ("depthwise", [4, 1, 3, 3], [5, 5], dict(groups=4, padding=[1, 1])),
    ("longer than the grid", [2, 3, 5, 5], [3, 4], dict(padding=[2, 2])),
    ("3-D", [2, 2, 2, 3, 2], [3, 4, 2], dict(padding=[1, 1, 1])),
    ("stride over the kernel", [3, 2, 1, 1], [6, 4], dict(stride=[3, 2])),
    ("transposed", [3, 2, 3, 3], [3, 4],
     dict(transposed=True, stride=[2, 2], padding=[1, 1], output_padding=[1, 0])),
    ("transposed, grouped, 1-D", [4, 3, 4], [5],
     dict(transposed=True, groups=2, stride=[2], padding=[1], output_padding=[0])),
    ("transposed, dilated", [2, 2, 3], [4],
     dict(transposed=True, dilation=[2], stride=[1], padding=[1], output_padding=[1])),
    ("dense", [5, 3], [], {}),
]


def unfolding(w, groups, transposed):
    values = []
    for part in np.split(w, groups, axis=0):
        m = np.swapaxes(part, 0, 1) if transposed else part
        values.extend(np.linalg.svd(m.reshape(m.shape[0], -1), compute_uv=False))
    return sorted(values, reverse=True)


def periodic(w, grid, stride, dilation, groups):
    """Singular values of the forward operator on `grid`."""
    d = len(grid)
    values = []
    coarse = [n // s for n, s in zip(grid, stride)]
    for part in np.split(w, groups, axis=0):
        wrapped = np.zeros(part.shape[:2] + tuple(grid))
        for p in itertools.product(*map(range, w.shape[2:])):
            at = tuple((q * dil) % n for q, dil, n in zip(p, dilation, grid))
            wrapped[(slice(None), slice(None)) + at] += part[(slice(None), slice(None)) + p]
        symbols = np.fft.fftn(wrapped, axes=range(2, 2 + d)) if d else wrapped
        for g in itertools.product(*map(range, coarse)):
            aliases = itertools.product(*(range(f, n, c) for f, n, c in zip(g, grid, coarse)))
            side = [symbols[(slice(None), slice(None)) + a] for a in aliases]
            block = np.concatenate(side, axis=1) / np.sqrt(np.prod(stride, initial=1.0))
            values.extend(np.linalg.svd(block, compute_uv=False))
    return sorted(values, reverse=True)


def layer(w, geometry):
    d = w.ndim - 2
    if d == 0:
        return lambda x: x @ torch.tensor(w).T
    names = ["stride", "padding", "dilation", "groups"]
    options = {k: geometry[k] for k in names}
    if geometry["transposed"]:
        f = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][d - 1]
        options["output_padding"] = geometry["output_padding"]
    else:
        f = [F.conv1d, F.conv2d, F.conv3d][d - 1]
    return lambda x: f(x, torch.tensor(w), **options)


def main():
    rng = np.random.default_rng(20220814)
    cases = []
    for name, shape, grid, changes in CASES:
        d = len(grid)
        geometry = dict(stride=[1] * d, dilation=[1] * d, padding=[0] * d, groups=1,
                        transposed=False, output_padding=[0] * d)
        geometry.update(changes)
        w = rng.standard_normal(shape)
        c_in = shape[0] if geometry["transposed"] else shape[1] * geometry["groups"]
        f = layer(w, geometry)
        x = rng.standard_normal([1, c_in] + grid)
        y = f(torch.tensor(x)).numpy()
        size = int(np.prod([c_in] + grid))
        units = torch.eye(size, dtype=torch.float64).reshape([size, c_in] + grid)
        dense = f(units).numpy().reshape(size, -1)
        fine = [n * s for n, s in zip(grid, geometry["stride"])] if geometry["transposed"] else grid
        cases.append(dict(
            name=name, shape=shape, grid=grid, geometry=geometry,
            weights=w.ravel().tolist(), input=x.ravel().tolist(), output=y.ravel().tolist(),
            output_size=list(y.shape[2:]),
            unfolding=unfolding(w, geometry["groups"], geometry["transposed"]),
            periodic=periodic(w, fine, geometry["stride"], geometry["dilation"], geometry["groups"]),
            layer=np.linalg.svd(dense, compute_uv=False).tolist(),
        ))
    print(json.dumps(dict(numpy=np.__version__, torch=torch.__version__, cases=cases), indent=None))


main()
