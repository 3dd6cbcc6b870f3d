"""The methods of `ravine::minimize` against SciPy's and argmin's, on the 35 problems of Moré, Garbow and Hillstrom.

    .venv/bin/python bench/peers/minimize.py [--ravine PROGRAM] [--argmin PROGRAM] [--scipy FILE]
    .venv/bin/python bench/peers/minimize.py --values [PROGRAM]
    .venv/bin/python bench/peers/minimize.py --speed --small PROGRAM --large PROGRAM

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
from scipy.optimize import basinhopping, differential_evolution, dual_annealing, least_squares, minimize, minimize_scalar

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
    ("cg-pr", "CG"),
    ("cg-hz", "CG"),
    ("newton-cg", "Newton-CG"),
    ("steihaug", "trust-ncg"),
    ("trust-region", "trust-exact"),
    ("levenberg-marquardt", "least_squares, trf"),
    ("levenberg-marquardt", "least_squares, lm"),
]
ARGMIN = [("bfgs", "argmin BFGS"), ("lbfgs", "argmin L-BFGS"), ("cg-pr", "argmin NonlinearCG"), ("newton-cg", "argmin NewtonCG")]


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
        tolerances = dict.fromkeys(("ftol", "xtol", "gtol"), EPSILON)
        least_squares(problem.residuals, x, jac=problem.jacobian, method=kind, max_nfev=20_000, **tolerances)


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


def cost(row):
    """Evaluations, or None where the gradient is not small enough. A Hessian counts as the n products that it is worth."""
    if row["gradient_norm"] is None or not row["gradient_norm"] <= GRADIENT:
        return None
    spent = row["evaluations"]
    return spent["value"] + spent["gradient"] + spent["hessian_vector"] + row["n"] * spent["hessian"]


def pairs(costs):
    lines = ["| ours | theirs | median ratio | mean ratio | solved | solved by theirs |", "|---|---|---|---|---|---|"]
    for ours, theirs in PAIRS + ARGMIN:
        if ours not in costs or theirs not in costs:
            continue
        both = [(costs[ours][p], costs[theirs][p]) for p in PROBLEMS if costs[ours][p] and costs[theirs][p]]
        ratios = [a / b for a, b in both]
        solved = [sum(c is not None for c in costs[m].values()) for m in (ours, theirs)]
        means = f"{statistics.median(ratios):.2f} | {statistics.geometric_mean(ratios):.2f}" if ratios else "– | –"
        lines.append(f"| {ours} | {theirs} | {means} | {solved[0]} | {solved[1]} |")
    return lines


def profile(costs, methods):
    """Dolan and Moré's: the part of the problems that each method solves within τ times the evaluations of the best of them."""
    factors = (1, 1.5, 2, 5, 10)
    lines = ["| | " + " | ".join(f"τ = {f:g}" for f in factors) + " | solved |", "|---" * (len(factors) + 2) + "|"]
    best = {p: min((costs[m][p] for m in methods if costs[m][p]), default=None) for p in PROBLEMS}
    for method in methods:
        own = costs[method]
        within = [sum(bool(own[p]) and own[p] <= f * best[p] for p in PROBLEMS) / len(PROBLEMS) for f in factors]
        solved = sum(c is not None for c in own.values()) / len(PROBLEMS)
        lines.append(f"| {method} | " + " | ".join(f"{100 * part:.0f} %" for part in [*within, solved]) + " |")
    return lines


GRADIENTS = [
    "bfgs", "lbfgs", "lbfgsb", "cg-pr", "cg-hz", "BFGS", "L-BFGS-B", "CG", "argmin BFGS", "argmin L-BFGS", "argmin NonlinearCG"
]  # fmt: skip
PRODUCTS = ["newton-cg", "steihaug", "Newton-CG", "trust-ncg", "argmin NewtonCG"]
HESSIANS = ["newton", "trust-region", "dogleg", "trust-exact"]
RESIDUALS = ["levenberg-marquardt", "least_squares, trf", "least_squares, lm"]


def rows_of(program):
    output = subprocess.run(program, check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def evaluations(arguments):
    rows = rows_of([arguments.ravine])
    if arguments.argmin:
        rows += rows_of([arguments.argmin])
    if arguments.scipy and arguments.scipy.exists():
        rows += [json.loads(line) for line in arguments.scipy.read_text().splitlines()]
    else:
        functions = jax_functions()
        check(functions)
        theirs = list(scipy_rows(functions, list(dict.fromkeys(theirs for _, theirs in PAIRS))))
        rows += theirs
        if arguments.scipy:
            arguments.scipy.write_text("".join(json.dumps(row) + "\n" for row in theirs))
    costs = {}
    for row in rows:
        costs.setdefault(row["method"], {})[row["problem"]] = cost(row)
    print("\n".join(pairs(costs)))
    for methods in (GRADIENTS, PRODUCTS, HESSIANS, RESIDUALS):
        print("\n" + "\n".join(profile(costs, [m for m in methods if m in costs])))


def plain_function(name):
    """The formula of tools/golden on Python's floats."""
    import minima

    class Floats:
        exp, sin, cos, sqrt, pi, e, mpf = math.exp, math.sin, math.cos, math.sqrt, math.pi, math.e, float

    if name == "rosenbrock":
        # Of any number of variables.
        return lambda x: sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))
    if name in minima.VALUES:
        return lambda x: minima.VALUES[name](x, Floats)
    return lambda x: sum(r * r for r in minima.RESIDUALS[name](x, Floats))


def rugged(run):
    return lambda f, row: run(f, row["start"], row["bounds"], row["seed"])


def local(method, **options):
    return lambda f, row: minimize(f, row["start"], method=method, options={"maxfev": MOST, "maxiter": MOST, **options})


# Ours, theirs, how theirs is run: with its defaults, but that only the target or the number of evaluations ends it.
SIMPLEX = {"xatol": 1e-8, "fatol": 1e-8}
EVOLUTION = rugged(lambda f, x, bounds, seed: differential_evolution(f, bounds, x0=x, rng=seed, polish=False, tol=0, maxiter=MOST))
VALUE_PAIRS = [
    ("nelder-mead", "Nelder-Mead, adaptive", local("Nelder-Mead", adaptive=True, **SIMPLEX)),
    ("nelder-mead", "Nelder-Mead", local("Nelder-Mead", **SIMPLEX)),
    ("powell", "Powell", local("Powell", xtol=1e-8, ftol=1e-8)),
    ("shade", "differential_evolution", EVOLUTION),
    ("differential-evolution", "differential_evolution", EVOLUTION),
    ("differential-evolution, best/1/bin", "differential_evolution", EVOLUTION),
    (
        "simulated-annealing",
        "dual_annealing, no local search",
        rugged(lambda f, x, bounds, seed: dual_annealing(f, bounds, x0=x, rng=seed, maxiter=MOST, no_local_search=True)),
    ),
    ("basin-hopping", "dual_annealing", rugged(lambda f, x, bounds, seed: dual_annealing(f, bounds, x0=x, rng=seed, maxiter=MOST))),
    (
        "basin-hopping",
        "basinhopping, L-BFGS-B by differences",
        rugged(lambda f, x, bounds, seed: basinhopping(f, x, niter=MOST, rng=seed, minimizer_kwargs={"bounds": bounds})),
    ),
]


def reached(row, run):
    """Which evaluation was the first to reach the row's target, of SciPy's method from the same start."""
    formula = plain_function(row["problem"])
    calls = 0

    def f(x):
        nonlocal calls
        calls += 1
        if calls > row["budget"]:
            raise Spent
        value = float(formula(x.tolist()))
        if value <= row["target"]:
            raise Done
        return value

    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            run(f, row)
    except Done:
        return calls
    except (Spent, OverflowError):
        pass
    return None


def poles(x):
    return sum(((2 * i - 5) / (x - i * i)) ** 2 for i in range(1, 21))


def values(arguments):
    rows = rows_of([arguments.values])
    by_method = {}
    for row in rows:
        by_method.setdefault(row["method"], []).append(row)

    def cell(counts):
        found = [c for c in counts if c]
        return f"{statistics.median(found):.0f} ({len(found)})" if found else "– (0)"

    print("| function | variables | ours | evaluations (of 25) | theirs | evaluations (of 25) |\n|---|---|---|---|---|---|")
    others = {}
    for ours, theirs, run in VALUE_PAIRS:
        groups = {}
        for row in by_method[ours]:
            groups.setdefault((row["problem"], len(row["start"])), []).append(row)
        for (problem, n), group in groups.items():
            key = theirs, problem, n
            others[key] = others.get(key) or cell([reached(row, run) for row in group])
            print(f"| {problem} | {n} | {ours} | {cell([row['reached'] for row in group])} | {theirs} | {others[key]} |", flush=True)

    def bounded(lower, upper):
        return minimize_scalar(poles, bounds=(lower, upper), method="bounded", options={"xatol": 1e-8})

    def golden(lower, upper):
        return minimize_scalar(poles, bracket=(lower, 0.618 * lower + 0.382 * upper, upper), method="golden", tol=1e-8)

    print("\n| ours | evaluations, median | theirs | evaluations, median |\n|---|---|---|---|")
    for ours, theirs in (("brent", bounded), ("golden-section", golden)):
        mine = statistics.median(row["evaluations"] for row in by_method[ours])
        other = statistics.median(theirs(*row["interval"]).nfev for row in by_method[ours])
        print(f"| {ours} | {mine} | {theirs.__name__} | {other} |")


# Two dimensions: as one writes them in Python, with floats.
def small_functions():
    def rosenbrock(x):
        x, y = x.tolist()
        return 100 * (y - x * x) ** 2 + (1 - x) ** 2

    def rosenbrock_gradient(x):
        x, y = x.tolist()
        t = y - x * x
        return np.array([-400 * x * t - 2 * (1 - x), 200 * t])

    def beale(x):
        x, y = x.tolist()
        return (1.5 - x * (1 - y)) ** 2 + (2.25 - x * (1 - y * y)) ** 2 + (2.625 - x * (1 - y * y * y)) ** 2

    def beale_gradient(x):
        x, y = x.tolist()
        a, b, c = 1.5 - x * (1 - y), 2.25 - x * (1 - y * y), 2.625 - x * (1 - y * y * y)
        return np.array([-2 * (a * (1 - y) + b * (1 - y * y) + c * (1 - y * y * y)), 2 * x * (a + 2 * b * y + 3 * c * y * y)])

    def himmelblau(x):
        x, y = x.tolist()
        return (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2

    def himmelblau_gradient(x):
        x, y = x.tolist()
        a, b = x * x + y - 11, x + y * y - 7
        return np.array([4 * a * x + 2 * b, 2 * a + 4 * b * y])

    b, c, t = 5.1 / (4 * math.pi**2), 5 / math.pi, 10 * (1 - 1 / (8 * math.pi))

    def branin(x):
        x, y = x.tolist()
        return (y - b * x * x + c * x - 6) ** 2 + t * math.cos(x) + 10

    def branin_gradient(x):
        x, y = x.tolist()
        bend = y - b * x * x + c * x - 6
        return np.array([2 * bend * (c - 2 * b * x) - t * math.sin(x), 2 * bend])

    return {
        "rosenbrock": (rosenbrock, rosenbrock_gradient, [-1.2, 1.0]),
        "beale": (beale, beale_gradient, [1.0, 1.0]),
        "himmelblau": (himmelblau, himmelblau_gradient, [0.0, 0.0]),
        "branin": (branin, branin_gradient, [2.5, 7.5]),
    }


def speed(arguments):
    ours = {}
    theirs = {}
    names = {"bfgs": ("BFGS", {"gtol": GRADIENT}), "lbfgs": ("L-BFGS-B", {"gtol": GRADIENT, "ftol": 0.0})}
    # In turns, so that both meet the same machine; the shortest counts.
    for _ in range(3):
        for row in rows_of([arguments.small]):
            key = row["problem"], row["method"]
            ours[key] = min(ours.get(key, math.inf), row["microseconds"])
        for name, (f, g, start) in small_functions().items():
            for method, (peer, options) in names.items():
                for _ in range(50):
                    began = time.perf_counter()
                    minimize(f, start, jac=g, method=peer, options=options)
                    spent = 1e6 * (time.perf_counter() - began)
                    theirs[name, method] = min(theirs.get((name, method), math.inf), spent)
    print("| function | method | µs | SciPy, µs | times faster |\n|---|---|---|---|---|")
    for (name, method), mine in ours.items():
        other = theirs[name, method]
        print(f"| {name} | {method} | {mine:.2f} | {other:.0f} | {other / mine:.0f} |")
    print(f"\n{large(arguments)}")


def large(arguments):
    """L-BFGS (m = 10) on Rosenbrock's function of a million variables."""
    n = 1_000_000

    def f(x):
        t = x[1:] - x[:-1] ** 2
        return 100 * np.dot(t, t) + np.sum((1 - x[:-1]) ** 2)

    def g(x):
        t = x[1:] - x[:-1] ** 2
        gradient = np.zeros_like(x)
        gradient[:-1] = -400 * x[:-1] * t - 2 * (1 - x[:-1])
        gradient[1:] += 200 * t
        return gradient

    texts, best = [], math.inf
    for _ in range(2):
        run = subprocess.run([arguments.large], check=True, capture_output=True, text=True)
        texts.append(run.stdout.strip())
        times = []
        last = time.perf_counter()

        def lap(_):
            nonlocal last
            now = time.perf_counter()
            times.append(now - last)
            last = now

        start = np.tile([-1.2, 1.0], n // 2)
        minimize(f, start, jac=g, method="L-BFGS-B", callback=lap, options={"maxcor": 10, "maxiter": 40, "gtol": GRADIENT, "ftol": 0.0})
        # The memory is full after ten.
        best = min(best, *times[12:])
    return "\n".join(texts) + f"\nSciPy: {1e3 * best:.1f} ms an iteration (shortest)"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    examples = ROOT / "target/release/examples"
    parser.add_argument("--ravine", type=Path, default=examples / "mgh", help="the program of crates/ravine/examples/mgh.rs")
    parser.add_argument("--argmin", type=Path, help="the program of bench/peers/argmin; left out without")
    parser.add_argument("--scipy", type=Path, help="a file that keeps SciPy's runs, and gives them where it is there already")
    values_help = "methods without derivatives: the program of crates/ravine/examples/values.rs"
    parser.add_argument("--values", type=Path, nargs="?", const=examples / "values", help=values_help)
    parser.add_argument("--speed", action="store_true", help="time, not evaluations")
    parser.add_argument("--small", type=Path, help="with --speed: the program of crates/ravine/benches/minimize.rs")
    parser.add_argument("--large", type=Path, help="with --speed: the program of crates/ravine/benches/lbfgs.rs")
    arguments = parser.parse_args()
    if arguments.speed:
        speed(arguments)
    elif arguments.values:
        values(arguments)
    else:
        evaluations(arguments)


if __name__ == "__main__":
    main()
