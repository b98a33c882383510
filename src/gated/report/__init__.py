"""Writes a report as one HTML page: charts of all series, tables, and text.

    report = Report(title="sales", summary=("31 % more accurate than …",), series=[…])
    Path("out.html").write_text(page(report), encoding="utf-8")

Read `content.py` first, then `page.py`; the script of the page begins at `script/start.js`.
"""

from gated.report.content import (
    Coverage,
    Gates,
    Headline,
    LineChart,
    Memory,
    OverviewColumn,
    Report,
    ReportTable,
    Series,
    SeriesForecast,
    Zone,
)
from gated.report.page import page

__all__ = [
    "Coverage",
    "Gates",
    "Headline",
    "LineChart",
    "Memory",
    "OverviewColumn",
    "Report",
    "ReportTable",
    "Series",
    "SeriesForecast",
    "Zone",
    "page",
]
