"""Defines `gated.forecast(values, h)`: arrays in, arrays out, without a frame or names."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gated.arrays import Array, FloatArray
from gated.errors import DataError, UsageError
from gated.forecast.config import MEAN_NAME, MODEL_NAME, ForecasterConfig, check_whole
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.inputs import horizon_for
from gated.forecast.model.views import available
from gated.forecast.model.weights.pretrained import pretrained_network
from gated.forecast.prediction.columns import ForecastColumns, Numbers
from gated.forecast.prediction.predict import predict
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.preparation import rows_with_horizon
from gated.forecast.training.zero_shot import fit_zero_shot
from gated.forecast.validation.combination import unvalidated
from gated.forecast.validation.view_weights import prior_weights
from gated.libraries import has_torch
from gated.table import Table, table_of_arrays
from gated.table.time.calendar import LONGEST_SEASON

__all__ = ["ArrayForecast", "forecast_arrays"]

_DECILES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_BASELINE = "seasonal_naive"  # it has no weight without a validation
_NUMBERS = "biufOU"  # kinds of dtypes; objects (None, Decimal) and texts are converted
_EXPECTED = "Expected numbers, and NaN for missing values."


@dataclass(frozen=True)
class ArrayForecast:
    """A forecast of N series as arrays; without the axis N if one series was given.

    Arrays are of the library of the values: tensors for tensors, else of NumPy.

    Attributes:
        median: [N, h].
        mean: [N, h], whose sum over steps is the expected total.
        quantiles: [N, h, Q], in the order of `levels`.
        levels: [Q] the shares of the values that are expected below each quantile.
        season: steps in the main cycle that was used; 1: none.
    """

    median: Array
    mean: Array
    quantiles: Array
    levels: tuple[float, ...]
    season: int


def forecast_arrays(
    values: Any,
    h: int,
    *,
    season: int | None = None,
    quantiles: Numbers = _DECILES,
    validate: bool = False,
) -> ArrayForecast:
    """Forecast the `h` steps after the end of arrays by the pretrained network.

    This is `gated.forecast`, for whoever has numbers only. A table with times has a calendar, too:
    `Forecaster.predict` reads weekdays, months and holidays of it.

    Args:
        values: one series, [T]: an array of NumPy or torch, a series of pandas or polars, or a
            list of numbers; or N series: [N, T], or a list of arrays of any lengths. NaN is a
            missing value; the newest value is last.
        h: steps ahead.
        season: steps in the main cycle, such as 7 for days or 24 for hours; None: found in the
            values; 1: none.
        quantiles: quantile levels between 0 and 1.
        validate: whether the last values are held out first, to choose the views of the network,
            to combine it with a baseline and to calibrate the quantiles, as `Forecaster.predict`
            does. It needs about ten times as much time.

    Raises:
        UsageError: an argument is out of range.
        DataError: the values are no numbers, infinite, or a series has no value.

    >>> made = forecast_arrays(np.tile([1.0, 2.0, 3.0, 9.0], 20), 4)
    >>> made.median.round().tolist(), made.season
    ([1.0, 2.0, 3.0, 9.0], 4)
    >>> made.quantiles.shape
    (4, 9)
    """
    check_whole("h", h, 1)
    if season is not None:
        check_whole("season", season, 1, LONGEST_SEASON)
    requested = ForecastColumns.of([], quantiles)
    given = _Given.of(values)
    table = table_of_arrays(given.series, season)
    h = horizon_for(table, h)
    fitted = fit_zero_shot(table, h, ForecasterConfig()) if validate else _unvalidated(table, h)
    layout = fitted.network.config.layout.ahead(h)
    data = rows_with_horizon(table, fitted.profile, layout, None)
    made = predict(fitted, data, table.frequency.season_length, h)
    columns = made.columns(requested)
    median, mean = columns.pop(MODEL_NAME), columns.pop(MEAN_NAME)
    levels = tuple(requested.columns[name] for name in columns)
    shares = np.stack([*columns.values()], axis=-1) if levels else np.zeros((*median.shape, 0))
    median, mean, shares = (given.like(part) for part in (median, mean, shares))
    return ArrayForecast(median, mean, shares, levels, table.frequency.season_length)


def _unvalidated(table: Table, h: int) -> Fitted:
    """The pretrained network with the views that are usual, without a baseline."""
    frequency, longest = table.frequency, int(table.lengths.max())
    layout = PatchLayout.plan(frequency.season_length, frequency.long_season, h, longest)
    views = prior_weights(available(layout, longest))
    return Fitted(
        TableProfile.fit(table).without_inputs(),
        pretrained_network(layout),
        unvalidated(_BASELINE, "pretrained", views),
    )


@dataclass(frozen=True)
class _Given:
    """Values as a user gives them.

    Attributes:
        series: N series, each [T] float64.
        is_one: whether one series was given, not a list of series.
        dtype: of the results.
        device: of the results, if tensors were given; else None.
    """

    series: list[FloatArray]
    is_one: bool
    dtype: np.dtype[Any]
    device: Any = None

    @classmethod
    def of(cls, values: Any) -> "_Given":
        """Read values.

        Raises:
            UsageError, DataError: as `forecast_arrays`.
        """
        if hasattr(values, "columns"):
            raise UsageError(
                "values is a table. Expected an array. Give the table to Forecaster().predict(df, "
                "h), or one column of it here."
            )
        several = isinstance(values, Sequence) and any(np.ndim(one) > 0 for one in values)
        arrays = [_array(one) for one in (values if several else [values])]
        if not several and arrays[0].ndim == 2:
            _require_rows(arrays[0].shape)
            arrays, several = list(arrays[0]), True
        if not arrays or any(one.ndim != 1 or not len(one) for one in arrays):
            raise UsageError(
                f"{_unusable(arrays, several=several)}. Expected at least one value: [T] for one "
                "series, [N, T] or a list of arrays for several."
            )
        dtype = arrays[0].dtype if arrays[0].dtype in (np.float32, np.float64) else np.float64
        series = [one.astype(np.float64) for one in arrays]
        for place, one in enumerate(series):
            _require_numbers(one, f"Series {place} of values" if several else "values")
        first = values[0] if several and isinstance(values, Sequence) else values
        return cls(series, not several, np.dtype(dtype), getattr(first, "device", None))

    def like(self, found: FloatArray) -> Array:
        """Results as an array of the library and type of the values."""
        found = (found[0] if self.is_one else found).astype(self.dtype)
        if self.device is None or not has_torch():
            return found
        import torch

        is_torch = isinstance(self.device, torch.device)
        return torch.as_tensor(found, device=self.device) if is_torch else found


def _array(values: Any) -> FloatArray:
    """An array of NumPy of real numbers; NaN for masked ones.

    Raises:
        DataError: the values are no numbers.
    """
    if hasattr(values, "detach"):
        values = _of_tensor(values)
    found = np.ma.asanyarray(values) if np.ma.isMaskedArray(values) else np.asarray(values)
    if found.dtype.kind not in _NUMBERS:
        raise DataError(f"values has the dtype {found.dtype}. {_EXPECTED}")
    try:
        is_wide = found.dtype in (np.float32, np.float64)
        found = found if is_wide else found.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise DataError(f"values has cells that are no numbers. {_EXPECTED}") from None
    return found.filled(np.nan) if isinstance(found, np.ma.MaskedArray) else found


def _of_tensor(tensor: Any) -> Any:
    """An array of NumPy of a tensor; a precision that NumPy does not have becomes float32.

    Raises:
        DataError: the tensor is complex or sparse, or has no data.
    """
    import torch

    if tensor.is_complex() or tensor.layout != torch.strided or tensor.is_meta:
        raise DataError(
            f"values is a tensor of {tensor.dtype}, {tensor.layout}, on {tensor.device}. Expected "
            "a dense tensor of real numbers."
        )
    dense = tensor.detach().cpu().resolve_neg()
    return (dense.float() if dense.dtype == torch.bfloat16 else dense).numpy()


def _unusable(arrays: list[FloatArray], *, several: bool) -> str:
    """What is wrong with the first array that is no series of some values."""
    for place, one in enumerate(arrays):
        if one.ndim != 1 or not len(one):
            name = f"Series {place} of values" if several else "values"
            return f"{name} has the shape {one.shape}"
    return "values has no series"


def _require_rows(shape: tuple[int, ...]) -> None:
    if shape[1] == 1 and shape[0] > 1:
        raise UsageError(
            f"values has the shape {shape}: {shape[0]:,} series of one value. Expected [T] for one "
            "series, or [N, T], one row for each series. For one series, give values[:, 0]."
        )


def _require_numbers(values: FloatArray, name: str) -> None:
    infinite = np.flatnonzero(np.isinf(values))
    if len(infinite):
        raise DataError(f"{name}: step {infinite[0]:,} is infinite. Expected numbers or NaN.")
    if np.isnan(values).all():
        raise DataError(f"{name} has no value: all are NaN. Expected at least one number.")
