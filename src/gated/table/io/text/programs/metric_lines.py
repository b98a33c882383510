"""Turns the lines of databases of measurements into rows: series, time and value.

OpenTSDB writes "put NAME SECONDS VALUE TAG=LABEL …", and Graphite "NAME VALUE SECONDS".
"""

import re
from datetime import UTC, datetime

from gated.table.io.text.programs.program_rows import ProgramRows, rows_below

__all__ = ["is_metric", "metric_rows"]

LOOK_LINES = 50
FEWEST_LINES = 2
MOST = 0.9  # share of the first lines that have the form
TIME = r"(?P<time>1\d{9}(?:\.\d{1,9})?|1\d{12})"  # seconds or milliseconds since 1970: 2001 to 2033
VALUE = r"(?P<value>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan|NaN)"
FORMS = (
    re.compile(rf"^(?:put )?(?P<name>[\w./-]+) {TIME} {VALUE}(?P<tags>(?: [\w./-]+=[\w./:-]+)+)$"),
    re.compile(rf"^put (?P<name>[\w./-]+) {TIME} {VALUE}$"),
    re.compile(rf"^(?P<name>[^\W\d][\w:/%-]*(?:[.;][\w:/%~=-]+)+) {VALUE} {TIME}$"),
)
NAMES = ("series", "time", "value")


def is_metric(head: bytes) -> bool:
    """Whether the first line may be a measurement: a cheap look before all lines.

    >>> is_metric(b"web.cpu 5.5 1704067200\\n"), is_metric(b"day,y\\n2024-01-01,5\\n")
    (True, False)
    """
    first = next((line for line in head.split(b"\n")[:FEWEST_LINES] if line.strip()), b"")
    return _form_of(first.decode("utf-8", errors="replace").strip()) is not None


def metric_rows(text: str) -> ProgramRows | None:
    """The rows of measurements; None if the lines are none.

    >>> found = metric_rows("put cpu 1704067200 5 host=a\\nput cpu 1704067260 6 host=a\\n")
    >>> print(found.text)
    series,time,value
    cpu host=a,2024-01-01 00:00:00,5
    cpu host=a,2024-01-01 00:01:00,6
    <BLANKLINE>
    """
    lines = text.rstrip("\n").split("\n")
    head = [line.strip() for line in lines[:LOOK_LINES] if line.strip()]
    form = _form_of(head[0]) if head else None
    if form is None or len(head) < FEWEST_LINES:
        return None
    if sum(form.match(line) is not None for line in head) < MOST * len(head):
        return None
    found = rows_below(NAMES, [_cells(form, line) for line in lines], lines, "the file")
    note = "The lines are measurements: a name, a time counted since 1970, in UTC, and a value."
    return ProgramRows(found.text, (note, *found.notes))


def _form_of(line: str) -> re.Pattern[str] | None:
    return next((form for form in FORMS if form.match(line)), None)


def _cells(form: re.Pattern[str], line: str) -> tuple[str, str, str] | None:
    match = form.match(line.strip())
    if match is None:
        return None
    tags = match.groupdict().get("tags") or ""
    value = "" if match["value"].lower() == "nan" else match["value"]
    return match["name"] + tags, _time(match["time"]), value


def _time(count: str) -> str:
    """A count since 1970 as a time in UTC.

    >>> _time("1704067200"), _time("1704067200500"), _time("1704067200.25")
    ('2024-01-01 00:00:00', '2024-01-01 00:00:00.500', '2024-01-01 00:00:00.25')
    """
    whole, _, fraction = count.partition(".")
    if len(whole) > 10:
        whole, fraction = whole[:10], whole[10:]
    written = datetime.fromtimestamp(int(whole), UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"{written}.{fraction}" if fraction.strip("0") else written
