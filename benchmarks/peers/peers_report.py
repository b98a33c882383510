"""The tables of a comparison: accuracy, costs, and what each method was given."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from benchmarks.common.report import Column, Report, Sheet, Value
from benchmarks.forecasting.scores import SCORES
from gated.errors import DataError

__all__ = ["NAME", "OURS", "TRIAL", "Row", "as_report", "load", "with_ratios"]

NAME = "peers"
OURS = "gated"
TRIAL = "TRIAL "
"""Stands before the name of every method of a shortened run."""

Row: TypeAlias = dict[str, Value]

_WHO = [Column("method", "method"), Column("configuration", "configuration")]
_SCORES = ("mase", "smape", "wape", "crps", "coverage_80", "coverage_95")
_SHEETS = (
    (
        "scores",
        "Scores over all steps: lower is better, but for the two coverages",
        [
            *_WHO,
            Column("covariates", "covariates"),
            *(Column(key, *SCORES[key]) for key in _SCORES),
            Column("mase_ratio", "MASE ÷ gated's", 2),
            Column("outcome", "outcome"),
        ],
    ),
    (
        "costs",
        "Costs, each in a process and an environment of its own: lower is better",
        [
            *_WHO,
            Column("fit", "fit, s", 1),
            Column("predict", "predict, s", 2),
            Column("import", "import, s", 2),
            Column("installed", "installed, MB", 0),
            Column("peak", "peak, MB", 0),
            Column("fit_ratio", "fit ÷ gated's", 2),
            Column("outcome", "outcome"),
        ],
    ),
    (
        "configurations",
        "What each method was given, all else being its library's default",
        [
            *_WHO,
            Column("version", "version"),
            Column("settings", "settings"),
            Column("source", "source"),
        ],
    ),
)

_PLAIN = ("benchmark", "machine", "notes", *(key for key, _, _ in _SHEETS))


def as_report(
    facts: Mapping[str, str | int | bool],
    machine: Mapping[str, str | int | float],
    rows: Sequence[Row],
    notes: Sequence[str],
) -> Report:
    """The tables of rows that hold the columns of all of them."""
    ours = frozenset({OURS, TRIAL + OURS})
    sheets = []
    for key, title, columns in _SHEETS:
        kept = [{c.key: row[c.key] for c in columns if c.key in row} for row in rows]
        sheets.append(Sheet(key, title, columns, kept, ours))
    return Report(NAME, facts, machine, sheets, notes)


def with_ratios(rows: Sequence[Row]) -> list[Row]:
    """The rows with fit seconds and MASE divided by those of the first, ours."""
    return [
        row | {f"{key}_ratio": _ratio(row.get(key), rows[0].get(key)) for key in ("fit", "mase")}
        for row in rows
    ]


def _ratio(value: Value, ours: Value) -> float | None:
    if isinstance(value, float) and isinstance(ours, float) and ours > 0:
        return value / ours
    return None


def load(path: Path) -> Report:
    """What `--out` wrote.

    Raises:
        DataError: it is no result of this benchmark.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as JSON: {error}") from error
    if not isinstance(content, dict) or content.get("benchmark") != NAME:
        raise DataError(f"{path} is no result of this benchmark. Expected what --out wrote.")
    rows: list[Row] = [{} for _ in content["scores"]]
    for key, _, _ in _SHEETS:
        for row, part in zip(rows, content[key], strict=True):
            row.update(part)
    facts = {name: value for name, value in content.items() if name not in _PLAIN}
    return as_report(facts, content["machine"], rows, content["notes"])
