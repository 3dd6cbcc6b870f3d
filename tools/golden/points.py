"""Golden trajectories of the methods that ask for gradients at several points, from pytorch_optimizer, in f64.

    .venv/bin/python tools/golden/points.py          # writes crates/ravine/tests/golden/points.json

The problem is a logistic regression with decay, on batches of three rows; README.md, beside this file, says more.
"""

import json
import math
from importlib.metadata import version
from pathlib import Path

import torch
from pytorch_optimizer.optimizer import sam as library

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)

OUT = Path(__file__).resolve().parents[2] / "crates/ravine/tests/golden/points.json"
STEPS, ROWS, BATCH, DECAY = 60, 12, 3, 0.05
SNAPSHOTS = [1, 2, 3, 5, 8, 13, 21, 34, 60]

inputs = [[round(math.sin(1.7 * r + 2.9 * c + 0.3 * r * c), 4) for c in range(4)] for r in range(ROWS)]
targets = [1.0 if math.sin(2.2 * r + 0.4) > 0 else -1.0 for r in range(ROWS)]
start = {"weight": [0.5, -0.8, 0.3, 1.1], "bias": [0.2]}
X, Y = torch.tensor(inputs), torch.tensor(targets)


def square_norm(groups, weight_adaptive=False):
    """In place of pytorch_optimizer's own, which is in f32 whatever the parameters are."""
    weight = lambda p, group: p.abs() if weight_adaptive and group["adaptive"] else 1.0
    squares = [(weight(p, group) * p.grad).square().sum() for group in groups for p in group["params"]]
    return sum(squares).reshape(1)


library.get_global_gradient_norm = square_norm


class Model(torch.nn.Module):
    def __init__(self, names):
        super().__init__()
        for name in names:
            setattr(self, name, torch.nn.Parameter(torch.tensor(start[name])))

    def forward(self, rows):
        logits = X[rows] @ self.weight + (self.bias if hasattr(self, "bias") else 0.0)
        losses = torch.nn.functional.softplus(-Y[rows] * logits)
        return losses.mean() + 0.5 * DECAY * sum(p.square().sum() for p in self.parameters())


def run(make, names=("weight", "bias")):
    model = Model(names)
    optimizer = make(model)
    snapshots = {}
    for step in range(1, STEPS + 1):
        rows = [(BATCH * (step - 1) + i) % ROWS for i in range(BATCH)]

        def closure():
            optimizer.zero_grad()
            loss = model(rows)
            loss.backward()
            return loss

        advance(optimizer, model, closure, step)
        if step in SNAPSHOTS:
            snapshots[step] = {name: p.detach().ravel().tolist() for name, p in model.named_parameters()}
    return snapshots


def advance(optimizer, model, closure, step):
    if isinstance(optimizer, library.GSAM):
        optimizer.rho_t = rho(step)

        def forward_backward():
            with torch.enable_grad():
                return None, closure()

        optimizer.step(forward_backward)
    else:
        closure()
        if isinstance(optimizer, library.LookSAM) and optimizer.get_step() % optimizer.k != 0:
            optimizer.second_step()
        else:
            optimizer.step(closure)


def rho(step):
    """GSAM's radius moves: 0.2 at the first step, 0.1 at the last."""
    return 0.2 - 0.1 * (step - 1) / (STEPS - 1)


class Radius:
    def step(self):
        return rho(1)


MOMENTUM = dict(lr=0.1, momentum=0.9, foreach=False)
ADAMW = dict(lr=0.05, weight_decay=0.01, foreach=False)


def gsam(model):
    base = torch.optim.AdamW(model.parameters(), **ADAMW)
    return library.GSAM(model.parameters(), base, model, Radius(), alpha=0.4, perturb_eps=0.0)


def looksam(model):
    return library.LookSAM(
        model.parameters(), torch.optim.SGD, rho=0.2, k=4, alpha=0.5, perturb_eps=0.0, **MOMENTUM
    )


def main():
    cases = {
        "sam_momentum": run(lambda m: library.SAM(m.parameters(), torch.optim.SGD, rho=0.1, perturb_eps=0.0, **MOMENTUM)),
        "sam_adamw": run(lambda m: library.SAM(m.parameters(), torch.optim.AdamW, rho=0.1, perturb_eps=0.0, **ADAMW)),
        "asam_momentum": run(
            lambda m: library.SAM(
                m.parameters(), torch.optim.SGD, rho=0.5, adaptive=True, perturb_eps=0.0, **MOMENTUM
            )
        ),
        "gsam_adamw": run(gsam),
    }
    # It decomposes and scales per parameter where the paper has the whole gradient, so its problem has one parameter.
    cases["looksam_momentum"] = run(looksam, names=("weight",))
    OUT.write_text(
        json.dumps(
            {
                "source": f"pytorch_optimizer {version('pytorch_optimizer')}, torch {torch.__version__.split('+')[0]}",
                "inputs": inputs,
                "targets": targets,
                "batch": BATCH,
                "decay": DECAY,
                "start": start,
                "rho": [rho(step) for step in range(1, STEPS + 1)],
                "cases": cases,
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
