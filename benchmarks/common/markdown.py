"""Writes a report as Markdown, for the pages of the documentation."""

from collections.abc import Sequence

from benchmarks.common.report import Report, Sheet

__all__ = ["report_as_markdown", "sheet_as_markdown", "table_row"]


def report_as_markdown(report: Report) -> str:
    """What was measured and on which machine, then the tables and the notes of a report."""
    machine = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    facts = ", ".join(f"{name} {value}" for name, value in report.facts.items())
    parts = [f"Measured: {facts}; {machine}.", *map(sheet_as_markdown, report.sheets)]
    if report.notes:
        parts.append("\n".join(f"- {note}" for note in report.notes))
    return "\n\n".join(parts) + "\n"


def sheet_as_markdown(sheet: Sheet) -> str:
    """One table below its title."""
    lines = [
        table_row([column.title for column in sheet.columns]),
        "|" + "---|" * len(sheet.columns),
        *(
            table_row([column.show(row.get(column.key)) for column in sheet.columns])
            for row in sheet.rows
        ),
    ]
    return f"**{sheet.title}**\n\n" + "\n".join(lines)


def table_row(cells: Sequence[str]) -> str:
    """One row of a table; a "|" inside a cell, as error messages have it, is escaped.

    >>> table_row(["a", "b | c"])
    '| a | b \\\\| c |'
    """
    escaped = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return "| " + " | ".join(escaped) + " |"
