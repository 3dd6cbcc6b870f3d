"""The runs of `ravine compare` in PyTorch: as many processes as cores, one thread each.

    .venv/bin/python bench/peers/compare.py [--optimizers sgd,adam] [--epochs N] [--json]

The same network, data, batches per epoch, learning rates, seeds and evaluations; README.md says what is alike and what is not.
"""

import argparse
import csv
import gzip
import io
import json
import math
import os
import platform
import statistics
import sys
import time
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path

# Every process computes with one thread, and so the libraries are told before they are loaded.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import torch
from torch import nn
from torch.nn import functional

DIGITS = Path(__file__).resolve().parents[2] / "crates/ravine-nets/data/digits.csv.gz"

# The learning rate in the middle of each grid; the same as `ravine list optimizers` shows.
USUAL = {
    "sgd": 0.1,
    "momentum": 0.01,
    "nesterov": 0.01,
    "adagrad": 0.01,
    "rmsprop": 0.001,
    "adam": 0.001,
    "adamw": 0.001,
    "lion": 0.0001,
}
HALF_DECADE = math.sqrt(10.0)


class Lion(torch.optim.Optimizer):
    """PyTorch has no Lion: written here with its grouped operations, as its own optimisers are."""

    def __init__(self, parameters, lr, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(parameters, {"lr": lr, "betas": betas, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            parameters = [parameter for parameter in group["params"] if parameter.grad is not None]
            gradients = [parameter.grad for parameter in parameters]
            averages = []
            for parameter in parameters:
                state = self.state[parameter]
                if not state:
                    state["exp_avg"] = torch.zeros_like(parameter)
                averages.append(state["exp_avg"])
            beta1, beta2 = group["betas"]
            updates = torch._foreach_lerp(averages, gradients, 1 - beta1)
            torch._foreach_sign_(updates)
            if group["weight_decay"]:
                torch._foreach_mul_(parameters, 1 - group["lr"] * group["weight_decay"])
            torch._foreach_add_(parameters, updates, alpha=-group["lr"])
            torch._foreach_lerp_(averages, gradients, 1 - beta2)


def optimizer(name, parameters, lr, variant):
    options = {"default": {}, "foreach": {"foreach": True}, "fused": {"fused": True}}[variant]
    if name == "rmsprop" and variant == "fused":
        options = {}  # PyTorch has no fused one
    make = {
        "sgd": lambda: torch.optim.SGD(parameters, lr=lr, **options),
        "momentum": lambda: torch.optim.SGD(parameters, lr=lr, momentum=0.9, **options),
        "nesterov": lambda: torch.optim.SGD(parameters, lr=lr, momentum=0.9, nesterov=True, **options),
        "adagrad": lambda: torch.optim.Adagrad(parameters, lr=lr, **options),
        "rmsprop": lambda: torch.optim.RMSprop(parameters, lr=lr, **options),
        "adam": lambda: torch.optim.Adam(parameters, lr=lr, **options),
        "adamw": lambda: torch.optim.AdamW(parameters, lr=lr, **options),
        "lion": lambda: Lion(parameters, lr=lr),
    }
    return make[name]()


def read(path):
    """A CSV file, plain or gzipped: a header or none, numbers, the label in the last column."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode()
    rows = [row for row in csv.reader(io.StringIO(text)) if row]
    try:
        [float(cell) for cell in rows[0]]
    except ValueError:
        rows = rows[1:]
    table = np.array(rows, dtype=np.float64)
    classes, labels = np.unique(table[:, -1], return_inverse=True)
    return table[:, :-1].astype(np.float32), labels, len(classes)


def split(inputs, labels, seed, fractions=(0.6, 0.2)):
    """Stratified into training, validation and test, and standardised with what the training part shows."""
    generator = np.random.default_rng(seed)
    parts = [[], [], []]
    for label in np.unique(labels):
        rows = generator.permutation(np.flatnonzero(labels == label))
        first = round(fractions[0] * len(rows))
        second = first + round(fractions[1] * len(rows))
        for part, chosen in zip(parts, (rows[:first], rows[first:second], rows[second:])):
            part.extend(chosen)
    train = inputs[parts[0]]
    mean, deviation = train.mean(0), train.std(0)
    deviation[deviation == 0] = 1
    return [(torch.from_numpy((inputs[part] - mean) / deviation), torch.from_numpy(labels[part])) for part in parts]


def network(features, classes, widths=(64, 32)):
    layers, width = [], features
    for after in widths:
        layers += [nn.Linear(width, after), nn.ReLU()]
        width = after
    layers.append(nn.Linear(width, classes))
    for layer in layers:
        if isinstance(layer, nn.Linear):
            nn.init.kaiming_uniform_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


@dataclass(frozen=True)
class Run:
    optimizer: str
    lr: float
    seed: int
    phase: str


@dataclass
class Outcome:
    run: Run
    validation_loss: float
    test_accuracy: float
    steps: int
    seconds: float
    failure: str | None


def evaluate(model, part):
    with torch.inference_mode():
        scores = model(part[0])
        return functional.cross_entropy(scores, part[1]).item(), (scores.argmax(1) == part[1]).float().mean().item()


def prepare(options):
    """In each process, once."""
    torch.set_num_threads(1)
    global OPTIONS, PARTS, CLASSES
    OPTIONS = options
    inputs, labels, CLASSES = read(options.data)
    PARTS = split(inputs, labels, options.seed)


def train(run):
    start = time.perf_counter()
    # Neither of these depends on the optimiser: for one seed all see the same start and the same batches.
    torch.manual_seed(run.seed)
    order = torch.Generator().manual_seed(run.seed + 1_000_000)
    train, validation, test = PARTS
    model = network(train[0].shape[1], CLASSES)
    engine = optimizer(run.optimizer, model.parameters(), run.lr, OPTIONS.variant)
    steps, failure = 0, None
    validation_loss, _ = evaluate(model, validation)
    for epoch in range(OPTIONS.epochs):
        total = torch.zeros(())
        for rows in torch.randperm(len(train[1]), generator=order).split(OPTIONS.batch):
            engine.zero_grad()
            loss = functional.cross_entropy(model(train[0][rows]), train[1][rows])
            loss.backward()
            engine.step()
            total += loss.detach() * len(rows)
            steps += 1
        # The sum is looked at once an epoch: at every step it would cost as much as the loss itself.
        if not math.isfinite(total.item()):
            failure = f"the training loss was no longer finite in epoch {epoch + 1}"
            break
        validation_loss, _ = evaluate(model, validation)
    if failure is None and not math.isfinite(validation_loss):
        failure = "the validation loss was no longer finite"
    _, accuracy = evaluate(model, test)
    seconds = time.perf_counter() - start
    return Outcome(run, math.inf if failure else validation_loss, 0.0 if failure else accuracy, steps, seconds, failure)


def grid(middle, trials):
    """`trials` learning rates half a decade apart, the usual one in the middle."""
    return [middle * HALF_DECADE ** (i - trials // 2) for i in range(trials)]


def median_loss(outcomes, name, lr):
    return statistics.median(o.validation_loss for o in outcomes if o.run.optimizer == name and o.run.lr == lr)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DIGITS)
    parser.add_argument("--optimizers", type=lambda text: text.split(","), default=[name for name in USUAL if name != "lion"])
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--trials", type=int, default=7, help="learning rates per optimiser")
    parser.add_argument("--tuning-seeds", type=int, default=3)
    parser.add_argument("--seeds", type=int, default=5, help="reporting seeds")
    parser.add_argument("--seed", type=int, default=0, help="of the split, and the first of the others")
    parser.add_argument("--extensions", type=int, default=2, help="how often a grid is extended while its best is at an edge")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--variant", choices=["default", "foreach", "fused"], default="default", help="PyTorch's implementation")
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    options = parser.parse_args()
    unknown = set(options.optimizers) - set(USUAL)
    if unknown:
        parser.error(f"unknown optimizer {', '.join(sorted(unknown))}: there are {', '.join(USUAL)}")
    if not options.data.exists():
        parser.error(f"{options.data} does not exist: name a CSV file with --data")
    return options


def main():
    options = parse()
    start = time.perf_counter()
    tuning = range(options.seed + 1, options.seed + 1 + options.tuning_seeds)
    reporting = range(options.seed + 1_001, options.seed + 1_001 + options.seeds)
    outcomes = []
    # Forked, so that PyTorch is loaded once; no thread has been started before.
    with get_context("fork").Pool(options.jobs, prepare, (options,)) as pool:

        def do(runs):
            for done, outcome in enumerate(pool.imap_unordered(train, runs), 1):
                outcomes.append(outcome)
                if done % 10 == 0 or done == len(runs):
                    print(f"{outcome.run.phase}: {done} of {len(runs)}", file=sys.stderr)

        grids = {name: grid(USUAL[name], options.trials) for name in options.optimizers}
        do([Run(name, lr, seed, "tuning") for name, rates in grids.items() for lr in rates for seed in tuning])
        best = {}
        for extension in range(options.extensions + 1):
            further = {}
            for name, rates in grids.items():
                best[name] = min(rates, key=lambda lr: median_loss(outcomes, name, lr))
                if best[name] == rates[0]:
                    further[name] = rates[0] / HALF_DECADE
                elif best[name] == rates[-1]:
                    further[name] = rates[-1] * HALF_DECADE
            if not further or extension == options.extensions:
                break
            do([Run(name, lr, seed, "tuning") for name, lr in further.items() for seed in tuning])
            for name, lr in further.items():
                grids[name] = sorted([*grids[name], lr])
        do(
            [Run(name, best[name], seed, "tuned") for name in grids for seed in reporting]
            + [Run(name, USUAL[name], seed, "default") for name in grids for seed in reporting]
        )
    seconds = time.perf_counter() - start

    def summary(name, phase):
        chosen = [o for o in outcomes if o.run.optimizer == name and o.run.phase == phase]
        return {
            "lr": chosen[0].run.lr,
            "validation_loss": statistics.median(o.validation_loss for o in chosen),
            "test_accuracy": statistics.median(o.test_accuracy for o in chosen),
            "failures": sum(o.failure is not None for o in chosen),
        }

    ranking = [{"optimizer": name, **summary(name, "tuned"), "default": summary(name, "default")} for name in grids]
    ranking.sort(key=lambda entry: entry["validation_loss"])
    steps = sum(o.steps for o in outcomes)
    if options.json:
        finite = lambda value: value if math.isfinite(value) else None
        for entry in ranking:
            for part in (entry, entry["default"]):
                part["validation_loss"] = finite(part["validation_loss"])
        trials = [
            {**asdict(o.run), "validation_loss": finite(o.validation_loss), "test_accuracy": o.test_accuracy, "steps": o.steps}
            | {"seconds": o.seconds, "failure": o.failure}
            for o in outcomes
        ]
        document = {
            "schema": "ravine.peers.compare/1",
            "versions": {"torch": torch.__version__, "python": platform.python_version()},
            "config": {**vars(options), "data": options.data.name},
            "seconds": seconds,
            "runs": len(outcomes),
            "steps": steps,
            "ranking": ranking,
            "trials": trials,
        }
        print(json.dumps(document, indent=1))
        return
    print(f"{'optimizer':10} {'lr':>9} {'validation loss':>16} {'test accuracy':>14} {'failures':>9}   {'default lr':>10} {'accuracy':>9}")
    for entry in ranking:
        usual = entry["default"]
        print(
            f"{entry['optimizer']:10} {entry['lr']:9.3g} {entry['validation_loss']:16.4f} {entry['test_accuracy']:14.4f}"
            f" {entry['failures']:9}   {usual['lr']:10.3g} {usual['test_accuracy']:9.4f}"
        )
    print(
        f"{seconds:.1f} s, {len(outcomes)} runs, {steps} steps, {steps / seconds:.0f} steps/s,"
        f" {options.jobs} processes, torch {torch.__version__} ({options.variant})"
    )


if __name__ == "__main__":
    main()
