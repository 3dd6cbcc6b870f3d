"""Newton–Schulz, X Xᵀ and whole steps in PyTorch, against `cargo bench -p ravine --bench matrix`, in turns on the same machine.

    .venv/bin/python bench/peers/matrix.py [--threads 2] [--rounds 5] [--bench PATH] [--only products,steps]

PATH is the built benchmark (`cargo bench -p ravine --bench matrix --no-run` prints it); without it only PyTorch is measured.
Muon in PyTorch (`torch.optim.Muon`) orthogonalises in bf16, which processors with AMX multiply many times faster than f32;
`f32` here is the same iteration in f32, as ravine computes it. All times are the shortest of all rounds.

Steps are on one weight of 1024 × 4096, with the settings of ravine's recipes: SOAP turns its bases and Shampoo takes its roots in every
tenth step, and the time is the mean of ten. Both are written here from the papers in plain PyTorch, in f32. Ravine's eigenvalues are
computed in f64, and on one thread each; `torch.linalg.eigh` here is in f32 and may use all.
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


ROWS, COLS = 1024, 4096
BLOCK = 1024
EVERY = 10


def muon_step(parameter):
    """The same step as torch.optim.Muon, in f32."""
    import torch

    buffer = torch.zeros_like(parameter)

    def step():
        gradient = parameter.grad
        buffer.lerp_(gradient, 0.05)
        update = newton_schulz(gradient.lerp(buffer, 0.95))
        parameter.data.mul_(1 - 1e-3 * 0.1).add_(update, alpha=-1e-3 * 0.2 * max(parameter.shape) ** 0.5)

    return step


def adam_update(gradient, m, v, count, beta1, beta2, eps=1e-8):
    m.lerp_(gradient, 1 - beta1)
    v.mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
    denominator = (v / (1 - beta2**count)).sqrt_().add_(eps)
    return (m / (1 - beta1**count)).div_(denominator)


def soap_step(parameter, longest):
    """Vyas et al. 2024, algorithms 3 and 4; sides beyond `longest` keep their own axes."""
    import torch

    sides = [side for side in (0, 1) if parameter.shape[side] <= longest]
    statistics = {side: torch.zeros(parameter.shape[side], parameter.shape[side]) for side in sides}
    bases = {}
    m, v = torch.zeros_like(parameter), torch.zeros_like(parameter)
    count = 0

    def gather(gradient):
        for side in sides:
            product = gradient @ gradient.T if side == 0 else gradient.T @ gradient
            statistics[side].lerp_(product, 0.05)

    def project(x, back=False):
        if 0 in bases:
            x = (bases[0] if back else bases[0].T) @ x
        if 1 in bases:
            x = x @ (bases[1].T if back else bases[1])
        return x

    def step():
        nonlocal count, m, v
        gradient = parameter.grad
        if not bases:
            gather(gradient)
            bases.update({side: torch.linalg.eigh(statistics[side])[1].flip(1) for side in sides})
            return
        count += 1
        update = project(adam_update(project(gradient), m, v, count, 0.95, 0.95), back=True)
        parameter.data.mul_(1 - 3e-3 * 0.01).add_(update, alpha=-3e-3)
        gather(gradient)
        if count % EVERY == 0:
            m = project(m, back=True)
            for side in sides:
                image = statistics[side] @ bases[side]
                order = torch.argsort((bases[side] * image).sum(0), descending=True)
                v = v.index_select(side, order)
                bases[side] = torch.linalg.qr(image[:, order])[0]
            m = project(m)

    return step


def shampoo_step(parameter):
    """Gupta et al. 2018 in blocks, with the size of RMSProp and momentum, as in Anil et al. 2020."""
    import torch

    blocks = [(slice(i, i + BLOCK), slice(j, j + BLOCK)) for i in range(0, ROWS, BLOCK) for j in range(0, COLS, BLOCK)]
    left = [torch.zeros(BLOCK, BLOCK) for _ in blocks]
    right = [torch.zeros(BLOCK, BLOCK) for _ in blocks]
    roots = [None] * len(blocks)
    square, buffer, direction = (torch.zeros_like(parameter) for _ in range(3))
    count = 0

    def root(a):
        values, vectors = torch.linalg.eigh(a)
        values = values.clamp_min_(0)
        return (vectors * (values + 1e-5 * values[-1].clamp_min(1e-16)).pow_(-0.25)) @ vectors.T

    def step():
        nonlocal count
        gradient = parameter.grad
        square.mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        size = gradient.div((square / (1 - 0.999 ** (count + 1))).sqrt_().add_(1e-8)).norm()
        for k, where in enumerate(blocks):
            block = gradient[where]
            left[k].mul_(0.999).addmm_(block, block.T, alpha=0.001)
            right[k].mul_(0.999).addmm_(block.T, block, alpha=0.001)
            if count % EVERY == 0:
                roots[k] = root(left[k]), root(right[k])
            direction[where] = roots[k][0] @ block @ roots[k][1]
        count += 1
        buffer.mul_(0.9).add_(direction, alpha=float(size / direction.norm()))
        parameter.data.add_(buffer, alpha=-1e-3)

    return step


def measure_steps(best):
    import torch

    def weight():
        parameter = torch.nn.Parameter(torch.randn(ROWS, COLS, generator=torch.Generator().manual_seed(0)))
        parameter.grad = torch.randn(ROWS, COLS, generator=torch.Generator().manual_seed(1))
        return parameter

    muon = lambda p: torch.optim.Muon([p], lr=1e-3, weight_decay=0.1, adjust_lr_fn="match_rms_adamw").step
    cases = [
        ("Adam step", "torch f32", lambda p: torch.optim.Adam([p], fused=True).step, 10),
        ("Muon step", "torch bf16", muon, 1),
        ("Muon step", "torch f32", muon_step, 1),
        ("Shampoo, blocks of 1024 step", "torch f32", shampoo_step, EVERY),
        ("SOAP, one side step", "torch f32", lambda p: soap_step(p, 1024), EVERY),
        ("SOAP, both sides step", "torch f32", lambda p: soap_step(p, 10_000), EVERY),
    ]
    with torch.no_grad():
        for case, column, make, steps in cases:
            step = make(weight())
            step()
            time = shortest(lambda: [step() for _ in range(steps)], 5 if steps == 1 else 2) / steps
            best[case, column] = min(best.get((case, column), float("inf")), time)


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


def measure_ravine(best, path, threads, names):
    environment = os.environ | {"RAYON_NUM_THREADS": str(threads)}
    command = [path, *names]
    text = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    for case, milliseconds in re.findall(r"^(.*?) +([\d.]+) ms$", text, re.MULTILINE):
        key = (case.replace("X Xᵀ, half", "X Xᵀ"), "ravine f32")
        best[key] = min(best.get(key, float("inf")), float(milliseconds))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bench", help="the built Rust benchmark")
    parser.add_argument("--only", default="products,steps", help="of products,steps")
    arguments = parser.parse_args()

    import torch

    torch.set_num_threads(arguments.threads)
    best = {}
    only = arguments.only.split(",")
    for _ in range(arguments.rounds):
        if "products" in only:
            measure_torch(best, 5)
        if "steps" in only:
            measure_steps(best)
        if arguments.bench:
            names = ["X Xᵀ", "Newton–Schulz"] if "products" in only else []
            measure_ravine(best, arguments.bench, arguments.threads, names + ["step"] * ("steps" in only))

    columns = ["ravine f32", "torch f32", "torch bf16"]
    print(f"torch {torch.__version__}, {arguments.threads} threads; ms\n")
    print(f"{'':30}" + "".join(f"{column:>12}" for column in columns))
    for case in dict.fromkeys(case for case, _ in best):
        times = (best.get((case, column)) for column in columns)
        print(f"{case:30}" + "".join(f"{time:12.2f}" if time else f"{'–':>12}" for time in times))


if __name__ == "__main__":
    main()
