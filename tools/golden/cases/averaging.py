"""Lookahead, from a loop of the paper: Zhang, Lucas, Hinton & Ba 2019, algorithm 1."""

import numpy as np
from harness import formula_case


def cases():
    yield formula_case("lookahead_adamw", "lookahead-adamw", lookahead, {"weight_decay": 0.1, "k": 5, "alpha": 0.5}, settings={"weight_decay": 0.1})
    yield formula_case(
        "lookahead_adamw_options",
        "lookahead-adamw",
        lookahead,
        {"weight_decay": 0.0, "k": 3, "alpha": 0.8},
        settings={"weight_decay": 0.0, "lookahead_steps": 3, "lookahead_alpha": 0.8},
        states=["slow"],
    )


def lookahead(t, s, x, g, lr, weight_decay, k, alpha, beta1=0.9, beta2=0.999, eps=1e-8):
    """AdamW makes the fast steps; every k-th ends at the slow weights."""
    s["m"] = beta1 * s["m"] + (1 - beta1) * g
    s["v"] = beta2 * s["v"] + (1 - beta2) * g * g
    u = (s["m"] / (1 - beta1**t)) / (np.sqrt(s["v"] / (1 - beta2**t)) + eps)
    if t == 1:
        s["slow"] = x.copy()
    fast = x - lr * (u + weight_decay * x)
    if t % k:
        return fast
    s["slow"] = s["slow"] + alpha * (fast - s["slow"])
    return s["slow"].copy()
