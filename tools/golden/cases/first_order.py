"""Averaged SGD, quasi-hyperbolic and aggregated momentum, accelerated SGD, optimistic gradients, noisy SGD."""

import math
import struct

import numpy as np
import optax
import pytorch_optimizer
import torch

from harness import formula_case, optax_case, pytorch_optimizer_case, torch_case


class PromptASGD(torch.optim.ASGD):
    """torch.optim.ASGD computes a step's decay with the learning rate of the step before; here with that of the step, as it is written.
    And it keeps its numbers in the default type, which must be f64."""

    def step(self, closure=None):
        torch.set_default_dtype(torch.float64)
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None and (state := self.state[parameter]):
                    slowed = 1 + group["lambd"] * group["lr"] * state["step"].item()
                    state["eta"] = torch.tensor(group["lr"] / slowed ** group["alpha"])
        loss = super().step(closure)
        torch.set_default_dtype(torch.float32)
        return loss


def cases():
    options = {"lambd": 0.3, "alpha": 0.6, "t0": 7.0, "weight_decay": 0.1}
    yield torch_case("asgd", "asgd", PromptASGD, {})
    yield torch_case("asgd_options", "asgd", PromptASGD, options)
    yield formula_case("asgd_average", "asgd", asgd, options, states=["ax"])

    P = pytorch_optimizer
    yield pytorch_optimizer_case("qhm", "qhm", P.QHM, {"momentum": 0.999, "nu": 0.7})
    yield pytorch_optimizer_case("qhm_options", "qhm", P.QHM, {"momentum": 0.9, "nu": 0.4, "weight_decay": 0.1})
    yield pytorch_optimizer_case("aggmo", "aggmo", P.AggMo, {}, settings={})
    options = {"betas": (0.0, 0.7, 0.95), "weight_decay": 0.1}
    yield pytorch_optimizer_case("aggmo_options", "aggmo", P.AggMo, options, settings={"beta1": 0.7, "beta2": 0.95, "weight_decay": 0.1})
    yield pytorch_optimizer_case("accsgd", "accsgd", P.AccSGD, {})
    yield pytorch_optimizer_case(
        "accsgd_options", "accsgd", P.AccSGD, {"kappa": 50.0, "xi": 5.0, "constant": 0.5, "weight_decay": 0.1}
    )
    yield optax_case("optimistic_gd", "optimistic-gd", optax.optimistic_gradient_descent, {})
    yield optax_case("optimistic_gd_options", "optimistic-gd", optax.optimistic_gradient_descent, {"alpha": 0.7, "beta": 0.4})
    yield formula_case("optimistic_gd_weight_decay", "optimistic-gd", optimistic, {"weight_decay": 0.1})
    # The random numbers are Ravine's own, so no library has them.
    yield formula_case("noisy_sgd", "noisy-sgd", noisy_sgd, {})
    yield formula_case(
        "noisy_sgd_options", "noisy-sgd", noisy_sgd, {"noise_eta": 0.3, "noise_gamma": 1.0, "noise_seed": 2**40 + 5, "weight_decay": 0.1}
    )


def asgd(t, s, x, g, lr, lambd=1e-4, alpha=0.75, t0=1e6, weight_decay=0.0):
    """The loop of torch.optim.ASGD: η_t = η/(1 + λη(t − 1))^α, x ← (1 − λη_t)x − η_t(g + wx), a ← a + μ(x − a)."""
    eta = lr / (1 + lambd * lr * (t - 1)) ** alpha
    x = (1 - lambd * eta) * x - eta * (g + weight_decay * x)
    s["ax"] = s["ax"] + (x - s["ax"]) / max(1, t - 1 - t0)
    return x


def optimistic(t, s, x, g, lr, weight_decay):
    """x ← x − 2ηg + ηp: Daskalakis et al. 2018, with weight decay in the gradient."""
    g = g + weight_decay * x
    p = g if t == 1 else s["p"]
    s["p"] = g
    return x - 2 * lr * g + lr * p


def noisy_sgd(t, s, x, g, lr, noise_eta=0.01, noise_gamma=0.55, noise_seed=0, weight_decay=0.0):
    """g + N(0, η/(1 + t)^γ), t from 0: Neelakantan et al. 2015, equation 1."""
    deviation = math.sqrt(noise_eta / t**noise_gamma)
    words = chacha8(key(noise_seed, t, s.name, "gradient_noise"), stream=4)
    noise = np.array([normal(words) for _ in range(x.size)]).reshape(x.shape)
    return x - lr * (g + weight_decay * x + deviation * noise)


# Ravine's random numbers, once more: SplitMix64 and FNV-1a make a key, of which ChaCha8 makes words, and of them Marsaglia's polar
# method, of which only the first number of a pair is used, makes normal ones.

U64 = 2**64 - 1


def mix(z):
    z = (z + 0x9E3779B97F4A7C15) & U64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & U64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & U64
    return z ^ (z >> 31)


def key(seed, step, parameter, purpose):
    hashed = 0xCBF29CE484222325
    for byte in parameter.encode() + b"\xff" + purpose.encode():
        hashed = ((hashed ^ byte) * 0x100000001B3) & U64
    return mix(mix(mix(seed) ^ step) ^ hashed)


def chacha8(seed, stream):
    """The 32-bit words of ChaCha with 8 rounds, whose key is the seed, the worker 0 and a tag."""
    secret = struct.unpack("<8I", struct.pack("<QQ", seed, 0) + b"ravine/random/v1")
    counter = 0
    while True:
        start = [*struct.unpack("<4I", b"expand 32-byte k"), *secret, *struct.unpack("<4I", struct.pack("<QQ", counter, stream))]
        words = list(start)

        def quarter(a, b, c, d):
            for x, y, z, turn in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                words[x] = (words[x] + words[y]) & 0xFFFFFFFF
                word = words[z] ^ words[x]
                words[z] = ((word << turn) | (word >> (32 - turn))) & 0xFFFFFFFF

        for _ in range(4):
            for i in range(4):
                quarter(i, 4 + i, 8 + i, 12 + i)
            for i in range(4):
                quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
        yield from ((a + b) & 0xFFFFFFFF for a, b in zip(words, start))
        counter += 1


def normal(words):
    unit = lambda: ((next(words) | next(words) << 32) >> 11) * 2.0**-53
    while True:
        x, y = 2 * unit() - 1, 2 * unit() - 1
        square = x * x + y * y
        if 0 < square < 1:
            return x * math.sqrt(-2 * math.log(square) / square)
