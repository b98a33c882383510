"""Figures as Markdown, for the pages of the documentation."""

from collections.abc import Sequence

from benchmarks.common.report import Report, Sheet

__all__ = ["body", "line", "table"]


def body(report: Report) -> str:
    """What was measured, where, the tables and the notes of a report."""
    machine = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    facts = ", ".join(f"{name} {value}" for name, value in report.facts.items())
    parts = [f"Measured: {facts}; {machine}.", *(table(sheet) for sheet in report.sheets)]
    if report.notes:
        parts.append("\n".join(f"- {note}" for note in report.notes))
    return "\n\n".join(parts) + "\n"


def table(sheet: Sheet) -> str:
    """One table under its title."""
    lines = [
        line([column.title for column in sheet.columns]),
        "|" + "---|" * len(sheet.columns),
        *(
            line([column.show(row.get(column.key)) for column in sheet.columns])
            for row in sheet.rows
        ),
    ]
    return f"**{sheet.title}**\n\n" + "\n".join(lines)


def line(cells: Sequence[str]) -> str:
    """A line of a table; an error's words may hold the sign that parts the cells."""
    told = (cell.replace("|", "\\|").replace("\n", " ") for cell in cells)
    return "| " + " | ".join(told) + " |"
