"""Loads or fits a forecaster and forecasts: the part of `gated forecast` that computes."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from gated import Forecaster
from gated.cli.commands.forecasting.forecast.output import ForecastResult
from gated.cli.commands.forecasting.forecast.totals import path_settings, totals_level
from gated.cli.commands.forecasting.table_summary import print_table_summary
from gated.cli.commands.forecasting.tables import Tables, read_tables
from gated.cli.console.messages import Messages
from gated.cli.console.progress import ProgressBar
from gated.cli.console.resuming import resumable_command, resumed_from
from gated.cli.output.columns import Columns
from gated.cli.requests.forecasting.forecast_request import ForecastRequest
from gated.forecast.prediction.columns import ForecastColumns
from gated.forecast.prediction.forecast import Forecast
from gated.forecast.prediction.totals import Period
from gated.table import Table
from gated.train.progress import Progress

if TYPE_CHECKING:
    from gated.train.checkpoint import Checkpoint

__all__ = ["ForecastRun"]


@dataclass(frozen=True)
class ForecastRun:
    """One run of `gated forecast`, from the tables to the result.

    Attributes:
        request: the options.
        messages: prints messages to stderr.
        command: the arguments as typed, to be repeated after Ctrl-C.
        progress: the progress bar.
        until_written: holds the checkpoint until the last file is written.
    """

    request: ForecastRequest
    messages: Messages
    command: Sequence[str]
    progress: ProgressBar
    until_written: ExitStack

    def run(self, tables: Tables | None) -> ForecastResult:
        """Forecast the given tables; None: read them with the options of the saved model."""
        request, h = self.request, self.request.horizon
        ForecastColumns.of(
            request.level, request.quantiles
        )  # an error for invalid levels before the work
        loaded = Forecaster.load(request.model) if request.model is not None else None
        if tables is None:
            tables = read_tables(request, self.messages, loaded)
        table, future, notes = tables
        checkpoint = self._checkpoint()
        print_table_summary(self.messages, request.table_name, table)
        self.messages.write("Future", *notes)
        model = loaded or self._fit(table, checkpoint)
        self.progress.stage("Forecasting")
        made = model.forecast(
            table if loaded is not None else None,
            h,
            level=request.level,
            quantiles=request.quantiles,
            X_df=future,
        )
        frame, memory = self._content(made), made.memory
        if checkpoint is not None:
            checkpoint.check()  # before the files of an interrupted command are written
        return ForecastResult(model, made, frame, memory)

    def _content(self, made: Forecast) -> Columns:
        """Return what is written: the forecast, its paths or its totals."""
        request = self.request
        if request.paths is not None:
            return Columns.of(made.simulate(request.paths, seed=request.seed or 0))
        if request.totals is None:
            return Columns.of(made.frame)
        totals = partial(
            made.totals,
            cast("Period", request.totals),
            level=totals_level(request),
            **path_settings(request, made),
        )
        each = Columns.of(totals())
        if len(made.ids) == 1:
            return each
        return each.above(Columns.of(totals(over_series=True)))

    def _checkpoint(self) -> "Checkpoint | None":
        """Return the checkpoint for an interrupted training; None without training."""
        request = self.request
        if request.model is not None or request.hyperparameters.get("training", "none") == "none":
            return None
        return self.until_written.enter_context(
            resumable_command(request.resumable, self.messages, self.command)
        )

    def _fit(self, table: Table, checkpoint: "Checkpoint | None") -> Forecaster:
        """Fit a forecaster; resume an interrupted training."""
        model = Forecaster(h=self.request.horizon, **self.request.hyperparameters)
        with resumed_from(checkpoint, self.messages) as note:

            def follow(stage: str, step: Progress) -> None:
                note(step)
                self.progress.step(stage, step)

            return model.fit(table, progress=follow, checkpoint=checkpoint)
