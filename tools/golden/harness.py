"""Cases, and what runs them: PyTorch, pytorch_optimizer, Optax, or a formula in NumPy, all in f64.

A family file in cases/ makes its cases with `torch_case`, `pytorch_optimizer_case`, `optax_case`, `formula_case` and, where none fits,
`Case`. README.md says how, and describes the files that come out.
"""

import inspect
import json
import math
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import jax
import numpy as np
import optax
import torch

from data import DATA, LEARNING_RATES, STEPS

jax.config.update("jax_enable_x64", True)
torch.set_num_threads(1)

OUT = Path(__file__).resolve().parents[2] / "crates/ravine/tests/golden"
SNAPSHOTS = [1, 2, 3, 5, 8, 12, 20, 30, 40, 50, 60]


class Step(NamedTuple):
    index: int  # from 0
    gradients: dict  # None where one is missing
    lr: float
    loss: float | None
    hessians: dict | None  # of all parameters, in steps that bring an estimate


@dataclass
class Case:
    name: str
    recipe: str
    settings: dict
    source: str
    run: Callable  # run(case) gives the fields that are computed
    data: str = "common"
    lr_factor: float | None = None
    loss: list | None = None
    hessian: str | None = None  # "every" step brings the data's estimate of the Hessian's diagonal, or "some"
    clip: tuple | None = None
    ema_decay: float | None = None
    tolerance: float | None = None
    f32_tolerance: float | None = None

    def parameters(self):
        return {name: value.copy() for name, value in DATA[self.data].parameters.items()}

    def steps(self):
        for index, gradients in enumerate(DATA[self.data].gradients):
            if self.clip:
                kind, bound = self.clip
                gradients = CLIPS[kind](bound, gradients)
            lr = LEARNING_RATES[index] * (1.0 if self.lr_factor is None else self.lr_factor)
            hessians = DATA[self.data].hessians[index] if index + 1 in self.hessian_steps() else None
            yield Step(index, gradients, lr, None if self.loss is None else self.loss[index], hessians)

    def hessian_steps(self):
        """The first three, in one of which each parameter has its first gradient, and then every one or every fourth."""
        if self.hessian is None:
            return []
        return [t for t in range(1, STEPS + 1) if self.hessian == "every" or t <= 3 or t % 4 == 0]

    def trajectory(self, advance, states=dict):
        """Call `advance(step)`, which gives the new parameters, for every step; keep the snapshots, also of `states()`."""
        kept, kept_states = {}, {}
        for step in self.steps():
            now = advance(step)
            if (t := step.index + 1) in SNAPSHOTS:
                kept[str(t)] = flat(now)
                for state, arrays in states().items():
                    kept_states.setdefault(state, {})[str(t)] = flat(arrays)
        return {"snapshots": kept, **({"states": kept_states} if kept_states else {})}

    def document(self):
        optional = {
            "data": self.data if self.data != "common" else None,
            "lr_factor": self.lr_factor,
            "clip": self.clip and dict(zip(("kind", "bound"), self.clip)),
            "ema_decay": self.ema_decay,
            "tolerance": self.tolerance,
            "f32_tolerance": self.f32_tolerance,
            "loss": self.loss,
            "hessian_steps": self.hessian_steps() or None,
        }
        return {
            "case": self.name,
            "recipe": self.recipe,
            "settings": {name: text(value) for name, value in self.settings.items()},
            "source": self.source,
            **{name: value for name, value in optional.items() if value is not None},
            **self.run(self),
        }

    def write(self):
        write(self.name, self.document())


def text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def flat(arrays):
    return {name: np.asarray(array, dtype=np.float64).ravel().tolist() for name, array in arrays.items()}


def write(name, document):
    OUT.mkdir(parents=True, exist_ok=True)
    # One line per field: a change of one case shows as such, and the files stay small.
    lines = [f"{json.dumps(key)}: {json.dumps(value, allow_nan=False)}" for key, value in document.items()]
    (OUT / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")


def settings_of(options):
    """A library's options under Ravine's names."""
    renamed = {"b1": "beta1", "b2": "beta2", "b3": "beta3"}
    settings = {}
    for name, value in options.items():
        if name == "betas":
            settings |= {f"beta{number}": beta for number, beta in enumerate(value, 1)}
        else:
            settings[renamed.get(name, name)] = value
    return settings


def joint(fields):
    """The fields of a case that steps all parameters together, for which no gradient may be missing."""
    fields = {"data": "common_full", **fields}
    assert not DATA[fields["data"]].missing, f"{fields['data']} misses gradients"
    return fields


# Clipping, exactly as the formula says: torch.nn.utils.clip_grad_norm_ adds 1e-6 to the norm, which would show at 1e-12.


def norm(arrays):
    return math.sqrt(sum(float(np.sum(array * array)) for array in arrays))


def clip_by_global_norm(bound, grads):
    scale = min(1.0, bound / norm([g for g in grads.values() if g is not None]))
    return {name: None if g is None else g * scale for name, g in grads.items()}


def clip_by_norm(bound, grads):
    return {name: None if g is None else g * min(1.0, bound / max(norm([g]), 1e-300)) for name, g in grads.items()}


def clip_by_value(bound, grads):
    return {name: None if g is None else np.clip(g, -bound, bound) for name, g in grads.items()}


CLIPS = {"global_norm": clip_by_global_norm, "norm": clip_by_norm, "value": clip_by_value}


# torch.optim and what has its interface


def torch_case(name, recipe, optimizer, options, settings=None, group=None, **more):
    """One optimizer of torch.optim over all parameters: it counts the steps of each one by itself."""
    settings = settings_of(options) if settings is None else settings
    run = lambda case: with_torch(case, optimizer, options, together=True, group=group)
    return Case(name, recipe, settings, f"torch {torch.__version__.split('+')[0]}", run, **more)


def pytorch_optimizer_case(name, recipe, optimizer, options, settings=None, together=False, group=None, **more):
    """pytorch_optimizer counts the steps of a group, so each parameter has an optimizer of its own, unless the method needs all of
    them `together`: then the data must be without missing gradients."""
    settings = settings_of(options) if settings is None else settings
    run = lambda case: with_torch(case, optimizer, options, together, group)
    return Case(name, recipe, settings, f"pytorch_optimizer {version('pytorch_optimizer')}", run, **(joint(more) if together else more))


def with_torch(case, optimizer, options, together, group=None):
    """`group(name, shape)` gives what else stands in a parameter's group, such as {"use_muon": True}."""
    torch.manual_seed(0)
    parameters = {name: torch.nn.Parameter(torch.tensor(value)) for name, value in case.parameters().items()}
    accepted = inspect.signature(optimizer).parameters
    defaults = {name: value for name, value in {"lr": 1.0, "foreach": False}.items() if name in accepted}

    def engine(names):
        if group is None:
            groups = [parameters[name] for name in names]
        else:
            groups = [{"params": [parameters[name]], **group(name, tuple(parameters[name].shape))} for name in names]
        return names, optimizer(groups, **{**defaults, **options})

    engines = [engine(list(parameters))] if together else [engine([name]) for name in parameters]
    averages = {} if case.ema_decay is None else {name: torch_average(value, case.ema_decay) for name, value in parameters.items()}
    averaged = set()

    def advance(step):
        for name, parameter in parameters.items():
            gradient = step.gradients[name]
            parameter.grad = None if gradient is None else torch.tensor(gradient)
        for names, engine in engines:
            if all(step.gradients[name] is None for name in names):
                continue
            for held in engine.param_groups:
                held["lr"] = step.lr
            hessian = {"hessian": [torch.tensor(step.hessians[name]) for name in names]} if step.hessians else {}
            engine.step(*(() if step.loss is None else [lambda: torch.tensor(step.loss, dtype=torch.float64)]), **hessian)
        for name, (average, holder) in averages.items():
            if step.gradients[name] is not None:
                average.update_parameters(holder)
                averaged.add(name)
        for parameter in parameters.values():
            assert parameter.dtype == torch.float64
        return {name: parameter.detach().numpy().copy() for name, parameter in parameters.items()}

    def states():
        # A parameter that has had no gradient yet has no average.
        return {"ema": {name: averages[name][0].module[0].detach().numpy() for name in parameters if name in averaged}} if averages else {}

    return case.trajectory(advance, states)


def torch_average(parameter, decay):
    holder = torch.nn.ParameterList([parameter])
    average = torch.optim.swa_utils.AveragedModel(holder, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(decay))
    # The first call only copies: made here, it lets the average start from the initial parameter.
    average.update_parameters(holder)
    return average, holder


# Optax


def optax_case(name, recipe, optimizer, options, settings=None, together=False, **more):
    """`optimizer(learning_rate=…, **options)` gives the transformation. Every parameter has a state of its own, left alone at the steps
    where the gradient is missing, unless the method needs all of them `together`."""
    settings = settings_of(options) if settings is None else settings
    run = lambda case: with_optax(case, optimizer, options, together)
    return Case(name, recipe, settings, f"optax {optax.__version__}", run, **(joint(more) if together else more))


def with_optax(case, optimizer, options, together=False):
    fixed = [name for name in inspect.signature(optimizer).parameters if name != "learning_rate"]
    transform = optax.inject_hyperparams(optimizer, static_args=fixed)(learning_rate=0.0, **options)
    transform = optax.with_extra_args_support(transform)
    now = {name: jax.numpy.asarray(value) for name, value in case.parameters().items()}
    held = {"all": list(now)} if together else {name: [name] for name in now}
    states = {key: transform.init({name: now[name] for name in names}) for key, names in held.items()}

    def advance(step):
        for key, names in held.items():
            if any(step.gradients[name] is None for name in names):
                continue
            states[key].hyperparams["learning_rate"] = jax.numpy.asarray(step.lr, dtype=jax.numpy.float64)
            gradients = {name: jax.numpy.asarray(step.gradients[name]) for name in names}
            before = {name: now[name] for name in names}
            value = {} if step.loss is None else {"value": jax.numpy.asarray(step.loss, dtype=jax.numpy.float64)}
            updates, states[key] = transform.update(gradients, states[key], before, **value)
            now.update(optax.apply_updates(before, updates))
        for value in now.values():
            assert value.dtype == jax.numpy.float64
        return now

    return case.trajectory(advance)


# A formula in NumPy


class State(dict):
    """What a formula keeps between updates. What it has not set yet is zeros in the parameter's shape.

    `step` is the index of the step, from 0, which counts on where gradients are missing; `start` the initial parameter, `name` its
    name, and `loss` the loss of this step, where the case has one; `hessian` the estimate of the Hessian's diagonal, or None.
    """

    def __init__(self, name, start):
        super().__init__()
        self.name, self.start, self.step, self.loss, self.hessian, self.updates = name, start, None, None, None, 0

    def __missing__(self, key):
        return np.zeros_like(self.start)


class JointState(State):
    """The state of all parameters as one vector; `split(vector)` gives the part of each by its name, `join(parts)` the vector back."""

    def __init__(self, parameters):
        super().__init__("all", np.concatenate([value.ravel() for value in parameters.values()]))
        self.shapes = {name: value.shape for name, value in parameters.items()}

    def split(self, vector):
        ends = np.cumsum([math.prod(shape) for shape in self.shapes.values()])[:-1]
        return {name: part.reshape(shape) for (name, shape), part in zip(self.shapes.items(), np.split(vector, ends))}

    def join(self, parts):
        return np.concatenate([np.ravel(parts[name]) for name in self.shapes])


def formula_case(name, recipe, update, options, settings=None, together=False, states=(), source="formula (NumPy)", **more):
    """`update(t, state, x, g, lr, **options)` gives the new x. t counts the updates of this parameter, from 1; see `State`.

    `together` calls it once a step, with all parameters as one vector, and a `JointState`. The `states` named are kept in the file too
    and compared with Ravine's of the same name.
    """
    settings = settings_of(options) if settings is None else settings
    run = lambda case: with_formula(case, update, options, together, states)
    return Case(name, recipe, settings, source, run, **(joint(more) if together else more))


def with_formula(case, update, options, together=False, states=()):
    start = case.parameters()
    whole = JointState(start)
    held = [whole] if together else [State(name, value) for name, value in start.items()]
    now = {state.name: state.start.copy() for state in held}

    def advance(step):
        gradients = {"all": whole.join(step.gradients)} if together else step.gradients
        for state in held:
            gradient = gradients[state.name]
            if gradient is None:
                continue
            state.step, state.loss = step.index, step.loss
            state.hessian = step.hessians and step.hessians[state.name]
            state.updates += 1
            x = now[state.name]
            moved = np.asarray(update(state.updates, state, x.copy(), gradient.copy(), step.lr, **options))
            assert moved.shape == x.shape and moved.dtype == np.float64
            now[state.name] = moved
        return whole.split(now["all"]) if together else now

    def kept(key):
        if together:
            return whole.split(whole[key])
        return {state.name: state[key] for state in held if state.updates}

    return case.trajectory(advance, lambda: {key: kept(key) for key in states})
