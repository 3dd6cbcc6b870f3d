"""The runs of `ravine compare` in PyTorch: as many processes as cores, one thread each.

    .venv/bin/python bench/peers/compare.py [--variant default|foreach|fused|best] [--optimizers sgd,adam] [--json]

The same network, data, batches, learning rates, numbers of seeds, evaluations and choices; README.md says what is alike and
what is not.
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
from queue import SimpleQueue

# Every process computes with one thread, and so the libraries are told before they are loaded.
for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np
import torch
from torch import nn
from torch.nn import functional

DIGITS = Path(__file__).resolve().parents[2] / "crates/ravine-nets/data/digits.csv.gz"
HALF_DECADE = math.sqrt(10.0)


@dataclass(frozen=True)
class Recipe:
    """As in the catalogue of ravine: all other hyper-parameters are PyTorch's defaults there too."""

    usual_lr: float
    default_lr: float
    variants: tuple = ("default", "foreach", "fused")


RECIPES = {
    "sgd": Recipe(0.1, 1e-3),
    "momentum": Recipe(HALF_DECADE * 1e-2, 1e-3),
    "nesterov": Recipe(HALF_DECADE * 1e-2, 1e-3),
    "adagrad": Recipe(HALF_DECADE * 1e-2, 1e-2),
    "rmsprop": Recipe(HALF_DECADE * 1e-3, 1e-2, ("default", "foreach")),
    "adam": Recipe(HALF_DECADE * 1e-3, 1e-3),
    "adamw": Recipe(HALF_DECADE * 1e-3, 1e-3),
    "lion": Recipe(HALF_DECADE * 1e-4, 1e-4, ("foreach",)),
}

# Tuning seeds are the comparison's seed × 1000 plus their number; reporting seeds lie 500 further on.
MOST_SEEDS = 500

# `--variant best` times each variant so many times, for so many epochs.
CALIBRATION_REPEATS, CALIBRATION_EPOCHS = 9, 5


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


def network(features, classes, widths):
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
    variant: str
    lr: float
    seed: int
    phase: str
    epochs: int


@dataclass
class Outcome:
    """The lowest validation loss of a run, and the network as it was then on the test part."""

    run: Run
    validation_loss: float
    test_loss: float
    test_accuracy: float
    steps: int
    seconds: float
    # Seconds of the processor: fewer than `seconds` where other work had it.
    busy: float
    failure: str | None = None


def evaluate(model, part):
    inputs, labels = part
    with torch.inference_mode():
        scores = model(inputs)
        return functional.cross_entropy(scores, labels).item(), (scores.argmax(1) == labels).float().mean().item()


@torch.no_grad()
def copy(source, target):
    for from_, to in zip(source, target):
        to.copy_(from_)


def train(run):
    start, start_busy = time.perf_counter(), time.process_time()
    # Neither of these depends on the optimiser: for one seed all see the same start and the same batches.
    torch.manual_seed(run.seed)
    order = torch.Generator().manual_seed(run.seed + 1_000_000)
    (inputs, labels), validation, test = PARTS
    model = network(inputs.shape[1], CLASSES, OPTIONS.widths)
    parameters = list(model.parameters())
    engine = optimizer(run.optimizer, parameters, run.lr, run.variant)
    steps = 0

    def outcome(validation_loss, test_loss, test_accuracy, failure=None):
        seconds, busy = time.perf_counter() - start, time.process_time() - start_busy
        return Outcome(run, validation_loss, test_loss, test_accuracy, steps, seconds, busy, failure)

    def failed(loss):
        return outcome(math.inf, math.inf, -math.inf, f"the {loss} loss was not finite after {steps} steps")

    lowest, _ = evaluate(model, validation)
    best = [parameter.detach().clone() for parameter in parameters]
    for _ in range(run.epochs):
        for rows in torch.randperm(len(labels), generator=order).split(OPTIONS.batch):
            scores = model(inputs.index_select(0, rows))
            loss = functional.cross_entropy(scores, labels.index_select(0, rows))
            if not math.isfinite(loss.item()):
                return failed("training")
            engine.zero_grad()
            loss.backward()
            engine.step()
            steps += 1
        validation_loss, _ = evaluate(model, validation)
        if not math.isfinite(validation_loss):
            return failed("validation")
        if validation_loss < lowest:
            lowest = validation_loss
            copy(parameters, best)
    copy(best, parameters)
    return outcome(lowest, *evaluate(model, test))


def prepare(options, parts, classes, ready):
    """In each process, once. It trains a little, so that what a library does at its first use is not timed."""
    torch.set_num_threads(1)
    global OPTIONS, PARTS, CLASSES
    OPTIONS, PARTS, CLASSES = options, parts, classes
    for name in options.optimizers:
        for variant in RECIPES[name].variants:
            train(Run(name, variant, RECIPES[name].default_lr, 0, "warm-up", 1))
    ready.wait(timeout=300)


def calibrate(pool, options):
    """The fastest variant of each optimiser, and the processor's seconds per step of all; every process works, as later."""
    runs = [
        Run(name, variant, recipe.default_lr, repeat, "calibration", CALIBRATION_EPOCHS)
        for repeat in range(CALIBRATION_REPEATS)
        for name, recipe in RECIPES.items()
        if name in options.optimizers
        for variant in recipe.variants
    ]
    seconds = {name: {} for name in options.optimizers}
    for outcome in pool.imap_unordered(train, runs):
        of_variant = seconds[outcome.run.optimizer]
        per_step = outcome.busy / outcome.steps
        of_variant[outcome.run.variant] = min(per_step, of_variant.get(outcome.run.variant, math.inf))
    return {name: min(of_variant, key=of_variant.get) for name, of_variant in seconds.items()}, seconds


def rate(usual, offset):
    """The learning rate `offset` half decades from the usual one, with three digits."""
    return float(f"{usual * 10 ** (offset / 2):.2e}")


class Lane:
    """One optimiser's way through the comparison: the grid, its slides, the choice."""

    def __init__(self, name, variant, options):
        self.name, self.variant, self.options = name, variant, options
        self.recipe = RECIPES[name]
        below = options.trials // 2
        self.window = range(-below, options.trials - below)
        self.tried = self.window
        self.extended = 0
        self.chosen = None
        self.at_edge = False
        self.losses = {}
        self.reports = {}

    def rate(self, offset):
        return rate(self.recipe.usual_lr, offset)

    def tuning(self, offset):
        base = 2 * MOST_SEEDS * self.options.seed
        return self.runs(self.rate(offset), "tuning", base, self.options.tuning_seeds)

    def reporting(self):
        """The tuned rate and the default one; where they are equal, one set of runs serves both."""
        base = 2 * MOST_SEEDS * self.options.seed + MOST_SEEDS
        runs = self.runs(self.chosen, "tuned", base, self.options.seeds)
        if self.chosen != self.recipe.default_lr:
            runs += self.runs(self.recipe.default_lr, "default", base, self.options.seeds)
        return runs

    def runs(self, lr, phase, base, seeds):
        return [Run(self.name, self.variant, lr, base + i, phase, self.options.epochs) for i in range(seeds)]

    def first(self):
        return [run for offset in self.window for run in self.tuning(offset)]

    def finished(self, outcome):
        """Takes in a finished run, and returns the runs that it makes necessary."""
        if outcome.run.phase != "tuning":
            self.reports.setdefault(outcome.run.phase, []).append(outcome)
            return []
        self.losses.setdefault(outcome.run.lr, []).append(outcome.validation_loss)
        if any(len(self.losses.get(self.rate(offset), [])) < self.options.tuning_seeds for offset in self.window):
            return []
        # Of equal losses the smallest rate's.
        best = min(self.window, key=lambda offset: statistics.median(self.losses[self.rate(offset)]))
        first, last = self.tried[0], self.tried[-1]
        self.at_edge = self.options.trials > 1 and best in (first, last)
        if self.at_edge and self.extended < self.options.extend:
            step = -1 if best == first else 1
            self.window = range(self.window.start + step, self.window.stop + step)
            self.tried = range(min(first, best + step), max(last, best + step) + 1)
            self.extended += 1
            return self.tuning(best + step)
        self.chosen = self.rate(best)
        return self.reporting()

    def summary(self, phase):
        outcomes = self.reports.get(phase) or self.reports["tuned"]
        return {
            "lr": outcomes[0].run.lr,
            "test_accuracy": statistics.median(o.test_accuracy for o in outcomes),
            "test_loss": statistics.median(o.test_loss for o in outcomes),
            "validation_loss": statistics.median(o.validation_loss for o in outcomes),
            "failures": sum(o.failure is not None for o in outcomes),
        }

    def entry(self):
        own = {"optimizer": self.name, "variant": self.variant, "rates": [self.rate(offset) for offset in self.tried]}
        return own | {"at_edge": self.at_edge, **self.summary("tuned"), "default": self.summary("default")}


def compare(pool, lanes):
    """All runs, in the order in which they become known; no optimiser waits for another one."""
    outcomes, done, pending = [], SimpleQueue(), 0

    def start(runs):
        nonlocal pending
        pending += len(runs)
        for run in runs:
            pool.apply_async(train, (run,), callback=done.put, error_callback=done.put)

    for lane in lanes.values():
        start(lane.first())
    while pending:
        outcome = done.get()
        if isinstance(outcome, BaseException):
            raise outcome
        pending -= 1
        outcomes.append(outcome)
        start(lanes[outcome.run.optimizer].finished(outcome))
        if len(outcomes) % 25 == 0:
            print(f"{len(outcomes)} runs done, {pending} known to be left", file=sys.stderr)
    return outcomes


def ranked(entries):
    """Best first: by test accuracy, then test loss, then validation loss, all medians."""
    return sorted(entries, key=lambda entry: (-entry["test_accuracy"], entry["test_loss"], entry["validation_loss"]))


def plain(value):
    """For JSON, which has no infinity."""
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def parse():
    count = lambda text: max(1, int(text))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DIGITS)
    parser.add_argument("--optimizers", type=lambda text: text.split(","), default=list(RECIPES))
    parser.add_argument("--widths", type=lambda text: [int(width) for width in text.split(",")], default=[128])
    parser.add_argument("--epochs", type=count, default=40)
    parser.add_argument("--batch", type=count, default=64)
    parser.add_argument("--trials", type=count, default=7, help="learning rates per optimiser")
    parser.add_argument("--tuning-seeds", type=count, default=3)
    parser.add_argument("--seeds", type=count, default=5, help="reporting seeds")
    parser.add_argument("--seed", type=int, default=0, help="of the split, and what the others are derived from")
    parser.add_argument("--extend", type=int, default=3, help="how often a grid slides while its best is at an edge")
    parser.add_argument("--jobs", type=count, default=len(os.sched_getaffinity(0)), help="processes of one thread each")
    parser.add_argument(
        "--variant",
        choices=["default", "foreach", "fused", "best"],
        default="default",
        help="PyTorch's implementation; best: of each optimiser the fastest, measured before",
    )
    parser.add_argument("--json", action="store_true", help="one JSON document instead of the table")
    options = parser.parse_args()
    unknown = set(options.optimizers) - set(RECIPES)
    if unknown:
        parser.error(f"unknown optimizer {', '.join(sorted(unknown))}: there are {', '.join(RECIPES)}")
    if not options.data.exists():
        parser.error(f"{options.data} does not exist: name a CSV file with --data")
    if max(options.tuning_seeds, options.seeds) > MOST_SEEDS:
        parser.error(f"at most {MOST_SEEDS} seeds of a kind")
    return options


def table(ranking, footer):
    print(
        f"{'optimizer':10} {'variant':8} {'lr':>9} {'rates':>5} {'test accuracy':>14} {'test loss':>10} {'failures':>9}"
        f"   {'default lr':>10} {'accuracy':>9}"
    )
    for entry in ranking:
        lr, default = f"{entry['lr']:.3g}" + "*" * entry["at_edge"], entry["default"]
        print(
            f"{entry['optimizer']:10} {entry['variant']:8} {lr:>9} {len(entry['rates']):5}"
            f" {entry['test_accuracy']:14.3f} {entry['test_loss']:10.4f} {entry['failures']:9}"
            f"   {default['lr']:10.3g} {default['test_accuracy']:9.3f}"
        )
    if any(entry["at_edge"] for entry in ranking):
        print("* at the edge of the learning rates that were tried")
    print(footer)


def main():
    options = parse()
    torch.set_num_threads(1)
    inputs, labels, classes = read(options.data)
    context = get_context("fork")
    ready = context.Barrier(options.jobs + 1)
    shared = (options, split(inputs, labels, options.seed), classes, ready)
    calibration = None
    # Forked, so that PyTorch is loaded once; no thread has been started before.
    with context.Pool(options.jobs, prepare, shared) as pool:
        ready.wait(timeout=300)
        if options.variant == "best":
            variants, calibration = calibrate(pool, options)
        else:
            offered = lambda name: options.variant in RECIPES[name].variants
            variants = {name: options.variant if offered(name) else RECIPES[name].variants[0] for name in options.optimizers}
        lanes = {name: Lane(name, variants[name], options) for name in options.optimizers}
        start = time.perf_counter()
        outcomes = compare(pool, lanes)
        seconds = time.perf_counter() - start

    ranking = ranked(lane.entry() for lane in lanes.values())
    steps = sum(outcome.steps for outcome in outcomes)
    busy = sum(outcome.busy for outcome in outcomes)
    if options.json:
        trials = [{**asdict(o.run), **asdict(o)} for o in outcomes]
        for trial in trials:
            del trial["run"], trial["epochs"]
        document = {
            "schema": "ravine.peers.compare/2",
            "versions": {"torch": torch.__version__, "python": platform.python_version()},
            "config": {**vars(options), "data": options.data.name},
            "calibration": calibration,
            "seconds": seconds,
            "busy": busy,
            "runs": len(outcomes),
            "steps": steps,
            "ranking": ranking,
            "trials": trials,
        }
        print(json.dumps(plain(document), indent=1))
        return
    for name, of_variant in (calibration or {}).items():
        times = ", ".join(f"{variant} {1e6 * per_step:.0f}" for variant, per_step in of_variant.items())
        print(f"{name:10} µs per step: {times}", file=sys.stderr)
    table(
        ranking,
        f"{seconds:.1f} s, {len(outcomes)} runs, {steps} steps, {steps / seconds:.0f} steps/s,"
        f" {options.jobs} processes busy {100 * busy / (options.jobs * seconds):.0f} % of it,"
        f" torch {torch.__version__} ({options.variant})",
    )


if __name__ == "__main__":
    main()
