"""Reads .tsf files of the Monash archive: a line for each series, with its start and its values."""

import re
from datetime import datetime

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from gated.errors import DataError
from gated.table.io.kinds.loaded import Loaded, TableFile, frame_of
from gated.table.io.kinds.packed import read_bounded
from gated.text import counted

__all__ = ["is_monash", "read_monash"]

STEP = re.compile(r"^(?:(?P<count>\d+|half)_)?(?P<unit>[a-z]+)$")
UNITS = {
    "yearly": (12, "M"), "quarterly": (3, "M"), "monthly": (1, "M"), "weekly": (7, "D"),
    "daily": (1, "D"), "hourly": (1, "h"), "minutely": (1, "m"), "minutes": (1, "m"),
    "seconds": (1, "s"), "secondly": (1, "s"),
}  # fmt: skip


def is_monash(head: bytes) -> bool:
    """Whether the first bytes are those of a .tsf file.

    >>> is_monash(b"# Note\\n@relation x\\n@attribute series_name string\\n"), is_monash(b"a,b\\n")
    (True, False)
    """
    return re.search(rb"^@attribute +series_name +string", head, re.M | re.I) is not None


def read_monash(file: TableFile) -> Loaded:
    """Read a .tsf file as one row for each value.

    Without the attribute `start_timestamp`, or a frequency, the rows are numbered steps.

    Raises:
        DataError: a line has another number of parts than there are attributes.
    """
    with file.open("rb") as stream:
        content = read_bounded(stream, file.name, "Save the table as Parquet.")
    attributes: list[str] = []
    frequency, rows = "", []
    in_data = False
    for number, line in enumerate(content.decode("utf-8", errors="replace").splitlines(), 1):
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if in_data:
            rows.append((number, line))
        elif words[0].lower() == "@attribute":
            attributes.append(words[1])
        elif words[0].lower() == "@frequency" and len(words) > 1:
            frequency = words[1]
        elif words[0].lower() == "@data":
            in_data = True
    tables = [_series(file.name, number, line, attributes, frequency) for number, line in rows]
    if not tables:
        raise DataError(f"{file.name}: there are no series below @data.")
    note = f"Each of {counted(len(tables), 'line')} below @data is a series."
    return Loaded(frame_of(pa.concat_tables(tables)), name=file.name, notes=(note,))


def _series(name: str, number: int, line: str, attributes: list[str], frequency: str) -> pa.Table:
    parts = line.split(":")
    if len(parts) != len(attributes) + 1:
        raise DataError(
            f"{name}: line {number} has {counted(len(parts) - 1, 'attribute')}. Expected "
            f"{len(attributes)}, as above @data, then the values, separated by colons."
        )
    values = [None if text.strip() in ("?", "NaN", "") else text for text in parts[-1].split(",")]
    labels = dict(zip(attributes, parts, strict=False))
    start = labels.pop("start_timestamp", None)
    columns = {key: pa.array([label] * len(values)) for key, label in labels.items()}
    step = _step(frequency)
    if start is None or step is None:
        columns["step"] = pa.array(range(len(values)))
    else:
        begin = datetime.strptime(start, "%Y-%m-%d %H-%M-%S")
        columns["ds"] = pa.array(_times(np.datetime64(begin, "us"), len(values), step))
    columns["value"] = pa.array(values, pa.string())
    return pa.table(columns)


def _step(frequency: str) -> tuple[int, str] | None:
    """The step as a number of months (M), days (D) or shorter units of NumPy."""
    match = STEP.match(frequency)
    if frequency == "half_hourly":
        return 30, "m"
    if match is None or match["unit"] not in UNITS or match["count"] == "half":
        return None
    size, unit = UNITS[match["unit"]]
    return int(match["count"] or 1) * size, unit


def _times(begin: np.datetime64, length: int, step: tuple[int, str]) -> NDArray[np.datetime64]:
    """The times of a series; a month that is too short for the day shortens it from there on.

    >>> _times(np.datetime64("2023-12-31", "us"), 4, (1, "M")).astype("M8[D]").tolist()[1:]
    [datetime.date(2024, 1, 31), datetime.date(2024, 2, 29), datetime.date(2024, 3, 29)]
    """
    size, unit = step
    if unit != "M":
        steps: NDArray[np.datetime64] = begin + np.arange(length) * np.timedelta64(size, unit)  # type: ignore[call-overload]
        return steps
    first = begin.astype("M8[M]")
    months = first + np.arange(length) * np.timedelta64(size, "M")
    last_days = (months + np.timedelta64(1, "M")).astype("M8[D]") - months.astype("M8[D]")
    day_of_month = begin.astype("M8[D]") - first.astype("M8[D]")
    days = np.minimum(np.minimum.accumulate(last_days) - np.timedelta64(1, "D"), day_of_month)
    clock = begin - begin.astype("M8[D]")
    times: NDArray[np.datetime64] = (months.astype("M8[D]") + days).astype("M8[us]") + clock
    return times
