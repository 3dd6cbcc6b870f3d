"""The time of one optimiser step in PyTorch and Optax, as a multiple of the bare memory traffic of the optimiser's own arrays.

    .venv/bin/python bench/peers/step.py [--json] [--workloads adamw,…] [--layouts large,many,network] [--peers torch,optax]

README.md, beside this file, says what is counted and how.
"""

import argparse
import json
import math
import os
import platform
import sys
import time
from dataclasses import asdict, dataclass

FLOAT = 4  # bytes

# f32 arrays as long as the parameters that a step must move: each read counts one, each write counts one.
ARRAYS_MOVED = {
    "sgd": 3,  # read p, g; write p
    "momentum": 5,  # read p, g, m; write p, m
    "nesterov": 5,
    "adagrad": 5,
    "rmsprop": 5,
    "lion": 5,
    "adam": 7,  # read p, g, m, v; write p, m, v
    "adamw": 7,
    # As adamw, and read and write the average, and read g once more: the norm must be known before the update starts.
    "clip_adamw_schedule_ema": 10,
}


@dataclass
class Layout:
    name: str
    shapes: list
    # Steps timed together: enough that a short step is not lost in the clock.
    steps: int

    @property
    def parameters(self):
        return sum(math.prod(shape) for shape in self.shapes)


def layouts(scale):
    """The three sets of parameters; `scale` below 1 shrinks the two large ones, for a smoke test."""
    large = int(500_000 * scale)
    many = int(10_000 * scale)
    network = [(64, 64), (64,), (32, 64), (32,), (10, 32), (10,)]
    return [
        Layout("large", [(large,)] * 50, 1),
        Layout("many", [(2_500,)] * many, 1),
        Layout("network", network, 200),
    ]


@dataclass
class Result:
    layout: str
    tensors: int
    parameters: int
    workload: str
    peer: str
    variant: str
    seconds: float
    bytes: int
    multiple: float | None = None  # of the bare traffic; known when the run ends


def best_time(step, steps, repeats):
    """The least time per step over `repeats` timings of `steps` steps, after two steps to warm up."""
    step()
    step()
    best = math.inf
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(steps):
            step()
        best = min(best, (time.perf_counter() - start) / steps)
    return best


def bare_bandwidth(parameters, repeats):
    """Bytes per second of the plainest pass over memory: p += g in place, which reads two arrays and writes one."""
    import torch

    p, g = torch.zeros(parameters), torch.full((parameters,), 1e-3)
    return 3 * FLOAT * parameters / best_time(lambda: p.add_(g), 1, repeats)


def torch_variants(workload):
    fused = workload in {"sgd", "momentum", "nesterov", "adagrad", "adam", "adamw", "clip_adamw_schedule_ema"}
    return {"default": {}, "foreach": {"foreach": True}, **({"fused": {"fused": True}} if fused else {})}


def torch_step(workload, shapes, options):
    import torch

    if workload == "lion":
        return None
    generator = torch.Generator().manual_seed(0)
    module = torch.nn.ParameterList([torch.nn.Parameter(torch.randn(shape, generator=generator)) for shape in shapes])
    parameters = list(module)
    for parameter in parameters:
        parameter.grad = 1e-3 * torch.randn(parameter.shape, generator=generator)
    optim = torch.optim
    make = {
        "sgd": lambda: optim.SGD(parameters, lr=1e-3, **options),
        "momentum": lambda: optim.SGD(parameters, lr=1e-3, momentum=0.9, **options),
        "nesterov": lambda: optim.SGD(parameters, lr=1e-3, momentum=0.9, nesterov=True, **options),
        "adagrad": lambda: optim.Adagrad(parameters, lr=1e-3, **options),
        "rmsprop": lambda: optim.RMSprop(parameters, lr=1e-3, **options),
        "adam": lambda: optim.Adam(parameters, lr=1e-3, **options),
        "adamw": lambda: optim.AdamW(parameters, lr=1e-3, **options),
    }
    if workload in make:
        return make[workload]().step
    optimizer = make["adamw"]()
    schedule = optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=1_000_000)
    average = optim.swa_utils.AveragedModel(module, multi_avg_fn=optim.swa_utils.get_ema_multi_avg_fn(0.999))

    def step():
        torch.nn.utils.clip_grad_norm_(parameters, 1.0, foreach=options.get("foreach"))
        optimizer.step()
        schedule.step()
        average.update_parameters(module)

    return step


def optax_step(workload, shapes):
    import jax
    import numpy as np
    import optax

    generator = np.random.default_rng(0)
    parameters = [jax.numpy.asarray(generator.standard_normal(shape, dtype=np.float32)) for shape in shapes]
    gradients = [jax.numpy.asarray(1e-3 * generator.standard_normal(shape, dtype=np.float32)) for shape in shapes]
    clipped = workload == "clip_adamw_schedule_ema"
    transform = {
        "sgd": lambda: optax.sgd(1e-3),
        "momentum": lambda: optax.sgd(1e-3, momentum=0.9),
        "nesterov": lambda: optax.sgd(1e-3, momentum=0.9, nesterov=True),
        "adagrad": lambda: optax.adagrad(1e-3),
        "rmsprop": lambda: optax.rmsprop(1e-3),
        "lion": lambda: optax.lion(1e-3),
        "adam": lambda: optax.adam(1e-3),
        "adamw": lambda: optax.adamw(1e-3),
        "clip_adamw_schedule_ema": lambda: optax.chain(
            optax.clip_by_global_norm(1.0), optax.adamw(optax.cosine_decay_schedule(1e-3, 1_000_000))
        ),
    }[workload]()
    average = [parameter.copy() for parameter in parameters] if clipped else []

    def update(held, gradients):
        parameters, state, average = held
        updates, state = transform.update(gradients, state, parameters)
        parameters = optax.apply_updates(parameters, updates)
        if clipped:
            average = optax.incremental_update(parameters, average, 1e-3)
        return parameters, state, average

    compiled = jax.jit(update, donate_argnums=0)
    held = (parameters, transform.init(parameters), average)

    def step():
        nonlocal held
        held = jax.block_until_ready(compiled(held, gradients))

    return step


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = lambda text: text.split(",")
    parser.add_argument("--workloads", type=names, default=list(ARRAYS_MOVED))
    parser.add_argument("--layouts", type=names, default=["large", "many", "network"])
    parser.add_argument("--peers", type=names, default=["torch", "optax"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=15, help="timings of each step; the best counts")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the large layouts; below 1 for a smoke test")
    parser.add_argument(
        "--optax-many", action="store_true", help="also Optax on the 10,000 tensors: XLA compiles each workload for minutes"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    return parser.parse_args()


def main():
    options = parse()
    unknown = set(options.workloads) - set(ARRAYS_MOVED)
    if unknown:
        sys.exit(f"unknown workload {', '.join(sorted(unknown))}: there are {', '.join(ARRAYS_MOVED)}")
    # JAX has no setting for the number of its threads: it takes the processors that it may run on.
    cores = sorted(os.sched_getaffinity(0))[: options.threads]
    os.sched_setaffinity(0, cores)
    os.environ.setdefault("JAX_PLATFORMS", "cpu")

    import jax
    import optax
    import torch

    torch.set_num_threads(options.threads)
    bandwidth = 0.0
    results = []

    def measure(layout, workload, peer, variant, make):
        print(f"{layout.name} {workload} {peer} {variant}", file=sys.stderr)
        # Again before each: what the memory gives varies with the machine's other guests, and the best of the run is what holds.
        nonlocal bandwidth
        bandwidth = max(bandwidth, bare_bandwidth(int(25_000_000 * options.scale), options.repeats))
        step = make()
        if step is None:
            return
        seconds = best_time(step, layout.steps, options.repeats)
        moved = ARRAYS_MOVED[workload] * FLOAT * layout.parameters
        results.append(Result(layout.name, len(layout.shapes), layout.parameters, workload, peer, variant, seconds, moved))

    for layout in layouts(options.scale):
        if layout.name not in options.layouts:
            continue
        for workload in options.workloads:
            if "torch" in options.peers:
                for variant, arguments in torch_variants(workload).items():
                    measure(layout, workload, "torch", variant, lambda: torch_step(workload, layout.shapes, arguments))
            if "optax" in options.peers and (layout.name != "many" or options.optax_many):
                measure(layout, workload, "optax", "jit", lambda: optax_step(workload, layout.shapes))

    for result in results:
        result.multiple = result.seconds * bandwidth / result.bytes

    versions = {"torch": torch.__version__, "optax": optax.__version__, "jax": jax.__version__, "python": platform.python_version()}
    machine = {"cpu": cpu_name(), "cores": os.cpu_count(), "os": platform.platform()}
    if options.json:
        print(
            json.dumps(
                {
                    "schema": "ravine.peers.step/1",
                    "machine": machine,
                    "versions": versions,
                    "threads": len(cores),
                    "repeats": options.repeats,
                    "bare_bytes_per_second": bandwidth,
                    "results": [asdict(result) for result in results],
                },
                indent=1,
            )
        )
        return
    print(f"{machine['cpu']}, {len(cores)} threads; " + ", ".join(f"{name} {version}" for name, version in versions.items()))
    print(f"bare memory traffic: {bandwidth / 1e9:.1f} GB/s (p += g in place)")
    print(f"{'layout':8} {'workload':24} {'peer':6} {'variant':8} {'time a step':>14} {'× bare traffic':>15}")
    for result in results:
        spent = f"{result.seconds * 1e6:.1f} µs" if result.layout == "network" else f"{result.seconds * 1e3:.2f} ms"
        # The network fits the cache: a multiple of the memory's traffic would say nothing.
        multiple = "" if result.layout == "network" else f"{result.multiple:.2f}"
        print(f"{result.layout:8} {result.workload:24} {result.peer:6} {result.variant:8} {spent:>14} {multiple:>15}")


def cpu_name():
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


if __name__ == "__main__":
    main()
