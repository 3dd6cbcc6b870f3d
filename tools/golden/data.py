"""The data that the cases run on: parameters, and for every step a gradient and a learning rate."""

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

STEPS = 60
# It moves at every step and stays positive.
LEARNING_RATES = [round(0.05 * 0.98**t + 0.01 * math.sin(0.9 * t), 8) for t in range(1, STEPS + 1)]
# For methods that want to know the loss: above zero, falling, and never twice the same.
LOSSES = [round(0.3 + 1.5 * 0.95**t * (1 + 0.3 * math.sin(0.7 * t)), 6) for t in range(1, STEPS + 1)]


@dataclass(frozen=True)
class Data:
    name: str
    shapes: dict
    # Whoever counts steps once for all parameters is found out by one that misses its first steps and one that misses a later one.
    missing: dict = field(default_factory=dict)
    zero: dict = field(default_factory=dict)
    # Without it, sin(i + j) makes every matrix one of rank 2 (and every gradient one of rank 4), which only exercises rounding errors in
    # methods that take a matrix's inverse root.
    bend: float = 0.0
    # Whether there is an estimate of the Hessian's diagonal for every step: it belongs to no function, and has both signs.
    curved: bool = False

    def indices(self):
        first = 0
        for name, shape in self.shapes.items():
            size = math.prod(shape)
            yield name, shape, np.arange(first, first + size)
            first += size

    @cached_property
    def parameters(self):
        return {
            name: np.round(1.5 * np.sin(2.3 * index + self.bend * index**2 + 0.5), 4).reshape(shape)
            for name, shape, index in self.indices()
        }

    @cached_property
    def gradients(self):
        """For each step and parameter an array, or None where the gradient is missing.

        Each coordinate keeps a drift and swings around it. The size rises to a peak at step 9 and falls again, so that clipping acts
        at some steps only, and a running maximum differs from a running mean.
        """
        return [{name: self.gradient(t, name, shape, index) for name, shape, index in self.indices()} for t in range(1, STEPS + 1)]

    def gradient(self, t, name, shape, index):
        if t in self.missing.get(name, ()):
            return None
        if t in self.zero.get(name, ()):
            return np.zeros(shape)
        size_now = 0.08 + 0.9 * math.exp(-(((t - 9) / 5) ** 2))
        swing = np.sin(0.7 + 1.3 * index + self.bend * index**2 + 0.37 * t + 0.011 * index * t)
        drift = 0.5 * np.cos(1.9 * index + 0.2)
        return np.round(size_now * (swing + drift), 6).reshape(shape)

    @cached_property
    def hessians(self):
        return [{name: self.hessian(t, shape, index) for name, shape, index in self.indices()} for t in range(1, STEPS + 1)]

    def hessian(self, t, shape, index):
        return np.round(0.7 + 1.3 * np.sin(0.9 + 1.7 * index + 0.23 * t), 6).reshape(shape)

    def document(self):
        hessians = [{name: hessian.ravel().tolist() for name, hessian in step.items()} for step in self.hessians]
        return {
            "parameters": {name: {"shape": list(value.shape), "values": value.ravel().tolist()} for name, value in self.parameters.items()},
            "lr": LEARNING_RATES,
            "gradients": [
                {name: None if gradient is None else gradient.ravel().tolist() for name, gradient in step.items()} for step in self.gradients
            ],
            **({"hessians": hessians} if self.curved else {}),
        }


COMMON = {"a": (4, 3), "b": (5,), "c": (2, 3, 2), "d": ()}
PLANE = {"tall": (6, 4), "wide": (4, 6), "square": (3, 3)}
MATRICES = {**PLANE, "vector": (8,), "cube": (2, 3, 4)}

DATA = {
    data.name: data
    for data in (
        Data("common", COMMON, missing={"c": {1, 2}, "b": {7}}, zero={"a": {11}}),
        Data("common_full", COMMON, zero={"a": {11}}),
        Data("common_curved", COMMON, missing={"c": {1, 2}, "b": {7}}, zero={"a": {11}}, curved=True),
        Data("matrices", MATRICES, missing={"wide": {1, 2}, "square": {7}}, bend=0.31),
        Data("matrices_only", PLANE, missing={"wide": {1, 2}, "square": {7}}, bend=0.31),
    )
}
