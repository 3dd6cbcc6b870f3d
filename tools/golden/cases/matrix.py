"""Methods that see a whole matrix, mostly as NumPy formulas from the papers.

Why not from the libraries: torch.optim.Muon and pytorch_optimizer's Muon and Scion orthogonalise in bf16; pytorch_optimizer's SOAP and
GaLore decompose in f32 whatever the parameters are, and counts the steps of a group; its Kron and every APOLLO draw random numbers of their
own. Optax's Muon without Nesterov and pytorch_optimizer's plain Shampoo do what the papers say.
"""

import math

import numpy as np
import optax
import pytorch_optimizer

from harness import formula_case, optax_case, pytorch_optimizer_case
from noise import key, normal_matrix


def cases():
    # Five steps of Newton–Schulz multiply a small singular value, and the rounding error that f32 has there, by up to 3.4445⁵ = 485.
    rounded = {"data": "matrices", "f32_tolerance": 1e-4}
    muon_options = {"momentum": 0.9, "beta1": 0.8, "beta2": 0.9, "eps": 1e-6, "weight_decay": 0.05}
    yield formula_case("muon", "muon", muon, {}, data="matrices")
    yield formula_case("muon_original", "muon", muon, {**muon_options, "shape_factor": "original"}, **rounded)
    yield formula_case("muon_in_out", "muon", muon, {**muon_options, "nesterov": False, "layout": "in-out"}, data="matrices")
    # Optax stores weights as [in, out], and calls Moonlight's factor consistent_rms. Its bias correction is a factor, which
    # orthogonalisation takes out again; with Nesterov it is two different ones, and the direction another.
    for name, rms, word in (("muon_optax", 0.2, "match-adamw"), ("muon_original_optax", None, "original")):
        yield optax_case(
            name,
            "muon",
            optax.contrib.muon,
            {"beta": 0.9, "eps": 0.0, "nesterov": False, "weight_decay": 0.05, "consistent_rms": rms},
            settings={"momentum": 0.9, "ns_eps": 0.0, "nesterov": False, "weight_decay": 0.05, "shape_factor": word, "layout": "in-out"},
            data="matrices_only",
        )

    scion_options = {"momentum": 0.8, "radius": 5.0, "rms": 0.5}
    # Its steps are 50 times as long.
    yield formula_case("scion", "scion", scion, {}, data="matrices", f32_tolerance=1e-3)
    yield formula_case("scion_options", "scion", scion, {**scion_options, "weight_decay": 0.1}, **rounded)
    constrained = {"radius": 2.0, "constrained": True, "vectors": "sign", "layout": "in-out"}
    yield formula_case("scion_constrained", "scion", scion, constrained, **rounded)

    # The paper's algorithm 1, from a library: sums, no grafting, roots in every step.
    yield pytorch_optimizer_case(
        "shampoo_paper",
        "shampoo",
        pytorch_optimizer.Shampoo,
        {"matrix_eps": 1e-3},
        settings={
            "matrix_eps": 1e-3,
            "shampoo_beta": 1.0,
            "graft": "none",
            "ridge": "absolute",
            "start_preconditioning_step": 1,
            "precondition_frequency": 1,
            "momentum": 0.0,
        },
        data="matrices_only",
    )
    blocked = {"block_size": 4, "start_preconditioning_step": 3, "precondition_frequency": 4, "shampoo_beta": 0.9, "matrix_eps": 1e-2, "weight_decay": 0.1}
    # In f32 the statistics' rounding error is a hundredth of ε, 1e-5 of the largest eigenvalue, which the roots of singular ones are made of.
    yield formula_case("shampoo", "shampoo", shampoo, {}, data="matrices", f32_tolerance=1e-4)
    yield formula_case("shampoo_blocks", "shampoo", shampoo, {**blocked, "beta2": 0.95, "eps": 1e-4}, data="matrices")
    yield formula_case("shampoo_adagrad", "shampoo", shampoo, {**blocked, "graft": "adagrad", "momentum": 0.5}, data="matrices")
    sgd = {**blocked, "graft": "sgd", "ridge": "absolute", "layout": "in-out", "shampoo_beta": 1.0}
    yield formula_case("shampoo_sgd", "shampoo", shampoo, sgd, data="matrices")

    # A side longer than 4 has a Gram matrix without full rank in the first update, and so no basis of its own to agree on.
    soap_options = {"max_precondition_dim": 4}
    yield formula_case("soap", "soap", soap, soap_options, data="matrices")
    soap_options = {**soap_options, "beta1": 0.9, "beta2": 0.97, "shampoo_beta": 0.8, "eps": 1e-4, "precondition_frequency": 3, "weight_decay": 0.1}
    yield formula_case("soap_options", "soap", soap, soap_options, data="matrices")
    yield formula_case("soap_in_out", "soap", soap, {**soap_options, "layout": "in-out"}, data="matrices")

    yield formula_case("psgd_kron", "psgd-kron", psgd_kron, {}, data="matrices")
    psgd_options = {
        "momentum": 0.8,
        "precondition_lr": 0.2,
        "flat_start": 10,
        "probability_decay": 0.05,
        "min_probability": 0.2,
        "balance_every": 5,
        "max_size_triangular": 5,
        "max_rms": 0.9,
        "noise_seed": 3,
        "weight_decay": 0.1,
    }
    yield formula_case("psgd_kron_options", "psgd-kron", psgd_kron, psgd_options, data="matrices")
    yield formula_case("psgd_kron_in_out", "psgd-kron", psgd_kron, {"layout": "in-out"}, data="matrices")

    galore_options = {"rank": 2, "projection_gap": 7, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "scale": 0.5, "weight_decay": 0.1}
    yield formula_case("galore", "galore", galore, {}, data="matrices")
    yield formula_case("galore_options", "galore", galore, galore_options, data="matrices")
    yield formula_case("galore_in_out", "galore", galore, {**galore_options, "layout": "in-out"}, data="matrices")

    apollo_options = {"rank": 2, "projection_gap": 7, "beta1": 0.8, "beta2": 0.95, "eps": 1e-6, "scale": 0.5, "weight_decay": 0.1}
    apollo_options |= {"growth": 1.05, "projection_seed": 5}
    yield formula_case("apollo", "apollo", apollo, {}, data="matrices")
    yield formula_case("apollo_options", "apollo", apollo, apollo_options, data="matrices")
    yield formula_case("apollo_in_out", "apollo", apollo, {**apollo_options, "layout": "in-out"}, data="matrices")
    mini = lambda *step, **options: apollo(*step, **{"rank": 1, "scaling": "tensor", "scale": math.sqrt(128), **options})
    yield formula_case("apollo_mini", "apollo-mini", mini, {}, data="matrices", lr_factor=0.1)


def fold(x, layout):
    """A tensor as a matrix: a row for each output, or a column."""
    return x.reshape(x.shape[0], -1) if layout == "out-in" else x.reshape(-1, x.shape[-1])


def fans(matrix, layout):
    """Outputs and inputs."""
    return matrix.shape if layout == "out-in" else matrix.shape[::-1]


def decayed(x, u, lr, weight_decay):
    return x - lr * (u.reshape(x.shape) + weight_decay * x)


def adam(t, s, g, beta1, beta2, eps):
    """Kingma & Ba, algorithm 1; the states may have any shape."""
    s["m"] = beta1 * s.get("m", 0.0) + (1 - beta1) * g
    s["v"] = beta2 * s.get("v", 0.0) + (1 - beta2) * g * g
    return s["m"] / (1 - beta1**t) / (np.sqrt(s["v"] / (1 - beta2**t)) + eps)


def newton_schulz(x, eps=1e-7):
    """Jordan et al. 2024, in f64 and in the order of its formula."""
    x = x / (np.linalg.norm(x) + eps)
    if x.shape[0] > x.shape[1]:
        return newton_schulz_steps(x.T).T
    return newton_schulz_steps(x)


def newton_schulz_steps(x):
    for _ in range(5):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return x


def muon(t, s, x, g, lr, momentum=0.95, nesterov=True, shape_factor="match-adamw", layout="out-in", beta1=0.9, beta2=0.95, eps=1e-8, weight_decay=0.1):
    """Jordan et al. 2024; Liu et al. 2025 for the other factor."""
    if x.ndim < 2:
        return decayed(x, adam(t, s, g, beta1, beta2, eps), lr if shape_factor == "match-adamw" else 0.015 * lr, weight_decay)
    s["b"] = momentum * s["b"] + g
    direction = fold(g + momentum * s["b"] if nesterov else s["b"], layout)
    out, into = fans(direction, layout)
    factor = 0.2 * math.sqrt(max(out, into)) if shape_factor == "match-adamw" else math.sqrt(max(1, out / into))
    return decayed(x, factor * newton_schulz(direction), lr, weight_decay)


def scion(t, s, x, g, lr, momentum=0.9, radius=50.0, rms=1.0, weight_decay=0.0, constrained=False, vectors="rms", layout="out-in"):
    """Pethick et al. 2025, algorithms 1 and 2, with lmo = −u of table 2; α = 1 − momentum."""
    s["d"] = momentum * s["d"] + (1 - momentum) * g
    if x.ndim < 2:
        u = np.sign(s["d"]) if vectors == "sign" else rms * s["d"] / np.sqrt(np.mean(s["d"] ** 2))
    else:
        matrix = fold(s["d"], layout)
        out, into = fans(matrix, layout)
        # The average is made as it is in the paper, so ε is a larger part of its norm than of the velocity's.
        u = math.sqrt(out / into) * newton_schulz(matrix, (1 - momentum) * 1e-7)
    u = radius * u.reshape(x.shape)
    if constrained:
        return (1 - lr) * x - lr * u
    return decayed(x, u, lr, weight_decay)


def inverse_root(a, eps, relative):
    values, vectors = np.linalg.eigh(a)
    values = np.maximum(values, 0)
    ridge = eps * max(values[-1], 1e-16) if relative else eps
    return (vectors * (values + ridge) ** -0.25) @ vectors.T


def shampoo(
    t, s, x, g, lr, shampoo_beta=0.999, matrix_eps=1e-5, beta2=0.999, eps=1e-8, block_size=1024, precondition_frequency=10,
    start_preconditioning_step=10, momentum=0.9, weight_decay=0.0, graft="rmsprop", ridge="relative", layout="out-in"
):  # fmt: skip
    """Gupta et al. 2018, algorithm 1; blocks, decay and grafting as in Anil et al. 2020."""
    if graft == "rmsprop":
        s["square"] = beta2 * s["square"] + (1 - beta2) * g * g
        u = g / (np.sqrt(s["square"] / (1 - beta2**t)) + eps)
    else:
        s["square"] = s["square"] + g * g
        u = g if graft == "sgd" else g / (np.sqrt(s["square"]) + eps)
    if x.ndim > 1:
        matrix = fold(g, layout)
        rows, cols = matrix.shape
        d = np.zeros_like(matrix)
        new = 1 if shampoo_beta == 1 else 1 - shampoo_beta
        for i in range(0, rows, block_size):
            for j in range(0, cols, block_size):
                where = slice(i, i + block_size), slice(j, j + block_size)
                block = matrix[where]
                for side, product in (("L", block @ block.T), ("R", block.T @ block)):
                    held = s.get((side, i, j), np.zeros_like(product))
                    s[side, i, j] = shampoo_beta * held + new * product
                    if t >= start_preconditioning_step and (t - start_preconditioning_step) % precondition_frequency == 0:
                        s["root", side, i, j] = inverse_root(s[side, i, j], matrix_eps, ridge == "relative")
                if t >= start_preconditioning_step:
                    d[where] = s["root", "L", i, j] @ block @ s["root", "R", i, j]
        if t >= start_preconditioning_step:
            u = d.reshape(x.shape) * (np.linalg.norm(u) / np.linalg.norm(d))
    s["b"] = momentum * s["b"] + u
    return decayed(x, s["b"], lr, weight_decay)


def soap(
    t, s, x, g, lr, beta1=0.95, beta2=0.95, shampoo_beta=0.95, eps=1e-8, precondition_frequency=10, max_precondition_dim=10000, weight_decay=0.01,
    layout="out-in"
):  # fmt: skip
    """Vyas et al. 2024, algorithms 3 and 4, with the average of the gradient in the parameter's own coordinates, as there.

    The first update only begins the preconditioner, the bases are refreshed behind the step, and V' is sorted with them: the authors' code.
    """
    if x.ndim < 2:
        return decayed(x, adam(t, s, g, beta1, beta2, eps), lr, weight_decay)
    matrix = fold(g, layout)
    sides = [side for side, order in enumerate(matrix.shape) if order <= max_precondition_dim]
    basis = lambda side: s.get(("Q", side), np.eye(matrix.shape[side]))
    u = np.zeros_like(matrix)
    if t > 1:
        n = t - 1
        turned = basis(0).T @ matrix @ basis(1)
        s["m"] = beta1 * s.get("m", 0.0) + (1 - beta1) * matrix
        s["v"] = beta2 * s.get("v", 0.0) + (1 - beta2) * turned**2
        m = basis(0).T @ s["m"] @ basis(1)
        u = basis(0) @ (m / (1 - beta1**n) / (np.sqrt(s["v"] / (1 - beta2**n)) + eps)) @ basis(1).T
    for side in sides:
        product = matrix @ matrix.T if side == 0 else matrix.T @ matrix
        s["GG", side] = shampoo_beta * s.get(("GG", side), 0.0) + (1 - shampoo_beta) * product
        if t == 1:
            s["Q", side] = np.linalg.eigh(s["GG", side])[1][:, ::-1]
        elif (t - 1) % precondition_frequency == 0:
            image = s["GG", side] @ s["Q", side]
            order = np.argsort(-np.sum(s["Q", side] * image, axis=0))
            s["v"] = np.take(s["v"], order, axis=side)
            s["Q", side] = np.linalg.qr(image[:, order])[0]
    return decayed(x, u, lr, weight_decay)


def norm_lower_bound(a):
    """Li's, for a symmetric matrix."""
    largest = np.max(np.abs(a))
    scaled = a / largest
    row = scaled[np.argmax(np.sum(scaled**2, axis=1))]
    image = scaled @ row
    return largest * np.linalg.norm(scaled @ (image / np.linalg.norm(image)))


def psgd_kron(
    t, s, x, g, lr, momentum=0.9, precondition_lr=0.1, flat_start=500, probability_decay=0.001, min_probability=0.03, balance_every=100,
    max_size_triangular=8192, max_rms=1.1, noise_seed=0, weight_decay=0.0, layout="out-in"
):  # fmt: skip
    """Li 2018, in the whitening form of kron_torch, whose counter of updates is here the integral of its probability."""
    s["m"] = momentum * s["m"] + (1 - momentum) * g
    matrix = fold(s["m"] / (1 - momentum**t), layout)
    rows, cols = matrix.shape
    tiny = float(np.finfo(np.float32).tiny)
    triangular = [1 < order <= max_size_triangular and x.ndim > 1 for order in (rows, cols)]
    # A vector has one factor. It is kept as a diagonal matrix here.
    learned = [True, True] if x.ndim > 1 else [layout == "out-in", layout == "in-out"]
    q = [s.get(("Q", side), np.eye(order)) for side, order in enumerate((rows, cols))]

    def fits(n):
        # By quadrature: the share is 1, then falls exponentially to its least.
        least = flat_start - math.log(min_probability) / probability_decay
        total = min(n, flat_start)
        if n > flat_start:
            total += (1 - math.exp(-probability_decay * (min(n, least) - flat_start))) / probability_decay
        return total + max(0, n - least) * min_probability

    if (count := math.floor(fits(t))) > math.floor(fits(t - 1)):
        if count % balance_every == 0 and x.ndim > 1:
            sizes = [np.max(np.abs(factor)) for factor in q]
            mean = math.sqrt(sizes[0] * sizes[1])
            q = [factor * mean / size for factor, size in zip(q, sizes)]
        noise = normal_matrix(key(noise_seed, t, s.name, "psgd_kron"), rows, cols)
        a = q[0] @ matrix @ q[1].T
        b = np.linalg.solve(q[0].T, noise) @ np.linalg.inv(q[1])
        products = [(a @ a.T, b @ b.T), (a.T @ a, b.T @ b)]
        for side, (one, other) in enumerate(products):
            if not learned[side]:
                continue
            if triangular[side]:
                step, size = np.triu(one - other), norm_lower_bound(one + other)
            else:
                step, size = np.diag(np.diag(one - other)), np.max(np.diag(one + other))
            q[side] = q[side] - precondition_lr / (size + tiny) * step @ q[side]
    s["Q", 0], s["Q", 1] = q
    d = q[0].T @ q[0] @ matrix @ q[1].T @ q[1]
    rms = np.sqrt(np.mean(d**2))
    return decayed(x, d * min(1, max_rms / (rms + 1e-6)), lr, weight_decay)


def singular(g, rank):
    """The first singular vectors, turned so that the largest number of each left one is positive."""
    u, _, vt = np.linalg.svd(g, full_matrices=False)
    sign = np.sign(np.take_along_axis(u, np.argmax(np.abs(u), axis=0)[None], axis=0))[0]
    return (u * sign)[:, :rank], (vt * sign[:, None])[:rank]


def galore(
    t, s, x, g, lr, rank=128, projection_gap=200, scale=0.25, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0, layout="out-in"
):
    """Zhao et al. 2024, algorithm 2, and the side of the projection as in its code."""
    if x.ndim < 2:
        return decayed(x, adam(t, s, g, beta1, beta2, eps), lr, weight_decay)
    matrix = fold(g, layout)
    right = matrix.shape[0] >= matrix.shape[1]
    if (t - 1) % projection_gap == 0:
        s["p"] = singular(matrix, rank)[1 if right else 0]
    low = adam(t, s, matrix @ s["p"].T if right else s["p"].T @ matrix, beta1, beta2, eps)
    return decayed(x, scale * (low @ s["p"] if right else s["p"] @ low), lr, weight_decay)


def apollo(
    t, s, x, g, lr, rank=256, projection_gap=200, scale=1.0, growth=1.01, projection_seed=0, scaling="channel", beta1=0.9, beta2=0.999, eps=1e-8,
    weight_decay=0.0, layout="out-in"
):  # fmt: skip
    """Zhu et al. 2025, algorithm 1; its m is the shorter side."""
    if x.ndim < 2:
        return decayed(x, adam(t, s, g, beta1, beta2, eps), lr, weight_decay)
    matrix = fold(g, layout)
    tall = matrix.shape[0] > matrix.shape[1]
    wide = matrix.T if tall else matrix
    rank = min(rank, len(wide))
    p = normal_matrix(key(projection_seed, (t - 1) // projection_gap, s.name, "apollo"), rank, len(wide)) / math.sqrt(rank)
    low = p @ wide
    moved = adam(t, s, low, beta1, beta2, eps)
    if scaling == "tensor":
        u = wide * (np.linalg.norm(moved) / np.linalg.norm(low))
    else:
        u = wide * (np.linalg.norm(moved, axis=0) / np.linalg.norm(low, axis=0))
    norm = np.linalg.norm(u)
    if "norm" in s and norm > growth * s["norm"]:
        u, norm = u * (growth * s["norm"] / norm), growth * s["norm"]
    s["norm"] = norm
    return decayed(x, scale * (u.T if tall else u), lr, weight_decay)
