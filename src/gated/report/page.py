"""Writes a report as one HTML page that loads no other file and runs only its own script."""

from typing import Any

import numpy as np

from gated.report.bundler import page_script
from gated.report.content import OverviewColumn, Report, Zone
from gated.report.document import document, page_style
from gated.report.markup import table_markup
from gated.report.packing import PER_BLOCK, Packed, as_json, pack, runs
from gated.report.sections import (
    chart_markup,
    drivers_markup,
    endings,
    header_markup,
    memory_markup,
    overview_markup,
    small_charts_markup,
    totals_markup,
)

__all__ = ["page"]

_MEGABYTE = 1_000_000
_OTHER_BYTES = 100_000  # of the page, besides its script, its style and its series
_CELL_BYTES = 12  # of a number in the overview
_DIGITS = 6  # of such a number


def page(report: Report, *, budget_mb: float = 15.0) -> str:
    """Write the page.

    Args:
        report: its content.
        budget_mb: its largest size in megabytes; where the series need more, their past is
            shortened, and a note on the page reports this.

    Returns:
        A whole HTML document.

    >>> made = page(Report(title="Sales <2024>", summary=("Good.",), series=[]))
    >>> "<title>Sales &lt;2024&gt;</title>" in made, " src=" in made or 'href="http' in made
    (True, False)
    """
    style, script = page_style(), page_script()
    budget = int(budget_mb * _MEGABYTE) - len(style) - len(script) - _OTHER_BYTES
    packed = pack(report.series, budget, _first(report), _CELL_BYTES * len(report.overview))
    parts = [
        '<a class="skip" href="#tables">Skip to the tables</a>',
        "<main>",
        header_markup(report),
        chart_markup(packed),
        overview_markup(report, packed),
        totals_markup(report),
        drivers_markup(report),
        '<div id="tables">',
        *(table_markup(table) for table in report.tables),
        "</div>",
        small_charts_markup(report),
        memory_markup(report),
        endings(report, packed),
        "</main>",
        _data("head", _head_data(report, packed)),
        _data("first", None if packed.first is None else packed.first[1]),
        # The script draws the first chart before the browser has read megabytes of other series.
        f"<script>{script}</script>",
        *(
            f'<script type="text/plain" id="block{index}">{block}</script>'
            for index, block in enumerate(packed.blocks)
        ),
    ]
    return document(report.title, parts, style, script)


def _data(name: str, content: Any) -> str:
    """Write content as JSON in which no text can end the element.

    The script reads it at once, without unpacking, so that the first chart is there when the page
    is printed or photographed as soon as it has loaded.
    """
    escaped = as_json(content).replace("&", "\\u0026").replace("<", "\\u003c")
    return f'<script type="application/json" id="{name}">{escaped}</script>'


def _first(report: Report) -> int:
    """The series that is drawn first: the total, else the largest in the overview."""
    column = _sorted_by(report)
    if report.has_total or column is None or not np.isfinite(column.values).any():
        return 0
    return int(np.nanargmax(np.where(np.isfinite(column.values), column.values, np.nan)))


def _sorted_by(report: Report) -> OverviewColumn | None:
    return next((one for one in report.overview if one.name == report.sort_by), None)


def _head_data(report: Report, packed: Packed) -> dict[str, Any]:
    weights = () if report.memory is None else (report.memory.weights,)
    curves = [
        {
            "title": one.title,
            "x": one.x_label,
            "y": one.y_label,
            "at": _numbers(one.x),
            "lines": [[name, _numbers(line)] for name, line in one.lines.items()],
        }
        for one in (*report.line_charts, *weights)
    ]
    coverage = report.coverage
    count, column = len(packed.labels), _sorted_by(report)
    return {
        "labels": packed.labels,
        "columns": [
            {"name": one.name, "kind": one.kind, "values": _short_numbers(one.values[:count])}
            for one in report.overview
        ],
        "sort": None if column is None else report.overview.index(column),
        "total": report.has_total,
        "first": 0 if packed.first is None else packed.first[0],
        "methods": packed.methods,
        "axis": runs(packed.axis),
        "unit": packed.unit,
        "zone": _zone_data(report.zone),
        "per": PER_BLOCK,
        "view": report.first_view,
        "y": report.y_label,
        "curves": curves,
        "coverage": None
        if coverage is None
        else [_numbers(coverage.nominal), _numbers(coverage.actual)],
    }


def _zone_data(zone: Zone | None) -> dict[str, Any] | None:
    if zone is None:
        return None
    since = zone.since.astype("M8[s]").astype(np.int64).tolist()
    return {"name": zone.name, "since": since, "offsets": zone.offsets.tolist()}


def _numbers(values: Any) -> list[float | None]:
    return [float(v) if np.isfinite(v) else None for v in np.asarray(values, dtype=np.float64)]


def _short_numbers(values: Any) -> list[float | None]:
    """Numbers with as many digits as the overview needs; whole numbers without a point."""
    short = (None if v is None else float(f"{v:.{_DIGITS}g}") for v in _numbers(values))
    return [int(v) if v is not None and abs(v) < 1e15 and v == int(v) else v for v in short]
