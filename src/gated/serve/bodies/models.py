"""Defines the bodies of requests and responses, with their examples."""

from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from gated.store.schema import LONGEST_NAME

__all__ = [
    "DEFAULT_LABEL",
    "LONGEST_TIME",
    "ForecastBody",
    "ForecastOptions",
    "ForecastOut",
    "InferBody",
    "Label",
    "ListedSeries",
    "ReadOut",
    "ReportOut",
    "RowsBody",
    "RowsOptions",
    "RowsOut",
    "SeriesOut",
    "SeriesPage",
    "UniqueId",
    "UnlikelyValue",
    "WrittenOut",
]

DEFAULT_LABEL = "series"
"""The label of rows without one."""
LONGEST_TIME = 40
"""The most characters of a time."""

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Time = Annotated[
    Annotated[str, Field(strict=True, max_length=LONGEST_TIME)]
    | Annotated[int, Field(strict=True)],
    Field(
        description="ISO 8601, with or without a time zone, or a whole number; one form for all "
        "rows of a series.",
        examples=["2024-01-31", "2024-01-31T12:00:00Z", 17],
    ),
]
Label = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_NAME,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="The name of a series.",
    ),
]
UniqueId = Annotated[Label, Path(examples=["shop"])]
Levels = Annotated[
    list[Annotated[float, Field(gt=0, lt=100)]],
    Field(description="Central intervals in percent: the columns gated-lo-80, gated-hi-80."),
]
Quantiles = Annotated[
    list[Annotated[float, Field(gt=0, lt=1)]],
    Field(description="Quantile levels: the column gated-q-90."),
]
Horizon = Annotated[int, Field(ge=1, description="Steps ahead.")]
Frequency = Annotated[
    str | None,
    Field(max_length=20, description="pandas alias of the step; by default found in the times."),
]
Season = Annotated[
    int | None,
    Field(ge=1, le=10_000, description="Steps of the main season; by default by the step."),
]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SeriesRow(_Strict):
    """A value of one series at one time."""

    ds: Time
    y: Number | None = Field(description="The value; null: not observed.")


class Row(SeriesRow):
    """A value of a series at one time."""

    unique_id: Label = DEFAULT_LABEL


def _days(values: list[JsonValue], label: str | None = None) -> list[JsonValue]:
    named: dict[str, JsonValue] = {} if label is None else {"unique_id": label}
    return [
        {**named, "ds": f"2024-01-{day + 1:02}", "y": value} for day, value in enumerate(values)
    ]


_WEEKS: list[JsonValue] = [
    10.0,
    12.0,
    11.0,
    10.0,
    13.0,
    20.0,
    21.0,
    11.0,
    12.0,
    10.0,
    11.0,
    12.0,
    19.0,
    22.0,
]


class ForecastOptions(_Strict):
    """What is to be forecast."""

    h: Horizon
    level: Levels = Field(default=[80.0])
    quantiles: Quantiles = Field(default=[])
    freq: Frequency = None
    season_length: Season = None
    validated: bool = Field(
        default=False,
        description="Whether the network is validated on these rows, combined with baselines and "
        "calibrated first, as by `gated forecast`: more accurate and a hundred times as slow.",
    )


class ForecastBody(ForecastOptions):
    """Rows of one or more series, and what is to be forecast."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"rows": _days(_WEEKS, "shop"), "h": 3, "level": [80]}]}
    )

    rows: list[Row] = Field(min_length=1)


class ForecastOut(BaseModel):
    """A forecast."""

    rows: list[dict[str, Any]] = Field(
        description="h rows for each series: unique_id, ds, gated (the median), gated-mean, and "
        "the requested columns.",
        examples=[
            [
                {
                    "unique_id": "shop",
                    "ds": "2024-01-15",
                    "gated": 10.9,
                    "gated-mean": 11.0,
                    "gated-lo-80": 9.2,
                    "gated-hi-80": 12.8,
                }
            ]
        ],
    )
    freq: str = Field(examples=["D"])
    validated: bool
    verdict: str = Field(
        description="How accurate the forecast was on held-out windows, in a sentence.",
        examples=[
            "Expect errors of about 0.44 per day (3.1 % of y), as on 2 held-out windows. The best "
            "baseline there, seasonal naive, erred 12 % more."
        ],
    )
    notes: list[str] = Field(description="What was detected and repaired in the rows.")
    rejected: dict[str, str] = Field(description="Series that were left out, with the reasons.")
    decided_rows: int | None = Field(
        default=None,
        description="Of a stored series: the rows that it had when step, season, closed days and "
        "validation were decided.",
    )


class RowsOptions(_Strict):
    """What a body of rows has besides: nothing."""


class RowsBody(RowsOptions):
    """Rows of one series."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rows": _days(_WEEKS)}]})

    rows: list[SeriesRow] = Field(min_length=1)


class SeriesOut(BaseModel):
    """What is known of a stored series."""

    unique_id: str = Field(examples=["shop"])
    rows: int = Field(description="The number of rows.", examples=[14])
    first: str | int | None = Field(examples=["2024-01-01"])
    last: str | int | None = Field(examples=["2024-01-14"])
    revision: int = Field(description="The number of writes so far.", examples=[3])
    changed: str = Field(
        description="When it was last written, in UTC.", examples=["2024-01-14T20:15:00Z"]
    )


class ListedSeries(SeriesOut):
    """What is known of a stored series, with its last values."""

    values: list[float | None] = Field(
        description="The last values, as many as requested; null: not observed.",
        examples=[[10.0, 12.0, None, 10.0]],
    )


class UnlikelyValue(BaseModel):
    """A value that was unlikely under the latest forecast made before."""

    ds: str | int
    y: float
    expected: float = Field(description="The median of that forecast.")
    probability: float = Field(description="Of a value as far out in either tail: below 0.001.")


class WrittenOut(SeriesOut):
    """What is known of a stored series after rows were written."""

    unlikely: list[UnlikelyValue] = Field(
        description="Added values that were unlikely under the latest forecast made before; empty "
        "without such a forecast."
    )
    notes: list[str] = Field(description="What was repaired in the added rows for the forecast.")


class SeriesPage(BaseModel):
    """Some of the stored series, in order of their names."""

    series: list[ListedSeries]
    count: int = Field(description="The number of series that were found, on all pages.")
    next: str | None = Field(description="`after` of the next page; null: this is the last one.")


class RowsOut(BaseModel):
    """Some of the rows of a stored series, in order of time."""

    unique_id: str
    rows: list[SeriesRow]
    next: str | int | None = Field(description="`after` of the next page; null: the last one.")


class Tensor(_Strict):
    """An input of the Open Inference Protocol."""

    name: str = Field(max_length=100)
    shape: list[Annotated[int, Field(ge=0)]] = Field(min_length=1, max_length=2)
    datatype: str = Field(examples=["FP64"], max_length=10)
    data: list[Any]
    parameters: dict[str, Any] | None = None


class InferParameters(_Strict):
    """What is to be forecast; the same as of `/v1/forecast`."""

    h: Horizon = 1
    level: Levels = Field(default=[80.0])
    quantiles: Quantiles = Field(default=[])
    freq: Frequency = None
    season_length: Season = None
    start: Time | None = Field(
        default=None, description="The time of the first value; it needs freq."
    )


class InferBody(_Strict):
    """A request of the Open Inference Protocol: the input `y`, [steps] or [series, steps]."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "inputs": [{"name": "y", "shape": [1, 14], "datatype": "FP64", "data": _WEEKS}],
                    "parameters": {"h": 3, "season_length": 7},
                }
            ]
        }
    )

    id: str | None = Field(default=None, max_length=200)
    inputs: list[Tensor] = Field(min_length=1, max_length=1)
    parameters: InferParameters = InferParameters()
    outputs: list[dict[str, Any]] | None = None


class ReadOut(BaseModel):
    """What was understood of a file."""

    name: str
    columns: list[str]
    time_col: str | None
    target_col: str | None
    id_col: str | None
    facts: dict[str, str]
    notes: list[str]
    left_out: dict[str, str]
    h: int = Field(description="A usual horizon for this table.")
    header: list[str] = Field(description="The columns of the first rows, as they are forecast.")
    rows: list[list[str]]


class ReportOut(BaseModel):
    """The forecast of a file."""

    name: str
    verdict: str = Field(description="How accurate the forecast was on held-out windows.")
    csv: str = Field(description="The forecast as CSV.")
    report: str = Field(description="A page of HTML that loads nothing else.")
