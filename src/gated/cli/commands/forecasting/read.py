"""Runs `gated read`, which shows how a table is understood, and `gated future`."""

import shlex
import shutil
from collections.abc import Callable, Mapping
from functools import partial
from textwrap import wrap
from typing import Any

import numpy as np

from gated.cli.console.exits import refuse_left_out
from gated.cli.console.messages import Messages
from gated.cli.console.progress import progress_bar, reading
from gated.cli.output.columns import Columns
from gated.cli.output.encoding import JSON_SCHEMA, as_csv, as_json, encoded, records
from gated.cli.output.files import raise_failed, write_results
from gated.cli.output.rounding import decimals_of
from gated.cli.output.stdout import is_stdout_terminal, require_stdout, to_stdout
from gated.cli.requests.forecasting.reading_request import (
    FillInRequest,
    GivenTableRequest,
    ReadRequest,
)
from gated.files import write_whole
from gated.table import Table, future_frame, read_table, split_known_future, tidy_frame
from gated.table.facts import table_facts, time_span
from gated.table.io.addresses import masked
from gated.text import counted, listed, printable, shortened

__all__ = ["fill_in", "run"]

_NARROWEST = 20  # characters in a line
_ROWS = 3  # shown of the beginning, and as many of the end


def run(request: ReadRequest, messages: Messages) -> None:
    """Run `gated read`: print what was understood, and write the tidy table if that is wanted."""
    require_stdout()
    with progress_bar(messages, f"Reading {request.table_name}"):
        table = _read(request, messages)
    frame = Columns.of(tidy_frame(table))
    decimals = {table.schema.target_col: decimals_of(table.y)}
    writers: dict[str, Callable[[], None]] = {}
    if request.out is not None:
        content = encoded(frame, request.out, decimals)
        writers["out"] = partial(write_whole, request.out, content)
    failed = write_results(writers)
    if request.as_json:
        to_stdout(as_json(_facts(request, table, frame)))
    else:
        to_stdout(_text(table, frame, decimals).encode())
    if request.out is not None and "out" not in failed:
        messages.write("Written", f"{counted(len(frame), 'row')} to {request.out}.")
    raise_failed(failed)
    refuse_left_out(table.rejected, strict=request.strict)


def fill_in(request: FillInRequest, messages: Messages) -> None:
    """Run `gated future`: write the next steps of every series, with cells to fill in."""
    require_stdout()
    assert request.horizon is not None  # checked by the request
    with progress_bar(messages, f"Reading {request.table_name}"):
        table, _ = split_known_future(_read(request, messages))
    frame = Columns.of(future_frame(table, request.horizon))
    if not table.covariate_names:
        messages.write(
            "Note",
            "The table to fill in has no column for covariates. Name those whose future values "
            "you will fill in with --covariate.",
        )
    writers: dict[str, Callable[[], None]] = {}
    if request.out is not None:
        writers["out"] = partial(write_whole, request.out, encoded(frame, request.out, {}))
    failed = write_results(writers)
    if request.as_json:
        content = {"table": request.given_table, "future": records(frame)}
        to_stdout(as_json({"schema": JSON_SCHEMA, **content}))
    elif request.out is None:
        to_stdout(as_csv(frame, {}))
    if "out" not in failed:
        where = "stdout" if request.out is None else str(request.out)
        use = ""
        if table.covariate_names:
            columns = [word for name in table.covariate_names for word in ("--covariate", name)]
            files = [masked(str(path)) for path in request.tables]
            command = ["gated", "forecast", *files, "--horizon", str(request.horizon), *columns]
            use = f" Fill in {listed(table.covariate_names)}, then: {shlex.join(command)} "
            use += "--future FILE"
        messages.write(
            "Written",
            f"{counted(len(frame), 'row')} to {where}.{use}",
        )
    raise_failed(failed)
    refuse_left_out(table.rejected, strict=request.strict)


def _read(request: GivenTableRequest, messages: Messages) -> Table:
    with reading(messages, request.tables):
        return read_table(request.source, **request.table_keywords)


def _facts(request: ReadRequest, table: Table, frame: Columns) -> dict[str, Any]:
    """The object that `--json` writes."""
    schema = table.schema
    begin, end = time_span(table)
    return {
        "schema": JSON_SCHEMA,
        "table": request.given_table,
        "columns": {
            "time": schema.time_col if schema.has_time_col else None,
            "series": schema.id_col if schema.has_id_col else None,
            "target": None if schema.wide else schema.target_col,
            "covariates": list(table.covariate_names),
            "past_covariates": list(table.past_names),
        },
        "series": table.n_series,
        "steps": table.n_rows,
        "missing": int(np.isnan(table.y).sum()),
        "frequency": table.frequency.alias,
        "season_length": table.frequency.season_length,
        "begin": begin,
        "end": end,
        "notes": list(table.notes),
        "left_out": table.rejected,
        "first": records(frame.head(_ROWS)),
        "last": records(frame.tail(_ROWS)),
    }


def _text(table: Table, frame: Columns, decimals: dict[str, int | None]) -> str:
    """What was understood, as lines."""
    facts = table_facts(table)
    width = max(map(len, facts)) + 2
    lines = [f"{name:<{width}}{text}" for name, text in facts.items()]
    lines += ["", *(line for note in table.notes for line in _bullet(note))]
    if len(frame) <= 2 * _ROWS + 1:
        rows = _rows(frame, decimals)
    else:
        last = _rows(frame.tail(_ROWS), decimals)[1:]
        rows = [*_rows(frame.head(_ROWS), decimals), "…", *last]
    return "\n".join([*map(printable, lines), "", *rows]) + "\n"


def _bullet(note: str) -> list[str]:
    """A note as lines that fit the terminal; as one line in a file or a pipe."""
    note = shortened(note)
    if not is_stdout_terminal():
        return [f"- {note}"]
    columns = max(_NARROWEST, shutil.get_terminal_size().columns)
    return wrap(printable(note), columns, initial_indent="- ", subsequent_indent="  ")


def _rows(frame: Columns, decimals: Mapping[str, int | None]) -> list[str]:
    """The header and the rows as CSV, one line each: a label may have a line feed."""
    places = {printable(name): number for name, number in decimals.items()}
    return as_csv(frame.printable(printable), places).decode().splitlines()
