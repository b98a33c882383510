"""What other libraries call the step between two rows."""

import pandas as pd

from benchmarks.forecasting.data.cut import Cut
from gated.errors import DataError

__all__ = ["calendar", "frequency"]

_BY_SEASON = {4: "QS", 7: "D", 12: "MS", 24: "h", 48: "30min"}


def frequency(cut: Cut) -> str | int:
    """pandas' name of the step, such as "D"; 1 where the steps are numbered.

    Raises:
        DataError: pandas has no name for it.
    """
    if not pd.api.types.is_datetime64_any_dtype(cut.past["ds"]):
        return 1
    first = cut.past["ds"].iloc[: cut.offsets[1]]
    found = pd.DatetimeIndex(first.to_numpy(), freq="infer").freqstr
    if found is None:
        raise DataError(
            f"{cut.name}: pandas finds no frequency in the dates of {cut.ids[0]}. The libraries "
            "that are compared need one: expected steps of one length."
        )
    return found


def calendar(cut: Cut) -> str:
    """A frequency for libraries that know dates only: of numbered steps, by their season."""
    found = frequency(cut)
    return _BY_SEASON.get(cut.season_length, "D") if isinstance(found, int) else found
