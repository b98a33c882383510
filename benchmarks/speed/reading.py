"""Seconds to read a text file: a large plain table, and a small one, with two peers."""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv

from benchmarks.common.measure import in_fresh_process, machine, show_progress, timed
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from gated.errors import UsageError
from gated.table import read_table

__all__ = ["ReadingRequest", "run"]

_LENGTH = 100  # days of each series
_SMALL_ROWS = 200
_PEERS: Mapping[str, Callable[[Path], int]] = {
    "gated.table.read_table": lambda path: len(read_table(path).y),
    "pandas.read_csv": lambda path: len(pd.read_csv(path)),
    "pyarrow.csv.read_csv": lambda path: int(pa.csv.read_csv(path).num_rows),
}


@dataclass(frozen=True)
class ReadingRequest:
    """Options of the benchmark.

    Attributes:
        rows: of the large table.
        threads: number of threads of the measured process.
        repeats: how often each file is read, after one time that is not counted.

    Raises:
        UsageError: `rows` is no multiple of 100.
    """

    rows: int = 1_000_000
    threads: int = 2
    repeats: int = 7

    def __post_init__(self) -> None:
        if self.rows % _LENGTH:
            raise UsageError(f"--rows is {self.rows}. Expected a multiple of {_LENGTH}.")


def run(request: ReadingRequest) -> Report:
    """Read a large and a small file with each reader in turn; each reads the right rows."""
    described = machine(request.threads)
    seconds: dict[str, dict[str, Sequence[float]]] = {}
    for rows in (request.rows, _SMALL_ROWS):
        show_progress(f"a file of {rows:,} rows")
        seconds[f"{rows:,} rows"] = in_fresh_process(
            request.threads, _seconds, rows, request.repeats
        )
    return Report(
        benchmark="reading",
        facts={"rows": request.rows, "threads": request.threads, "repeats": request.repeats},
        machine=described,
        sheets=_sheets(seconds),
        notes=[
            "The columns are an id, a date and a whole number.",
            "The peers read columns; gated also chooses their roles, parses the dates, checks "
            "the numbers, sorts the rows and infers the step and the season.",
        ],
    )


def _seconds(rows: int, repeats: int) -> dict[str, Sequence[float]]:
    """Seconds of each run of each reader, in turn."""
    runs: dict[str, list[float]] = {name: [] for name in _PEERS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        _write(path, rows)
        for number in range(1 + repeats):
            for name, read in _PEERS.items():
                found, measured = timed(partial(read, path))
                assert found == rows, f"{name} read {found} rows of {rows}"
                if number > 0:  # the first run imports and fills the cache of files
                    runs[name].append(measured)
    return {name: tuple(measured) for name, measured in runs.items()}


def _write(path: Path, rows: int) -> None:
    series = rows // _LENGTH
    days = pd.date_range("2020-01-01", periods=_LENGTH).strftime("%Y-%m-%d").to_numpy()
    values = np.random.default_rng(0).integers(0, 500, rows)
    ids = np.repeat([f"item_{number}" for number in range(series)], _LENGTH)
    table = {"unique_id": ids, "ds": np.tile(days, series), "y": values}
    pd.DataFrame(table).to_csv(path, index=False)


def _sheets(seconds: Mapping[str, Mapping[str, Sequence[float]]]) -> list[Sheet]:
    ours, *peers = _PEERS
    files = [Column(name, name) for name in seconds]
    ratios: list[Row] = [
        {
            "what": f"{ours} ÷ {peer}",
            **{name: median(runs[ours]) / median(runs[peer]) for name, runs in seconds.items()},
        }
        for peer in peers
    ]
    times: list[Row] = [
        {"what": reader, **{name: spread(runs[reader]) for name, runs in seconds.items()}}
        for reader in _PEERS
    ]
    title = "Ratios of the medians: below 1, gated is faster"
    return [
        Sheet("ratios", title, [Column("what", "what"), *files], ratios),
        Sheet("reading", "Seconds", [Column("what", "reader"), *files], times, frozenset({ours})),
    ]
