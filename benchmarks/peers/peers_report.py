"""The tables of `peers`: accuracy, costs, and the settings of each method."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.common.markdown import report_as_markdown
from benchmarks.common.report import Column, Report, Row, Sheet, Value
from benchmarks.forecasting.scores import SCORE_FORMATS
from gated.errors import DataError

__all__ = [
    "NAME",
    "OURS",
    "TRIAL",
    "load_peers_report",
    "markdown_section",
    "peers_report",
    "with_ratios",
]

NAME = "peers"
OURS = "gated"
TRIAL = "TRIAL "
"""Prefix of the name of every method of a shortened run."""

_METHOD = [Column("method", "method"), Column("configuration", "configuration")]
_SCORES = ("mase", "smape", "wape", "crps", "msis", "coverage_80", "coverage_95")
_SHEETS = (
    (
        "scores",
        "Scores over all steps: lower is better, except for the two coverages",
        [
            *_METHOD,
            Column("covariates", "covariates"),
            *(Column(key, *SCORE_FORMATS[key]) for key in _SCORES),
            Column("mase_ratio", "MASE ÷ gated's", 2),
            Column("outcome", "outcome"),
        ],
    ),
    (
        "costs",
        "Costs, each method in its own process and environment: lower is better",
        [
            *_METHOD,
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
        "Settings of each method; all others are the library's defaults",
        [
            *_METHOD,
            Column("version", "version"),
            Column("settings", "settings"),
            Column("source", "source"),
        ],
    ),
)

_NOT_FACTS = ("benchmark", "machine", "notes", *(key for key, _, _ in _SHEETS))


def peers_report(
    facts: Mapping[str, str | int | bool],
    machine: Mapping[str, str | int | float],
    rows: Sequence[Row],
    notes: Sequence[str],
) -> Report:
    """The report of a run.

    Args:
        facts: what was measured.
        machine: from `benchmarks.common.measure.machine`.
        rows: one for each method, with the columns of all tables.
        notes: one sentence each.
    """
    ours = frozenset({OURS, TRIAL + OURS})
    sheets = []
    for key, title, columns in _SHEETS:
        part = [{c.key: row[c.key] for c in columns if c.key in row} for row in rows]
        sheets.append(Sheet(key, title, columns, part, ours))
    return Report(NAME, facts, machine, sheets, notes)


def with_ratios(rows: Sequence[Row]) -> list[Row]:
    """Add fit seconds and MASE divided by those of the first row, which is ours."""
    return [
        row | {f"{key}_ratio": _ratio(row.get(key), rows[0].get(key)) for key in ("fit", "mase")}
        for row in rows
    ]


def _ratio(value: Value, ours: Value) -> float | None:
    if isinstance(value, float) and isinstance(ours, float) and ours > 0:
        return value / ours
    return None


def load_peers_report(path: Path) -> Report:
    """Read the report of an earlier run from the file that `--out` wrote.

    Raises:
        DataError: the file does not exist, or it is not such a file.
    """
    expected = f"Expected a file that `python -m benchmarks {NAME} --out {path}` wrote."
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read as JSON ({error}). {expected}") from error
    if not isinstance(content, dict) or content.get("benchmark") != NAME:
        raise DataError(f"{path} is not a result of this benchmark. {expected}")
    rows: list[Row] = [{} for _ in content["scores"]]
    for key, _, _ in _SHEETS:
        for row, part in zip(rows, content[key], strict=True):
            row.update(part)
    facts = {name: value for name, value in content.items() if name not in _NOT_FACTS}
    return peers_report(facts, content["machine"], rows, content["notes"])


def markdown_section(report: Report) -> str:
    """The section of docs/results/peers.md on one data set; a trial has "TRIAL" in its heading."""
    trial = "TRIAL, not a result: " if report.facts["trial"] else ""
    return f"## {trial}{report.facts['data']}\n\n{report_as_markdown(report)}"
