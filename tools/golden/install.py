"""Make the virtual environment that the golden values and the peer benchmarks run in.

    python3 tools/golden/install.py            # -> .venv at the root of the repository

PyPI has one PyTorch wheel for Linux x86-64, built for CUDA, and its declared dependencies are gigabytes of GPU libraries that a run
on the processor never calls. They cannot be left out as such: the dynamic linker wants every library that PyTorch was linked with.
So PyTorch is installed without its dependencies, the pure Python ones are named in requirements.txt, and each missing GPU library
is replaced by a small one, compiled here, whose every function returns the error "no device". What runs on the processor is
PyTorch's own code, unchanged. Where the wheel is complete without GPU libraries (macOS, Linux on Arm) nothing is compiled.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import venv
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = [Path(__file__).with_name("requirements.txt"), ROOT / "bench/peers/requirements.txt"]

# cudaErrorNoDevice; the other GPU libraries, too, take a number that is not zero for an error.
NO_DEVICE = 100


def output(*command):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def needed(library):
    """The libraries that `library` was linked with."""
    return re.findall(r"\(NEEDED\).*\[(.+)\]", output("readelf", "-W", "-d", library))


def symbols(library):
    """The dynamic symbols of `library`: the names it defines, and the (name, version) pairs it wants from others."""
    defined, wanted = set(), set()
    for line in output("readelf", "-W", "--dyn-syms", library).splitlines():
        field = line.split()
        if len(field) < 8 or not field[0].rstrip(":").isdigit():
            continue
        name, _, version = field[7].partition("@")
        if field[6] == "UND":
            wanted.add((name, version))
        else:
            defined.add(name)
    return defined, wanted


def version_owners(library):
    """Which library each symbol version is expected from."""
    owners, owner = {}, None
    for line in output("readelf", "-W", "-V", library).splitlines():
        if match := re.search(r"File: (\S+)", line):
            owner = match.group(1)
        elif (match := re.search(r"Name: (\S+)\s+Flags", line)) and owner:
            owners[match.group(1)] = owner
    return owners


def stand_in(library, names_by_version, directory):
    """Compile a library whose functions all answer that there is no device."""
    with tempfile.TemporaryDirectory() as scratch:
        source, script = Path(scratch, "stand_in.c"), Path(scratch, "stand_in.map")
        names = sorted({name for names in names_by_version.values() for name in names})
        source.write_text("".join(f"int {name}(void) {{ return {NO_DEVICE}; }}\n" for name in names))
        script.write_text(
            "".join(
                f"{version} {{ global: {' '.join(f'{name};' for name in sorted(names))} }};\n"
                for version, names in names_by_version.items()
                if version
            )
        )
        versions = [f"-Wl,--version-script={script}"] if script.stat().st_size else []
        output("cc", "-shared", "-fPIC", "-w", f"-Wl,-soname,{library}", *versions, "-o", directory / library, source)


def replace_missing_gpu_libraries(directory):
    """Put a stand-in beside PyTorch's own libraries for each GPU library that is not there."""
    present = sorted(path for path in directory.glob("*.so*") if path.is_file())
    gpu = re.compile(r"lib(cu|nccl|nv)")
    missing = {name for path in present for name in needed(path) if gpu.match(name) and not (directory / name).exists()}
    if not missing:
        return []
    defined, wanted, owners = set(), set(), {}
    for path in present:
        has, wants = symbols(path)
        defined |= has
        wanted |= wants
        owners |= version_owners(path)
    functions = {name: defaultdict(set) for name in missing}
    anyone = min(missing)
    for name, version in wanted:
        if version in owners and owners[version] in functions:
            functions[owners[version]][version].add(name)
        elif not version and name not in defined and re.match(r"cu|nccl|nv", name):
            # Without a version the linker takes the name from whichever library has it.
            functions[anyone][""].add(name)
    for library, names_by_version in functions.items():
        stand_in(library, names_by_version, directory)
    return sorted(missing)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--venv", type=Path, default=ROOT / ".venv", help="where the environment goes")
    directory = arguments.parse_args().venv
    if not (directory / "bin/python").exists():
        venv.create(directory, with_pip=True)
    python = directory / "bin/python"
    wanted = [part for path in REQUIREMENTS if path.exists() for part in ("-r", str(path))]
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--no-deps", *wanted], check=True)
    site = Path(output(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    if sys.platform == "linux":
        for library in replace_missing_gpu_libraries(site / "torch/lib"):
            print(f"stand-in for {library}")
    check = "import torch, optax, jax, numpy, pytorch_optimizer; print(torch.__version__, optax.__version__, jax.__version__, numpy.__version__)"
    print(output(python, "-c", check), end="")


if __name__ == "__main__":
    main()
