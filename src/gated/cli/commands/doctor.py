"""Runs `gated doctor`, which shows what is installed, what works and what the terminal can draw."""

import os
import platform
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
import typer
from torch import Tensor

import gated
from gated import ops
from gated.cli.console.messages import Messages
from gated.cli.console.native_advice import installation_steps
from gated.cli.console.threads import limit_threads
from gated.cli.console.visible_console import VisibleConsole
from gated.cli.output.encoding import as_json as encoded_json
from gated.cli.output.stdout import to_stdout
from gated.datasets import shop_file
from gated.ops.cpu import extension
from gated.ops.recurrence import Kind, Recurrence

__all__ = ["examine", "run"]

_NEEDED = ("numpy", "pandas", "pyarrow", "narwhals", "safetensors", "typer", "rich")
_OPTIONAL = ("polars", "scikit-learn", "utilsforecast")
_KINDS: tuple[Kind, ...] = ("rnn", "lstm", "gru")
_AGREES = "agrees"
_ABSENT = "absent"
# float32 sums of about ten terms in another order differ by a few epsilons (1.2e-7).
_TOLERANCE = 1e-5


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
    is_computing = all(
        state in (_AGREES, _ABSENT)
        for kinds in found["backends"].values()
        for state in kinds.values()
    )
    if not (is_computing and found["demo data"]["present"]):
        raise typer.Exit(1)


def examine() -> dict[str, Any]:
    """Return the findings as plain values."""
    has_gpu = torch.cuda.is_available()
    return {
        "gated": gated.__version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpu": {
            "model": _cpu_model(),
            "cores": os.cpu_count(),
            "instructions": torch.backends.cpu.get_cpu_capability(),
        },
        "torch": {
            "version": torch.__version__,
            "threads": limit_threads(),
            "gpu": torch.cuda.get_device_name() if has_gpu else None,
        },
        "C++": _native_state(),
        "backends": {name: _compare_with_reference(name) for name in ops.BACKENDS},
        "packages": {name: _version(name) for name in _NEEDED},
        "optional": {name: _version(name) for name in _OPTIONAL},
        "demo data": {"path": str(shop_file()), "present": shop_file().is_file()},
        "terminal": _terminal(),
    }


def _labelled_lines(found: dict[str, Any]) -> dict[str, list[str]]:
    """Return the findings as sentences by their label."""
    cpu, engine, terminal = found["cpu"], found["torch"], found["terminal"]
    data = found["demo data"]
    drawing = "draws braille" if terminal["braille"] else "draws plain ASCII"
    shown = f"{terminal['width']}×{terminal['height']}, {drawing}, colours: {terminal['colours']}"
    return {
        "gated": [found["gated"]],
        "python": [f"{found['python']}, {found['system']}"],
        "cpu": [f"{cpu['model']}, cores: {cpu['cores']}, {cpu['instructions']}"],
        "torch": [
            f"{engine['version']}, threads: {engine['threads']}, GPU: {engine['gpu'] or 'none'}"
        ],
        "C++": _native_lines(found["C++"]),
        "backends": [_backend_line(name, kinds) for name, kinds in found["backends"].items()],
        "packages": [_packages_line(found["packages"])],
        "optional": [_packages_line(found["optional"])],
        "data": [data["path"] if data["present"] else f"{data['path']} is missing"],
        "terminal": [
            shown if terminal["present"] else "stdout is not a terminal: data is written as CSV"
        ],
    }


def _native_lines(found: dict[str, Any]) -> list[str]:
    if not found["live"]:
        return [f"not used: {found['reason']}", *found["remedy"]]
    can = ", ".join(found["instruction sets"])
    return [f"used, {found['instruction set']} (here: {can}), threads: {found['threads']}"]


def _backend_line(name: str, kinds: dict[str, str]) -> str:
    if all(state == _ABSENT for state in kinds.values()):
        return f"{name}: absent"
    if all(state == _AGREES for state in kinds.values()):
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
        "threads": torch.get_num_threads(),
        "reason": reason,
        "remedy": installation_steps() if is_installable else [],
    }


def _compare_with_reference(backend: str) -> dict[str, str]:
    """Run each recurrence once on this machine and compare it with the reference."""
    states: dict[str, str] = {}
    for kind in _KINDS:
        if not ops.BACKENDS[backend].supports(Recurrence(kind)):
            states[kind] = _ABSENT
            continue
        off = float((_sample(kind, backend) - _sample(kind, "reference")).abs().max())
        states[kind] = _AGREES if off <= _TOLERANCE else f"is off by {off:.1e}"
    return states


def _sample(kind: str, backend: str) -> Tensor:
    """Return the output of a backend for a small fixed sequence, [T, B, H]."""
    steps, batch, inputs, hidden = 5, 2, 3, 4
    gates = {"rnn": 1, "gru": 3, "lstm": 4}[kind]
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(steps, batch, inputs, generator=generator)
    weight_ih = torch.randn(gates * hidden, inputs, generator=generator)
    weight_hh = torch.randn(gates * hidden, hidden, generator=generator)
    zero = torch.zeros(batch, hidden)
    if kind == "lstm":
        return ops.lstm_sequence(x, zero, zero, weight_ih, weight_hh, backend=backend)[0]
    sequence = ops.rnn_sequence if kind == "rnn" else ops.gru_sequence
    return sequence(x, zero, weight_ih, weight_hh, backend=backend)[0]


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
