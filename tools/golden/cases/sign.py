"""signSGD, Signum, Tiger, Lion's forms, Rprop, Grams, cautious updates and cautious weight decay."""

import numpy as np
import optax
import pytorch_optimizer
import torch

from harness import formula_case, optax_case, pytorch_optimizer_case, torch_case

P = pytorch_optimizer


def cases():
    yield optax_case("sign_sgd", "sign-sgd", optax.sign_sgd, {})
    yield pytorch_optimizer_case("sign_sgd_weight_decay", "sign-sgd", P.SignSGD, {"momentum": 0.0, "weight_decay": 0.1}, {"weight_decay": 0.1})
    yield pytorch_optimizer_case("signum", "signum", P.SignSGD, {"momentum": 0.9})
    yield pytorch_optimizer_case("signum_options", "signum", P.SignSGD, {"momentum": 0.7, "weight_decay": 0.1})
    yield pytorch_optimizer_case("tiger", "tiger", P.Tiger, {})
    yield pytorch_optimizer_case("tiger_options", "tiger", P.Tiger, {"beta": 0.8, "weight_decay": 0.1}, {"momentum": 0.8, "weight_decay": 0.1})

    # Optax 0.2.8 gives Rprop's update of the step before: none in the first, and the turned signs are found a step late. PyTorch is
    # right.
    yield torch_case("rprop", "rprop", torch.optim.Rprop, {})
    options = {"etas": (0.4, 1.5), "step_sizes": (0.01, 0.08)}
    settings = {"etaminus": 0.4, "etaplus": 1.5, "step_size_min": 0.01, "step_size_max": 0.08}
    yield torch_case("rprop_options", "rprop", torch.optim.Rprop, options, settings)
    yield formula_case("rprop_weight_decay", "rprop", rprop, {"weight_decay": 0.3})

    yield pytorch_optimizer_case("grams", "grams", P.Grams, {})
    options = {"betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1}
    yield pytorch_optimizer_case("grams_options", "grams", P.Grams, options)

    for mode in ("smooth", "refined"):
        yield optax_case(f"lion_{mode}", "lion", lion_of(mode), {"weight_decay": 0.1}, {"mode": mode, "weight_decay": 0.1})
    # Steep enough that some averages are beyond the tangent's bend, and gradients times it beyond the clip.
    settings = {"mode": "smooth", "smooth_beta": 30.0, "beta1": 0.6, "beta2": 0.8}
    yield optax_case("lion_smooth_options", "lion", lion_of("smooth", 30.0), {"b1": 0.6, "b2": 0.8, "weight_decay": 0.0}, settings)
    options = {"betas": (0.9, 0.99), "weight_decay": 0.1}
    settings = {"cautious": True, "weight_decay": 0.1}
    yield pytorch_optimizer_case("lion_cautious", "lion", P.Lion, {**options, "cautious": True}, settings)
    yield formula_case("lion_cautious_decay", "lion", lion_cautious_decay, {"weight_decay": 0.3}, {"cautious_decay": True, "weight_decay": 0.3})
    # pytorch_optimizer has no cautious AdamW; the authors' own divides by max(k/d, 0.001), where the paper has (k + 1)/d.
    yield formula_case("cautious_adamw", "cautious-adamw", cautious_adamw, {})
    options = {"beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.1}
    yield formula_case("cautious_adamw_options", "cautious-adamw", cautious_adamw, options)


def lion_of(mode, smooth_beta=1.0):
    """optax.lion has no modes, but what it is made of does."""

    def lion(learning_rate, b1=0.9, b2=0.99, weight_decay=0.0):
        return optax.chain(
            optax.scale_by_lion(b1=b1, b2=b2, mode=mode, smooth_beta=smooth_beta),
            optax.add_decayed_weights(weight_decay),
            optax.scale_by_learning_rate(learning_rate),
        )

    return lion


def rprop(t, s, x, g, lr, weight_decay):
    """iRprop⁻ (Igel & Hüsken 2000), with weight decay in the gradient, which torch.optim.Rprop does not have."""
    g = g + weight_decay * x
    size = np.full_like(x, lr) if t == 1 else s["size"]
    turned, stayed = g * s["g"] < 0, g * s["g"] > 0
    s["size"] = np.clip(np.where(stayed, 1.2 * size, np.where(turned, 0.5 * size, size)), 1e-6, 50.0)
    s["g"] = np.where(turned, 0.0, g)
    return x - s["size"] * np.sign(s["g"])


def lion_cautious_decay(t, s, x, g, lr, weight_decay):
    """x ← x − η(u + λ[ux ≥ 0]x): Chen et al. 2025, "Cautious Weight Decay", algorithm 1, with Lion's u."""
    u = np.sign(0.9 * s["m"] + 0.1 * g)
    s["m"] = 0.99 * s["m"] + 0.01 * g
    return x - lr * (u + weight_decay * np.where(u * x >= 0, x, 0.0))


def cautious_adamw(t, s, x, g, lr, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """φ = [u∘g > 0], x ← x − η·d/(‖φ‖₀ + 1)·φ∘u: Liang et al. 2024, algorithm 1, with AdamW's u and decay."""
    s["m"] = beta1 * s["m"] + (1 - beta1) * g
    s["v"] = beta2 * s["v"] + (1 - beta2) * g * g
    u = s["m"] / (1 - beta1**t) / (np.sqrt(s["v"] / (1 - beta2**t)) + eps)
    agrees = u * g > 0
    return x - lr * (u * agrees * x.size / (np.sum(agrees) + 1) + weight_decay * x)
