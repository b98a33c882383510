"""Turns the reports of `sar` and `vmstat` into rows: their times get the day that stands above.

The header that they repeat, the averages below and the lines of a restart become empty lines.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from gated.errors import DataError
from gated.table.io.text.programs.program_rows import ProgramRows
from gated.text import counted

__all__ = ["is_report", "report_rows"]

# Linux 6.1.0 (web01)   2024-01-15   _x86_64_  (8 CPU)
SAR = re.compile(r"^\S+ \S+ \([^()]*\)\s+(?P<day>\d[\d./-]+)\s+_\w+_(?:\s+\(\d+ CPUs?\))?\s*$")
SAR_ROW = re.compile(r"^(?P<time>\d{1,2}:\d{2}:\d{2})(?P<half> [AP]M)?\s+(?P<cells>\S.*)$")
VMSTAT = re.compile(r"^-*procs-* -+memory-+ .*-+cpu-+(?P<time> -+timestamp-+)?\s*$")
DAY = re.compile(r"^(?P<a>\d{1,4})(?P<sign>[./-])(?P<b>\d{1,2})[./-](?P<c>\d{2,4})$")
NUMBER = re.compile(r"^-?\d+(?:[.,]\d+)?$")
MONTHS = 12
FEWEST_ROWS = 3  # of vmstat; the first one is an average


def is_report(head: bytes) -> bool:
    """Whether the first lines may be those of a report.

    >>> is_report(b"Linux 6.1 (db)\\t2024-01-15\\t_x86_64_\\t(4 CPU)\\n"), is_report(b"day,y\\n")
    (True, False)
    """
    return _kind_of(head.decode("utf-8", errors="replace").split("\n", 3)) is not None


def report_rows(text: str, name: str) -> ProgramRows | None:
    """The rows of a report; None if the text is none.

    Args:
        text: the file.
        name: its name, for messages.

    Raises:
        DataError: it has several reports, or the day above it may have two meanings.

    >>> head = "Linux 6.1 (db)\\t2024-01-15\\t_x86_64_\\t(4 CPU)\\n\\n"
    >>> found = report_rows(head + "00:00:01  CPU  %idle\\n00:10:01  all  90.50\\n", "sar.txt")
    >>> found.text
    '\\n\\ntime,CPU,%idle\\n2024-01-15 00:10:01,all,90.50\\n'
    """
    lines = text.rstrip("\n").split("\n")
    kind = _kind_of(lines)
    return None if kind is None else kind(lines, name)


def _kind_of(lines: Sequence[str]) -> Callable[[Sequence[str], str], ProgramRows] | None:
    first = next((line for line in lines[:2] if line.strip()), "")
    if SAR.match(first):
        return _sar
    return _vmstat if VMSTAT.match(first) else None


def _sar(lines: Sequence[str], name: str) -> ProgramRows:
    matches = [SAR_ROW.match(line) for line in lines]
    rows = [(match, match["cells"].split()) for match in matches if match is not None]
    headers = [cells for _, cells in rows if not any(map(NUMBER.match, cells))]
    headers = [cells for cells in headers if cells[0] != "LINUX"]  # LINUX RESTART
    if not headers:
        raise DataError(f"{name}: the report of sar has no line of names. Expected its whole text.")
    other = next((cells for cells in headers if cells != headers[0]), None)
    if other is not None:
        raise DataError(
            f"{name}: there are several reports of sar: one of `{headers[0][-1]}`, another of "
            f"`{other[-1]}`. Expected one: write it alone, such as with sar -u or sar -r."
        )
    is_american = any(match["half"] for match, _ in rows)
    first = next(line for line in lines if line.strip())
    found = SAR.match(first)
    assert found is not None  # see `_kind_of`
    day = _day(found["day"], is_american=is_american, name=name)
    mark = ";" if any("," in cell for _, cells in rows for cell in cells) else ","
    written: list[str] = []
    before, has_header = 0, False
    for match in matches:
        cells = [] if match is None else match["cells"].split()
        if match is None or (cells == headers[0] and has_header) or len(cells) != len(headers[0]):
            written.append("")
            continue
        if cells == headers[0]:
            has_header = True
            written.append(mark.join(["time", *cells]))
            continue
        seconds = _seconds(match)
        day += timedelta(days=seconds < before)  # a report that runs over midnight
        before = seconds
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        written.append(mark.join([f"{day} {clock}", *cells]))
    note = f"This is a report of sar; its first day is {_day(found['day'], is_american, name)}."
    return ProgramRows("\n".join(written) + "\n", (note,))


def _seconds(match: re.Match[str]) -> int:
    hour, minute, second = map(int, match["time"].split(":"))
    if match["half"]:
        hour = hour % 12 + 12 * (match["half"] == " PM")
    return 3600 * hour + 60 * minute + second


def _day(text: str, is_american: bool, name: str) -> date:
    """The day above a report of sar, which is written as the language of the machine does.

    >>> _day("01/15/2024", False, "sar.txt"), _day("15.01.24", False, "sar.txt")
    (datetime.date(2024, 1, 15), datetime.date(2024, 1, 15))
    """
    match = DAY.match(text)
    numbers = [int(match[part]) for part in "abc"] if match is not None else []
    if match is not None and len(match["a"]) == 4:
        year, month, day = numbers
    elif match is not None:
        one, other, year = numbers
        year += 2000 * (year < 100)
        is_open = match["sign"] != "." and max(one, other) <= MONTHS and one != other
        if is_open and not is_american:
            raise DataError(
                f"{name}: the report of sar is of {text}, which may begin with the month or the "
                "day. Write it with the year first: S_TIME_FORMAT=ISO sar -u."
            )
        month_first = is_american or (match["sign"] != "." and other > MONTHS)
        month, day = (one, other) if month_first else (other, one)
    try:
        return date(year, month, day)
    except (UnboundLocalError, ValueError):
        raise DataError(
            f'{name}: the day of the report of sar, "{text}", is not known. Write it with the year '
            "first: S_TIME_FORMAT=ISO sar -u."
        ) from None


def _vmstat(lines: Sequence[str], name: str) -> ProgramRows:
    """The rows of vmstat; with -t, the day and the time stand behind the numbers.

    The column `id`, the idle share, is named `idle`: it names no series.
    """
    titles = [match for line in lines if (match := VMSTAT.match(line)) is not None]
    has_time = titles[0]["time"] is not None
    names: list[str] = []
    written: list[str] = []
    rows = 0
    for line in lines:
        cells = line.split()
        if not names and cells and cells[0] == "r":
            names = ["idle" if cell == "id" else cell for cell in cells[: len(cells) - has_time]]
            written.append(",".join([*["time"] * has_time, *names]))
            continue
        is_row = bool(names and cells and NUMBER.match(cells[0]) and len(cells) >= len(names))
        rows += is_row
        if not is_row or rows == 1:
            written.append("")
            continue
        time = [" ".join(cells[len(names) :])] if has_time else []
        written.append(",".join([*time, *cells[: len(names)]]))
    if rows < FEWEST_ROWS:
        raise DataError(
            f"{name}: the report of vmstat has {counted(rows, 'row')}. Expected several, as vmstat "
            "writes them with an interval: vmstat -t 5."
        )
    note = (
        "This is a report of vmstat; its first row, the averages since the machine was started, "
        "was left out."
    )
    return ProgramRows("\n".join(written) + "\n", (note,))
