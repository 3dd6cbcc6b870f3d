"""SGD, momentum, Nesterov, Adagrad, RMSProp, Adam, AdamW and Lion; clipping, and the average of the parameters."""

import numpy as np
import optax
import torch

from data import LEARNING_RATES
from harness import SNAPSHOTS, Case, flat, formula_case, optax_case, torch_case

SGD, ADAGRAD, RMSPROP = torch.optim.SGD, torch.optim.Adagrad, torch.optim.RMSprop
ADAM, ADAMW = torch.optim.Adam, torch.optim.AdamW


def cases():
    yield torch_case("sgd", "sgd", SGD, {})
    yield torch_case("sgd_weight_decay", "sgd", SGD, {"weight_decay": 0.1})
    yield torch_case("momentum", "momentum", SGD, {"momentum": 0.9})
    yield torch_case("momentum_dampening", "momentum", SGD, {"momentum": 0.9, "dampening": 0.3})
    yield torch_case("momentum_weight_decay", "momentum", SGD, {"momentum": 0.8, "weight_decay": 0.1})
    yield formula_case(
        "momentum_lecture", "momentum", lecture_momentum, {"momentum": 0.9}, settings={"momentum": 0.9, "form": "lecture"}
    )
    for name, decay in [("nesterov", {}), ("nesterov_weight_decay", {"weight_decay": 0.1})]:
        settings = {"momentum": 0.9, **decay}
        yield torch_case(name, "nesterov", SGD, {"nesterov": True, **settings}, settings=settings)
    yield Case("nesterov_lecture", "nesterov", {"momentum": 0.9, "form": "lecture"}, "formula (NumPy)", lecture_nesterov)

    yield torch_case("adagrad", "adagrad", ADAGRAD, {})
    yield torch_case(
        "adagrad_options", "adagrad", ADAGRAD, {"lr_decay": 0.1, "initial_accumulator_value": 0.5, "weight_decay": 0.05}
    )
    for name, initial in [("adagrad_eps_inside_root", 0.0), ("adagrad_initial_eps_inside_root", 0.1)]:
        options = {"eps": 1e-2, "initial_accumulator_value": initial}
        yield optax_case(name, "adagrad", optax.adagrad, options, settings={**options, "epsilon": "inside"})

    yield torch_case("rmsprop", "rmsprop", RMSPROP, {})
    yield torch_case("rmsprop_centered", "rmsprop", RMSPROP, {"centered": True, "alpha": 0.9})
    yield torch_case("rmsprop_momentum", "rmsprop", RMSPROP, {"momentum": 0.9, "alpha": 0.95})
    yield torch_case(
        "rmsprop_all",
        "rmsprop",
        RMSPROP,
        {"centered": True, "momentum": 0.8, "alpha": 0.9, "eps": 1e-3, "weight_decay": 0.05},
    )
    for name, centered in [("rmsprop_eps_inside_root", False), ("rmsprop_centered_eps_inside_root", True)]:
        settings = {"alpha": 0.9, "eps": 1e-2, "epsilon": "inside", **({"centered": True} if centered else {})}
        options = {"decay": 0.9, "eps": 1e-2, "centered": centered, "eps_in_sqrt": True, "initial_scale": 0.0}
        yield optax_case(name, "rmsprop", optax.rmsprop, options, settings=settings)

    yield torch_case("adam", "adam", ADAM, {})
    yield torch_case("adam_options", "adam", ADAM, {"betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1})
    yield torch_case("adam_amsgrad", "adam", ADAM, {"betas": (0.9, 0.9), "amsgrad": True})
    yield torch_case("adamw", "adamw", ADAMW, {})
    yield torch_case("adamw_weight_decay", "adamw", ADAMW, {"weight_decay": 0.3})
    yield torch_case("adamw_amsgrad", "adamw", ADAMW, {"betas": (0.9, 0.9), "amsgrad": True, "weight_decay": 0.1})

    yield optax_case("lion", "lion", optax.lion, {"weight_decay": 0.0})
    yield optax_case("lion_weight_decay", "lion", optax.lion, {"weight_decay": 0.1})
    yield optax_case("lion_betas", "lion", optax.lion, {"b1": 0.7, "b2": 0.9, "weight_decay": 0.0})

    yield torch_case("clip_global_norm_adam", "adam", ADAM, {}, clip=("global_norm", 0.5))
    yield torch_case("clip_value_sgd", "sgd", SGD, {}, clip=("value", 0.1))
    yield torch_case("clip_norm_momentum", "momentum", SGD, {"momentum": 0.9}, clip=("norm", 0.3))
    yield torch_case("adamw_ema", "adamw", ADAMW, {}, ema_decay=0.9)


def lecture_momentum(t, s, x, g, lr, momentum):
    s["v"] = momentum * s["v"] - lr * g
    return x + s["v"]


def lecture_nesterov(case):
    """g = ∇f(θ + βv), v ← βv − ηg, θ ← θ + v, on f(θ) = ½ θᵀAθ; and φ = θ + βv, where the next gradient is taken."""
    beta = case.settings["momentum"]
    a = {
        "a": np.array([[3.0, 0.5, 0.2], [0.5, 2.0, -0.4], [0.2, -0.4, 1.0]]),
        "b": np.array([[5.0, 1.0], [1.0, 0.5]]),
    }
    theta = {"a": np.array([1.0, -2.0, 0.5]), "b": np.array([-1.5, 2.5])}
    start = flat(theta)
    v = {name: np.zeros_like(value) for name, value in theta.items()}
    snapshots = {}
    for t, lr in enumerate(LEARNING_RATES, 1):
        for name in theta:
            gradient = a[name] @ (theta[name] + beta * v[name])
            v[name] = beta * v[name] - lr * gradient
            theta[name] = theta[name] + v[name]
        if t in SNAPSHOTS:
            phi = {name: theta[name] + beta * v[name] for name in theta}
            snapshots[str(t)] = {"theta": flat(theta), "phi": flat(phi)}
    return {
        "A": {name: matrix.tolist() for name, matrix in a.items()},
        "theta0": start,
        "lr": LEARNING_RATES,
        "beta": beta,
        "snapshots": snapshots,
    }
