"""A section of docs/peers.md: the tables of a run."""

from collections.abc import Sequence

from benchmarks.report import Report, Sheet

__all__ = ["markdown"]


def markdown(report: Report) -> str:
    """The section of one data set, its heading the data's name; a trial's heading says so."""
    machine = ", ".join(f"{name} {value}" for name, value in report.machine.items())
    facts = ", ".join(f"{name} {value}" for name, value in report.facts.items())
    trial = "TRIAL, worth nothing: " if report.facts["trial"] else ""
    parts = [f"## {trial}{report.facts['data']}", f"Measured: {facts}; {machine}."]
    parts += [_table(sheet) for sheet in report.sheets]
    parts.append("\n".join(f"- {note}" for note in report.notes))
    return "\n\n".join(parts) + "\n"


def _table(sheet: Sheet) -> str:
    lines = [
        _line([column.title for column in sheet.columns]),
        "|" + "---|" * len(sheet.columns),
        *(
            _line([column.show(row.get(column.key)) for column in sheet.columns])
            for row in sheet.rows
        ),
    ]
    return f"**{sheet.title}**\n\n" + "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    """A line of a table; an error's words may hold the sign that parts the cells."""
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
