"""Times whole commands and warm forecasts, and sums up the size of the installation."""

import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd

from benchmarks.common.report import Row
from gated import Forecaster
from gated.arrays import FloatArray
from gated.forecast import forecast_arrays
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.windows import WindowSource
from gated.forecast.model.inference import forecast_windows
from gated.forecast.model.weights.pretrained import pretrained_network

__all__ = ["commands", "forecasts", "sizes"]

_ROWS, _HORIZON = 1_000, 28
_VALUES, _AHEAD, _DAY, _WEEK = 512, 48, 24, 168
_MANY_VALUES = 200
_LARGEST_LISTED = 6


def commands(repeats: int) -> list[Row]:
    """Rows of seconds of whole processes, of Python alone, and of importing torch."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.csv"
        _daily(1, _ROWS).drop(columns="unique_id").to_csv(path, index=False)
        gated = [sys.executable, "-c", "from gated.cli import main; main()"]
        named = {
            "python, nothing imported": [sys.executable, "-c", "pass"],
            "gated --version": [*gated, "--version"],
            "gated --help": [*gated, "--help"],
            f"gated forecast, {_ROWS:,} rows": [*gated, "forecast", str(path), "--horizon", "28"],
            "python -c 'import torch'": [sys.executable, "-c", "import torch"],
        }
        return [
            {"what": name, "low": min(spent), "middle": median(spent)}
            for name, command in named.items()
            for spent in [[_seconds(command) for _ in range(repeats + 1)][1:]]
        ]


def _seconds(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - started


def forecasts(series: int, repeats: int) -> list[Row]:
    """Rows of milliseconds of one series, and of series per second of many, all warm."""
    hourly = pd.DataFrame(
        {
            "ds": pd.date_range("2024-01-01", periods=_VALUES, freq="h"),
            "y": _values(1, _VALUES, _DAY)[0],
        }
    )
    one, many, forecaster = hourly["y"].to_numpy(), _daily(series, _MANY_VALUES), Forecaster()
    rows: list[Row] = []
    for what, count, run in (
        ("one series, network", 1, _network(1)),
        (f"{series:,} series, network", series, _network(series)),
        ("one series, gated.forecast", 1, lambda: forecast_arrays(one, _AHEAD, season=_DAY)),
        ("one series, predict", 1, lambda: forecaster.predict(hourly, h=_AHEAD)),
        (f"{series:,} series, predict", series, lambda: forecaster.predict(many, h=_HORIZON)),
    ):
        run()
        spent = []
        for _ in range(repeats if count == 1 else 3):
            started = time.perf_counter()
            run()
            spent.append(time.perf_counter() - started)
        each = median(spent)
        rows.append({"what": what, "ms": 1e3 * each, "rate": count / each})
    return rows


def _network(series: int) -> Callable[[], object]:
    """A forecast by the network alone: no reading, no validation, one view."""
    layout = PatchLayout.plan(_DAY, _WEEK, _AHEAD, _VALUES)
    values = _values(series, _VALUES, _DAY)
    values = (values - values.mean()) / values.std()
    nothing = np.zeros((series * _VALUES, 0), np.float32)
    offsets = np.arange(series + 1) * _VALUES
    source = WindowSource(values.ravel(), nothing, nothing, offsets, np.zeros(series), layout)
    network, cutoff = pretrained_network(layout), np.full(series, _VALUES)
    return lambda: forecast_windows(network, source, np.arange(series), cutoff, _AHEAD)


def sizes() -> list[Row]:
    """Rows of megabytes on disk: of what gated requires, the largest packages, and torch."""
    closure = _required("gated")
    found = {name: _megabytes(name) for name in closure}
    largest = sorted(found, key=lambda name: -found[name])[:_LARGEST_LISTED]
    rows: list[Row] = [{"what": "gated and all that it requires", "mb": sum(found.values())}]
    rows += [{"what": name, "mb": found[name]} for name in largest]
    return [*rows, {"what": "torch, of gated[train]", "mb": _megabytes("torch")}]


def _required(name: str) -> set[str]:
    """The installed packages that a package needs, without extras, and the package itself."""
    found, waiting = set[str](), [name]
    while waiting:
        at = waiting.pop()
        if at in found:
            continue
        found.add(at)
        for line in metadata.requires(at) or []:
            needed, _, marker = line.partition(";")
            if "extra" not in marker and _is_installed(_name(needed)):
                waiting.append(_name(needed))
    return found


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement.strip(), maxsplit=1)[0].lower()


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _megabytes(name: str) -> float:
    """The size of a package's files; of an editable install, that of its folder."""
    if name == "gated":
        import gated

        files = [path for path in Path(gated.__file__).parent.rglob("*") if path.is_file()]
    else:
        files = [Path(str(file.locate())) for file in metadata.files(name) or []]
    return sum(path.stat().st_size for path in files if path.exists()) / 1e6


def _daily(series: int, length: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "unique_id": np.repeat([f"item_{number}" for number in range(series)], length),
            "ds": np.tile(pd.date_range("2022-01-01", periods=length), series),
            "y": _values(series, length, 7).ravel(),
        }
    )


def _values(series: int, length: int, season: int) -> FloatArray:
    rng = np.random.default_rng(0)
    wave = 10 * np.sin(2 * np.pi * np.arange(length) / season)
    return np.abs(50 + wave + rng.normal(0, 5, (series, length)))
