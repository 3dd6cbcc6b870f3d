"""Golden values of learning-rate schedules, from PyTorch, Optax, and closed forms where neither has the schedule.

    .venv/bin/python tools/golden/schedules.py          # writes crates/ravine/tests/golden/schedules.json

Each case is a schedule in Ravine's text form and its values at steps 0, 1, 2 … in f64.
"""

import json
import math
import warnings
from pathlib import Path

import jax
import optax
import torch
from torch.optim import lr_scheduler as torch_schedules

jax.config.update("jax_enable_x64", True)
warnings.filterwarnings("ignore", message=".*lr_scheduler.step.*")

OUT = Path(__file__).resolve().parents[2] / "crates/ravine/tests/golden/schedules.json"
STEPS = 100


def from_torch(lr, scheduler, steps=STEPS, key="lr", momentum=0.0):
    """What the optimizer sees at each update; the closed form where PyTorch has one, since its recursions drift."""
    optimizer = torch.optim.SGD([torch.zeros(1, dtype=torch.float64)], lr=lr, momentum=momentum)
    schedule = scheduler(optimizer)
    values = []
    for _ in range(steps):
        closed = getattr(schedule, "_get_closed_form_lr", None)
        values.append(float(closed()[0] if closed and key == "lr" else optimizer.param_groups[0][key]))
        optimizer.step()
        if len(values) < steps:
            schedule.step()
    return values


def from_optax(schedule, steps=STEPS):
    return [float(schedule(jax.numpy.asarray(step, dtype=jax.numpy.int64))) for step in range(steps)]


def from_formula(formula, steps=STEPS):
    return [float(formula(step)) for step in range(steps)]


def warm_up(peak, steps, start=0.0):
    """Optax's line, shifted so that its first value has 1/steps of the way behind it."""
    return optax.linear_schedule(start + (peak - start) / steps, peak, steps - 1)


def cases():
    T, O = torch_schedules, optax

    yield "constant(0.3)", "optax.constant_schedule", from_optax(O.constant_schedule(0.3))
    yield "linear(from=0.02, to=0.1, steps=60)", "optax.linear_schedule", from_optax(O.linear_schedule(0.02, 0.1, 60))
    yield "linear(from=0.1, to=0, steps=80)", "optax.linear_schedule", from_optax(O.linear_schedule(0.1, 0.0, 80))
    yield (
        "linear(from=0.025, to=0.1, steps=40)",
        "torch LinearLR",
        from_torch(0.1, lambda o: T.LinearLR(o, start_factor=0.25, end_factor=1.0, total_iters=40)),
    )
    yield (
        "polynomial(from=0.1, steps=80, power=0.9)",
        "torch PolynomialLR",
        from_torch(0.1, lambda o: T.PolynomialLR(o, total_iters=80, power=0.9)),
    )
    yield (
        "polynomial(from=0.1, to=0.01, steps=70, power=3)",
        "optax.polynomial_schedule",
        from_optax(O.polynomial_schedule(0.1, 0.01, 3, 70)),
    )
    yield (
        "polynomial(from=0.01, to=0.5, steps=90, power=2)",
        "optax.polynomial_schedule",
        from_optax(O.polynomial_schedule(0.01, 0.5, 2, 90)),
    )
    yield (
        "geometric(from=1e-6, to=1, steps=80)",
        "optax.exponential_decay with end_value",
        from_optax(O.exponential_decay(1e-6, 80, 1e6, end_value=1.0)),
    )
    yield (
        "geometric(from=0.5, to=0.001, steps=75)",
        "optax.exponential_decay with end_value",
        from_optax(O.exponential_decay(0.5, 75, 0.002, end_value=0.001)),
    )
    yield (
        "exponential(from=0.1, factor=0.97)",
        "torch ExponentialLR",
        from_torch(0.1, lambda o: T.ExponentialLR(o, gamma=0.97)),
    )
    yield (
        "exponential(from=0.1, factor=0.5, every=15)",
        "optax.exponential_decay",
        from_optax(O.exponential_decay(0.1, 15, 0.5)),
    )
    yield (
        "step(from=0.1, factor=0.5, every=15)",
        "torch StepLR",
        from_torch(0.1, lambda o: T.StepLR(o, step_size=15, gamma=0.5)),
    )
    yield (
        "step(from=0.1, every=7, factor=0.8)",
        "optax.exponential_decay, staircase",
        from_optax(O.exponential_decay(0.1, 7, 0.8, staircase=True)),
    )
    yield (
        "multi_step(from=0.1, factor=0.3, milestones=[10, 11, 64])",
        "torch MultiStepLR",
        from_torch(0.1, lambda o: T.MultiStepLR(o, milestones=[10, 11, 64], gamma=0.3)),
    )
    yield (
        "piecewise(values=[0.2, 0.1, 0.01], boundaries=[25, 70])",
        "optax.piecewise_constant_schedule",
        from_optax(O.piecewise_constant_schedule(0.2, {25: 0.5, 70: 0.1})),
    )
    yield (
        "inverse_time(from=0.4, rate=0.05)",
        "torch LambdaLR, a / (1 + k t)",
        from_torch(0.4, lambda o: T.LambdaLR(o, lambda t: 1 / (1 + 0.05 * t))),
    )
    yield (
        "inverse_time(from=0.4, rate=1, power=0.6)",
        "closed form a / (1 + k t)^p",
        from_formula(lambda t: 0.4 * math.exp(-0.6 * math.log1p(t))),
    )
    yield "inverse_sqrt(from=0.1)", "closed form", from_formula(lambda t: 0.1 / math.sqrt(t + 1))
    yield (
        "inverse_sqrt(from=0.1, shift=20)",
        "torch LambdaLR, sqrt(s / (s + t))",
        from_torch(0.1, lambda o: T.LambdaLR(o, lambda t: math.sqrt(20 / (20 + t)))),
    )
    yield (
        # d^(-1/2) min(t^(-1/2), t n^(-3/2)), t from 1: the sequence starts one step after the peak.
        f"sequence(linear(from={512**-0.5 * 40**-1.5!r}, to={512**-0.5 * 40**-0.5!r}, steps=39) for 40, "
        f"then=inverse_sqrt(from={(512 * 41) ** -0.5!r}, shift=41))",
        "Vaswani et al. 2017, equation 3",
        from_formula(lambda t: 512**-0.5 * min((t + 1) ** -0.5, (t + 1) * 40**-1.5)),
    )
    yield (
        "cosine(from=0.1, to=0.002, steps=80)",
        "optax.cosine_decay_schedule",
        from_optax(O.cosine_decay_schedule(0.1, 80, alpha=0.02)),
    )
    yield (
        "cosine(from=0.1, steps=99)",
        "torch CosineAnnealingLR up to T_max",
        from_torch(0.1, lambda o: T.CosineAnnealingLR(o, T_max=99)),
    )
    yield (
        "cosine_restarts(from=0.1, to=0.001, steps=30)",
        "torch CosineAnnealingWarmRestarts",
        from_torch(0.1, lambda o: T.CosineAnnealingWarmRestarts(o, T_0=30, eta_min=0.001)),
    )
    yield (
        "cosine_restarts(from=0.1, steps=10, multiplier=2)",
        "torch CosineAnnealingWarmRestarts",
        from_torch(0.1, lambda o: T.CosineAnnealingWarmRestarts(o, T_0=10, T_mult=2), steps=200),
    )
    yield (
        "cosine_restarts(from=0.2, to=0.01, steps=9, multiplier=3)",
        "optax.sgdr_schedule",
        from_optax(
            O.sgdr_schedule(
                [
                    {"init_value": 0.2, "peak_value": 0.2, "decay_steps": 9 * 3**i, "warmup_steps": 0, "end_value": 0.01}
                    for i in range(4)
                ]
            ),
            steps=200,
        ),
    )

    one_cycle = lambda **options: from_torch(0.1, lambda o: T.OneCycleLR(o, total_steps=STEPS, cycle_momentum=False, **options))
    yield "one_cycle(peak=0.1, steps=100)", "torch OneCycleLR", one_cycle(max_lr=0.1)
    yield (
        "one_cycle(peak=0.5, steps=100, pct_start=0.437, div_factor=10, final_div_factor=100, curve=linear)",
        "torch OneCycleLR",
        one_cycle(max_lr=0.5, pct_start=0.437, div_factor=10, final_div_factor=100, anneal_strategy="linear"),
    )
    yield (
        "one_cycle(peak=0.5, steps=100, pct_start=0.4, three_phase=true)",
        "torch OneCycleLR",
        one_cycle(max_lr=0.5, pct_start=0.4, three_phase=True),
    )
    yield (
        "one_cycle(peak=0.5, steps=100, pct_start=0.33, curve=linear, three_phase=true)",
        "torch OneCycleLR",
        one_cycle(max_lr=0.5, pct_start=0.33, anneal_strategy="linear", three_phase=True),
    )
    yield "one_cycle(peak=0.5, steps=100, pct_start=0)", "torch OneCycleLR", one_cycle(max_lr=0.5, pct_start=0.0)
    yield "one_cycle(peak=0.5, steps=100, pct_start=1)", "torch OneCycleLR", one_cycle(max_lr=0.5, pct_start=1.0)
    yield (
        f"one_cycle(peak=0.85, steps=100, div_factor={0.85 / 0.95!r}, final_div_factor=1)",
        "torch OneCycleLR, its momentum",
        from_torch(
            0.1,
            lambda o: T.OneCycleLR(o, max_lr=0.1, total_steps=STEPS, base_momentum=0.85, max_momentum=0.95),
            key="momentum",
            momentum=0.9,
        ),
    )

    yield (
        "warmup(steps=20, then=cosine(from=0.1, steps=80))",
        "optax.join_schedules",
        from_optax(O.join_schedules([warm_up(0.1, 20), O.cosine_decay_schedule(0.1, 80)], [20])),
    )
    yield (
        "warmup(steps=12, from=0.01, then=step(from=0.2, every=30))",
        "optax.join_schedules",
        from_optax(
            O.join_schedules([warm_up(0.2, 12, 0.01), O.exponential_decay(0.2, 30, 0.1, staircase=True)], [12])
        ),
    )
    yield (
        "sequence(linear(from=0, to=0.1, steps=20) for 20, then=cosine(from=0.1, to=0.001, steps=60))",
        "optax.warmup_cosine_decay_schedule",
        from_optax(O.warmup_cosine_decay_schedule(0.0, 0.1, 20, 80, end_value=0.001)),
    )
    yield (
        "sequence(constant(0.03) for 7, exponential(from=0.1, factor=0.9) for 50, then=linear(from=0.01, to=0, steps=50))",
        "torch SequentialLR",
        from_torch(
            0.1,
            lambda o: T.SequentialLR(
                o,
                [
                    T.ConstantLR(o, factor=0.3, total_iters=1000),
                    T.ExponentialLR(o, gamma=0.9),
                    T.LambdaLR(o, lambda t: 0.1 * (1 - t / 50)),
                ],
                milestones=[7, 57],
            ),
        ),
    )
    yield (
        "wsd(peak=0.1, warmup=10, stable=50, decay=30, to=0.01)",
        "optax.join_schedules",
        from_optax(
            O.join_schedules(
                [warm_up(0.1, 10), O.constant_schedule(0.1), O.linear_schedule(0.1, 0.01, 30)], [10, 60]
            )
        ),
    )
    yield (
        "wsd(peak=0.1, warmup=0, stable=40, decay=50, curve=cosine)",
        "optax.join_schedules",
        from_optax(O.join_schedules([O.constant_schedule(0.1), O.cosine_decay_schedule(0.1, 50)], [40])),
    )
    yield (
        "wsd(peak=0.1, warmup=20, stable=20, decay=60, from=0.02, curve=sqrt)",
        "closed form, Hägele et al. 2024",
        from_formula(
            lambda t: 0.02 + 0.08 * (t + 1) / 20 if t < 20 else 0.1 * (1 - math.sqrt(max(t - 40, 0) / 60))
        ),
    )
    yield (
        "scaled(factor=0.03, of=cosine(from=1, to=0.1, steps=80))",
        "torch LambdaLR",
        from_torch(0.03, lambda o: T.LambdaLR(o, lambda t: 0.1 + 0.45 * (1 + math.cos(math.pi * min(t, 80) / 80)))),
    )


document = {
    "made_by": f"tools/golden/schedules.py with torch {torch.__version__} and optax {optax.__version__}",
    "cases": [{"schedule": text, "reference": reference, "values": values} for text, reference, values in cases()],
}
OUT.write_text(json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
