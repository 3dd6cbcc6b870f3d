"""The methods of `ravine::minimize` against SciPy's and argmin's, on the 35 problems of Moré, Garbow and Hillstrom.

    .venv/bin/python bench/peers/minimize.py [--ravine PROGRAM] [--argmin PROGRAM] [--json FILE]
    .venv/bin/python bench/peers/minimize.py --speed

README.md says what is counted, and how.
"""

import argparse
import json
import math
import statistics
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import numpy as np
from scipy.optimize import least_squares, minimize

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools/golden"))

GRADIENT = 1e-8
MOST = 200_000
EPSILON = 2.3e-16

# In the order of the paper.
PROBLEMS = (
    "rosenbrock freudenstein-roth powell-badly-scaled brown-badly-scaled beale jennrich-sampson helical-valley bard gaussian meyer gulf "
    "box-3d powell-singular wood kowalik-osborne brown-dennis osborne-1 biggs-exp6 osborne-2 watson extended-rosenbrock "
    "extended-powell-singular penalty-1 penalty-2 variably-dimensioned trigonometric brown-almost-linear discrete-boundary-value "
    "discrete-integral-equation broyden-tridiagonal broyden-banded linear-full-rank linear-rank-1 linear-rank-1-zero chebyquad"
).split()

# Ours, theirs.
PAIRS = [
    ("bfgs", "BFGS"),
    ("lbfgs", "L-BFGS-B"),
    ("lbfgsb", "L-BFGS-B"),
    ("cg-hz", "CG"),
    ("newton-cg", "Newton-CG"),
    ("steihaug", "trust-ncg"),
    ("trust-region", "trust-exact"),
    ("levenberg-marquardt", "least_squares, trf"),
    ("levenberg-marquardt", "least_squares, lm"),
]
ARGMIN = [("bfgs", "argmin BFGS"), ("lbfgs", "argmin L-BFGS"), ("cg-hz", "argmin NonlinearCG"), ("newton-cg", "argmin NewtonCG")]


class Done(Exception):
    """The gradient is small enough."""


class Spent(Exception):
    """All evaluations are used."""


def jax_functions():
    """name → value and gradient, product with the Hessian, Hessian, residuals, Jacobian: by JAX, of the formulas in tools/golden."""
    import jax
    import jax.numpy as jnp
    import minima

    jax.config.update("jax_enable_x64", True)
    jax.config.update("jax_platforms", "cpu")

    class Traced:
        """What mpmath has, on numbers that JAX traces."""

        exp, sin, cos, sqrt, log = jnp.exp, jnp.sin, jnp.cos, math.sqrt, math.log
        pi, e = math.pi, math.e

        @staticmethod
        def mpf(text):
            return float(text)

    def t(last, per=1.0):
        return jnp.arange(1, last + 1) / per

    def numbers(texts):
        return jnp.array([float(text) for text in texts])

    def helical_valley(x):
        a, b, c = x
        turn = jnp.arctan(b / a) / (2 * math.pi) + jnp.where(a < 0, 0.5, 0.0)
        return jnp.stack([10 * (c - 10 * turn), 10 * (jnp.sqrt(a**2 + b**2) - 1), c])

    def gulf(x):
        y = 25 + (-50 * jnp.log(t(99, 100))) ** (2 / 3)
        return jnp.exp(-(jnp.abs(y - x[1]) ** x[2]) / x[0]) - t(99, 100)

    def osborne_1(x):
        u = 10 * jnp.arange(33.0)
        return numbers(minima.OSBORNE_1) - (x[0] + x[1] * jnp.exp(-u * x[3]) + x[2] * jnp.exp(-u * x[4]))

    def osborne_2(x):
        u = jnp.arange(65) / 10
        bells = sum(x[k] * jnp.exp(-((u - x[k + 7]) ** 2) * x[k + 4]) for k in (1, 2, 3))
        return numbers(minima.OSBORNE_2) - (x[0] * jnp.exp(-u * x[4]) + bells)

    def watson(x):
        u, j = t(29, 29)[:, None], jnp.arange(len(x))
        slope = jnp.sum((j * x)[1:] * u ** (j[1:] - 1), axis=1)
        rows = slope - jnp.sum(x * u**j, axis=1) ** 2 - 1
        return jnp.concatenate([rows, jnp.stack([x[0], x[1] - x[0] ** 2 - 1])])

    def brown_dennis(x):
        u = t(20, 5)
        return (x[0] + u * x[1] - jnp.exp(u)) ** 2 + (x[2] + x[3] * jnp.sin(u) - jnp.cos(u)) ** 2

    def biggs_exp6(x):
        u = t(13, 10)
        y = jnp.exp(-u) - 5 * jnp.exp(-10 * u) + 3 * jnp.exp(-4 * u)
        return x[2] * jnp.exp(-u * x[0]) - x[3] * jnp.exp(-u * x[1]) + x[5] * jnp.exp(-u * x[4]) - y

    # Those of many rows, which take XLA minutes to compile row by row, and one with a branch.
    whole = {
        "helical-valley": helical_valley, "gulf": gulf, "osborne-1": osborne_1, "osborne-2": osborne_2, "watson": watson,
        "brown-dennis": brown_dennis, "biggs-exp6": biggs_exp6,
    }  # fmt: skip

    def residuals(name, x):
        if name in whole:
            return whole[name](x)
        return jnp.stack([jnp.asarray(r, dtype=x.dtype) for r in minima.RESIDUALS[name]([*x], Traced)])

    functions = {}
    for name in PROBLEMS:
        r = partial(residuals, name)

        def f(x, r=r):
            return jnp.sum(r(x) ** 2)

        def gradient(x, r=r):
            return 2 * jax.jacfwd(r)(x).T @ r(x)

        def product(x, v, gradient=gradient):
            return jax.jvp(gradient, (x,), (v,))[1]

        functions[name] = {
            "value_and_gradient": jax.jit(jax.value_and_grad(f)),
            "product": jax.jit(product),
            "hessian": jax.jit(jax.jacfwd(gradient)),
            "residuals": jax.jit(r),
            "jacobian": jax.jit(jax.jacfwd(r)),
            "start": np.array(minima.STARTS[name], dtype=float),
        }
    return functions


def check(functions):
    """Values and gradients against the golden ones, in 60 digits."""
    golden = json.loads((ROOT / "crates/ravine/tests/golden/problems.json").read_text())["problems"]
    for problem in golden:
        if problem["name"] not in functions:
            continue
        for point in problem["points"]:
            value, gradient = functions[problem["name"]]["value_and_gradient"](np.array(point["x"]))
            assert math.isclose(value, point["value"], rel_tol=1e-10), (problem["name"], value, point)
            exact = np.array(point["gradient"])
            scale = np.max(np.abs(exact)) + 1e-9
            assert np.max(np.abs(gradient - exact)) <= 1e-9 * scale, (problem["name"], gradient, point)


class Counted:
    """A problem that counts each value, gradient, product and Hessian that is asked of it, and ends where |∇f|∞ is small enough."""

    def __init__(self, functions):
        self.functions = functions
        self.spent = dict.fromkeys(("value", "gradient", "hessian_vector", "hessian"), 0)
        self.at = None
        self.norm = math.inf
        self.least = math.inf

    def count(self, kind):
        self.spent[kind] += 1
        if sum(self.spent.values()) > MOST:
            raise Spent

    def both(self, x):
        if self.at is None or not np.array_equal(self.at, x):
            self.at = np.array(x)
            value, gradient = self.functions["value_and_gradient"](self.at)
            self.answer = float(value), np.asarray(gradient)
        return self.answer

    def value(self, x):
        self.count("value")
        return self.both(x)[0]

    def gradient(self, x):
        self.count("gradient")
        value, gradient = self.both(x)
        self.settle(value, gradient)
        return gradient.copy()

    def settle(self, value, gradient):
        norm = np.max(np.abs(gradient))
        if norm < self.norm:
            self.norm, self.least = norm, value
        if norm <= GRADIENT:
            raise Done

    def product(self, x, v):
        self.count("hessian_vector")
        return np.asarray(self.functions["product"](np.asarray(x), np.asarray(v, dtype=float)))

    def hessian(self, x):
        self.count("hessian")
        return np.asarray(self.functions["hessian"](np.asarray(x)))

    def residuals(self, x):
        self.count("value")
        return np.asarray(self.functions["residuals"](np.asarray(x)))

    def jacobian(self, x):
        self.count("gradient")
        jacobian = np.array(self.functions["jacobian"](np.asarray(x)))
        r = np.asarray(self.functions["residuals"](np.asarray(x)))
        self.settle(float(r @ r), 2 * jacobian.T @ r)
        return jacobian


def scipy_run(method, problem):
    x = problem.functions["start"]
    plenty = {"maxiter": MOST}
    smooth = partial(minimize, problem.value, x, jac=problem.gradient)
    if method == "BFGS" or method == "CG":
        smooth(method=method, options={"gtol": 0.0, **plenty})
    elif method == "L-BFGS-B":
        smooth(method=method, options={"gtol": 0.0, "ftol": 0.0, "maxfun": MOST, **plenty})
    elif method == "Newton-CG":
        smooth(method=method, hessp=problem.product, options={"xtol": 0.0, **plenty})
    elif method == "trust-ncg":
        smooth(method=method, hessp=problem.product, options={"gtol": 0.0, **plenty})
    elif method == "trust-exact":
        smooth(method=method, hess=problem.hessian, options={"gtol": 0.0, **plenty})
    else:
        # Moré's "lm" wants at least as many residuals as variables, as all these have.
        kind = method.split(", ")[1]
        least_squares(problem.residuals, x, jac=problem.jacobian, method=kind, ftol=None, xtol=EPSILON, gtol=None, max_nfev=20_000)


def scipy_rows(functions, methods):
    for method in methods:
        for name in PROBLEMS:
            problem = Counted(functions[name])
            stopped = "itself"
            began = time.perf_counter()
            try:
                with warnings.catch_warnings(), np.errstate(all="ignore"):
                    warnings.simplefilter("ignore")
                    scipy_run(method, problem)
            except Done:
                stopped = "gradient"
            except Spent:
                stopped = "evaluations"
            except (ValueError, np.linalg.LinAlgError) as error:
                stopped = str(error)
            yield {
                "problem": name,
                "n": len(problem.functions["start"]),
                "method": method,
                "evaluations": problem.spent,
                "value": problem.least,
                "gradient_norm": float(problem.norm),
                "stopped": stopped,
                "seconds": time.perf_counter() - began,
            }
