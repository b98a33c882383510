"""The frequency of a cut as other libraries need it."""

import pandas as pd

from benchmarks.forecasting.data.cut import Cut
from gated.errors import DataError

__all__ = ["calendar", "frequency"]

_BY_SEASON = {4: "QS", 7: "D", 12: "MS", 24: "h", 48: "30min"}
_PERIODS = {"MS": "M", "QS": "Q", "YS": "Y"}  # pandas.Period has no first days


def frequency(cut: Cut) -> str | int:
    """pandas' name of the step between two rows, such as "D"; 1 where the steps are numbered.

    Raises:
        DataError: pandas finds no name for it.
    """
    if not pd.api.types.is_datetime64_any_dtype(cut.past["ds"]):
        return 1
    first = cut.past["ds"].iloc[: cut.offsets[1]]
    name = pd.DatetimeIndex(first.to_numpy(), freq="infer").freqstr
    if name is None:
        raise DataError(
            f"{cut.name}: pandas finds no frequency in the dates of {cut.ids[0]}. Expected steps "
            "of one length, which the compared libraries need. Choose another data set."
        )
    return name


def calendar(cut: Cut) -> str:
    """The name of a `pandas.Period` of one step; of numbered steps, by the season length."""
    name = frequency(cut)
    dated = _BY_SEASON.get(cut.season_length, "D") if isinstance(name, int) else name
    return _PERIODS.get(dated.split("-")[0], dated)
