"""Reads files that were sent to the server, and makes the reports of their forecasts.

Such a file is text, and not compressed, so that it cannot grow in memory. It lies in a folder of
its own while it is read.
"""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gated.errors import DataError, GatedError, GatedWarning
from gated.files import write_whole
from gated.forecast import Forecaster
from gated.forecast.config import default_horizon
from gated.forecast.inputs import as_read
from gated.serve.problems import ProblemError
from gated.serve.settings import Limits
from gated.table import Table, read_table, tidy_frame
from gated.table.facts import table_facts
from gated.table.io.kinds.signatures import is_text, kind_of_bytes
from gated.table.io.source import open_source
from gated.text import grouped, printable

__all__ = ["Upload", "made_report", "read_upload"]

_HEAD_BYTES = 1_000
_LONGEST_NAME = 60  # characters; a file system allows 255 bytes
_MOST_COLUMNS = 1_000  # whose names are listed
_LEVELS = (80, 95)
_FIELDS = ("time_col", "target_col", "id_col")
_SHOWN_ROWS = 3


@dataclass(frozen=True)
class Upload:
    """A file that was sent.

    Attributes:
        content: its bytes.
        name: its name, for messages; only the part after the last slash is used.
        time_col, target_col, id_col: names of columns; None: detected.
    """

    content: bytes
    name: str = "table.csv"
    time_col: str | None = None
    target_col: str | None = None
    id_col: str | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """The columns that are given."""
        given = {name: getattr(self, name) for name in _FIELDS}
        return {name: column for name, column in given.items() if column}


def read_upload(upload: Upload, limits: Limits, model: Forecaster | None = None) -> dict[str, Any]:
    """What is understood of a file: the body of the response of `/v1/read`.

    Args:
        upload: the file.
        limits: of its rows, and of the horizon.
        model: it is read as the table of this model was.

    Raises:
        ProblemError: the file cannot be read; with the columns that it has, and the field that
            would help, where these are known. Or it has too many rows.
    """
    with _file(upload) as path:
        names: list[str] = []
        try:
            names = [str(name) for name in open_source(path).frame.columns][:_MOST_COLUMNS]
            table = _table(path, upload, limits, model)
        except GatedError as error:
            raise _unreadable(error, names) from error
    schema = table.schema
    shown = tidy_frame(table).head(_SHOWN_ROWS)
    return {
        "name": path.name,
        "columns": names,
        "time_col": schema.time_col if schema.has_time_col else None,
        "target_col": None if schema.wide else schema.target_col,
        "id_col": schema.id_col if schema.has_id_col else None,
        "facts": table_facts(table),
        "notes": list(table.notes),
        "left_out": table.rejected,
        "h": min(default_horizon(table.frequency.season_length), limits.horizon, _longest(table)),
        "header": [str(name) for name in shown.columns],
        "rows": [[_cell(cell) for cell in row] for row in shown.itertuples(index=False)],
    }


def made_report(
    upload: Upload, h: int, limits: Limits, model: Forecaster | None = None
) -> dict[str, Any]:
    """The forecast of a file: the body of the response of `/v1/report`.

    Args:
        upload: the file.
        h: steps ahead.
        limits: of its rows.
        model: forecasts the table; None: the pretrained network, validated on it.

    Raises:
        ProblemError: as `read_upload`, or the horizon is too long for the table.
    """
    with _file(upload) as path:
        try:
            table = _table(path, upload, limits, model)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", GatedWarning)  # the report has the notes
                if model is None:
                    made = Forecaster(h=h).fit(table).forecast(None, h, level=_LEVELS)
                else:
                    made = model.forecast(table, h, level=_LEVELS)
        except GatedError as error:
            raise _unreadable(error, []) from error
    return {
        "name": path.name,
        "verdict": made.verdict.describe(h),
        "csv": str(made.frame.to_csv(index=False, float_format="%.9g", lineterminator="\n")),
        "report": made.report(table=path.name),
    }


@contextmanager
def _file(upload: Upload) -> Iterator[Path]:
    """The file in a folder of its own, for as long as it is needed.

    Raises:
        ProblemError: it is not text, or the disk is full.
    """
    name = printable(PurePosixPath(upload.name.replace("\\", "/")).name)[-_LONGEST_NAME:]
    name = name.replace("\\", "_").lstrip(".") or "table.csv"
    head = upload.content[:_HEAD_BYTES]
    if kind_of_bytes(head) not in (None, "json") or not is_text(head):
        raise ProblemError(
            422,
            f"{name}: this is not plain text. Expected a table as CSV, tab-separated text or JSON, "
            "not compressed; a spreadsheet can be saved as CSV.",
        )
    with tempfile.TemporaryDirectory(prefix="gated-") as folder:
        path = Path(folder) / name
        try:
            write_whole(path, upload.content)
        except GatedError as error:  # its message has a path of the server
            raise ProblemError(
                503, "The server has no place for the file now.", {"Retry-After": "60"}
            ) from error
        yield path


def _table(path: Path, upload: Upload, limits: Limits, model: Forecaster | None) -> Table:
    options = {} if model is None else _options_of(model.table_)
    table = read_table(path, **{**options, **upload.columns})
    if table.n_rows > limits.rows:
        raise ProblemError(
            413,
            f"{path.name}: the table has {grouped(table.n_rows)} steps. Expected at most "
            f"{grouped(limits.rows)}; `gated forecast` has no such limit.",
        )
    return table


def _options_of(fitted: Table) -> dict[str, Any]:
    """The keywords of `read_table` that read a table for the model of another one."""
    covariates = list(fitted.covariate_names) or None
    past = list(fitted.past_names) or None
    return {**as_read(fitted), "covariates": covariates, "past_covariates": past, "like": fitted}


def _unreadable(error: GatedError, columns: list[str]) -> ProblemError:
    """The problem of a table, with the field of the page beside which it belongs."""
    text = str(error)
    field = next((name for name in _FIELDS if f"{name}=" in text), None)
    if text.startswith("The horizon"):
        field = "h"
    is_known = isinstance(error, DataError) or field is not None
    more: dict[str, Any] = {"field": field, "columns": columns} if is_known else {}
    return ProblemError(422, text, more=more)


def _longest(table: Table) -> int:
    """A horizon for which even a short past is long enough."""
    return max(1, int(table.lengths.max()) // 3)


def _cell(cell: Any) -> str:
    """A cell as text: a missing one is empty; a time at midnight is a date."""
    if cell is None or cell != cell:
        return ""
    return cell if isinstance(cell, str) else str(cell).removesuffix(" 00:00:00").removesuffix(".0")
