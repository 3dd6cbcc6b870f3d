"""The test problems of `ravine::problem`, written a second time from their papers, in 60 digits.

    .venv/bin/python tools/golden/minima.py

writes crates/ravine/src/problem/minima.rs (the minima that have no closed form, found by SciPy from many starts and refined by
Newton's method in mpmath) and crates/ravine/tests/golden/problems.json (values and gradients at the standard start and at a point
beside it). Takes some minutes.
"""

import functools
import json
import math
import sys
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

import mpmath
import numpy as np
from scipy.optimize import least_squares, minimize

mpmath.mp.dps = 60
ROOT = Path(__file__).resolve().parents[2]


class Floats:
    """What mpmath has, on floats."""

    exp, sin, cos, sqrt, log, pi, e = math.exp, math.sin, math.cos, math.sqrt, math.log, math.pi, math.e

    @staticmethod
    def mpf(text):
        return float(text)


def numbers(text):
    return text.split()


BARD = numbers("0.14 0.18 0.22 0.25 0.29 0.32 0.35 0.39 0.37 0.58 0.73 0.96 1.34 2.10 4.39")
GAUSS = numbers("0.0009 0.0044 0.0175 0.0540 0.1295 0.2420 0.3521 0.3989 0.3521 0.2420 0.1295 0.0540 0.0175 0.0044 0.0009")
MEYER = numbers("34780 28610 23650 19630 16370 13720 11540 9744 8261 7030 6005 5147 4427 3820 3307 2872")
KOWALIK_Y = numbers("0.1957 0.1947 0.1735 0.1600 0.0844 0.0627 0.0456 0.0342 0.0323 0.0235 0.0246")
KOWALIK_U = numbers("4 2 1 0.5 0.25 0.167 0.125 0.1 0.0833 0.0714 0.0625")
OSBORNE_1 = numbers(
    "0.844 0.908 0.932 0.936 0.925 0.908 0.881 0.850 0.818 0.784 0.751 0.718 0.685 0.658 0.628 0.603 0.580 0.558 0.538 0.522 0.506 "
    "0.490 0.478 0.467 0.457 0.448 0.438 0.431 0.424 0.420 0.414 0.411 0.406"
)
OSBORNE_2 = numbers(
    "1.366 1.191 1.112 1.013 0.991 0.885 0.831 0.847 0.786 0.725 0.746 0.679 0.608 0.655 0.616 0.606 0.602 0.626 0.651 0.724 0.649 "
    "0.649 0.694 0.644 0.624 0.661 0.612 0.558 0.533 0.495 0.500 0.423 0.395 0.375 0.372 0.391 0.396 0.405 0.428 0.429 0.523 0.562 "
    "0.607 0.653 0.672 0.708 0.633 0.668 0.645 0.632 0.591 0.559 0.597 0.625 0.739 0.710 0.729 0.720 0.636 0.581 0.428 0.292 0.162 "
    "0.098 0.054"
)

# Residuals, of which f is the sum of squares. `m` computes: mpmath or Floats.
RESIDUALS = {}
# Values.
VALUES = {}


def residuals(name):
    return lambda formula: RESIDUALS.setdefault(name, formula)


def value(name):
    return lambda formula: VALUES.setdefault(name, formula)


@residuals("rosenbrock")
def _(x, m):
    return [r for a, b in zip(x, x[1:]) for r in (10 * (b - a**2), 1 - a)]


@residuals("freudenstein-roth")
def _(x, m):
    a, b = x
    return [-13 + a + 5 * b**2 - b**3 - 2 * b, -29 + a + b**3 + b**2 - 14 * b]


@residuals("powell-badly-scaled")
def _(x, m):
    return [10**4 * x[0] * x[1] - 1, m.exp(-x[0]) + m.exp(-x[1]) - m.mpf("1.0001")]


@residuals("brown-badly-scaled")
def _(x, m):
    return [x[0] - 10**6, x[1] - m.mpf("2e-6"), x[0] * x[1] - 2]


@residuals("beale")
def _(x, m):
    return [m.mpf(y) - x[0] * (1 - x[1] ** (i + 1)) for i, y in enumerate(["1.5", "2.25", "2.625"])]


@residuals("jennrich-sampson")
def _(x, m):
    return [2 + 2 * i - (m.exp(i * x[0]) + m.exp(i * x[1])) for i in range(1, 11)]


@residuals("helical-valley")
def _(x, m):
    a, b, c = x
    if a == 0:
        turn = m.mpf("0.25") if b > 0 else -m.mpf("0.25")
    else:
        turn = (mpmath.atan(b / a) if m is mpmath else math.atan(b / a)) / (2 * m.pi) + (m.mpf("0.5") if a < 0 else 0)
    return [10 * (c - 10 * turn), 10 * (m.sqrt(a**2 + b**2) - 1), c]


@residuals("bard")
def _(x, m):
    u = range(1, 16)
    return [m.mpf(y) - (x[0] + i / ((16 - i) * x[1] + min(i, 16 - i) * x[2])) for i, y in zip(u, BARD)]


@residuals("gaussian")
def _(x, m):
    return [x[0] * m.exp(-x[1] * (m.mpf(8 - i) / 2 - x[2]) ** 2 / 2) - m.mpf(y) for i, y in zip(range(1, 16), GAUSS)]


@residuals("meyer")
def _(x, m):
    return [x[0] * m.exp(x[1] / (45 + 5 * i + x[2])) - m.mpf(y) for i, y in zip(range(1, 17), MEYER)]


@residuals("gulf")
def _(x, m):
    t = [m.mpf(i) / 100 for i in range(1, 100)]
    y = [25 + (-50 * m.log(t)) ** (m.mpf(2) / 3) for t in t]
    return [m.exp(-(abs(y - x[1]) ** x[2]) / x[0]) - t for t, y in zip(t, y)]


@residuals("box-3d")
def _(x, m):
    t = [m.mpf(i) / 10 for i in range(1, 11)]
    return [m.exp(-t * x[0]) - m.exp(-t * x[1]) - x[2] * (m.exp(-t) - m.exp(-10 * t)) for t in t]


@residuals("extended-powell-singular")
def _(x, m):
    blocks = [x[i : i + 4] for i in range(0, len(x), 4)]
    terms = [
        (a + 10 * b, m.sqrt(m.mpf(5)) * (c - d), (b - 2 * c) ** 2, m.sqrt(m.mpf(10)) * (a - d) ** 2) for a, b, c, d in blocks
    ]
    return [r for block in terms for r in block]


RESIDUALS["powell-singular"] = RESIDUALS["extended-powell-singular"]


@residuals("wood")
def _(x, m):
    a, b, c, d = x
    ten = m.sqrt(m.mpf(10))
    return [10 * (b - a**2), 1 - a, m.sqrt(m.mpf(90)) * (d - c**2), 1 - c, ten * (b + d - 2), (b - d) / ten]


@residuals("kowalik-osborne")
def _(x, m):
    u = [m.mpf(u) for u in KOWALIK_U]
    return [m.mpf(y) - x[0] * (u**2 + u * x[1]) / (u**2 + u * x[2] + x[3]) for y, u in zip(KOWALIK_Y, u)]


@residuals("kowalik-osborne at infinity")
def _(x, m):
    u = [m.mpf(u) for u in KOWALIK_U]
    return [m.mpf(y) - (u**2 + u * x[0]) / (u * x[1] + x[2]) for y, u in zip(KOWALIK_Y, u)]


@residuals("brown-dennis")
def _(x, m):
    t = [m.mpf(i) / 5 for i in range(1, 21)]
    return [(x[0] + t * x[1] - m.exp(t)) ** 2 + (x[2] + x[3] * m.sin(t) - m.cos(t)) ** 2 for t in t]


@residuals("osborne-1")
def _(x, m):
    return [
        m.mpf(y) - (x[0] + x[1] * m.exp(-10 * i * x[3]) + x[2] * m.exp(-10 * i * x[4])) for i, y in enumerate(OSBORNE_1)
    ]


@residuals("biggs-exp6")
def _(x, m):
    t = [m.mpf(i) / 10 for i in range(1, 14)]
    y = [m.exp(-t) - 5 * m.exp(-10 * t) + 3 * m.exp(-4 * t) for t in t]
    return [x[2] * m.exp(-t * x[0]) - x[3] * m.exp(-t * x[1]) + x[5] * m.exp(-t * x[4]) - y for t, y in zip(t, y)]


@residuals("biggs-exp6 of two exponentials")
def _(x, m):
    return RESIDUALS["biggs-exp6"]([x[0], x[1], x[2], x[3], x[0], x[2]], m)


@residuals("osborne-2")
def _(x, m):
    t = [m.mpf(i) / 10 for i in range(65)]
    model = [
        x[0] * m.exp(-t * x[4]) + sum(x[k] * m.exp(-((t - x[k + 7]) ** 2) * x[k + 4]) for k in (1, 2, 3)) for t in t
    ]
    return [m.mpf(y) - f for y, f in zip(OSBORNE_2, model)]


@residuals("watson")
def _(x, m):
    rows = []
    for i in range(1, 30):
        t = m.mpf(i) / 29
        derivative = sum(j * x[j] * t ** (j - 1) for j in range(1, len(x)))
        rows.append(derivative - sum(x[j] * t**j for j in range(len(x))) ** 2 - 1)
    return rows + [x[0], x[1] - x[0] ** 2 - 1]


@residuals("extended-rosenbrock")
def _(x, m):
    return [r for a, b in zip(x[::2], x[1::2]) for r in (10 * (b - a**2), 1 - a)]


@residuals("penalty-1")
def _(x, m):
    root = m.sqrt(m.mpf("1e-5"))
    return [root * (x - 1) for x in x] + [sum(x**2 for x in x) - m.mpf("0.25")]


@residuals("penalty-2")
def _(x, m):
    n, root, tenth = len(x), m.sqrt(m.mpf("1e-5")), m.mpf("0.1")
    y = [m.exp(tenth * i) + m.exp(tenth * (i - 1)) for i in range(2, n + 1)]
    pairs = [root * (m.exp(tenth * b) + m.exp(tenth * a) - y) for a, b, y in zip(x, x[1:], y)]
    single = [root * (m.exp(tenth * x) - m.exp(-tenth)) for x in x[1:]]
    return [x[0] - m.mpf("0.2")] + pairs + single + [sum((n - j) * x[j] ** 2 for j in range(n)) - 1]


@residuals("variably-dimensioned")
def _(x, m):
    s = sum((j + 1) * (x - 1) for j, x in enumerate(x))
    return [x - 1 for x in x] + [s, s**2]


@residuals("trigonometric")
def _(x, m):
    cosines = [m.cos(x) for x in x]
    n, total = len(x), sum(cosines)
    return [n - total + (i + 1) * (1 - c) - m.sin(x) for i, (x, c) in enumerate(zip(x, cosines))]


@residuals("brown-almost-linear")
def _(x, m):
    product = m.mpf(1)
    for each in x:
        product = product * each
    n, total = len(x), sum(x)
    return [x + total - (n + 1) for x in x[:-1]] + [product - 1]


@residuals("discrete-boundary-value")
def _(x, m):
    h = m.mpf(1) / (len(x) + 1)
    x = [0, *x, 0]
    return [2 * x[i] - x[i - 1] - x[i + 1] + h**2 * (x[i] + i * h + 1) ** 3 / 2 for i in range(1, len(x) - 1)]


@residuals("discrete-integral-equation")
def _(x, m):
    n = len(x)
    h = m.mpf(1) / (n + 1)
    t = [(j + 1) * h for j in range(n)]
    c = [(x + t + 1) ** 3 for x, t in zip(x, t)]
    below = [sum(t[j] * c[j] for j in range(i + 1)) for i in range(n)]
    above = [sum((1 - t[j]) * c[j] for j in range(i + 1, n)) for i in range(n)]
    return [x[i] + h * ((1 - t[i]) * below[i] + t[i] * above[i]) / 2 for i in range(n)]


@residuals("broyden-tridiagonal")
def _(x, m):
    x = [0, *x, 0]
    return [(3 - 2 * x[i]) * x[i] - x[i - 1] - 2 * x[i + 1] + 1 for i in range(1, len(x) - 1)]


@residuals("broyden-banded")
def _(x, m):
    n = len(x)
    near = [[j for j in range(max(0, i - 5), min(n, i + 2)) if j != i] for i in range(n)]
    return [x[i] * (2 + 5 * x[i] ** 2) + 1 - sum(x[j] * (1 + x[j]) for j in near[i]) for i in range(n)]


@residuals("linear-full-rank")
def _(x, m):
    mean = sum(x) / len(x)
    return [x - mean - 1 for x in x] + [-mean - 1 for _ in x]


@residuals("linear-rank-1")
def _(x, m):
    s = sum((j + 1) * x for j, x in enumerate(x))
    return [i * s - 1 for i in range(1, 2 * len(x) + 1)]


@residuals("linear-rank-1-zero")
def _(x, m):
    s = sum(j * x[j - 1] for j in range(2, len(x)))
    return [m.mpf(-1)] + [(i - 1) * s - 1 for i in range(2, 2 * len(x))] + [m.mpf(-1)]


@residuals("chebyquad")
def _(x, m):
    rows = []
    before, this = [1 for _ in x], [2 * x - 1 for x in x]
    for i in range(1, len(x) + 1):
        integral = -m.mpf(1) / (i * i - 1) if i % 2 == 0 else 0
        rows.append(sum(this) / len(x) - integral)
        before, this = this, [2 * (2 * x - 1) * t - b for x, t, b in zip(x, this, before)]
    return rows


@residuals("himmelblau")
def _(x, m):
    return [x[0] ** 2 + x[1] - 11, x[0] + x[1] ** 2 - 7]


@residuals("booth")
def _(x, m):
    return [x[0] + 2 * x[1] - 7, 2 * x[0] + x[1] - 5]


@residuals("one-one-one")
def _(x, m):
    return [1 - x[0] * x[1]]


@value("goldstein-price")
def _(p, m):
    x, y = p
    a = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    return a * (30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2))


@value("styblinski-tang")
def _(x, m):
    return sum(x**4 - 16 * x**2 + 5 * x for x in x) / 2


@value("rastrigin")
def _(x, m):
    return sum(10 + x**2 - 10 * m.cos(2 * m.pi * x) for x in x)


@value("ackley")
def _(x, m):
    n = len(x)
    radius = m.sqrt(sum(x**2 for x in x) / n)
    return 20 + m.e - 20 * m.exp(-radius / 5) - m.exp(sum(m.cos(2 * m.pi * x) for x in x) / n)


@value("griewank")
def _(x, m):
    product = 1
    for i, each in enumerate(x):
        product *= m.cos(each / m.sqrt(m.mpf(i + 1)))
    return 1 + sum(x**2 for x in x) / 4000 - product


@value("schaffer-n2")
def _(p, m):
    x, y = p
    return (m.sin(x**2 - y**2) ** 2 - m.mpf("0.5")) / (1 + (x**2 + y**2) / 1000) ** 2 + m.mpf("0.5")


@value("schaffer-n4")
def _(p, m):
    x, y = p
    return (m.cos(m.sin(abs(x**2 - y**2))) ** 2 - m.mpf("0.5")) / (1 + (x**2 + y**2) / 1000) ** 2 + m.mpf("0.5")


@value("cross-in-tray")
def _(p, m):
    x, y = p
    inner = abs(m.sin(x) * m.sin(y) * m.exp(abs(100 - m.sqrt(x**2 + y**2) / m.pi)))
    return -(inner + 1) ** m.mpf("0.1") / 10**4


@value("eggholder")
def _(p, m):
    x, y = p
    return -(y + 47) * m.sin(m.sqrt(abs(x / 2 + y + 47))) - x * m.sin(m.sqrt(abs(x - (y + 47))))


@value("holder-table")
def _(p, m):
    x, y = p
    return -abs(m.sin(x) * m.cos(y) * m.exp(abs(1 - m.sqrt(x**2 + y**2) / m.pi)))


@value("mccormick")
def _(p, m):
    x, y = p
    return m.sin(x + y) + (x - y) ** 2 - 3 * x / 2 + 5 * y / 2 + 1


@value("branin")
def _(p, m):
    x, y = p
    bend = y - m.mpf("5.1") / (4 * m.pi**2) * x**2 + 5 / m.pi * x - 6
    return bend**2 + 10 * (1 - 1 / (8 * m.pi)) * m.cos(x) + 10


@value("six-hump-camel")
def _(p, m):
    x, y = p
    return (4 - m.mpf("2.1") * x**2 + x**4 / 3) * x**2 + x * y + (-4 + 4 * y**2) * y**2


@value("matyas")
def _(p, m):
    return m.mpf("0.26") * (p[0] ** 2 + p[1] ** 2) - m.mpf("0.48") * p[0] * p[1]


@value("saddle")
def _(p, m):
    return p[0] ** 2 - p[1] ** 2


@value("monkey-saddle")
def _(p, m):
    return p[0] ** 3 - 3 * p[0] * p[1] ** 2


@value("ravine")
def _(p, m):
    return (p[0] ** 2 + 100 * p[1] ** 2) / 2


@value("sphere")
def _(x, m):
    return sum(x**2 for x in x)


@value("ellipsoid")
def _(x, m):
    n = len(x)
    return sum(m.mpf(10) ** (m.mpf(6 * i) / (n - 1)) * x**2 for i, x in enumerate(x))


@value("cigar")
def _(x, m):
    return x[0] ** 2 + 10**6 * sum(x**2 for x in x[1:])


@value("different-powers")
def _(x, m):
    n = len(x)
    return sum(abs(x) ** (2 + m.mpf(10 * i) / (n - 1)) for i, x in enumerate(x))


def function(name, m=mpmath):
    if name in VALUES:
        return lambda x: VALUES[name](x, m)
    return lambda x: sum(r**2 for r in RESIDUALS[name](x, m))


# The usual numbers of variables and standard starts.
STARTS = {
    "rosenbrock": [-1.2, 1], "freudenstein-roth": [0.5, -2], "powell-badly-scaled": [0, 1], "brown-badly-scaled": [1, 1],
    "beale": [1, 1], "jennrich-sampson": [0.3, 0.4], "helical-valley": [-1, 0, 0], "bard": [1, 1, 1], "gaussian": [0.4, 1, 0],
    "meyer": [0.02, 4000, 250], "gulf": [5, 2.5, 0.15], "box-3d": [0, 10, 20], "powell-singular": [3, -1, 0, 1],
    "wood": [-3, -1, -3, -1], "kowalik-osborne": [0.25, 0.39, 0.415, 0.39], "brown-dennis": [25, 5, -5, -1],
    "osborne-1": [0.5, 1.5, -1, 0.01, 0.02], "biggs-exp6": [1, 2, 1, 1, 1, 1],
    "osborne-2": [1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5], "watson": [0] * 6, "extended-rosenbrock": [-1.2, 1] * 5,
    "extended-powell-singular": [3, -1, 0, 1] * 3, "penalty-1": list(range(1, 11)), "penalty-2": [0.5] * 10,
    "variably-dimensioned": [1 - (j + 1) / 10 for j in range(10)], "trigonometric": [0.1] * 10, "brown-almost-linear": [0.5] * 10,
    "discrete-boundary-value": [(j / 11) * (j / 11 - 1) for j in range(1, 11)],
    "discrete-integral-equation": [(j / 11) * (j / 11 - 1) for j in range(1, 11)], "broyden-tridiagonal": [-1] * 10,
    "broyden-banded": [-1] * 10, "linear-full-rank": [1] * 10, "linear-rank-1": [1] * 10, "linear-rank-1-zero": [1] * 10,
    "chebyquad": [j / 9 for j in range(1, 9)], "himmelblau": [0, 0], "booth": [0, 0], "one-one-one": [3, 1.5],
    "goldstein-price": [-0.5, 0.5], "styblinski-tang": [0, 0], "rastrigin": [2.2, 2.2], "ackley": [2.2, 2.2], "griewank": [4, 4],
    "schaffer-n2": [2, 1], "schaffer-n4": [2, 1], "cross-in-tray": [3, 2], "eggholder": [0, 0], "holder-table": [7, 8],
    "mccormick": [0, 0], "branin": [2.5, 7.5], "six-hump-camel": [-1, 1], "matyas": [5, -3], "saddle": [-1.5, 0.001],
    "monkey-saddle": [1.5, 0.001], "ravine": [-9, 2], "sphere": [1] * 10, "ellipsoid": [1] * 10, "cigar": [1] * 10,
    "different-powers": [1] * 10,
}  # fmt: skip


def start_of(name, n):
    """The standard start with n variables, of those that are searched with several n."""
    if name == "rosenbrock":
        return [-1.2 if j % 2 == 0 else 1.0 for j in range(n)]
    if name == "chebyquad":
        return [j / (n + 1) for j in range(1, n + 1)]
    if name == "penalty-1":
        return list(range(1, n + 1))
    return [STARTS[name][0]] * n if n != len(STARTS[name]) else STARTS[name]


def steps(x):
    return [mpmath.mpf(10) ** -20 * max(1, abs(x)) for x in x]


def gradient(f, x):
    def part(i, h):
        up, down = list(x), list(x)
        up[i], down[i] = x[i] + h, x[i] - h
        return (f(up) - f(down)) / (2 * h)

    return [part(i, h) for i, h in enumerate(steps(x))]


def hessian(f, x):
    """By second differences of the value: right to some 15 digits, enough for Newton's method."""
    n, h = len(x), [mpmath.mpf(10) ** 5 * h for h in steps(x)]
    rows = mpmath.matrix(n, n)
    for i in range(n):
        for j in range(i + 1):
            total = 0
            for a, b in ((1, 1), (-1, -1), (1, -1), (-1, 1)):
                moved = list(x)
                moved[i] += a * h[i]
                moved[j] += b * h[j]
                total += a * b * f(moved)
            rows[i, j] = rows[j, i] = total / (4 * h[i] * h[j])
    return rows


def refine(name, x, free):
    """The minimum near x, in which the coordinates `free` move, or None."""
    f, x = function(name), [mpmath.mpf(float(x)) for x in x]

    def of_free(z):
        moved = list(x)
        for i, z in zip(free, z):
            moved[i] = z
        return f(moved)

    z = [x[i] for i in free]
    for iteration in range(15):
        g = gradient(of_free, z)
        try:
            # From so near, one Hessian serves several steps.
            h = hessian(of_free, z) if iteration % 3 == 0 else h
            step = mpmath.lu_solve(h, mpmath.matrix(g))
        except (ZeroDivisionError, ValueError):
            return None
        z = [z - s for z, s in zip(z, step)]
        if max(abs(s) / max(abs(z), mpmath.mpf(10) ** -6) for z, s in zip(z, step)) < mpmath.mpf(10) ** -24:
            break
        if max(abs(z) for z in z) > 10**5:
            return None
    else:
        return None
    d = [1 / mpmath.sqrt(abs(h[i, i])) if h[i, i] != 0 else mpmath.mpf(1) for i in range(len(z))]
    scaled = np.array([[float(h[i, j] * d[i] * d[j]) for j in range(len(z))] for i in range(len(z))])
    if np.linalg.eigvalsh(scaled)[0] < -1e-12:
        return None
    for i, z in zip(free, z):
        x[i] = z
    least = f(x)
    return float(least) if abs(least) > mpmath.mpf(10) ** -35 else 0.0, [float(x) if abs(x) > mpmath.mpf(10) ** -20 else 0.0 for x in x]


# What is searched: name, n, how many starts, the box of the starts, and which values have a closed form (and are left away).
SURFACE = {
    "himmelblau": [(-5, 5)] * 2, "goldstein-price": [(-2, 2)] * 2, "styblinski-tang": [(-5, 5)] * 2,
    "schaffer-n4": [(-2, 2)] * 2, "cross-in-tray": [(-3, 3)] * 2, "holder-table": [(-10, 10)] * 2,
    "mccormick": [(-1.5, 4), (-3, 4)], "branin": [(-5, 10), (0, 15)], "six-hump-camel": [(-2, 2), (-1.2, 1.2)],
}  # fmt: skip
# Of these only the least value is wanted: the others are without number.
LEAST_ONLY = {"schaffer-n4", "cross-in-tray", "holder-table"}
HAS_ZEROS = {
    "rosenbrock", "freudenstein-roth", "biggs-exp6", "trigonometric"
}  # fmt: skip
SEARCHES = (
    [("rosenbrock", n) for n in range(4, 11)]
    + [(name, len(STARTS[name])) for name in (
        "freudenstein-roth", "powell-badly-scaled", "jennrich-sampson", "bard", "gaussian", "meyer", "kowalik-osborne",
        "brown-dennis", "osborne-1", "biggs-exp6", "osborne-2", "trigonometric", "brown-almost-linear",
        "discrete-boundary-value", "discrete-integral-equation", "broyden-tridiagonal", "broyden-banded",
    )]
    + [("watson", n) for n in (6, 9, 12)]
    + [(name, n) for name in ("penalty-1", "penalty-2") for n in (4, 10)]
    + [("chebyquad", n) for n in range(2, 11)]
    + [(name, 2) for name in SURFACE]
)  # fmt: skip


def candidates(name, n):
    rng = np.random.default_rng(7)
    if name in SURFACE:
        box = np.array(SURFACE[name])
        exact = function(name, Floats)

        def f(x):
            try:
                return exact(x)
            except OverflowError:
                return math.inf

        starts = [rng.uniform(box[:, 0], box[:, 1]) for _ in range(150)]
        if name in LEAST_ONLY:
            starts = [x * signs for x in starts for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1))]
        answers = [minimize(lambda x: f([*map(float, x)]), x, method="BFGS") for x in starts]
        # Some leave the box, beyond which there may be no end.
        answers = [a for a in answers if np.all(box[:, 0] <= a.x) and np.all(a.x <= box[:, 1])]
        least = min(answer.fun for answer in answers)
        yield from (a.x for a in answers if name not in LEAST_ONLY or a.fun < least + 1e-6)
        return
    start = np.array(start_of(name, n), dtype=float)

    def safe(x):
        try:
            r = np.array(RESIDUALS[name]([*map(float, x)], Floats), dtype=float)
            return np.where(np.isfinite(r), r, 1e10)
        except (OverflowError, ValueError, ZeroDivisionError):
            return np.full(rows, 1e10)

    rows = len(RESIDUALS[name]([*map(float, start)], Floats))
    for trial in range(2 if name in ("osborne-2", "watson", "meyer") else 12):
        x0 = start if trial == 0 else start * rng.uniform(0.5, 1.5, n) + rng.normal(0, 0.2, n) * (name not in ("meyer", "osborne-1"))
        if name == "rosenbrock" and trial < 4:
            x0 = np.array([-1.0] + [1.0] * (n - 1))
        if name == "brown-almost-linear" and trial == 1:
            x0 = np.array([0.98] * (n - 1) + [1.2])
        if name == "broyden-banded" and trial == 1:
            x0 = np.array([0.21, 0.26, 0.23, 0.20, 0.20, 0.22, 0.16, 0.05, -0.08, -0.15])
        if name == "powell-badly-scaled":
            x0 = np.array([1e-5, 9.0])
        yield least_squares(safe, x0, method="trf", x_scale="jac", xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=400).x


def search(task):
    name, n = task
    found = []
    seen = []
    for x in candidates(name, n):
        if name == "chebyquad":
            x = np.sort(x)
        if not np.all(np.isfinite(x)) or any(np.allclose(x, s, rtol=1e-3, atol=1e-3 * np.max(np.abs(s))) for s in seen):
            continue
        seen.append(x)
        try:
            minimum = refine(name, x, range(n))
        except (OverflowError, ValueError, ZeroDivisionError):
            continue
        if minimum is None or max(abs(c) for c in minimum[1]) > 1e5 or minimum[0] > 1e5:
            continue
        known = (minimum[0] == 0.0 and name in HAS_ZEROS) or (name == "himmelblau" and np.allclose(minimum[1], [3, 2]))
        known = known or (name == "brown-almost-linear" and (np.allclose(minimum[1], 1.0) or minimum[0] > 0.999))
        if not known and not any(np.allclose(minimum[1], p, rtol=1e-9, atol=1e-12) for _, p in found):
            found.append(minimum)
    found.sort()
    if name in LEAST_ONLY:
        found = [m for m in found if abs(m[0] - found[0][0]) < 1e-9]
    if name == "trigonometric":
        found = found[:4]
    return [(name, n, value, point) for value, point in found]


@functools.cache
def others():
    """Minima on a bound, and at infinity."""
    eggholder = refine("eggholder", [512.0, 404.2319], [1])
    y = [mpmath.mpf(y) for y in BARD]
    mean = sum(y) / len(y)
    limit = "kowalik-osborne at infinity"
    x = least_squares(lambda x: np.array(RESIDUALS[limit]([*x], Floats)), [-14.0, -11.0, -9.0], xtol=1e-15, ftol=1e-15, x_scale="jac").x
    kowalik = refine(limit, x, range(3))
    # Two of the three exponentials are the same, and only the sum 2c of their factors matters: a line, of saddles where both have the
    # same sign (by the Hessian) and of minima where they have not.
    two = "biggs-exp6 of two exponentials"
    x = least_squares(lambda x: np.array(RESIDUALS[two]([*x], Floats)), [1.7, 17.7, 1.16, 5.2], xtol=1e-15, ftol=1e-15).x
    value, (a, b, c, d) = refine(two, x, range(4))
    return [
        ("biggs-exp6", 6, value, [a, b, 4 * c, d, a, -2 * c]),
        ("eggholder", 2, *eggholder),
        ("bard", 3, float(sum((y - mean) ** 2 for y in y)), []),
        ("kowalik-osborne", 4, kowalik[0], []),
    ]


def digits(x):
    return repr(float(x))


def write_minima(found):
    lines = [
        "//! Minima without a closed form. Written by `tools/golden/minima.py`, which computed them to more digits than f64 has.\n",
        "/// Name, n, value, and the point, which is empty where variables go to infinity.",
        "#[rustfmt::skip]",
        "#[allow(clippy::unreadable_literal, clippy::approx_constant, clippy::excessive_precision)]",
        "pub(super) static MINIMA: &[(&str, usize, f64, &[f64])] = &[",
    ]
    for name, n, value, point in found:
        lines.append(f'    ("{name}", {n}, {digits(value)}, &[{", ".join(map(digits, point))}]),')
    lines.append("];\n")
    (ROOT / "crates/ravine/src/problem/minima.rs").write_text("\n".join(lines))


def write_values():
    problems = []
    for name, start in STARTS.items():
        f = function(name)
        start = [float(x) for x in start]
        beside = [x + 0.05 * (-1) ** j + 0.01 * j for j, x in enumerate(start)]
        points = []
        for x in (start, beside):
            exact = [mpmath.mpf(x) for x in x]
            kink = name in ("eggholder",) and x is start
            slopes = None if kink else [float(g) for g in gradient(f, exact)]
            points.append({"x": x, "value": float(f(exact)), "gradient": slopes})
        problems.append({"name": name, "n": len(start), "points": points})
    text = ",\n".join(json.dumps(p) for p in problems)
    (ROOT / "crates/ravine/tests/golden/problems.json").write_text('{"problems": [\n' + text + "\n]}\n")


if __name__ == "__main__":
    write_values()
    found = {}
    with ProcessPoolExecutor() as pool:
        searches = {pool.submit(search, task): task for task in SEARCHES}
        for done in as_completed(searches):
            found[searches[done]] = done.result()
            print(*searches[done], [value for _, _, value, _ in done.result()], file=sys.stderr, flush=True)
            write_minima([m for task in SEARCHES for m in found.get(task, [])] + list(others()))
