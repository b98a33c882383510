"""A section of docs/performance.md: the tables of a run."""

from collections.abc import Sequence
from statistics import geometric_mean

from benchmarks.common.markdown import line, table
from benchmarks.common.report import Report
from benchmarks.layers.cases import KINDS, MODES, ODD
from benchmarks.layers.results.layer_report import Row

__all__ = ["markdown"]


def markdown(report: Report) -> str:
    """The section "Where we stand": machine, means, ratios by H and B, limits, streams, memory.

    Of several numbers of threads the ratios by H and B show the largest; the cells one by one
    stay in the results, since they fill pages.
    """
    sheets = {sheet.key: sheet for sheet in report.sheets}
    where = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    what = ", ".join(f"{name} {value}" for name, value in report.facts.items())
    parts = ["## Where we stand", f"Measured: {where}; {what}."]
    for key in ("means", "cells", "limits", "streams", "memory"):
        sheet = sheets[key]
        if sheet.rows:
            parts.append(_ratios(sheet.rows) if key == "cells" else table(sheet))
    return "\n\n".join([*parts, *report.notes]) + "\n"


def _ratios(cells: Sequence[Row]) -> str:
    """Geometric means over T, by kind and H downwards, by mode and B across.

    Without the odd shapes: each has a batch and a size of its own, and would have a column.
    """
    threads = max(int(str(row["threads"])) for row in cells)
    cells = [
        row
        for row in cells
        if row["threads"] == threads and tuple(row[size] for size in "TBIH") not in ODD
    ]
    batches = sorted({int(str(row["B"])) for row in cells})
    hidden = sorted({int(str(row["H"])) for row in cells})
    heads = [f"{mode}, B {batch}" for mode in MODES for batch in batches]
    lines = [line(["kind", "H", *heads]), "|---|---|" + "---:|" * len(heads)]
    for kind in KINDS:
        for size in hidden:
            chosen = [row for row in cells if row["kind"] == kind and row["H"] == size]
            if chosen:
                figures = [_mean(chosen, mode, batch) for mode in MODES for batch in batches]
                lines.append(line([kind.upper(), str(size), *figures]))
    title = f"Ratios to torch.nn by H and B, geometric means over T, threads: {threads}"
    return f"**{title}**\n\n" + "\n".join(lines)


def _mean(cells: Sequence[Row], mode: str, batch: int) -> str:
    ratios = [
        float(str(row["ratio"])) for row in cells if row["mode"] == mode and row["B"] == batch
    ]
    return f"{geometric_mean(ratios):.1f}" if ratios else ""
