"""Runs `gated watch`: rows from stdin, forecasts and flags to stdout as lines of JSON."""

import json
import math
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any, cast

from gated.cli.commands.forecasting.row_stream import Line, RowParser, blocks
from gated.cli.console.messages import Messages
from gated.cli.console.progress import waiting_for_rows
from gated.cli.output.stdout import require_stdout, to_stdout
from gated.cli.requests.forecasting.watch_request import WatchRequest
from gated.errors import DataError, UsageError
from gated.table import Table, read_table
from gated.text import counted, shown_time

if TYPE_CHECKING:
    from io import BufferedReader

    from gated import Forecaster, Live
    from gated.forecast.live.observed import Observed

__all__ = ["run"]

_SAVED_EVERY = 60.0  # seconds
_DIGITS = 7  # significant digits of a number
_FIRST_ROW = "row index 0: "  # how a message of the library names a single row


def run(request: WatchRequest, messages: Messages) -> None:
    """Run `gated watch`.

    Args:
        request: the options.
        messages: prints messages to stderr.

    Raises:
        UsageError: stdin is closed, or the state is of another horizon.
        DataError: with --strict, a row cannot be used.
    """
    require_stdout()
    if sys.stdin is None:
        raise UsageError("stdin is closed, and new rows are read from it. Expected lines of CSV.")
    live = _live(request, messages)
    stop = _Stop()
    watching = _Watching(request, messages, live)
    with stop.installed():
        try:
            for block in _awaited(messages, _needed(live)):
                with stop.delayed():
                    goes_on = watching.take(block)
                if not goes_on:
                    break
        except KeyboardInterrupt:  # the usual end of a stream that has none
            messages.write_line()
        finally:
            watching.save()
    watching.say_end()


def _awaited(messages: Messages, columns: Sequence[str]) -> Iterator[list[Line]]:
    """The lines of stdin that arrive together; a wait for the first ones is said."""
    arrived = blocks(cast("BufferedReader", sys.stdin.buffer))
    with waiting_for_rows(messages, columns):
        first = next(arrived, None)
    if first is not None:
        yield first
        yield from arrived


class _Watching:
    """The state, and what was done so far."""

    def __init__(self, request: WatchRequest, messages: Messages, live: "Live") -> None:
        self._request, self._messages, self._live = request, messages, live
        self._parser = RowParser(_needed(live), lambda: _columns(request, live))
        self._saved = time.monotonic()
        self._taken = self._unlikely = self._refused = 0

    def take(self, block: Sequence[Line]) -> bool:
        """Take the rows of a block, and write their lines; whether more can be written."""
        rows: list[dict[str, Any]] = []
        places: list[int] = []
        for line in block:
            try:
                row = self._parser.parse(line)
            except DataError as error:
                self._refuse(line.number, str(error))
                continue
            if row is not None:
                rows.append(row)
                places.append(line.number)
        goes_on = True
        for seen in self._updated(rows, places):  # all of them: the state must have every row
            goes_on &= self._write(seen)
        if self._request.state is not None and time.monotonic() - self._saved > _SAVED_EVERY:
            self.save()
        return goes_on

    def save(self) -> None:
        """Write the state, if a file was named."""
        if self._request.state is not None:
            self._live.save(self._request.state)
            self._saved = time.monotonic()

    def say_end(self) -> None:
        """Print what was done."""
        refused = f", {counted(self._refused, 'line')} not used" if self._refused else ""
        values = counted(self._taken, "value")
        self._messages.write("Watched", f"{values}, {self._unlikely:,} unlikely{refused}.")
        if self._request.state is not None:
            again = "The same command goes on from there."
            self._messages.write("State", f"Written to {self._request.state}. {again}")

    def _updated(self, rows: list[dict[str, Any]], places: list[int]) -> Iterator["Observed"]:
        """Update with all rows at once; if one of them is wrong, with one after another."""
        if not rows:
            return
        try:
            yield self._live.update(rows)
            return
        except DataError as error:
            if len(rows) == 1:
                self._refuse(places[0], str(error).removeprefix(_FIRST_ROW))
                return
        for row, place in zip(rows, places, strict=True):
            yield from self._updated([row], [place])

    def _refuse(self, line: int, reason: str) -> None:
        message = f"stdin: line {line:,}: {reason}"
        if self._request.strict:
            raise DataError(message)
        self._refused += 1
        self._messages.write_error(message)

    def _write(self, seen: "Observed") -> bool:
        """Write the lines of some values; the last one of each series has the forecast."""
        self._messages.write("Rows", *seen.notes)
        if not len(seen):
            return True
        self._taken += len(seen)
        self._unlikely += int(seen.unlikely.sum())
        last = {label: place for place, label in enumerate(seen.ids.tolist())}
        made = dict(zip(last, self._forecasts(list(last)), strict=True))
        schema = seen.schema
        lines = []
        for place, label in enumerate(seen.ids.tolist()):
            line: dict[str, Any] = {schema.id_col: _plain(label)}
            line[schema.time_col] = self._time(seen.ds[place])
            line[schema.target_col] = _number(seen.y[place])
            line["expected"] = _number(seen.expected[place])
            line["probability"] = _number(seen.probability[place])
            line["unlikely"] = bool(seen.unlikely[place])
            if last[label] == place:
                line["forecast"] = made[label]
            lines.append(json.dumps(line, ensure_ascii=False))
        return to_stdout(("\n".join(lines) + "\n").encode())

    def _forecasts(self, labels: list[Any]) -> list[list[dict[str, Any]]]:
        """The forecasts of some series, in the order of their labels."""
        made = self._live.forecast_arrays(level=self._request.level, series=labels)
        place = {label: number for number, label in enumerate(made.ids.tolist())}
        time_col = self._live.rules.table.schema.time_col
        return [
            [
                {
                    time_col: self._time(made.ds[row, step]),
                    **{name: _number(found[row, step]) for name, found in made.columns.items()},
                }
                for step in range(made.ds.shape[1])
            ]
            for row in (place[label] for label in labels)
        ]

    def _time(self, time: Any) -> Any:
        table = self._live.rules.table
        if table.frequency.is_numbered:
            return int(time)
        return shown_time(table.local(time.reshape(1))[0])


class _Stop:
    """Lets Ctrl-C, SIGTERM and SIGHUP end the reading at once, and the work after its block."""

    def __init__(self) -> None:
        self._is_delayed = self._was_asked = False

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Handle the signals inside the block; only the main thread receives them."""
        names = ("SIGINT", "SIGTERM", "SIGHUP")
        numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
        if threading.current_thread() is not threading.main_thread():
            numbers = []
        ignored = (signal.SIG_IGN, None)
        before = {one: signal.getsignal(one) for one in numbers}
        chosen = {one: handler for one, handler in before.items() if handler not in ignored}
        for one in chosen:
            signal.signal(one, self._press)
        try:
            yield
        finally:
            for one, handler in chosen.items():
                signal.signal(one, handler)

    @contextmanager
    def delayed(self) -> Iterator[None]:
        """Delay the signals to the end of the block."""
        self._is_delayed = True
        try:
            yield
        finally:
            self._is_delayed = False
        if self._was_asked:
            raise KeyboardInterrupt

    def _press(self, number: int, frame: FrameType | None) -> None:
        self._was_asked = True
        if not self._is_delayed:
            raise KeyboardInterrupt


def _live(request: WatchRequest, messages: Messages) -> "Live":
    """The state of the file if it exists, else that of the table."""
    keeps = request.state is not None and request.state.exists()
    table = None if keeps or request.model is not None else _table(request, None)
    from gated.threads import limit_threads

    limit_threads()
    from gated import Forecaster, Live
    from gated.forecast.live.options import Options

    options = Options(not request.is_fixed, request.unlikely, request.new_series)
    model = None if request.model is None else Forecaster.load(request.model)
    if keeps:
        live = Live.load(cast("Any", request.state), model=model)
        if live.h != request.horizon:
            raise UsageError(
                f"--state {request.state} was made with --horizon {live.h}, found "
                f"{request.horizon}. Give the same one, or another file."
            )
        live.options = options
        messages.write("State", f"Goes on from {request.state}; the table is not read.")
    else:
        fitted = model or Forecaster()
        table = table if table is not None else _table(request, model)
        live = fitted.watch(table, h=request.horizon, **vars(options))
        messages.write("Table", _described(request, live))
        live.forecast_arrays()  # the first rows are compared with it
    messages.write("Decided", live.verdict.describe(request.horizon))
    return live


def _table(request: WatchRequest, model: "Forecaster | None") -> Table:
    """The past; a model's options of reading apply to its table."""
    if model is None:
        return read_table(request.source, **request.table_keywords)
    from gated.forecast.inputs import as_read

    keywords = {**as_read(model.table_), **request.table_keywords}
    return read_table(request.source, **keywords, like=model.table_)


def _described(request: WatchRequest, live: "Live") -> str:
    series = counted(len(live), "series", "series")
    return f"{request.table_name}: {series}, {live.rules.table.frequency.description}."


def _needed(live: "Live") -> list[str]:
    """The columns that a row must have."""
    schema = live.rules.table.schema
    names = [schema.id_col] if schema.has_id_col else []
    names += [schema.time_col] if schema.has_time_col else []
    return names + (live.ids.tolist() if schema.wide else [schema.target_col])


def _columns(request: WatchRequest, live: "Live") -> Sequence[str]:
    """The columns of lines of CSV without a header: those of the table."""
    from gated.table.io.source import open_source

    schema = live.rules.table.schema
    opened = open_source(request.source, schema.missing, sheet=request.sheet, query=request.query)
    found = list(opened.frame.columns)
    return found if set(_needed(live)) <= set(found) else _needed(live)


def _number(value: Any) -> float | None:
    """A number with a few digits; None for NaN, which JSON does not have."""
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None


def _plain(label: Any) -> Any:
    return label.item() if hasattr(label, "item") else label
