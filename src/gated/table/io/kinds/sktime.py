"""Reads .ts files of sktime and of the archives of time series: a line for each case."""

import re

import pyarrow as pa

from gated.errors import DataError
from gated.table.io.kinds.loaded import Loaded, TableFile, frame_of
from gated.table.io.kinds.packed import read_bounded
from gated.text import counted

__all__ = ["is_sktime", "read_sktime"]

BETWEEN_DIMENSIONS = re.compile(r":(?![^(]*\))")  # a time in brackets has colons, too
PAIR = re.compile(r"\(([^()]*),([^(),]*)\)")
MISSING = ("?", "NaN", "")
Dimension = list[tuple[str | None, str | None]]
"""The times and values of one dimension of a case; None without a time, or where missing."""


def is_sktime(head: bytes) -> bool:
    """Whether the first bytes are those of a .ts file.

    >>> is_sktime(b"@problemName Sales\\n@timeStamps false\\n@data\\n"), is_sktime(b"a,b\\n")
    (True, False)
    """
    return re.search(rb"^@problemname\s", head, re.M | re.I) is not None


def read_sktime(file: TableFile) -> Loaded:
    """Read a .ts file as one row for each case and step, with a column for each dimension.

    Raises:
        DataError: there is no case, or the dimensions of a case do not fit each other.
    """
    with file.open("rb") as stream:
        content = read_bounded(stream, file.name, "Save the table as Parquet.")
    has_label, in_data = False, False
    cases: list[list[Dimension]] = []
    for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), 1):
        words = line.lower().split()
        if not words or line.startswith(("#", "%")):
            continue
        if in_data:
            cases.append(_dimensions(line.strip(), file.name, number, has_label=has_label))
        elif words[0] in ("@classlabel", "@targetlabel"):
            has_label = words[1:2] == ["true"]
        in_data = in_data or words[0] == "@data"
    if not cases:
        raise DataError(f"{file.name}: there are no cases below @data.")
    notes = [f"Each of {counted(len(cases), 'line')} below @data is a series."]
    if has_label:
        notes.append("The label at the end of each line was left out.")
    return Loaded(frame_of(_table(cases)), name=file.name, notes=tuple(notes))


def _dimensions(line: str, name: str, number: int, *, has_label: bool) -> list[Dimension]:
    parts = BETWEEN_DIMENSIONS.split(line)
    if has_label:
        parts = parts[:-1]
    found = [_dimension(part) for part in parts]
    times = [[time for time, _ in dimension] for dimension in found]
    if not found or any(other != times[0] for other in times):
        raise DataError(
            f"{name}: line {number} has dimensions of other lengths or times. Expected the same "
            "times in each dimension, separated by colons."
        )
    return found


def _dimension(part: str) -> Dimension:
    """The times and values of a dimension.

    >>> _dimension("5,?"), _dimension("(2024-01-01 10:00,5),(2024-01-01 11:00,6)")[1]
    ([(None, '5'), (None, None)], ('2024-01-01 11:00', '6'))
    """
    pairs = PAIR.findall(part)
    timed = [(time, value) for time, value in pairs] or [(None, text) for text in part.split(",")]
    return [
        (None if time is None else time.strip(), None if text.strip() in MISSING else text.strip())
        for time, text in timed
    ]


def _table(cases: list[list[Dimension]]) -> pa.Table:
    widest = max(map(len, cases))
    names = ["value"] if widest == 1 else [f"dim_{place}" for place in range(1, widest + 1)]
    has_times = all(time is not None for case in cases for time, _ in case[0])
    labels = [str(number) for number, case in enumerate(cases, 1) for _ in case[0]]
    steps = [step for case in cases for step in range(len(case[0]))]
    columns: dict[str, pa.Array] = {"series": pa.array(labels)}
    if has_times:
        columns["time"] = pa.array([time for case in cases for time, _ in case[0]], pa.string())
    else:
        columns["step"] = pa.array(steps)
    for place, name in enumerate(names):
        values = [
            case[place][step][1] if place < len(case) else None
            for case in cases
            for step in range(len(case[0]))
        ]
        columns[name] = pa.array(values, pa.string())
    return pa.table(columns)
