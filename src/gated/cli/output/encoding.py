"""Encodes frames as CSV, Parquet or JSON."""

import csv
import io
import json
from collections.abc import Callable, Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gated.errors import UsageError

__all__ = [
    "JSON_SCHEMA",
    "as_csv",
    "as_json",
    "check_table_suffix",
    "encoded",
    "records",
]

JSON_SCHEMA = 1
"""The number of the form of what `--json` writes; it rises when an entry changes or goes."""


def as_csv(frame: Any, decimals: Mapping[str, int | None]) -> bytes:
    """Encode a frame as CSV in UTF-8 with one header line; `decimals` as in `rounded`."""
    # These import numpy, which the help does not need.
    from gated.cli.output.columns import Columns, csv_cells
    from gated.cli.output.rounding import rounded

    columns = rounded(Columns.of(frame), decimals)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns.names)
    writer.writerows(zip(*map(csv_cells, columns.cells.values()), strict=True))
    return text.getvalue().encode()


def as_json(content: Any) -> bytes:
    """Encode plain values as indented JSON in UTF-8, with a line feed at the end."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False, default=str)
    return (text + "\n").encode()


def records(frame: Any) -> list[dict[str, Any]]:
    """Convert a frame to a list of rows: times as ISO text, missing numbers as None.

    >>> import numpy as np
    >>> days = np.array(["2024-01-01", "2024-01-02"], "M8[ns]")
    >>> records({"ds": days, "gated": np.array([1.5, float("nan")])})
    [{'ds': '2024-01-01', 'gated': 1.5}, {'ds': '2024-01-02', 'gated': None}]
    """
    from gated.cli.output.columns import Columns, json_cells

    columns = {name: json_cells(column) for name, column in Columns.of(frame).cells.items()}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def encoded(frame: Any, path: Path, decimals: Mapping[str, int | None]) -> bytes:
    """Encode a frame in the format of the file's suffix; only CSV is rounded."""
    return _FORMATS[path.suffix.lower()](frame, decimals)


def check_table_suffix(option: str, path: Path, among: Collection[str] | None = None) -> None:
    """Raise an error for a file of a table whose format is unknown.

    Args:
        option: the option that names the file.
        path: the file.
        among: the suffixes to accept; by default all of `encoded`.

    Raises:
        UsageError: the suffix is unknown; the message lists the known ones.
    """
    suffix = path.suffix.lower()
    accepted = _FORMATS if among is None else among
    if suffix in accepted:
        return
    known = ", ".join(accepted)
    close = get_close_matches(suffix, accepted, n=1)
    hint = f" Did you mean {path.with_suffix(close[0])}?" if close else ""
    found = f'the suffix "{path.suffix}" is unknown' if suffix else "the name has no suffix"
    raise UsageError(
        f"{option} {path}: {found}, so the format is not clear. Expected one of {known}.{hint}"
    )


def _as_parquet(frame: Any, _: object) -> bytes:
    from gated.cli.output.parquet import as_parquet

    return as_parquet(frame)


_FORMATS: dict[str, Callable[[Any, Mapping[str, int | None]], bytes]] = {
    ".csv": as_csv,
    ".parquet": _as_parquet,
    ".json": lambda frame, _: as_json(records(frame)),
}
