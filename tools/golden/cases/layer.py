"""LARS, LAMB, NovoGrad, Fromage, Nero, AdamP, SGDP and StableAdamW: methods that look at the norms of a layer or a neuron."""

import numpy as np
import optax
import pytorch_optimizer

from harness import formula_case, optax_case, pytorch_optimizer_case


def cases():
    # Optax divides by ‖g + λx‖, the paper by ‖g‖ + λ‖x‖; pytorch_optimizer has the learning rate outside the velocity.
    yield formula_case("lars", "lars", lars, {"momentum": 0.9, "trust_coefficient": 0.02}, lr_factor=20)
    options = {"momentum": 0.8, "trust_coefficient": 0.1, "weight_decay": 0.3}
    yield formula_case("lars_weight_decay", "lars", lars, options)
    options = {"momentum": 0.8, "trust_coefficient": 0.1, "weight_decay": 0.3}
    settings = {**options, "form": "optax"}
    yield optax_case("lars_optax", "lars", optax.lars, options, settings=settings)
    options = {"momentum": 0.9, "trust_coefficient": 0.1, "eps": 0.1}
    settings = {"momentum": 0.9, "trust_coefficient": 0.1, "trust_eps": 0.1, "form": "optax"}
    yield optax_case("lars_optax_eps", "lars", optax.lars, options, settings=settings)

    yield optax_case("lamb", "lamb", optax.lamb, {"weight_decay": 0.0})
    yield optax_case("lamb_weight_decay", "lamb", optax.lamb, {"b1": 0.8, "b2": 0.95, "eps": 1e-3, "weight_decay": 0.3})
    # Optax has no bounds of the norm.
    options = {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.3}
    settings = {**options, "trust_low": 1.5, "trust_high": 2.5}
    yield formula_case("lamb_bounds", "lamb", lamb, {**options, "low": 1.5, "high": 2.5}, settings=settings)

    options = {"b1": 0.95, "b2": 0.98, "eps": 1e-8}
    settings = {"momentum": 0.95, "beta2": 0.98}
    yield optax_case("novograd", "novograd", optax.novograd, options, settings=settings)
    options = {"b1": 0.8, "b2": 0.25, "eps": 1e-2, "weight_decay": 0.1}
    settings = {"momentum": 0.8, "beta2": 0.25, "eps": 1e-2, "weight_decay": 0.1}
    yield optax_case("novograd_options", "novograd", optax.novograd, options, settings=settings)

    yield pytorch_optimizer_case("fromage", "fromage", pytorch_optimizer.Fromage, {})
    # Where a norm is zero, Optax moves by ηg too, but counts norms below 1e-6 as 1e-6.
    yield optax_case("fromage_optax", "fromage", optax.fromage, {"min_norm": 0.0}, settings={}, lr_factor=5)

    # With ε, the library's neurons are not quite of length 1; the paper has none.
    yield pytorch_optimizer_case("nero", "nero", pytorch_optimizer.Nero, {"eps": 0.0}, settings={})
    options = {"beta": 0.9, "constraints": False, "eps": 0.0}
    settings = {"beta": 0.9, "constraints": False}
    yield pytorch_optimizer_case("nero_free", "nero", pytorch_optimizer.Nero, options, settings=settings, data="matrices")

    # pytorch_optimizer divides by (√v + ε)/√(1 − β₂ᵗ), the authors by Adam's √v̂ + ε.
    defaults = {"beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "weight_decay": 0.0, "delta": 0.1, "wd_ratio": 0.1}
    for data in ("common", "matrices"):
        yield formula_case(f"adamp_{data}", "adamp", adamp, defaults, data=data)
    # δ so large that the rows pass at some steps, and the whole at others.
    options = {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.3, "delta": 1.5, "wd_ratio": 0.3}
    yield formula_case("adamp_options", "adamp", adamp, options, data="matrices")
    yield pytorch_optimizer_case("sgdp", "sgdp", pytorch_optimizer.SGDP, {"momentum": 0.9})
    # The library divides its decay by 1 − β, as the authors' code does.
    for name, nesterov in [("sgdp_options", False), ("sgdp_nesterov", True)]:
        options = {"momentum": 0.8, "weight_decay": 0.02, "delta": 1.5, "wd_ratio": 0.3, "nesterov": nesterov}
        settings = {**options, "weight_decay": 0.02 / (1 - 0.8)}
        yield pytorch_optimizer_case(name, "sgdp", pytorch_optimizer.SGDP, options, settings=settings, data="matrices")

    # foreach=False, which the harness sets. (Its foreach path measured the RMS with the old v in earlier versions.)
    yield pytorch_optimizer_case("stable_adamw", "stable-adamw", pytorch_optimizer.StableAdamW, {"betas": (0.9, 0.99)})
    options = {"betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.3}
    yield pytorch_optimizer_case("stable_adamw_options", "stable-adamw", pytorch_optimizer.StableAdamW, options)
    options = {"beta1": 0.9, "beta2": 0.99, "eps": 1e-8, "weight_decay": 0.1}
    yield formula_case("stable_adamw_paper", "stable-adamw", stable_adamw, options)


def lars(t, s, x, g, lr, momentum, trust_coefficient, weight_decay=0.0):
    """You, Gitman & Ginsburg 2017, algorithm 1: v ← mv + γλ(g + βx) with λ = η‖x‖/(‖g‖ + β‖x‖). Where a norm is zero, λ = 1."""
    x_norm, g_norm = np.linalg.norm(x), np.linalg.norm(g)
    local = trust_coefficient * x_norm / (g_norm + weight_decay * x_norm) if x_norm > 0 and g_norm > 0 else 1.0
    s["v"] = momentum * s["v"] + lr * local * (g + weight_decay * x)
    return x - s["v"]


def lamb(t, s, x, g, lr, beta1, beta2, eps, weight_decay, low, high):
    """You et al. 2020, algorithm 2."""
    s["m"] = beta1 * s["m"] + (1 - beta1) * g
    s["v"] = beta2 * s["v"] + (1 - beta2) * g * g
    r = s["m"] / (1 - beta1**t) / (np.sqrt(s["v"] / (1 - beta2**t)) + eps)
    u = r + weight_decay * x
    phi = min(max(np.linalg.norm(x), low), high)
    return x - lr * phi / np.linalg.norm(u) * u


def adamp(t, s, x, g, lr, beta1, beta2, eps, weight_decay, delta, wd_ratio):
    """Heo et al. 2021, algorithm 2 and equation 12, with the two tests of the authors' code."""
    s["m"] = beta1 * s["m"] + (1 - beta1) * g
    s["v"] = beta2 * s["v"] + (1 - beta2) * g * g
    u = s["m"] / (1 - beta1**t) / (np.sqrt(s["v"] / (1 - beta2**t)) + eps)
    for parts in (x.shape[0], 1) if x.ndim > 1 else ():
        rows, gradients, updates = (array.reshape(parts, -1) for array in (x, g, u))
        norm = lambda array: np.linalg.norm(array, axis=1, keepdims=True)
        cosine = np.abs(np.sum(rows * gradients, axis=1, keepdims=True)) / np.maximum(norm(rows), eps) / np.maximum(norm(gradients), eps)
        if np.max(cosine) < delta / np.sqrt(rows.shape[1]):
            unit = rows / (norm(rows) + eps)
            u = (updates - unit * np.sum(unit * updates, axis=1, keepdims=True)).reshape(x.shape)
            weight_decay *= wd_ratio
            break
    return x - lr * weight_decay * x - lr * u


def stable_adamw(t, s, x, g, lr, beta1, beta2, eps, weight_decay):
    """Wortsman et al. 2023, algorithm 2, with the decay rates of the averages as there."""
    b1 = beta1 * (1 - beta1 ** (t - 1)) / (1 - beta1**t)
    b2 = beta2 * (1 - beta2 ** (t - 1)) / (1 - beta2**t)
    s["v"] = b1 * s["v"] + (1 - b1) * g
    s["u"] = b2 * s["u"] + (1 - b2) * g * g
    rms = np.sqrt(np.mean(g * g / np.maximum(s["u"], eps * eps)))
    rate = lr / max(1.0, rms)
    return x - rate * weight_decay * x - rate * s["v"] / (np.sqrt(s["u"]) + eps)
