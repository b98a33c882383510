"""Records the column names and types of a frame, and builds frames of the same kind.

A forecast has the library, the id type, the time type and the time zone of the input frame.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, cast

import narwhals as nw
import numpy as np
from narwhals.dtypes import DType
from numpy.typing import ArrayLike, NDArray

from gated.libraries import has_pandas
from gated.table.zone_offsets import to_utc

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Backend", "Fill", "Schema", "TimeForm", "pandas_dtype", "to_frame"]

Backend = Literal["pandas", "polars", "pyarrow", "modin", "cudf"]
Fill = Literal["missing", "zero"]


@dataclass(frozen=True)
class TimeForm:
    """The format of the input times, so that the output times have the same format.

    Attributes:
        kind: "datetime"; "date" (no clock); "period" (pandas); "digits" (integers such as
            20210430 that are dates); "integer" (steps, not dates).
        dtype: the column's type without its zone; None for text, whose dates become datetimes.
        pandas_dtype: the column's pandas type, if the input was a pandas frame.
        pattern: strptime pattern of digits; of other text, the name of its written form.
        day_first: for text such as 04/05/2021: whether it begins with the day.
        zone: time zone or offset of an aware column, None for a naive one.
        clock: whether the table's times are wall clock times or UTC.
    """

    kind: Literal["datetime", "date", "period", "digits", "integer"]
    dtype: DType | None = None
    pandas_dtype: Any = None
    pattern: str = ""
    day_first: bool | None = None
    zone: str | None = None
    clock: Literal["wall", "UTC"] = "wall"


@dataclass(frozen=True)
class Schema:
    """Column names and types of the input frame.

    Attributes:
        id_col, time_col, target_col: names of the columns, given or detected.
        time: format of the times.
        backend: library of the output frames ("pandas", "polars", "pyarrow", …); "pandas" for a
            file too, whose frames are pyarrow tables where pandas is not installed.
        id_dtype: type of the ids, None if the table had no id column.
        has_id_col, has_time_col: whether the table had such a column.
        time_format: the pattern that the user gave for reading the times, if any.
        wide: whether every column but the time was a series.
        missing: the marks that the user named as missing values.
        aggregate: the rule by which the rows of one step were brought together; None without one.
        counts_rows: whether the target is the number of rows, and no column.
        decimals: the decimal sign of each column of numbers whose cells decided it.
        missing_codes: the numbers of each column that were found to stand for missing values.
        fill: the target at a step without a row, if the user gave it.
    """

    id_col: str
    time_col: str
    target_col: str
    time: TimeForm
    backend: Backend = "pandas"
    id_dtype: DType | None = None
    has_id_col: bool = True
    has_time_col: bool = True
    time_format: str | None = None
    wide: bool = False
    missing: tuple[str, ...] = ()
    aggregate: str | None = None
    counts_rows: bool = False
    decimals: Mapping[str, Literal[",", "."]] = field(default_factory=dict)
    missing_codes: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    fill: Fill | None = None

    def to_json(self) -> dict[str, Any]:
        """Convert to plain values for a model file."""
        stored = {**asdict(self), "id_dtype": _dtype_to_json(self.id_dtype)}
        pandas_type = self.time.pandas_dtype
        stored["time"] |= {
            "dtype": _dtype_to_json(self.time.dtype),
            "pandas_dtype": None if pandas_type is None else str(pandas_type),
        }
        if self.aggregate is None:  # so that versions before 1.1 can read the file
            del stored["aggregate"], stored["counts_rows"]
        # An older version can read the file unless one of these was found.
        for name in ("decimals", "missing_codes", "fill"):
            if not stored[name]:
                del stored[name]
        return stored

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Schema":
        """Build the schema from the values of `to_json`."""
        time = dict(stored["time"])
        time["dtype"] = _dtype_from_json(time["dtype"])
        if time["pandas_dtype"] is not None and has_pandas():
            import pandas as pd

            time["pandas_dtype"] = pd.api.types.pandas_dtype(time["pandas_dtype"])
        id_dtype = _dtype_from_json(stored["id_dtype"])
        missing = tuple(stored.get("missing", ()))
        codes = {name: tuple(found) for name, found in stored.get("missing_codes", {}).items()}
        changed = {"time": TimeForm(**time), "id_dtype": id_dtype, "missing": missing}
        return cls(**{**stored, **changed, "missing_codes": codes})

    @property
    def time_zone(self) -> str | None:
        """Time zone of the input and output times; None for times without a zone."""
        return self.time.zone


def _dtype_to_json(dtype: DType | None) -> dict[str, Any] | None:
    if dtype is None:
        return None
    stored: dict[str, Any] = {"name": type(dtype).__name__}
    if isinstance(dtype, nw.Datetime):
        stored["time_unit"] = dtype.time_unit
    if isinstance(dtype, nw.Enum):
        stored["categories"] = list(dtype.categories)
    return stored


def _dtype_from_json(stored: dict[str, Any] | None) -> DType | None:
    if stored is None:
        return None
    # A model file may come from an untrusted source: only data types are looked up by name.
    kind = getattr(nw, stored["name"], None)
    if not (isinstance(kind, type) and issubclass(kind, DType)):
        raise ValueError(f"{stored['name']!r} is not a data type")
    options = {name: value for name, value in stored.items() if name != "name"}
    return kind(**options)


def to_frame(schema: Schema, columns: Mapping[str, ArrayLike]) -> Any:
    """Build a frame of the same kind as the input frame.

    Args:
        schema: schema of the input table.
        columns: arrays of one length. Every datetime64 array is a time of the table and gets
            the type and zone of the time column; so do integer steps named `schema.time_col`
            or "cutoff". The id column gets its input type; all others stay as they are.

    Returns:
        A table of the library that `read_table` was given (pandas, polars, pyarrow; for a file,
        pandas if it is installed, else pyarrow).

    >>> schema = Schema("id", "ds", "y", TimeForm("date", pandas_dtype=np.dtype(object)))
    >>> to_frame(schema, {"id": ["a"], "ds": np.array(["2021-04-30"], "M8[ns]"), "y": [1.5]})
      id          ds    y
    0  a  2021-04-30  1.5
    """
    if schema.backend == "pandas" and not has_pandas():
        schema = replace(schema, backend="pyarrow", time=replace(schema.time, pandas_dtype=None))
    series = [_restore(schema, name, np.asarray(values)) for name, values in columns.items()]
    # Columns are added one by one: building pandas frames at once loses zones and categories.
    return series[0].to_frame().with_columns(*series[1:]).to_native()


def _restore(schema: Schema, name: str, values: NDArray[Any]) -> nw.Series[Any]:
    if values.dtype.kind == "M":
        return _restore_time(schema, name, values.astype("M8[ns]"))
    dtype = None
    if name == schema.id_col:
        dtype = schema.id_dtype
    elif schema.time.kind == "integer" and name in (schema.time_col, "cutoff"):
        dtype = schema.time.dtype
    content: Any = values.tolist() if values.dtype.kind == "O" else values
    series = nw.new_series(name, content, backend=schema.backend)
    return series if dtype is None or series.dtype == dtype else series.cast(dtype)


def _restore_time(schema: Schema, name: str, values: NDArray[np.datetime64]) -> nw.Series[Any]:
    form = schema.time
    if form.kind == "digits":
        times, place = np.unique(values, return_inverse=True)
        written = [time.strftime(form.pattern) for time in times.astype("M8[us]").tolist()]
        digits = np.array(written).astype(np.int64)[place]
        return nw.new_series(name, digits, backend=schema.backend).cast(form.dtype or nw.Int64())
    if form.zone is not None and form.clock == "wall":
        values = to_utc(values, form.zone)
    if form.pandas_dtype is not None:
        return nw.from_native(_as_pandas(form, name, values), series_only=True)
    series = nw.new_series(name, values, backend=schema.backend)
    if form.dtype is not None:
        series = series.cast(form.dtype)
    if form.zone is None:
        return series
    in_utc = series.dt.replace_time_zone("UTC")
    if schema.backend == "polars" and form.zone.startswith(("+", "-")):
        return in_utc  # polars supports named zones only
    return in_utc.dt.convert_time_zone(form.zone)


def _as_pandas(form: TimeForm, name: str, values: NDArray[np.datetime64]) -> "pd.Series[Any]":
    import pandas as pd

    native = pd.Series(values, name=name)
    if form.kind == "date" and form.pandas_dtype == np.dtype(object):
        return cast("pd.Series[Any]", native.dt.date)
    if form.zone is not None:
        native = native.dt.tz_localize("UTC")
    return native.astype(form.pandas_dtype)


def pandas_dtype(series: nw.Series[Any]) -> Any:
    """The dtype of a pandas column; None for a column of another library."""
    native = series.to_native()
    return native.dtype if nw.dependencies.is_pandas_series(native) else None
