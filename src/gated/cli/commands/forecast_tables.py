"""The tables of `gated forecast`: the past, and what is known of the future."""

from typing import TYPE_CHECKING, Any

from gated.cli.request import ForecastRequest
from gated.errors import DataError, UsageError
from gated.table import Table, read_future, read_table, split_known_future

if TYPE_CHECKING:
    from gated import Forecaster

__all__ = ["Tables", "read_tables"]

Tables = tuple[Table, Any, tuple[str, ...]]
"""The past, what holds the covariates of the steps ahead (or None), and notes on these."""

# Before learning, so many steps of the future are looked at: enough to find what is wrong.
_STEPS_CHECKED = 1_000


def read_tables(request: ForecastRequest, model: "Forecaster | None" = None) -> Tables:
    """Read the tables of a command; for a saved model, as that model read its own.

    Raises:
        DataError: a table cannot be read, or the covariates of the steps ahead are missing.
        UsageError: an option does not fit the table.
    """
    return _find_future(request, _read_past(request, model))


def _read_past(request: ForecastRequest, model: "Forecaster | None") -> Table:
    """Read the table as requested; for a saved model, as that model read its own."""
    keywords = request.table_keywords
    if model is not None:
        from gated.forecast.data.inputs import as_read

        keywords = {
            **as_read(model.table_),
            **keywords,
            "covariates": model.table_.covariate_names,
            "past_covariates": model.table_.past_names,
            "like": model.table_,
        }
    return read_table(request.table, **keywords)


def _find_future(request: ForecastRequest, table: Table) -> Tables:
    """The past without rows of the future, what holds the covariates of the steps ahead, and notes.

    Both are looked at now, so that what is wrong is said before the network learns.

    Raises:
        UsageError: --future was given, and no covariate.
        DataError: the covariates of the steps ahead are missing or do not fit.
    """
    if not table.covariate_names:
        if request.X_df is not None:
            raise UsageError(
                f"--future {request.X_df} was given, but no covariate was named, so nothing "
                "would be read from it. Name the columns that are known in advance with "
                "--covariate."
            )
        return table, None, ()
    future: Any = request.X_df
    if future is None:
        table, future = split_known_future(table)
    if future is None:
        names = ", ".join(f"`{name}`" for name in table.covariate_names)
        raise DataError(
            f"{request.table.name}: {names} must be known for the {request.horizon:,} steps ahead, "
            f"but the table ends with its last `{table.schema.target_col}`. Add rows with "
            f"{names} filled in and `{table.schema.target_col}` empty, or give them in a file of "
            "their own with --future."
        )
    _, notes = read_future(future, table, min(request.horizon, _STEPS_CHECKED))
    return table, future, notes
