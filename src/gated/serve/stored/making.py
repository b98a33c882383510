"""Makes the states of stored series: from their rows, or from bytes of the store."""

from dataclasses import replace

import numpy as np

from gated.errors import GatedError
from gated.forecast import Forecaster, Live
from gated.forecast.inputs import read_like
from gated.serve.forecasting.forecasters import Forecasters, Plain
from gated.serve.forecasting.frames import ROLES, frame_of, regular_table, renamed
from gated.serve.forecasting.job import Job, Options, Series
from gated.serve.forecasting.steps import usual_horizon
from gated.serve.forecasting.times import CLOCKS
from gated.serve.stored.state import PackedState, ReadRows, SeriesState
from gated.store import Derived, SeriesRows
from gated.table import Table, read_table

__all__ = ["StateMaker"]


class StateMaker:
    """Makes states; several threads may use it at the same time.

    Args:
        forecasters: make the decisions.
        longest_horizon: the most steps ahead, where the usual number is asked.
    """

    def __init__(self, forecasters: Forecasters, longest_horizon: int) -> None:
        self._forecasters, self._longest = forecasters, longest_horizon

    def made(self, rows: SeriesRows, options: Options) -> SeriesState:
        """Decide, and read the rows. With validation it takes some tenths of a second.

        A horizon of 0 becomes the usual one of these rows.

        Raises:
            GatedError: the rows cannot be forecast.
        """
        label, clock = rows.info.label, CLOCKS[rows.info.clock]
        series = Series(label, rows.ds, rows.y)
        usual = options.h or min(self._longest, usual_horizon(clock, series, options.freq))
        options = replace(options, h=usual)
        plain = None
        if self._forecasters.model is not None:
            live, table = self._of_model(series, clock, options.h)
        elif options.validated:
            frame = frame_of([label], [series], clock)
            freq, season = options.freq, options.season_length
            table = read_table(frame, freq=freq, season_length=season, **ROLES)
            live = Forecaster().watch(table, options.h)
        else:
            job = _job(series, clock, options)
            plain = Plain.of(job)
            decisions = self._forecasters.decisions(plain, options.h, rows.ds[-1])
            table = self._table(job, plain)
            live = decisions.with_past(table)
        count = len(rows.ds)
        read = _read(rows, rows.info.n_rows, count)
        made_for = replace(options, level=(), quantiles=())
        return SeriesState(label, made_for, live, read, plain, tuple(table.notes))

    def renewed(self, state: SeriesState, rows: SeriesRows) -> SeriesState:
        """A state for changed rows: with the same decisions if they are its own and still fit.

        Raises:
            GatedError: the rows cannot be forecast.
        """
        if state.plain is not None:
            return self.made(rows, state.options)
        series = Series(state.label, rows.ds, rows.y)
        frame = frame_of([state.label], [series], CLOCKS[rows.info.clock])
        try:
            live = state.live.with_past(renamed(frame, state.live.rules.table.schema))
        except GatedError:  # they have another step, or are too few
            return self.made(rows, state.options)
        read = _read(rows, state.read.decided_rows, state.read.decided_read)
        return replace(state, live=live, read=read)

    def restored(self, label: str, stored: Derived) -> SeriesState | None:
        """The state of bytes of the store; None if they do not belong to this version or model."""
        name = f"The state of series `{label}`"
        try:
            packed = PackedState.from_bytes(stored.content, name)
            read, plain, options = packed.read, packed.plain, packed.options
            if plain is not None:
                decisions = self._forecasters.decisions(plain, options.h, np.int64(read.last))
                live = decisions.with_states({label: packed.live})
            else:
                live = Live.from_bytes(packed.live, name, model=self._forecasters.model)
        except GatedError:
            return None
        if [str(one) for one in live.ids] != [label] or read.identity != stored.identity:
            return None
        return SeriesState(label, options, live, read, plain, packed.notes)

    def _of_model(self, series: Series, clock: str, h: int) -> tuple[Live, Table]:
        model = self._forecasters.model
        assert model is not None
        frame = renamed(frame_of([series.label], [series], clock), model.table_.schema)
        table = read_like(frame, model.table_).past
        return self._forecasters.decisions_of_model(frame, h).with_past(table), table

    def _table(self, job: Job, plain: Plain) -> Table:
        series = job.series[0]
        fitted = self._forecasters.plain(plain, series.ds[-1]).table_
        if job.kind is not None:
            table = regular_table([series.label], [series], plain.clock, fitted)
            if table is not None:
                return table
        return read_like(frame_of([series.label], [series], plain.clock), fitted).past


def _job(series: Series, clock: str, options: Options) -> Job:
    known = Options(
        CLOCKS[clock], options.h, freq=options.freq, season_length=options.season_length
    )
    return Job(known, [series])


def _read(rows: SeriesRows, decided_rows: int, decided_read: int) -> ReadRows:
    info = rows.info
    return ReadRows(info.identity, info.revision, int(rows.ds[-1]), decided_rows, decided_read)
