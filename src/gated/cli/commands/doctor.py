"""Runs `gated doctor`, which shows what is installed, what works and what the terminal can draw."""

import os
import platform
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import typer

import gated
from gated.cli.commands.torch_state import ABSENT, AGREES, TOLERANCE, torch_state
from gated.cli.console.messages import Messages
from gated.cli.console.native_advice import installation_steps
from gated.cli.console.visible_console import VisibleConsole
from gated.cli.output.encoding import as_json as encoded_json
from gated.cli.output.stdout import to_stdout
from gated.datasets import shop_file
from gated.ops.arrays import gru_states
from gated.ops.cpu import extension
from gated.ops.reference import gru
from gated.threads import thread_count

__all__ = ["examine", "run"]

_STATES = {AGREES: "agrees with the equations"}

_NEEDED = ("numpy", "pyarrow", "narwhals", "safetensors", "typer", "rich")
_OPTIONAL = ("pandas", "polars", "scikit-learn", "utilsforecast")


def run(*, as_json: bool) -> None:
    """Run `gated doctor`: print the findings to stdout.

    Args:
        as_json: one JSON object instead of lines.

    Raises:
        typer.Exit: with 1 when something that gated needs does not work.
    """
    found = examine()
    if as_json:
        to_stdout(encoded_json(found))
    else:
        report = Messages(console=VisibleConsole(highlight=False))
        for label, sentences in _labelled_lines(found).items():
            report.write(label, *sentences)
    states = [state for kinds in found["backends"].values() for state in kinds.values()]
    is_computing = all(state in (AGREES, ABSENT) for state in [found["forecasts"], *states])
    if not (is_computing and found["demo data"]["present"]):
        raise typer.Exit(1)


def examine() -> dict[str, Any]:
    """Return the findings as plain values."""
    engine, backends = torch_state() if find_spec("torch") is not None else (None, {})
    return {
        "gated": gated.__version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpu": {
            "model": _cpu_model(),
            "cores": os.cpu_count(),
        },
        "torch": engine,
        "C++": _native_state(),
        "forecasts": _arrays_state(),
        "backends": backends,
        "packages": {name: _version(name) for name in _NEEDED},
        "optional": {name: _version(name) for name in _OPTIONAL},
        "demo data": {"path": str(shop_file()), "present": shop_file().is_file()},
        "terminal": _terminal(),
    }


def _labelled_lines(found: dict[str, Any]) -> dict[str, list[str]]:
    """Return the findings as sentences by their label."""
    cpu, terminal = found["cpu"], found["terminal"]
    data = found["demo data"]
    drawing = "draws braille" if terminal["braille"] else "draws plain ASCII"
    shown = f"{terminal['width']}×{terminal['height']}, {drawing}, colours: {terminal['colours']}"
    return {
        "gated": [found["gated"]],
        "python": [f"{found['python']}, {found['system']}"],
        "cpu": [f"{cpu['model']}, cores: {cpu['cores']}"],
        "torch": [_engine_line(found["torch"])],
        "C++": _native_lines(found["C++"]),
        "NumPy": [f"the recurrence {_STATES.get(found['forecasts'], found['forecasts'])}"],
        "backends": [_backend_line(name, kinds) for name, kinds in found["backends"].items()],
        "packages": [_packages_line(found["packages"])],
        "optional": [_packages_line(found["optional"])],
        "data": [data["path"] if data["present"] else f"{data['path']} is missing"],
        "terminal": [
            shown if terminal["present"] else "stdout is not a terminal: data is written as CSV"
        ],
    }


def _engine_line(found: dict[str, Any] | None) -> str:
    if found is None:
        return 'not installed: only training needs it, pip install "gated[train]"'
    return f"{found['version']}, threads: {found['threads']}, GPU: {found['gpu'] or 'none'}"


def _native_lines(found: dict[str, Any]) -> list[str]:
    if not found["live"]:
        return [f"not used: {found['reason']}", *found["remedy"]]
    can, built = (", ".join(found[name]) for name in ("instruction sets", "built"))
    sets = f"built: {built}" if can == built else f"built: {built}; here: {can}"
    return [f"used, {found['instruction set']} ({sets}), threads: {found['threads']}"]


def _backend_line(name: str, kinds: dict[str, str]) -> str:
    if all(state == ABSENT for state in kinds.values()):
        return f"{name}: absent"
    if all(state == AGREES for state in kinds.values()):
        return f"{name}: {', '.join(kinds)} work and agree with the equations"
    return f"{name}: " + ", ".join(f"{kind} {state}" for kind, state in kinds.items())


def _packages_line(versions: dict[str, str | None]) -> str:
    return ", ".join(f"{name} {version or '(absent)'}" for name, version in versions.items())


def _native_state() -> dict[str, Any]:
    """Return how the C++ recurrences are used, or how to install them."""
    reason = extension.reason()
    is_installable = reason is not None and "GATED_ISA" not in os.environ
    return {
        "live": reason is None,
        "instruction set": extension.instruction_set(),
        "instruction sets": list(extension.instruction_sets()),
        "built": list(extension.built_instruction_sets()),
        "threads": thread_count(),
        "reason": reason,
        "remedy": installation_steps() if is_installable else [],
    }


def _arrays_state() -> str:
    """Run the recurrence of forecasts once on this machine and compare it with the reference."""
    draws = np.random.default_rng(0)
    shapes = ((12, 3), (12, 4), (12,), (12,), (2, 5, 3))
    w_ih, w_hh, b_ih, b_hh, x = (draws.normal(size=s).astype(np.float32) for s in shapes)
    zero = np.zeros((2, 4), np.float32)
    expected, _ = gru.sequence(x.swapaxes(0, 1), zero, w_ih, w_hh, b_ih, b_hh)
    found = gru_states([w_ih, w_hh, b_ih, b_hh], x)
    off = float(np.abs(found.swapaxes(0, 1) - expected).max())
    return AGREES if off <= TOLERANCE else f"is off by {off:.1e}"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _cpu_model() -> str:
    """Return the processor's name; on Linux it is in a file that `platform` does not read."""
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text(errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _terminal() -> dict[str, Any]:
    console = VisibleConsole()
    return {
        "present": console.is_terminal,
        "width": console.width,
        "height": console.height,
        "colours": "none" if console.no_color else console.color_system or "none",
        "braille": not console.options.ascii_only,
    }
