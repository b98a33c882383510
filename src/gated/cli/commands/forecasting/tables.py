"""Reads the tables of `gated forecast` and `gated explain`: the past, and future covariates."""

from typing import TYPE_CHECKING, Any

from gated.cli.console.messages import Messages
from gated.cli.console.progress import reading
from gated.cli.requests.forecasting.future_request import FutureRequest
from gated.errors import DataError, UsageError
from gated.table import Table, read_future, read_table, split_known_future

if TYPE_CHECKING:
    from gated import Forecaster

__all__ = ["Tables", "read_tables"]

Tables = tuple[Table, Any, tuple[str, ...]]
"""The past, the future values of the covariates (a frame, a path or None), and notes on these."""

# The number of future steps that are checked before the fit.
_STEPS_CHECKED = 1_000


def read_tables(
    request: FutureRequest, messages: Messages, model: "Forecaster | None" = None
) -> Tables:
    """Read the tables of a command; a saved model's options of reading apply to its tables.

    What takes long is said on stderr.

    Raises:
        DataError: a table cannot be read, or future values of covariates are missing.
        UsageError: an option contradicts the table.
    """
    with reading(messages, request.tables):
        return _find_future(request, _read_past(request, model))


def _read_past(request: FutureRequest, model: "Forecaster | None") -> Table:
    """Read the table as requested; a saved model's options of reading apply to its table."""
    keywords = request.table_keywords
    if model is not None:
        from gated.forecast.inputs import as_read

        keywords = {
            **as_read(model.table_),
            **keywords,
            "covariates": model.table_.covariate_names,
            "past_covariates": model.table_.past_names,
            "like": model.table_,
        }
    return read_table(request.source, **keywords)


def _find_future(request: FutureRequest, table: Table) -> Tables:
    """Find the future values of the covariates: in a separate file, or at the end of the table.

    They are read here, so that an error in them is found before the fit.

    Raises:
        UsageError: --future was given without a covariate.
        DataError: future values are missing, or are not for the steps after the table's last.
    """
    if not table.covariate_names:
        if request.X_df is not None:
            raise UsageError(
                f"--future {request.X_df} was given, but no covariate was named, so nothing "
                "would be read from it. Name the columns whose future values are known "
                "with --covariate."
            )
        return split_known_future(table)[0], None, ()
    future: Any = request.X_df
    if future is None:
        table, future = split_known_future(table)
    if future is None and request.training in (None, "none"):
        return table, None, ()  # the fit decides in a second which covariates are used
    if future is None:
        names = ", ".join(f"`{name}`" for name in table.covariate_names)
        raise DataError(
            f"{request.table_name}: {names} must be known for the {request.horizon:,} future "
            f"steps, but the table ends with its last `{table.schema.target_col}`. Add rows with "
            f"{names} filled in and `{table.schema.target_col}` empty, or give them in a separate "
            "file with --future."
        )
    _, notes = read_future(future, table, min(request.horizon, _STEPS_CHECKED))
    return table, future, notes
