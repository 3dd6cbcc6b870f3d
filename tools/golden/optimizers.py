"""Golden trajectories of the optimisers, from PyTorch, Optax, or the formula itself, in f64.

    .venv/bin/python tools/golden/optimizers.py          # writes crates/ravine/tests/golden/*.json

README.md, beside this file, describes the files and says which library is followed where they disagree.
"""

import json
import math
from pathlib import Path

import jax
import numpy as np
import optax
import torch

jax.config.update("jax_enable_x64", True)
torch.set_num_threads(1)

OUT = Path(__file__).resolve().parents[2] / "crates/ravine/tests/golden"
STEPS = 40
SNAPSHOTS = [1, 2, 3, 5, 8, 12, 20, 30, 40]
SHAPES = {"a": (4, 3), "b": (5,), "c": (2, 3, 2), "d": ()}
# One parameter misses its first steps and one a later step: whoever counts steps once for all of them is found out.
MISSING = {"c": {1, 2}, "b": {7}}
ZERO = {"a": {11}}


def initial_parameters():
    values, first = {}, 0
    for name, shape in SHAPES.items():
        size = math.prod(shape)
        index = np.arange(first, first + size)
        values[name] = np.round(1.5 * np.sin(2.3 * index + 0.5), 4).reshape(shape)
        first += size
    return values


def gradients():
    """For each step and parameter an array, or None where the gradient is missing.

    Each coordinate keeps a drift and swings around it. The size rises to a peak at step 9 and falls again, so that clipping acts at
    some steps only, and a running maximum differs from a running mean.
    """
    steps = []
    for t in range(1, STEPS + 1):
        size_now = 0.08 + 0.9 * math.exp(-(((t - 9) / 5) ** 2))
        step, first = {}, 0
        for name, shape in SHAPES.items():
            size = math.prod(shape)
            index = np.arange(first, first + size)
            first += size
            swing = np.sin(0.7 + 1.3 * index + 0.37 * t + 0.011 * index * t)
            drift = 0.5 * np.cos(1.9 * index + 0.2)
            step[name] = np.round(size_now * (swing + drift), 6).reshape(shape)
            if t in ZERO.get(name, ()):
                step[name] = np.zeros(shape)
            if t in MISSING.get(name, ()):
                step[name] = None
        steps.append(step)
    return steps


PARAMETERS = initial_parameters()
GRADIENTS = gradients()
LEARNING_RATES = [0.05 * 0.97**t + 0.01 * math.sin(0.9 * t) for t in range(1, STEPS + 1)]


def flat(arrays):
    return {name: np.asarray(array, dtype=np.float64).ravel().tolist() for name, array in arrays.items()}


def trajectory(advance, more=lambda: {}):
    """Call `advance(step, gradients, learning rate)`, which gives the new parameters, for every step; keep the snapshots."""
    kept, kept_more = {}, {}
    for t in range(1, STEPS + 1):
        now = advance(t, GRADIENTS[t - 1], LEARNING_RATES[t - 1])
        if t in SNAPSHOTS:
            kept[str(t)] = flat(now)
            for what, arrays in more().items():
                kept_more.setdefault(what, {})[str(t)] = flat(arrays)
    return {"snapshots": kept, **kept_more}


# Clipping, exactly as the formula says: torch.nn.utils.clip_grad_norm_ adds 1e-6 to the norm, which would show at 1e-12.


def norm(arrays):
    return math.sqrt(sum(float(np.sum(array * array)) for array in arrays))


def clip_by_global_norm(bound, grads):
    scale = min(1.0, bound / norm([g for g in grads.values() if g is not None]))
    return {name: None if g is None else g * scale for name, g in grads.items()}


def clip_by_norm(bound, grads):
    return {name: None if g is None else g * min(1.0, bound / max(norm([g]), 1e-300)) for name, g in grads.items()}


def clip_by_value(bound, grads):
    return {name: None if g is None else np.clip(g, -bound, bound) for name, g in grads.items()}


CLIPS = {"global_norm": clip_by_global_norm, "norm": clip_by_norm, "value": clip_by_value}


def with_torch(optimizer, clip=None, ema=None, **options):
    module = torch.nn.ParameterDict({name: torch.nn.Parameter(torch.tensor(value)) for name, value in PARAMETERS.items()})
    engine = optimizer(list(module.values()), lr=1.0, foreach=False, **options)
    more = {}
    if ema is not None:
        average = torch.optim.swa_utils.AveragedModel(module, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(ema))
        # The first call only copies: made here, it lets the average start from the initial parameters.
        average.update_parameters(module)
        held = {name: value.copy() for name, value in PARAMETERS.items()}

    def advance(t, grads, lr):
        if clip:
            kind, bound = clip
            grads = CLIPS[kind](bound, grads)
        for group in engine.param_groups:
            group["lr"] = lr
        for name, parameter in module.items():
            parameter.grad = None if grads[name] is None else torch.tensor(grads[name])
        engine.step()
        now = {name: parameter.detach().numpy().copy() for name, parameter in module.items()}
        if ema is not None:
            average.update_parameters(module)
            for name in SHAPES:
                if grads[name] is not None:
                    held[name] = ema * held[name] + (1 - ema) * now[name]
            more["ema"] = held
            more["ema_of_every_step"] = {name: p.detach().numpy().copy() for name, p in average.module.items()}
        return now

    return trajectory(advance, lambda: more)


def with_optax(optimizer, **options):
    """Every parameter has an Optax state of its own, left alone at the steps where the gradient is missing."""
    flags = [name for name, value in options.items() if isinstance(value, bool)]
    transform = optax.inject_hyperparams(optimizer, static_args=flags)(learning_rate=0.0, **options)
    now = {name: jax.numpy.asarray(value) for name, value in PARAMETERS.items()}
    states = {name: transform.init(value) for name, value in now.items()}

    def advance(t, grads, lr):
        for name, gradient in grads.items():
            if gradient is None:
                continue
            states[name].hyperparams["learning_rate"] = jax.numpy.asarray(lr, dtype=jax.numpy.float64)
            updates, states[name] = transform.update(jax.numpy.asarray(gradient), states[name], now[name])
            now[name] = optax.apply_updates(now[name], updates)
            assert now[name].dtype == jax.numpy.float64
        return now

    return trajectory(advance)


def lecture_momentum(beta):
    """v ← βv − ηg, θ ← θ + v."""
    theta = {name: value.copy() for name, value in PARAMETERS.items()}
    v = {name: np.zeros_like(value) for name, value in theta.items()}

    def advance(t, grads, lr):
        for name, g in grads.items():
            if g is None:
                continue
            v[name] = beta * v[name] - lr * g
            theta[name] = theta[name] + v[name]
        return theta

    return trajectory(advance)


def lecture_nesterov(beta):
    """g = ∇f(θ + βv), v ← βv − ηg, θ ← θ + v, on f(θ) = ½ θᵀAθ; and φ = θ + βv, where the next gradient is taken."""
    a = {
        "a": np.array([[3.0, 0.5, 0.2], [0.5, 2.0, -0.4], [0.2, -0.4, 1.0]]),
        "b": np.array([[5.0, 1.0], [1.0, 0.5]]),
    }
    theta = {"a": np.array([1.0, -2.0, 0.5]), "b": np.array([-1.5, 2.5])}
    start = flat(theta)
    v = {name: np.zeros_like(value) for name, value in theta.items()}
    snapshots = {}
    for t in range(1, STEPS + 1):
        for name in theta:
            gradient = a[name] @ (theta[name] + beta * v[name])
            v[name] = beta * v[name] - LEARNING_RATES[t - 1] * gradient
            theta[name] = theta[name] + v[name]
        if t in SNAPSHOTS:
            phi = {name: theta[name] + beta * v[name] for name in theta}
            snapshots[str(t)] = {"theta": flat(theta), "phi": flat(phi)}
    return {
        "case": "nesterov_lecture",
        "recipe": "nesterov",
        "settings": {"momentum": beta, "form": "lecture"},
        "source": "formula (NumPy)",
        "A": {name: matrix.tolist() for name, matrix in a.items()},
        "theta0": start,
        "lr": LEARNING_RATES,
        "beta": beta,
        "snapshots": snapshots,
    }


TORCH = f"torch {torch.__version__.split('+')[0]}"
OPTAX = f"optax {optax.__version__}"
SGD, ADAGRAD, RMSPROP = torch.optim.SGD, torch.optim.Adagrad, torch.optim.RMSprop
ADAM, ADAMW = torch.optim.Adam, torch.optim.AdamW


def cases():
    """(case, recipe, settings, what made it, the trajectory, further fields)"""

    def torch_case(case, recipe, settings, optimizer, options, clip=None, ema=None):
        extra = {}
        if clip:
            extra["clip"] = {"kind": clip[0], "bound": clip[1]}
        if ema is not None:
            extra["ema_decay"] = ema
        return case, recipe, settings, TORCH, with_torch(optimizer, clip, ema, **options), extra

    def optax_case(case, recipe, settings, optimizer, options):
        return case, recipe, settings, OPTAX, with_optax(optimizer, **options), {}

    def same(case, recipe, optimizer, options, **more):
        """A case whose settings are PyTorch's options by the same names."""
        return torch_case(case, recipe, options, optimizer, options, **more)

    yield same("sgd", "sgd", SGD, {})
    yield same("sgd_weight_decay", "sgd", SGD, {"weight_decay": 0.1})
    yield same("momentum", "momentum", SGD, {"momentum": 0.9})
    yield same("momentum_dampening", "momentum", SGD, {"momentum": 0.9, "dampening": 0.3})
    yield same("momentum_weight_decay", "momentum", SGD, {"momentum": 0.8, "weight_decay": 0.1})
    for case, decay in [("nesterov", {}), ("nesterov_weight_decay", {"weight_decay": 0.1})]:
        settings = {"momentum": 0.9, **decay}
        yield torch_case(case, "nesterov", settings, SGD, {"nesterov": True, **settings})
    yield same("adagrad", "adagrad", ADAGRAD, {})
    yield same("adagrad_options", "adagrad", ADAGRAD, {"lr_decay": 0.1, "initial_accumulator_value": 0.5, "weight_decay": 0.05})
    yield same("rmsprop", "rmsprop", RMSPROP, {})
    yield same("rmsprop_centered", "rmsprop", RMSPROP, {"centered": True, "alpha": 0.9})
    yield same("rmsprop_momentum", "rmsprop", RMSPROP, {"momentum": 0.9, "alpha": 0.95})
    yield same(
        "rmsprop_all",
        "rmsprop",
        RMSPROP,
        {"centered": True, "momentum": 0.8, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.05},
    )

    def adam_case(case, recipe, optimizer, options, **more):
        settings = {name: value for name, value in options.items() if name != "betas"}
        if "betas" in options:
            settings["beta1"], settings["beta2"] = options["betas"]
        return torch_case(case, recipe, settings, optimizer, options, **more)

    yield adam_case("adam", "adam", ADAM, {})
    yield adam_case("adam_options", "adam", ADAM, {"betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1})
    yield adam_case("adam_amsgrad", "adam", ADAM, {"betas": (0.9, 0.9), "amsgrad": True})
    yield adam_case("adamw", "adamw", ADAMW, {})
    yield adam_case("adamw_weight_decay", "adamw", ADAMW, {"weight_decay": 0.3})
    yield adam_case("adamw_amsgrad", "adamw", ADAMW, {"betas": (0.9, 0.9), "amsgrad": True, "weight_decay": 0.1})

    for case, decay in [("lion", 0.0), ("lion_weight_decay", 0.1)]:
        yield optax_case(case, "lion", {"weight_decay": decay}, optax.lion, {"weight_decay": decay})
    yield optax_case(
        "lion_betas",
        "lion",
        {"beta1": 0.7, "beta2": 0.9, "weight_decay": 0.0},
        optax.lion,
        {"b1": 0.7, "b2": 0.9, "weight_decay": 0.0},
    )
    inside = {"eps_in_sqrt": True, "initial_scale": 0.0}
    for case, centered in [("rmsprop_eps_inside_root", False), ("rmsprop_centered_eps_inside_root", True)]:
        settings = {"alpha": 0.9, "eps": 1e-2, "epsilon": "inside", **({"centered": True} if centered else {})}
        yield optax_case(case, "rmsprop", settings, optax.rmsprop, {"decay": 0.9, "eps": 1e-2, "centered": centered, **inside})
    for case, initial in [("adagrad_eps_inside_root", 0.0), ("adagrad_initial_eps_inside_root", 0.1)]:
        settings = {"eps": 1e-2, "initial_accumulator_value": initial, "epsilon": "inside"}
        yield optax_case(case, "adagrad", settings, optax.adagrad, {"eps": 1e-2, "initial_accumulator_value": initial})

    yield "momentum_lecture", "momentum", {"momentum": 0.9, "form": "lecture"}, "formula (NumPy)", lecture_momentum(0.9), {}

    yield adam_case("clip_global_norm_adam", "adam", ADAM, {}, clip=("global_norm", 0.5))
    yield same("clip_value_sgd", "sgd", SGD, {}, clip=("value", 0.1))
    yield same("clip_norm_momentum", "momentum", SGD, {"momentum": 0.9}, clip=("norm", 0.3))
    yield adam_case("adamw_ema", "adamw", ADAMW, {}, ema=0.9)


def write(name, document):
    OUT.mkdir(parents=True, exist_ok=True)
    # One line per field: a change of one case shows as such, and the files stay small.
    lines = [f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in document.items()]
    (OUT / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def main():
    write(
        "common",
        {
            "parameters": {name: {"shape": list(value.shape), "values": value.ravel().tolist()} for name, value in PARAMETERS.items()},
            "lr": LEARNING_RATES,
            "gradients": [
                {name: None if gradient is None else gradient.ravel().tolist() for name, gradient in step.items()} for step in GRADIENTS
            ],
        },
    )
    for case, recipe, settings, source, run, extra in cases():
        settings = {name: text(value) for name, value in settings.items()}
        write(case, {"case": case, "recipe": recipe, "settings": settings, "source": source, **extra, **run})
    lecture = lecture_nesterov(0.9)
    lecture["settings"] = {name: text(value) for name, value in lecture["settings"].items()}
    write("nesterov_lecture", lecture)
    files = sorted(OUT.glob("*.json"))
    print(f"{len(files)} files, {sum(path.stat().st_size for path in files) / 1e3:.0f} kB in {OUT}")


if __name__ == "__main__":
    main()
