"""Methods that find their step size, and those that do without a schedule."""

import math

import numpy as np
import optax
import pytorch_optimizer
import torch

from data import LOSSES
from harness import formula_case, optax_case, pytorch_optimizer_case

# The data's learning rates become multipliers around 1.
NEAR_ONE = 20


def in_f64(optimizer):
    """pytorch_optimizer adds up its scalar products in tensors of the default type, f32."""

    class InF64(optimizer):
        def step(self, closure=None):
            torch.set_default_dtype(torch.float64)
            try:
                return super().step(closure)
            finally:
                torch.set_default_dtype(torch.float32)

    return InF64


def cases():
    # D-Adaptation. pytorch_optimizer's DAdaptSGD rounds the norm of the first gradient to f32 and takes it before it adds the decay (the
    # authors' code behind it), so SGD's cases are formulas.
    yield formula_case(
        "dadapt_sgd", "dadapt-sgd", dadapt_sgd, {"momentum": 0.8, "d0": 0.01, "growth_rate": math.inf, "weight_decay": 0.0},
        settings={"momentum": 0.8, "d0": 0.01}, together=True, lr_factor=NEAR_ONE, states=["s"],
    )
    yield formula_case(
        "dadapt_sgd_decay", "dadapt-sgd", dadapt_sgd, {"momentum": 0.5, "d0": 1e-4, "growth_rate": 1.3, "weight_decay": 0.1},
        together=True, lr_factor=NEAR_ONE, states=["s"],
    )
    yield pytorch_optimizer_case(
        "dadapt_adam", "dadapt-adam", in_f64(pytorch_optimizer.DAdaptAdam),
        {"betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1, "weight_decouple": True, "d0": 1e-3, "growth_rate": 1.2, "bias_correction": False},
        settings={"beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "weight_decay": 0.1, "d0": 1e-3, "growth_rate": 1.2},
        together=True, lr_factor=NEAR_ONE,
    )
    # Optax always corrects the bias, as if by the option of the authors' code.
    yield optax_case(
        "dadapt_adam_corrected", "dadapt-adam", optax.contrib.dadapt_adamw, {"betas": (0.8, 0.95), "estim_lr0": 1e-3, "weight_decay": 0.1},
        settings={"beta1": 0.8, "beta2": 0.95, "d0": 1e-3, "weight_decay": 0.1, "use_bias_correction": True},
        together=True, lr_factor=NEAR_ONE,
    )

    # Prodigy. pytorch_optimizer's is the paper's algorithm 4 (but for d′ε, see prodigy.rs) and the authors' code; Optax's has Adam's bias
    # correction in η, which they have as an option that is off. That is all that makes the two differ at their defaults.
    # In f32 the way x₀ − x of the first steps has few digits, and all that d becomes stems from it: with d₀ = 1e-6 two, with 1e-3 four.
    yield pytorch_optimizer_case(
        "prodigy", "prodigy", in_f64(pytorch_optimizer.Prodigy), {"d0": 1e-3}, together=True, lr_factor=NEAR_ONE, f32_tolerance=1e-4
    )
    yield pytorch_optimizer_case(
        "prodigy_options", "prodigy", in_f64(pytorch_optimizer.Prodigy),
        {
            "betas": (0.8, 0.95), "beta3": 0.97, "d0": 1e-3, "d_coef": 0.7, "growth_rate": 1.1, "weight_decay": 0.1, "eps": 1e-6,
            "safeguard_warmup": True, "bias_correction": True,
        },
        settings={
            "beta1": 0.8, "beta2": 0.95, "beta3": 0.97, "d0": 1e-3, "d_coef": 0.7, "growth_rate": 1.1, "weight_decay": 0.1, "eps": 1e-6,
            "safeguard_warmup": True, "use_bias_correction": True,
        },
        together=True, lr_factor=NEAR_ONE,
    )
    yield optax_case(
        "prodigy_corrected", "prodigy", optax.contrib.prodigy, {"weight_decay": 0.05},
        settings={"weight_decay": 0.05, "use_bias_correction": True}, together=True, lr_factor=NEAR_ONE,
    )

    # Distance over gradients. Optax's over one parameter is LDoG.
    yield optax_case(
        "dog", "dog", optax.contrib.dog, {"init_step": ("heuristic", 1e-3), "weight_decay": 0.1, "eps": 1e-6},
        settings={"reps_rel": 1e-3, "weight_decay": 0.1, "eps": 1e-6}, together=True, lr_factor=NEAR_ONE,
    )
    yield optax_case("ldog", "ldog", optax.contrib.dog, {"weight_decay": 0.1}, lr_factor=NEAR_ONE)
    yield optax_case("dowg", "dowg", optax.contrib.dowg, {}, together=True, lr_factor=NEAR_ONE)
    # In f32 the first ways, 1e-4, have three digits.
    yield optax_case(
        "dowg_options", "dowg", optax.contrib.dowg, {"init_estim_sq_dist": 1e-6, "eps": 1e-6, "weight_decay": 0.1},
        settings={"r_eps": 1e-3, "eps": 1e-6, "weight_decay": 0.1}, together=True, lr_factor=NEAR_ONE, f32_tolerance=1e-4,
    )

    # COCOB. Optax's cocob multiplies the gradient by the learning rate, to which the bets are blind; here it stands behind them.
    yield optax_case("cocob", "cocob", cocob, {"alpha": 100.0, "weight_decay": 0.0}, lr_factor=NEAR_ONE)
    yield optax_case("cocob_options", "cocob", cocob, {"alpha": 10.0, "weight_decay": 0.1}, lr_factor=NEAR_ONE)

    # Mechanic. Optax's clips h, and divides x − x₀ by S + ε to have Δ, which at S = ε halves it: neither is in the paper.
    yield formula_case("mechanic_adamw", "mechanic-adamw", mechanic_adamw, {}, together=True, lr_factor=NEAR_ONE, states=["delta"])
    yield formula_case(
        "mechanic_adamw_options", "mechanic-adamw", mechanic_adamw, {"s_init": 1e-3, "s_decay": 0.1, "tuner_eps": 1e-6, "weight_decay": 0.1},
        together=True, lr_factor=NEAR_ONE, states=["delta"],
    )

    # Polyak. optax.polyak_sgd multiplies by its `scaling` before it measures the gradient, so that twice the scaling halves the step.
    yield optax_case(
        "polyak", "polyak-step", polyak, {"f_min": 0.1, "max_learning_rate": math.inf, "weight_decay": 0.0}, settings={"f_min": 0.1},
        together=True, lr_factor=2, loss=LOSSES,
    )
    yield optax_case(
        "sps", "sps", polyak, {"f_min": 0.2, "max_learning_rate": 0.4, "weight_decay": 0.1, "c": 2.0, "eps": 0.1},
        settings={"f_min": 0.2, "max_step": 0.4, "weight_decay": 0.1, "c": 2.0, "eps": 0.1}, together=True, lr_factor=NEAR_ONE, loss=LOSSES,
    )
    yield formula_case("sps_defaults", "sps", sps, {}, settings={}, together=True, lr_factor=NEAR_ONE, loss=LOSSES)

    # Hypergradients, which no library has.
    for multiplicative in (False, True):
        end = "_multiplicative" if multiplicative else ""
        own = {"multiplicative": multiplicative, "hypergrad_lr": 0.05 if multiplicative else 1e-4}
        yield formula_case(f"hypergradient_sgd{end}", "hypergradient-sgd", hypergradient_sgd, {"weight_decay": 0.1, **own}, together=True)
        yield formula_case(
            f"hypergradient_adam{end}", "hypergradient-adam", hypergradient_adam, {"beta1": 0.8, "beta2": 0.95, "weight_decay": 0.1, **own},
            together=True,
        )

    # Schedule-free: pytorch_optimizer's is the authors' code.
    yield pytorch_optimizer_case(
        "schedule_free_sgd", "schedule-free-sgd", pytorch_optimizer.ScheduleFreeSGD, {"momentum": 0.9, "weight_decay": 0.0}, settings={}
    )
    yield pytorch_optimizer_case(
        "schedule_free_sgd_options", "schedule-free-sgd", pytorch_optimizer.ScheduleFreeSGD,
        {"momentum": 0.7, "weight_decay": 0.1, "warmup_steps": 10, "r": 1.5, "weight_lr_power": 1.0},
        settings={"beta1": 0.7, "weight_decay": 0.1, "warmup_steps": 10, "r": 1.5, "weight_lr_power": 1.0},
    )
    yield pytorch_optimizer_case(
        "schedule_free_adamw", "schedule-free-adamw", pytorch_optimizer.ScheduleFreeAdamW,
        {"betas": (0.9, 0.95), "eps": 1e-6, "weight_decay": 0.1, "warmup_steps": 5},
    )


def dadapt_sgd(t, s, x, g, lr, momentum, d0, growth_rate, weight_decay):
    """Defazio & Mishchenko 2023, algorithm 4, with decay in the gradient and the growth rate of the authors' code."""
    g = g + weight_decay * x
    d = s.get("d", d0)
    s.setdefault("norm", np.linalg.norm(g))
    gamma = d * lr / s["norm"]
    s["r"] = s.get("r", 0.0) + gamma * float(g @ s["s"])
    s["s"] = s["s"] + gamma * g
    s["d"] = max(d, min(2 * s["r"] / np.linalg.norm(s["s"]), d * growth_rate))
    return momentum * x + (1 - momentum) * (s.start - s["s"])


def cocob(learning_rate, alpha, weight_decay):
    return optax.chain(optax.add_decayed_weights(weight_decay), optax.contrib.scale_by_cocob(alpha), optax.scale(learning_rate))


def polyak(learning_rate, f_min, max_learning_rate, weight_decay, c=1.0, eps=0.0):
    # gap/(c‖g‖² + ε) = (gap/c)/(‖g‖² + ε/c), of which Optax has no c.
    scale = optax.scale_by_polyak(f_min=f_min / c, max_learning_rate=max_learning_rate, eps=eps / c)

    def update(updates, state, params=None, *, value, **_):
        return scale.update(updates, state, params, value=value / c)

    scaled = optax.GradientTransformationExtraArgs(scale.init, update)
    return optax.chain(optax.add_decayed_weights(weight_decay), scaled, optax.scale_by_learning_rate(learning_rate))


def sps(t, s, x, g, lr):
    """Loizou et al. 2021, equation 3, with c = 1/2, f* = 0 and the bound 1."""
    return x - lr * min(s.loss / (0.5 * float(g @ g)), 1.0) * g


def adam(t, s, g, beta1=0.9, beta2=0.999, eps=1e-8):
    s["m"] = beta1 * s["m"] + (1 - beta1) * g
    s["v"] = beta2 * s["v"] + (1 - beta2) * g * g
    return s["m"] / (1 - beta1**t) / (np.sqrt(s["v"] / (1 - beta2**t)) + eps)


def mechanic_adamw(t, s, x, g, lr, s_init=1e-8, s_decay=0.01, tuner_eps=1e-8, weight_decay=0.0):
    """Cutkosky et al. 2023, algorithm 1, with |h| in m; Δ and h have the other sign, as updates here are subtracted."""
    betas = 1 - 10.0 ** -np.arange(1, 7)
    n = len(betas)
    m, v, r, scales = (s.get(name, np.zeros(n)) for name in ("tuner_m", "tuner_v", "tuner_r", "tuner_s"))
    update = lr * (adam(t, s, g) + weight_decay * x)
    h = float(s["delta"] @ (g + s_decay * scales.sum() * np.linalg.norm(g) * x / np.linalg.norm(x)))
    s["delta"] = s["delta"] + update
    m = np.maximum(betas * m, abs(h))
    v = betas**2 * v + h**2
    r = np.maximum(0, betas * r + scales * h)
    scales = (s_init / n * m + r) / (np.sqrt(v) + tuner_eps)
    s.update(tuner_m=m, tuner_v=v, tuner_r=r, tuner_s=scales)
    return s.start - scales.sum() * s["delta"]


def hypergradient(s, x, g, lr, direction, multiplicative, hypergrad_lr):
    """Baydin et al. 2018, equations 5 and 7. The data's learning rate moves, and α with it: α = lr + δ, or α = lr ρ."""
    last = s["direction"]
    h = float(g @ last)
    if multiplicative:
        norms = np.linalg.norm(g) * np.linalg.norm(last)
        s["rho"] = s.get("rho", 1.0) * (1 + (hypergrad_lr * h / norms if norms > 0 else 0.0))
        alpha = lr * s["rho"]
    else:
        s["delta"] = s.get("delta", 0.0) + hypergrad_lr * h
        alpha = lr + s["delta"]
    s["direction"] = direction
    return x - alpha * direction


def hypergradient_sgd(t, s, x, g, lr, weight_decay, **own):
    return hypergradient(s, x, g, lr, g + weight_decay * x, **own)


def hypergradient_adam(t, s, x, g, lr, beta1, beta2, weight_decay, **own):
    return hypergradient(s, x, g, lr, adam(t, s, g, beta1, beta2) + weight_decay * x, **own)
