"""AdaHessian and Sophia, which are handed an estimate of the Hessian's diagonal."""

import numpy as np
import pytorch_optimizer

from harness import formula_case, pytorch_optimizer_case

DATA = {"data": "common_curved"}


def cases():
    adahessian = pytorch_optimizer.AdaHessian
    yield pytorch_optimizer_case("adahessian", "adahessian", adahessian, {"eps": 1e-8}, hessian="every", **DATA)
    options = {"betas": (0.8, 0.95), "eps": 1e-3, "hessian_power": 0.6, "weight_decay": 0.1}
    yield pytorch_optimizer_case("adahessian_options", "adahessian", adahessian, options, hessian="every", **DATA)

    # Optax corrects the bias of m and uses the Hessian one step late; pytorch_optimizer clips m/h at another bound.
    for name, hessian in [("sophia", "some"), ("sophia_every", "every")]:
        options = {"beta1": 0.96, "beta2": 0.99, "gamma": 0.01, "eps": 1e-12, "weight_decay": 0.2}
        yield formula_case(name, "sophia", sophia, options, states=["exp_avg", "hessian"], hessian=hessian, **DATA)
    options = {"beta1": 0.8, "beta2": 0.7, "gamma": 2.0, "eps": 1e-2, "weight_decay": 0.0}
    yield formula_case("sophia_options", "sophia", sophia, options, hessian="some", **DATA)


def sophia(t, s, x, g, lr, beta1, beta2, gamma, eps, weight_decay):
    """Liu et al. 2024, algorithm 3; h moves only where there is an estimate."""
    s["exp_avg"] = beta1 * s["exp_avg"] + (1 - beta1) * g
    if s.hessian is not None:
        s["hessian"] = beta2 * s["hessian"] + (1 - beta2) * s.hessian
    x = x - lr * weight_decay * x
    return x - lr * np.clip(s["exp_avg"] / np.maximum(gamma * s["hessian"], eps), -1, 1)
