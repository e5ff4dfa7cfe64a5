"""The peers of convlens-svd, run by the driver beside this file (`svd-peers`), one call at a time.

    python svd_peers.py THREADS

Protocol: one JSON object a line. The first line out says versions, BLAS and the variants. Then, line by line:
    {"load": PATH, "shape": [c_out, c_in, k, k], "grid": [n, n]}   raw little-endian f64, row-major -> {}
    {"task": T, "variant": V, "loops": K}      K calls back to back -> {"seconds": mean time of one}
    {"values": PATH}                           writes the last result's singular values, raw f64 -> {"count": ..}
A failure answers {"error": TEXT} and the process lives on.

What is timed: from weights in memory, in the layout and precision that the variant reads, to the values at every
frequency that it computes. Sorting them and repeating conjugate frequencies is not timed (it is on convlens's side).

OPENBLAS_CORETYPE and OPENBLAS_L2_SIZE must not be set: they make numpy's OpenBLAS take kernels or block sizes of
another processor, which may slow it. The driver removes them; the BLAS kernels in use stand in the first line.
"""

import json
import os
import sys
import time

THREADS = int(sys.argv[1])
for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):
    if os.environ.pop(name, None) is not None:
        print(f"svd_peers.py: {name} was set; removed", file=sys.stderr)
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(THREADS)

import numpy as np  # noqa: E402  (the environment comes first)
import threadpoolctl  # noqa: E402
import torch  # noqa: E402

torch.set_num_threads(THREADS)
SINGLE, DOUBLE = torch.float32, torch.float64


# Symbols, [frequency, frequency, row, column]. "Half" is the real-input transform: the other frequencies are conjugate.
def numpy_full(weights, grid):
    # The line of Sedghi, Gupta, Long (ICLR 2019); weights in TensorFlow's order, [k, k, c_in, c_out].
    return np.fft.fft2(weights, grid, axes=[0, 1])


def numpy_half(weights, grid):
    return np.fft.rfft2(weights, grid, axes=[0, 1])


def torch_full(weights, grid):
    return torch.fft.fft2(weights, s=grid).permute(2, 3, 0, 1)


def torch_half(weights, grid):
    return torch.fft.rfft2(weights, s=grid).permute(2, 3, 0, 1)


# Results: the singular values of all symbols, a norm, or (values, everything that a thin SVD returns).
def numpy_values(symbols):
    return np.linalg.svd(symbols, compute_uv=False)


def numpy_thin(symbols):
    u, s, vh = np.linalg.svd(symbols, full_matrices=False)
    return s, (u, vh)


def torch_values(symbols):
    return torch.linalg.svdvals(symbols)


def torch_gram(symbols):
    """Eigenvalues of the Gram matrix of the smaller side: values under sqrt(eps) sigma_max are lost."""
    rows, columns = symbols.shape[-2:]
    gram = symbols.mH @ symbols if columns <= rows else symbols @ symbols.mH
    return torch.linalg.eigvalsh(gram).clamp(min=0).sqrt()


def torch_largest(symbols):
    return torch.linalg.svdvals(symbols).max()


def torch_matrix_norm(symbols):
    return torch.linalg.matrix_norm(symbols, ord=2).max()


def torch_thin(symbols):
    u, s, vh = torch.linalg.svd(symbols, full_matrices=False)
    return s, (u, vh)


def tensorflow_order(weights):
    return np.ascontiguousarray(weights.transpose(2, 3, 1, 0))


def tensor(dtype):
    return lambda weights: torch.from_numpy(weights).to(dtype)


def variants():
    """task, name, family, accuracy, inputs in memory, symbols, result. The first in double precision of a task is its
    reference."""
    for task, result, what in [("values", numpy_values, "svd"), ("thin", numpy_thin, "svd, thin")]:
        yield task, f"numpy rfft2 + {what}", "numpy", "double", tensorflow_order, numpy_half, result
        yield task, f"numpy fft2 + {what} (Sedghi)", "numpy", "double", tensorflow_order, numpy_full, result
    for dtype, complex_name, accuracy in [(DOUBLE, "complex128", "double"), (SINGLE, "complex64", "single")]:
        for task, symbols, result, what in [
            ("values", torch_half, torch_values, "rfft2 + svdvals"),
            ("values", torch_full, torch_values, "fft2 + svdvals"),
            ("norm", torch_half, torch_largest, "rfft2 + svdvals, max"),
            ("norm", torch_half, torch_matrix_norm, "rfft2 + matrix_norm(2), max"),
            ("thin", torch_half, torch_thin, "rfft2 + svd, thin"),
        ]:
            yield task, f"torch {what}, {complex_name}", "torch", accuracy, tensor(dtype), symbols, result
        what = f"torch rfft2 + eigvalsh of Gram, {complex_name}"
        yield "values", what, "torch", f"gram_{accuracy}", tensor(dtype), torch_half, torch_gram


VARIANTS = {(v[0], v[1]): v for v in variants()}


def every_value(result, grid, symbols):
    """The values at all frequencies, descending: columns of the half grid that stand for two count twice."""
    if isinstance(result, tuple):
        result = result[0]
    values = np.asarray(result, dtype="<f8")
    if values.ndim == 3 and symbols in (numpy_half, torch_half):
        values = np.concatenate([values, values[:, 1 : (grid[1] - 1) // 2 + 1]], axis=1)
    return np.sort(values.ravel())[::-1]


class Peers:
    def __init__(self):
        self.weights = self.grid = self.result = self.symbols = self.prepared = None

    def load(self, ask):
        self.weights = np.fromfile(ask["load"], dtype="<f8").reshape(ask["shape"])
        self.grid = ask["grid"]
        self.result = None
        self.prepared = {}
        return {}

    def run(self, ask):
        _, _, _, accuracy, prepare, self.symbols, compute = VARIANTS[ask["task"], ask["variant"]]
        key = (prepare is tensorflow_order, accuracy.endswith("single"))
        if key not in self.prepared:
            self.prepared[key] = prepare(self.weights)
        weights = self.prepared[key]
        self.result = None  # its memory is free before the clock starts
        start = time.perf_counter()
        for _ in range(ask["loops"]):
            self.result = compute(self.symbols(weights, self.grid))
        return {"seconds": (time.perf_counter() - start) / ask["loops"]}

    def values(self, ask):
        values = every_value(self.result, self.grid, self.symbols)
        values.tofile(ask["values"])
        return {"count": int(values.size)}

    def answer(self, ask):
        for name, act in [("load", self.load), ("task", self.run), ("values", self.values)]:
            if name in ask:
                return act(ask)
        return {"error": f"not a request: {ask}"}


def say(answer):
    print(json.dumps(answer), flush=True)


def blas(pool):
    facts = [pool.get(k) for k in ("internal_api", "version", "architecture", "threading_layer")]
    return " ".join(str(f) for f in facts if f) + f", {pool['num_threads']} threads"


def torch_lapack():
    info = [part.strip(" -\n") for part in torch.__config__.show().replace("\n", ",").split(",")]
    return "torch: " + ", ".join(part for part in info if "Math Kernel" in part or part.startswith("LAPACK_INFO"))


def main():
    say(
        {
            "versions": f"Python {sys.version.split()[0]}, numpy {np.__version__}, torch {torch.__version__} "
            f"({torch.backends.cpu.get_cpu_capability()})",
            # torch's MKL is linked in statically, where threadpoolctl does not see it.
            "blas": [blas(pool) for pool in threadpoolctl.threadpool_info()] + [torch_lapack()],
            "variants": [{"task": v[0], "name": v[1], "family": v[2], "accuracy": v[3]} for v in VARIANTS.values()],
        }
    )
    peers = Peers()
    for line in sys.stdin:
        try:
            say(peers.answer(json.loads(line)))
        except Exception as error:  # the driver prints it in the table
            say({"error": f"{type(error).__name__}: {error}"})


main()
