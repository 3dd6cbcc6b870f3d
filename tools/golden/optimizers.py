"""Golden trajectories of the optimisers, from PyTorch, pytorch_optimizer, Optax, or the formula itself, in f64.

    .venv/bin/python tools/golden/optimizers.py                   # all of crates/ravine/tests/golden, but for the schedules
    .venv/bin/python tools/golden/optimizers.py classic lion      # the cases of cases/classic.py, and the case lion
    .venv/bin/python tools/golden/optimizers.py --list

README.md, beside this file, describes the files, and says how to add a case and which library is followed where they disagree.
"""

import argparse
from importlib import import_module
from pathlib import Path

from data import DATA
from harness import OUT, write

FAMILIES = sorted(path.stem for path in Path(__file__).with_name("cases").glob("*.py"))


def find(wanted):
    """The cases by name and their families, or of them what is wanted: by the name of its family or its own."""
    found, families = {}, {}
    for family in FAMILIES:
        for case in import_module(f"cases.{family}").cases():
            if case.name in found:
                raise SystemExit(f"{case.name} is in {families[case.name]} and in {family}")
            found[case.name], families[case.name] = case, family
    if unknown := set(wanted) - set(FAMILIES) - set(found):
        raise SystemExit(f"no family or case of this name: {', '.join(sorted(unknown))}")
    if wanted:
        found = {name: case for name, case in found.items() if name in wanted or families[name] in wanted}
    return found, families


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("names", nargs="*", metavar="NAME", help="families or cases; without a name, all")
    arguments.add_argument("--list", action="store_true", help="only say which cases there are")
    arguments = arguments.parse_args()
    found, families = find(arguments.names)
    if arguments.list:
        for name, case in found.items():
            print(f"{families[name]:16}{name:40}{case.recipe:20}{case.source}")
        return
    for data in DATA.values():
        write(data.name, data.document())
    for case in found.values():
        case.write()
    size = sum((OUT / f"{name}.json").stat().st_size for name in found)
    print(f"{len(found)} cases, {size / 1e3:.0f} kB in {OUT}")
    known = {*families, *DATA, "points", "schedules"}
    for path in sorted(OUT.glob("*.json")):
        if path.stem not in known:
            print(f"no case makes {path.name}: remove it")


if __name__ == "__main__":
    main()
