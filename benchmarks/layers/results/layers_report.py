"""The tables of `recurrences`: every cell, machine limits, streams, memory, and the means."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import geometric_mean
from typing import Any

from benchmarks.common.report import Column, Report, Row, Sheet, Value
from gated.errors import GatedError

__all__ = ["NAME", "layers_report", "load_layers_report", "mean_rows"]

NAME = "recurrences"

_SIZES = [Column(key, key) for key in ("T", "B", "I", "H")]
_THREADS = Column("threads", "threads")

_SHEETS: tuple[tuple[str, str, list[Column]], ...] = (
    (
        "cells",
        "Every cell: milliseconds of one call; ratio: the other's ÷ gated's, above 1 is faster",
        [
            Column("kind", "kind"),
            *_SIZES,
            Column("mode", "mode"),
            _THREADS,
            Column("ours_ms", "gated", 3),
            Column("torch_ms", "torch", 3),
            Column("ratio", "ratio", 2),
            Column("spread", "±, %", 0),
            Column("onnx_ms", "ONNX", 3),
            Column("onnx_ratio", "ratio", 2),
            Column("gflops", "GFLOP/s", 1),
            Column("of_peak", "of peak, %", 0),
            Column("of_mm", "of mm, %", 0),
        ],
    ),
    (
        "limits",
        "Limits of the machine: square matrix products, bandwidths of reading",
        [Column("what", "what"), _THREADS, Column("rate", "rate", 0), Column("unit", "unit")],
    ),
    (
        "streams",
        "One step of a stream, from Python: microseconds; ratio: ÷ gated's, above 1 is slower",
        [
            Column("what", "what"),
            _THREADS,
            Column("us", "µs", 2),
            Column("spread", "±, %", 0),
            Column("ratio", "ratio", 2),
        ],
    ),
    (
        "memory",
        "Memory that one training step adds to its process, MB: lower is better",
        [
            Column("kind", "kind"),
            *_SIZES,
            _THREADS,
            Column("ours_mb", "gated", 0),
            Column("recomputed_mb", "recompute=True", 0),
            Column("torch_mb", "torch", 0),
            Column("ratio", "gated ÷ torch", 2),
        ],
    ),
    (
        "means",
        "Geometric means over the cells: ratios to torch.nn, above 1 where gated.nn is faster",
        [
            Column("what", "what"),
            _THREADS,
            Column("cells", "cells"),
            Column("mean", "mean", 2),
            Column("lowest", "lowest", 2),
            Column("where", "lowest at"),
            Column("goal", "goal"),
        ],
    ),
)


def layers_report(
    facts: Mapping[str, str | int | bool],
    machine: Mapping[str, str | int | float],
    tables: Mapping[str, Sequence[Mapping[str, Value]]],
    notes: Sequence[str],
) -> Report:
    """The report of a run.

    Args:
        facts: what was measured.
        machine: from `benchmarks.common.measure.machine`.
        tables: key of a sheet to its rows; the rows of the means are computed from the cells.
        notes: one sentence each.
    """
    rows = {**tables, "means": mean_rows(tables["cells"])}
    sheets = [Sheet(key, title, columns, rows[key]) for key, title, columns in _SHEETS]
    return Report(NAME, facts, machine, sheets, notes)


def load_layers_report(path: Path) -> Report:
    """Read the report of an earlier run from the file that `--out` wrote.

    Raises:
        GatedError: the file does not exist, or it is not such a file.
    """
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        if content.pop("benchmark") != NAME:
            raise KeyError("benchmark")
        machine, notes = content.pop("machine"), content.pop("notes")
        tables = {key: content.pop(key) for key, _, _ in _SHEETS}
    except (OSError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise GatedError(
            f"{path} cannot be read as results ({error}). Expected a file that "
            f"`python -m benchmarks {NAME} --out {path}` wrote."
        ) from error
    return layers_report(content, machine, tables, notes)


@dataclass(frozen=True)
class _MeanSpec:
    """A row of the means.

    Attributes:
        what: name of the row.
        includes: whether a cell belongs to the group.
        goal: in words.
        figure: the column whose mean is computed.
    """

    what: str
    includes: Callable[[Mapping[str, Value]], bool]
    goal: str = ""
    figure: str = "ratio"


def _is(row: Mapping[str, Value], mode: str, kinds: str, hidden: range) -> bool:
    return row["mode"] == mode and row["kind"] in kinds.split() and row["H"] in hidden


def _is_large(row: Mapping[str, Value]) -> bool:
    return row["mode"] == "training" and _number(row, "B") >= 32 and _number(row, "H") >= 128


_LARGE_CELLS = "training, B ≥ 32, H ≥ 128"
_SMALL, _LARGE, _ANY = range(32, 129), range(256, 513), range(32, 513)

_MEANS = (
    _MeanSpec(
        "GRU and RNN, training, H 32…128",
        lambda row: _is(row, "training", "gru rnn", _SMALL),
        "4, aim 8",
    ),
    _MeanSpec(
        "GRU and RNN, training, H 256…512",
        lambda row: _is(row, "training", "gru rnn", _LARGE),
        "1.8, aim 3",
    ),
    _MeanSpec(
        "LSTM, training, H 32…512",
        lambda row: _is(row, "training", "lstm", _ANY),
        "1.8, aim 3",
    ),
    _MeanSpec(
        "all three, forward, H 32…512",
        lambda row: _is(row, "forward", "rnn lstm gru", _ANY),
        "2.5, aim 5",
    ),
    _MeanSpec("every cell", lambda _: True, "lowest 1, aim 1.3"),
    _MeanSpec("share of torch.mm's rate, " + _LARGE_CELLS, _is_large, figure="of_mm"),
    _MeanSpec("share of the peak, " + _LARGE_CELLS, _is_large, "0.55, aim 0.75", figure="of_peak"),
    _MeanSpec("against ONNX Runtime, forward", lambda _: True, figure="onnx_ratio"),
)


def mean_rows(cells: Sequence[Mapping[str, Value]]) -> list[Row]:
    """The geometric mean and the lowest cell of each group, for each number of threads.

    A group without cells is left out; so is a group whose figure no cell contains.
    """
    rows: list[Row] = []
    for threads in sorted({_number(row, "threads") for row in cells}):
        same = [row for row in cells if row["threads"] == threads]
        for mean in _MEANS:
            chosen = [
                row for row in same if row.get(mean.figure) is not None and mean.includes(row)
            ]
            if chosen:
                rows.append(_mean_row(mean, chosen) | {"threads": int(threads)})
    return rows


def _mean_row(mean: _MeanSpec, cells: Sequence[Mapping[str, Value]]) -> Row:
    scale = 100 if mean.figure in ("of_peak", "of_mm") else 1
    figures = [_number(row, mean.figure) / scale for row in cells]
    lowest = min(range(len(cells)), key=figures.__getitem__)
    return {
        "what": mean.what,
        "cells": len(cells),
        "mean": geometric_mean(figures),
        "lowest": figures[lowest],
        "where": _name(cells[lowest]),
        "goal": mean.goal,
    }


def _name(row: Mapping[str, Value]) -> str:
    sizes = " ".join(f"{axis} {row[axis]}" for axis in "TBIH")
    return f"{str(row['kind']).upper()} {row['mode']}, {sizes}"


def _number(row: Mapping[str, Value], key: str) -> float:
    value = row[key]
    if not isinstance(value, int | float):
        raise GatedError(
            f"{key} is {value!r} in the results. Expected a number; measure them again."
        )
    return value
