"""Forecasts one partition: all rows of whole series in, forecast rows out, as tables of pyarrow.

Both functions are pure: the result depends on the rows and the model only, and not on the order of
the rows. So an engine may call them anywhere, any number of times.
"""

import copy
from collections.abc import Callable, Sequence

import pyarrow as pa

from gated.errors import UsageError
from gated.forecast import Forecaster
from gated.forecast.config import MEAN_NAME, MODEL_NAME
from gated.forecast.inputs import as_read
from gated.forecast.own_closings import with_own_closings
from gated.forecast.prediction.columns import ForecastColumns, Numbers, check_distinct
from gated.scale.columns import SeriesColumns, SortedRows
from gated.scale.isolating import quiet, usable, without_row_numbers
from gated.table import Schema, Table, read_table
from gated.table.cells.numbers import KEEP_CODES
from gated.text import listed

__all__ = [
    "ERROR",
    "backtest_partition",
    "forecast_group",
    "forecast_partition",
    "forecast_schema",
    "partition_columns",
    "read_partition",
]

ERROR = "gated-error"
"""The column with the reason why a series has no forecast; empty in all other rows."""

_NO_ROW = "no forecast was made: the series is too short, or all its rows were left out."

Frames = tuple[pa.Table, dict[str, str]]
"""The forecast of some series, and the reason of each label that was left out."""


def partition_columns(model: Forecaster, names: list[str]) -> SeriesColumns:
    """The columns of a table that a fitted model reads.

    Raises:
        UsageError: the model needs static features, or its table was not in long form.
        DataError: a column is missing.
    """
    table = model.table_
    if table.static.names:
        raise UsageError(
            f"The model has the static features {listed(table.static.names)}, which only a table "
            "in one piece can have. Fit a model without static_df."
        )
    return SeriesColumns.of(table.schema, (*table.covariate_names, *table.past_names), names)


def forecast_partition(
    table: pa.Table,
    model: Forecaster,
    h: int | None = None,
    *,
    level: Numbers | None = None,
    quantiles: Numbers | None = None,
) -> pa.Table:
    """Forecast the series of a partition.

    Args:
        table: all rows of some series, in any order; rows after the last target may have the
            future values of covariates.
        model: a fitted forecaster.
        h: steps ahead; by default the horizon of the fit.
        level, quantiles: as in `Forecaster.predict`.

    Returns:
        The rows of `Forecaster.predict`, by the labels of the series and time, with one more
        column, `gated-error`. A series that cannot be forecast has one row, with the reason there
        and nothing in the other columns but its id; these rows are last.

    Raises:
        DataError: a column is missing.
        UsageError: an argument is out of range, or the model needs static features.
        NotFittedError: the model is not fitted.

    >>> import numpy as np, pyarrow as pa
    >>> days = np.datetime64("2024-01-01") + np.arange(70)
    >>> shop = pa.table({"unique_id": ["a"] * 70 + ["b"], "ds": np.append(days, days[0]),
    ...                  "y": [10.0] * 70 + [None]})
    >>> model = Forecaster(h=2).fit(shop.slice(0, 70))
    >>> made = forecast_partition(shop, model)
    >>> made["unique_id"].to_pylist(), made["gated"].to_pylist()
    (['a', 'a', 'b'], [10.0, 10.0, None])
    >>> made["gated-error"][2].as_py()
    'the target is missing in every row.'
    """
    return forecast_group(table, model, h, level=level, quantiles=quantiles)


def forecast_group(
    table: pa.Table,
    model: Forecaster,
    h: int | None = None,
    *,
    level: Numbers | None = None,
    quantiles: Numbers | None = None,
    is_small: bool = True,
) -> pa.Table:
    """Forecast a partition of a table, as `forecast_partition`.

    Args:
        table, model, h, level, quantiles: as there.
        is_small: whether the whole table has so few series that days of a single one, on which no
            other is closed, are searched, as a fit on it would.

    Raises:
        DataError, UsageError, NotFittedError: as there.
    """

    def forecast(part: pa.Table) -> Frames:
        read = read_partition(part, model)
        own = with_own_closings(model, read, single=is_small)
        made = copy.copy(own).forecast(read, h, level=level, quantiles=quantiles)
        return made.frame, read.rejected

    schema = forecast_schema(table.schema, model, level=level, quantiles=quantiles)
    return _partition(table, partition_columns(model, table.column_names), schema, model, forecast)


def backtest_partition(
    table: pa.Table,
    model: Forecaster,
    h: int | None = None,
    n_windows: int = 1,
    step_size: int | None = None,
    *,
    level: Numbers | None = None,
    quantiles: Numbers | None = None,
) -> pa.Table:
    """Forecast the series of a partition from past cutoffs, as `Forecaster.cross_validation`.

    At the first cutoff, the network is validated and calibrated on the series of this partition:
    a fit on all rows would have seen the values that are forecast here.

    Args:
        table: as in `forecast_partition`.
        model: its hyperparameters and columns are used, and no result of its fit.
        h, n_windows, step_size, level, quantiles: as in `Forecaster.cross_validation`.

    Returns:
        The rows of `Forecaster.cross_validation` with the column `gated-error`, see
        `forecast_partition`.

    Raises:
        DataError, UsageError, NotFittedError: as `forecast_partition`.
    """
    fitted = model.table_
    columns = partition_columns(model, table.column_names)
    given = {**model.get_params(), "freq": None, "season_length": None}  # those of the table

    def validate(part: pa.Table) -> Frames:
        read = read_partition(part, model)
        frame = Forecaster(**given).cross_validation(
            read, h, n_windows, step_size, level=level, quantiles=quantiles
        )
        return frame, read.rejected

    schema = forecast_schema(table.schema, model, level=level, quantiles=quantiles)
    time = schema.field(columns.time)
    target = pa.field(fitted.schema.target_col, pa.float64())
    for place, field in ((2, time.with_name("cutoff")), (3, target)):
        schema = schema.insert(place, field)
    check_distinct(schema.names)
    return _partition(table, columns, schema, model, validate)


def forecast_schema(
    table: pa.Schema,
    model: Forecaster,
    *,
    level: Numbers | None = None,
    quantiles: Numbers | None = None,
) -> pa.Schema:
    """The schema of `forecast_partition`, before it is called.

    Args:
        table: the schema of the partition.
        model, level, quantiles: as in `forecast_partition`.

    Raises:
        DataError, UsageError, NotFittedError: as `forecast_partition`.

    >>> import numpy as np, pyarrow as pa
    >>> shop = pa.table({"ds": np.datetime64("2024-01-01") + np.arange(70), "y": [10.0] * 70})
    >>> forecast_schema(shop.schema, Forecaster(h=2).fit(shop), level=[]).names
    ['unique_id', 'ds', 'gated', 'gated-mean', 'gated-error']
    """
    columns = partition_columns(model, table.names)
    schema = model.table_.schema
    requested = [
        name for name in ForecastColumns.of(level, quantiles).columns if name != MODEL_NAME
    ]
    label = _plain(table.field(columns.ids[0]).type) if len(columns.ids) == 1 else pa.string()
    check_distinct((schema.id_col, schema.time_col, MODEL_NAME, MEAN_NAME, *requested, ERROR))
    return pa.schema(
        [
            pa.field(schema.id_col, label),
            pa.field(schema.time_col, _time_type(schema, table.field(columns.time).type)),
            *(pa.field(name, pa.float64()) for name in (MODEL_NAME, MEAN_NAME, *requested)),
            pa.field(ERROR, pa.string()),
        ]
    )


def _partition(
    table: pa.Table,
    columns: SeriesColumns,
    schema: pa.Schema,
    model: Forecaster,
    run: Callable[[pa.Table], Frames],
) -> pa.Table:
    """Run a function on the sorted rows of a partition, and add the rows of its errors."""
    rows = SortedRows.sort(table, columns)
    with quiet():
        found = usable(rows, lambda part: read_partition(part, model), run)
    labels = _labels(rows, columns, schema.field(0))
    frames = [_as_declared(frame, schema) for frame, _ in found.made]
    reasons = found.reasons | _left_out(labels, found.made, found.reasons)
    if reasons:
        places = sorted(reasons)
        ids = labels.take(pa.array(places, pa.int64()))
        frames.append(_error_rows(ids, [reasons[place] for place in places], schema))
    return pa.concat_tables(frames).combine_chunks() if frames else schema.empty_table()


def read_partition(part: pa.Table, model: Forecaster) -> Table:
    """Read the rows of whole series with the options of the fitted table.

    The codes for missing values, such as -999, are those of the fitted table: the rows of one
    partition must not decide what is a code.

    Args:
        part: the rows.
        model: a fitted model.

    Raises:
        DataError: they cannot be read.
    """
    fitted = model.table_
    return read_table(
        part,
        **{**as_read(fitted), "missing": [*fitted.schema.missing, KEEP_CODES]},
        covariates=list(fitted.covariate_names) or None,
        past_covariates=list(fitted.past_names) or None,
        like=fitted,
    )


def _labels(rows: SortedRows, columns: SeriesColumns, label: pa.Field) -> pa.ChunkedArray:
    """[N] the labels of the series, as the forecast has them."""
    first = rows.first_rows()
    if not columns.ids:
        return pa.chunked_array([pa.array([columns.target] * len(first), label.type)])
    return columns.labels(first)[0].cast(label.type)


def _left_out(
    labels: pa.ChunkedArray, made: Sequence[Frames], known: dict[int, str]
) -> dict[int, str]:
    """The reasons of the series that the reader left out, and of those without any row."""
    answered: set[object] = set()
    reasons: dict[str, str] = {}
    for frame, rejected in made:
        answered.update(frame.column(0).unique().to_pylist())
        reasons |= {label: without_row_numbers(reason) for label, reason in rejected.items()}
    return {
        place: reasons.get(str(label), _NO_ROW)
        for place, label in enumerate(labels.to_pylist())
        if place not in known and label not in answered
    }


def _as_declared(frame: pa.Table, schema: pa.Schema) -> pa.Table:
    """A forecast with the declared types, and the empty column of reasons."""
    empty = pa.nulls(len(frame), pa.string())
    return frame.select(schema.names[:-1]).append_column(schema.field(ERROR), empty).cast(schema)


def _error_rows(labels: pa.ChunkedArray, reasons: list[str], schema: pa.Schema) -> pa.Table:
    """A row for each series without a forecast."""
    columns = [pa.nulls(len(reasons), field.type) for field in schema]
    return pa.table([labels, *columns[1:-1], pa.array(reasons, pa.string())], schema=schema)


def _time_type(schema: Schema, given: pa.DataType) -> pa.DataType:
    """The type of the times of a forecast; those of text become date-times."""
    if pa.types.is_timestamp(given) or pa.types.is_date(given) or pa.types.is_integer(given):
        return given
    return pa.timestamp("ns", schema.time.zone)


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind
