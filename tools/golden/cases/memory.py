"""Adafactor, SM3, CAME and Adam-mini: second moments for rows and columns instead of coordinates."""

import numpy as np
import optax
import pytorch_optimizer
import torch

from harness import formula_case, optax_case, pytorch_optimizer_case, torch_case

ADAFACTOR = torch.optim.Adafactor


def cases():
    for data in ("common", "matrices"):
        yield torch_case(f"adafactor_{data}", "adafactor", ADAFACTOR, {}, data=data)
    # The factor puts the learning rate above the cap 1/√t at some steps, and below at others.
    options = {"beta2_decay": -0.6, "eps": (1e-3, 0.5), "d": 2.0, "weight_decay": 0.1}
    settings = {"decay_rate": 0.6, "eps1": 1e-3, "eps2": 0.5, "clip_threshold": 2.0, "weight_decay": 0.1}
    yield torch_case("adafactor_options", "adafactor", ADAFACTOR, options, settings=settings, data="matrices", lr_factor=6)
    # Its decay is in f32: 1 − t^−0.8 has the error of an f32, which the means hand on. The formula below is Optax's in f64.
    for name, data, least in [("adafactor_optax", "common", 128), ("adafactor_optax_factored", "common", 2)]:
        settings = {"form": "optax", "min_dim_size_to_factor": least}
        yield formula_case(name, "adafactor", adafactor_optax, {"least": least}, settings=settings, data=data)
    options = {"decay_rate": 0.6, "clip_threshold": 0.7, "weight_decay": 0.01, "eps1": 1e-4}
    settings = {**options, "form": "optax", "min_dim_size_to_factor": 3}
    yield formula_case(
        "adafactor_optax_options", "adafactor", adafactor_optax, {**options, "least": 3}, settings=settings, data="matrices"
    )

    # Optax cannot do a scalar.
    yield pytorch_optimizer_case("sm3_common", "sm3", pytorch_optimizer.SM3, {"momentum": 0.9})
    yield optax_case("sm3_matrices", "sm3", sm3, {"momentum": 0.9}, data="matrices")
    options = {"momentum": 0.0, "eps": 1e-2, "weight_decay": 0.1}
    yield optax_case("sm3_options", "sm3", sm3, options, data="matrices")

    # Where a matrix has no dimension behind it, and for vectors, the library has the paper's algorithm.
    for data in ("common", "matrices"):
        yield pytorch_optimizer_case(f"came_{data}", "came", pytorch_optimizer.CAME, {"weight_decay": 0.0}, data=data)
    options = {"betas": (0.8, 0.9, 0.95), "weight_decay": 0.1, "clip_threshold": 0.5, "eps1": 1e-4, "eps2": 1e-3}
    yield pytorch_optimizer_case("came_options", "came", pytorch_optimizer.CAME, options, data="matrices")

    # pytorch_optimizer computes it in f32, and by the names of a transformer's parts.
    for data in ("common", "matrices"):
        options = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.01}
        yield formula_case(f"adam_mini_{data}", "adam-mini", adam_mini, options, data=data)
    options = {"beta1": 0.8, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.1}
    yield formula_case("adam_mini_options", "adam-mini", adam_mini, options)


def adafactor_optax(t, s, x, g, lr, least, decay_rate=0.8, clip_threshold=1.0, weight_decay=0.0, eps1=1e-30):
    """optax.adafactor without its momentum; Shazeer & Stern 2018, algorithms 4 to 6, but for the learning rate and the decay."""
    beta = 1 - t**-decay_rate
    square = g * g + eps1
    small, large = np.argsort(x.shape, kind="stable")[-2:] if x.ndim > 1 else (0, 0)
    if x.ndim > 1 and x.shape[small] >= least:
        for key, axis in (("row", large), ("column", small)):
            s[key] = beta * s.get(key, 0.0) + (1 - beta) * np.mean(square, axis=axis, keepdims=True)
        v = s["row"] * s["column"] / np.mean(s["row"], axis=small, keepdims=True)
    else:
        s["v"] = beta * s["v"] + (1 - beta) * square
        v = s["v"]
    u = g / np.sqrt(v)
    u = u / max(1.0, np.sqrt(np.mean(u * u)) / clip_threshold)
    return x - lr * max(1e-3, np.sqrt(np.mean(x * x))) * u - weight_decay * x


def sm3(learning_rate, momentum, eps=1e-30, weight_decay=0.0):
    """optax.sm3, whose ε cannot be set, with a decoupled decay."""
    return optax.chain(
        optax.scale_by_sm3(momentum, 1.0, eps), optax.add_decayed_weights(weight_decay), optax.scale_by_learning_rate(learning_rate)
    )


def adam_mini(t, s, x, g, lr, beta1, beta2, eps, weight_decay):
    """Zhang et al. 2024, algorithm 1, with a block for each row of a matrix, and one for a vector."""
    axes = tuple(range(1, x.ndim)) if x.ndim > 1 else None
    s["m"] = beta1 * s["m"] + (1 - beta1) * g
    s["v"] = beta2 * s.get("v", 0.0) + (1 - beta2) * np.mean(g * g, axis=axes, keepdims=True)
    u = s["m"] / (1 - beta1**t) / (np.sqrt(s["v"] / (1 - beta2**t)) + eps)
    return x - lr * weight_decay * x - lr * u
