"""Newton–Schulz and X Xᵀ in PyTorch, against `cargo bench -p ravine --bench matrix`, in turns on the same machine.

    .venv/bin/python bench/peers/matrix.py [--threads 2] [--rounds 5] [--bench PATH]

PATH is the built benchmark (`cargo bench -p ravine --bench matrix --no-run` prints it); without it only PyTorch is measured.
Muon in PyTorch (`torch.optim.Muon`) orthogonalises in bf16, which processors with AMX multiply many times faster than f32;
`f32` here is the same iteration in f32, as ravine computes it. All times are the shortest of all rounds.
"""

import argparse
import os
import re
import subprocess
import time

SHAPES = [(1024, 4096), (1024, 1024), (4096, 1024), (256, 1024)]
A, B, C = 3.4445, -4.7750, 2.0315


def newton_schulz(x):
    """The iteration of torch.optim.Muon, in the type of x."""
    import torch

    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / x.norm().clamp(min=1e-7)
    for _ in range(5):
        gram = x @ x.T
        polynomial = torch.addmm(gram, gram, gram, beta=B, alpha=C)
        x = torch.addmm(x, polynomial, x, beta=A)
    return x.T if tall else x


def shortest(run, repetitions):
    best = float("inf")
    for _ in range(repetitions):
        start = time.perf_counter()
        run()
        best = min(best, time.perf_counter() - start)
    return best * 1e3


def measure_torch(best, repetitions):
    import torch

    for rows, cols in SHAPES:
        x = torch.randn(rows, cols, generator=torch.Generator().manual_seed(0))
        for name, values in (("f32", x), ("bf16", x.bfloat16())):
            cases = {
                f"X Xᵀ, {rows} × {cols}": lambda v=values: v @ v.T,
                # From f32 and back, as the optimiser must.
                f"Newton–Schulz, {rows} × {cols}": lambda d=values.dtype: newton_schulz(x.to(d)).float(),
            }
            for case, run in cases.items():
                key = (case, f"torch {name}")
                best[key] = min(best.get(key, float("inf")), shortest(run, repetitions))


def measure_ravine(best, path, threads):
    environment = os.environ | {"RAYON_NUM_THREADS": str(threads)}
    command = [path, "X Xᵀ", "Newton–Schulz"]
    text = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    for case, milliseconds in re.findall(r"^(.*?) +([\d.]+) ms$", text, re.MULTILINE):
        key = (case.replace("X Xᵀ, half", "X Xᵀ"), "ravine f32")
        best[key] = min(best.get(key, float("inf")), float(milliseconds))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bench", help="the built Rust benchmark")
    arguments = parser.parse_args()

    import torch

    torch.set_num_threads(arguments.threads)
    best = {}
    for _ in range(arguments.rounds):
        measure_torch(best, 5)
        if arguments.bench:
            measure_ravine(best, arguments.bench, arguments.threads)

    columns = ["ravine f32", "torch f32", "torch bf16"]
    print(f"torch {torch.__version__}, {arguments.threads} threads; ms\n")
    print(f"{'':30}" + "".join(f"{column:>12}" for column in columns))
    for case in dict.fromkeys(case for case, _ in best):
        times = (best.get((case, column)) for column in columns)
        print(f"{case:30}" + "".join(f"{time:12.2f}" if time else f"{'–':>12}" for time in times))


if __name__ == "__main__":
    main()
