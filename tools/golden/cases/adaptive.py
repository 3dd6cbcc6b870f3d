"""Adam's kin: what scales a step by running averages of the gradient, coordinate by coordinate.

A formula stands where the libraries depart from the paper, and its docstring says how.
"""

import math

import numpy as np
import optax
import pytorch_optimizer
import torch

from harness import formula_case, optax_case, pytorch_optimizer_case, torch_case

BETAS = {"beta1": 0.8, "beta2": 0.95}
DECAY = {"weight_decay": 0.1}


def cases():
    P = pytorch_optimizer

    options = {**BETAS, "eps": 1e-3, **DECAY}
    yield torch_case("amsgrad", "amsgrad", torch.optim.Adam, {**torch_betas(options), "amsgrad": True}, settings=options)
    yield optax_case("amsgrad_optax", "amsgrad", optax_amsgrad(True), {}, settings={**options, "form": "optax"})
    yield optax_case("amsgrad_paper", "amsgrad", optax_amsgrad(False), {}, settings={**options, "form": "paper"})

    options = {**BETAS, "momentum_decay": 0.02, "eps": 1e-3, **DECAY}
    yield torch_case("nadam", "nadam", NAdam, {})
    yield torch_case("nadam_options", "nadam", NAdam, torch_betas(options), settings=options)
    yield torch_case("nadamw", "nadamw", NAdam, {**torch_betas(options), "decoupled_weight_decay": True}, settings=options)
    options = {**BETAS, "eps": 1e-3}
    settings = {**options, "form": "optax"}
    yield optax_case("nadam_optax", "nadam", optax.nadam, optax_betas(options), settings=settings)
    yield optax_case("nadamw_optax", "nadamw", optax.nadamw, {**optax_betas(options), **DECAY}, settings={**settings, **DECAY})

    options = {**BETAS, "eps": 1e-2, **DECAY}
    yield torch_case("radam", "radam", torch.optim.RAdam, {})
    yield torch_case("radam_options", "radam", torch.optim.RAdam, torch_betas(options), settings=options)
    yield formula_case("radam_paper", "radam", radam, options, settings={**options, "form": "paper"})
    settings = {**BETAS, "eps": 1e-2, "form": "paper", "threshold": 5.0}
    yield optax_case("radam_optax", "radam", optax.radam, {"b1": 0.8, "b2": 0.95, "eps": 1e-2}, settings=settings)

    yield torch_case("adamax", "adamax", torch.optim.Adamax, {})
    yield torch_case("adamax_options", "adamax", torch.optim.Adamax, torch_betas(options), settings=options)
    yield torch_case("adadelta", "adadelta", torch.optim.Adadelta, {}, lr_factor=20)
    yield torch_case("adadelta_options", "adadelta", torch.optim.Adadelta, {"rho": 0.8, "eps": 1e-3, **DECAY}, lr_factor=20)

    options = {**BETAS, "eps": 1e-4, **DECAY}
    yield pytorch_optimizer_case("adabelief", "adabelief", P.AdaBelief, {})
    yield pytorch_optimizer_case("adabelief_options", "adabelief", P.AdaBelief, torch_betas(options), settings=options)

    options = {**BETAS, "final_lr": 0.1, "base_lr": 0.05, "gamma": 0.05, "eps": 1e-3, **DECAY}
    for name in ("adabound", "amsbound"):
        yield formula_case(name, name, bound(name), {})
        yield formula_case(f"{name}_options", name, bound(name), options)

    yield optax_case("yogi_from_zero", "yogi", optax_yogi, {}, settings={**BETAS, "initial_accumulator_value": 0.0})
    yield formula_case("yogi", "yogi", yogi, {**BETAS, "initial_accumulator_value": 1e-2, "eps": 1e-2, **DECAY})

    options = {"beta1": 0.9, "beta2": 0.8, "beta3": 0.95, "eps": 1e-3, **DECAY}
    yield pytorch_optimizer_case("adan", "adan", P.Adan, {})
    yield pytorch_optimizer_case("adan_proximal", "adan", P.Adan, torch_betas(options), settings=options)
    settings = {**options, "decay": "decoupled"}
    yield pytorch_optimizer_case("adan_decoupled", "adan", P.Adan, {**torch_betas(options), "weight_decouple": True}, settings=settings)

    options = {**BETAS, "eps": 1e-2}
    yield optax_case("adopt", "adopt", optax.contrib.adopt, {})
    yield optax_case("adopt_decay", "adopt", optax_adopt, {}, settings={**options, **DECAY})
    settings = {**options, "clip": "false"}
    yield optax_case("adopt_unclipped", "adopt", optax.contrib.adopt, {**optax_betas(options), "use_clipping": False}, settings=settings)

    options = {**BETAS, "beta3": 0.99, "alpha": 3.0, "eps": 1e-3, **DECAY}
    warm_up = {**torch_betas(options), "weight_decouple": True, "t_alpha_beta3": 25}
    yield optax_case("ademamix", "ademamix", optax.contrib.ademamix, {})
    yield optax_case("ademamix_options", "ademamix", optax.contrib.ademamix, optax_betas(options), settings=options)
    yield pytorch_optimizer_case("ademamix_warm_up", "ademamix", P.AdEMAMix, warm_up, settings={**options, "t_alpha_beta3": 25})
    simplified = optax.contrib.simplified_ademamix
    options = {"beta1": 0.9, "beta2": 0.8, "alpha": 2.0, "eps": 1e-3, **DECAY}
    yield optax_case("simplified_ademamix", "simplified-ademamix", simplified, {}, lr_factor=0.1)
    yield optax_case("simplified_ademamix_options", "simplified-ademamix", simplified, optax_betas(options), settings=options, lr_factor=0.1)
    options = {**options, "min_beta1": 0.5, "beta1_warmup": 25}
    yield formula_case("simplified_ademamix_warm_up", "simplified-ademamix", simplified_ademamix, options, lr_factor=0.1)

    # The libraries and the authors add ε to the learning rate, the paper does not. Optax, moreover, takes √n in f32.
    yield pytorch_optimizer_case("madgrad", "madgrad", P.MADGRAD, {"momentum": 0.8, "eps": 0.0, **DECAY})
    yield formula_case("madgrad_eps", "madgrad", madgrad, {"momentum": 0.9, "eps": 1e-2, **DECAY})

    options = {**BETAS, "eps": 1e-2, **DECAY}
    yield formula_case("laprop", "laprop", laprop, options)
    yield formula_case("adamod", "adamod", adamod, {**options, "beta3": 0.9})
    yield formula_case("diffgrad", "diffgrad", diffgrad, options)
    yield formula_case("padam", "padam", padam, {**options, "partial": 0.2})
    yield formula_case("padam_amsgrad", "padam", padam, {**BETAS, "eps": 1e-3, "partial": 0.5})
    yield formula_case("qhadam", "qhadam", qhadam, {**options, "nu1": 0.6, "nu2": 0.7})
    yield formula_case("mars", "mars", mars, {**options, "gamma": 0.3})
    options = {"beta1": 0.8, "gamma": 0.3, **DECAY}
    yield formula_case("mars_lion", "mars", mars_lion, options, settings={**options, "form": "lion"})

    # pytorch_optimizer lets the mean second moment be no less than ε, which is out of reach here.
    settings = {"beta0": 0.2, "beta2": 0.9, "eps": 1e-3, **DECAY}
    options = torch_betas(settings)
    yield pytorch_optimizer_case("adai", "adai", P.Adai, options, settings=settings, together=True)
    decoupled = {**options, "weight_decouple": True, "stable_weight_decay": True}
    yield pytorch_optimizer_case("adaiw", "adaiw", P.Adai, decoupled, settings=settings, together=True)
    yield formula_case("adai_eps", "adai", adai, {"beta0": 0.1, "beta2": 0.99, "eps": 0.3}, together=True)


def torch_betas(options):
    betas = tuple(value for name, value in options.items() if name.startswith("beta"))
    return {"betas": betas, **{name: value for name, value in options.items() if not name.startswith("beta")}}


def optax_betas(options):
    return {name.replace("beta", "b"): value for name, value in options.items()}


class NAdam(torch.optim.NAdam):
    """PyTorch keeps the product of the momenta in the default dtype."""

    @torch.no_grad()
    def step(self):
        torch.set_default_dtype(torch.float64)
        super().step()
        torch.set_default_dtype(torch.float32)


def optax_amsgrad(corrected):
    """PyTorch's has a case of its own; Optax's and the paper's differ in whether anything is corrected."""
    flags = {"bias_correction_mu": corrected, "bias_correction_nu": corrected}
    return lambda learning_rate: optax.chain(
        optax.add_decayed_weights(0.1),
        optax.scale_by_amsgrad(b1=0.8, b2=0.95, eps=1e-3, **flags),
        optax.scale_by_learning_rate(learning_rate),
    )


def optax_yogi(learning_rate):
    """Optax begins m, too, with v's initial value, so its yogi agrees with the paper where that is 0."""
    yogi = optax.scale_by_yogi(b1=0.8, b2=0.95, initial_accumulator_value=0.0)
    return optax.chain(yogi, optax.scale_by_learning_rate(learning_rate))


def optax_adopt(learning_rate):
    adopt = optax.contrib.scale_by_adopt(b1=0.8, b2=0.95, eps=1e-2)
    return optax.chain(adopt, optax.add_decayed_weights(0.1), optax.scale_by_learning_rate(learning_rate))


def averages(t, s, g, beta1, beta2):
    """Adam's m̂ and v̂: Kingma & Ba 2015, algorithm 1."""
    s["m"] = beta1 * s["m"] + (1 - beta1) * g
    s["v"] = beta2 * s["v"] + (1 - beta2) * g * g
    return s["m"] / (1 - beta1**t), s["v"] / (1 - beta2**t)


def radam(t, s, x, g, lr, beta1, beta2, eps, weight_decay):
    """Liu et al. 2020, algorithm 2: rectified where ρ > 4. It has no ε; here it is where Adam has it."""
    m, v = averages(t, s, g + weight_decay * x, beta1, beta2)
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * t * beta2**t / (1 - beta2**t)
    if length <= 4:
        return x - lr * m
    r = math.sqrt((length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length))
    return x - lr * r * m / (np.sqrt(v) + eps)


def bound(name):
    def update(
        t, s, x, g, lr, beta1=0.9, beta2=0.999, final_lr=0.1, base_lr=1e-3, gamma=1e-3, eps=1e-8, weight_decay=0.0
    ):
        """Luo et al. 2019, algorithms 2 and 3, with their code's bias correction and final_lr in proportion to the learning rate.

        pytorch_optimizer adds 1e-15 under the root, which shows where gradients are small.
        """
        averages(t, s, g + weight_decay * x, beta1, beta2)
        s["w"] = np.maximum(s["w"], s["v"]) if name == "amsbound" else s["v"]
        final = final_lr * lr / base_lr
        lower, upper = final * (1 - 1 / (gamma * t + 1)), final * (1 + 1 / (gamma * t))
        rate = lr * math.sqrt(1 - beta2**t) / (1 - beta1**t) / (np.sqrt(s["w"]) + eps)
        return x - np.clip(rate, lower, upper) * s["m"]

    return update


def yogi(t, s, x, g, lr, beta1, beta2, initial_accumulator_value, eps, weight_decay):
    """Zaheer et al. 2018, algorithm 2, with Adam's bias correction. m begins at 0, unlike in Optax and pytorch_optimizer."""
    g = g + weight_decay * x
    s["m"] = beta1 * s["m"] + (1 - beta1) * g
    v = s.get("v", np.full_like(x, initial_accumulator_value))
    s["v"] = v - (1 - beta2) * np.sign(v - g * g) * g * g
    return x - lr * s["m"] / (1 - beta1**t) / (np.sqrt(s["v"] / (1 - beta2**t)) + eps)


def simplified_ademamix(t, s, x, g, lr, beta1, beta2, alpha, eps, weight_decay, min_beta1, beta1_warmup):
    """Morwani et al. 2025, with the warm-up of the authors' code: log ½ / log β grows on a line. (pytorch_optimizer averages where the
    method sums, and divides by the root of the bias correction instead of multiplying.)"""
    if t < beta1_warmup:
        a = t / beta1_warmup
        half_life = (1 - a) * math.log(0.5) / math.log(min_beta1) + a * math.log(0.5) / math.log(beta1)
        beta1 = 0.5 ** (1 / half_life)
    s["m"] = beta1 * s["m"] + g
    s["v"] = beta2 * s["v"] + (1 - beta2) * g * g
    return x - lr * ((s["m"] + alpha * g) / (np.sqrt(s["v"] / (1 - beta2**t)) + eps) + weight_decay * x)


def madgrad(t, s, x, g, lr, momentum, eps, weight_decay):
    """Defazio & Jelassi 2022, algorithm 1, with k = t − 1 and c = 1 − momentum."""
    g = g + weight_decay * x
    weight = lr * math.sqrt(t)
    s["s"] = s["s"] + weight * g
    s["v"] = s["v"] + weight * g * g
    z = s.start - s["s"] / (np.cbrt(s["v"]) + eps)
    return momentum * x + (1 - momentum) * z


def laprop(t, s, x, g, lr, beta1, beta2, eps, weight_decay):
    """Ziyin et al. 2020, algorithm 1. (pytorch_optimizer and the authors' code have the learning rate inside m.)"""
    s["v"] = beta2 * s["v"] + (1 - beta2) * g * g
    s["m"] = beta1 * s["m"] + (1 - beta1) * g / (np.sqrt(s["v"] / (1 - beta2**t)) + eps)
    return x - lr * (s["m"] / (1 - beta1**t) + weight_decay * x)


def adamod(t, s, x, g, lr, beta1, beta2, eps, weight_decay, beta3):
    """Ding et al. 2019, algorithm 2. (pytorch_optimizer and the authors' code count 1/(1 − β₁ᵗ) to the step size.)"""
    m, v = averages(t, s, g, beta1, beta2)
    rate = lr / (np.sqrt(v) + eps)
    s["rate"] = beta3 * s["rate"] + (1 - beta3) * rate
    return x - np.minimum(rate, s["rate"]) * m - lr * weight_decay * x


def diffgrad(t, s, x, g, lr, beta1, beta2, eps, weight_decay):
    """Dubey et al. 2020, algorithm 1. (pytorch_optimizer adds ε to √v instead of √v̂, and 1e-15 under the root.)"""
    g = g + weight_decay * x
    m, v = averages(t, s, g, beta1, beta2)
    friction = 1 / (1 + np.exp(-np.abs(s["previous"] - g)))
    s["previous"] = g
    return x - lr * friction * m / (np.sqrt(v) + eps)


def padam(t, s, x, g, lr, beta1, beta2, eps, partial, weight_decay=0.0):
    """Chen et al. 2020, algorithm 1, with the ε of the authors' code. (pytorch_optimizer has no maximum, and corrects the bias.)"""
    averages(t, s, g + weight_decay * x, beta1, beta2)
    s["w"] = np.maximum(s["w"], s["v"])
    return x - lr * s["m"] / (np.sqrt(s["w"]) + eps) ** (2 * partial)


def qhadam(t, s, x, g, lr, beta1, beta2, eps, weight_decay, nu1, nu2):
    """Ma & Yarats 2019, section 5. (pytorch_optimizer keeps the bias corrections in f32.)"""
    g = g + weight_decay * x
    m, v = averages(t, s, g, beta1, beta2)
    return x - lr * ((1 - nu1) * g + nu1 * m) / (np.sqrt((1 - nu2) * g * g + nu2 * v) + eps)


def corrected(t, s, g, beta1, gamma):
    """c_t of MARS-approx, with norm at most 1: Yuan et al. 2024, algorithm 2. The paper begins with x₁ = x₀, so with no difference;
    pytorch_optimizer and the authors' code begin with a previous gradient of 0."""
    c = g if t == 1 else g + gamma * beta1 / (1 - beta1) * (g - s["previous"])
    s["previous"] = g
    return c / max(1.0, math.sqrt(np.sum(c * c)))


def mars(t, s, x, g, lr, beta1, beta2, eps, weight_decay, gamma):
    """MARS-AdamW: Yuan et al. 2024, algorithm 2."""
    m, v = averages(t, s, corrected(t, s, g, beta1, gamma), beta1, beta2)
    return x - lr * (m / (np.sqrt(v) + eps) + weight_decay * x)


def mars_lion(t, s, x, g, lr, beta1, gamma, weight_decay):
    """MARS-Lion: Yuan et al. 2024, algorithm 3."""
    s["m"] = beta1 * s["m"] + (1 - beta1) * corrected(t, s, g, beta1, gamma)
    return x - lr * (np.sign(s["m"]) + weight_decay * x)


def adai(t, s, x, g, lr, beta0, beta2, eps):
    """Xie et al. 2022, algorithm 2."""
    s["v"] = beta2 * s["v"] + (1 - beta2) * g * g
    v = s["v"] / (1 - beta2**t)
    beta1 = np.clip(1 - beta0 * v / np.mean(v), 0, 1 - eps)
    s["m"] = beta1 * s["m"] + (1 - beta1) * g
    s["product"] = s.get("product", np.ones_like(x)) * beta1
    return x - lr * s["m"] / (1 - s["product"])
