"""Writes the section of docs/results/performance.md that contains the tables of a run."""

from collections.abc import Mapping, Sequence
from statistics import geometric_mean

from benchmarks.common.markdown import sheet_as_markdown, table_row
from benchmarks.common.report import Report, Value
from benchmarks.layers.cases import KINDS, MODES, ODD

__all__ = ["performance_section"]


def performance_section(report: Report) -> str:
    """The section "Where we stand": machine, means, ratios by H and B, limits, streams, memory.

    The ratios by H and B are of the largest number of threads. The table of all cells is left out,
    since it fills pages.
    """
    sheets = {sheet.key: sheet for sheet in report.sheets}
    where = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    what = ", ".join(f"{name} {value}" for name, value in report.facts.items())
    parts = ["## Where we stand", f"Measured: {where}; {what}."]
    for key in ("means", "cells", "limits", "streams", "memory"):
        sheet = sheets[key]
        if sheet.rows:
            parts.append(_ratio_table(sheet.rows) if key == "cells" else sheet_as_markdown(sheet))
    return "\n\n".join([*parts, *report.notes]) + "\n"


def _ratio_table(cells: Sequence[Mapping[str, Value]]) -> str:
    """Geometric means over T: a row for each kind and H, a column for each mode and B.

    The odd shapes are left out: each has another batch size, which would add a column.
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
    lines = [table_row(["kind", "H", *heads]), "|---|---|" + "---:|" * len(heads)]
    for kind in KINDS:
        for size in hidden:
            chosen = [row for row in cells if row["kind"] == kind and row["H"] == size]
            if chosen:
                figures = [_mean(chosen, mode, batch) for mode in MODES for batch in batches]
                lines.append(table_row([kind.upper(), str(size), *figures]))
    title = f"Ratios to torch.nn by H and B, geometric means over T, threads: {threads}"
    return f"**{title}**\n\n" + "\n".join(lines)


def _mean(cells: Sequence[Mapping[str, Value]], mode: str, batch: int) -> str:
    ratios = [
        float(str(row["ratio"])) for row in cells if row["mode"] == mode and row["B"] == batch
    ]
    return f"{geometric_mean(ratios):.1f}" if ratios else ""
